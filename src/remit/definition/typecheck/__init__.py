"""The typed check of expressions: unknown fields, wrong types, texts that can never be, with their positions."""

from remit.definition.typecheck.checking import TypeCheck
from remit.definition.typecheck.complaints import ExpressionProblem

__all__ = ["ExpressionProblem", "TypeCheck"]
