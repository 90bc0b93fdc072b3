"""Note the ends of the chains outside the store, and hold the store against what was noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from remit.errors import Conflict, LedgerBroken, Problem
from remit.files.ledger.anchors import Anchor, add_anchors, read_anchors
from remit.ledger import Broken, Head, SealHead
from remit.project.ledger.keys import verifying_keys

if TYPE_CHECKING:
    from remit.project.folder import Project
    from remit.runtime.verify import ChainVerified, Noted

__all__ = ["Anchored", "anchor_ledger", "noted_in", "verify_ledger"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored:
    """What was noted: the ends that are new in the file, and how many lines it had before."""

    new: tuple[Anchor, ...]
    n_before: int


def anchor_ledger(project: Project, path: Path) -> Anchored:
    """Add the ends of all chains to ``path``, once the store was held against all that the file already says.

    Raises:
        LedgerBroken: the record does not verify, or is not what the file says. Nothing is written.
        DocumentInvalid: the file is no anchor file.
    """
    before = read_anchors(path) if path.exists() else ()
    checked = verify_ledger(project, anchor=path if before else None)
    problems = [_problem(one.work, one.result) for one in checked if isinstance(one.result, Broken)]
    if problems:
        raise LedgerBroken(problems=problems)
    now = project.ambient.now()
    newest = {one.work: one for one in before}
    new = tuple(
        found for one in checked if (found := _anchor(one, now)) is not None and not _same(found, newest.get(one.work))
    )
    if new:
        add_anchors(path, new)
    return Anchored(new=new, n_before=len(before))


def verify_ledger(
    project: Project, *, work: str | None = None, anchor: Path | None = None, key: Path | None = None
) -> tuple[ChainVerified, ...]:
    """Recompute every chain, its seals and every record it speaks of; the first break of each is named.

    Args:
        project: whose.
        work: only this one.
        anchor: the file of ends that were noted.
        key: the file with the keys that verify; the project's own when not given.

    Raises:
        NotFound: nothing is recorded of ``work``.
        DocumentInvalid, FileUnreadable, UsageError: a file can't be used.
    """
    from remit.runtime.verify import verify_ledger as verified

    noted = {} if anchor is None else noted_in(anchor)
    return verified(project.store, work=work, noted=noted, keys=verifying_keys(project, key))


def noted_in(path: Path) -> Mapping[str, Sequence[Noted]]:
    """What an anchor file says, by work.

    Raises:
        Conflict: it says two things of one seal.
    """
    from remit.runtime.verify import Noted

    found: dict[str, list[Noted]] = {}
    seals: dict[tuple[str, int], bytes] = {}
    for one in read_anchors(path):
        seal = None
        if one.seal_n is not None and one.seal_hash is not None:
            seal = SealHead(n=one.seal_n, hash=one.seal_hash)
            if seals.setdefault((one.work, seal.n), seal.hash) != seal.hash:
                raise Conflict(
                    f"{path} names two different seals {seal.n} of `{one.work}`",
                    expected="one hash for each seal",
                    found="two",
                    mend="one file for one store: somebody anchored another store in it, or made the seals anew",
                )
        found.setdefault(one.work, []).append(Noted(head=Head(seq=one.seq, hash=one.hash), seal=seal))
    return found


def _anchor(one: ChainVerified, now: datetime) -> Anchor | None:
    head = None if isinstance(one.result, Broken) else one.result.head
    if head is None:
        return None
    seal = None if one.seals is None else one.seals.head
    return Anchor(
        work=one.work,
        seq=head.seq,
        hash=head.hash,
        seal_n=None if seal is None else seal.n,
        seal_hash=None if seal is None else seal.hash,
        at=now,
    )


def _same(one: Anchor, other: Anchor | None) -> bool:
    return other is not None and (one.seq, one.hash, one.seal_hash) == (other.seq, other.hash, other.seal_hash)


def _problem(work: str, broken: Broken) -> Problem:
    return Problem(
        message=f"{work}: entry {broken.seq}: {broken.what.value}",
        expected=broken.expected,
        found=broken.found,
        mend="`remit ledger verify` says more; nothing was noted",
    )
