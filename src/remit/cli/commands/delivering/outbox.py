"""``remit outbox``: what leaves."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

import click

from remit.cli.options import by_option, json_option, opened
from remit.cli.output import guarded_stdout, shown_output
from remit.errors import UsageError

if TYPE_CHECKING:
    from remit.cli.output import Output
    from remit.project.delivering.outbox import Postroom
    from remit.report.terminal.delivering.outbox import OutboxRow
    from remit.runtime.delivering.deliver import Delivered
    from remit.store.operations.outbox import Outgoing

__all__ = ["outbox"]

_MOST_LISTED = 10_000
_BETWEEN_ROUNDS_S = 1.0
_ALL_DUE_S = 3600.0
_ALL_DUE = 1_000_000


@click.group(short_help="What leaves.")
def outbox() -> None:
    """Effects, and answers that callers wait for: list them, deliver what is due, send again what was given up on."""


@outbox.command("list", short_help="What leaves, and what became of it.")
@click.option("--waiting", is_flag=True, help="What waits for its time or for the next try.")
@click.option("--held", is_flag=True, help="Answers that wait for a person.")
@click.option("--dead", is_flag=True, help="What was given up on.")
@click.option("--sent", is_flag=True, help="What was sent, the newest first.")
@click.option("--not-ours", is_flag=True, help="Effects without a sender: Remit does not send them.")
@click.option("--limit", type=click.IntRange(1, _MOST_LISTED), default=100, show_default=True, metavar="N")
@json_option
def list_(*, waiting: bool, held: bool, dead: bool, sent: bool, not_ours: bool, limit: int, as_json: bool) -> None:
    """Show one part of the outbox; without an option what was given up on, what waits, and what Remit does not send.

    An effect without a `sender` in its definition is not sent by Remit: it is there for whoever fetches it, from the
    time that it names.

    \b
    Examples:
      remit outbox list --dead
      remit outbox list --not-ours --json
    """  # noqa: D301
    from remit.report.documents import plain, versioned
    from remit.report.terminal.delivering.outbox import render_outbox
    from remit.store.operations.outbox import OutgoingState, outgoing_in

    asked = {
        OutgoingState.DEAD: dead,
        OutgoingState.WAITING: waiting,
        OutgoingState.HELD: held,
        OutgoingState.NOT_OURS: not_ours,
        OutgoingState.SENT: sent,
    }
    states = [state for state, said in asked.items() if said]
    if len(states) > 1:
        raise UsageError("one part at a time", expected="one of the options", found=f"{len(states)} of them")
    shown = states or [state for state in asked if state is not OutgoingState.SENT]
    output = shown_output(as_json=as_json)
    with opened() as project:
        found = [one for state in shown for one in outgoing_in(project.store, state, n=limit + 1)]
        now = project.ambient.now()
    rows = found[:limit]
    documents = [{"id": one.id, "state": one.state.value, **plain(one)} for one in rows]
    output.document(versioned("outbox", {"rows": documents, "more": len(found) > limit}))
    what = states[0].value if states else "but for what was sent"
    text = render_outbox(
        [_row(one) for one in rows],
        what=what,
        is_cut=len(found) > limit,
        now=now,
        width=output.width,
        colour=output.colour,
    )
    output.text(text)


@outbox.command("replay", short_help="Send again what was given up on.")
@click.argument("ids", nargs=-1, metavar="[DECISION/EFFECT]...")
@click.option("--dead", is_flag=True, help="All that was given up on.")
@by_option
@json_option
def replay(*, ids: tuple[str, ...], dead: bool, by: str | None, as_json: bool) -> None:
    """Have things sent again that were given up on, under the same keys and with all their tries. It is recorded.

    \b
    Examples:
      remit outbox replay 01J.../notify --by mira
      remit outbox replay --dead --by mira
    """  # noqa: D301
    from remit.project.delivering.outbox import replay_dead
    from remit.report.documents import versioned

    if bool(ids) == dead:
        raise UsageError(
            "say what to send again",
            expected="DECISION/EFFECT, or --dead for all",
            found="both" if dead else "neither",
            mend="`remit outbox list --dead` shows what was given up on",
        )
    output = shown_output(as_json=as_json)
    with opened() as project:
        done = replay_dead(project, None if dead else ids, by=by)
    output.document(versioned("replayed", {"ids": [one.id for one in done]}))
    output.text(f"{len(done):,} will be sent again" if done else "nothing was given up on")


@outbox.command("deliver", short_help="Send what is due.")
@click.option("--once", is_flag=True, help="Send what is due now, and leave.")
@json_option
def deliver(*, once: bool, as_json: bool) -> None:
    """Send what is due, and go on until it is interrupted; with --once leave when nothing is due any more.

    Several may run at once: none takes what another one holds. What is killed on the way is sent again, under the same
    key. Each round says how many effects and answers were sent, how many tries failed and are made again later, how
    many were given up on, and the same of alerts.

    \b
    Exit codes: 0 all senders can be used; 3 one of them can't, after the others did their work.
    """  # noqa: D301
    from remit.project.delivering.outbox import Postroom

    output = shown_output(as_json=as_json, lines=not once)
    with opened() as project:
        with guarded_stdout():  # loading a function of the project may print
            postroom = Postroom(project)
        with postroom:
            _deliver(output, postroom, once=once)


def _deliver(output: Output, postroom: Postroom, *, once: bool) -> None:
    if once:
        _say(output, _round(postroom, seconds=_ALL_DUE_S, most=_ALL_DUE), always=True)
    else:
        _until_interrupted(output, postroom)
    postroom.refuse_unusable()


def _until_interrupted(output: Output, postroom: Postroom) -> None:
    over = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: over.set())
    try:
        while not over.is_set():
            done = _round(postroom, seconds=5.0, most=1000)
            _say(output, done, always=False)
            over.wait(0.0 if done.n else _BETWEEN_ROUNDS_S)
    finally:
        signal.signal(signal.SIGTERM, before)


def _round(postroom: Postroom, *, seconds: float, most: int) -> Delivered:
    with guarded_stdout():  # functions of the project may print
        return postroom.deliver(seconds=seconds, most=most)


def _say(output: Output, done: Delivered, *, always: bool) -> None:
    from remit.report.documents import plain, versioned
    from remit.report.terminal.delivering.outbox import render_delivered

    if always or done.n:
        output.document(versioned("delivered", plain(done)))
        output.text(render_delivered(done))


def _row(one: Outgoing) -> OutboxRow:
    from remit.report.terminal.delivering.outbox import OutboxRow

    return OutboxRow(
        id=one.id,
        work=one.work,
        sender=one.sender,
        state=one.state.value,
        at=one.sent_at or one.dead_at or one.due_at,
        n_tries=one.n_tries,
        fault=one.fault,
        is_dead=one.dead_at is not None,
        is_past=one.sent_at is not None or one.dead_at is not None,
    )
