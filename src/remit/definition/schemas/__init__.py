"""The JSON Schemas of a definition: made from the short form, checked, and what they say of a field."""

from remit.definition.schemas.check import SchemaCheck, SchemaFault
from remit.definition.schemas.coerce import coercer
from remit.definition.schemas.look import answers, input_schema, leaf, output_schema, properties, required

__all__ = [
    "SchemaCheck",
    "SchemaFault",
    "answers",
    "coercer",
    "input_schema",
    "leaf",
    "output_schema",
    "properties",
    "required",
]
