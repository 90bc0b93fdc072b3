"""A store on a server: one transaction writes at a time, in whichever process; readers never wait.

The first thing a transaction does is to take a lock that the whole database has only once.  Each of its statements then
sees all that was committed before, and nothing is committed beside it, so what it read is true until it ends: what
``BEGIN IMMEDIATE`` gives on SQLite.  (A snapshot taken before the lock would not see what the last holder wrote, so the
transactions are READ COMMITTED on purpose.)
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Self

import psycopg
from psycopg.pq import TransactionStatus

from remit.errors import Location, StoreError
from remit.store.connections import Row
from remit.store.known import Known, WorkNow
from remit.store.migrations import HEAD, VERSION_TABLE, outdated
from remit.store.postgresql.address import Address
from remit.store.postgresql.connecting import Line
from remit.store.postgresql.faults import refused, store_error, unknown_end
from remit.store.statements import Insert, Statement

__all__ = ["WRITING_LOCK", "PostgresStore", "PostgresTransaction", "PostgresWriting"]

WRITING_LOCK: Final = int.from_bytes(hashlib.sha256(b"remit: one writes at a time").digest()[:8], "big", signed=True)
"""The advisory lock that everybody who writes holds until they are done."""

N_READERS: Final = 4

# One way to the server and back: the revision is read under the lock, as a migration takes the same one. The number of
# the transaction is taken at once: it follows that of the last one here where nobody wrote anything in between.
_REVISION = f"SELECT version_num, pg_current_xact_id()::text FROM {VERSION_TABLE}"  # noqa: S608
_BEGIN = f"BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({WRITING_LOCK}); {_REVISION}".encode()


class PostgresWriting:
    """One transaction on the database."""

    __slots__ = ("_cursor", "_known", "_line", "remembered")

    def __init__(self, line: Line, cursor: psycopg.RawCursor[Any], known: Mapping[str, WorkNow]) -> None:
        self._line = line
        self._cursor = cursor
        self._known = known
        self.remembered: Mapping[str, WorkNow] | None = None

    def rows(self, statement: Statement, **values: object) -> Sequence[Row]:
        """The rows that ``statement`` finds, those written in this transaction among them."""
        try:
            return _found(self._cursor, statement, values)
        except psycopg.Error as error:
            raise self._failed(error) from error

    def known(self, work: str) -> WorkNow | None:
        """What this process remembers of ``work`` and nobody changed before this transaction began."""
        return self._known.get(work)

    def remember(self, works: Mapping[str, WorkNow]) -> None:
        """Note how the works stand once this transaction is committed, if it changes nothing else of any work."""
        self.remembered = works

    def insert(self, statement: Insert, row: Row) -> None:
        """Write one whole row."""
        try:
            self._cursor.execute(statement.postgresql.text, row, prepare=True)
        except psycopg.IntegrityError as error:
            raise refused(error) from error
        except psycopg.Error as error:
            raise self._failed(error) from error

    def insert_many(self, statement: Insert, rows: Iterable[Row]) -> int:
        """Write whole rows and say how many were written."""
        given = list(rows)
        if not given:
            return 0
        try:
            self._cursor.executemany(statement.postgresql.text, given)
        except psycopg.IntegrityError as error:
            raise refused(error) from error
        except psycopg.Error as error:
            raise self._failed(error) from error
        return self._cursor.rowcount

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is inserted in this block is sent without waiting for the answer to each."""
        try:
            with self._cursor.connection.pipeline():
                yield
        except psycopg.IntegrityError as error:
            raise refused(error) from error
        except psycopg.Error as error:
            raise self._failed(error) from error

    def update(self, statement: Statement, **values: object) -> int:
        """Run an update or a deletion with its named values and say how many rows it changed."""
        prepared = statement.postgresql
        try:
            self._cursor.execute(prepared.text, [values[name] for name in prepared.names], prepare=True)
        except psycopg.IntegrityError as error:
            raise refused(error) from error
        except psycopg.Error as error:
            raise self._failed(error) from error
        return self._cursor.rowcount

    def _failed(self, error: psycopg.Error) -> StoreError:
        self._line.drop_if_lost(error)
        return store_error(error, self._line.address)


