"""``remit decide``."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from remit.cli.options import json_option, opened, work_argument
from remit.cli.output import shown_output
from remit.deciding.decision import Decision
from remit.definition.levels import Level
from remit.errors import FileUnreadable, ItemInvalid, Location

__all__ = ["decide", "read_object"]

ITEM_LIMIT_BYTES = 5_000_000


@click.command(short_help="Decide one item, with its reason and its record.")
@work_argument
@click.option("--input", "input_", required=True, metavar="FILE|-", help="The item as one JSON object; - reads stdin.")
@click.option("--key", metavar="KEY", help="Names the item for ever: the same key gives the same decision.")
@click.option("--executor", metavar="NAME", help="The candidate (default: the one with the highest grant).")
@json_option
def decide(*, work_id: str, input_: str, key: str | None, executor: str | None, as_json: bool) -> None:
    """Decide one item with the level that counts now, and record it before answering.

    \b
    Examples:
      remit decide digits --input item.json --key form-8841-3
      echo '{"pixels": [...]}' | remit decide digits --input -
    """  # noqa: D301
    from remit.report.documents import decision_document
    from remit.report.terminal import render_decision

    output = shown_output(as_json=as_json)
    given = read_object(input_)
    with opened() as project:
        settled = project.work(work_id).decide(given, key=key, actor="cli", executor=executor)
        currency = project.file.currency
    record, review = settled.record, settled.review
    decision, hidden = _as_shown(record.decision)
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
        output.aside(f"what the candidate answered is recorded and compared; nobody sees it at {decision.level.value}")
    if settled.repeated:
        output.aside("this key was decided before: that decision stands")


def _as_shown(decision: Decision) -> tuple[Decision, bool]:
    """A decision without the answer that nobody may see: below ``suggest`` it is only compared, later."""
    if decision.answer is None or decision.level.at_least(Level.SUGGEST):
        return decision, False
    return replace(decision, answer=None, checked=None), True


def read_object(place: str) -> dict[str, Any]:
    """One JSON object from a file, or from stdin for ``-``.

    Raises:
        FileUnreadable: the file is missing or too large.
        ItemInvalid: it is not one JSON object.
    """
    name = "stdin" if place == "-" else place
    try:
        if place == "-":
            data = sys.stdin.buffer.read(ITEM_LIMIT_BYTES + 1)
        else:
            with Path(place).open("rb") as file:
                data = file.read(ITEM_LIMIT_BYTES + 1)
    except OSError as fault:
        raise FileUnreadable(
            f"{name} can't be read: {fault.strerror}", where=Location(file=name), mend="name a file, or - for stdin"
        ) from None
    if len(data) > ITEM_LIMIT_BYTES:
        raise FileUnreadable(
            f"{name} is too large for one item",
            where=Location(file=name),
            expected=f"at most {ITEM_LIMIT_BYTES:,} bytes",
            mend="send one item at a time",
        )
    try:
        found = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as fault:
        raise _no_object(name, str(fault)) from None
    if not isinstance(found, dict):
        raise _no_object(name, f"a JSON {type(found).__name__}")
    return found


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON number")


def _no_object(name: str, found: str) -> ItemInvalid:
    return ItemInvalid(
        f"{name} is not one JSON object",
        where=Location(file=name),
        expected='an object such as {"subject": "..."}',
        found=found[:200],
        mend="write the inputs of the work definition as one JSON object",
    )
