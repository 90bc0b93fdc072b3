"""Open the database of a store, or say exactly why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from remit.errors import Location, StoreError
from remit.store.migrations import HEAD, VERSION_TABLE, Status, outdated, status, upgrade
from remit.store.postgresql.address import Address
from remit.store.postgresql.connecting import Line, connect
from remit.store.postgresql.connections import WRITING_LOCK, PostgresStore
from remit.store.postgresql.faults import store_error

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["database_transaction", "open_database", "postgresql_engine", "status_of_database", "upgrade_database"]

# Tables that belong to an extension, such as those of PostGIS, are nobody's.
_TABLES = b"""
SELECT relname::text FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
ORDER BY relname
"""


def open_database(address: Address, busy_s: float) -> PostgresStore:
    """Open the store in the database at ``address``; its tables are made where it has none."""
    writer = Line(address, busy_s)
    try:
        _require_head(writer, busy_s)
    except BaseException:
        writer.close()
        raise
    return PostgresStore(address, busy_s, writer)


def upgrade_database(address: Address, busy_s: float) -> Status:
    """Bring the store to this version, all of it or nothing."""
    found = status_of_database(address, busy_s)
    if found.current is not None and found.current != HEAD and not found.pending:
        raise outdated(address.shown, found.current)
    return _run(address, busy_s, upgrade)


def status_of_database(address: Address, busy_s: float) -> Status:
    """How the tables stand. Nothing is made or changed."""
    line = Line(address, busy_s)
    try:
        _revision(line)
    finally:
        line.close()
    return _run(address, busy_s, status)


def postgresql_engine(address: Address, busy_s: float, *, to_write: bool) -> sa.Engine:
    """The database as SQLAlchemy sees it. A transaction ``to_write`` takes the lock of writers before it reads.

    One that only reads sees the database as it was at its beginning, whatever is written meanwhile.
    """
    import sqlalchemy as sa

    engine = sa.create_engine(
        "postgresql+psycopg://", creator=lambda: connect(address, busy_s, autocommit=False), poolclass=sa.NullPool
    )

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        if to_write:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITING_LOCK})")
        else:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")  # copying all of it takes as long as it takes

    return engine


def _require_head(line: Line, busy_s: float) -> None:
    revision = _revision(line)
    if revision is None:
        _run(line.address, busy_s, upgrade)
    elif revision != HEAD:
        raise outdated(line.address.shown, revision)


def _revision(line: Line) -> str | None:
    try:
        cursor = line.cursor()
        names = [str(name) for (name,) in cursor.execute(_TABLES, prepare=False)]
        if not names:
            return None
        if VERSION_TABLE not in names:
            raise StoreError(
                "this is a database, but no store of Remit",
                where=Location(file=line.address.shown),
                found=", ".join(names[:5]),
                mend="name another database as the store, one that is empty",
            )
        found = cursor.execute(f"SELECT version_num FROM {VERSION_TABLE}".encode(), prepare=False).fetchone()  # noqa: S608
    except psycopg.Error as error:
        raise store_error(error, line.address) from error
    return str(found[0]) if found else None


@contextmanager
def database_transaction(address: Address, busy_s: float, *, to_write: bool) -> Iterator[sa.Connection]:
    """One transaction on the database as SQLAlchemy sees it."""
    line = Line(address, busy_s)
    try:
        _revision(line)
    finally:
        line.close()
    with _in_words(address), postgresql_engine(address, busy_s, to_write=to_write).begin() as connection:
        yield connection


def _run(address: Address, busy_s: float, action: Callable[[sa.Engine], Status]) -> Status:
    with _in_words(address):
        return action(postgresql_engine(address, busy_s, to_write=action is upgrade))


@contextmanager
def _in_words(address: Address) -> Iterator[None]:
    import sqlalchemy as sa

    try:
        yield
    except sa.exc.DBAPIError as error:
        if isinstance(error.orig, psycopg.Error):
            raise store_error(error.orig, address) from error
        raise
    except psycopg.Error as error:
        raise store_error(error, address) from error
