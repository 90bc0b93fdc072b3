"""``remit db``: the state of the store, its backup, its upgrade."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from remit.cli.options import json_option, opened
from remit.cli.output import shown_output
from remit.errors import LedgerBroken

if TYPE_CHECKING:
    from remit.store.backup import Header
    from remit.store.migrations import Status

__all__ = ["db"]


@click.group(short_help="The store: its state, backup, upgrade.")
def db() -> None:
    """Look at the store of this project, copy it, restore it, and bring it up to date."""


@db.command("status", short_help="Where the store is and which version it has.")
@json_option
def status(*, as_json: bool) -> None:
    """Say where the store is, which version it has, and which one this release needs."""
    from remit.report.documents import plain, versioned
    from remit.store import store_status

    output = shown_output(as_json=as_json)
    with opened() as project:
        found = store_status(project.store_location)
        place = project.store_place
    output.document(versioned("store", {"place": place, **plain(found)}))
    output.text(f"{place}: {_sentence(found)}")


@db.command("upgrade", short_help="Bring the store up to date.")
@json_option
def upgrade(*, as_json: bool) -> None:
    """Bring the store to the version of this release. There is no way back: `remit db backup` first."""
    from remit.report.documents import plain, versioned
    from remit.store import upgrade_store

    output = shown_output(as_json=as_json)
    with opened() as project:
        found = upgrade_store(project.store_location)
        place = project.store_place
    output.document(versioned("store", {"place": place, **plain(found)}))
    output.text(f"{place}: {_sentence(found)}")


@db.command("backup", short_help="Copy the store into a file.")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def backup(file: Path, *, as_json: bool) -> None:
    """Copy everything in the store, as it is at one moment, into a new FILE, while it is in use.

    The file can be restored on SQLite and on PostgreSQL, whichever it came from. It holds what the store holds, with
    the content of items: keep it where the store itself might be kept. Without the project's own files (definitions,
    executors, cases) it is half of a backup.
    """
    from remit.report.documents import versioned

    output = shown_output(as_json=as_json)
    with opened() as project:
        made = project.back_up(file)
        place = project.store_place
    output.document(versioned("backup", {"file": str(file), "place": place, **_told(made)}))
    output.text(f"{file}: {_counted(made)} of {place}, version {made.revision}")


@db.command("restore", short_help="Fill an empty store from a backup.")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def restore(file: Path, *, as_json: bool) -> None:
    """Fill the store of this project, which has to be empty, from FILE: all of it or nothing. Then verify the record.

    A backup of an older release is brought up to date. To restore beside a store that is there, name another one:
    `REMIT_STORE=other.db remit db restore FILE`.

    \b
    Exit codes: 0 restored, and it verifies; 6 the file is no whole backup, the store is not empty, or what was
    restored does not verify.
    """  # noqa: D301
    from remit.ledger import Verified
    from remit.report.documents import versioned

    output = shown_output(as_json=as_json)
    with opened() as project:
        made = project.restore(file)
        place = project.store_place
        unsound = [one.work for one in project.verify_ledger() if not isinstance(one.result, Verified)]
    if unsound:
        raise LedgerBroken(
            "the backup was restored, but its record does not verify",
            found=", ".join(unsound),
            mend="`remit ledger verify` names the first entry that does not fit",
        )
    output.document(versioned("restored", {"file": str(file), "place": place, **_told(made)}))
    output.text(f"{place}: {_counted(made)} from {file}, made {made.made_at}; the record verifies")


def _told(made: Header) -> dict[str, object]:
    return {
        "revision": made.revision,
        "made_at": made.made_at,
        "n_rows": made.n_rows,
        "tables": {table.name: table.n_rows for table in made.tables},
    }


def _counted(made: Header) -> str:
    from remit.report.numbers import counted

    return f"{counted(made.n_rows, 'row')} in {counted(sum(bool(table.n_rows) for table in made.tables), 'table')}"


def _sentence(status: Status) -> str:
    if status.current is None:
        return f"there is no store yet; the first command that needs one makes it at version {status.head}"
    if status.pending:
        return f"version {status.current}; this release needs {status.head}: `remit db upgrade`"
    if status.current != status.head:
        return f"version {status.current} is newer than this release, which has {status.head}"
    return f"version {status.current}, up to date"
