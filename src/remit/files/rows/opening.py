"""Opening a file of rows, with the words for what may be wrong with it as a whole."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import BinaryIO

from remit.errors import FileUnreadable, Location

__all__ = ["not_utf8", "open_file"]


def open_file(path: Path, *, missing: str = "check the name of the file, and the folder you are in") -> BinaryIO:
    """Open an ordinary file to be read.

    Args:
        path: which file.
        missing: what to do where there is none.

    Raises:
        FileUnreadable: it is missing, a folder or a device, or not permitted.
    """
    where = Location(file=str(path))
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileUnreadable(f"{path} is no file", where=where, expected="a file", found="a folder or a device")
        return path.open("rb")
    except FileNotFoundError as error:
        raise FileUnreadable(f"{path} does not exist", where=where, mend=missing) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise FileUnreadable(f"{path} can't be read: {reason}", where=where) from error


def not_utf8(path: Path) -> FileUnreadable:
    """The error for a file that turned out not to be UTF-8, with the first line that is not."""
    line, found = None, "other bytes"
    with open_file(path) as file:
        for number, raw in enumerate(file, 1):
            if number == 1 and raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
                line, found = 1, "UTF-16"
                break
            try:
                raw.decode("utf-8")
            except UnicodeDecodeError as error:
                line, found = number, f"byte 0x{raw[error.start]:02x}"
                break
    return FileUnreadable(
        f"{path} is not UTF-8 text",
        where=Location(file=str(path), line=line),
        expected="UTF-8",
        found=found,
        mend="save the file with the encoding UTF-8",
    )
