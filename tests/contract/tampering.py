"""What somebody with write access to the database could do, by its own means."""

from __future__ import annotations

from remit.store import Store


def tamper(store: Store, *statements: str) -> None:
    """Run statements of SQL in one transaction; each has to change something."""
    with store.writing() as writing:
        writing._connection.execute("PRAGMA defer_foreign_keys=ON")
        for statement in statements:
            assert writing._connection.execute(statement).rowcount != 0, statement


def rows_of(store: Store, table: str) -> list[tuple[object, ...]]:
    """Every row of a table."""
    with store.writing() as writing:
        return writing._connection.execute(f"SELECT * FROM {table}").fetchall()
