"""What a role may not do it cannot do by any route: every route, every role, every way to come in."""

from __future__ import annotations

import re
import sqlite3
from datetime import timedelta

import pytest
from tests.integration.serving.conftest import WITH_ROLE
from tests.integration.small_project import ITEM

from remit.api.service import Limits
from remit.api.table import ROUTES, About
from remit.project import Ambient, system
from remit.project.people import ACCESS_ROLES
from remit.project.serving.tokens import revoke_token, tokens_made
from remit.store.operations.alerts import AlertKind, raise_alert

MANY = Limits(per_s=1e6, burst=1_000_000, guesses_per_s=1e6, guesses=1_000_000)

# Written by hand, not taken from the table: what each role may ask for.
READS_WORKS = {
    "GET /v1/definitions",
    "GET /v1/definitions/{work}",
    "GET /v1/definitions/{work}/readiness",
    "GET /v1/definitions/{work}/grants",
    "GET /v1/definitions/{work}/autonomy",
    "GET /v1/definitions/{work}/plan",
    "GET /v1/definitions/{work}/proofs",
    "GET /v1/definitions/{work}/proofs/{n}",
    "GET /v1/alerts",
    "GET /v1/audits",
    "GET /v1/reviews",
    "GET /v1/reviews/{review_id}",
}
ONESELF = {"GET /v1/session", "DELETE /v1/session"}
OPEN = {"POST /v1/session", "GET /healthz", "GET /readyz", "GET /v1/openapi.json"}
STOPS = {
    "POST /v1/definitions/{work}/stop",
    "POST /v1/definitions/{work}/resume",
    "POST /v1/stop",
    "POST /v1/resume",
    "POST /v1/definitions/{work}/drills/stop",
    "POST /v1/alerts/{alert_id}/settle",
}
WATCHES = {
    "GET /v1/ledger/verify",
    "GET /metrics",
    "GET /v1/definitions/{work}/reviewers",
    "GET /v1/definitions/{work}/ledger",
    "GET /v1/definitions/{work}/seals",
}
READS_ITEMS = {
    "GET /v1/definitions/{work}/items/{key:path}",
    "GET /v1/definitions/{work}/drills",
    "GET /v1/outbox",
}
KNOWS = {"POST /v1/definitions/{work}/truths", "POST /v1/definitions/{work}/outcomes"}
DRILLS = {"POST /v1/definitions/{work}/drills/path", "POST /v1/definitions/{work}/drills/replay"}
SENDS = {"POST /v1/outbox/replay", "POST /v1/outbox/{decision_id}/{effect}/replay"}
ERASES = {"POST /v1/definitions/{work}/erase"}
REVIEWS = {
    "POST /v1/definitions/{work}/reviews/next",
    *(
        f"POST /v1/reviews/{{review_id}}/{step}"
        for step in ("claim", "release", "later", "decide", "ask", "answer", "reassign", "undo")
    ),
}
DECIDES = {"POST /v1/definitions/{work}/decide"}
READS_ONE = {"GET /v1/decisions/{decision_id}"}
REVOKES = {"POST /v1/definitions/{work}/revoke"}
GRANTS = {"POST /v1/definitions/{work}/grants"}
DENIED = {"GET /v1/denials"}
MAY = {
    "author": READS_WORKS
    | STOPS
    | DECIDES
    | READS_ONE
    | REVOKES
    | READS_ITEMS
    | KNOWS
    | DRILLS
    | SENDS
    | {"POST /v1/reviews/{review_id}/answer", "POST /v1/reviews/{review_id}/reassign"},
    "reviewer": READS_WORKS | STOPS | REVIEWS,
    "accountable": READS_WORKS
    | STOPS
    | REVIEWS
    | DECIDES
    | READS_ONE
    | REVOKES
    | GRANTS
    | WATCHES
    | READS_ITEMS
    | KNOWS
    | DRILLS
    | SENDS
    | ERASES,
    "leader": READS_WORKS | STOPS | READS_ONE | WATCHES | READS_ITEMS | DRILLS,
    "auditor": READS_WORKS | READS_ONE | WATCHES | DENIED | READS_ITEMS,
    "service": DECIDES | READS_ONE,
    "admin": READS_WORKS | STOPS | READS_ONE | WATCHES | DENIED | REVOKES | READS_ITEMS | DRILLS | SENDS | ERASES,
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
KNOWN = {(entry.method, entry.path) for entry in ROUTES}
PATHS = sorted({entry.path for entry in ROUTES})


@pytest.fixture
def world(opened):
    """A server, and one decision with its review in each work."""
    served = opened(limits=MANY)
    made = {}
    headers = served.of("author")
    for work in ("refunds", "returns"):
        made[work] = served.client.post(f"/v1/definitions/{work}/decide", json={"input": ITEM}, headers=headers).json()
        made[work]["alert"] = f"alert-{work}"
        with served.project.store.writing() as writing:
            about = {"work": work, "kind": AlertKind.VOLUME, "about": "", "text": "too few", "contact": None}
            raise_alert(writing, id=made[work]["alert"], now=served.project.ambient.now(), **about)
    return served, made


def url(path, made, work="refunds"):
    record = made[work]
    places = {
        "work": work,
        "decision_id": record["id"],
        "review_id": record["review"],
        "alert_id": record["alert"],
        "key:path": record["key"],
        "effect": "note",
        "n": "1",
    }
    return re.sub(r"{([a-z_:]+)}", lambda found: places[found[1]], path)


def asked(served, method, where, headers):
    body = {} if method in ("GET", "HEAD", "OPTIONS", "TRACE") else {"json": {"reason": "a test"}}
    return served.client.request(method, where, headers=headers, **body)


def n_rows(served):
    """How much is recorded, but for what was refused."""
    connection = sqlite3.connect(served.project.store.path)
    try:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            for table in ("ledger", "decisions", "reviews", "grants", "stops", "acts", "tokens", "outbox")
        }
    finally:
        connection.close()


