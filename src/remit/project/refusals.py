"""What is refused when files of a project do not fit each other, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from remit.deciding.prepare import Prepared, prepare
from remit.definition.positions import SourceMap
from remit.definition.scopes import Place, places
from remit.errors import DefinitionInvalid, ExecutorInvalid, ExpressionInvalid, Problem

if TYPE_CHECKING:
    from remit.definition.model import Definition
    from remit.files.definitions import DefinitionFile
    from remit.files.executor_file import ExecutorFile
    from remit.project.folder import Project

__all__ = ["located", "prepare_checked", "refuse_assumptions", "refuse_intent"]


@contextmanager
def located(source: SourceMap) -> Iterator[None]:
    """Give a fault that names only a key of an executor file its place in that file."""
    try:
        yield
    except ExecutorInvalid as fault:
        if all(problem.where.file is not None for problem in fault.problems):
            raise
        raise ExecutorInvalid(
            problems=[
                problem
                if problem.where.file is not None
                else replace(problem, where=source.locate(() if problem.where.path is None else (problem.where.path,)))
                for problem in fault.problems
            ]
        ) from None


def refuse_assumptions(definition: Definition, file: ExecutorFile) -> None:
    """Refuse an executor whose ``assumes`` speak of fields that its work does not have.

    Raises:
        ExecutorInvalid: every such expression, with its place.
    """
    if not file.spec.assumes:
        return
    from remit.definition.typecheck import TypeCheck

    check = TypeCheck(definition)
    problems = [
        Problem(
            message=fault.message,
            where=file.source.locate_inside(("assumes", i), fault.line, fault.column),
            expected=fault.expected,
            found=fault.found,
            mend=fault.mend,
        )
        for i, text in enumerate(file.spec.assumes)
        for fault in check.check(text, Place.ASSUMES)
    ]
    if problems:
        raise ExecutorInvalid(problems=problems)


def refuse_intent(project: Project, file: DefinitionFile) -> None:
    """Refuse a definition that serves an intent which is not written, or not readable.

    Raises:
        DefinitionInvalid: there is no ``intents/<id>.yaml``.
        InvalidInput: everything that is wrong with that file.
    """
    intent = file.definition.intent
    if intent is None or intent.of is None:
        return
    from remit.files.intent_file import load_intent

    path = project.at("intents", f"{intent.of}.yaml")
    if not path.is_file():
        raise DefinitionInvalid(
            f"the intent `{intent.of}` is not written",
            where=file.source.locate(("intent", "of")),
            expected=f"a file intents/{intent.of}.yaml",
            found="none",
            mend="write it (id, statement, sponsor, measure), or take `of` out",
        )
    load_intent(path)


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
