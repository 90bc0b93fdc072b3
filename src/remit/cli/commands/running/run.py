"""``remit run``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from remit.cli.options import engine_options, json_option, opened, telemetry_here, work_argument
from remit.cli.output import Output, Progress, guarded_stdout, shown_output

if TYPE_CHECKING:
    from remit.project.running.run_file import RanFile

__all__ = ["run"]


@click.command(short_help="Decide the items of a file, each once.")
@work_argument
@click.argument("items", metavar="ITEMS", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--executor", metavar="NAME", help="The candidate (default: the one with the highest grant).")
@engine_options
@json_option
def run(*, work_id: str, items: Path, executor: str | None, engine: str, address: str | None, as_json: bool) -> None:
    """Decide every item of ITEMS, with the level that counts at that moment.

    ITEMS is CSV or Parquet (a column `key`, and `input.*`) or JSONL ({"key": ..., "input": {...}} a line). Every row is
    checked first; where one can't be read, nothing is decided. What can't be recorded is listed, and lies beside ITEMS
    in NAME.undecided.jsonl. The same file again decides only what is missing, also after a crash. `local` goes in the
    order of the file; a Ray cluster decides as many at once as it has processes, each still once.

    \b
    Examples:
      remit run postcode monday.jsonl
      remit run postcode monday.csv --json
      remit run postcode year.parquet --engine ray

    Exit codes: 0 every item is recorded; 1 some could not be; 3 some rows do not fit.
    """  # noqa: D301
    from remit.project.running.run_file import run_file
    from remit.project.scaling.engines import deciding_engine
    from remit.report.documents import plain, versioned

    output = shown_output(as_json=as_json)
    checked = Progress("rows checked", None)
    progress: Progress | None = None

    def on_progress(done: int, total: int) -> None:
        nonlocal progress
        if progress is None:
            checked.close()
            progress = Progress("decided", total)
        progress(done)

    with telemetry_here() as telemetry, opened(telemetry=telemetry) as project:
        try:
            with guarded_stdout():
                ran = run_file(
                    project.work(work_id),
                    items,
                    actor="cli",
                    executor=executor,
                    engine=deciding_engine(project, engine, address),
                    on_checked=checked,
                    on_progress=on_progress,
                )
        finally:
            (progress or checked).close()
    output.document(versioned("run", plain(ran)))
    _show(ran, output)
    if ran.n_undecided:
        click.get_current_context().exit(1)


def _show(ran: RanFile, output: Output) -> None:
    from remit.report.numbers import counted

    routes = ", ".join(f"{n:,} {route}" for route, n in ran.routes.items())
    before = f"; {ran.n_before:,} of them were recorded before" if ran.n_before else ""
    output.text(f"{counted(ran.n - ran.n_undecided, 'item')} of {ran.work} recorded: {routes or 'none'}{before}")
    if ran.faults:
        kinds = ", ".join(f"{n:,} {kind}" for kind, n in ran.faults.items())
        output.text(f"{counted(sum(ran.faults.values()), 'item')} got no answer from the executor: {kinds}")
    if not ran.n_undecided:
        return
    output.text(f"{counted(ran.n_undecided, 'item')} could not be decided:")
    for one in ran.undecided:
        output.text(f"  line {one.line}, {one.key}: {one.why}")
    if ran.n_undecided > len(ran.undecided):
        output.text(f"  and {ran.n_undecided - len(ran.undecided):,} more")
    output.text(f"They lie in {ran.dead_letters}: mend them there, and `remit run {ran.work}` that file.")
