"""``remit review claim|release|later|ask|answer|reassign``: whose desk it lies on, and what has to be known first."""

from __future__ import annotations

import click

from remit.cli.commands.reviewing.shown import show_view
from remit.cli.options import by_option, json_option, opened
from remit.cli.output import shown_output
from remit.errors import UsageError

__all__ = ["answer", "ask", "claim", "later", "reassign", "release"]


@click.command(short_help="Put one review on your desk.")
@click.argument("review_id", metavar="REVIEW")
@by_option
@json_option
def claim(*, review_id: str, by: str | None, as_json: bool) -> None:
    """Put one review on your desk for 15 minutes, and show it. Claiming it again prolongs that."""
    output = shown_output(as_json=as_json)
    with opened() as project:
        view = project.review_desk.claim(review_id, by=by)
    show_view(view, output)


@click.command(short_help="Give one review back.")
@click.argument("review_id", metavar="REVIEW")
@by_option
@json_option
def release(*, review_id: str, by: str | None, as_json: bool) -> None:
    """Give a review back that you claimed: anybody may take it."""
    output = shown_output(as_json=as_json)
    with opened() as project:
        view = project.review_desk.release(review_id, by=by)
    show_view(view, output)


@click.command(short_help="Put one review off for an hour.")
@click.argument("review_id", metavar="REVIEW")
@by_option
@json_option
def later(*, review_id: str, by: str | None, as_json: bool) -> None:
    """Put a review off: `remit review next` does not give it to you for an hour, and others may take it."""
    output = shown_output(as_json=as_json)
    with opened() as project:
        view = project.review_desk.later(review_id, by=by)
    show_view(view, output)


@click.command(short_help="Send one review back with a question.")
@click.argument("review_id", metavar="REVIEW")
@click.option("--text", required=True, metavar="TEXT", help="What has to be known before it can be decided.")
@by_option
@json_option
def ask(*, review_id: str, text: str, by: str | None, as_json: bool) -> None:
    """Send a review back with a question. It waits for an answer, and its time goes on."""
    output = shown_output(as_json=as_json)
    with opened() as project:
        view = project.review_desk.ask(review_id, by=by, text=text)
    show_view(view, output)


@click.command(short_help="Answer a question about one review.")
@click.argument("review_id", metavar="REVIEW")
@click.option("--text", required=True, metavar="TEXT", help="The answer.")
@by_option
@json_option
def answer(*, review_id: str, text: str, by: str | None, as_json: bool) -> None:
    """Answer the question with which a review was sent back. The owner may, and whoever may decide it."""
    output = shown_output(as_json=as_json)
    with opened() as project:
        view = project.review_desk.answer(review_id, by=by, text=text)
    show_view(view, output)


@click.command(short_help="Hand one review to somebody else.")
@click.argument("review_id", metavar="REVIEW")
@click.option("--to", "person", metavar="PERSON", help="The one person who gets it, for a day.")
@click.option("--to-role", "role", metavar="ROLE", help="The role that decides it from now on.")
@click.option("--reason", required=True, metavar="TEXT", help="Why.")
@by_option
@json_option
def reassign(
    *, review_id: str, person: str | None, role: str | None, reason: str, by: str | None, as_json: bool
) -> None:
    """Hand a review to another person or role.

    \b
    Examples:
      remit review reassign 01J... --to-role "team lead" --reason "beyond my limit" --by tarek
      remit review reassign 01J... --to mira --reason "she knows the customer" --by tarek
    """  # noqa: D301
    if (person is None) == (role is None):
        raise UsageError(
            "say one of --to and --to-role",
            expected="one of them",
            found="none of them" if person is None else "both of them",
            mend="--to names a person, --to-role everybody with a role",
        )
    output = shown_output(as_json=as_json)
    with opened() as project:
        view = project.review_desk.reassign(review_id, by=by, reason=reason, role=role, person=person)
    show_view(view, output)
