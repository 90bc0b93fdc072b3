"""Where a worker finds a work, and what it has to find there: another definition there is not this work."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from remit.definition.digests import definition_digest
from remit.errors import InvalidInput, Location, RemitError

if TYPE_CHECKING:
    from remit.executors.perform import Performer
    from remit.project.folder import Project
    from remit.project.work import Work

__all__ = ["Opened", "Place", "opened_at", "place_of"]

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A work as the process that asks sees it.

    ``executors`` are those that may be asked, with their digests.  ``store`` is shown without its password, and
    ``machine`` is where it is, where it is a file.  ``open`` opens a project by its folder.
    """

    open: Callable[[str], Project]
    root: str
    work: str
    remit: str
    definition: str
    executors: tuple[tuple[str, str], ...]
    store: str
    machine: str | None


def place_of(work: Work, executor: str | None) -> Place:
    """Where workers find ``work``; with ``executor`` None all its executors have to be the same there.

    Raises:
        NotFound: there is no such executor.
        InvalidInput: an executor file is wrong.
    """
    project = work.project
    names = sorted(work.executor_files) if executor is None else [executor]
    is_file = "://" not in str(project.store_location)
    return Place(
        open=type(project).open,
        root=str(project.root),
        work=work.id,
        remit=version("remit"),
        definition=definition_digest(work.definition),
        executors=tuple((name, work.executor_digest(name)) for name in names),
        store=str(project.store_location) if is_file else project.store_place,
        machine=_machine() if is_file else None,
    )


class Opened:
    """The work of a place, opened in this process."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.project = _project(place)
        self.work = self.project.work(place.work)
        self._performers: dict[str, Performer] = {}

    def performer(self, executor: str) -> Performer:
        """Who asks an executor in a proof, loaded once."""
        import time

        from remit.executors.perform import performer

        if executor not in self._performers:
            self._performers[executor] = performer(
                self.work.executor(executor),
                clock=time.perf_counter,
                jitter=self.project.ambient.draw,
                patient=True,
            )
        return self._performers[executor]

    def close(self) -> None:
        """Let the store and the executors go."""
        for one in self._performers.values():
            one.close()
        self.project.close()


_opened: list[Opened] = []


def opened_at(place: Place) -> Opened:
    """The work of ``place``, opened once for all chunks that come to this process.

    Raises:
        InvalidInput: it is not there, or is another one.
        RemitError: it can't be opened.
    """
    if not _opened or _opened[0].place != place:
        while _opened:
            _opened.pop().close()
        opened = Opened(place)
        try:
            _refuse_other(opened.work, place)
        except BaseException:
            opened.close()
            raise
        _opened.append(opened)
    return _opened[0]


def _project(place: Place) -> Project:
    try:
        return place.open(place.root)
    except RemitError as error:
        raise InvalidInput(
            f"{socket.gethostname()} can't open the project: {error.problems[0].message}",
            where=Location(file=place.root),
            expected="the folder of the project under the same path on every machine of the cluster",
            mend="share the folder, or copy it there",
        ) from error


def _refuse_other(work: Work, place: Place) -> None:
    """Refuse a work that is not the one of the process that asks."""
    names = {name for name, _ in place.executors}
    here = place_of(work, next(iter(names)) if len(names) == 1 else None)
    what: tuple[tuple[str, object, object], ...] = (
        ("version of Remit", place.remit, here.remit),
        (f"definition of `{place.work}`", place.definition, here.definition),
        *_executors(place, here, names),
        ("store", place.store, here.store),
    )
    for name, expected, found in what:
        if expected != found:
            raise InvalidInput(
                f"{socket.gethostname()} has another {name}",
                where=Location(file=place.root),
                expected=str(expected),
                found=str(found),
                mend="the same files under the same path, and the same REMIT_STORE, on every machine of the cluster",
            )
    if place.machine != here.machine:
        raise InvalidInput(
            f"{socket.gethostname()} is another machine than that of the store, which is a file",
            expected="a store that many machines can share",
            found=place.store,
            mend="set REMIT_STORE to a PostgreSQL database, here and there, or use a cluster of this machine",
        )


def _executors(place: Place, here: Place, names: set[str]) -> tuple[tuple[str, object, object], ...]:
    theirs = dict(here.executors)
    known = dict(place.executors)
    return tuple((f"executor `{name}`", known.get(name), theirs.get(name)) for name in sorted(names | theirs.keys()))


def _machine() -> str:
    """One name for all processes that share a kernel, and with it the locks of files."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return socket.gethostname()
