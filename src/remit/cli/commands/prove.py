"""``remit prove``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from remit.cli.options import engine_options, json_option, opened, telemetry_here, work_argument
from remit.cli.output import Progress, guarded_stdout, shown_output

if TYPE_CHECKING:
    from remit.readiness.facts import ProbeFact

__all__ = ["prove"]

MISSED = 1
UNPROVEN = 4


@click.command(short_help="Run, measure, judge, certify.")
@work_argument
@click.option("--executor", required=True, metavar="NAME", help="Who is proved: the name of its file in executors/.")
@click.option(
    "--against", metavar="NAME", multiple=True, help="Another executor to compare with, case by case; may be repeated."
)
@click.option(
    "--probe",
    "n_probed",
    metavar="N",
    type=click.IntRange(min=1),
    help="Ask N tune cases again first: thrice, without each field, with values of others (FM11, IO12, IO14).",
)
@engine_options
@click.option("--full", is_flag=True, help="Print the whole report, not one screen of it.")
@json_option
def prove(
    *,
    work_id: str,
    executor: str,
    against: tuple[str, ...],
    n_probed: int | None,
    engine: str,
    address: str | None,
    full: bool,
    as_json: bool,
) -> None:
    """Run an executor over the frozen prove set, judge every target, and certify how far it may act alone.

    Answers that are recorded are not asked for again: after an interruption it goes on where it was, and changed
    targets are judged without running anything. On a Ray cluster the same answers come to the same proof. The proof is
    kept in the store, and as proofs/ID/NAME.json and .html.

    \b
    Examples:
      remit prove digits --executor svm
      remit prove digits --executor svm --against nearest
      remit prove digits --executor cascade --against quick --against careful
      remit prove digits --executor svm --probe 50
      remit prove digits --executor svm --engine ray
      remit prove digits --executor svm --json > proof.json
    \b
    Exit codes: 0 every target is met; 1 one is missed; 4 none is missed, but not all are proven.
    """  # noqa: D301
    from remit.readiness.facts import TargetVerdict
    from remit.report.documents import to_json
    from remit.report.terminal import render_proof

    output = shown_output(as_json=as_json)
    with telemetry_here() as telemetry, opened(telemetry=telemetry) as project:
        work = project.work(work_id)
        if n_probed is not None:
            with guarded_stdout():
                probed = work.probe(executor, n=n_probed)
            output.aside(_probed(probed))
        progress = Progress(f"{executor} on {work_id}", work.n_to_prove)
        try:
            with guarded_stdout():
                proof = work.prove(executor, against=against, on_progress=progress, engine=engine, address=address)
        finally:
            progress.close()
        output.document(to_json(proof.document))
        output.text(render_proof(proof.document, width=output.width, colour=output.colour, full=full))
        for path in (proof.json_path, proof.html_path):
            output.aside(f"written: {path.relative_to(project.root).as_posix()}")
        if proof.n_recorded_before:
            output.aside(f"{proof.n_recorded_before:,} answers were recorded before and not asked for again")
    verdicts = {target.verdict for target in proof.document.targets}
    if TargetVerdict.MISSED in verdicts:
        raise SystemExit(MISSED)
    if TargetVerdict.UNPROVEN in verdicts or not verdicts:
        raise SystemExit(UNPROVEN)


def _probed(found: ProbeFact) -> str:
    other = [f"{one.field} ({one.n_other} of {one.n})" for one in found.missing if one.n_other]
    unused = [one.field for one in found.swapped if one.n and not one.n_changed]
    lines = [
        f"probed on {found.n_cases:,} tune cases: asked {found.repeats} times, {found.n_changed:,} changed",
        f"without a field, not as declared: {', '.join(other) or 'none'}",
        f"fields that changed nothing: {', '.join(unused) or 'none'}",
    ]
    return "\n".join(lines)
