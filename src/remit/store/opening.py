"""Open a store, or say exactly why not: a file is SQLite, ``postgresql://`` a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from remit.errors import StoreError
from remit.store.connections import Store
from remit.store.migrations import Status
from remit.store.sqlite.opening import open_file, status_of_file, upgrade_file

if TYPE_CHECKING:
    from remit.store.postgresql.address import Address

__all__ = ["BUSY_S", "open_store", "shown_place", "store_status", "transaction", "upgrade_store"]

BUSY_S = 5.0
"""How long to wait for another process that writes, in seconds."""


def open_store(where: str | Path, *, busy_s: float = BUSY_S) -> Store:
    """Open the store at ``where``. One that is not there yet is made, but for the database on a server.

    A file that can't be written can be read; writing is refused then.

    Args:
        where: a path, ``sqlite:///path``, or ``postgresql://user:password@host:port/database``.
        busy_s: how long to wait for another process that writes, in seconds.

    Raises:
        StoreError: the folder is missing, the file is no store, can't be read, or stays locked; the database can't be
            reached, refuses the user, or belongs to another program.
        StoreOutdated: the store is older (``remit db upgrade`` mends it) or newer than this version of Remit.
    """
    place = _place_of(where)
    if isinstance(place, Path):
        return open_file(place, busy_s)
    _require_driver()
    from remit.store.postgresql.opening import open_database

    return open_database(place, busy_s)


def upgrade_store(where: str | Path, *, busy_s: float = BUSY_S) -> Status:
    """Bring the store at ``where`` to this version, all of it or nothing.

    Raises:
        StoreError: as :func:`open_store`.
        StoreOutdated: the store is newer than this version of Remit.
    """
    place = _place_of(where)
    if isinstance(place, Path):
        return upgrade_file(place, busy_s)
    _require_driver()
    from remit.store.postgresql.opening import upgrade_database

    return upgrade_database(place, busy_s)


def store_status(where: str | Path, *, busy_s: float = BUSY_S) -> Status:
    """How the tables of the store at ``where`` stand. Nothing is made or changed.

    Raises:
        StoreError: there is no file or database, or it is no store.
    """
    place = _place_of(where)
    if isinstance(place, Path):
        return status_of_file(place, busy_s)
    _require_driver()
    from remit.store.postgresql.opening import status_of_database

    return status_of_database(place, busy_s)


@contextmanager
def transaction(where: str | Path, *, to_write: bool, busy_s: float = BUSY_S) -> Iterator[sa.Connection]:
    """One transaction on the tables as they are, whatever their version, for what copies or makes them.

    ``to_write`` holds everybody else off who writes; without it everything is seen as it was at the beginning.

    Raises:
        StoreError: as :func:`open_store`; nothing is recorded then.
    """
    place = _place_of(where)
    if isinstance(place, Path):
        from remit.store.sqlite.opening import file_transaction

        with file_transaction(place, busy_s, to_write=to_write) as connection:
            yield connection
        return
    _require_driver()
    from remit.store.postgresql.opening import database_transaction

    with database_transaction(place, busy_s, to_write=to_write) as connection:
        yield connection


def shown_place(where: str) -> str:
    """``where`` as it may be shown to anybody: a password in it is left out.

    Raises:
        StoreError: it is no address of a store.
    """
    if "://" not in where:
        return where
    place = _place_of(where)
    return where if isinstance(place, Path) else place.shown


def _place_of(where: str | Path) -> Path | Address:
    if isinstance(where, Path) or "://" not in where:
        return Path(where)
    scheme, _, rest = where.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and rest != "/":
        return Path(rest[1:])
    if scheme in ("postgresql", "postgresql+psycopg"):
        from remit.store.postgresql.address import read_address

        return read_address(where)
    raise StoreError(
        "a store of this kind can't be opened",
        expected="a path, sqlite:///path, or postgresql://user@host/database",
        found=f"{scheme}://",
        mend="write `store: remit.db` in remit.yaml",
    )


def _require_driver() -> None:
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise StoreError(
            "a store on PostgreSQL needs its driver, which is not installed",
            found=str(error).split("\n", 1)[0],
            mend='pip install "remit[postgres]"',
        ) from error
