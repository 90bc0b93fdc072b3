"""What the case file of a work holds: read once, mirrored by the digest of its bytes, held against what was frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from remit.cases.case import Case, CaseUse
from remit.cases.coverage import Coverage, cover
from remit.cases.freeze import Frozen, check_frozen, schemas_digest
from remit.cases.most_frequent import MostFrequent
from remit.definition.digests import evidence_digest
from remit.errors import CasesInvalid, DocumentInvalid, ExecutorInvalid, FrozenChanged, Location, Problem
from remit.project.state.case_file_digest import case_file_digest
from remit.project.state.mirror import Mirrored, mirror, read_mirror
from remit.readiness.facts import CaseFacts

if TYPE_CHECKING:
    from pathlib import Path

    from remit.project.work import Work

__all__ = [
    "FrozenSet",
    "Measured",
    "case_file",
    "frozen_cases",
    "frozen_set",
    "known_of",
    "measure_cases",
    "named_case_file",
    "prove_cases",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a case file holds, and the most frequent expected answer of its tune cases (None: there are none)."""

    coverage: Coverage
    majority: dict[str, Any] | None
    case_file_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenSet:
    """A frozen prove set, and the most frequent expected answer of the tune cases beside it.

    ``case_file_sha256`` is of the case file when it was held against the frozen set.
    """

    digest: str
    majority: Mapping[str, Any] | None
    case_file_sha256: str


def case_file(work: Work) -> Path:
    """The case file of a work.

    Raises:
        CasesInvalid: the definition names none, or there is no such file.
    """
    from remit.files.text_file import is_file

    path = named_case_file(work)
    if not is_file(path):
        raise CasesInvalid(
            f"there is no case file {path.as_posix()[:200]}",
            where=work.file.source.locate(("cases", "path")),
            expected="a CSV, JSONL or Parquet file",
            found="nothing",
            mend="write the cases, or correct the path; items without a known answer: `remit cases import`",
        )
    return path


def named_case_file(work: Work) -> Path:
    """The case file that a definition names, whether it is there yet or not.

    Raises:
        CasesInvalid: it names none, or one outside the project.
    """
    path = work.case_path
    if path is None:
        raise CasesInvalid(
            f"`{work.id}` names no cases",
            where=work.file.source.locate(("cases",)),
            expected="cases: {path: cases/...csv}",
            found="nothing",
            mend=f"write `cases: {{path: cases/{work.id}.csv}}` in the definition; the file need not be there yet",
        )
    if not _is_inside(work, path):
        raise CasesInvalid(
            "the case file lies outside the project",
            where=work.file.source.locate(("cases", "path")),
            expected="a path inside the folder of the project",
            found=str(path)[:200],
            mend="copy the cases into the project, so that they are frozen with it",
        )
    return path


def _is_inside(work: Work, path: Path) -> bool:
    try:
        return path.resolve().is_relative_to(work.project.root.resolve())
    except (OSError, ValueError, RuntimeError):  # too long, a zero byte, or links that go round in circles
        return True  # and then there is no such file


def measure_cases(work: Work) -> Measured:
    """Read the case file once: check every row, count, and mirror what it holds."""
    from remit.files.case_file import frozen_path, read_frozen, stream_cases

    path = case_file(work)
    digest = case_file_digest(path)
    majority = MostFrequent([decision.id for decision in work.definition.decisions])

    def watched() -> Iterator[Case | Problem]:
        for one in stream_cases(path, definition=work.definition, limit_problems=None):
            if isinstance(one, Case) and one.use is CaseUse.TUNE:
                majority.add(one)
            yield one

    coverage = cover(watched(), definition=work.definition)
    frozen = read_frozen(frozen_path(path, work.id))
    most = majority.output()
    measured = Measured(coverage=coverage, majority=None if most is None else dict(most), case_file_sha256=digest)
    mirror(
        work,
        cases=_facts(coverage, frozen),
        case_file_sha256=digest,
        majority=measured.majority,
    )
    return measured


