"""``remit grant``, ``remit revoke``, ``remit stop`` and ``remit resume``."""

from __future__ import annotations

from typing import Any

import click

from remit.cli.options import by_option, json_option, level_of, opened, until_of, work_argument
from remit.cli.output import Output, shown_output

__all__ = ["grant", "resume", "revoke", "stop"]

_executor = click.option("--executor", required=True, metavar="NAME", help="Whose grant it is.")
_reason = click.option("--reason", required=True, metavar="TEXT", help="Why: it is recorded.")


@click.command(short_help="Allow an executor to work at a level.")
@work_argument
@_executor
@click.option("--level", required=True, metavar="LEVEL", help="shadow, suggest, supervised or autonomous.")
@_reason
@click.option("--until", metavar="DATE", help="When it ends, as 2027-06-30.")
@by_option
@json_option
def grant(
    *, work_id: str, executor: str, level: str, reason: str, until: str | None, by: str | None, as_json: bool
) -> None:
    """Allow an executor to work at a level, on the evidence and the readiness there are. Refused with every reason.

    \b
    Examples:
      remit grant digits --executor svm --level shadow --by mira --reason "proved on 948 cases"
    """  # noqa: D301
    output = shown_output(as_json=as_json)
    with opened() as project:
        given = project.work(work_id).grant(
            executor, level=level_of(level), by=by, reason=reason, until=until_of(until)
        )
    _said(
        output, "grant", given, f"{given.executor} works at {given.level.value} for {given.work}, granted by {given.by}"
    )


@click.command(short_help="Take a grant back.")
@work_argument
@_executor
@_reason
@by_option
@json_option
def revoke(*, work_id: str, executor: str, reason: str, by: str | None, as_json: bool) -> None:
    """Take the grant of an executor back: its level is manual from now on. This needs nobody's leave.

    \b
    Examples:
      remit revoke digits --executor svm --by mira --reason "a new form comes in May"
    """  # noqa: D301
    output = shown_output(as_json=as_json)
    with opened() as project:
        taken = project.work(work_id).revoke(executor, by=by, reason=reason)
    _said(output, "grant", taken, f"{executor} holds no grant for {work_id} any more")


@click.command(short_help="Stop a work, an executor, or everything.")
@click.argument("work_id", metavar="[ID]", required=False)
@click.option("--executor", metavar="NAME", help="Stop only this executor; the incumbent does the work.")
@_reason
@by_option
@json_option
def stop(*, work_id: str | None, executor: str | None, reason: str, by: str | None, as_json: bool) -> None:
    """Stop a work, one executor of it, or, without an ID, everything. The next decision of every process sees it.

    \b
    Examples:
      remit stop digits --by mira --reason "the scanner is dirty"
      remit stop --by mira --reason "an incident"
    """  # noqa: D301
    output = shown_output(as_json=as_json)
    with opened() as project:
        change = project.stop(work_id, executor=executor, by=by, reason=reason)
    _said(output, "stop", change, f"stopped: {_what(work_id, executor)}")


@click.command(short_help="End a stop.")
@click.argument("work_id", metavar="[ID]", required=False)
@click.option("--executor", metavar="NAME", help="End the stop of this executor.")
@_reason
@by_option
@json_option
def resume(*, work_id: str | None, executor: str | None, reason: str, by: str | None, as_json: bool) -> None:
    """End a stop: exactly what `remit stop` stopped.

    \b
    Examples:
      remit resume digits --by mira --reason "the scanner is clean"
    """  # noqa: D301
    output = shown_output(as_json=as_json)
    with opened() as project:
        change = project.resume(work_id, executor=executor, by=by, reason=reason)
    _said(output, "stop", change, f"goes on: {_what(work_id, executor)}")


def _what(work_id: str | None, executor: str | None) -> str:
    if work_id is None:
        return "everything"
    return work_id if executor is None else f"{executor} on {work_id}"


def _said(output: Output, kind: str, value: Any, sentence: str) -> None:
    from remit.report.documents import plain, versioned

    output.document(versioned(kind, plain(value)))
    output.text(sentence)
