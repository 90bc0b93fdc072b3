"""``remit sweep``: what has to happen by itself."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from remit.cli.options import json_option, log_options, opened, telemetry_here
from remit.cli.output import Output, guarded_stdout, shown_output
from remit.errors import RemitError, StoreError, UsageError
from remit.project.logs import logging_to
from remit.project.sweeping.telling import SweepLog
from remit.project.telemetry import OFF, Telemetry

if TYPE_CHECKING:
    from remit.runtime.sweeping.sweep import Swept

__all__ = ["sweep", "sweep_on"]


@click.command(short_help="Do what is due: time-outs of reviews, claims that end, and the rest.")
@click.option("--every", metavar="TIME", help="Go on until interrupted, a round every 5s, 1m, ...")
@click.option("--once", is_flag=True, help="One round (the default).")
@json_option
@log_options
def sweep(*, every: str | None, once: bool, as_json: bool, log_format: str, log_level: str) -> None:
    """Do what has to happen by itself: settle reviews whose time ran out, end claims, and whatever else is due.

    Any number of processes may sweep: one of them does it, another takes over within a minute when it is gone. Killed
    at any point, it loses nothing.

    \b
    Examples:
      remit sweep                 one round, for cron
      remit sweep --every 5s      a service of its own, with a log on stderr
    """  # noqa: D301
    from remit.definition.durations import parse_duration

    output = shown_output(as_json=as_json, lines=every is not None)
    if every is None:
        _require_stays()
        with telemetry_here() as telemetry, opened(telemetry=telemetry) as project:
            holder = project.ambient.new_id()
            with guarded_stdout():  # functions of the project that send may print
                swept = project.sweeper.sweep(holder=holder)
            project.sweeper.give_up(holder=holder)
        if _show(swept, output) is not None:
            raise SystemExit(1)
        return
    length = None if once else parse_duration(every)
    if length is None or length.total_seconds() <= 0:
        raise UsageError(
            "say one of --once and --every TIME" if once else f"`{every}` is no time between two rounds",
            expected="a time such as 5s",
            found=every,
            mend="remit sweep --every 5s",
        )
    with logging_to(sys.stderr, form=log_format, level=log_level), telemetry_here() as telemetry:
        sweep_on(output, every_s=length.total_seconds(), wait=time.sleep, telemetry=telemetry)


def sweep_on(output: Output, *, every_s: float, wait: Callable[[float], None], telemetry: Telemetry = OFF) -> None:
    """One round after the other until somebody interrupts; files are read anew in every round.

    Args:
        output: where to write what was done; what goes wrong is in the log.
        every_s: seconds between two rounds.
        wait: sleeps so many seconds.
        telemetry: who watches.
    """
    holder = None
    log = SweepLog()
    try:
        while True:
            try:
                with opened(telemetry=telemetry) as project:
                    holder = holder or project.ambient.new_id()
                    with guarded_stdout():
                        swept = project.sweeper.sweep(holder=holder)
                    log.told(swept)
                    _show(swept, output, quiet=True)
            except StoreError as fault:  # gone for a while: it is asked again in the next round
                log.faults.failed(fault)
                if output.as_json:  # who reads documents gets one for it
                    output.error(fault)
            wait(every_s)
    finally:
        if holder is not None:
            with opened() as project:
                project.sweeper.give_up(holder=holder)


def _require_stays() -> None:
    """Refuse the options of a log where there is none: one round says what it did, and ends.

    Raises:
        UsageError: one was given.
    """
    context = click.get_current_context()
    for name in ("log_format", "log_level"):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            option = "--" + name.replace("_", "-")
            raise UsageError(
                f"{option} is for a process that stays",
                expected="--every TIME with it",
                found=f"{option} alone",
                mend=f"remit sweep --every 5s {option} ...",
            )


def _show(swept: Swept, output: Output, *, quiet: bool = False) -> RemitError | None:
    """Write what a round came to, and give the first fault back."""
    from remit.report.documents import plain, versioned

    done = [one for one in swept.tasks if one.n or one.fault is not None]
    faults = [one.fault for one in swept.tasks if one.fault is not None]
    tasks = [
        {"name": one.name, "n": one.n, "fault": None if one.fault is None else str(one.fault)} for one in swept.tasks
    ]
    if done or not quiet:
        output.document(versioned("swept", {"led": swept.led, "tasks": plain(tasks)}))
    if not swept.led and not quiet:
        output.text("Another process sweeps.")
    elif not done and not quiet:
        output.text("Nothing was due.")
    for one in done:
        output.text(f"{one.name}: {one.n}")
    for fault in faults:
        if not output.as_json and not quiet:
            output.error(fault)
    return faults[0] if faults else None