def frozen_set(work: Work) -> FrozenSet:
    """The frozen prove set of a work, after it was held against the case file as it is now.

    A file whose bytes were measured before is not read again for this.

    Raises:
        FrozenChanged: nothing is frozen, or the file or the schemas are not what they were.
        CasesInvalid: rows that fit no schema: they would silently be left out.
    """
    from remit.files.case_file import frozen_path, read_frozen

    path = case_file(work)
    frozen = read_frozen(frozen_path(path, work.id))
    if frozen is None:
        raise FrozenChanged(
            f"the cases of `{work.id}` are not frozen",
            expected="a prove set that nobody changes any more",
            found="none",
            mend=f"`remit cases split {work.id} --seed 7`, then `remit cases freeze {work.id}`",
        )
    known = known_of(work)
    facts = known.cases
    if (
        facts is not None
        and facts.n_invalid == 0
        and facts.evidence_digest == evidence_digest(work.definition)
        and facts.prove_digest == frozen.prove.digest
        and schemas_digest(work.definition) == frozen.schemas_digest
        and case_file_digest(path) == known.case_file_sha256
    ):
        return FrozenSet(digest=frozen.prove.digest, majority=known.majority, case_file_sha256=known.case_file_sha256)
    measured = measure_cases(work)
    refuse_invalid(work, measured.coverage)
    check_frozen(frozen, measured.coverage.now(work.project.ambient.now()))
    return FrozenSet(digest=frozen.prove.digest, majority=measured.majority, case_file_sha256=measured.case_file_sha256)


def known_of(work: Work) -> Mirrored:
    """What is mirrored of a work; nothing where the mirror can't be read."""
    try:
        return read_mirror(work.project.state, work.id)
    except DocumentInvalid:  # derived data: it is made anew
        return Mirrored()


def prove_cases(work: Work, frozen: FrozenSet) -> Iterator[Case]:
    """The cases of a frozen prove set, one after the other; their rows were all checked when it was measured.

    Raises:
        FrozenChanged: the case file is another one by now than when it was held against the frozen set.
    """
    from remit.files.case_file import stream_cases

    path = case_file(work)
    for one in stream_cases(path, definition=work.definition, measured=True):
        if isinstance(one, Case):
            if one.use is CaseUse.PROVE:
                yield one
        else:
            break
    if case_file_digest(path) != frozen.case_file_sha256:
        raise FrozenChanged(
            f"{path.name} was changed while it was read",
            where=Location(file=path.name),
            expected="the case file as it was when the proof began",
            found="another content",
            mend=f"`remit cases check {work.id}` says what is different; then prove again",
        )


def frozen_cases(work: Work) -> Iterator[Case]:
    """Every case of a file that is frozen, checked row by row: for examples, which are never chosen from others.

    Raises:
        ExecutorInvalid: nothing is frozen, so it is not settled which cases are for proving.
        CasesInvalid: there are no cases, or not in a file that can be read.
    """
    from remit.files.case_file import frozen_path, read_frozen, stream_cases

    path = case_file(work)
    if read_frozen(frozen_path(path, work.id)) is None:
        raise ExecutorInvalid(
            "there are examples to be shown, and the cases are not frozen",
            where=Location(path="settings.examples"),
            expected="frozen cases: which are for tuning, and may be shown, is settled before",
            found="cases that are not frozen",
            mend=f"`remit cases split {work.id} --seed 7`, then `remit cases freeze {work.id}`",
        )
    return (one for one in stream_cases(path, definition=work.definition) if isinstance(one, Case))


def refuse_invalid(work: Work, coverage: Coverage) -> None:
    """Refuse a case file with rows that fit no schema: they would silently be left out.

    Raises:
        CasesInvalid: with the first problems.
    """
    if coverage.n_problems:
        shown = coverage.problems
        more = coverage.n_problems - len(shown)
        note = Problem(message=f"and {more} more", where=Location(file=str(case_file(work).name)))
        raise CasesInvalid(problems=(*shown, note) if more > 0 else shown)


def _facts(coverage: Coverage, frozen: Frozen | None) -> CaseFacts:
    return CaseFacts(
        evidence_digest=coverage.evidence_digest,
        n_rows=coverage.n_rows,
        n_invalid=coverage.n_invalid,
        first_invalid=coverage.first_invalid,
        first_invalid_line=coverage.first_invalid_line,
        n_tune=coverage.n_tune,
        n_prove=coverage.n_prove,
        classes=coverage.classes,
        tags=coverage.tags,
        labellers=coverage.labellers,
        n_unlabelled=coverage.n_unlabelled,
        n_seen_in_tune=coverage.n_seen_in_tune,
        n_near_in_tune=coverage.nearness.n_near_in_tune,
        n_contradictory=coverage.nearness.n_contradictory,
        contradictory=coverage.nearness.contradictory_in_prove,
        prove_digest=coverage.prove.digest,
        frozen_digest=frozen.prove.digest if frozen is not None else None,
        frozen_at=frozen.frozen_at if frozen is not None else None,
    )
