"""``remit drill``: try the stop, the paths, replay, the records and the alarm; readiness reads what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from remit.cli.options import by_option, json_option, opened
from remit.cli.output import Progress, guarded_stdout, shown_output
from remit.errors import UsageError

if TYPE_CHECKING:
    from remit.cli.output import Output
    from remit.project import Project, Work

__all__ = ["drill"]

_work = click.argument("work_id", metavar="[ID]", required=False)


@click.group(short_help="Try the stop, the paths, replay, the records, the alarm.")
def drill() -> None:
    """Try in earnest what has to work when it matters. What comes of it is recorded, and readiness reads it.

    Without an ID the only work of the project is meant.
    """


@drill.command("stop", short_help="Press the stop, see that nothing acts, let it go.")
@_work
@click.option("--executor", metavar="NAME", help="Press the stop of this executor only.")
@by_option
@json_option
def stop(*, work_id: str | None, executor: str | None, by: str | None, as_json: bool) -> None:
    """Press the stop, watch over a second connection until nothing could act any more, and let it go.

    Items that come in these milliseconds are stopped in earnest. If the drill is killed in the middle the stop stands,
    which is safe: `remit resume` ends it.

    \b
    Examples:
      remit drill stop digits --by tarek
      remit drill stop digits --executor svm --by tarek
    \b
    Exit codes: 0 it works; 1 something could still act; 5 it is stopped already.
    """  # noqa: D301
    from remit.project.drilling import drill_stop

    output = shown_output(as_json=as_json)
    with opened() as project:
        found = drill_stop(_one(project, work_id), executor=executor, by=by)
    what = found.work if found.executor is None else f"{found.executor} on {found.work}"
    said = f"the stop of {what} works: {found.seconds:.3f} s after it an act became `{found.route.value}`"
    if not found.works:
        said = f"the stop of {what} does not work: after {found.seconds:.1f} s something could still act"
    _said(output, "stop", found, f"{said}; it goes on")
    if not found.works:
        raise SystemExit(1)


@drill.command("path", short_help="Send a case to the queue of every escalation path.")
@_work
@click.option("--path", metavar="ID", help="Only this path.")
@click.option("--mode", metavar="ID", help="As if this failure mode had been noticed: the response to it is rehearsed.")
@by_option
@json_option
def path(*, work_id: str | None, path: str | None, mode: str | None, by: str | None, as_json: bool) -> None:
    """Send a case to the real queue of every escalation path. Somebody has to answer it in the time of the path.

    The people are not told that it is a drill. What they answer becomes no truth and has no effect. `remit drill
    status` shows which still wait.

    \b
    Examples:
      remit drill path digits --by mira
      remit drill path digits --mode F3 --by mira
    """  # noqa: D301
    from remit.project.drilling import drill_paths

    output = shown_output(as_json=as_json)
    if path is not None and mode is not None:
        raise UsageError(
            "a failure mode takes the path that the definition gives it",
            expected="--path or --mode",
            found="both",
            mend="leave one out",
        )
    with opened() as project:
        found = drill_paths(_one(project, work_id), by=by, path=path, mode=mode)
    lines = [
        f"{one.ask.path}: review {one.id} waits for {one.ask.role or 'anybody'}"
        + (f" until {one.due_at.isoformat(timespec='minutes')}" if one.due_at is not None else "")
        for one in found.reviews
    ]
    _said(output, "path", found, "\n".join(lines))


@drill.command("replay", short_help="Answer recorded items once more, and compare.")
@_work
@click.option("--executor", required=True, metavar="NAME", help="Who answers: only its own decisions are replayed.")
@click.option("--n", default=200, show_default=True, metavar="N", help="So many of the newest decisions.")
@by_option
@json_option
def replay(*, work_id: str | None, executor: str, n: int, by: str | None, as_json: bool) -> None:
    """Answer recorded items once more with the executor that answered them, and compare output and route.

    Only decisions of exactly this executor on exactly this definition count. Nothing is recorded but what came of it.

    \b
    Examples:
      remit drill replay digits --executor svm --by sam
    \b
    Exit codes: 0 all came out the same; 1 some did not.
    """  # noqa: D301
    from remit.project.drilling import drill_replay

    output = shown_output(as_json=as_json)
    with opened() as project:
        progress = Progress("replayed", n)
        try:
            with guarded_stdout():
                found = drill_replay(_one(project, work_id), executor, n=n, by=by, on_progress=progress)
        finally:
            progress.close()
    said = f"{found.n_same} of {found.n} came out the same"
    if found.sample:
        said += f"; not the same: {', '.join(found.sample)}"
    _said(output, "replay", found, said)
    if found.n_same < found.n:
        raise SystemExit(1)


@drill.command("records", short_help="Hold the items of the source system against the records.")
@_work
@click.option("--keys", required=True, metavar="FILE", help="The keys of the items it sent, one a line.")
@click.option("--source", required=True, metavar="TEXT", help="The system that they come from: it is recorded.")
@by_option
@json_option
def records(*, work_id: str | None, keys: str, source: str, by: str | None, as_json: bool) -> None:
    """Count the items that the source system says it sent and that have no whole record here.

    \b
    Examples:
      remit drill records digits --keys sent-in-march.txt --source "form scanner" --by sam
    \b
    Exit codes: 0 every item has its record; 1 some have none.
    """  # noqa: D301
    from remit.project.drilling import drill_records

    output = shown_output(as_json=as_json)
    with opened() as project:
        found = drill_records(_one(project, work_id), Path(keys), source=source, by=by)
    said = f"{found.n - found.n_missing} of {found.n} items of {found.source} have their record"
    if found.sample:
        said += f"; none: {', '.join(found.sample)}"
    _said(output, "records", found, said)
    if found.n_missing:
        raise SystemExit(1)


@drill.command("alarm", short_help="Break the budget on a copy of the monitor; the alert has to leave.")
@_work
@click.option("--executor", metavar="NAME", help="Whose monitor is copied; else that of the highest level.")
@by_option
@json_option
def alarm(*, work_id: str | None, executor: str | None, by: str | None, as_json: bool) -> None:
    """Show a copy of the monitor wrong items until it alarms, and send the alert of it as every alert is sent.

    What really watches sees nothing of it. The alert says that it is a drill. Once it left it is settled; where it does
    not leave it stays open, and the sweeper goes on trying. Effects that are due leave in the same round.

    \b
    Examples:
      remit drill alarm digits --by tarek
    \b
    Exit codes: 0 the alert left; 1 it waits; 4 there is no error budget.
    """  # noqa: D301
    from remit.project.drilling import drill_alarm

    output = shown_output(as_json=as_json)
    with opened() as project:
        found = drill_alarm(_one(project, work_id), executor=executor, by=by)
    said = f"{found.n_wrong} wrong items in a row made the alarm of {found.work} ring; "
    if found.seconds is None:
        said += f"nobody was told: {found.fault}"
    else:
        said += f"the alert for {found.contact or 'nobody in particular'} left after {found.seconds:.1f} s"
    _said(output, "alarm", found, said)
    if found.seconds is None:
        raise SystemExit(1)


@drill.command("status", short_help="Measure anew how the work runs, and say what was drilled.")
@_work
@json_option
def status(*, work_id: str | None, as_json: bool) -> None:
    """Measure from the store how the work runs, so that `remit check` judges it, and say what was drilled and waits.

    \b
    Examples:
      remit drill status digits
    """  # noqa: D301
    from remit.project.drilling import waiting_drills
    from remit.project.operating import measure_operation
    from remit.report.documents import plain, versioned
    from remit.report.terminal.drills import render_drills

    output = shown_output(as_json=as_json)
    with opened() as project:
        work = _one(project, work_id)
        facts, waiting = measure_operation(work), waiting_drills(work)
    found = {"work": work.id, "operation": plain(facts), "waiting": [plain(one) for one in waiting]}
    output.document(versioned("drill", {"drill": "status", **found}))
    output.text(render_drills(facts, waiting, width=output.width, colour=output.colour))


def _one(project: Project, work_id: str | None) -> Work:
    if work_id is not None:
        return project.work(work_id)
    if len(project.work_ids) == 1:
        return project.work(project.work_ids[0])
    raise UsageError(
        "it has to be known which work is meant",
        expected="one of " + ", ".join(project.work_ids) if project.work_ids else "a work",
        found="none named",
        mend="name it: remit drill ... ID",
    )


def _said(output: Output, kind: str, value: Any, sentence: str) -> None:
    from remit.report.documents import plain, versioned

    output.document(versioned("drill", {"drill": kind, **plain(value)}))
    output.text(sentence)
