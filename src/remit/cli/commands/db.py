"""``remit db``: the state of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from remit.cli.options import json_option, opened
from remit.cli.output import shown_output

if TYPE_CHECKING:
    from remit.store.migrations import Status

__all__ = ["db"]


@click.group(short_help="The state of the store.")
def db() -> None:
    """Look at the store of this project, and bring it up to date."""


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
    """Bring the store to the version of this release. Copy the file first: there is no way back."""
    from remit.report.documents import plain, versioned
    from remit.store import upgrade_store

    output = shown_output(as_json=as_json)
    with opened() as project:
        found = upgrade_store(project.store_location)
        place = project.store_place
    output.document(versioned("store", {"place": place, **plain(found)}))
    output.text(f"{place}: {_sentence(found)}")


def _sentence(status: Status) -> str:
    if status.current is None:
        return f"there is no store yet; the first command that needs one makes it at version {status.head}"
    if status.pending:
        return f"version {status.current}; this release needs {status.head}: `remit db upgrade`"
    if status.current != status.head:
        return f"version {status.current} is newer than this release, which has {status.head}"
    return f"version {status.current}, up to date"
