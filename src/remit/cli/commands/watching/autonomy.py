"""``remit autonomy``: who holds which level, what was seen, and what the next level still needs."""

from __future__ import annotations

import click

from remit.cli.options import json_option, opened, work_argument
from remit.cli.output import shown_output

__all__ = ["autonomy"]


@click.command(short_help="The levels: what is held, what was seen, what is missing.")
@work_argument
@json_option
def autonomy(*, work_id: str, as_json: bool) -> None:
    """Show the levels of a work: who holds which since when, and what the next one still needs, in numbers.

    What is new is taken in first, so that a level that must fall has fallen when this answers.

    \b
    Examples:
      remit autonomy digits
      remit autonomy digits --json
    """  # noqa: D301
    from remit.cli.commands.watching.showing import shown
    from remit.report.documents import plain, versioned

    output = shown_output(as_json=as_json)
    with opened() as project:
        found = project.work(work_id).autonomy()
    output.document(versioned("autonomy", plain(found)))
    output.text(shown(found, width=output.width, colour=output.colour))
