"""Put seals over what the chains have grown by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from remit.errors import LedgerBroken, NotFound, Problem
from remit.ledger import GENESIS, Inclusion, LedgerEntry, Seal, SealKey, check_link, inclusion_path, make_seal
from remit.store.connections import Store, Writing
from remit.store.ledger_entries import chains, entries_between, head_of
from remit.store.operations.seals import add_seal, last_seal, seal_over

__all__ = ["SEAL_AFTER", "SEAL_EVERY", "inclusion_of", "seal_due", "seal_work"]

SEAL_EVERY = 1000
"""A seal covers at most so many entries, and so many are sealed at once."""

SEAL_AFTER = timedelta(seconds=60)
"""An entry that is older than this is sealed, however few there are."""


def seal_work(store: Store, work: str, *, key: SealKey, now: datetime) -> tuple[Seal, ...]:
    """Seal all of the chain of ``work`` that is not sealed yet, at most ``SEAL_EVERY`` entries a seal.

    Raises:
        LedgerBroken: what would be sealed does not hold together. Nothing is sealed over it.
    """
    made: list[Seal] = []
    while True:
        with store.writing() as writing:
            seal = _seal_next(writing, work, key=key, now=now)
        if seal is None:
            return tuple(made)
        made.append(seal)


def _quiet(work: str, broken: LedgerBroken | None) -> None:
    del work, broken


def seal_due(
    store: Store, *, key: SealKey, now: datetime, tell: Callable[[str, LedgerBroken | None], None] = _quiet
) -> int:
    """Seal every chain that has grown by ``SEAL_EVERY`` entries, or has an unsealed one older than ``SEAL_AFTER``.

    ``tell`` hears of every chain that was due how it came out: None where it was sealed.

    Returns how many seals were made.  It costs the same however long the chains are.

    Raises:
        LedgerBroken: one or more chains do not hold together; the others are sealed.
    """
    made = 0
    broken: list[Problem] = []
    for work in chains(store):
        if not _is_due(store, work, now):
            continue
        try:
            made += len(seal_work(store, work, key=key, now=now))
        except LedgerBroken as error:
            broken += error.problems
            tell(work, error)
        else:
            tell(work, None)
    if broken:
        raise LedgerBroken(problems=broken)
    return made


def inclusion_of(store: Store, work: str, seq: int) -> Inclusion:
    """Entry ``seq`` of ``work`` with the seal that covers it and the path between them.

    Raises:
        NotFound: there is no such entry, or no seal covers it yet.
    """
    seal = seal_over(store, work, seq)
    if seal is None:
        raise NotFound(
            f"no seal covers entry {seq} of `{work}`", expected="a sealed entry", mend="`remit ledger seal` seals"
        )
    hashes = [entry.hash for entry in _entries(store, work, seal.first_seq, seal.last_seq)]
    index = seq - seal.first_seq
    if index >= len(hashes):
        raise _broken(work, seq, f"entry {seq}", "nothing")
    return Inclusion(seq=seq, hash=hashes[index], path=inclusion_path(hashes, index), seal=seal)


def _is_due(store: Store, work: str, now: datetime) -> bool:
    head, last = head_of(store, work), last_seal(store, work)
    done = 0 if last is None else last.last_seq
    n = 0 if head is None else head.seq - done
    if n <= 0 or n >= SEAL_EVERY:
        return n > 0
    first = _entries(store, work, done + 1, done + 1)
    return not first or first[0].at <= now - SEAL_AFTER


def _seal_next(writing: Writing, work: str, *, key: SealKey, now: datetime) -> Seal | None:
    last = last_seal(writing, work)
    done = 0 if last is None else last.last_seq
    head = head_of(writing, work)
    if head is None or head.seq <= done:
        return None
    before = _entries(writing, work, done, done)[-1:] if done else ()
    if done and not before:
        raise _broken(work, done, f"entry {done}, which seal {last.n if last else 0} covers", "nothing")
    entries = _entries(writing, work, done + 1, min(done + SEAL_EVERY, head.seq))
    previous = before[0].hash if before else GENESIS
    for seq, entry in enumerate(entries, start=done + 1):
        broken = check_link(entry, seq=seq, previous=previous, rest=iter(()))
        if broken is not None:
            raise _broken(work, seq, broken.expected, broken.found)
        previous = entry.hash
    if not entries:
        raise _broken(work, done + 1, f"entry {done + 1}", f"entry {head.seq}")
    seal = make_seal(last, work=work, hashes=(entry.hash for entry in entries), at=now, key=key)
    add_seal(writing, seal)
    return seal


def _entries(reader: Store | Writing, work: str, first: int, last: int) -> tuple[LedgerEntry, ...]:
    try:
        return entries_between(reader, work, first, last)
    except (TypeError, ValueError) as error:
        raise _broken(work, first, "entries of the ledger", str(error)) from error


def _broken(work: str, seq: int, expected: str, found: str) -> LedgerBroken:
    problem = Problem(
        message=f"the ledger of {work} is broken at entry {seq}, and is not sealed",
        expected=expected,
        found=found,
        mend="`remit ledger verify` says more; restore the store from a backup that verifies",
    )
    return LedgerBroken(problems=[problem])
