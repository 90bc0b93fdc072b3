"""Open a store, or say exactly why not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from remit.errors import Location, StoreError, StoreOutdated
from remit.store.connections import Store
from remit.store.faults import store_error
from remit.store.migrations import HEAD, VERSION_TABLE, Status, status, upgrade

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["BUSY_S", "open_store", "store_status", "upgrade_store"]

BUSY_S = 5.0
"""How long to wait for another process that writes, in seconds."""

_WAL_TRIES = 20
_NOT_WRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


def open_store(where: str | Path, *, busy_s: float = BUSY_S) -> Store:
    """Open the store at ``where``: a path, or a URL ``sqlite:///path``. One that is not there yet is made.

    One that can't be written can be read; writing is refused then.

    Raises:
        StoreError: the folder is missing, the file is no store, can't be read, or stays locked for ``busy_s``.
        StoreOutdated: the store is older (``remit db upgrade`` mends it) or newer than this version of Remit.
    """
    path = _path_of(where)
    _look(path)
    try:
        writer = _connect(path, busy_s)
        try:
            _require_head(writer, path, busy_s)
            return Store(path, writer, _connect(path, busy_s))
        except BaseException:
            writer.close()
            raise
    except sqlite3.Error as error:
        raise store_error(error, path) from error


def upgrade_store(where: str | Path, *, busy_s: float = BUSY_S) -> Status:
    """Bring the store at ``where`` to this version, all of it or nothing.

    Raises:
        StoreError: as :func:`open_store`.
        StoreOutdated: the store is newer than this version of Remit.
    """
    found = store_status(where, busy_s=busy_s)
    path = _path_of(where)
    if found.current is not None and found.current != HEAD and not found.pending:
        raise _outdated(path, found.current)
    return _run(path, busy_s, upgrade)


def store_status(where: str | Path, *, busy_s: float = BUSY_S) -> Status:
    """How the tables of the store at ``where`` stand. Nothing is made or changed.

    Raises:
        StoreError: there is no file, or it is no store.
    """
    path = _path_of(where)
    _look(path)
    if not path.exists():
        raise StoreError("there is no store yet", where=Location(file=str(path)), mend="`remit decide` makes one")
    return _run(path, busy_s, status)


def _path_of(where: str | Path) -> Path:
    if isinstance(where, str) and "://" in where:
        scheme, _, rest = where.partition("://")
        if scheme != "sqlite" or not rest.startswith("/") or rest == "/":
            raise StoreError(
                f"a store of this kind can't be opened: {scheme}://",
                expected="a path, or sqlite:///path; PostgreSQL comes in a later release",
                mend="write `store: remit.db` in remit.yaml",
            )
        where = rest[1:]
    return Path(where)


def _look(path: Path) -> None:
    place = Location(file=str(path))
    if path.is_dir():
        raise StoreError("this is a folder, not a store", where=place, mend="name a file in it, such as remit.db")
    if not path.parent.is_dir():
        raise StoreError(
            "the folder of the store is missing", where=place, found=str(path.parent), mend="make the folder first"
        )


def _connect(path: Path, busy_s: float) -> sqlite3.Connection:
    try:
        return _connect_to_write(path, busy_s)
    except sqlite3.Error as error:
        if (getattr(error, "sqlite_errorcode", 0) & 0xFF) not in _NOT_WRITABLE or not path.is_file():
            raise
        return _connect_to_read(path, busy_s, error)


def _connect_to_read(path: Path, busy_s: float, why: sqlite3.Error) -> sqlite3.Connection:
    """A connection to a store that can't be written; every attempt to write says so.

    SQLite reads a write-ahead log only with a file beside it, which it can't make in a folder that is read-only; where
    no log is left, nothing is missed without it.
    """
    kinds = ["mode=ro"]
    if not path.with_name(f"{path.name}-wal").exists():
        kinds.append("immutable=1")
    for kind in kinds:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?{kind}",
            uri=True,
            timeout=busy_s,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.Error:
            connection.close()
        else:
            return connection
    raise why


def _connect_to_write(path: Path, busy_s: float) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=busy_s, isolation_level=None, check_same_thread=False)
    try:
        _use_wal(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")  # erased content is overwritten, not only unlinked
    except BaseException:
        connection.close()
        raise
    return connection


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, which SQLite refuses at once, without waiting, while another connection does."""
    for remaining in reversed(range(_WAL_TRIES)):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or not remaining:
                raise
        else:
            return
        connection.execute("BEGIN IMMEDIATE")  # this does wait for the other one
        connection.execute("COMMIT")


def _require_head(writer: sqlite3.Connection, path: Path, busy_s: float) -> None:
    revision = _revision(writer, path)
    if revision is None:
        _run(path, busy_s, upgrade)
    elif revision != HEAD:
        raise _outdated(path, revision)


def _revision(connection: sqlite3.Connection, path: Path) -> str | None:
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not names:
        return None
    if VERSION_TABLE not in names:
        raise StoreError(
            "this is a database, but no store of Remit",
            where=Location(file=str(path)),
            found=", ".join(sorted(names)[:5]),
            mend="name another file as the store in remit.yaml",
        )
    found = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()  # noqa: S608
    return str(found[0]) if found else None


def _outdated(path: Path, revision: str) -> StoreOutdated:
    older = revision < HEAD
    return StoreOutdated(
        f"the store was made by {'an older' if older else 'a newer'} version of Remit",
        where=Location(file=str(path)),
        expected=HEAD,
        found=revision,
        mend="make a copy of it, then `remit db upgrade`" if older else "install that version of Remit, or a newer one",
    )


def _run(path: Path, busy_s: float, action: Callable[[sa.Engine], Status]) -> Status:
    import sqlalchemy as sa

    engine = sa.create_engine("sqlite://", creator=lambda: _connect(path, busy_s), poolclass=sa.NullPool)
    begin = "BEGIN IMMEDIATE" if action is upgrade else "BEGIN"

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    try:
        connection = _connect(path, busy_s)
        try:
            _revision(connection, path)
        finally:
            connection.close()
        return action(engine)
    except sa.exc.DBAPIError as error:
        raise store_error(cast("sqlite3.Error", error.orig), path) from error
    except sqlite3.Error as error:
        raise store_error(error, path) from error
