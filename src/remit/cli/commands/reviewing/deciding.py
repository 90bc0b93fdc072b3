"""``remit review decide``, ``remit audit decide``, ``remit review undo``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from remit.cli.commands.reviewing.shown import show_view
from remit.cli.objects import object_in
from remit.cli.options import by_option, json_option, opened
from remit.cli.output import Output, shown_output
from remit.errors import Location, UsageError

if TYPE_CHECKING:
    from remit.reviews import Reviewed, ReviewView

__all__ = ["decide_command", "undo"]


def decide_command(group: str) -> click.Command:
    """``decide`` as a command of ``remit review`` or ``remit audit``."""
    is_audit = group == "audit"

    @click.command("decide", short_help="Decide one audit." if is_audit else "Decide one review.")
    @click.argument("review_id", metavar="[REVIEW]", required=False)
    @click.option(
        "--file",
        "file",
        metavar="ANSWERS",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Answers to many: JSONL.",
    )
    @click.option("--output", "answer", metavar="JSON", help="Your answer as one JSON object.")
    @click.option("--accept", is_flag=True, hidden=is_audit, help="Take the suggested answer as yours.")
    @click.option("--refuse", is_flag=True, help="Refuse the item; needs --comment.")
    @click.option("--comment", metavar="TEXT", help="Why; needed to refuse, and to set a constraint aside.")
    @click.option("--seconds", type=float, metavar="N", help="How long you had it before you (default: since claimed).")
    @click.option("--version", "version", type=int, metavar="N", help="Refuse if it changed since that version.")
    @by_option
    @json_option
    def decide(
        *,
        review_id: str | None,
        file: Path | None,
        answer: str | None,
        accept: bool,
        refuse: bool,
        comment: str | None,
        seconds: float | None,
        version: int | None,
        by: str | None,
        as_json: bool,
    ) -> None:
        if file is not None:
            alone = (review_id, answer, comment, seconds, version)
            if any(one is not None for one in alone) or accept or refuse:
                raise UsageError(
                    "--file stands alone: its lines say all of that",
                    expected="--file and --by",
                    mend='a line for each: {"review": "01J...", "output": {...}, "comment": "why"}',
                )
            _decide_file(file, by=by, audits_only=is_audit, output=shown_output(as_json=as_json))
            return
        if review_id is None:
            raise UsageError("say which review, or --file", expected="an id of the list", mend=f"remit {group} list")
        if sum((answer is not None, accept, refuse)) != 1:
            raise UsageError(
                "say one of --output, --accept and --refuse",
                expected="one of them",
                found=f"{sum((answer is not None, accept, refuse))} of them",
                mend="--output '{...}' gives your own answer",
            )
        output = shown_output(as_json=as_json)
        with opened() as project:
            desk = project.review_desk
            shown = desk.show(review_id)
            if is_audit and not shown.is_audit:
                raise UsageError(
                    f"{review_id} is no audit",
                    expected="one of `remit audit list`",
                    found="a review",
                    mend=f"remit review decide {review_id} ...",
                )
            reviewed = desk.decide(
                review_id,
                by=by,
                output=_answer(shown, answer, accept=accept),
                comment=comment,
                seconds=seconds,
                expected_version=version,
            )
            after = desk.show(review_id)
            four_eyes = project.work(shown.work).review_rules.four_eyes is True
        _show_decided(reviewed, after, output, four_eyes=four_eyes)

    decide.help = (
        "Decide one review. Your answer passes the same schema and constraints as an executor's.\n\n"
        "\b\nExamples:\n"
        f'  remit {group} decide 01J... --by tarek --output \'{{"digit": "7"}}\'\n'
        + ("" if is_audit else f"  remit {group} decide 01J... --by tarek --accept\n")
        + f'  remit {group} decide 01J... --by tarek --refuse --comment "two digits in one box"'
    )
    return decide


@click.command(short_help="Take a decision back, within 10 seconds.")
@click.argument("review_id", metavar="REVIEW")
@by_option
@json_option
def undo(*, review_id: str, by: str | None, as_json: bool) -> None:
    """Take a decision back within 10 seconds, before its effects leave. The item waits in a new review."""
    output = shown_output(as_json=as_json)
    with opened() as project:
        view = project.review_desk.undo(review_id, by=by)
    output.aside(f"{review_id} is undone; the item waits in {view.id}")
    show_view(view, output)


def _decide_file(file: Path, *, by: str | None, audits_only: bool, output: Output) -> None:
    from remit.project.running.answer_file import answer_file
    from remit.report.documents import plain, versioned
    from remit.report.numbers import counted

    with opened() as project:
        done = answer_file(project, file, by=by, audits_only=audits_only)
    output.document(versioned("answered", plain(done)))
    before = f"; {done.n_before:,} had been decided so before" if done.n_before else ""
    found = f"; {done.n_wrong:,} of what was acted on is wrong" if audits_only else ""
    output.text(f"{counted(done.n_new, 'audit' if audits_only else 'review')} decided by {done.by}{before}{found}")
    for sentence in done.sentences:
        output.text(sentence)
    if done.not_taken:
        output.text(f"{counted(len(done.not_taken), 'line')} could not be taken:")
        for one in done.not_taken:
            output.text(f"  line {one.line}, {one.review}: {one.why}")
        click.get_current_context().exit(1)


def _answer(shown: ReviewView, answer: str | None, *, accept: bool) -> dict[str, Any] | None:
    if accept:
        if shown.suggestion is None:
            raise UsageError(
                "there is no suggestion to accept",
                expected="--output with your own answer",
                found="a review whose answer is hidden or missing",
                mend="look at the item and answer it: --output '{...}'",
            )
        return dict(shown.suggestion)
    if answer is None:
        return None
    return object_in(
        answer.encode("utf-8", "surrogateescape"),
        name="--output",
        where=Location(),
        expected='one JSON object, quoted: \'{"digit": "7"}\'',
    )


def _show_decided(reviewed: Reviewed, after: ReviewView, output: Output, *, four_eyes: bool) -> None:
    from remit.report.documents import plain, versioned
    from remit.report.terminal.reviewing import render_view
    from remit.reviews import ReviewKind

    decided = reviewed.review
    outcome = decided.outcome.value if decided.outcome is not None else decided.state.value
    # The same words for a planted case as for a review: nobody is to tell them apart.
    waits = four_eyes and decided.kind in (ReviewKind.REVIEW, ReviewKind.PLANTED)
    document = {
        "review": plain(after),
        "outcome": outcome,
        "output": plain(reviewed.output),
        "waits_for_second": waits,
    }
    output.document(versioned("reviewed", document))
    aside = f"; set aside: {', '.join(decided.overridden)}" if decided.overridden else ""
    output.text(f"{outcome} by {decided.decided_by}{aside}")
    if after.finding is not None:
        output.text(render_view(after, width=output.width, colour=output.colour))
    if waits:
        output.aside("a second person has to come to the same before it counts")
    elif decided.kind is ReviewKind.SECOND and reviewed.next is not None:
        output.aside(f"the first person came to something else: {reviewed.next.ask.role or 'somebody'} settles it")
    if not after.is_audit:
        output.aside(f"to take it back within 10 seconds: remit review undo {after.id} --by {decided.decided_by}")
