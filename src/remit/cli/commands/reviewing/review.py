"""``remit review``: what waits for a person, one at a time or all, and everything that may be done with it."""

from __future__ import annotations

import click

from remit.cli.commands.reviewing.deciding import decide_command, undo
from remit.cli.commands.reviewing.planting import plant, stats
from remit.cli.commands.reviewing.shown import show_list, show_next, show_one
from remit.cli.commands.reviewing.talking import answer, ask, claim, later, reassign, release
from remit.cli.options import by_option, json_option

__all__ = ["review"]


@click.group(short_help="What waits for a person: list, next, decide, ask, hand on, undo.")
def review() -> None:
    """List what waits for a person, take the next one, look at it, and decide it.

    \b
    Examples:
      remit review next --by tarek
      remit review decide 01J... --by tarek --output '{"digit": "7"}'
      remit review undo 01J... --by tarek
      remit review list
    """  # noqa: D301


@review.command("list", short_help="What waits for a person.")
@click.argument("work_id", metavar="[ID]", required=False)
@json_option
def list_(*, work_id: str | None, as_json: bool) -> None:
    """List what waits for a person, what is due first on top."""
    show_list(work_id, audits_only=False, as_json=as_json)


@review.command("next", short_help="Take the first one that is due and that you may decide.")
@click.argument("work_id", metavar="[ID]", required=False)
@by_option
@json_option
def next_(*, work_id: str | None, by: str | None, as_json: bool) -> None:
    """Take the first review that is due and that you may decide, and show it. It is yours for 15 minutes."""
    show_next(work_id, by=by, audits_only=False, as_json=as_json)


@review.command("show", short_help="One review: why, the input, the suggestion.")
@click.argument("review_id", metavar="REVIEW")
@json_option
def show(*, review_id: str, as_json: bool) -> None:
    """Show one review: why it came, the input, and the suggested answer where it may be seen."""
    show_one(review_id, as_json=as_json)


for _command in (claim, release, later, decide_command("review"), ask, answer, reassign, undo, plant, stats):
    review.add_command(_command)
