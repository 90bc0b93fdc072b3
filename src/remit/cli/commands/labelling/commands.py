"""``remit cases import``, ``label`` and ``agree``: items become cases by what people answer."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from remit.cli.options import by_option, json_option, opened, work_argument
from remit.cli.output import Output, shown_output

if TYPE_CHECKING:
    from remit.cases.labelling.agreement import Answered
    from remit.cli.commands.labelling.asking import Answering
    from remit.project.labelling.agreeing import Agreed, Settlement
    from remit.project.labelling.session import LabelSession
    from remit.project.work import Work

__all__ = ["agree", "import_items", "label"]


@click.command("import", short_help="Take in items without a known answer, to be labelled.")
@work_argument
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False))
@json_option
def import_items(*, work_id: str, file: str, as_json: bool) -> None:
    """Take the items of FILE in (CSV, JSONL or Parquet: case, input.*, tags, slices), to be labelled by people.

    Every row is held against the inputs of the definition; where one does not fit, none is taken in. An item without a
    name is named by its input. Items that are there already are passed over.

    \b
    Examples:
      remit cases import triage-email last-week.csv
    Exit codes: 0 taken in; 3 some rows do not fit.
    """  # noqa: D301
    from remit.definition.flaws import listing, shortened
    from remit.report.documents import versioned

    output = shown_output(as_json=as_json)
    with opened() as project:
        found = project.work(work_id).import_items(file)
    counts = {"new": found.n_new, "known": found.n_known, "waiting": found.n_waiting, "path": found.path.as_posix()}
    output.document(versioned("imported items", counts))
    output.text(
        f"{found.n_new:,} new items, {found.n_known:,} were there already; {found.n_waiting:,} in {found.path}\n"
        f"next: remit cases label {work_id} --as PERSON, for two people"
    )
    if found.kept_beside:
        output.aside(
            f"no input, and not named in quality.slices: {listing(map(shortened, found.kept_beside), joint='and')}; "
            "kept with the items, shown to nobody"
        )


@click.command("label", short_help="Answer items one by one, blind.")
@work_argument
@click.option("--as", "as_", metavar="PERSON|ROLE", help="Who answers: an id, or a role that one person has.")
@click.option("--seed", type=int, default=7, show_default=True, help="The order; another one for each person.")
@click.option(
    "--again",
    "n_again",
    type=click.IntRange(min=0),
    default=0,
    help="Ask N cases of the case file too, drawn at random.",
)
@click.option("--doubtful", is_flag=True, help="Ask the cases too whose expected answer looks wrong (TT10).")
def label(*, work_id: str, as_: str | None, seed: int, n_again: int, doubtful: bool) -> None:
    """Answer items one after the other: by one key where the answers can be listed, else typed.

    What others said, and what is known, is not shown. Each answer is on the disk before the next item comes: stop at
    any time, and go on later. `u` takes the last answer back, `s` leaves an item for the next time, `?` says that it
    can't be answered, and why, `q` stops. In a pipe, every line of stdin is one of these.

    \b
    Examples:
      remit cases label triage-email --as tarek
      remit cases label triage-email --as "senior clerk" --again 100
    """  # noqa: D301
    from remit.cli.commands.labelling.asking import Answering
    from remit.cli.commands.labelling.keys import Ended, Keyboard
    from remit.definition.schemas import input_schema, properties

    output = shown_output()
    with opened() as project:
        work = project.work(work_id)
        with work.label(as_, seed=seed, n_again=n_again, doubtful=doubtful) as session, Keyboard() as keyboard:
            asking = Answering(work.definition, keyboard, output.text)
            order = tuple(properties(input_schema(work.definition)))
            n_before = session.n_done
            with suppress(Ended):
                while _ask(session, asking, keyboard, output, order):
                    pass
            output.text(_farewell(work, session, n_before))


def _ask(session: LabelSession, asking: Answering, keyboard: Any, output: Output, order: tuple[str, ...]) -> bool:
    """Ask about the current item. Whether to go on."""
    from remit.cli.commands.labelling.asking import Wish
    from remit.report.text import visible

    item = session.current
    if item is None:
        output.text("\nnothing is left to ask: [u] undo  [q] stop")
        return keyboard.key() == Wish.UNDO.value and session.undo()
    output.text(f"\n{session.n_done + 1:,} of {session.n_all:,}   {visible(item.id)}")
    output.text(asking.given(item.input, order))
    since = time.monotonic()
    said = asking.answer()
    match said:
        case Wish.STOP:
            return False
        case Wish.UNDO:
            if not session.undo():
                output.text("  nothing to take back")
        case Wish.SKIP:
            session.skip()
        case Wish.QUESTION:
            output.text("  what is not clear? One line:")
            note = keyboard.line()
            if note:
                session.question(note[:2000])
            else:
                output.text("  nothing was written, so nothing is kept")
        case _:
            session.answer(said, seconds=time.monotonic() - since)
    return True


def _farewell(work: Work, session: LabelSession, n_before: int) -> str:
    left = session.n_all - session.n_done
    more = f"{left:,} left: the same command goes on" if left else f"next: remit cases agree {work.id}"
    return f"\n{session.person.id}: {session.n_done - n_before:,} now, {session.n_done:,} in all; {more}"


@click.command("agree", short_help="How far people agree, what they split on, and settling it.")
@work_argument
@click.option("--settle", is_flag=True, help="Settle what they split on, and write the answers into the case file.")
@by_option
@json_option
def agree(*, work_id: str, settle: bool, by: str | None, as_json: bool) -> None:
    """Show how far people agree who answered the same items, and the items they split on, side by side.

    With --settle the accountable person says what is right where they split; then what is agreed or settled becomes
    the expected answer in the case file, with `labelled_by` and one person's answer as `second.*`. Nothing else in the
    file changes. The cases must not be frozen.

    \b
    Examples:
      remit cases agree triage-email
      remit cases agree triage-email --settle --by jonas
    """  # noqa: D301
    from remit.errors import UsageError
    from remit.report.documents import versioned
    from remit.report.terminal.agreement import agreement_document, render_agreement

    if by is not None and not settle:
        raise UsageError(
            "--by goes with --settle", expected="--settle --by PERSON", mend="leave --by out, or add --settle"
        )
    if settle and as_json:
        raise UsageError(
            "--settle asks on the terminal", expected="--settle or --json", mend="settle first; then --json"
        )
    output = shown_output(as_json=as_json)
    with opened() as project:
        work = project.work(work_id)
        if settle:
            with work.settle(by) as settlement:
                _settle(work, settlement, output)
            return
        found: Agreed = work.agreement()
    output.document(versioned("agreement", agreement_document(found)))
    output.text(render_agreement(found, work=work_id, width=output.width, colour=output.colour))


def _settle(work: Work, settlement: Settlement, output: Output) -> None:
    from remit.cli.commands.labelling.asking import Answering, Wish
    from remit.cli.commands.labelling.keys import Ended, Keyboard
    from remit.definition.schemas import input_schema, properties

    order = tuple(properties(input_schema(work.definition)))
    waiting = settlement.open
    with Keyboard() as keyboard, suppress(Ended):
        asking = Answering(work.definition, keyboard, output.text, wishes=(Wish.SKIP, Wish.STOP))
        for n, one in enumerate(waiting, 1):
            output.text(f"\nsettle {n:,} of {len(waiting):,}   " + _side_by_side(settlement, one, asking, order))
            said = asking.answer()
            if said is Wish.STOP:
                break
            if not isinstance(said, Wish):
                settlement.settle(one.case, said)
    written = settlement.write()
    left = len(settlement.open)
    output.text(
        f"\n{written.path}: {written.n_new:,} new cases, {written.n_second:,} changed, of them "
        f"{written.n_changed:,} with another expected answer; {left:,} not settled"
    )
    if written.n_new:
        output.text(f"next: remit cases split {work.id} --seed 7")


def _side_by_side(settlement: Settlement, one: Answered, asking: Answering, order: tuple[str, ...]) -> str:
    from remit.report.terminal.agreement import said_by
    from remit.report.text import visible

    case = settlement.agreed.heard.one(one.case)
    lines = [visible(one.case), asking.given(case.input, order)]
    lines += [f"  {visible(who)}: {visible(answer)}" for who, answer in said_by(one, settlement.agreed.fields)]
    return "\n".join(lines)
