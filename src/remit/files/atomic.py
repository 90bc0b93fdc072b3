"""Whole files or none: a reader, or a crash, never sees half of what was written."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from remit.errors import FileUnreadable, Location

__all__ = [
    "make_folder",
    "make_own_folder",
    "make_writable_folder",
    "new_file",
    "sync_folder",
    "write_bytes",
    "write_text",
]


def make_folder(path: Path) -> None:
    """Make a folder, with those it lies in, where it is not there yet.

    Raises:
        FileUnreadable: a file is in its place, or it may not be made there.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileUnreadable(
            f"the folder {path} can't be made: {error.strerror or error}",
            where=Location(file=str(path)),
            mend="look whether a file is in its place, and whether you may write there",
        ) from error


def make_own_folder(path: Path) -> None:
    """Make a folder for what nobody but Remit writes, where it is not there yet; version control passes over it.

    Raises:
        FileUnreadable: as :func:`make_folder`.
    """
    if not path.is_dir():
        make_folder(path)
        write_text(path / ".gitignore", "*\n")


def make_writable_folder(path: Path) -> None:
    """Make a folder where it is not there yet, and find out whether files can be written in it.

    Raises:
        FileUnreadable: it can't be made, or written.
    """
    make_folder(path)
    probe = path / ".writable"
    write_bytes(probe, b"")
    probe.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, as :func:`write_bytes` does."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Put ``content`` in the place of the file at ``path``, wholly or not at all, and on the disk when this returns.

    It is written beside its place, synced, and renamed over it; a file that was there keeps its permissions, and a
    symbolic link is followed.

    Raises:
        FileUnreadable: the folder is missing, not writable, or full. What was there before is still there.
    """
    try:
        _replace(Path(os.path.realpath(path)), content)
    except OSError as error:
        raise FileUnreadable(
            f"{path} can't be written: {error.strerror or error}",
            where=Location(file=str(path)),
            mend="check that the folder is there, writable, and on a disk with room",
        ) from error


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write piece by piece: when the block ends it is at ``path`` and on the disk, wholly or not at all.

    Nobody but its owner may read it.

    Raises:
        FileUnreadable: something is there already, or the folder is missing, not writable, or full.
    """
    where = Location(file=str(path))
    if path.exists() or path.is_symlink():
        raise FileUnreadable(f"{path} is there already", where=where, mend="name a file that is not there yet")
    try:
        with _written(path, 0o600) as file:
            yield file
    except OSError as error:
        raise FileUnreadable(
            f"{path} can't be written: {error.strerror or error}",
            where=where,
            mend="check that the folder is there, writable, and on a disk with room",
        ) from error


def _replace(path: Path, content: bytes) -> None:
    mode = path.stat().st_mode & 0o777 if path.exists() else None
    with _written(path, mode) as file:
        file.write(content)


@contextmanager
def _written(path: Path, mode: int | None) -> Iterator[IO[bytes]]:
    beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666 if mode is None else mode)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk: a new file is only there after a crash when its name is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
