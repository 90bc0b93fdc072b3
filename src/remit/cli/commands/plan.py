"""``remit plan``."""

from __future__ import annotations

import click

from remit.cli.options import json_option, opened, work_argument
from remit.cli.output import shown_output

__all__ = ["plan"]


@click.command(short_help="How many cases, audits and days a claim takes.")
@work_argument
@click.option(
    "--executor", metavar="NAME", help="The candidate to plan for (default: the one with the newest proof that counts)."
)
@click.option(
    "--rate",
    type=float,
    metavar="SHARE",
    help="Error rate to plan with where it acts alone (default: as measured, else half of the error budget).",
)
@click.option(
    "--coverage",
    type=float,
    metavar="SHARE",
    help="Share of the items it acts on (default: as measured, else all of them, the best case).",
)
@json_option
def plan(*, work_id: str, executor: str | None, rate: float | None, coverage: float | None, as_json: bool) -> None:
    """Say how many cases, audits and days it takes until which claim could be made, and what is there already.

    For each target, for acting alone, for each level after that, and for noticing that it got worse. What is not
    known is named, with what to write. Nothing is run, and no attempt is spent.

    \b
    Examples:
      remit plan digits
      remit plan digits --executor svm
      remit plan digits --rate 0.004 --coverage 0.8      what if it were that good
    \b
    Exit codes: 0 planned; 2 a rate or a coverage that no plan can be made with; 3 the definition, or
    what was frozen, is invalid.
    """  # noqa: D301
    from remit.report.documents import plain, versioned
    from remit.report.terminal import render_plan

    output = shown_output(as_json=as_json)
    with opened() as project:
        found = project.work(work_id).plan(executor, rate=rate, coverage=coverage)
    output.document(versioned("plan", plain(found)))
    output.text(render_plan(found, width=output.width, colour=output.colour))
