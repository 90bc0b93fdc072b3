"""The project that a server serves, opened again when its files change."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from remit.errors import InvalidInput, ProjectInvalid, RemitError
from remit.project.logs import say, why_of

if TYPE_CHECKING:
    from remit.project.folder import Gone, Project

__all__ = ["Served"]

EVERY_S = 1.0


class Served:
    """One project folder as it is now: whoever is inside finishes with the files as they were.

    What can't be used is not taken: as long as ``remit.yaml``, or the file of a work or an executor that could be used
    before, is wrong, everything stays as it was, and ``fault`` says why.  A file that is gone is no other case than one
    that was emptied: its work, or its executor, is served as it was loaded (``gone`` names it) until somebody stops the
    work, or starts the server again.

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
        self.gone: tuple[str, ...] = ()
        self._usable = _usable(project)

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
            before = self.fault
            self.fault = self._taken(mends=before is not None)
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

    def _taken(self, *, mends: bool) -> str | None:
        """Take the files as they are now; why not, where they can't be used."""
        before = self._now
        try:
            again = before.reopened()
            gone = again.keep_gone(before)
            _require_usable(again, before)
        except RemitError as error:
            if not isinstance(error, InvalidInput | ProjectInvalid):
                raise
            say("files.refused", level=logging.ERROR, code=error.code, why=why_of(error))
            return str(error)
        with self._lock:
            self._before.append(before)
            self._now = again
        self._tell(again, gone, mends=mends)
        return None

    def _tell(self, again: Project, gone: Gone, *, mends: bool) -> None:
        """Say what was taken, and what is not as it was."""
        usable = _usable(again)
        changed = sorted(one for one in usable | self._usable if usable.get(one, "") != self._usable.get(one, ""))
        say("files.mended" if mends else "files.taken", works=tuple(changed))
        for id_ in changed:
            if self._usable.get(id_, "") is None and usable.get(id_) is not None:
                say("work.mended", work=id_)
            elif usable.get(id_, "") is None:
                say("work.broken", level=logging.ERROR, work=id_)
        names = (*(f"work/{one}.yaml" for one in gone.works), *(f"executors/{one}.yaml" for one in gone.executors))
        for name in sorted({*names} ^ {*self.gone}):
            _tell_gone(name, is_gone=name in names)
        self._usable, self.gone = usable, names

    def _end_those_left(self) -> None:
        """Let projects go that nobody is inside of any more."""
        with self._lock:
            left = [one for one in self._before if not self._n_inside[id(one)]]
            self._before = [one for one in self._before if one not in left]
        for project in left:
            self._sizes.update(project.group_sizes)
            project.end_deciding()
            del self._n_inside[id(project)]


def _tell_gone(file: str, *, is_gone: bool) -> None:
    """Say that a file is gone, or is there again."""
    what, level = ("vanished", logging.WARNING) if is_gone else ("back", logging.INFO)
    folder, _, name = file.removesuffix(".yaml").partition("/")
    if folder == "work":
        say(f"work.{what}", level=level, work=name)
    else:
        say(f"executor.{what}", level=level, executor=name)


def _require_usable(again: Project, before: Project) -> None:
    """Refuse files that can't be used, where they could be before.

    Raises:
        InvalidInput: the first that is wrong.
    """
    for id_ in again.work_ids:
        try:
            _ = again.work(id_).prepared
        except InvalidInput:
            if id_ in before.work_ids and before.work(id_).is_usable:
                raise
    for name in again.executor_names:
        try:
            _ = again.executor_file(name)
        except InvalidInput:
            if before.has_read_executor(name):
                raise


def _usable(project: Project) -> dict[str, str | None]:
    """The digest of every work's definition; None where its file can't be used."""
    from remit.definition.digests import definition_digest

    works = [project.work(id_) for id_ in project.work_ids]
    for name in project.executor_names:  # read now, so that it is there should its file vanish
        with suppress(InvalidInput):
            _ = project.executor_file(name)
    return {one.id: definition_digest(one.definition) if one.is_usable else None for one in works}


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
