"""Seals: a signature over the root of a range of entries and over the seal before.

A chain alone can be written anew by whoever may write to the store.  A seal can't be made without its key, so that
what was sealed stays as it was, unless the seal goes too; for that there are anchors: a seal's hash, noted elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from remit.ledger.chain import Break, Broken
from remit.ledger.entry import GENESIS
from remit.ledger.keys import SealKey, SealKeys
from remit.ledger.merkle import Tree, root_by_path
from remit.ledger.text import instant_text, json_text

__all__ = ["Inclusion", "Seal", "SealHead", "SealPass", "SealsVerified", "holds", "make_seal"]

_FORMAT = "remit-seal-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealHead:
    """A seal by its number and its hash, as an anchor notes it."""

    n: int
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """Seal number ``n`` (from 1) of a work, over its entries ``first_seq`` to ``last_seq``.

    ``root`` is the Merkle root of their hashes, ``previous`` the hash of the seal before, both 32 bytes.
    """

    work: str
    n: int
    first_seq: int
    last_seq: int
    root: bytes
    previous: bytes
    at: datetime
    algorithm: str
    key_id: str
    signature: bytes

    @property
    def message(self) -> bytes:
        """What is signed: all but the signature, in its one spelling."""
        return json_text(
            [
                _FORMAT,
                self.work,
                self.n,
                self.first_seq,
                self.last_seq,
                self.root.hex(),
                self.previous.hex(),
                instant_text(self.at),
                self.algorithm,
                self.key_id,
            ]
        ).encode()

    @property
    def head(self) -> SealHead:
        """This seal as an anchor notes it: its hash is SHA-256 over the message and the signature."""
        return SealHead(n=self.n, hash=hashlib.sha256(self.message + b"\n" + self.signature.hex().encode()).digest())


@dataclass(frozen=True, slots=True, kw_only=True)
class SealsVerified:
    """The seals of a chain hold: how many, up to which entry, and of how many the signature was checked."""

    n: int
    last_seq: int
    n_checked: int
    head: SealHead | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """One entry, the seal that covers it, and the path between them: all that somebody else needs to verify it."""

    seq: int
    hash: bytes
    path: tuple[bytes, ...]
    seal: Seal


def make_seal(previous: Seal | None, *, work: str, hashes: Iterable[bytes], at: datetime, key: SealKey) -> Seal:
    """The seal over the entries that follow the last sealed one, by their hashes in order.

    Raises:
        ArgumentInvalid: there is nothing to seal, or the key only verifies.
    """
    tree = Tree()
    for one in hashes:
        tree.add(one)
    first = 1 if previous is None else previous.last_seq + 1
    unsigned = Seal(
        work=work,
        n=1 if previous is None else previous.n + 1,
        first_seq=first,
        last_seq=first + tree.n - 1,
        root=tree.root,
        previous=GENESIS if previous is None else previous.head.hash,
        at=at,
        algorithm=key.algorithm.value,
        key_id=key.id,
        signature=b"",
    )
    return replace(unsigned, signature=key.sign(unsigned.message))


def holds(inclusion: Inclusion, keys: SealKeys) -> bool:
    """Whether the entry is among those that the seal covers, and the seal is by one of ``keys``."""
    seal = inclusion.seal
    key = keys.of(seal.algorithm, seal.key_id)
    root = root_by_path(
        inclusion.hash,
        index=inclusion.seq - seal.first_seq,
        n=seal.last_seq - seal.first_seq + 1,
        path=inclusion.path,
    )
    return root == seal.root and key is not None and key.fits(seal.message, seal.signature)


class SealPass:
    """The seals of one chain, held against its entries as they go by. Memory stays flat.

    Args:
        seals: the seals of the work in the order of their numbers.
        keys: what verifies; None where nobody gave a key: then all but the signatures is checked.
        noted: by number, the hashes of seals that an anchor noted.
        before: the last entry before the first of those that go by, where that is not the first of the chain.

    ``broken`` is the first thing that does not fit.
    """

    def __init__(
        self,
        seals: Iterator[Seal],
        *,
        keys: SealKeys | None,
        noted: Mapping[int, bytes] | None = None,
        before: Seal | None = None,
        after: int = 0,
    ) -> None:
        self._seals = seals
        self._keys = keys
        self._noted = dict(noted or {})
        self._last: Seal | None = before
        self._n, self._n_checked = 0, 0
        self._tree = Tree()
        self.broken: Broken | None = None
        self._current: Seal | None = None
        self._seq = after
        self._next()

    def follow(self, entry_hash: bytes) -> bool:
        """Take in the hash of the next entry; False where it ends a range that was sealed otherwise."""
        self._seq += 1
        current = self._current
        if current is None:
            return self.broken is None
        self._tree.add(entry_hash)
        if self._seq < current.last_seq:
            return True
        if self._tree.root != current.root:
            self.broken = Broken(
                seq=current.first_seq,
                what=Break.SEALED_OTHERWISE,
                expected=f"entries {current.first_seq} to {current.last_seq} as seal {current.n} has them: "
                f"root {current.root.hex()}",
                found=f"root {self._tree.root.hex()}",
            )
            return False
        self._last = current
        self._next()
        return self.broken is None

    def end(self) -> SealsVerified | Broken:
        """What the seals came to, once every entry went by."""
        if self.broken is not None:
            return self.broken
        if self._current is not None:
            expected = f"{self._current.last_seq} entries, as seal {self._current.n} has them"
            return Broken(seq=self._seq + 1, what=Break.TRUNCATED, expected=expected, found=f"{self._seq} entries")
        last = self._last
        if self._noted:
            missing = min(self._noted)
            return Broken(
                seq=1 if last is None else last.last_seq + 1,
                what=Break.SEAL_REMOVED,
                expected=f"seal {missing}, which was noted elsewhere",
                found="no seal" if last is None else f"seal {last.n} as the last",
            )
        return SealsVerified(
            n=self._n,
            last_seq=0 if last is None else last.last_seq,
            n_checked=self._n_checked,
            head=None if last is None else last.head,
        )

    def _next(self) -> None:
        self._tree = Tree()
        self._current = None
        try:
            seal = next(self._seals, None)
            self.broken = None if seal is None else self._misfit(seal)
        except (TypeError, ValueError) as error:  # a value that nobody could have written or signed
            place = self._seq + 1
            self.broken = Broken(seq=place, what=Break.SEAL_CHANGED, expected="a seal", found=str(error))
            return
        if seal is not None and self.broken is None:
            self._current = seal
            self._n += 1

    def _misfit(self, seal: Seal) -> Broken | None:
        """In which way a seal is not the one that follows; its root is compared when its entries went by."""
        last, first = self._last, self._seq + 1
        n = 1 if last is None else last.n + 1
        if seal.n != n:
            return Broken(seq=first, what=Break.SEAL_REMOVED, expected=f"seal {n}", found=f"seal {seal.n}")
        if self._keys is not None:
            key = self._keys.of(seal.algorithm, seal.key_id)
            if key is None:
                known = ", ".join(sorted(self._keys.known))
                expected = f"seal {n} by key {known}"
                return Broken(seq=first, what=Break.SEAL_FORGED, expected=expected, found=f"key {seal.key_id}")
            if not key.fits(seal.message, seal.signature):
                expected = f"the signature of key {key.id} over seal {n}"
                found = "another signature, or another seal than was signed"
                return Broken(seq=first, what=Break.SEAL_CHANGED, expected=expected, found=found)
            self._n_checked += 1
        noted = self._noted.pop(n, None)
        if noted is not None and noted != seal.head.hash:
            expected = f"seal {n} with hash {noted.hex()}, as it was noted elsewhere"
            return Broken(seq=first, what=Break.SEAL_FORGED, expected=expected, found=f"hash {seal.head.hash.hex()}")
        previous = GENESIS if last is None else last.head.hash
        for name, then, now in (
            ("first entry", str(first), str(seal.first_seq)),
            ("last entry", f"{first} or later", str(seal.last_seq) if seal.last_seq < first else f"{first} or later"),
            ("previous", previous.hex(), seal.previous.hex()),
        ):
            if then != now:
                expected, found = f"seal {n} with {name} {then}", f"{name} {now}"
                return Broken(seq=first, what=Break.SEAL_CHANGED, expected=expected, found=found)
        return None
