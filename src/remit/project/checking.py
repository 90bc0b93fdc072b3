"""Readiness of one work: gather the facts there are, then judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remit.definition.levels import Level
from remit.errors import InvalidInput
from remit.items import ExecutorKind, ExecutorSpec
from remit.project.parts.made_of import parts_of
from remit.project.state.case_file_digest import case_file_digest
from remit.project.state.mirror import Mirrored, read_mirror
from remit.readiness.facts import ExecutorFact, Facts, ProjectFacts, Waiver
from remit.readiness.finding import Readiness

if TYPE_CHECKING:
    from remit.files.executor_file import ExecutorFile
    from remit.project.work import Work

__all__ = ["check_work", "facts_of"]


def check_work(work: Work, *, for_level: Level | None, executor: str | None) -> Readiness:
    """Judge the readiness of ``work`` with the facts there are; no database is asked."""
    from remit.readiness.judge import judge

    file = work.file
    if executor is not None:
        work.executor_file(executor)
    return judge(
        file.definition,
        facts_of(work),
        now=work.project.ambient.now(),
        source=file.source,
        for_level=for_level,
        executor=executor,
    )


def facts_of(work: Work) -> Facts:
    """The facts about ``work``: its project's files as they are now, and what was mirrored from measurements."""
    mirrored = read_mirror(work.project.state, work.id)
    return Facts(
        project=_project_facts(work),
        cases=mirrored.cases if _same_cases(work, mirrored) else None,
        agreement=mirrored.agreement if _same_answers(work, mirrored) else None,
        real_items=mirrored.real_items,
        proofs=mirrored.proofs,
        probes=mirrored.probes,
        shared_failures=mirrored.shared_failures,
        grants=mirrored.grants,
        autonomy=mirrored.autonomy,
        stop_rule=mirrored.stop_rule,
        operation=mirrored.operation,
        waivers=_waivers(work),
    )


def _same_cases(work: Work, mirrored: Mirrored) -> bool:
    from remit.files.text_file import is_file

    path = work.case_path
    return path is not None and is_file(path) and case_file_digest(path) == mirrored.case_file_sha256


def _same_answers(work: Work, mirrored: Mirrored) -> bool:
    if mirrored.agreement is None or work.case_path is None:
        return False
    from remit.project.labelling.gathering import answers_digest

    return answers_digest(work.case_path, work.id) == mirrored.answers_sha256


def _project_facts(work: Work) -> ProjectFacts:
    return ProjectFacts(
        related=work.project.related,
        executors=tuple(_executor_fact(work, file) for file in work.executor_files.values()),
    )


def _executor_fact(work: Work, file: ExecutorFile) -> ExecutorFact:
    spec = file.spec
    digest, fault = None, None
    parts = parts_of(work, spec)
    try:
        digest = work.executor_digest(spec.name)
    except InvalidInput as invalid:
        fault = str(invalid)
    return ExecutorFact(
        name=spec.name,
        kind=spec.kind,
        digest=digest,
        version=spec.version,
        author=spec.author,
        incumbent=spec.incumbent,
        gives_confidence=any(map(_may_give_confidence, (spec, *parts))),
        fault=fault,
        parts=tuple(one.name for one in parts),
    )


def _may_give_confidence(spec: ExecutorSpec) -> bool:
    """Whether answers may come with a confidence, as far as the file says; the proof tells for sure."""
    if spec.kind is ExecutorKind.HTTP:
        return spec.confidence not in (None, "none")
    if spec.kind is ExecutorKind.LLM:
        from remit.executors.llm.executor import may_give_confidence

        try:
            return may_give_confidence(spec)
        except InvalidInput:  # what is wrong with the file is said beside it
            return False
    return spec.kind in (ExecutorKind.FUNCTION, ExecutorKind.MODEL) and spec.confidence != "none"


def _waivers(work: Work) -> tuple[Waiver, ...]:
    from remit.files.waivers_file import load_waivers

    path = work.project.at("waivers.yaml")
    if not path.is_file():
        return ()
    return tuple(one for one in load_waivers(path) if one.work in (None, work.id))