def test_the_table_names_every_route_that_there_is(served):
    routes = served.client.app._inner.routes
    assert {(method, route.path) for route in routes for method in route.methods} == KNOWN
    assert {f"{entry.method} {entry.path}" for entry in ROUTES} == {*OPEN, *ONESELF, *set().union(*MAY.values())}
    assert set(MAY) == set(ACCESS_ROLES)


@pytest.mark.parametrize("role", ACCESS_ROLES)
def test_a_role_may_do_exactly_what_the_table_says(world, role):
    served, made = world
    headers = served.of(role)
    for entry in ROUTES:
        name = f"{entry.method} {entry.path}"
        before = n_rows(served)
        answer = asked(served, entry.method, url(entry.path, made), headers)
        if name in MAY[role] | ONESELF | OPEN:
            refused = answer.status_code == 403 and "may not do this" in answer.text
            assert not refused, (role, name)
            assert answer.status_code not in (401, 405), (role, name, answer.text)
            assert answer.status_code < 500, (role, name, answer.text)
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "E800"), (role, name)
            assert n_rows(served) == before, (role, name)


@pytest.mark.parametrize("role", [*ACCESS_ROLES, None])
def test_no_other_method_does_anything(world, role):
    served, made = world
    headers = {} if role is None else served.of(role)
    before = n_rows(served)
    for path in PATHS:
        for method in METHODS:
            if (method, path) not in KNOWN:
                answer = asked(served, method, url(path, made), headers)
                assert answer.status_code == (401 if role is None else 405), (role, method, path)
    assert n_rows(served) == before


def _expired(served, role):
    return served.headers(WITH_ROLE[role], days=1)


def _revoked(served, role):
    headers = served.of(role)
    revoke_token(served.project, tokens_made(served.project)[-1].id)
    return headers


