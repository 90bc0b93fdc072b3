"""The anchor file: the ends of the chains, one JSON line each, only ever added to."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from remit.errors import DocumentInvalid, FileUnreadable, Location
from remit.files.atomic import sync_folder

__all__ = ["Anchor", "add_anchors", "read_anchors"]

_MOST = 1_000_000
_LINE = 10_000
_HASH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The end of the chain of ``work`` at an instant: entry ``seq`` and its hash, and the last seal (None: no seal)."""

    work: str
    seq: int
    hash: bytes
    seal_n: int | None
    seal_hash: bytes | None
    at: datetime


def read_anchors(path: Path) -> tuple[Anchor, ...]:
    """The anchors in the order they were noted.

    Raises:
        FileUnreadable: the file is missing or can't be read.
        DocumentInvalid: a line is no anchor.
    """
    found: list[Anchor] = []
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(_LINE + 1):
                number += 1
                if len(line) > _LINE or number > _MOST:
                    raise _no_anchor(path, number, "too much")
                if line.strip():
                    found.append(_anchor(line, path, number))
    except OSError as error:
        raise FileUnreadable(
            f"{path} can't be read: {error.strerror or error}",
            where=Location(file=str(path)),
            mend="`remit ledger anchor FILE` makes one",
        ) from error
    return tuple(found)


def add_anchors(path: Path, anchors: Iterable[Anchor]) -> None:
    """Add lines to the end of the file, which is made where there is none; on the disk when this returns.

    Raises:
        FileUnreadable: it can't be written.
    """
    text = "".join(f"{json.dumps(_line(one))}\n" for one in anchors)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                text = "\n" + text
            os.write(descriptor, text.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        sync_folder(path.parent)
    except OSError as error:
        raise FileUnreadable(
            f"{path} can't be written: {error.strerror or error}",
            where=Location(file=str(path)),
            mend="check that the folder is there and writable",
        ) from error


def _line(one: Anchor) -> dict[str, Any]:
    seal = None if one.seal_n is None or one.seal_hash is None else {"n": one.seal_n, "hash": one.seal_hash.hex()}
    return {
        "remit": 1,
        "kind": "anchor",
        "work": one.work,
        "seq": one.seq,
        "hash": one.hash.hex(),
        "seal": seal,
        "at": one.at.isoformat(),
    }


def _anchor(line: bytes, path: Path, number: int) -> Anchor:
    try:
        said = json.loads(line)
        _require_kind(said)
        seal = said["seal"]
        return Anchor(
            work=_text(said["work"]),
            seq=_count(said["seq"]),
            hash=_hash(said["hash"]),
            seal_n=None if seal is None else _count(seal["n"]),
            seal_hash=None if seal is None else _hash(seal["hash"]),
            at=datetime.fromisoformat(said["at"]),
        )
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise _no_anchor(path, number, str(error)) from error


def _require_kind(said: Any) -> None:
    if said["remit"] != 1 or said["kind"] != "anchor":
        raise ValueError("another kind of document")


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("no name")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError("no number from 1 on")
    return value


def _hash(value: object) -> bytes:
    if not isinstance(value, str) or len(value) != _HASH:
        raise ValueError("no hash")
    return bytes.fromhex(value)


def _no_anchor(path: Path, number: int, found: str) -> DocumentInvalid:
    return DocumentInvalid(
        "this line is no anchor",
        where=Location(file=str(path), line=number),
        expected="a line that `remit ledger anchor` wrote",
        found=found,
        mend="restore the file from where it is kept; nothing in it is ever changed",
    )
