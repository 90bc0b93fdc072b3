"""``remit review``: the reviews that wait for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from remit.cli.objects import object_in
from remit.cli.options import by_option, json_option, opened
from remit.cli.output import shown_output
from remit.errors import Location, UsageError

if TYPE_CHECKING:
    from remit.report.terminal import ReviewRow
    from remit.reviews import Review

__all__ = ["review"]


@click.group(short_help="List the reviews that wait, and decide them.")
def review() -> None:
    """List the reviews that wait for a person, look at one, and decide it.

    \b
    Examples:
      remit review list
      remit review show 01J...
      remit review decide 01J... --by tarek --output '{"digit": "7"}'
    """  # noqa: D301


@review.command("list", short_help="What waits for a person.")
@click.argument("work_id", metavar="[ID]", required=False)
@json_option
def list_(*, work_id: str | None, as_json: bool) -> None:
    """List the open reviews, what is due first on top."""
    from remit.report.documents import plain, versioned
    from remit.report.terminal import render_reviews

    output = shown_output(as_json=as_json)
    with opened() as project:
        works = [project.work(work_id)] if work_id is not None else [project.work(one) for one in project.work_ids]
        found = [project.review(one.id) for work in works for one in work.reviews()]
        now = project.ambient.now()
    rows = [_row(one.review, one.record.key) for one in found]
    output.document(versioned("reviews", {"reviews": plain(rows)}))
    output.text(render_reviews(rows, now=now, width=output.width, colour=output.colour))


@review.command("show", short_help="One review: why, the input, the suggestion.")
@click.argument("review_id", metavar="REVIEW")
@json_option
def show(*, review_id: str, as_json: bool) -> None:
    """Show one review: why it came, the input, and the suggested answer where it may be seen."""
    from remit.report.documents import plain, versioned
    from remit.report.terminal import render_review

    output = shown_output(as_json=as_json)
    with opened() as project:
        found = project.review(review_id)
        one, record = found.review, found.record
    suggestion = record.decision.answer.output if one.ask.shows_answer and record.decision.answer is not None else None
    document = {
        **plain(one),
        "key": record.key,
        "input": plain(record.decision.input),
        "suggestion": plain(suggestion),
    }
    output.document(versioned("review", document))
    given = record.decision.input
    shown = {name: given[name] for name in one.ask.show if name in given} or given
    output.text(
        render_review(
            _row(one, record.key), given=shown, suggestion=suggestion, width=output.width, colour=output.colour
        )
    )


@review.command("decide", short_help="Decide one review.")
@click.argument("review_id", metavar="REVIEW")
@click.option("--output", "answer", metavar="JSON", help="Your answer as one JSON object.")
@click.option("--accept", is_flag=True, help="Take the suggested answer as yours.")
@click.option("--refuse", is_flag=True, help="Refuse the item; needs --comment.")
@click.option("--comment", metavar="TEXT", help="Why; needed to refuse, and to set a constraint aside.")
@by_option
@json_option
def decide(
    *,
    review_id: str,
    answer: str | None,
    accept: bool,
    refuse: bool,
    comment: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Decide one review. Your answer passes the same schema and constraints as an executor's.

    \b
    Examples:
      remit review decide 01J... --by tarek --output '{"digit": "7"}'
      remit review decide 01J... --by tarek --accept
      remit review decide 01J... --by tarek --refuse --comment "two digits in one box"
    """  # noqa: D301
    from remit.report.documents import plain, versioned

    if sum((answer is not None, accept, refuse)) != 1:
        raise UsageError(
            "say one of --output, --accept and --refuse",
            expected="one of them",
            found=f"{sum((answer is not None, accept, refuse))} of them",
            mend="--output '{...}' gives your own answer",
        )
    output = shown_output(as_json=as_json)
    with opened() as project:
        found = project.review(review_id)
        one, record = found.review, found.record
        given = _answer(one, record, answer, accept=accept)
        reviewed = project.work(one.work).decide_review(review_id, by=by, output=given, comment=comment)
    decided = reviewed.review
    output.document(versioned("reviewed", {"review": plain(decided), "output": plain(reviewed.output)}))
    outcome = decided.outcome.value if decided.outcome is not None else decided.state.value
    aside = f"; set aside: {', '.join(decided.overridden)}" if decided.overridden else ""
    output.text(f"{outcome} by {decided.decided_by}{aside}")


def _answer(one: Review, record: Any, answer: str | None, *, accept: bool) -> dict[str, Any] | None:
    if accept:
        suggestion = record.decision.answer.output if record.decision.answer is not None else None
        if suggestion is None or not one.ask.shows_answer:
            raise UsageError(
                "there is no suggestion to accept",
                expected="--output with your own answer",
                found="a review whose answer is hidden or missing",
                mend="look at the item and answer it: --output '{...}'",
            )
        return dict(suggestion)
    if answer is None:
        return None
    return object_in(
        answer.encode("utf-8", "surrogateescape"),
        name="--output",
        where=Location(),
        expected='one JSON object, quoted: \'{"digit": "7"}\'',
    )


def _row(one: Review, key: str) -> ReviewRow:
    from remit.report.terminal import ReviewRow

    return ReviewRow(
        id=one.id,
        work=one.work,
        key=key,
        why=one.reason.text,
        role=one.ask.role,
        due_at=one.due_at,
        claimed_by=one.claimed_by,
    )
