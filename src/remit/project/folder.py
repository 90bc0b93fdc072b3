"""A project: a folder with a ``remit.yaml``, definitions in ``work/`` and executors in ``executors/``."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from remit.definition.similar import mend_of_name
from remit.errors import FileUnreadable, NotFound, ProjectInvalid, UsageError
from remit.project.ambient import Ambient, system
from remit.project.people import require_role, who

if TYPE_CHECKING:
    from collections.abc import Mapping

    from remit.files.executor_file import ExecutorFile
    from remit.files.project_file import Person, ProjectFile
    from remit.project.reviewing import ReviewDesk
    from remit.project.sweeping import Sweeper
    from remit.project.work import Work
    from remit.runtime.verify import ChainVerified
    from remit.store import Store
    from remit.store.backup import Header
    from remit.store.grants import StopChange

__all__ = ["PROJECT_FILE", "STATE_FOLDER", "Gone", "Project", "project_root"]

PROJECT_FILE = "remit.yaml"
STATE_FOLDER = ".remit"
STORE_SETTING = "REMIT_STORE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """Works and executors whose files are gone, and that are kept as they were loaded."""

    works: tuple[str, ...]
    executors: tuple[str, ...]


def project_root(path: str | Path = ".") -> Path:
    """The folder of the project that ``path`` lies in: the nearest one upwards with a ``remit.yaml``.

    Raises:
        ProjectInvalid: there is none.
    """
    start = Path(path).resolve()
    for folder in (start, *start.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    raise ProjectInvalid(
        f"no {PROJECT_FILE} in {path} or any folder above",
        expected=f"a folder with a {PROJECT_FILE}",
        found="none",
        mend="go to your project, or make one: `remit define` asks for a work, `remit demo` leaves two",
    )


class Project:
    """One project folder. Its files are read once, at their first use: open it again to see what changed.

    Args:
        root: the folder that holds ``remit.yaml``.
        ambient: clock, randomness and settings; the machine's own when not given.

    ``not_kept`` are sentences on what could not be written beside the files: nothing that is asked depends on it.
    """

    def __init__(self, root: Path, *, ambient: Ambient | None = None) -> None:
        self.root = root
        self.ambient = ambient if ambient is not None else system()
        self._works: dict[str, Work] = {}
        self._executor_files: dict[str, ExecutorFile] = {}
        self.not_kept: list[str] = []

    @classmethod
    def open(cls, path: str | Path = ".", *, ambient: Ambient | None = None) -> Project:
        """Open the project that ``path`` lies in: the nearest folder upwards with a ``remit.yaml``.

        Raises:
            ProjectInvalid: there is none, or its ``remit.yaml`` is wrong.
        """
        project = cls(project_root(path), ambient=ambient)
        _ = project.file
        return project

    def reopened(self) -> Project:
        """This project with its files read anew, on the same open store.

        Raises:
            InvalidInput: ``remit.yaml`` is wrong.
            ProjectInvalid: it names another store.
        """
        again = Project(self.root, ambient=self.ambient)
        if again.store_location != self.store_location:
            raise ProjectInvalid(
                f"{PROJECT_FILE} names another store", found=again.store_place, mend="start the server again"
            )
        again.__dict__["store"] = self.store
        return again

    def keep_gone(self, before: Project) -> Gone:
        """Go on with the works and executors of ``before`` whose files are gone, as they were loaded.

        Only what could be used is kept. Nothing of this project may have been asked for yet.
        """
        works = tuple(one for one in before.work_ids if one not in self.work_ids and before.work(one).is_usable)
        names = tuple(
            one for one in before.executor_names if one not in self.executor_names and before.has_read_executor(one)
        )
        self.__dict__["work_ids"] = tuple(sorted((*self.work_ids, *works)))
        self.__dict__["executor_names"] = tuple(sorted((*self.executor_names, *names)))
        for one in works:
            self.work(one).__dict__["file"] = before.work(one).file
        for one in names:
            self._executor_files[one] = before.executor_file(one)
        return Gone(works=works, executors=names)

    def has_read_executor(self, name: str) -> bool:
        """Whether an executor file was read, and could be used."""
        return name in self._executor_files

    @cached_property
    def file(self) -> ProjectFile:
        """What ``remit.yaml`` says."""
        from remit.files.project_file import load_project_file

        return load_project_file(self.at(PROJECT_FILE))

    @cached_property
    def work_ids(self) -> tuple[str, ...]:
        """The ids of all work definitions, by their file names, sorted."""
        return tuple(sorted(path.stem for path in (self.root / "work").glob("*.yaml")))

    def work(self, id_: str) -> Work:
        """One work of the project, the same one each time: its files are read once.

        Raises:
            NotFound: there is no ``work/<id>.yaml``.
        """
        from remit.project.work import Work

        if id_ in self._works:
            return self._works[id_]
        known = self.work_ids
        if id_ not in known:
            raise NotFound(
                f"there is no work `{id_}` in this project",
                expected="one of " + ", ".join(known) if known else "a file work/<id>.yaml",
                found=id_,
                mend=mend_of_name(id_, known, folder="work"),
            )
        return self._works.setdefault(id_, Work(self, id_))

    @property
    def opened_works(self) -> tuple[Work, ...]:
        """The works that were asked for by now."""
        return tuple(self._works.values())

    @cached_property
    def related(self) -> Mapping[str, tuple[str, ...]]:
        """The related works of every work; none where its file can't be used."""
        found = {id_: self.work(id_).readable_definition() for id_ in self.work_ids}
        return {
            id_: one.scope.related if one is not None and one.scope is not None else () for id_, one in found.items()
        }

    @cached_property
    def executor_files(self) -> tuple[ExecutorFile, ...]:
        """Every executor file of the project, in the order of their names.

        Raises:
            InvalidInput: one of them is wrong.
        """
        return tuple(map(self.executor_file, self.executor_names))

    @cached_property
    def executor_names(self) -> tuple[str, ...]:
        """The names of all executors, by their file names, sorted."""
        return tuple(sorted(path.stem for path in (self.root / "executors").glob("*.yaml")))

    def executor_file(self, name: str) -> ExecutorFile:
        """One executor file of the project, whatever work it is for; what is wrong with others does not matter.

        Raises:
            InvalidInput: it is wrong.
        """
        from remit.files.executor_file import load_executor

        if name not in self._executor_files:
            self._executor_files[name] = load_executor(self.at("executors", f"{name}.yaml"))
        return self._executor_files[name]

    def at(self, *parts: str) -> Path:
        """A path in the project, seen from the folder we are in where it lies below it: so messages stay short."""
        path = self.root.joinpath(*parts)
        here = Path.cwd()
        return path.relative_to(here) if path.is_relative_to(here) else path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ignored: object) -> None:
        self.close()

    @property
    def state(self) -> Path:
        """The folder for what Remit keeps beside the files: the embedded store, the mirror of facts, proofs."""
        return self.at(STATE_FOLDER)

    @property
    def store_place(self) -> str:
        """Where the store is, as it may be shown to anybody: a password in its address is left out."""
        from remit.store import shown_place

        return shown_place(self._store_named)

    @property
    def store_location(self) -> str | Path:
        """The same as the address it is opened with, or as a path that is seen from the project's folder."""
        place = self._store_named
        return place if "://" in place else self.root / place

    @property
    def _store_named(self) -> str:
        """What ``REMIT_STORE`` says, else ``store`` of ``remit.yaml``, else ``.remit/remit.db``."""
        given = self.ambient.setting(STORE_SETTING) or self.file.store
        return given if given else f"{STATE_FOLDER}/remit.db"

    @cached_property
    def store(self) -> Store:
        """The store, opened once; made at its first use.

        Raises:
            StoreError: it can't be opened or made.
        """
        from remit.store import open_store

        return open_store(self._location_with_folder())

    def back_up(self, path: Path) -> Header:
        """Copy the store, as it is now, into a new file.

        Raises:
            StoreError: there is no store.
            FileUnreadable: the file is there already, or can't be written.
        """
        from remit.store.backup import back_up

        return back_up(self.store_location, path, now=self.ambient.now())

    def restore(self, path: Path) -> Header:
        """Fill the store, which has to be empty, with a backup, all of it or nothing.

        Raises:
            StoreError: the file is no whole backup, or the store is not empty.
        """
        from remit.store.backup import restore

        return restore(self._location_with_folder(), path)

    def _location_with_folder(self) -> str | Path:
        from remit.files.atomic import make_folder, make_own_folder

        location = self.store_location
        if isinstance(location, Path):
            make = make_own_folder if location.parent == self.state else make_folder
            with suppress(FileUnreadable):  # opening says why, in the words of the store
                make(location.parent)
        return location

    @cached_property
    def review_desk(self) -> ReviewDesk:
        """Where people decide: what waits for whom, and everything that may be done with it."""
        from remit.project.reviewing import ReviewDesk

        return ReviewDesk(self)

    @cached_property
    def sweeper(self) -> Sweeper:
        """What happens by itself: time-outs, claims that end, and whatever else is due."""
        from remit.project.sweeping import Sweeper

        return Sweeper(self)

    def stop(self, work: str | None, *, executor: str | None, by: str | None, reason: str) -> StopChange:
        """Stop a work, one executor of it, or, without a work, everything. The next decision sees it."""
        from remit.runtime.stop import stop

        person = who(self, by)
        self._require_stopper(person, work)
        return stop(
            self.store,
            self._stoppable(work, executor),
            executor=executor,
            by=person.id,
            reason=reason,
            now=self.ambient.now(),
        )

    def resume(self, work: str | None, *, executor: str | None, by: str | None, reason: str) -> StopChange:
        """End exactly the stop that was made. Levels that must fall by now have fallen before anything goes on.

        Raises:
            NotFound: there is no such stop.
        """
        from remit.runtime.stop import resume

        person = who(self, by)
        self._require_stopper(person, work)
        self._fall(work)
        return resume(
            self.store,
            self._stoppable(work, executor),
            executor=executor,
            by=person.id,
            reason=reason,
            now=self.ambient.now(),
        )

    def _fall(self, work: str | None) -> None:
        """Let levels fall whose digests, budget, certificate or time do not hold any more."""
        from remit.project.watching.every_work import advance_project
        from remit.project.watching.watched import advance_work

        if work is None:
            advance_project(self, self.store, now=self.ambient.now())
            return
        with self.store.writing() as writing:
            advance_work(self.work(work), writing)

    def _require_stopper(self, person: Person, work: str | None) -> None:
        """Hold a person against ``escalation.stop.who``; everything may be stopped by everybody of the project."""
        if work is None:
            return
        definition = self.work(work).definition
        stop = definition.escalation.stop if definition.escalation is not None else None
        require_role(
            person,
            *(stop.who if stop is not None else ()),
            accountable=definition.accountable,
            what=f"stop `{work}` or let it go on",
        )

    def _stoppable(self, work: str | None, executor: str | None) -> str:
        from remit.runtime.stop import EVERYTHING

        if work is None:
            if executor is not None:
                raise UsageError(
                    "an executor is stopped for one work",
                    expected="the ID of the work",
                    found="none",
                    mend=f"remit stop ID --executor {executor} ...",
                )
            return EVERYTHING
        found = self.work(work)
        if executor is not None:
            found.executor_file(executor)
        return found.id

    def verify_ledger(
        self, work: str | None = None, *, anchor: Path | None = None, key: Path | None = None
    ) -> tuple[ChainVerified, ...]:
        """Recompute every chain, its seals and every record it speaks of; the first break of each is named.

        Args:
            work: only the chain of this work.
            anchor: the file in which the ends of the chains were noted.
            key: the file with the keys of the seals; the project's own when not given.
        """
        from remit.project.ledger.anchoring import verify_ledger

        return verify_ledger(self, work=work, anchor=anchor, key=key)

    def end_deciding(self) -> None:
        """Record what asyncio callers wait for. The store stays open for whoever else uses it."""
        for work in self._works.values():
            work.end_deciding()

    @property
    def group_sizes(self) -> Mapping[int, int]:
        """How many transactions recorded so many items of asyncio callers together, by how many."""
        found: dict[int, int] = {}
        for work in tuple(self._works.values()):
            for size, n in tuple(work.group_sizes.items()):
                found[size] = found.get(size, 0) + n
        return found

    def close(self) -> None:
        """Record what asyncio callers wait for, let executors go, and close the store, if it was opened."""
        for work in self._works.values():
            work.close()
        if "sweeper" in self.__dict__:
            self.sweeper.close()
        if "store" in self.__dict__:
            self.store.close()
            del self.__dict__["store"]