class PostgresTransaction:
    """One turn at writing: it waits for the turn here and in the database, and commits or undoes."""

    __slots__ = ("_cursor", "_known", "_line", "_turn", "_writing")

    def __init__(self, line: Line, turn: threading.Lock, known: Known) -> None:
        self._line = line
        self._turn = turn
        self._known = known
        self._cursor: psycopg.RawCursor[Any] | None = None

    def __enter__(self) -> PostgresWriting:
        self._turn.acquire()
        known = self._known
        try:
            self._cursor = self._begun()
            number = self._require_head(self._cursor)
            if known.version is None or number != known.version + 1:
                known.works.clear()
            known.version = number
        except BaseException:
            try:
                self._line.undo()
            finally:
                self._turn.release()
            raise
        self._writing = PostgresWriting(self._line, self._cursor, known.works)
        return self._writing

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        works, self._known.works = self._known.works, {}  # nothing is known while it is open how this ends
        try:
            if error is None:
                self._commit()
                if self._writing.remembered is not None:
                    works |= self._writing.remembered
                    self._known.works = works
        finally:
            try:
                self._line.undo()
            finally:
                self._turn.release()

    def _begun(self) -> psycopg.RawCursor[Any]:
        line = self._line
        cursor = line.cursor()
        try:
            cursor.execute(_BEGIN, prepare=False)
        except psycopg.Error as error:
            if not line.drop_if_lost(error):
                raise store_error(error, line.address) from error
        else:
            return cursor
        cursor = line.cursor()  # it was lost while nobody used it; nothing was begun, so nothing can be done twice
        try:
            cursor.execute(_BEGIN, prepare=False)
        except psycopg.Error as error:
            line.drop_if_lost(error)
            raise store_error(error, line.address) from error
        return cursor

    def _require_head(self, cursor: psycopg.RawCursor[Any]) -> int:
        """The number of the transaction.

        Raises:
            StoreOutdated: somebody brought the tables to another version since they were opened here.
        """
        while cursor.nextset():
            pass
        found = cursor.fetchone()
        if found is None or found[0] != HEAD:
            raise outdated(self._line.address.shown, str(found[0]) if found else "none")
        return int(found[1])

    def _commit(self) -> None:
        line, cursor = self._line, self._cursor
        if cursor is None or line.status is not TransactionStatus.INTRANS:
            raise self._not_recorded()
        try:
            cursor.execute(b"COMMIT", prepare=False)
        except psycopg.Error as error:
            if line.drop_if_lost(error):
                raise unknown_end(error, line.address) from error
            raise store_error(error, line.address) from error
        if cursor.statusmessage != "COMMIT":
            raise self._not_recorded()

    def _not_recorded(self) -> StoreError:
        return StoreError(
            "a part of the transaction had failed: nothing of this was recorded",
            where=Location(file=self._line.address.shown),
            mend="do it again",
        )


class PostgresStore:
    """An open database."""

    def __init__(self, address: Address, busy_s: float, writer: Line) -> None:
        self._address = address
        self._busy_s = busy_s
        self._writer = writer
        self._writing = threading.Lock()
        self._known = Known()
        self._idle = [Line(address, busy_s) for _ in range(N_READERS)]
        self._free = threading.Semaphore(N_READERS)
        self._closed = False

    @property
    def place(self) -> str:
        """The address of the database without a password."""
        return self._address.shown

    def rows(self, statement: Statement, **values: object) -> Sequence[Row]:
        """The rows that ``statement`` finds among what is committed."""
        self._require_open()
        with self._reader() as line:
            try:
                return _found(line.cursor(), statement, values)
            except psycopg.Error as error:
                if not line.drop_if_lost(error):
                    raise store_error(error, self._address) from error
            try:  # it may have been lost long ago; reading again changes nothing
                return _found(line.cursor(), statement, values)
            except psycopg.Error as error:
                line.drop_if_lost(error)
                raise store_error(error, self._address) from error

    def known(self, work: str) -> None:
        """Nothing: outside a transaction it costs as much to find out whether somebody wrote as to read it."""

    def writing(self) -> PostgresTransaction:
        """One transaction: it commits when the ``with`` block ends, and undoes all when it raises."""
        self._require_open()
        return PostgresTransaction(self._writer, self._writing, self._known)

    def forget(self) -> None:
        """Have the old versions of erased rows cleared away; the log of the server keeps them until it is recycled."""
        self._require_open()
        with self._writing:
            try:
                self._writer.cursor().execute(b"VACUUM payloads", prepare=False)
            except psycopg.Error as error:
                self._writer.drop_if_lost(error)
                raise store_error(error, self._address) from error

    def close(self) -> None:
        """End the connections."""
        with self._writing:
            self._closed = True
            self._writer.close()
        taken = [self._free.acquire() for _ in range(N_READERS)]
        for line in self._idle:
            line.close()
        self._free.release(len(taken))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<PostgresStore {self.place}>"

    @contextmanager
    def _reader(self) -> Iterator[Line]:
        with self._free:
            line = self._idle.pop()  # the one used last: it is the most likely to be connected
            try:
                yield line
            finally:
                self._idle.append(line)

    def _require_open(self) -> None:
        if self._closed:
            raise StoreError("the store is closed", where=Location(file=self.place), mend="open it again")


def _found(cursor: psycopg.RawCursor[Any], statement: Statement, values: dict[str, object]) -> Sequence[Row]:
    prepared = statement.postgresql
    cursor.execute(prepared.text, [values[name] for name in prepared.names], prepare=True)
    return cursor.fetchall()
