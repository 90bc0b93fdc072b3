"""Reviews on the screen: a list, the next one, one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remit.cli.options import opened
from remit.cli.output import Output, shown_output

if TYPE_CHECKING:
    from remit.reviews import ReviewView

__all__ = ["show_list", "show_next", "show_one", "show_view"]


def show_list(work_id: str | None, *, audits_only: bool, as_json: bool) -> None:
    """List what waits."""
    from remit.report.documents import plain, versioned
    from remit.report.terminal import render_reviews
    from remit.report.terminal.reviewing import listed

    output = shown_output(as_json=as_json)
    with opened() as project:
        waiting = project.review_desk.waiting(work_id, audits_only=audits_only)
        now = project.ambient.now()
    rows = [listed(one) for one in waiting]
    output.document(
        versioned(
            "reviews", {"reviews": [{**plain(one), "why": row.why} for one, row in zip(waiting, rows, strict=True)]}
        )
    )
    output.text(render_reviews(rows, now=now, width=output.width, colour=output.colour))


def show_next(work_id: str | None, *, by: str | None, audits_only: bool, as_json: bool) -> None:
    """Claim the first that is due, and show it."""
    from remit.report.documents import versioned

    output = shown_output(as_json=as_json)
    with opened() as project:
        found = project.review_desk.next(work_id, by=by, audits_only=audits_only)
    if found is not None:
        show_view(found, output)
        return
    output.document(versioned("review", {"id": None}))
    output.text("Nothing waits for you.")


def show_one(review_id: str, *, as_json: bool) -> None:
    """Show one."""
    output = shown_output(as_json=as_json)
    with opened() as project:
        found = project.review_desk.show(review_id)
    show_view(found, output)


def show_view(view: ReviewView, output: Output) -> None:
    """Show a review as a person may see it."""
    from remit.report.documents import plain, versioned
    from remit.report.terminal.reviewing import render_view

    output.document(versioned("review", plain(view)))
    output.text(render_view(view, width=output.width, colour=output.colour))
