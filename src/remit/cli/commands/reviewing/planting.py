"""``remit review plant|stats``: what people catch, and what they wave through."""

from __future__ import annotations

import click

from remit.cli.options import by_option, json_option, opened, work_argument
from remit.cli.output import shown_output

__all__ = ["plant", "stats"]


@click.command(short_help="Bring cases with a known answer to reviewers, unmarked.")
@work_argument
@click.option("--n", "n", type=int, default=20, show_default=True, metavar="N", help="How many.")
@click.option("--seed", type=int, metavar="N", help="Draws the cases; the same seed, the same cases.")
@click.option(
    "--wrong-suggestions",
    "share_wrong",
    type=float,
    default=0.0,
    show_default=True,
    metavar="SHARE",
    help="The share of them that comes with a wrong suggestion, 0 to 1.",
)
@by_option
@json_option
def plant(*, work_id: str, n: int, seed: int | None, share_wrong: float, by: str | None, as_json: bool) -> None:
    """Bring cases whose right answer is known to reviewers. They look like any other review and change nothing.

    \b
    Examples:
      remit review plant digits --n 20 --wrong-suggestions 0.5 --by mira
      remit review stats digits
    """  # noqa: D301
    from remit.project.reviewing.planting import plant_cases
    from remit.report.documents import versioned
    from remit.report.numbers import counted

    output = shown_output(as_json=as_json)
    with opened() as project:
        drawn = seed if seed is not None else int(project.ambient.draw() * 2**31)
        planted = plant_cases(project.work(work_id), n=n, seed=drawn, share_wrong=share_wrong, by=by)
    # Their ids are not said: whoever reads along may be a reviewer.
    output.document(versioned("planted", {"work": work_id, "n": len(planted), "seed": drawn}))
    output.text(f"{counted(len(planted), 'case')} of {work_id} planted among the reviews, seed {drawn}")


@click.command(short_help="What people catch, how long they take, how often they differ.")
@work_argument
@json_option
def stats(*, work_id: str, as_json: bool) -> None:
    """Show what is known of the people who decide a work: together, then one by one."""
    from remit.project.reviewing.figures import review_statistics
    from remit.report.documents import plain, versioned
    from remit.report.terminal.reviewing import render_review_statistics

    output = shown_output(as_json=as_json)
    with opened() as project:
        found = review_statistics(project.work(work_id))
    output.document(versioned("review statistics", {"work": work_id, **plain(found)}))
    output.text(render_review_statistics(found, work=work_id, width=output.width, colour=output.colour))
