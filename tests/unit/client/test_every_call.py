"""Every call of both clients is a request that the OpenAPI document of the server allows, and the same for both."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from jsonschema import Draft202012Validator

from remit.client import AsyncClient, Client
from remit.errors import Conflict, OutsideError

OPENAPI = json.loads((Path(__file__).parents[3] / "docs/reference/openapi.json").read_text(encoding="utf-8"))

CALLS = {
    "decide": (("a b", {"amount": 3}), {"key": "k", "executor": "desk", "callback": "shop"}),
    "decision": (("d/1",), {}),
    "definitions": ((), {}),
    "readiness": (("refunds",), {"for_level": "shadow", "executor": "desk"}),
    "autonomy": (("refunds",), {}),
    "grant": (("refunds",), {"executor": "desk", "level": "shadow", "reason": "so", "until": "2026-09-01"}),
    "revoke": (("refunds",), {"executor": "desk", "reason": "so"}),
    "stop": (("refunds",), {"executor": "desk", "reason": "so"}),
    "resume": (("refunds",), {"executor": "desk", "reason": "so"}),
    "reviews": ((), {"work": "refunds", "state": "open"}),
    "review": (("r1",), {}),
    "claim": (("r1",), {"version": 3}),
    "release": (("r1",), {"version": 3}),
    "decide_review": (("r1",), {"output": {"refund": "yes"}, "comment": "so", "version": 3}),
    "undo": (("r1",), {"version": 3}),
    "audits": ((), {"work": "refunds", "state": "open"}),
    "item": (("refunds", "k 1"), {}),
    "add_truths": (("refunds", [{"key": "k", "expected": {"refund": "yes"}}]), {}),
    "add_outcome": (("refunds", 3.5), {"day": "2026-07-01", "note": "so"}),
    "reviewers": (("refunds",), {}),
    "plan": (("refunds",), {"executor": "desk"}),
    "proofs": (("refunds",), {}),
    "proof": (("refunds", 2), {}),
    "drills": (("refunds",), {}),
    "drill_stop": (("refunds",), {"executor": "desk"}),
    "drill_paths": (("refunds",), {"path": "head", "mode": "F1"}),
    "drill_replay": (("refunds",), {"executor": "desk", "n": 50}),
    "outbox": ((), {"state": "dead", "limit": 5}),
    "replay": (("d1/mail",), {}),
    "alerts": ((), {}),
    "settle_alert": (("a1",), {}),
    "seals": (("refunds",), {"after": 4}),
    "erase": (("refunds", "k1"), {"reason": "asked for"}),
    "ledger": (("refunds",), {}),
    "verify_ledger": ((), {}),
}
"""Every call, with every argument that it takes."""

NO_REQUEST_OF_ITS_OWN = {"close", "wait"}
ONE_PAGE = {"reviews": [{"id": "r"}], "audits": [{"id": "r"}], "entries": [{"id": "r"}], "next": None}
REVIEW = {"id": "r1", "state": "open"}
FINAL = {**ONE_PAGE, "review": REVIEW, "waiting": False}


def public(cls):
    return {name for name, one in vars(cls).items() if inspect.isfunction(one) and not name.startswith("_")}


class Recorded:
    """A server that notes what it is asked, and gives its answers one after the other."""

    def __init__(self, *answers):
        self.requests = []
        self._answers = list(answers)

    def transport(self):
        return httpx2.MockTransport(self._answer)

    def _answer(self, request):
        self.requests.append(request)
        found = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(found, Exception):
            raise found
        status, document = found
        return httpx2.Response(status, json=document, headers={"Retry-After": "0"})


def blocking(server, name, args=(), **given):
    with Client("http://here", "secret", transport=server.transport()) as client:
        found = getattr(client, name)(*args, **given)
        return found if isinstance(found, dict) else list(found)


def awaited(server, name, args=(), **given):
    async def ask():
        async with AsyncClient("http://here", "secret", transport=server.transport()) as client:
            found = getattr(client, name)(*args, **given)
            return [one async for one in found] if isinstance(found, AsyncIterator) else await found

    return asyncio.run(ask())


BOTH = pytest.mark.parametrize("ask", [blocking, awaited])


def operation_of(request):
    """The one operation of the document that a request is."""
    path = request.url.raw_path.decode().partition("?")[0]
    found = []
    for template, operations in OPENAPI["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and request.method.lower() in operations:
            found.append((template.count("{"), operations[request.method.lower()]))
    assert found, f"the server knows no {request.method} {path}"
    return min(found, key=lambda one: one[0])[1]


def is_allowed(request):
    operation = operation_of(request)
    named = {one["name"].lower(): one for one in operation.get("parameters", [])}
    for name in request.url.params:
        assert named[name]["in"] == "query"
    if "if-match" in request.headers:
        assert named["if-match"]["in"] == "header"
    if request.method == "GET":
        assert request.content == b""
        return
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    whole = {**schema, "components": OPENAPI["components"]}
    Draft202012Validator(whole).validate(json.loads(request.content))


def shown(request):
    return request.method, str(request.url), request.content, request.headers.get("if-match"), dict(request.headers)


def test_both_clients_know_the_same_calls_and_every_one_is_tried_here():
    assert public(Client) == public(AsyncClient) == set(CALLS) | NO_REQUEST_OF_ITS_OWN
    for name in public(Client):
        mine, other = (inspect.signature(getattr(cls, name)).parameters for cls in (Client, AsyncClient))
        assert list(mine.values()) == list(other.values()), name


@pytest.mark.parametrize("name", sorted(CALLS))
def test_every_call_is_a_request_that_the_server_documents_and_the_same_for_both(name):
    args, given = CALLS[name]
    one, other = Recorded((200, FINAL)), Recorded((200, FINAL))
    assert blocking(one, name, args, **given) == awaited(other, name, args, **given)
    (mine,), (theirs,) = one.requests, other.requests
    is_allowed(mine)
    assert shown(mine)[:4] == shown(theirs)[:4]
    assert mine.headers["authorization"] == theirs.headers["authorization"] == "Bearer secret"
    said = f"{mine.url} {mine.content.decode()} {mine.headers.get('if-match')}"
    for value in [*(arg for arg in args if isinstance(arg, int | float)), *given.values()]:
        text = json.dumps(value, separators=(",", ":")) if isinstance(value, dict) else str(value)
        assert text in said, f"{value!r} was not sent"


@BOTH
def test_what_belongs_to_everything_goes_to_no_work(ask):
    server = Recorded((200, FINAL))
    ask(server, "stop", reason="so")
    ask(server, "replay")
    assert [request.url.path for request in server.requests] == ["/v1/stop", "/v1/outbox/replay"]
    for request in server.requests:
        is_allowed(request)


@BOTH
@pytest.mark.parametrize(("name", "of"), [("reviews", "reviews"), ("audits", "audits"), ("ledger", "entries")])
def test_pages_follow_each_other_until_the_last(ask, name, of):
    pages = [(200, {of: [{"id": n}], "next": n if n < 3 else None}) for n in (1, 2, 3)]
    server = Recorded(*pages)
    args = ("refunds",) if name == "ledger" else ()
    assert [one["id"] for one in ask(server, name, args)] == [1, 2, 3]
    place = "after" if name == "ledger" else "cursor"
    assert [request.url.params.get(place) for request in server.requests][1:] == ["1", "2"]
    for request in server.requests:
        is_allowed(request)


@BOTH
def test_a_decision_is_waited_for_until_a_person_decided(ask):
    waits = (200, {"waiting": True})
    server = Recorded(waits, waits, (200, {"waiting": False, "output": {"refund": "yes"}}))
    assert ask(server, "wait", ("d1",), timeout_s=60, every_s=0.0)["output"] == {"refund": "yes"}
    assert len(server.requests) == 3
    with pytest.raises(OutsideError, match="nobody decided d1 within 0 s"):
        ask(Recorded(waits), "wait", ("d1",), timeout_s=0)


@BOTH
def test_what_does_no_harm_twice_is_sent_again_with_the_same_key(ask):
    busy = (503, {"code": "E504", "detail": "busy"})
    server = Recorded(busy, busy, (200, FINAL))
    ask(server, "decide", ("refunds", {"amount": 3}))
    assert len(server.requests) == 3
    assert len({request.content for request in server.requests}) == 1
    server = Recorded(busy)
    with pytest.raises(Conflict, match="busy"):
        ask(server, "grant", ("refunds",), executor="desk", level="shadow", reason="so")
    assert len(server.requests) == 1


@BOTH
def test_a_server_that_is_away_for_a_moment_is_asked_again(ask):
    server = Recorded(httpx2.ConnectError("refused"), (200, FINAL))
    assert ask(server, "definitions") == FINAL
    away = Recorded(httpx2.ConnectError("refused"))
    with pytest.raises(OutsideError, match="the server can't be reached: refused"):
        ask(away, "stop", reason="so")
    assert len(away.requests) == 1


@BOTH
@pytest.mark.parametrize(("status", "document"), [(200, [1]), (200, "ok"), (500, {"detail": "a proxy"}), (404, None)])
def test_an_answer_of_something_else_is_no_answer_of_remit(ask, status, document):
    with pytest.raises(OutsideError, match=f"the server answered {status}, and nothing that a Remit server says"):
        ask(Recorded((status, document)), "alerts")


@BOTH
def test_an_error_of_a_newer_server_keeps_its_words(ask):
    with pytest.raises(OutsideError, match="of tomorrow"):
        ask(Recorded((409, {"code": "E999", "detail": "of tomorrow", "problems": "odd"})), "alerts")
