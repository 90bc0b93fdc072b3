"""Bring a store's tables to the shape that this version of Remit knows. Alembic, from inside the package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from remit.errors import Location, StoreOutdated

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = [
    "HEAD",
    "VERSION_TABLE",
    "Status",
    "bring_to",
    "known_revisions",
    "outdated",
    "revision_of",
    "status",
    "upgrade",
]

HEAD = "0002"
"""The newest revision there is in ``versions``."""

VERSION_TABLE = "remit_revision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The revision a store is at (None: no tables yet), the newest one, and those still to come, oldest first."""

    current: str | None
    head: str
    pending: tuple[str, ...]


def outdated(place: str, revision: str) -> StoreOutdated:
    """What is said of a store whose tables are not those of this version."""
    older = revision < HEAD
    return StoreOutdated(
        f"the store was made by {'an older' if older else 'a newer'} version of Remit",
        where=Location(file=place),
        expected=HEAD,
        found=revision,
        mend="`remit db backup FILE`, then `remit db upgrade`"
        if older
        else "install that version of Remit, or a newer one",
    )


def upgrade(engine: sa.Engine) -> Status:
    """Bring the store to :data:`HEAD`, all of it or nothing, and say how it stands then."""
    with engine.begin() as connection:
        bring_to(connection, HEAD)
    return status(engine)


def bring_to(connection: sa.Connection, revision: str) -> None:
    """Bring the store to ``revision`` inside of the transaction that ``connection`` is in."""
    from alembic import command

    command.upgrade(_config(connection), revision)


def status(engine: sa.Engine) -> Status:
    """How the store stands. A revision that this version does not know has nothing pending."""
    with engine.connect() as connection:
        found = revision_of(connection)
        known = known_revisions()
    if found is None:
        return Status(current=None, head=HEAD, pending=tuple(known))
    pending = known[known.index(found) + 1 :] if found in known else []
    return Status(current=found, head=HEAD, pending=tuple(pending))


def revision_of(connection: sa.Connection) -> str | None:
    """The revision that the tables are at; None where there are none."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    column: sa.ColumnClause[str] = sa.column("version_num")
    return connection.execute(sa.select(column).select_from(sa.table(VERSION_TABLE))).scalar()


def known_revisions() -> list[str]:
    """Every revision that this version knows, oldest first."""
    from alembic.script import ScriptDirectory

    return [script.revision for script in ScriptDirectory.from_config(_config(None)).walk_revisions()][::-1]


def _config(connection: sa.Connection | None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
