"""Which files of a folder changed: asked again and again, so that it works on every disk and with every editor."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from remit.errors import UsageError

__all__ = ["INTERVAL", "MOST_FILES", "SETTLED", "changes"]

INTERVAL = 0.05
"""Seconds between two looks; more where a look takes long, so that looking takes a tenth of the time at most."""

SETTLED = 0.015
"""Seconds without a further change after which a file counts as written: many editors write it in several steps."""

MOST_FILES = 20_000

_MOST_SETTLING = 20
_SKIPPED = frozenset({"__pycache__", "node_modules", "proofs"})
_KEPT_HIDDEN = ".remit"
_KEPT_FILE = "facts.json"

Seen = Mapping[str, tuple[int, int, int]]
"""Path from the root to time of change (ns), size and inode: a file put in the place of another is another."""


def changes(root: Path, *, wait: Callable[[float], None] = time.sleep) -> Iterator[tuple[str, ...]]:
    """The paths that change, come or go from now on, seen from ``root``, as soon as they keep still; without end.

    What changes while the caller is busy comes next.

    Args:
        root: the folder; hidden folders, virtual environments and what proofs leave behind are not looked at, but the
            mirror of facts is.
        wait: sleeps so many seconds.

    Raises:
        UsageError: there are too many files to look at.
    """
    return _after(_seen(root), root, wait)


def _after(known: Seen, root: Path, wait: Callable[[float], None]) -> Iterator[tuple[str, ...]]:
    while True:
        since = time.monotonic()
        found = _seen(root)
        if found == known:
            wait(max(INTERVAL, 10 * (time.monotonic() - since)))
            continue
        for _ in range(_MOST_SETTLING):
            wait(SETTLED)
            before, found = found, _seen(root)
            if found == before:
                break
        changed = tuple(sorted(name for name in known.keys() | found.keys() if known.get(name) != found.get(name)))
        known = found
        if changed:
            yield changed


def _seen(root: Path) -> Seen:
    found: dict[str, tuple[int, int, int]] = {}
    folders = [str(root)]
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                with suppress(OSError):  # it went while we looked
                    if entry.is_dir(follow_symlinks=False):
                        if _is_looked_into(entry):
                            folders.append(entry.path)
                    elif _is_looked_at(entry):
                        status = entry.stat()
                        name = os.path.relpath(entry.path, root)
                        found[name] = (status.st_mtime_ns, status.st_size, status.st_ino)
        if len(found) > MOST_FILES:
            raise UsageError(
                f"there are more than {MOST_FILES:,} files to watch in {root}",
                expected=f"at most {MOST_FILES:,} files in the folder of a project",
                mend="keep what is no part of the project elsewhere, or run `remit check` when you need it",
            )
    return found


def _is_looked_into(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith("."):
        return entry.name == _KEPT_HIDDEN
    return entry.name not in _SKIPPED and not Path(entry.path, "pyvenv.cfg").exists()


def _is_looked_at(entry: os.DirEntry[str]) -> bool:
    if Path(entry.path).parent.name == _KEPT_HIDDEN:
        return entry.name == _KEPT_FILE
    # Hidden files and those on ~ are what editors keep beside the one that is edited.
    return not entry.name.startswith(".") and not entry.name.endswith("~")
