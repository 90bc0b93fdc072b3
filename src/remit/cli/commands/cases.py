"""``remit cases``: the cases that executors are proved on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from remit.cli.commands.labelling.commands import agree, import_items, label
from remit.cli.options import json_option, opened, work_argument
from remit.cli.output import Output, shown_output

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from remit.cases.coverage import Coverage
    from remit.cases.freeze import Frozen

__all__ = ["cases"]

_MOST_VALUES = 12


@click.group(short_help="Import, label, check, split, freeze and count cases.")
def cases() -> None:
    """The cases of a work: items with their known right answers, to tune on and to prove on, never both.

    \b
    Examples:
      remit cases import digits new-items.csv
      remit cases label digits --as tarek
      remit cases agree digits --settle
      remit cases check digits
      remit cases split digits --seed 7 --prove 0.5
      remit cases freeze digits
      remit cases coverage digits
    """  # noqa: D301


cases.add_command(import_items)
cases.add_command(label)
cases.add_command(agree)


@cases.command("check", short_help="Hold every row against the schemas of the definition.")
@work_argument
@click.option("--items", "items", metavar="FILE", help="Hold real items, as they came, against the inputs instead.")
@json_option
def check(*, work_id: str, items: str | None, as_json: bool) -> None:
    """Hold every row against the schemas, and note what the file holds for readiness.

    With --items it is a file of real items without answers, unfiltered, a week of them: how many would be refused, and
    why (rule IO10)? And are they messier than the cases (rule TT15)?

    \b
    Exit codes: 0 every row fits; 3 some do not.
    """  # noqa: D301
    output = shown_output(as_json=as_json)
    if items is not None:
        _check_items(work_id, items, output)
        return
    with opened() as project:
        work = project.work(work_id)
        coverage = work.check_cases()
        doubts = work.doubts()
    _document(output, coverage)
    counts = (
        f"{coverage.n_rows:,} cases fit the definition: {coverage.n_prove:,} to prove, {coverage.n_tune:,} to tune, "
        f"{coverage.n_unused:,} without a use"
    )
    output.text("\n".join([counts, *_look_again(work_id, coverage, doubts)]))


@cases.command("split", short_help="Divide the cases into tune and prove, by a seed.")
@work_argument
@click.option("--seed", type=int, required=True, help="Chooses among all divisions: fix it before you look.")
@click.option("--prove", "share", type=float, default=0.5, show_default=True, help="Share of the cases to prove on.")
@click.option("--by", multiple=True, metavar="COLUMN", help="Keep the shares within these columns too (repeatable).")
@json_option
def split(*, work_id: str, seed: int, share: float, by: tuple[str, ...], as_json: bool) -> None:
    """Write the column `split` of the case file: tune or prove for each case. Refused once the cases are frozen.

    The shares are kept within each expected answer; cases with the same input stay together.
    """
    from remit.errors import UsageError

    if not 0.0 < share < 1.0:
        raise UsageError(
            "--prove is no share of the cases",
            expected="--prove above 0 and below 1",
            found=f"{share:g}",
            mend="--prove 0.5 proves on one half and leaves the other to tune on",
        )
    output = shown_output(as_json=as_json)
    with opened() as project:
        coverage = project.work(work_id).split_cases(seed=seed, share_prove=share, by=by or None)
    _document(output, coverage)
    output.text(f"{coverage.n_prove:,} cases to prove, {coverage.n_tune:,} to tune, by seed {seed}")


@cases.command("freeze", short_help="Fix the sets by their digests, before the first proof.")
@work_argument
@json_option
def freeze(*, work_id: str, as_json: bool) -> None:
    """Fix the tune and prove sets by their digests. From then on a proof is refused when the prove set changes."""
    from remit.report.documents import plain, versioned

    output = shown_output(as_json=as_json)
    with opened() as project:
        frozen: Frozen = project.work(work_id).freeze_cases()
    output.document(versioned("frozen cases", plain(frozen)))
    output.text(
        f"frozen: {frozen.prove.n:,} cases to prove ({frozen.prove.digest[:12]}), "
        f"{frozen.tune.n:,} to tune ({frozen.tune.digest[:12]})"
    )


@cases.command("coverage", short_help="How many cases there are of what.")
@work_argument
@json_option
def coverage(*, work_id: str, as_json: bool) -> None:
    """Count the prove set by answer, tag, slice and labeller."""
    output = shown_output(as_json=as_json)
    with opened() as project:
        work = project.work(work_id)
        found = work.check_cases()
        doubts = work.doubts()
    _document(output, found)
    output.text("\n".join([*_lines(found), *_look_again(work_id, found, doubts)]))


def _document(output: Output, coverage: Coverage) -> None:
    if not output.as_json:
        return
    from remit.report.documents import plain, versioned

    output.document(versioned("cases", plain(coverage)))


def _check_items(work_id: str, file: str, output: Output) -> None:
    from remit.report.documents import plain, versioned
    from remit.report.text import visible

    with opened() as project:
        found = project.work(work_id).check_real_items(file)
    output.document(versioned("real items", plain(found)))
    most = f"; most: {visible(found.most)}" if found.most is not None else ""
    output.text(f"{found.n:,} items: {found.n_refused:,} would be refused{most}")
    for one in found.messiness:
        output.text(f"  {one.measure}: {one.real_mean:.3g} on average, {one.cases_mean:.3g} in the cases")


def _look_again(work_id: str, found: Coverage, doubts: Mapping[str, Sequence[str]]) -> list[str]:
    """What a person should look at: near-duplicates across the split, contradictions, and answers that look wrong."""
    near = [f"{a} is nearly {b}" for a, b in found.nearness.near_in_tune]
    against = [f"{a} and {b}" for a, b in found.nearness.contradictory]
    lines = _listed(f"nearly a tune case, of the prove cases: {found.nearness.n_near_in_tune:,}", near)
    lines += _listed("the same or nearly the same input, different expected answers", against)
    for executor, cases in doubts.items():
        lines += _listed(f"{executor} is sure of another answer", cases)
    if against or doubts:
        lines.append(f"\nask people about them: remit cases label {work_id} --as PERSON --doubtful")
    return lines


def _listed(what: str, names: Sequence[str]) -> list[str]:
    from remit.report.text import visible

    if not names:
        return []
    more = [f"  and {len(names) - _MOST_VALUES:,} more: --json lists pairs, a proof its cases"]
    shown = [f"  {visible(name)}" for name in names[:_MOST_VALUES]]
    return [f"\n{visible(what)}", *shown, *(more if len(names) > _MOST_VALUES else [])]


def _lines(found: Coverage) -> list[str]:
    from remit.report.text import visible

    lines = [f"prove set: {found.n_prove:,} cases; tune set: {found.n_tune:,}; seen in both: {found.n_seen_in_tune:,}"]
    groups = [(f"answer {name}", counts) for name, counts in found.classes.items()]
    groups += [("tag", found.tags), *((f"slice {name}", counts) for name, counts in found.slices.items())]
    groups.append(("labelled by", found.labellers))
    for name, counts in groups:
        lines.append(f"\n{visible(name)}")
        ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        lines += [f"  {visible(value) or '(empty)':<32} {n:>8,}" for value, n in ranked[:_MOST_VALUES]]
        if len(ranked) > _MOST_VALUES:
            lines.append(f"  and {len(ranked) - _MOST_VALUES} more")
    return lines
