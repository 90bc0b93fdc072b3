"""Verify an exported range by itself: no store is needed, and with the public half of the key no secret."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from remit.errors import DocumentInvalid, Location
from remit.ledger import (
    GENESIS,
    Break,
    Broken,
    Head,
    LedgerEntry,
    LedgerKind,
    Seal,
    SealKeys,
    SealPass,
    SealsVerified,
    body_digest,
    check_link,
    payload_digest,
    read_instant,
)
from remit.runtime.exporting.lines import CONTENT, columns_of

__all__ = ["FileVerified", "verify_lines"]

_WITH_CONTENT = (LedgerKind.DECISION, LedgerKind.REVIEW, LedgerKind.AUDIT, LedgerKind.TRUTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVerified:
    """The file holds: the entries of ``work`` from ``first`` on, ``n`` of them, and the seals that lie wholly in it.

    ``n_erased`` entries say that their content was erased; the act of it may lie behind the range.
    """

    work: str
    first: int
    n: int
    head: Head
    seals: SealsVerified
    n_erased: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opening:
    work: str
    first: int
    last: int
    with_content: bool
    previous: bytes
    sealed_from: int | None
    seal_before: Seal | None


def verify_lines(
    lines: Callable[[], Iterator[bytes]],
    *,
    name: str,
    keys: SealKeys | None = None,
    heads: Mapping[str, Sequence[Head]] | None = None,
) -> FileVerified | Broken:
    """Verify what :func:`~remit.runtime.exporting.export_lines` wrote; the first break is named. Memory stays flat.

    Args:
        lines: gives the lines from the first on, each time it is called.
        name: of the file, for messages.
        keys: what the seals are verified with; without them everything but their signatures is.
        heads: by work, the ends of chains that were noted before; those in the range have to be in it.

    That the range begins where the chain does is only known where it begins with entry 1, or was noted.

    Raises:
        DocumentInvalid: it is no such file.
    """
    numbered = enumerate(lines(), start=1)
    number, first = next(numbered, (1, b""))
    with _reading(name, number):
        opening = _opening(first)
    if opening.first == 1 and opening.previous != GENESIS:
        return Broken(seq=1, what=Break.UNLINKED, expected=GENESIS.hex(), found=opening.previous.hex())
    return _FilePass(opening, lines, name, keys, (heads or {}).get(opening.work, ())).verify(numbered)


class _FilePass:
    """One file on its way through."""

    def __init__(
        self,
        opening: _Opening,
        lines: Callable[[], Iterator[bytes]],
        name: str,
        keys: SealKeys | None,
        heads: Sequence[Head],
    ) -> None:
        self._opening = opening
        self._name = name
        self._heads = {head.seq: head.hash for head in heads}
        self._seq, self._last = opening.first - 1, opening.previous
        self._n_erased = 0
        sealed = opening.sealed_from
        self._sealed_from = opening.last + 1 if sealed is None else sealed
        self._seals = SealPass(_seals(lines), keys=keys, before=opening.seal_before, after=self._sealed_from - 1)

    def verify(self, numbered: Iterator[tuple[int, bytes]]) -> FileVerified | Broken:
        if self._seals.broken is not None:
            return self._seals.broken
        for number, line in numbered:
            with _reading(self._name, number):
                said = _object(line)
                if "seal" in said:
                    continue
                if "end" in said:
                    return self._end(said["end"], rest=next(numbered, None) is not None)
                broken = self._entry(said)
            if broken is not None:
                return broken
        return self._truncated("no end")

    def _entry(self, said: Mapping[str, Any]) -> Broken | None:
        entry = _entry(self._opening.work, said["entry"])
        self._seq += 1
        broken = check_link(entry, seq=self._seq, previous=self._last, rest=iter(())) or self._record(entry, said)
        if broken is not None:
            return broken
        self._last = entry.hash
        noted = self._heads.get(self._seq)
        if noted is not None and noted != entry.hash:
            return Broken(seq=self._seq, what=Break.UNLINKED, expected=noted.hex(), found=entry.hash.hex())
        if self._seq >= self._sealed_from and not self._seals.follow(entry.hash):
            return self._seals.broken
        return None

    def _record(self, entry: LedgerEntry, said: Mapping[str, Any]) -> Broken | None:
        of = f"of {entry.kind.value} {entry.subject}"
        expected: list[tuple[str, str | None, str | None]] = []
        expected.append(("record", entry.body_digest.hex(), _row_digest(said["record"], columns_of(entry.kind))))
        if entry.kind in (LedgerKind.REVIEW, LedgerKind.AUDIT):
            truth = _row_digest(said.get("truth"), columns_of(LedgerKind.TRUTH))
            expected.append(("truth", entry.digests.get("truth"), truth))
        for name, then, now in expected:
            if then != now:
                what = Break.RECORD_MISSING if now is None else Break.RECORD_CHANGED
                return Broken(seq=entry.seq, what=what, expected=f"the {name} {of}: {then}", found=now or "nothing")
        return self._content(entry, said)

    def _content(self, entry: LedgerEntry, said: Mapping[str, Any]) -> Broken | None:
        then = entry.digests.get("payload") if entry.kind in _WITH_CONTENT else None
        content = said.get("content")
        if said.get("erased") is True and content is None:
            self._n_erased += 1
            return None
        if content is None and (then is None or not self._opening.with_content):
            return None
        now = None if content is None else _content_digest(content)
        if now == then:
            return None
        what = Break.CONTENT_MISSING if now is None else Break.CONTENT_CHANGED
        expected = f"the content of {entry.kind.value} {entry.subject}: {then}"
        return Broken(seq=entry.seq, what=what, expected=expected, found=now or "nothing")

    def _end(self, said: Mapping[str, Any], *, rest: bool) -> FileVerified | Broken:
        n = self._seq - self._opening.first + 1
        if rest:
            raise ValueError("lines behind the end")
        if (said["n"], said["hash"], self._seq) != (n, self._last.hex(), self._opening.last):
            return self._truncated(f"{said['n']} entries to {said['hash']}")
        seals = self._seals.end()
        if isinstance(seals, Broken):
            return seals
        return FileVerified(
            work=self._opening.work,
            first=self._opening.first,
            n=n,
            head=Head(seq=self._seq, hash=self._last),
            seals=seals,
            n_erased=self._n_erased,
        )

    def _truncated(self, found: str) -> Broken:
        expected = f"entries {self._opening.first} to {self._opening.last}, and an end that fits them"
        return Broken(seq=self._seq + 1, what=Break.TRUNCATED, expected=expected, found=found)


def _opening(line: bytes) -> _Opening:
    said = _object(line)
    if said["remit"] != 1 or said["kind"] != "ledger export":
        raise ValueError("another kind of document")
    before, sealed_from = said["seal_before"], said["sealed_from"]
    if sealed_from is not None and not int(said["first"]) <= int(sealed_from) <= int(said["last"]):
        raise ValueError("`sealed_from` is outside of the range")
    return _Opening(
        work=str(said["work"]),
        first=int(said["first"]),
        last=int(said["last"]),
        with_content=bool(said["with_content"]),
        previous=bytes.fromhex(said["previous"]),
        sealed_from=None if sealed_from is None else int(sealed_from),
        seal_before=None if before is None else _seal(before),
    )


def _seals(lines: Callable[[], Iterator[bytes]]) -> Iterator[Seal]:
    """The seals of the file, read beside its entries: a seal is needed before the entries that it covers."""
    for line in lines():
        if line.startswith(b'{"seal":'):
            try:
                yield _seal(_object(line)["seal"])
            except (LookupError, AttributeError) as error:
                raise ValueError(f"a line is no seal: {error}") from error


def _seal(said: Mapping[str, Any]) -> Seal:
    return Seal(
        work=str(said["work"]),
        n=int(said["n"]),
        first_seq=int(said["first_seq"]),
        last_seq=int(said["last_seq"]),
        root=bytes.fromhex(said["root"]),
        previous=bytes.fromhex(said["previous"]),
        at=read_instant(said["at"]),
        algorithm=str(said["algorithm"]),
        key_id=str(said["key_id"]),
        signature=bytes.fromhex(said["signature"]),
    )


def _entry(work: str, said: Mapping[str, Any]) -> LedgerEntry:
    digests = said["digests"]
    if not isinstance(digests, dict):
        raise TypeError("the digests are no object")
    return LedgerEntry(
        work=work,
        seq=said["seq"],
        at=read_instant(said["at"]),
        kind=LedgerKind(said["kind"]),
        actor=said["actor"],
        subject=said["subject"],
        digests=digests,
        body_digest=bytes.fromhex(said["body_digest"]),
        previous=bytes.fromhex(said["previous"]),
        hash=bytes.fromhex(said["hash"]),
    )


def _row_digest(said: Mapping[str, Any] | None, columns: tuple[str, ...]) -> str | None:
    """The digest of a record whose columns are named as they are hashed; a later column may be missing at the end."""
    if said is None:
        return None
    if tuple(said) != columns[: len(said)]:
        return "other columns: " + ", ".join(map(str, said))
    return body_digest(tuple(said.values())).hex()


def _content_digest(said: Mapping[str, Any]) -> str:
    if tuple(said) != CONTENT:
        return "other parts: " + ", ".join(map(str, said))
    salt, *parts = said.values()
    return payload_digest(bytes.fromhex(salt), parts)


def _object(line: bytes) -> dict[str, Any]:
    said = json.loads(line)
    if not isinstance(said, dict):
        raise TypeError("no object")
    return said


@contextmanager
def _reading(name: str, line: int) -> Iterator[None]:
    """Say in which line of which file something is that can't be read."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise DocumentInvalid(
            "this line is none of an exported ledger",
            where=Location(file=name, line=line),
            expected="a line that `remit ledger export` wrote",
            found=str(error),
            mend="have it exported again",
        ) from error
