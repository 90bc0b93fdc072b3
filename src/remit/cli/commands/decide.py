"""``remit decide``."""

from __future__ import annotations

import click

from remit.cli.objects import read_object
from remit.cli.options import json_option, opened, telemetry_here, work_argument
from remit.cli.output import guarded_stdout, shown_output

__all__ = ["decide"]


@click.command(short_help="Decide one item, with its reason and its record.")
@work_argument
@click.option("--input", "input_", required=True, metavar="FILE|-", help="The item as one JSON object; - reads stdin.")
@click.option("--key", metavar="KEY", help="Names the item for ever: the same key gives the same decision.")
@click.option("--executor", metavar="NAME", help="The candidate (default: the one with the highest grant).")
@click.option("--callback", metavar="SENDER", help="Who is sent the answer of a person, where one is asked.")
@json_option
def decide(
    *, work_id: str, input_: str, key: str | None, executor: str | None, callback: str | None, as_json: bool
) -> None:
    """Decide one item with the level that counts now, and record it before answering.

    \b
    Examples:
      remit decide digits --input item.json --key form-8841-3
      echo '{"pixels": [...]}' | remit decide digits --input -
    """  # noqa: D301
    from remit.report.documents import decision_document
    from remit.report.shown import as_shown
    from remit.report.terminal import render_decision

    output = shown_output(as_json=as_json)
    given = read_object(input_, expected='an object such as {"subject": "..."}')
    with telemetry_here() as telemetry, opened(telemetry=telemetry) as project:
        with guarded_stdout():
            settled = project.work(work_id).decide(given, key=key, actor="cli", executor=executor, callback=callback)
        currency = project.file.currency
    record, review = settled.record, settled.review
    shown = as_shown(record.decision, () if review is None else (review,), to_asker=True)
    decision, hidden = shown.decision, shown.hidden
    review_id = review.id if review is not None else None
    output.document(
        decision_document(decision, work=record.work, key=record.key, executor=record.executor, review=review_id)
    )
    output.text(
        render_decision(
            decision,
            width=output.width,
            colour=output.colour,
            work=record.work,
            key=record.key,
            executor=record.executor,
            review=review_id,
            currency=currency,
            hidden=hidden,
        )
    )
    if hidden:
        output.aside("what the candidate answered is recorded and compared; nobody sees it yet")
    if settled.repeated:
        output.aside("this key was decided before: that decision stands")
