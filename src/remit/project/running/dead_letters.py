"""The file beside a file of items that holds what could not be decided, each line with its reason."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from remit.errors import FileUnreadable, Location

if TYPE_CHECKING:
    from remit.files.arriving import ItemLine

__all__ = ["DeadLetters", "Undecided"]

_MOST_LISTED: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """An item of which nothing was recorded: its line, its key, and why."""

    line: int
    key: str
    why: str


class DeadLetters:
    """``<name>.undecided.jsonl``; none where everything was decided.

    Lines are written as they come, so that the memory does not grow with them, into ``<name>.undecided.jsonl.part``.
    At the end of the run that takes the place of the file.  A run that breaks off or is killed leaves what an earlier
    run wrote as it is, and its own lines in the ``.part``; the next run finds the same items undecided again.

    ``first`` are the first of the ``n`` that came.
    """

    def __init__(self, file: Path) -> None:
        self.path = file.with_name(f"{file.stem}.undecided.jsonl")
        self.part = self.path.with_name(f"{self.path.name}.part")
        self.n = 0
        self.first: list[Undecided] = []
        self._file: TextIOWrapper | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        """End the file; where all is decided, remove what an earlier run left."""
        broke_off = fault[0] is not None
        try:
            if self._file is not None:
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
                if not broke_off or not self.path.exists():
                    self.part.replace(self.path)
            elif not broke_off:
                self.path.unlink(missing_ok=True)
                self.part.unlink(missing_ok=True)
        except OSError as error:
            if not broke_off:  # then there is something else to say
                raise self._unwritable(error) from error

    def add(self, line: ItemLine, why: str) -> None:
        """Keep an item that could not be decided.

        Raises:
            FileUnreadable: it can't be written.
        """
        self.n += 1
        if len(self.first) < _MOST_LISTED:
            self.first.append(Undecided(line=line.line, key=line.key, why=why))
        said = {"key": line.key, "input": line.input, "line": line.line, "why": why}
        try:
            if self._file is None:
                self._file = self.part.open("w", encoding="utf-8")
            self._file.write(json.dumps(said, ensure_ascii=False) + "\n")
            self._file.flush()  # a process that is killed leaves what it wrote
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> FileUnreadable:
        return FileUnreadable(
            f"{self.path} can't be written: {error.strerror or error}",
            where=Location(file=str(self.path)),
            mend="what was decided is recorded: make room, or let the folder be written, and run the file again",
        )
