"""A store in one file: one writer, one reader, whole transactions.

SQLite has one writer at a time, so a process holds one connection for it and hands it out under a lock; ``BEGIN
IMMEDIATE`` takes the lock of the file before anything is read, so that what a transaction read is still true when it
writes.  Reading never waits for writing.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Self

from remit.store.connections import Row, RowRefused
from remit.store.known import Known, WorkNow
from remit.store.migrations import HEAD, VERSION_TABLE, outdated
from remit.store.sqlite.faults import store_error
from remit.store.statements import Insert, Statement

__all__ = ["SqliteStore", "SqliteTransaction", "SqliteWriting"]

_AT_ONCE: AbstractContextManager[None] = nullcontext()
_VERSION = "PRAGMA data_version"  # another number as soon as another connection, of whichever process, committed
_REVISION = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608


class SqliteWriting:
    """One transaction on the file."""

    __slots__ = ("_connection", "_known", "_path", "remembered")

    def __init__(self, connection: sqlite3.Connection, path: Path, known: Mapping[str, WorkNow]) -> None:
        self._connection = connection
        self._path = path
        self._known = known
        self.remembered: Mapping[str, WorkNow] | None = None

    def known(self, work: str) -> WorkNow | None:
        """What this process remembers of ``work`` and nobody changed before this transaction began."""
        return self._known.get(work)

    def remember(self, works: Mapping[str, WorkNow]) -> None:
        """Note how the works stand once this transaction is committed, if it changes nothing else of any work."""
        self.remembered = works

    def rows(self, statement: Statement, **values: object) -> Sequence[Row]:
        """The rows that ``statement`` finds, those written in this transaction among them."""
        return _rows(self._connection, self._path, statement, values)

    def insert(self, statement: Insert, row: Row) -> None:
        """Write one whole row."""
        try:
            self._connection.execute(statement.sqlite, row)
        except sqlite3.IntegrityError as error:
            raise _refused(error) from error
        except sqlite3.Error as error:
            raise store_error(error, self._path) from error

    def insert_many(self, statement: Insert, rows: Iterable[Row]) -> int:
        """Write whole rows and say how many were written."""
        try:
            cursor = self._connection.executemany(statement.sqlite, rows)
        except sqlite3.IntegrityError as error:
            raise _refused(error) from error
        except sqlite3.Error as error:
            raise store_error(error, self._path) from error
        return cursor.rowcount

    def together(self) -> AbstractContextManager[None]:
        """Nothing has to travel."""
        return _AT_ONCE

    def update(self, statement: Statement, **values: object) -> int:
        """Run an update with its named values and say how many rows it changed."""
        try:
            cursor = self._connection.execute(statement.sqlite, values)
        except sqlite3.Error as error:
            raise store_error(error, self._path) from error
        return cursor.rowcount


class SqliteTransaction:
    """One turn at writing: it waits for the turn, begins, and commits or undoes."""

    __slots__ = ("_connection", "_known", "_path", "_turn", "_writing")

    def __init__(self, connection: sqlite3.Connection, turn: threading.Lock, path: Path, known: Known) -> None:
        self._connection = connection
        self._turn = turn
        self._path = path
        self._known = known

    def __enter__(self) -> SqliteWriting:
        self._turn.acquire()
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            (version,) = connection.execute(_VERSION).fetchone()
            if version != self._known.version:
                self._require_head()
                self._known.works.clear()
                self._known.version = version
        except BaseException as error:
            try:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            finally:
                self._turn.release()
            if isinstance(error, sqlite3.Error):
                raise store_error(error, self._path) from error
            raise
        self._writing = SqliteWriting(connection, self._path, self._known.works)
        return self._writing

    def _require_head(self) -> None:
        """Refuse to write into tables that somebody brought to another version since they were opened here."""
        found = self._connection.execute(_REVISION).fetchone()
        if found != (HEAD,):
            raise outdated(str(self._path), str(found[0]) if found else "none")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection = self._connection
        works, self._known.works = self._known.works, {}  # nothing is known while it is open how this ends
        try:
            if error is None:
                connection.execute("COMMIT")
                if self._writing.remembered is not None:
                    works |= self._writing.remembered
                    self._known.works = works
        except sqlite3.Error as failed:
            raise store_error(failed, self._path) from failed
        finally:
            try:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            finally:
                self._turn.release()


class SqliteStore:
    """An open file."""

    def __init__(self, path: Path, writer: sqlite3.Connection, reader: sqlite3.Connection) -> None:
        self.path = path
        self._writer = writer
        self._reader = reader
        self._writing = threading.Lock()
        self._reading = threading.Lock()
        self._known = Known()

    @property
    def place(self) -> str:
        """The path of the file."""
        return str(self.path)

    def rows(self, statement: Statement, **values: object) -> Sequence[Row]:
        """The rows that ``statement`` finds among what is committed."""
        with self._reading:
            return _rows(self._reader, self.path, statement, values)

    def known(self, work: str) -> WorkNow | None:
        """What this process remembers of ``work`` and nobody changed since; None where it has to be read."""
        if not self._writing.acquire(blocking=False):  # somebody writes
            return None
        try:
            (version,) = self._writer.execute(_VERSION).fetchone()
        except sqlite3.Error:
            return None
        else:
            return self._known.works.get(work) if version == self._known.version else None
        finally:
            self._writing.release()

    def writing(self) -> SqliteTransaction:
        """One transaction: it commits when the ``with`` block ends, and undoes all when it raises.

        Raises:
            StoreError: where the file stays locked, is full, or fails. Nothing is recorded then.
            StoreOutdated: the tables are those of another version by now. Nothing is recorded then.
        """
        return SqliteTransaction(self._writer, self._writing, self.path, self._known)

    def forget(self) -> None:
        """Empty the log beside the file: erased content is overwritten in the file itself (``secure_delete``)."""
        with self._writing:
            try:
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except sqlite3.Error as error:
                raise store_error(error, self.path) from error

    def close(self) -> None:
        """Give the file back. A closed store can't be used again."""
        with self._writing, self._reading:
            self._reader.close()
            self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _refused(error: sqlite3.IntegrityError) -> RowRefused:
    return RowRefused(missing=error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY)


def _rows(connection: sqlite3.Connection, path: Path, statement: Statement, values: dict[str, object]) -> Sequence[Row]:
    try:
        return connection.execute(statement.sqlite, values).fetchall()
    except sqlite3.Error as error:
        raise store_error(error, path) from error
