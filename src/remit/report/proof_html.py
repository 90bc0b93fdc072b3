"""A proof as one HTML file: opens anywhere, prints to A4, runs no script, and asks nothing of any network."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from remit.proof.document import ProofDocument
from remit.report.charts import cost_coverage_chart, curve_rows, risk_coverage_chart
from remit.report.documents import document_digest
from remit.report.numbers import sure_text
from remit.report.proof_view import ExpectedNotice, Line, proof_view
from remit.report.states import Shown, mark_of, tone_of
from remit.report.text import kept_together, visible, visible_lines

if TYPE_CHECKING:
    from jinja2 import Environment, Template

__all__ = ["render_proof_html"]


def render_proof_html(
    document: ProofDocument, *, stale: str | None = None, notice: ExpectedNotice | None = None
) -> str:
    """The report of one proof: claim, verdicts, curve, slices, costs, wrong cases, method, limits, how to reproduce.

    ``stale`` says in a clause why the proof no longer counts; ``notice`` what the audits of this work are expected to
    notice. Text from the data is escaped; characters that are no text are written out.
    """
    view = proof_view(document, stale=stale, notice=notice)
    chart = risk_coverage_chart(document.curve, budget=document.error_budget, certificate=document.certificate)
    return _template().render(
        view=view,
        document=document,
        chart=chart,
        cost_chart=cost_coverage_chart(document.cascade, currency=document.currency)
        if document.cascade is not None
        else "",
        curve=curve_rows(document.curve, certificate=document.certificate),
        digests=(*view.digests, Line(label="Document", value=document_digest(document), exact=True)),
        reproduce=visible_lines(view.reproduce),
        sure=sure_text(document.delta),
    )


@cache
def _template() -> Template:
    return _environment().get_template("proof.html")


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("remit.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(mark_of=mark_of, tone_of=tone_of, Shown=Shown)
    return environment


def _shown(value: object) -> object:
    """What stands in the page for ``value``: nothing invisible, and a number on one line with its unit."""
    if not isinstance(value, str) or hasattr(value, "__html__"):  # the template itself made it markup
        return value
    return kept_together(visible(value))
