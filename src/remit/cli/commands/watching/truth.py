"""``remit truth import`` and ``remit outcome add``: what turned out to be right, and what came of it all."""

from __future__ import annotations

from datetime import date

import click

from remit.cli.options import by_option, json_option, opened, work_argument
from remit.cli.output import shown_output
from remit.errors import UsageError

__all__ = ["outcome", "truth"]


@click.group(short_help="What turned out to be right, for items that were decided.")
def truth() -> None:
    """Take in what turned out to be right, for items that were decided before."""


@truth.command("import", short_help="Take in truths from a file.")
@work_argument
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False))
@by_option
@json_option
def import_truths(*, work_id: str, file: str, by: str | None, as_json: bool) -> None:
    """Take the truths of FILE in (CSV, JSONL or Parquet): which item, what is right, who says so, when, seen or not.

    Columns: key or decision; expected.* (or output.*); by, at, seen. Without `by` it is you; without `seen` it counts
    as seen, and such a truth does not count towards a promotion. Every row is checked first; where one is wrong, none
    is taken in. The same file again changes nothing. Levels that must fall for it fall at once.

    \b
    Examples:
      remit truth import refunds chargebacks.csv --by mira
    Exit codes: 0 taken in; 3 some rows do not fit.
    """  # noqa: D301
    from remit.report.documents import plain, versioned

    output = shown_output(as_json=as_json)
    with opened() as project:
        found = project.work(work_id).import_truths(file, by=by)
    output.document(versioned("imported truths", plain(found)))
    output.text(
        f"{found.n_new:,} new truths, {found.n_wrong:,} of them of wrong answers; {found.n_known:,} known before"
    )
    for change in found.changes:
        output.text(change.sentence)


@click.group(short_help="The measure that the intent names.")
def outcome() -> None:
    """Record the measure that the intent names; the stop rule is held against it."""


@outcome.command("add", short_help="Record a value of the measure.")
@work_argument
@click.option("--value", type=float, required=True, metavar="NUMBER", help="The value of the measure.")
@click.option("--at", metavar="DAY", help="Of which day, as 2027-06-30 (default: today).")
@click.option("--note", metavar="TEXT", help="What is to be known about it.")
@by_option
@json_option
def add(*, work_id: str, value: float, at: str | None, note: str | None, by: str | None, as_json: bool) -> None:
    """Record a value of the measure of one day. Where the stop rule of the intent fires, that is declared.

    \b
    Examples:
      remit outcome add refunds --value 2.4 --at 2027-06-30 --by mira
    Exit codes: 0 recorded; 1 recorded, and the stop rule fires.
    """  # noqa: D301
    from remit.report.documents import plain, versioned

    output = shown_output(as_json=as_json)
    with opened() as project:
        found = project.work(work_id).add_outcome(value, by=by, day=_day(at), note=note)
    output.document(versioned("outcome", plain(found)))
    output.text(f"recorded: {value:g} on {found.outcome.day}")
    rule = found.rule
    if rule is not None and rule.fired_at is not None:
        output.text(f"the stop rule fires: {rule.when}. You said: {rule.then}")
        click.get_current_context().exit(1)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"`{text}` is no day", expected="a day such as 2027-06-30", found=text, mend="write year-month-day"
        ) from None
