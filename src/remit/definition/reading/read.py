"""Read one work definition from JSON data: its shape first, then what its parts say of each other."""

from __future__ import annotations

from typing import Final

from remit.definition.flaws import problems_of
from remit.definition.model import Definition, Json
from remit.definition.positions import SourceMap
from remit.definition.reading.references import reference_flaws
from remit.definition.reading.shape import Shape
from remit.errors import DefinitionInvalid

__all__ = ["DEFINITION", "read"]

DEFINITION: Final = Shape(Definition, what="work definition")


def read(data: Json, source: SourceMap | None = None) -> Definition:
    """The work definition that ``data`` says; ``source`` gives problems their place in the file.

    Raises:
        DefinitionInvalid: with every problem: unknown and missing keys, wrong values, names that name nothing,
            ids used twice, fields and schemas that are not valid.
    """
    shaped = DEFINITION.read(data)
    flaws = [*shaped.flaws, *(reference_flaws(data) if shaped.is_json else ())]
    if shaped.value is None or flaws:
        raise DefinitionInvalid(problems=problems_of(flaws, source))
    return shaped.value
