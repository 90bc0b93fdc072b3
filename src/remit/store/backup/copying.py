"""Copy a store into a file, and a file into an empty store, on either database and from one to the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from remit.errors import Location, StoreError
from remit.files.atomic import new_file
from remit.ledger import instant_text
from remit.store.backup.packing import Header, Packed, TablePart, broken, packed, packing
from remit.store.connections import Row
from remit.store.migrations import HEAD, VERSION_TABLE, bring_to, known_revisions, outdated, revision_of
from remit.store.opening import shown_place, store_status, transaction
from remit.store.tables import metadata

__all__ = ["back_up", "restore"]

PAGE = 1000


def back_up(where: str | Path, path: Path, *, now: datetime) -> Header:
    """Copy the store at ``where`` into a new file at ``path``, as it is at one moment; others go on writing.

    A store of an older version is copied as it is: this is what to do before an upgrade.

    Raises:
        StoreError: there is no store, or it can't be read.
        StoreOutdated: it is newer than this version of Remit.
        FileUnreadable: the file is there already, or can't be written.
    """
    store_status(where)
    with transaction(where, to_write=False) as connection:
        revision = revision_of(connection)
        if revision is None:
            raise StoreError("there is no store yet, so there is nothing to copy", where=_location(where))
        if revision not in known_revisions():
            raise outdated(_shown(where), revision)
        tables = _tables(connection)
        header = Header(
            revision=revision,
            made_at=instant_text(now),
            tables=tuple(_part(connection, table) for table in tables),
        )
        with new_file(path) as file, packing(file, header) as backup:
            for table in tables:
                for row in _rows(connection, table):
                    backup.write(row)
    return header


def restore(where: str | Path, path: Path) -> Header:
    """Fill the store at ``where``, which has to be empty, with the backup at ``path``: all of it or nothing.

    A backup of an older version is brought to this one.

    Raises:
        StoreError: the file is no whole backup, or the store is not empty, or fails.
        StoreOutdated: the backup is of a newer version of Remit.
    """
    with packed(path) as backup:
        header = backup.header
        if header.revision not in known_revisions():
            raise outdated(str(path), header.revision)
        with transaction(where, to_write=True) as connection:
            _make_tables(connection, header, where)
            _fill(connection, backup, path)
            bring_to(connection, HEAD)
    return header


def _fill(connection: sa.Connection, backup: Packed, path: Path) -> None:
    """Load every table, in the order of the file, and count what is there then."""
    tables = {table.name: table for table in _tables(connection)}
    header = backup.header
    if [part.name for part in header.tables] != list(dict.fromkeys(part.name for part in header.tables)) or {
        part.name: set(part.columns) for part in header.tables
    } != {name: set(table.columns.keys()) for name, table in tables.items()}:
        raise broken(path, f"its tables are not those of version {header.revision}")
    try:
        for part in header.tables:
            _load(connection, part, backup.rows(part))
        backup.require_end()
        _require_references(connection)
    except Exception as error:
        if _is_refusal(error):
            why = str(error).split("\n", 1)[0]
            raise broken(path, f"its rows do not fit into a store: {why}") from error
        raise
    for part in header.tables:
        if _n_rows(connection, tables[part.name]) != part.n_rows:
            raise broken(path, f"{part.name} has not the rows that it says")


def _make_tables(connection: sa.Connection, header: Header, where: str | Path) -> None:
    found = revision_of(connection)
    if found is not None:
        if found not in known_revisions():
            raise outdated(_shown(where), found)
        _require_empty(connection, where)
        if found != header.revision:
            for table in reversed(_tables(connection)):
                table.drop(connection)
            sa.Table(VERSION_TABLE, sa.MetaData()).drop(connection)
    if found != header.revision:
        bring_to(connection, header.revision)


def _require_empty(connection: sa.Connection, where: str | Path) -> None:
    for table in _tables(connection):
        if connection.execute(sa.select(sa.literal_column("1")).select_from(table).limit(1)).first() is not None:
            raise StoreError(
                "the store is not empty: nothing was restored",
                where=_location(where),
                found=f"rows in {table.name}",
                mend="name a new store, such as with REMIT_STORE, and restore into that one",
            )


def _tables(connection: sa.Connection) -> list[sa.Table]:
    """The tables of the store as they are in the database, one that is referred to before those that refer to it."""
    there = set(sa.inspect(connection).get_table_names())
    found = sa.MetaData()
    found.reflect(connection, only=sorted(there & metadata.tables.keys()), resolve_fks=False)
    return found.sorted_tables


def _part(connection: sa.Connection, table: sa.Table) -> TablePart:
    return TablePart(name=table.name, columns=tuple(table.columns.keys()), n_rows=_n_rows(connection, table))


def _n_rows(connection: sa.Connection, table: sa.Table) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[list[Any]]:
    # Columns without a type: the values as the driver has them, which is as the store reads them.
    columns: list[sa.ColumnClause[Any]] = [sa.column(column.name) for column in table.columns]
    key: list[sa.ColumnClause[Any]] = [sa.column(column.name) for column in table.primary_key]
    query = sa.select(*columns).select_from(sa.table(table.name)).order_by(*key)
    for row in connection.execution_options(yield_per=PAGE).execute(query):
        yield list(row)


def _load(connection: sa.Connection, part: TablePart, rows: Iterable[Row]) -> None:
    quote = connection.dialect.identifier_preparer.quote
    into = f"{quote(part.name)} ({', '.join(map(quote, part.columns))})"
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        driver.execute("PRAGMA defer_foreign_keys = ON")  # a row may refer to one that comes later
        marks = ", ".join("?" * len(part.columns))
        driver.executemany(f"INSERT INTO {into} VALUES ({marks})", rows)  # noqa: S608
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _require_references(connection: sa.Connection) -> None:
    """SQLite has not looked at them yet; what is found here is said before anything is committed."""
    if connection.dialect.name != "sqlite":
        return
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if lost is not None:
        raise sa.exc.IntegrityError("a row refers to one that is not there", None, ValueError(lost[0]))


def _is_refusal(error: Exception) -> bool:
    """Whether a database does not take the rows, rather than failed. By name: the driver may not be installed."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & {"IntegrityError", "DataError"}) or isinstance(error, (OverflowError, UnicodeEncodeError))


def _shown(where: str | Path) -> str:
    return shown_place(str(where))


def _location(where: str | Path) -> Location:
    return Location(file=_shown(where))
