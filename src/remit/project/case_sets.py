"""The case sets of a work: checked, split by a seed, frozen by digest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from remit.cases.case import Case
from remit.cases.coverage import Coverage
from remit.cases.freeze import Frozen
from remit.cases.split import split
from remit.definition.flaws import listing, shortened, suggestion
from remit.errors import CasesInvalid, Conflict, FrozenChanged, Location, UsageError
from remit.project.measuring import case_file, measure_cases, refuse_invalid

if TYPE_CHECKING:
    from remit.project.work import Work

__all__ = ["check_cases", "freeze_cases", "split_cases"]


def check_cases(work: Work) -> Coverage:
    """Hold every row against the schemas, and mirror what the file holds.

    Raises:
        CasesInvalid: with the first problems.
    """
    measured = measure_cases(work)
    refuse_invalid(work, measured.coverage)
    if measured.coverage.n_rows == 0:
        raise CasesInvalid(
            "the case file holds no case",
            where=Location(file=case_file(work).as_posix()),
            expected="one row for each case, below the names of the columns",
            found="no row",
            mend="write cases: items with their known right answers",
        )
    return measured.coverage


def split_cases(work: Work, *, seed: int, share_prove: float, by: Sequence[str] | None) -> Coverage:
    """Write which case is for tuning and which for proving.

    Raises:
        FrozenChanged: the cases are frozen already.
        UsageError: no case has a value in a column of ``by``.
    """
    from remit.files.case_file import frozen_path, read_frozen, stream_cases, write_split

    check_cases(work)
    path = case_file(work)
    if read_frozen(frozen_path(path, work.id)) is not None:
        raise FrozenChanged(
            f"the cases of `{work.id}` are frozen: another split would be a second look at them",
            expected="cases that are not frozen",
            found="a frozen set",
            mend="collect new cases under a new path",
        )

    def cases() -> Iterator[Case]:
        return (one for one in stream_cases(path, definition=work.definition) if isinstance(one, Case))

    if by is not None:
        _refuse_unknown(by, cases())
    write_split(path, split(cases(), seed=seed, share_prove=share_prove, by=by))
    return check_cases(work)


def _refuse_unknown(by: Sequence[str], cases: Iterable[Case]) -> None:
    known: set[str] = set()
    for case in cases:
        known |= case.expected.keys() | case.slices.keys() | case.input.keys()
    for name in by:
        if name not in known:
            bare = name.partition(".")[2]
            raise UsageError(
                f"--by {shortened(name)}: no case has a value in such a column",
                expected=listing(sorted(known)),
                found=shortened(name),
                mend=f"did you mean `{bare}`?" if bare in known else suggestion(name, known) or "leave --by out",
            )


def freeze_cases(work: Work) -> Frozen:
    """Fix the sets as they are now. Freezing the same sets again changes nothing.

    The same prove set under changed inputs or outputs is taken over, with the day on which it was frozen first.

    Raises:
        CasesInvalid: there is no prove set.
        Conflict: another set is frozen already.
    """
    from remit.files.case_file import frozen_path, read_frozen

    coverage = check_cases(work)
    path = case_file(work)
    if coverage.n_prove == 0:
        raise CasesInvalid(
            f"`{work.id}` has no case to prove on",
            expected="cases with `split` prove",
            found=f"{coverage.n_rows} cases without",
            mend=f"`remit cases split {work.id} --seed 7`",
        )
    now = coverage.now(work.project.ambient.now())
    frozen = read_frozen(frozen_path(path, work.id))
    if frozen is not None:
        if frozen.prove == now.prove:
            same = frozen.schemas_digest == now.schemas_digest
            return _take_over(work, frozen if same else replace(now, frozen_at=frozen.frozen_at))
        raise Conflict(
            f"another set of `{work.id}` is frozen",
            expected=f"{frozen.prove.n} cases, digest {frozen.prove.digest[:12]}",
            found=f"{now.prove.n} cases, digest {now.prove.digest[:12]}",
            mend="restore the file; new cases go under a new path, with a new freeze",
        )
    return _take_over(work, now)


def _take_over(work: Work, frozen: Frozen) -> Frozen:
    """Keep what is frozen, and mirror it."""
    from remit.files.case_file import frozen_path, read_frozen, write_frozen

    path = frozen_path(case_file(work), work.id)
    if read_frozen(path) != frozen:
        write_frozen(path, frozen)
        measure_cases(work)
    return frozen
