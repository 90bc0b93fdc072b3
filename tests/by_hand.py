"""What somebody with the password of the database could do to a store, on whichever database."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import psycopg
import pytest

from remit.store import Store
from remit.store.postgresql.connections import PostgresStore
from remit.store.sqlite.connections import SqliteStore

YES_NO = re.compile(r"\b(eligible|answer_seen|stopped|wrong|shows_answer) = ([01])\b")


def tamper(store: Store, *statements: str, changes: bool = True) -> None:
    """Run statements in one transaction of their own, no reference held; each has to change something.

    They are written as SQLite has them.
    """
    if isinstance(store, SqliteStore):
        with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            for statement in statements:
                assert connection.execute(statement).rowcount != 0 or not changes, statement
            connection.execute("COMMIT")
        return
    with _connected(store) as database:
        database.execute("SET session_replication_role = replica")
        for statement in statements:
            try:
                cursor = database.execute(_for_postgresql(statement).encode())
            except psycopg.errors.DatatypeMismatch as error:
                pytest.skip(f"PostgreSQL lets nobody do this: {error.diag.message_primary}")
            assert cursor.rowcount != 0 or not changes, statement


def found_by_hand(store: Store, query: str) -> Sequence[tuple[Any, ...]]:
    """The rows that ``query`` finds, read past everything of ours."""
    if isinstance(store, SqliteStore):
        with closing(sqlite3.connect(store.path)) as connection:
            return connection.execute(query).fetchall()
    with _connected(store) as database:
        return database.execute(query.encode()).fetchall()


def _connected(store: Store) -> psycopg.Connection[Any]:
    assert isinstance(store, PostgresStore)
    return psycopg.connect(**store._address.options)


def _for_postgresql(statement: str) -> str:
    statement = re.sub(r"x'([0-9a-f]*)'", r"'\\x\1'::bytea", statement)
    return YES_NO.sub(r"\1 = '\2'", statement)
