"""Every statement that any module prepares is one that both databases take."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import sqlite3
from contextlib import closing

import psycopg
import pytest
from psycopg.pq import ExecStatus

import remit.runtime
import remit.store
from remit.store import Store, statements
from remit.store.postgresql.connections import PostgresStore
from remit.store.statements import Insert, Statement
from remit.store.tables import leases


@pytest.fixture(scope="module")
def prepared() -> list[Statement | Insert]:
    for package in (remit.store, remit.runtime):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations." not in found.name:
                importlib.import_module(found.name)
    made = [one for one in gc.get_objects() if type(one) in (Statement, Insert)]
    return sorted(made, key=lambda one: one.sqlite)


def test_every_statement_can_be_prepared_on_the_database_as_it_is(store: Store, prepared):
    assert len(prepared) > 40
    if isinstance(store, PostgresStore):
        with psycopg.connect(**store._address.options) as connection:
            for one in prepared:
                done = connection.pgconn.prepare(b"", one.postgresql.text)
                assert done.status == ExecStatus.COMMAND_OK, f"{one}: {done.error_message.decode()}"
    else:
        with closing(sqlite3.connect(store.path)) as connection:
            for one in prepared:
                values = dict.fromkeys(one.postgresql.names) if isinstance(one, Statement) else None
                connection.execute(f"EXPLAIN {one.sqlite}", values or [None] * len(one.postgresql.names))


def test_the_values_of_a_statement_are_the_same_on_both(prepared):
    for one in prepared:
        if isinstance(one, Statement):
            assert all(f":{name}" in one.sqlite for name in one.postgresql.names)
        else:
            assert len(one.postgresql.names) == one.sqlite.count("?")


def test_the_text_for_postgresql_is_made_once_and_when_it_is_needed():
    made = statements.insert_into(leases)
    assert made._prepared is None
    assert made.postgresql is made.postgresql
    assert repr(made) == "<Insert INSERT INTO leases (name, holder, until) VALUES (?, ?, ?)>"
