"""The file that holds the key of the seals: made once, readable by its owner only."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from remit.errors import FileUnreadable, Location
from remit.files.atomic import sync_folder

__all__ = ["keep_key", "read_key_file"]

_LIMIT = 100_000
_OWNER_ONLY = 0o600
_HEAD = """\
# This key seals the ledger. Whoever has it can seal another record: keep a copy where the store's owner can't write.
# A new key is a new line at the end; the old ones stay, or what they sealed can't be verified.
"""


def read_key_file(path: Path) -> str | None:
    """What the file says; None where there is none.

    Raises:
        FileUnreadable: it can't be read, is too large, or no text.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LIMIT + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileUnreadable(
            f"the key in {path} can't be read: {error.strerror or error}",
            where=Location(file=str(path)),
            mend="it belongs to whoever runs Remit; another one's key is given by REMIT_SEAL_KEY",
        ) from error
    if len(content) > _LIMIT:
        raise FileUnreadable(f"{path} is no key", where=Location(file=str(path)), expected="a few lines")
    return content.decode("utf-8", "replace")


def keep_key(path: Path, make: Callable[[], str]) -> str:
    """What the file says; where there is none it is made with the key that ``make`` gives. Of two makers one wins.

    Raises:
        FileUnreadable: it can't be made or read.
    """
    there = read_key_file(path)
    if there is not None:
        return there
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, _OWNER_ONLY)
        try:
            os.fchmod(descriptor, _OWNER_ONLY)
            os.write(descriptor, f"{_HEAD}{make()}\n".encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        try:
            os.link(beside, path)  # unlike a rename it leaves a key alone that another process made meanwhile
        except FileExistsError:
            pass
        finally:
            beside.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise FileUnreadable(
            f"the key of the seals can't be kept in {path}: {error.strerror or error}",
            where=Location(file=str(path)),
            mend="make the folder writable, or give a key by REMIT_SEAL_KEY",
        ) from error
    kept = read_key_file(path)
    if kept is None:
        raise FileUnreadable(f"{path} was taken away while it was made", where=Location(file=str(path)))
    return kept