@pytest.mark.parametrize("role", ACCESS_ROLES)
def test_without_a_token_that_counts_nothing_is_done(opened, world, role):
    served, made = world
    wrong = {
        "none": {},
        "revoked": _revoked(served, role),
        "unknown": {"Authorization": "Bearer remit_unknown"},
        "another scheme": {"Authorization": "Basic " + served.of(role)["Authorization"][7:]},
        "half of it": {"Authorization": served.of(role)["Authorization"][:-1]},
        "nobody's cookie": {"Cookie": "remit_session=a.b"},
    }
    before = n_rows(served)
    for entry in ROUTES:
        if entry.about is About.NOBODY:
            continue
        for what, headers in wrong.items():
            answer = asked(served, entry.method, url(entry.path, made), headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "E800"), (what, entry)
            assert "www-authenticate" in answer.headers
    assert n_rows(served) == before


def test_an_expired_token_is_worth_nothing(opened):
    machine = system()
    moment = [machine.now()]
    ambient = Ambient(
        now=lambda: moment[0],
        monotonic=machine.monotonic,
        new_id=machine.new_id,
        salt=machine.salt,
        draw=machine.draw,
        setting=lambda _: None,
    )
    served = opened(limits=MANY, ambient=ambient)
    headers = {role: _expired(served, role) for role in ACCESS_ROLES}
    assert served.client.get("/v1/session", headers=headers["service"]).status_code == 200
    moment[0] += timedelta(days=1)
    for role in ACCESS_ROLES:
        for entry in ROUTES:
            if entry.about is not About.NOBODY:
                where = re.sub(r"{[a-z_:]+}", "refunds", entry.path)
                assert asked(served, entry.method, where, headers[role]).status_code == 401, (role, entry)


@pytest.mark.parametrize("role", ACCESS_ROLES)
def test_a_token_for_one_work_says_and_does_nothing_about_another(world, role):
    served, made = world
    headers = served.headers(WITH_ROLE[role], work="returns")
    before = n_rows(served)
    for entry in ROUTES:
        if entry.about in (About.WORK, About.RECORD, About.EVERYTHING):
            answer = asked(served, entry.method, url(entry.path, made), headers)
            assert answer.status_code in ((404, 403, 422) if entry.about is About.RECORD else (403,)), (role, entry)
            assert made["refunds"]["key"] not in answer.text
    assert n_rows(served) == before
    if role != "service":
        answer = served.client.get("/v1/reviews", headers=headers)
        assert answer.status_code == 200, answer.text
        listed = answer.json()["reviews"]
        assert {one["work"] for one in listed} == {"returns"}
        told = served.client.get("/v1/alerts", headers=headers).json()["alerts"]
        assert {one["work"] for one in told} == {"returns"}
        works = served.client.get("/v1/definitions", headers=headers).json()["definitions"]
        assert [one["id"] for one in works] == ["returns"]
        assert served.client.get("/v1/reviews?work=refunds", headers=headers).status_code == 404


def test_a_token_has_no_more_roles_than_it_was_made_with_and_the_person_still_has(served):
    narrowed = served.headers("kim", roles=["auditor"])
    assert served.client.get("/v1/session", headers=narrowed).json()["roles"] == ["auditor"]
    assert served.client.get("/v1/denials", headers=narrowed).status_code == 200
    decide = served.client.post("/v1/definitions/refunds/decide", json={"input": ITEM}, headers=narrowed)
    assert decide.status_code == 403


def test_nobody_acts_as_somebody_else(served):
    headers = {**served.of("accountable"), "X-Remit-By": "tarek"}
    stopped = served.client.post("/v1/stop", json={"reason": "a test"}, headers=headers).json()
    assert stopped["by"] == "jonas"


def test_what_is_refused_is_recorded_and_no_more_of_it_than_is_bearable(served):
    headers, auditor = served.of("service"), served.of("auditor")
    for _ in range(30):
        assert served.client.get("/v1/ledger/verify", headers=headers).status_code == 403
    said = served.client.get("/v1/denials", headers=auditor).json()["denials"]
    assert len(said) == 10
    assert {(one["who"], one["what"]) for one in said} == {("shop", "GET /v1/ledger/verify")}
    assert "not recorded" in said[0]["why"]
