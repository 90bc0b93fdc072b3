"""PostgreSQL's complaints in words that say what to do."""

from __future__ import annotations

import re

import psycopg

from remit.errors import Location, StoreError
from remit.store.connections import RowRefused
from remit.store.postgresql.address import Address

__all__ = ["is_lost", "refused", "store_error", "unknown_end"]

_LOCKED = (
    "another process kept the store locked for too long: nothing of this was recorded",
    "do it again; if it stays so, look for a process that holds it: pg_stat_activity shows them",
)
_LOST = (
    "the connection to the store was lost: nothing of this was recorded",
    "do it again; if it stays so, look whether the server runs and can be reached",
)
_FULL = ("the disk is full: nothing of this was recorded", "make room on the disk of the server, then do it again")
_REFUSED = ("the server of the store does not let this user in", "look at the user and the password of the store")
_READ_ONLY = ("the store can't be written", "name the server that takes writes as the store, not a copy of it")
_RIGHTS = ("the user of the store may not do this", "let the user own the database: `CREATE DATABASE ... OWNER ...`")
_TOO_LARGE = ("one value is larger than the store takes", "make the item smaller")

_MEANING: dict[str, tuple[str, str]] = {
    "55P03": _LOCKED,
    "40P01": _LOCKED,
    "57014": (
        "the store took too long: nothing of this was recorded",
        "do it again; if it stays so, look what else the server does",
    ),
    "25P02": ("the transaction had failed: nothing of this was recorded", "do it again"),
    "25P03": _LOST,
    "25006": _READ_ONLY,
    "3D000": ("there is no such database", "make it first, such as with `createdb`, or name another one"),
    "42501": _RIGHTS,
    "22021": ("one text holds a sign that PostgreSQL can't keep", "leave out the sign U+0000"),
    "22P05": ("one text holds a sign that PostgreSQL can't keep", "leave out the sign U+0000"),
    "53100": _FULL,
    "53300": ("the server of the store takes no more connections", "do it again later, or raise max_connections"),
}
_MEANING_OF_CLASS: dict[str, tuple[str, str]] = {"08": _LOST, "57": _LOST, "28": _REFUSED, "54": _TOO_LARGE}
_UNREACHED = (
    "the store can't be reached: nothing of this was recorded",
    "look whether the server runs, and at the host, the port and the password in the address of the store",
)
_ODD = ("the store can't be used", "`remit db status` says how it stands")
_DRIVER_NUL = "NUL"
_MEANING_OF_WORDS = (  # a connection that is not let in brings no code
    (re.compile(r"database .* does not exist"), _MEANING["3D000"]),
    (re.compile(r"authentication failed|no password supplied|role .* does not exist|no pg_hba.conf entry"), _REFUSED),
    (re.compile(r"too many (clients|connections)"), _MEANING["53300"]),
    (re.compile(r"server closed the connection|connection is lost"), _LOST),
)


def is_lost(error: psycopg.Error, connection: psycopg.Connection | None) -> bool:
    """Whether the connection ended with ``error``."""
    state = error.sqlstate or ""
    return connection is None or connection.closed or state.startswith(("08", "57P")) or state == "25P03"


def store_error(error: psycopg.Error, address: Address) -> StoreError:
    """What ``error`` means for the store at ``address``."""
    message, mend = _meaning(error)
    said = error.diag.message_primary or " ".join(str(error).split())
    return StoreError(
        message, where=Location(file=address.shown), found=address.without_password(said) or None, mend=mend
    )


def refused(error: psycopg.IntegrityError) -> RowRefused:
    """The refusal of a row."""
    return RowRefused(missing=isinstance(error, psycopg.errors.ForeignKeyViolation))


def unknown_end(error: psycopg.Error, address: Address) -> StoreError:
    """What is said when the connection ended while a transaction was to be committed."""
    return StoreError(
        "the connection to the store was lost at the last moment: it is not known whether this was recorded",
        where=Location(file=address.shown),
        found=address.without_password(" ".join(str(error).split())),
        mend="do it again with the same key: what is recorded is not recorded twice",
    )


def _meaning(error: psycopg.Error) -> tuple[str, str]:
    state = error.sqlstate
    if state is not None:
        return _MEANING.get(state) or _MEANING_OF_CLASS.get(state[:2]) or _ODD
    if isinstance(error, psycopg.DataError) and _DRIVER_NUL in str(error):
        return _MEANING["22021"]
    if isinstance(error, psycopg.OperationalError):
        return next((meaning for words, meaning in _MEANING_OF_WORDS if words.search(str(error))), _UNREACHED)
    return _ODD
