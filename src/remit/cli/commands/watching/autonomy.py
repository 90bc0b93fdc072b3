"""``remit autonomy``: who holds which level, what was seen, and what the next level still needs."""

from __future__ import annotations

import click

from remit.cli.options import json_option, opened
from remit.cli.output import Output, shown_output

__all__ = ["autonomy"]


@click.command(short_help="The levels: what is held, what was seen, what is missing.")
@click.argument("work_id", metavar="[ID]", required=False)
@json_option
def autonomy(*, work_id: str | None, as_json: bool) -> None:
    """Show the levels of a work: who holds which since when, and what the next one still needs, in numbers.

    Without an ID: the levels of every work, a line each.

    What is new is taken in first, so that a level that must fall has fallen when this answers.

    \b
    Examples:
      remit autonomy
      remit autonomy digits
      remit autonomy digits --json
    """  # noqa: D301
    from remit.cli.commands.watching.showing import shown
    from remit.report.documents import plain, versioned

    output = shown_output(as_json=as_json)
    if work_id is None:
        _every_work(output)
        return
    with opened() as project:
        found = project.work(work_id).autonomy()
    output.document(versioned("autonomy", plain(found)))
    output.text(shown(found, width=output.width, colour=output.colour))


def _every_work(output: Output) -> None:
    from remit.cli.commands.watching.listing import autonomy_of_all, levels_table
    from remit.report.documents import plain, versioned

    with opened() as project:
        found = autonomy_of_all(project)
    output.document(versioned("levels", {"works": plain(found)}))
    output.text(levels_table(found, width=output.width, colour=output.colour))
