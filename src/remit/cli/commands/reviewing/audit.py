"""``remit audit``: what was acted on, checked again by a person who does not see the answer."""

from __future__ import annotations

import click

from remit.cli.commands.reviewing.deciding import decide_command
from remit.cli.commands.reviewing.shown import show_list, show_next
from remit.cli.options import by_option, json_option

__all__ = ["audit"]


@click.group(short_help="Check again, blind, what software acted on.")
def audit() -> None:
    """Check again what software acted on: you answer without seeing what it answered.

    \b
    Examples:
      remit audit next --by tarek
      remit audit decide 01J... --by tarek --output '{"digit": "7"}'
    """  # noqa: D301


@audit.command("list", short_help="The audits that wait.")
@click.argument("work_id", metavar="[ID]", required=False)
@json_option
def list_(*, work_id: str | None, as_json: bool) -> None:
    """List the audits that wait, what is due first on top."""
    show_list(work_id, audits_only=True, as_json=as_json)


@audit.command("next", short_help="Take the first audit that you may decide.")
@click.argument("work_id", metavar="[ID]", required=False)
@by_option
@json_option
def next_(*, work_id: str | None, by: str | None, as_json: bool) -> None:
    """Take the first audit that you may decide, and show it. It is yours for 15 minutes."""
    show_next(work_id, by=by, audits_only=True, as_json=as_json)


audit.add_command(decide_command("audit"))
