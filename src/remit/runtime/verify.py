"""Hold the whole record against itself: the chain of every work, and everything the chain speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from remit.errors import ArgumentInvalid
from remit.ledger import Break, Broken, Head, LedgerEntry, Verified, body_digest, verify
from remit.store.connections import Reader, Row
from remit.store.ledger_entries import Recorded, Unaccounted, Unreadable, chains, recorded, unaccounted

__all__ = ["ChainVerified", "verify_ledger"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainVerified:
    """What verifying the chain of one work came to."""

    work: str
    result: Verified | Broken


def verify_ledger(reader: Reader, *, heads: Mapping[str, Head] | None = None) -> tuple[ChainVerified, ...]:
    """Verify every chain, every record it speaks of, and that no record is without its entry.

    Args:
        reader: the store.
        heads: by work, the ends of chains that somebody noted before; a chain that ends earlier is truncated.

    Each work comes with its first break only.  Memory stays flat; entries that are appended meanwhile do no harm.
    What this can't see: that the last entries were cut off together with all they speak of (note the heads
    elsewhere), and a record that somebody with write access made anew from some entry to the end.
    """
    noted = heads or {}
    found: dict[str, Verified | Broken] = {}
    for work in sorted({*chains(reader), *noted}):
        found[work] = _Chain(reader, work).verify(noted.get(work))
    for one in unaccounted(reader):
        if isinstance(found.get(one.work), Broken):
            continue
        found[one.work] = _unaccounted(one, found.get(one.work))
    return tuple(ChainVerified(work=work, result=result) for work, result in sorted(found.items()))


class _Chain:
    """One chain on its way through: the first record that does not fit ends it."""

    def __init__(self, reader: Reader, work: str) -> None:
        self._reader = reader
        self._work = work
        self._broken: Broken | None = None

    def verify(self, head: Head | None) -> Verified | Broken:
        linked = verify(self._entries(), head=head)
        broken = self._broken
        if broken is None or (isinstance(linked, Broken) and linked.what is not Break.TRUNCATED):
            return linked
        return broken

    def _entries(self) -> Iterator[LedgerEntry]:
        for one in recorded(self._reader, self._work):
            if isinstance(one, Unreadable):
                self._broken = Broken(seq=one.seq, what=Break.CHANGED, expected="an entry of the ledger", found=one.why)
                return
            yield one.entry
            self._broken = _record_break(one)
            if self._broken is not None:
                return


def _record_break(one: Recorded) -> Broken | None:
    """In which way what an entry speaks of is not what it was."""
    entry, digests = one.entry, one.entry.digests
    body, truth = _digest(one.body), _digest(one.truth)
    if body == entry.body_digest and one.payload == digests.get("payload") and _hex(truth) == digests.get("truth"):
        return None
    for name, then, now, missing, changed in (
        ("record", entry.body_digest.hex(), _hex(body), Break.RECORD_MISSING, Break.RECORD_CHANGED),
        ("content", digests.get("payload"), one.payload, Break.CONTENT_MISSING, Break.CONTENT_CHANGED),
        ("truth", digests.get("truth"), _hex(truth), Break.RECORD_MISSING, Break.RECORD_CHANGED),
    ):
        if then != now:
            what = f"the {name} of {entry.kind.value} {entry.subject}"
            if now is None:
                return Broken(seq=entry.seq, what=missing, expected=what, found="nothing")
            return Broken(seq=entry.seq, what=changed, expected=f"{what}: {then}", found=now)
    return None


def _hex(digest: bytes | None) -> str | None:
    return None if digest is None else digest.hex()


def _digest(row: Row | None) -> bytes | None:
    if row is None:
        return None
    try:
        return body_digest(row)
    except ArgumentInvalid:  # a value of a type that nobody could have written
        return b""


def _unaccounted(one: Unaccounted, chain: Verified | Broken | None) -> Broken:
    if one.missing:
        return Broken(
            seq=one.seq, what=Break.RECORD_MISSING, expected=f"the review of decision {one.seq}", found="nothing"
        )
    end = chain.head.seq if isinstance(chain, Verified) and chain.head is not None else 0
    if one.seq > end:
        return Broken(
            seq=end + 1, what=Break.TRUNCATED, expected=f"an entry {one.seq} for a {one.what}", found=f"{end} entries"
        )
    return Broken(
        seq=one.seq,
        what=Break.RECORD_ADDED,
        expected=f"an entry for the {one.what} at {one.seq}",
        found="another entry",
    )
