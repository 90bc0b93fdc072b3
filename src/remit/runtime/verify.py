"""Hold the whole record against itself: the chain of every work, and everything the chain speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from remit.errors import ArgumentInvalid, NotFound
from remit.ledger import (
    Break,
    Broken,
    Head,
    LedgerEntry,
    LedgerKind,
    SealHead,
    SealKeys,
    SealPass,
    SealsVerified,
    Verified,
    body_digest,
    check_link,
)
from remit.ledger.entry import GENESIS
from remit.store.connections import Reader, Row
from remit.store.content.erased import still_there
from remit.store.ledger_entries import (
    Recorded,
    Unaccounted,
    Unreadable,
    chains,
    entries_between,
    intact_hashes,
    recorded,
    unaccounted,
)
from remit.store.operations.acts import acts_after
from remit.store.operations.seals import sealed_works, seals_of

__all__ = ["ChainVerified", "Noted", "Unsealed", "verify_ledger"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """The end of a chain, and its last seal, as somebody noted them outside the store."""

    head: Head
    seal: SealHead | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsealed:
    """No seal covers a chain from entry ``first_seq`` on, which is of ``since``.

    ``key_known`` says that there was a key to verify seals with: then somebody seals, or did.
    """

    first_seq: int
    since: datetime
    key_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainVerified:
    """What verifying the chain of one work came to; ``seals`` is None where the chain is broken.

    ``unsealed`` is the end of it that no seal covers; None where all is sealed, or the chain is broken.
    """

    work: str
    result: Verified | Broken
    seals: SealsVerified | None = None
    unsealed: Unsealed | None = None


def verify_ledger(
    reader: Reader,
    *,
    work: str | None = None,
    noted: Mapping[str, Sequence[Noted]] | None = None,
    keys: SealKeys | None = None,
) -> tuple[ChainVerified, ...]:
    """Verify every chain, its seals, every record it speaks of, and that no record is without its entry.

    Args:
        reader: the store.
        work: verify only the chain of this work.
        noted: by work, the ends of chains that somebody noted before; a chain that ends earlier is truncated.
        keys: what the seals are verified with; without them everything but their signatures is.

    Each work comes with its first break only.  Memory stays flat; entries that are appended meanwhile do no harm.
    What this can't see: that what no seal and no noted end covers was cut off together with all it speaks of, or made
    anew by somebody with write access; with the key to the seals, anything that no noted end covers.

    Raises:
        NotFound: there is no chain of ``work``.
    """
    anchored = noted or {}
    works = sorted({*chains(reader), *sealed_works(reader), *anchored})
    without = [one for one in unaccounted(reader) if work is None or one.work == work]
    if work is not None:
        if work not in {*works, *(one.work for one in without)}:
            raise NotFound(
                f"nothing is recorded of `{work}`", expected=", ".join(works) or "a work with a record", found=work
            )
        works = [one for one in works if one == work]
    found = {one: _Chain(reader, one, anchored.get(one, ()), keys).verify() for one in works}
    for one in without:
        chain = found.get(one.work)
        if chain is None or not isinstance(chain.result, Broken):
            result = _unaccounted(one, None if chain is None else chain.result)
            found[one.work] = ChainVerified(work=one.work, result=result)
    return tuple(chain for _, chain in sorted(found.items()))


class _Chain:
    """One chain on its way through: the first thing that does not fit ends it."""

    def __init__(self, reader: Reader, work: str, noted: Sequence[Noted], keys: SealKeys | None) -> None:
        self._reader = reader
        self._work = work
        self._keys = keys
        self._heads: dict[int, list[bytes]] = {}
        for one in noted:
            self._heads.setdefault(one.head.seq, []).append(one.head.hash)
        self._seals = SealPass(
            seals_of(reader, work),
            keys=keys,
            noted={one.seal.n: one.seal.hash for one in noted if one.seal is not None},
        )
        self._seq, self._last = 0, GENESIS

    def verify(self) -> ChainVerified:
        broken = self._walk() or self._ends()
        if broken is not None:
            return ChainVerified(work=self._work, result=broken)
        seals = self._seals.end()
        if isinstance(seals, Broken):
            return ChainVerified(work=self._work, result=seals)
        head = Head(seq=self._seq, hash=self._last) if self._seq else None
        unsealed = self._unsealed(seals.last_seq + 1)
        return ChainVerified(work=self._work, result=Verified(n=self._seq, head=head), seals=seals, unsealed=unsealed)

    def _unsealed(self, first: int) -> Unsealed | None:
        if first > self._seq:
            return None
        (entry,) = entries_between(self._reader, self._work, first, first)
        return Unsealed(first_seq=first, since=entry.at, key_known=self._keys is not None)

    def _walk(self) -> Broken | None:
        if self._seals.broken is not None:
            return self._seals.broken
        broken = self._pass(None)
        # once more, for what was appended and sealed meanwhile: a seal is read before the entries that it covers
        return broken or self._pass(Head(seq=self._seq, hash=self._last)) or self._misfit() or self._not_erased()

    def _pass(self, after: Head | None) -> Broken | None:
        heads, follow = self._heads, self._seals.follow
        for made in intact_hashes(self._reader, self._work, after=after):
            self._seq += 1
            self._last = made
            if not follow(made):
                return self._seals.broken
            if self._seq in heads and any(one != made for one in heads[self._seq]):
                other = next(one for one in heads[self._seq] if one != made)
                return Broken(seq=self._seq, what=Break.UNLINKED, expected=other.hex(), found=made.hex())
        return None

    def _misfit(self) -> Broken | None:
        """Why the entry behind the last one that fits does not."""
        rest = recorded(self._reader, self._work, after=self._seq)
        first = next(rest, None)
        if first is None:
            return None
        if isinstance(first, Unreadable):
            return Broken(seq=first.seq, what=Break.CHANGED, expected="an entry of the ledger", found=first.why)
        try:
            linked = check_link(first.entry, seq=self._seq + 1, previous=self._last, rest=_entries(rest))
        except ArgumentInvalid as error:
            expected = "an entry of the ledger"
            return Broken(seq=self._seq + 1, what=Break.CHANGED, expected=expected, found=str(error))
        return linked or _record_break(first)

    def _ends(self) -> Broken | None:
        """Whether the chain reaches all that was noted."""
        last = max(self._heads, default=0)
        if self._seq >= last:
            return None
        expected, found = f"{last} entries", f"{self._seq} entries"
        return Broken(seq=self._seq + 1, what=Break.TRUNCATED, expected=expected, found=found)

    def _not_erased(self) -> Broken | None:
        """Content that is there again although an act erased it."""
        for act in acts_after(self._reader, work=self._work, kind=LedgerKind.ERASE):
            ids = act.body.get("ids")
            there = still_there(self._reader, [str(one) for one in ids]) if isinstance(ids, list) else None
            if there is not None:
                expected = f"no content of {there}, which this entry erased"
                return Broken(seq=act.seq, what=Break.NOT_ERASED, expected=expected, found="content")
        return None


def _entries(rest: Iterator[Recorded | Unreadable]) -> Iterator[LedgerEntry]:
    return (one.entry for one in rest if isinstance(one, Recorded))


def _record_break(one: Recorded) -> Broken | None:
    """In which way what an entry speaks of is not what it was."""
    entry, digests = one.entry, one.entry.digests
    body, truth = _digest(one.body), _digest(one.truth)
    content = digests.get("payload") if one.erased else one.payload
    for name, then, now, missing, changed in (
        ("record", entry.body_digest.hex(), _hex(body), Break.RECORD_MISSING, Break.RECORD_CHANGED),
        ("content", digests.get("payload"), content, Break.CONTENT_MISSING, Break.CONTENT_CHANGED),
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
            seq=one.seq,
            what=Break.RECORD_MISSING,
            expected=f"the review or audit that entry {one.seq} opened",
            found="nothing",
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
