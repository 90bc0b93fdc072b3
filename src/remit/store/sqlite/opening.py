"""Open the file of a store, or say exactly why not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from remit.errors import Location, StoreError
from remit.store.migrations import HEAD, VERSION_TABLE, Status, outdated, status, upgrade
from remit.store.sqlite.connections import SqliteStore
from remit.store.sqlite.faults import store_error

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["file_transaction", "open_file", "sqlite_engine", "status_of_file", "upgrade_file"]

_WAL_TRIES = 20
_LOG_PAGES = 4_000  # 16 MB of log before it is copied into the file: a page that changes often is copied once
_NOT_WRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


def open_file(path: Path, busy_s: float) -> SqliteStore:
    """Open the store in the file at ``path``; one that is not there yet is made."""
    _look(path)
    try:
        writer = _connect(path, busy_s)
        try:
            _require_head(writer, path, busy_s)
            return SqliteStore(path, writer, _connect(path, busy_s))
        except BaseException:
            writer.close()
            raise
    except sqlite3.Error as error:
        raise store_error(error, path) from error


def upgrade_file(path: Path, busy_s: float) -> Status:
    """Bring the store to this version, all of it or nothing."""
    found = status_of_file(path, busy_s)
    if found.current is not None and found.current != HEAD and not found.pending:
        raise outdated(str(path), found.current)
    return _run(path, busy_s, upgrade)


def status_of_file(path: Path, busy_s: float) -> Status:
    """How the tables stand. Nothing is made or changed."""
    _look(path)
    if not path.exists():
        raise StoreError("there is no store yet", where=Location(file=str(path)), mend="`remit decide` makes one")
    return _run(path, busy_s, status)


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
        connection.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")
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
        raise outdated(str(path), revision)


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


def sqlite_engine(path: Path, busy_s: float, *, to_write: bool) -> sa.Engine:
    """The file as SQLAlchemy sees it. A transaction ``to_write`` takes the lock of the file before it reads."""
    import sqlalchemy as sa

    engine = sa.create_engine("sqlite://", creator=lambda: _connect(path, busy_s), poolclass=sa.NullPool)
    begin = "BEGIN IMMEDIATE" if to_write else "BEGIN"

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextmanager
def file_transaction(path: Path, busy_s: float, *, to_write: bool) -> Iterator[sa.Connection]:
    """One transaction on the file as SQLAlchemy sees it."""
    _look(path)
    with _in_words(path), sqlite_engine(path, busy_s, to_write=to_write).begin() as connection:
        yield connection


def _run(path: Path, busy_s: float, action: Callable[[sa.Engine], Status]) -> Status:
    with _in_words(path):
        connection = _connect(path, busy_s)
        try:
            _revision(connection, path)
        finally:
            connection.close()
        return action(sqlite_engine(path, busy_s, to_write=action is upgrade))


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    import sqlalchemy as sa

    try:
        yield
    except sa.exc.DBAPIError as error:
        raise store_error(cast("sqlite3.Error", error.orig), path) from error
    except sqlite3.Error as error:
        raise store_error(error, path) from error
