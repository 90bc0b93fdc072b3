"""What the case file of a work holds: read once, mirrored by the digest of its bytes, held against what was frozen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from remit.cases.case import Case, CaseUse
from remit.cases.coverage import Coverage, cover
from remit.cases.freeze import Frozen
from remit.definition.digests import canonical_json
from remit.errors import CasesInvalid, Location, Problem
from remit.project.checking import case_file_digest
from remit.project.mirror import write_mirror
from remit.readiness.facts import CaseFacts

if TYPE_CHECKING:
    from pathlib import Path

    from remit.project.work import Work

__all__ = ["Measured", "case_file", "measure_cases", "prove_cases"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a case file holds, and the most frequent expected answer of its tune cases (None: there are none)."""

    coverage: Coverage
    majority: dict[str, Any] | None


def case_file(work: Work) -> Path:
    """The case file of a work.

    Raises:
        CasesInvalid: the definition names none, or there is no such file.
    """
    path = work.case_path
    if path is None:
        raise CasesInvalid(
            f"`{work.id}` names no cases",
            where=work.file.source.locate(("cases",)),
            expected="cases: {path: cases/...csv}",
            found="nothing",
            mend="write `cases` in the definition: how is the work tested?",
        )
    if not path.is_file():
        raise CasesInvalid(
            f"there is no case file {path.relative_to(work.project.root).as_posix()}",
            where=work.file.source.locate(("cases", "path")),
            expected="a CSV, JSONL or Parquet file",
            found="nothing",
            mend="write the cases, or correct the path",
        )
    return path


def measure_cases(work: Work) -> Measured:
    """Read the case file once: check every row, count, and mirror what it holds."""
    from remit.files.case_file import frozen_path, read_frozen, stream_cases

    path = case_file(work)
    digest = case_file_digest(path)
    majority: Counter[bytes] = Counter()
    expected: dict[bytes, dict[str, Any]] = {}

    def watched() -> Iterator[Case | Problem]:
        for one in stream_cases(path, definition=work.definition, limit_problems=None):
            if isinstance(one, Case) and one.use is CaseUse.TUNE:
                key = canonical_json(one.expected)
                majority[key] += 1
                expected.setdefault(key, dict(one.expected))
            yield one

    coverage = cover(watched(), definition=work.definition)
    frozen = read_frozen(frozen_path(path, work.id))
    write_mirror(work.project.state, work.id, cases=_facts(coverage, frozen), case_file_sha256=digest)
    most = max(majority, key=lambda key: (majority[key], key)) if majority else None
    return Measured(coverage=coverage, majority=expected[most] if most is not None else None)


def prove_cases(work: Work) -> Iterator[Case]:
    """The cases of the prove set, one after the other.

    Raises:
        CasesInvalid: with the first problems of the file.
    """
    from remit.files.case_file import stream_cases

    problems: list[Problem] = []
    for one in stream_cases(case_file(work), definition=work.definition):
        if isinstance(one, Problem):
            problems.append(one)
        elif one.use is CaseUse.PROVE:
            yield one
    if problems:
        raise CasesInvalid(problems=problems)


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
        prove_digest=coverage.prove.digest,
        frozen_digest=frozen.prove.digest if frozen is not None else None,
        frozen_at=frozen.frozen_at if frozen is not None else None,
    )
