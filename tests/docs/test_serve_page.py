"""The guide on serving says of every route for whom it is, as the one table of routes does."""

from __future__ import annotations

from pathlib import Path

import pytest

from remit.api.table import ROUTES, About
from remit.project.people import ACCESS_ROLES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "serve.md"
ENDPOINTS = {
    "decide items": {"decisions.decide"},
    "read one decision": {"decisions.read"},
    "read definitions, readiness, levels, plans, proofs, reviews, audits, alerts": {
        *(f"definitions.{name}" for name in ("list_all", "read", "readiness", "grants", "autonomy", "plan")),
        *("definitions.proofs", "definitions.proof", "reviews.list_page", "reviews.read", "reviews.audits"),
        "delivering.alerts",
    },
    "read the story of an item, the outbox, drills": {"items.story", "delivering.outbox", "drilling.status"},
    "read figures on reviewers, ledger, seals, metrics; verify": {
        *("watching.reviewers", "records.entries", "records.seals", "records.verify", "operating.metrics"),
    },
    "read refusals": {"records.denied"},
    "work on reviews and audits": {
        *(f"reviews.{name}" for name in ("claim", "release", "later", "decide", "ask", "undo", "next_one")),
    },
    "answer a question, hand a review on": {"reviews.answer", "reviews.reassign"},
    "stop, resume, drill the stop": {
        *(f"allowing.{name}" for name in ("stop", "resume", "stop_everything", "resume_everything")),
        "drilling.stop",
    },
    "settle alerts": {"delivering.settle"},
    "drill paths and replay": {"drilling.paths", "drilling.replay"},
    "grant": {"allowing.grant"},
    "revoke": {"allowing.revoke"},
    "add truths and outcomes": {"watching.add_truths", "watching.add_outcome"},
    "send again": {"delivering.replay", "delivering.replay_all"},
    "erase": {"records.erase"},
}


def said():
    """By what is done, the roles that the page lets do it."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    start = next(n for n, line in enumerate(lines) if line.startswith("| what |"))
    roles = [cell.strip(" `") for cell in lines[start].strip("|").split("|")][1:]
    assert sorted(roles) == sorted(ACCESS_ROLES)
    found = {}
    for line in lines[start + 1 :]:
        what, *cells = (cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|"))
        if len(cells) != len(roles):
            break
        found[what] = {role: cell for role, cell in zip(roles, cells, strict=True) if cell}
    return found


def test_the_page_speaks_of_every_route_that_asks_for_a_role():
    with_role = {one.endpoint for one in ROUTES if one.about not in (About.NOBODY, About.CALLER)}
    assert set().union(*ENDPOINTS.values()) == with_role
    assert set(said()) == set(ENDPOINTS)


@pytest.mark.parametrize("what", ENDPOINTS)
def test_the_page_names_the_roles_of_the_table(what):
    for one in ROUTES:
        if one.endpoint in ENDPOINTS[what]:
            assert set(said()[what]) == set(one.roles), one.path
