"""``remit erase``: content goes, the record stays."""

from __future__ import annotations

import click

from remit.cli.options import by_option, json_option, opened, work_argument
from remit.cli.output import shown_output

__all__ = ["erase"]


@click.command(short_help="Erase the content of one item; its record stays.")
@work_argument
@click.option("--item", metavar="KEY|DECISION", required=True, help="The item's key, or the id of its decision.")
@click.option(
    "--reason", metavar="TEXT", required=True, help="Why. It stays in the record: don't repeat what is erased."
)
@by_option
@json_option
def erase(*, work_id: str, item: str, reason: str, by: str | None, as_json: bool) -> None:
    """Erase input, answers and what was said of one item, for good: with the decision, its reviews and its truths.

    What stays: that the item was decided, its key, when, by whom, with which reason, the comments, questions and
    answers of people about it, and the erasing.
    The ledger still verifies. Content of an item whose review is open, or whose effect has not left, is not erased.

    \b
    Examples:
      remit erase digits --item msg-0817 --by mira --reason "asked for on 3 May, request 4711"
    """  # noqa: D301
    from remit.project.ledger.keeping import erase_item
    from remit.report.documents import plain, versioned

    output = shown_output(as_json=as_json)
    with opened() as project:
        done = erase_item(project, work_id, item, reason=reason, by=by)
    output.document(versioned("erased", plain(done)))
    parts = "1 content" if len(done.ids) == 1 else f"{len(done.ids)} contents"
    output.text(f"erased: {parts} of decision {done.decision_id}; the act is entry {done.act.seq}")
    output.text(
        "its key, and what people wrote about it (comments, questions, reasons), stay: they are the record itself"
    )
