"""Numbers, charts, terminal, HTML, JSON: one view model, many skins."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from remit.report.documents import decision_document, from_json, from_text, readiness_document, to_json
    from remit.report.github import github_problems, github_readiness
    from remit.report.junit import junit_report
    from remit.report.problems import problems_document, render_problems
    from remit.report.proof_html import render_proof_html

__all__ = [
    "decision_document",
    "from_json",
    "from_text",
    "github_problems",
    "github_readiness",
    "junit_report",
    "problems_document",
    "readiness_document",
    "render_problems",
    "render_proof_html",
    "to_json",
]

_HOMES = {
    "decision_document": "documents",
    "from_json": "documents",
    "from_text": "documents",
    "github_problems": "github",
    "github_readiness": "github",
    "junit_report": "junit",
    "problems_document": "problems",
    "readiness_document": "documents",
    "render_problems": "problems",
    "render_proof_html": "proof_html",
    "to_json": "documents",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
