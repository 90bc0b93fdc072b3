"""Tables of levels of certificates, kept in ``.remit/levels``: one is computed once, for every proof that needs it.

A table depends on no case.  A file that is broken, of another version or not there is a table that is not kept yet;
nothing here is ever an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from remit.errors import ArgumentInvalid, FileUnreadable
from remit.stats import Levels

__all__ = ["MOST_TABLES", "LevelsCache"]

MOST_TABLES = 200
"""How many tables are kept; the newest stay."""

_FOLDER = "levels"
_LIMIT_BYTES = 20_000_000


class LevelsCache(MutableMapping[str, Levels]):
    """The tables of one project by their keys (:func:`remit.stats.levels_for`).

    Safe where several processes read and write at once: a file is replaced wholly or not at all, and all that write
    one write the same.

    Args:
        state: the ``.remit`` folder of the project; it need not be there yet.
    """

    def __init__(self, state: Path) -> None:
        self._folder = state / _FOLDER

    def __getitem__(self, key: str) -> Levels:
        from remit.files.text_file import read_text

        try:
            text = read_text(self._path(key), limit_bytes=_LIMIT_BYTES)
            return _levels(json.loads(text), key)
        except (FileUnreadable, ArgumentInvalid, ValueError, TypeError, KeyError, RecursionError, OverflowError):
            raise KeyError(key) from None

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key) is not None

    def __setitem__(self, key: str, levels: Levels) -> None:
        from remit.files.atomic import make_folder, write_text

        table = levels.to_json()
        text = json.dumps({"sha256": _digest(table), "table": table}, separators=(",", ":"), allow_nan=False)
        try:
            make_folder(self._folder)
            write_text(self._path(key), text)
            self._drop_oldest()
        except (FileUnreadable, OSError):  # read-only or full: then it is computed again next time
            pass

    def __delitem__(self, key: str) -> None:
        try:
            self._path(key).unlink()
        except OSError:
            raise KeyError(key) from None

    def __iter__(self) -> Iterator[str]:
        for path in self._files():
            try:
                yield str(json.loads(path.read_bytes())["table"]["key"])
            except (OSError, ValueError, TypeError, KeyError, RecursionError):
                continue

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _path(self, key: str) -> Path:
        return self._folder / f"{sha256(key.encode()).hexdigest()[:32]}.json"

    def _files(self) -> list[Path]:
        return list(self._folder.glob("*.json"))

    def _drop_oldest(self) -> None:
        files = self._files()
        if len(files) <= MOST_TABLES:
            return
        for path in sorted(files, key=_written_at)[: len(files) - MOST_TABLES]:
            path.unlink(missing_ok=True)


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another process took it away
        return 0.0


def _levels(data: Any, key: str) -> Levels:
    """The table in a file, after it was held against its digest and its key."""
    table = data["table"]
    if data["sha256"] != _digest(table) or table["key"] != key:
        raise ValueError(key)
    return Levels.from_json(table)


def _digest(table: Any) -> str:
    return sha256(json.dumps(table, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()).hexdigest()
