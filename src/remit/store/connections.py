"""A store in use, whichever database it is in: one transaction writes at a time, reading never waits for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Protocol, Self

from remit.store.known import WorkNow
from remit.store.statements import Insert, Statement

__all__ = ["Reader", "Row", "RowRefused", "Store", "Writing", "put_rows"]

Row = tuple[Any, ...]


class RowRefused(Exception):
    """The database holds that this row can't be there; the transaction it was for has to end.

    It does not leave the store: the module of the record says what it means.  ``missing`` says that the row names
    another one that is not there; otherwise one of the same key is.
    """

    def __init__(self, *, missing: bool) -> None:
        super().__init__("it names a row that is not there" if missing else "there is such a row already")
        self.missing = missing


class Reader(Protocol):
    """Anything that rows can be read from: a store, or a transaction on it."""

    def rows(self, statement: Statement, **values: object) -> Sequence[Row]:
        """The rows that ``statement`` finds, with its named values."""
        ...

    def known(self, work: str) -> WorkNow | None:
        """What this process remembers of ``work`` and nobody changed since; None where it has to be read."""
        ...


class Writing(Protocol):
    """One transaction. What it reads stays true until it ends; it ends with the ``with`` block, all or nothing."""

    def rows(self, statement: Statement, **values: object) -> Sequence[Row]:
        """The rows that ``statement`` finds, those written in this transaction among them."""
        ...

    def known(self, work: str) -> WorkNow | None:
        """What this process remembers of ``work`` and nobody changed before this transaction began."""
        ...

    def remember(self, works: Mapping[str, WorkNow]) -> None:
        """Note how the works stand once this transaction is committed, if it changes nothing else of any work."""
        ...

    def insert(self, statement: Insert, row: Row) -> None:
        """Write one whole row.

        Raises:
            RowRefused: the database holds that it can't be there. The transaction has to end.
        """
        ...

    def insert_many(self, statement: Insert, rows: Iterable[Row]) -> int:
        """Write whole rows and say how many were written.

        Raises:
            RowRefused: as :meth:`insert`.
        """
        ...

    def together(self) -> AbstractContextManager[None]:
        """What is inserted in this block goes to the database in one journey; nothing is read in it.

        Raises:
            RowRefused: as :meth:`insert`, at the latest when the block ends.
        """
        ...

    def update(self, statement: Statement, **values: object) -> int:
        """Run an update or a deletion with its named values and say how many rows it changed."""
        ...


def put_rows(writing: Writing, statement: Insert, rows: Sequence[Row]) -> None:
    """Write whole rows: one, as nearly always, or many at once."""
    if len(rows) == 1:
        writing.insert(statement, rows[0])
    elif rows:
        writing.insert_many(statement, rows)


class Store(Protocol):
    """An open store. Safe to use from several threads; not from a fork: open it again there.

    Made by :func:`remit.store.open_store`.  ``place`` says where it is, without a password.
    """

    @property
    def place(self) -> str:
        """Where the store is: its path, or the address of its database without a password."""
        ...

    def rows(self, statement: Statement, **values: object) -> Sequence[Row]:
        """The rows that ``statement`` finds among what is committed."""
        ...

    def known(self, work: str) -> WorkNow | None:
        """What this process remembers of ``work`` and nobody changed since; None where it has to be read."""
        ...

    def writing(self) -> AbstractContextManager[Writing, None]:
        """One transaction: ``with store.writing() as writing`` commits when it ends, and undoes all when it raises.

        Raises:
            StoreError: where the store stays locked, is full, can't be reached, or fails. Nothing is recorded then,
                but for a connection that is lost while it commits: the message says that it is not known.
            StoreOutdated: another process brought the tables to another version since. Nothing is recorded then.
        """
        ...

    def forget(self) -> None:
        """Leave nothing of what was erased in the files of the store, as far as the database can.

        A reader that is at work at that moment may keep some of it there until the next time.

        Raises:
            StoreError: the store fails.
        """
        ...

    def close(self) -> None:
        """Give the database back. A closed store can't be used again."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
