"""What people and programs read, word for word. ``REMIT_RENEW_GOLDENS=1`` writes the files anew."""

import os
from pathlib import Path

import pytest
from tests.unit.report.plans import empty_plan, open_plan, proved_plan
from tests.unit.report.samples import (
    CHAINS,
    DECIDED,
    DECISION,
    ERROR,
    NOT_CERTIFIED,
    NOW,
    PROOF,
    REACHED,
    READINESS,
    REVIEWS,
    view,
)

from remit.readiness.explain import explain
from remit.report.documents import decision_document, document_text, plain, readiness_document, to_json, versioned
from remit.report.github import github_problems, github_readiness
from remit.report.junit import junit_report
from remit.report.problems import problems_document, render_problems
from remit.report.proof_view import ExpectedNotice
from remit.report.terminal import (
    render_decision,
    render_explanation,
    render_ledger,
    render_plan,
    render_proof,
    render_readiness,
    render_reviews,
)
from remit.report.terminal.reviewing import render_review_statistics, render_view
from remit.reviews import AuditFinding, EffectUndo, Outcome, ReviewState
from remit.reviews.statistics import statistics_of

FOLDER = Path(__file__).parent / "report"
ABOUT = {"work": "triage-email", "key": "m-1042", "executor": "clf-v3", "review": "R-4"}

TEXTS = {
    "proof-80.txt": lambda: render_proof(PROOF, width=80, colour=False),
    "proof-120.txt": lambda: render_proof(
        PROOF, width=120, colour=False, notice=ExpectedNotice(n_audits=350, days=14.2)
    ),
    "proof-colour.txt": lambda: render_proof(PROOF, width=80, colour=True),
    "proof-not-certified-80.txt": lambda: render_proof(NOT_CERTIFIED, width=80, colour=False),
    "proof-stale-80.txt": lambda: render_proof(
        PROOF, width=80, colour=False, stale="the definition changed in what the evidence is about"
    ),
    "plan-80.txt": lambda: render_plan(proved_plan(), width=80, colour=False),
    "plan-open-80.txt": lambda: render_plan(open_plan(), width=80, colour=False),
    "plan-empty-80.txt": lambda: render_plan(empty_plan(), width=80, colour=False),
    "plan.json": lambda: document_text(versioned("plan", plain(open_plan()))),
    "readiness-80.txt": lambda: render_readiness(READINESS, width=80, colour=False),
    "readiness-reached-80.txt": lambda: render_readiness(REACHED, width=80, colour=False),
    "decision-80.txt": lambda: render_decision(DECISION, width=80, colour=False, currency="EUR", **ABOUT),
    "reviews-80.txt": lambda: render_reviews(REVIEWS, now=NOW, width=80, colour=False),
    "review-80.txt": lambda: render_view(
        view(
            REVIEWS[1],
            input={
                "subject": "Card gone",
                "text": "My card was stolen this morning in the tram, please block it. " * 3,
            },
            suggestion={"team": "fraud"},
        ),
        width=80,
        colour=False,
    ),
    "audit-decided-80.txt": lambda: render_view(
        view(
            REVIEWS[2],
            is_audit=True,
            state=ReviewState.DECIDED,
            input={"subject": "Card gone"},
            decided_by="tarek",
            decided_at=NOW,
            outcome=Outcome.ANSWERED,
            output={"team": "fraud"},
            question={
                "by": "tarek",
                "at": "2026-10-29T10:00:00+00:00",
                "text": "Whose card?",
                "answer": {"by": "mira", "at": "2026-10-29T10:05:00+00:00", "text": "her own"},
                "earlier": [],
            },
            finding=AuditFinding(
                acted_on={"team": "other"},
                wrong=True,
                undos=(EffectUndo(effect="queued", what="it is in the queue", undo="move it back", until=NOW),),
            ),
        ),
        width=80,
        colour=False,
    ),
    "review-statistics-80.txt": lambda: render_review_statistics(
        statistics_of(DECIDED), work="triage-email", width=80, colour=False
    ),
    "review-statistics-none-80.txt": lambda: render_review_statistics(
        statistics_of(()), work="triage-email", width=80, colour=False
    ),
    "reviews-none-80.txt": lambda: render_reviews((), now=NOW, width=80, colour=False),
    "ledger-80.txt": lambda: render_ledger(CHAINS[:1], width=80, colour=False),
    "ledger-broken-80.txt": lambda: render_ledger(CHAINS, width=80, colour=False),
    "explanation-80.txt": lambda: render_explanation(explain("WD01"), width=80, colour=False),
    "problems-80.txt": lambda: render_problems(ERROR, width=80, colour=False),
    "problems-colour.txt": lambda: render_problems(ERROR, width=80, colour=True),
    "problems.github": lambda: github_problems(ERROR),
    "readiness.github": lambda: github_readiness(READINESS),
    "report.junit.xml": lambda: junit_report((READINESS,), (ERROR,), titles={"WD01": "Unit of work is one item"}),
    "proof.json": lambda: document_text(to_json(PROOF)),
    "readiness.json": lambda: document_text(readiness_document(READINESS)),
    "decision.json": lambda: document_text(decision_document(DECISION, **ABOUT)),
    "error.json": lambda: document_text(problems_document(ERROR)),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_report_reads_word_for_word_as_it_was_agreed(name):
    text, file = TEXTS[name]() + "\n", FOLDER / name
    if os.environ.get("REMIT_RENEW_GOLDENS"):  # noqa: TID251 - a switch for the people who agree on the texts
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def test_no_golden_is_left_over():
    assert {file.name for file in FOLDER.iterdir()} == set(TEXTS)
