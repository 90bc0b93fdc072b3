"""SQLite's complaints in words that say what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from remit.errors import Location, StoreError

__all__ = ["store_error"]

_MEANING: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: (
        "the disk is full: nothing of this was recorded",
        "make room on the disk of the store, then do it again",
    ),
    sqlite3.SQLITE_BUSY: (
        "another process kept the store locked for too long: nothing of this was recorded",
        "do it again; if it stays so, look for a process that holds the file open",
    ),
    sqlite3.SQLITE_READONLY: (
        "the store can't be written",
        "let your user write the file and its folder, or name another store in remit.yaml",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "the store can't be opened",
        "look whether the folder exists and your user may write in it",
    ),
    sqlite3.SQLITE_NOTADB: (
        "this file is not a database",
        "name another file as the store in remit.yaml, or restore this one from a backup",
    ),
    sqlite3.SQLITE_CORRUPT: ("the store is damaged", "restore it from a backup"),
    sqlite3.SQLITE_IOERR: ("the disk of the store failed", "look at the disk, then do it again"),
    sqlite3.SQLITE_TOOBIG: ("one value is larger than the store takes", "make the item smaller"),
}


def store_error(error: sqlite3.Error, path: Path) -> StoreError:
    """What ``error`` means for the store at ``path``."""
    code = getattr(error, "sqlite_errorcode", None)
    meaning = _MEANING.get(code & 0xFF) if isinstance(code, int) else None
    message, mend = meaning or ("the store can't be used", "`remit db status` says how it stands")
    return StoreError(message, where=Location(file=str(path)), found=str(error), mend=mend)
