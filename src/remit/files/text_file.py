"""Reading a whole text file, with limits: the one place where bytes become text."""

from __future__ import annotations

import os
import stat
from codecs import BOM_UTF8
from pathlib import Path

from remit.errors import FileUnreadable, Location

__all__ = ["decoded", "has_bom", "is_file", "read_text"]

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def is_file(path: Path) -> bool:
    """Whether there is such a file. A name that no file can have is none."""
    try:
        return path.is_file()
    except OSError:  # longer than the disk takes
        return False


def read_text(path: Path, *, limit_bytes: int) -> str:
    """The text of a file, which has to be UTF-8, without NUL, of at most ``limit_bytes``. A leading BOM is dropped.

    Raises:
        FileUnreadable: it is missing, a folder or a device, too large, not permitted, or not UTF-8.
    """
    where = Location(file=str(path))
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise FileUnreadable(f"{path} is a folder", where=where, expected="a file", found="a folder")
        if not stat.S_ISREG(mode):
            raise FileUnreadable(
                f"{path} is no ordinary file", where=where, expected="a file", found="a device or pipe"
            )
        with path.open("rb") as file:
            content = file.read(limit_bytes + 1)
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError as error:
        raise FileUnreadable(
            f"{path} does not exist", where=where, mend="check the name and the folder you are in"
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise FileUnreadable(f"{path} can't be read: {reason}", where=where) from error
    if len(content) > limit_bytes:
        raise FileUnreadable(
            f"{path} is too large",
            where=where,
            expected=f"at most {limit_bytes:,} bytes",
            found=f"{max(size, len(content)):,} bytes",
        )
    return decoded(content, name=str(path))


def has_bom(path: Path) -> bool:
    """Whether a file that can be read begins with a BOM, which :func:`read_text` drops."""
    with path.open("rb") as file:
        return file.read(len(BOM_UTF8)) == BOM_UTF8


def decoded(content: bytes, *, name: str) -> str:
    """Bytes as UTF-8 text, without NUL. A leading BOM is dropped.

    Raises:
        FileUnreadable: with the byte and the line of the first fault.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        utf16 = content[:2] in _UTF16
        raise FileUnreadable(
            f"{name} is not UTF-8 text",
            where=_place(content, error.start, name),
            expected="UTF-8",
            found="UTF-16" if utf16 else f"byte 0x{content[error.start]:02x} at offset {error.start}",
            mend="save the file with the encoding UTF-8",
        ) from error
    nul = content.find(0)
    if nul >= 0:
        raise FileUnreadable(
            f"{name} holds a NUL character",
            where=_place(content, nul, name),
            expected="text",
            found=f"byte 0x00 at offset {nul}",
            mend="take the character away, or save the file as UTF-8 text",
        )
    return text.removeprefix("\ufeff")


def _place(content: bytes, offset: int, name: str) -> Location:
    line_start = content.rfind(b"\n", 0, offset) + 1
    column = len(content[line_start:offset].decode("utf-8", "replace")) + 1
    return Location(file=name, line=content.count(b"\n", 0, offset) + 1, column=column)
