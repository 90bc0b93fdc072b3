"""A definition made ready to decide, after every expression of it was held against the schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remit.deciding.prepare import Prepared, prepare
from remit.definition.scopes import places
from remit.errors import ExpressionInvalid, Problem

if TYPE_CHECKING:
    from remit.files.definitions import DefinitionFile

__all__ = ["prepare_checked"]


def prepare_checked(file: DefinitionFile) -> Prepared:
    """Prepare a definition, refusing expressions that speak of fields that are not there.

    Raises:
        ExpressionInvalid: every such expression, with its place.
    """
    from remit.definition.typecheck import TypeCheck

    check = TypeCheck(file.definition)
    problems = [
        Problem(
            message=fault.message,
            where=file.source.locate_inside(place.path, fault.line, fault.column),
            expected=fault.expected,
            found=fault.found,
            mend=fault.mend,
        )
        for place in places(file.definition)
        for fault in check.check(place.source, place.place, yes_or_no=place.yes_or_no)
    ]
    if problems:
        raise ExpressionInvalid(problems=problems)
    return prepare(file.definition, file.source)
