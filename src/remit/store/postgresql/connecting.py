"""One connection to a database, made when it is needed and made again when it was lost."""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg.adapt import Buffer, Dumper, Loader
from psycopg.pq import TransactionStatus

from remit.errors import Location, StoreError
from remit.store.postgresql.address import Address
from remit.store.postgresql.faults import is_lost, store_error

__all__ = ["Line", "connect"]

STATEMENT_S: Final = 600
"""How long one statement may take, and a transaction may do nothing, in seconds."""

N_PREPARED: Final = 500


class _WholeNumber(Dumper):
    """Yes, no and whole numbers as bare text: the column says what they are, as it does on SQLite."""

    oid = 0

    def dump(self, obj: int) -> Buffer:
        return b"%d" % obj

    def quote(self, obj: int) -> Buffer:
        return b" %d" % obj


class _YesNo(Loader):
    """Yes and no as 1 and 0, as SQLite has them: the ledger is hashed over these."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data) == b"t")


class _Sum(Loader):
    """Sums of whole numbers, which PostgreSQL makes numbers of another kind."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data)
        return int(text) if text.lstrip(b"-").isdigit() else float(text)


def connect(address: Address, busy_s: float, *, autocommit: bool) -> psycopg.Connection[Any]:
    """A connection that waits ``busy_s`` for locks, and whose values come and go as those of SQLite do.

    Raises:
        StoreError: the database can't be reached, refuses the user, or can't hold every text.
    """
    try:
        made = psycopg.connect(**address.options, autocommit=True, prepare_threshold=0)  # type: ignore[arg-type]
        try:
            _set_up(made, busy_s)
            _require_utf8(made, address)
            made.autocommit = autocommit
        except BaseException:
            made.close()
            raise
    except psycopg.Error as error:
        raise store_error(error, address) from error
    return made


def _set_up(made: psycopg.Connection[Any], busy_s: float) -> None:
    made.prepared_max = N_PREPARED
    made.adapters.register_dumper(int, _WholeNumber)
    made.adapters.register_dumper(bool, _WholeNumber)
    made.adapters.register_loader("bool", _YesNo)
    made.adapters.register_loader("numeric", _Sum)
    settings = {
        "lock_timeout": max(1, round(busy_s * 1000)),
        "statement_timeout": STATEMENT_S * 1000,
        "idle_in_transaction_session_timeout": STATEMENT_S * 1000,
        "extra_float_digits": 1,
    }
    made.execute("; ".join(f"SET {name} = {value}" for name, value in settings.items()).encode(), prepare=False)
    # A stricter setting of the server stays: it waits for other machines too.
    made.execute(
        "SELECT set_config('synchronous_commit', 'on', false)"
        " WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')",
        prepare=False,
    )


def _require_utf8(made: psycopg.Connection[Any], address: Address) -> None:
    encoding = made.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StoreError(
            "the database can't hold every text",
            where=Location(file=address.shown),
            expected="a database with the encoding UTF8",
            found=encoding,
            mend="make one: `createdb --encoding=UTF8 --template=template0 NAME`",
        )


class Line:
    """One connection, for one user at a time."""

    __slots__ = ("_busy_s", "_connection", "_cursor", "address")

    def __init__(self, address: Address, busy_s: float) -> None:
        self.address = address
        self._busy_s = busy_s
        self._connection: psycopg.Connection[Any] | None = None
        self._cursor: psycopg.RawCursor[Any] | None = None

    def cursor(self) -> psycopg.RawCursor[Any]:
        """The cursor of the connection, which is made where there is none.

        Raises:
            StoreError: the database can't be reached.
        """
        if self._cursor is None or self._connection is None or self._connection.closed:
            self.close()
            self._connection = connect(self.address, self._busy_s, autocommit=True)
            self._cursor = psycopg.RawCursor(self._connection)
        return self._cursor

    @property
    def status(self) -> TransactionStatus:
        """Where the connection is in a transaction."""
        return TransactionStatus.UNKNOWN if self._connection is None else self._connection.info.transaction_status

    def drop_if_lost(self, error: psycopg.Error) -> bool:
        """Let go of the connection where it ended with ``error``, and say whether it did."""
        lost = is_lost(error, self._connection)
        if lost:
            self.close()
        return lost

    def undo(self) -> None:
        """End a transaction that is still open, with nothing of it recorded."""
        if self.status is TransactionStatus.IDLE:
            return
        if self._cursor is not None and self.status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
            try:
                self._cursor.execute(b"ROLLBACK", prepare=False)
            except psycopg.Error:  # the server undoes what belongs to a connection that ends
                self.close()
        else:
            self.close()

    def close(self) -> None:
        """End the connection."""
        connection, self._connection, self._cursor = self._connection, None, None
        if connection is not None:
            connection.close()
