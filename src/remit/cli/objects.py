"""JSON objects that a person hands to a command: items and answers, from a file, from stdin, or in the call itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from remit.errors import FileUnreadable, Location

__all__ = ["object_in", "read_bytes", "read_object"]

LIMIT_BYTES = 5_000_000


def read_object(place: str, *, expected: str) -> dict[str, Any]:
    """One JSON object from a file, or from stdin for ``-``.

    Args:
        place: the path of a file, seen from the folder we are in; ``-`` for stdin.
        expected: an example, for the error.

    Raises:
        FileUnreadable: the file is missing or too large.
        ItemInvalid: it is not one JSON object.
    """
    name = "stdin" if place == "-" else place
    data = read_bytes(place, limit_bytes=LIMIT_BYTES, what="item", mend="send one item at a time")
    return object_in(data, name=name, where=Location(file=name), expected=expected)


def read_bytes(place: str, *, limit_bytes: int, what: str, mend: str | None = None) -> bytes:
    """What a file holds, or stdin for ``-``.

    Args:
        place: the path of a file, seen from the folder we are in; ``-`` for stdin.
        limit_bytes: the most that is taken.
        what: what it should be, for the error.
        mend: what to do about a file that is too large.

    Raises:
        FileUnreadable: the file is missing or too large.
    """
    name = "stdin" if place == "-" else place
    try:
        if place == "-":
            data = sys.stdin.buffer.read(limit_bytes + 1)
        else:
            with Path(place).open("rb") as file:
                data = file.read(limit_bytes + 1)
    except (OSError, ValueError) as fault:  # ValueError: a path with a zero byte
        reason = fault.strerror if isinstance(fault, OSError) else str(fault)
        raise FileUnreadable(
            f"{name} can't be read: {reason}", where=Location(file=name), mend="name a file, or - for stdin"
        ) from None
    if len(data) > limit_bytes:
        raise FileUnreadable(
            f"{name} is too large for one {what}",
            where=Location(file=name),
            expected=f"at most {limit_bytes:,} bytes",
            mend=mend,
        )
    return data


def object_in(data: bytes, *, name: str, where: Location, expected: str) -> dict[str, Any]:
    """The one JSON object that ``data`` holds.

    Args:
        data: UTF-8.
        name: what it is called, for the error.
        where: where it stands, for the error.
        expected: an example, for the error.

    Raises:
        ItemInvalid: it is none, names a key twice, or is nested too deep.
    """
    from remit.files.json_object import object_in as one_object

    return one_object(data, name=name, where=where, expected=expected)
