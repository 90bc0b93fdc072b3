"""A store in use: one writer, one reader, whole transactions.

SQLite has one writer at a time, so a process holds one connection for it and hands it out under a lock; ``BEGIN
IMMEDIATE`` takes the lock of the file before anything is read, so that what a transaction read is still true when it
writes.  Reading never waits for writing.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from remit.store.faults import store_error
from remit.store.statements import Insert, Statement

__all__ = ["Reader", "Row", "Store", "Transaction", "Writing", "put_rows"]

Row = tuple[Any, ...]


class Reader(Protocol):
    """Anything that rows can be read from: a store, or a transaction on it."""

    def rows(self, statement: Statement, **values: object) -> Sequence[Row]:
        """The rows that ``statement`` finds, with its named values."""
        ...


class Writing:
    """One transaction. What it reads stays true until it ends; it ends with the ``with`` block, all or nothing."""

    __slots__ = ("_connection", "_path")

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def rows(self, statement: Statement, **values: object) -> Sequence[Row]:
        """The rows that ``statement`` finds, those written in this transaction among them."""
        return _rows(self._connection, self._path, statement, values)

    def insert(self, statement: Insert, row: Row) -> None:
        """Write one whole row."""
        try:
            self._connection.execute(statement, row)
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise store_error(error, self._path) from error

    def insert_many(self, statement: Insert, rows: Iterable[Row]) -> int:
        """Write whole rows and say how many were written."""
        try:
            cursor = self._connection.executemany(statement, rows)
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise store_error(error, self._path) from error
        return cursor.rowcount

    def update(self, statement: Statement, **values: object) -> int:
        """Run an update with its named values and say how many rows it changed."""
        try:
            cursor = self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise store_error(error, self._path) from error
        return cursor.rowcount


def put_rows(writing: Writing, statement: Insert, rows: Sequence[Row]) -> None:
    """Write whole rows: one, as nearly always, or many at once."""
    if len(rows) == 1:
        writing.insert(statement, rows[0])
    elif rows:
        writing.insert_many(statement, rows)


class Transaction:
    """One turn at writing: it waits for the turn, begins, and commits or undoes."""

    __slots__ = ("_connection", "_path", "_turn")

    def __init__(self, connection: sqlite3.Connection, turn: threading.Lock, path: Path) -> None:
        self._connection = connection
        self._turn = turn
        self._path = path

    def __enter__(self) -> Writing:
        self._turn.acquire()
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except BaseException as error:
            self._turn.release()
            if isinstance(error, sqlite3.Error):
                raise store_error(error, self._path) from error
            raise
        return Writing(self._connection, self._path)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection = self._connection
        try:
            if error is None:
                connection.execute("COMMIT")
        except sqlite3.Error as failed:
            raise store_error(failed, self._path) from failed
        finally:
            try:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            finally:
                self._turn.release()


class Store:
    """An open store. Safe to use from several threads; not from a fork: open it again there.

    Made by :func:`remit.store.open_store`.
    """

    def __init__(self, path: Path, writer: sqlite3.Connection, reader: sqlite3.Connection) -> None:
        self.path = path
        self._writer = writer
        self._reader = reader
        self._writing = threading.Lock()
        self._reading = threading.Lock()

    def rows(self, statement: Statement, **values: object) -> Sequence[Row]:
        """The rows that ``statement`` finds among what is committed."""
        with self._reading:
            return _rows(self._reader, self.path, statement, values)

    def writing(self) -> Transaction:
        """One transaction: ``with store.writing() as writing`` commits when it ends, and undoes all when it raises.

        Raises:
            StoreError: where the file stays locked, is full, or fails. Nothing is recorded then.
        """
        return Transaction(self._writer, self._writing, self.path)

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


def _rows(connection: sqlite3.Connection, path: Path, statement: Statement, values: dict[str, object]) -> Sequence[Row]:
    try:
        return connection.execute(statement, values).fetchall()
    except sqlite3.Error as error:
        raise store_error(error, path) from error
