"""``remit tune``."""

from __future__ import annotations

import click

from remit.cli.options import json_option, opened, work_argument
from remit.cli.output import Progress, guarded_stdout, shown_output

__all__ = ["tune"]


@click.command(short_help="Find the limits of a cascade.")
@work_argument
@click.option("--executor", required=True, metavar="NAME", help="The cascade: the name of its file in executors/.")
@json_option
def tune(*, work_id: str, executor: str, as_json: bool) -> None:
    """Ask the parts of a cascade about the tune cases, and fix from which confidence on each is taken.

    Each part is asked only about the cases that those before it did not answer. What is found is written beside the
    executor file, as executors/NAME.tuned.json, and is part of its digest: tuning again makes another executor of it,
    with a proof to be made. No prove case is read, and no attempt is spent.

    \b
    Examples:
      remit tune digits --executor cascade
      remit prove digits --executor cascade --against quick --against careful
    \b
    Exit codes: 0 tuned; 3 a file is invalid; 4 no limit can be found on the tune cases; 5 the cases are not frozen.
    """  # noqa: D301
    from remit.project.cascades.tuning import tuned_path
    from remit.report.documents import plain, versioned
    from remit.report.terminal.cascading.tuned import render_tuned

    output = shown_output(as_json=as_json)
    with opened() as project:
        work = project.work(work_id)
        progress = Progress(f"{executor} on {work_id}", None)
        try:
            with guarded_stdout():
                tuned = work.tune(executor, on_progress=progress)
        finally:
            progress.close()
        output.document(versioned("tuned cascade", plain(tuned)))
        output.text(render_tuned(tuned, width=output.width, colour=output.colour))
        output.aside(f"written: {tuned_path(work, executor).resolve().relative_to(project.root.resolve()).as_posix()}")
