"""What is refused when files of a project do not fit each other, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from remit.deciding.prepare import Prepared, prepare
from remit.definition.flaws import suggestion
from remit.definition.positions import SourceMap, undotted
from remit.definition.scopes import Place, places
from remit.errors import DefinitionInvalid, ExecutorInvalid, ExpressionInvalid, Location, OutsideError, Problem
from remit.items import Executor, ExecutorKind

if TYPE_CHECKING:
    from remit.definition.model import Definition
    from remit.files.definitions import DefinitionFile
    from remit.files.executor_file import ExecutorFile
    from remit.project.folder import Project
    from remit.project.work import Work
    from remit.proof.tally import Tally

__all__ = [
    "located",
    "prepare_checked",
    "refuse_assumptions",
    "refuse_intent",
    "refuse_senders",
    "refuse_silence",
    "refuse_unasked",
]


@contextmanager
def located(source: SourceMap) -> Iterator[None]:
    """Give a fault that names only a key of an executor file, or what stands below one, its place in that file."""
    try:
        yield
    except ExecutorInvalid as fault:
        if all(problem.where.file is not None for problem in fault.problems):
            raise
        raise ExecutorInvalid(
            problems=[
                problem if problem.where.file is not None else replace(problem, where=_place(problem.where, source))
                for problem in fault.problems
            ]
        ) from None


def _place(where: Location, source: SourceMap) -> Location:
    """Where a key stands; its line is left out where what stands there may not be shown."""
    found = replace(source.locate(undotted(where.path or "")), path=where.path)
    return found if where.excerpt is None else replace(found, excerpt=where.excerpt or None)


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


def refuse_unasked(work: Work, executor: Executor) -> None:
    """Refuse to prove people whose answers nobody recorded: nothing is known about them.

    Raises:
        ExecutorInvalid: the executor is a person, and its file names no answers.
    """
    spec = executor.spec
    if spec.kind is not ExecutorKind.PERSON or spec.settings.get("answers") is not None:
        return
    raise ExecutorInvalid(
        f"`{spec.name}` is a person that was not asked, so there is nothing to prove or to compare with",
        where=work.executor_file(spec.name).source.locate(("kind",)),
        expected="`settings: {answers: people/answers.csv}`, with the columns `case` and `output.*`",
        found="no recorded answers",
        mend=f"let them answer the cases, write it down, and name the file in executors/{spec.name}.yaml",
    )


def refuse_silence(work: Work, executor: Executor, tally: Tally) -> None:
    """Refuse a proof of an executor that could be asked in none of its cases: it made neither errors nor anything else.

    Raises:
        ExecutorInvalid: recorded answers of people are to no case of the prove set.
        OutsideError: it was unavailable in every case.
    """
    spec, n = executor.spec, len(tally.unavailable)
    if not n or not all(tally.unavailable):
        return
    if spec.kind is ExecutorKind.PERSON:
        raise ExecutorInvalid(
            f"`{spec.name}` answered none of the {n:,} cases that are proved",
            where=work.executor_file(spec.name).source.locate(("settings", "answers")),
            expected="answers to cases of the prove set, by their names in the column `case`",
            found="no answer to any of them",
            mend=f"write the names of the cases as the case file of `{work.id}` has them",
        )
    ((text, _),) = tally.fault_texts.most_common(1)
    raise OutsideError(
        f"`{spec.name}` was unavailable in all of {n:,} cases: nothing is proved",
        expected="an executor that can be reached",
        found=text,
        mend="look at what it needs (network, service, deadline), then prove again: these cases are asked again",
    )


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


def refuse_senders(project: Project, file: DefinitionFile) -> None:
    """Refuse effects whose ``sender`` is none of the project's: they would never leave.

    Raises:
        DefinitionInvalid: every such effect, with its place.
    """
    outputs = file.definition.outputs
    named = [(i, effect.sender) for i, effect in enumerate(outputs.effects if outputs else ()) if effect.sender]
    known = sorted(project.file.senders) if named else []
    problems = [
        Problem(
            message=f"there is no sender `{name}` in remit.yaml",
            where=file.source.locate(("outputs", "effects", i, "sender")),
            expected=f"one of {', '.join(known)}" if known else "a sender, under `senders` in remit.yaml",
            found=name,
            mend=suggestion(name, known)
            or "write it there, or take `sender` out: then somebody else has to bring the effect about",
        )
        for i, name in named
        if name not in known
    ]
    if problems:
        raise DefinitionInvalid(problems=problems)


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
