"""``remit define``: the interview."""

from __future__ import annotations

from pathlib import Path

import click

from remit.cli.output import shown_output

__all__ = ["define"]


@click.command(short_help="The interview: questions one by one, and the YAML grows.")
@click.argument("work_id", metavar="[ID]", required=False)
@click.option(
    "--from-intent", metavar="TEXT", help="A sentence of your strategy: what it says is shown where it is asked."
)
@click.option(
    "--from-items",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A CSV file of past items: fields, types, bounds and values are proposed from it.",
)
def define(*, work_id: str | None, from_intent: str | None, from_items: Path | None) -> None:
    """Ask for one unit of work, question by question, and write work/ID.yaml as you answer.

    Each answer is in the file before the next question is asked. Stop whenever you want (Ctrl-C, Ctrl-D or `stop`);
    the same command goes on. `don't know` is an answer: it is written down as open. You may edit the file in between:
    your comments and your order stay.

    \b
    Examples:
      remit define parcel-claim
      remit define parcel-claim --from-intent "Route every claim to one of four desks."
      remit define parcel-claim --from-items claims.csv
    \b
    Exit codes: 0 asked, or stopped and kept; 3 the file or the items can't be read; 5 an answer has no place in the
    file without changing what you wrote; 130 interrupted, everything said before is kept.
    """  # noqa: D301
    from remit.cli.commands.defining.interview import Interview

    Interview.begin(shown_output(), work_id, from_intent=from_intent, from_items=from_items).run()
