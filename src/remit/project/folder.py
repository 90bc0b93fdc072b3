"""A project: a folder with a ``remit.yaml``, definitions in ``work/`` and executors in ``executors/``."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from remit.definition.similar import did_you_mean
from remit.errors import NotFound, ProjectInvalid
from remit.project.ambient import Ambient, system

if TYPE_CHECKING:
    from remit.files.project_file import ProjectFile
    from remit.project.work import Work
    from remit.store import Store

__all__ = ["PROJECT_FILE", "STATE_FOLDER", "Project"]

PROJECT_FILE = "remit.yaml"
STATE_FOLDER = ".remit"
STORE_SETTING = "REMIT_STORE"


class Project:
    """One project folder.

    Args:
        root: the folder that holds ``remit.yaml``.
        ambient: clock, randomness and settings; the machine's own when not given.
    """

    def __init__(self, root: Path, *, ambient: Ambient | None = None) -> None:
        self.root = root
        self.ambient = ambient if ambient is not None else system()

    @classmethod
    def open(cls, path: str | Path = ".", *, ambient: Ambient | None = None) -> Project:
        """Open the project that ``path`` lies in: the nearest folder upwards with a ``remit.yaml``.

        Raises:
            ProjectInvalid: there is none, or its ``remit.yaml`` is wrong.
        """
        start = Path(path).resolve()
        for folder in (start, *start.parents):
            if (folder / PROJECT_FILE).is_file():
                project = cls(folder, ambient=ambient)
                _ = project.file
                return project
        raise ProjectInvalid(
            f"no {PROJECT_FILE} in {path} or any folder above",
            expected=f"a folder with a {PROJECT_FILE}",
            found="none",
            mend="go to your project, or make one: `remit demo` leaves two behind to start from",
        )

    @cached_property
    def file(self) -> ProjectFile:
        """What ``remit.yaml`` says."""
        from remit.files.project_file import load_project_file

        return load_project_file(self.root / PROJECT_FILE)

    @property
    def work_ids(self) -> tuple[str, ...]:
        """The ids of all work definitions, by their file names, sorted."""
        return tuple(sorted(path.stem for path in (self.root / "work").glob("*.yaml")))

    def work(self, id_: str) -> Work:
        """One work of the project.

        Raises:
            NotFound: there is no ``work/<id>.yaml``.
        """
        from remit.project.work import Work

        known = self.work_ids
        if id_ not in known:
            close = did_you_mean(id_, known)
            raise NotFound(
                f"there is no work `{id_}` in this project",
                expected="one of " + ", ".join(known) if known else "a file work/<id>.yaml",
                found=id_,
                mend=f"did you mean `{close}`?" if close else f"write work/{id_}.yaml",
            )
        return Work(self, id_)

    @property
    def state(self) -> Path:
        """The folder for what Remit keeps beside the files: the embedded store, the mirror of facts, proofs."""
        return self.root / STATE_FOLDER

    @property
    def store_place(self) -> str:
        """Where the store is: ``REMIT_STORE``, else ``store`` of ``remit.yaml``, else ``.remit/remit.db``."""
        given = self.ambient.setting(STORE_SETTING) or self.file.store
        return given if given else str(self.state / "remit.db")

    @cached_property
    def store(self) -> Store:
        """The store, opened once; made at its first use."""
        from remit.store import open_store

        place = self.store_place
        if "://" not in place:
            path = self.root / place
            path.parent.mkdir(parents=True, exist_ok=True)
            return open_store(path)
        return open_store(place)

    def close(self) -> None:
        """Close the store, if it was opened."""
        if "store" in self.__dict__:
            self.store.close()
            del self.__dict__["store"]
