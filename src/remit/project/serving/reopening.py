"""The project that a server serves, opened again when its files change."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from remit.errors import InvalidInput, ProjectInvalid

if TYPE_CHECKING:
    from remit.project.folder import Project

__all__ = ["Served"]

EVERY_S = 1.0


class Served:
    """One project folder as it is now: whoever is inside finishes with the files as they were.

    What can't be used is not taken: as long as ``remit.yaml``, or the file of a work that could be used before, is
    wrong, everything stays as it was, and ``fault`` says why.

    Args:
        project: the project, as its files are now.
    """

    def __init__(self, project: Project) -> None:
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._now = project
        self._clock = project.ambient.monotonic
        self._n_inside: Counter[int] = Counter()
        self._before: list[Project] = []
        self._sizes: Counter[int] = Counter()
        self._looked_at = self._clock()
        self._seen = _stamps(project.root)
        self.fault: str | None = None

    @property
    def now(self) -> Project:
        """The project as its files were when they were last looked at."""
        return self._now

    def enter(self) -> Project:
        """The project for one request, which has to :meth:`leave` it."""
        with self._lock:
            self._n_inside[id(self._now)] += 1
            return self._now

    def leave(self, project: Project) -> None:
        """A request is done with ``project``."""
        with self._lock:
            self._n_inside[id(project)] -= 1

    @property
    def is_time(self) -> bool:
        """Whether the files were not looked at for a second."""
        return self._clock() - self._looked_at >= EVERY_S

    def look(self) -> str | None:
        """Take changed files, if a second went by since the last look, and nobody else looks at the moment.

        Returns:
            Why changed files could not be taken, where this look found that; None else.
        """
        if not self.is_time or not self._looking.acquire(blocking=False):
            return None
        try:
            self._looked_at = self._clock()
            self._end_those_left()
            stamps = _stamps(self._now.root)
            if stamps == self._seen:
                return None
            self._seen = stamps
            self.fault = self._taken()
            return self.fault
        finally:
            self._looking.release()

    @property
    def group_sizes(self) -> Mapping[int, int]:
        """How many transactions recorded so many items together, by how many, since the server started."""
        total = Counter(self._sizes)
        for project in (*self._before, self._now):
            total.update(project.group_sizes)
        return total

    def close(self) -> None:
        """Record what callers of former projects wait for. The store stays open."""
        for project in self._before:
            project.end_deciding()
        self._now.end_deciding()

    def _taken(self) -> str | None:
        """Take the files as they are now; why not, where they can't be used."""
        before = self._now
        try:
            again = before.reopened()
            for id_ in again.work_ids:
                try:
                    _ = again.work(id_).prepared
                except InvalidInput:
                    if id_ in before.work_ids and before.work(id_).readable_definition() is not None:
                        raise
        except (InvalidInput, ProjectInvalid) as error:
            return str(error)
        with self._lock:
            self._before.append(before)
            self._now = again
        return None

    def _end_those_left(self) -> None:
        """Let projects go that nobody is inside of any more."""
        with self._lock:
            left = [one for one in self._before if not self._n_inside[id(one)]]
            self._before = [one for one in self._before if one not in left]
        for project in left:
            self._sizes.update(project.group_sizes)
            project.end_deciding()
            del self._n_inside[id(project)]


_Stamp = tuple[str, int, int]


def _stamps(root: Path) -> tuple[_Stamp, ...]:
    """When each file that says what is served was last changed, and how long it is."""
    return tuple(sorted(_stamped(root)))


def _stamped(root: Path) -> Iterator[_Stamp]:
    for file in (root / "remit.yaml", *(root / "work").glob("*.yaml"), *(root / "executors").glob("*.yaml")):
        try:
            found = file.stat()
        except OSError:  # it goes away at this moment
            continue
        yield str(file), found.st_mtime_ns, found.st_size
