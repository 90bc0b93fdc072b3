"""``remit check``: readiness."""

from __future__ import annotations

from pathlib import Path

import click

from remit.cli.options import json_option, level_of, opened
from remit.cli.output import shown_output
from remit.definition.levels import Level
from remit.errors import UsageError

__all__ = ["check"]

_FORMATS = ("text", "json", "github", "junit")


@click.command(short_help="Readiness.")
@click.argument("work_ids", metavar="[ID...]", nargs=-1)
@click.option("--for", "for_level", metavar="LEVEL", help="Judge for this autonomy level; exit 1 if it is not reached.")
@click.option("--executor", metavar="NAME", help="Judge the evidence of this executor (default: the best proved one).")
@click.option("--format", "format_", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--watch", is_flag=True, help="Answer again whenever a file of the project changes, until Ctrl-C.")
@json_option
def check(
    *, work_ids: tuple[str, ...], for_level: str | None, executor: str | None, format_: str, watch: bool, as_json: bool
) -> None:
    """Say what is missing for which autonomy level, and why. Nothing is ever ticked: all of it is computed.

    \b
    Examples:
      remit check                            every work of this project
      remit check digits --for shadow        is it ready for shadow? exit 1 if not
      remit check --format github            annotations for a pull request
      remit check digits --watch             again after every change; with --json one document a line
    \b
    Exit codes: 0 checked; 1 the level given with --for is not reached; 3 a definition is invalid; 130 a watch was
    ended.
    """  # noqa: D301
    from remit.cli.commands.checking import Report, checked, shown

    _require_one_form(format_, as_json=as_json, watch=watch)
    output = shown_output(as_json=as_json or format_ == "json", lines=watch)
    level: Level | None = level_of(for_level) if for_level is not None else None

    def answer(root: str | Path = ".") -> Report:
        with opened(root) as project:
            report = checked(project, work_ids, for_level=level, executor=executor)
        shown(report, output, format_=format_)
        return report

    if watch:
        from remit.cli.watching import watch as watched
        from remit.project.folder import project_root

        watched(project_root(), output, answer=answer)
        return
    report = answer()
    if report.invalid:
        raise SystemExit(3)
    if level is not None and not report.reached:
        raise SystemExit(1)


def _require_one_form(format_: str, *, as_json: bool, watch: bool) -> None:
    if format_ not in ("github", "junit"):
        return
    if as_json:
        raise UsageError(
            f"--json and --format {format_} are two forms of one answer",
            expected="one of them",
            found="both",
            mend="leave one out",
        )
    if watch:
        raise UsageError(
            f"--watch has no end, and --format {format_} is one whole report",
            expected="--format text or json",
            found=format_,
            mend="leave --watch out, or use --json, which gives one document a line",
        )
