"""What a server says of itself: one line an event, nothing of what items hold, no token and no key."""

from __future__ import annotations

import json
import logging
import re
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import datetime, timedelta
from io import StringIO

import pytest
from tests.integration.fire.calling import until
from tests.integration.serving.test_serve_command import ended, log_of, serving, tokens
from tests.integration.small_project import ITEM, environment

from remit.client import Client
from remit.errors import NotFound, RemitError
from remit.project import Project
from remit.project.logs import EVENTS, FIELDS, logging_to, noted, say, say_with
from remit.project.serving.tokens import make_token

MARK = "Q7marked"
ROOT_EVENTS = {"started", "request", "ended", "files.taken", "work.vanished", "sweep.leads"}

RAISES = '''\
"""A desk with a bug that repeats what it was given."""


def answer(given: dict):
    raise ValueError(f"no idea of {given}")
'''


@pytest.fixture
def root(opened):
    served = opened()
    served.project.close()
    return served.root


def lines_of(log):
    return [json.loads(line) for line in log.splitlines() if line.startswith("{")]


def test_each_event_is_one_object_with_time_level_name_and_listed_fields_alone(root):
    secret = tokens(root)
    with serving(root, "--log-format", "json") as (process, url):
        with Client(url, secret["shop"]) as shop, Client(url, secret["lea"]) as lea:
            made = shop.decide("refunds", ITEM, key="order-1")
            shop.decide("refunds", ITEM, key="order-1")
            with pytest.raises(NotFound):
                lea.autonomy("none")
        (root / "work" / "returns.yaml").unlink()
        until(lambda: "work.vanished" in log_of(root))
        until(lambda: "sweep.leads" in log_of(root))
        assert ended(process, signal.SIGTERM)[0] == 0
    said = lines_of(log_of(root))
    assert {one["event"] for one in said} - {"sweep.done"} == ROOT_EVENTS
    for one in said:
        at = datetime.fromisoformat(one["time"])
        assert at.utcoffset() == timedelta(0)
        assert one["level"] in ("info", "warning", "error")
        assert one["message"] == EVENTS[one["event"]]
        assert one.keys() - FIELDS.keys() == {"time", "level", "event", "message"}
    first, again, missed = [one for one in said if one["event"] == "request"]
    assert (first["status"], first["route"]) == (202, "/v1/definitions/{work}/decide")
    assert (first["work"], first["person"], first["decision"]) == ("refunds", "shop", made["id"])
    assert (first["review"], first["outcome"], first["repeated"]) == (made["review"], made["route"], False)
    assert again["repeated"] is True
    assert 0.0 < first["seconds"] < 60.0
    assert (missed["status"], missed["code"], missed.get("work")) == (404, "E505", None)
    assert len({one["request"] for one in (first, again, missed)}) == 3
    assert (said[0]["works"], said[0]["telemetry"], said[0]["store"]) == (["refunds", "returns"], False, "sqlite")


def test_the_id_of_a_request_comes_back_and_that_of_a_proxy_is_kept_unless_it_could_be_a_token(served):
    def asked(**headers):
        return served.client.get("/healthz", headers=headers).headers["X-Request-Id"]

    assert asked() != asked()
    assert asked(**{"X-Request-Id": "proxy-0001"}) == "proxy-0001"
    for odd in (served.token("shop"), "short", "x" * 65, "a b c d e f", "naïve-id-here".encode()):
        assert asked(**{"X-Request-Id": odd}) != odd
    refused = served.client.get("/v1/definitions", headers={"X-Request-Id": "proxy-0002", "Authorization": "Bearer x"})
    assert (refused.status_code, refused.headers["X-Request-Id"]) == (401, "proxy-0002")


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_of_an_item_no_key_and_no_token_is_in_any_line(root, form):
    """Marked payloads, keys, headers and paths go everywhere a caller can reach; the log is searched for the mark."""
    (root / "functions" / "desk.py").write_text(RAISES)
    secret = tokens(root)
    with Project.open(root) as project:
        extra = make_token(project, "ops", roles=(), work=None, days=1, by="ops")
    item = {**ITEM, "note": f"note {MARK}\n2026-01-01 forged {MARK}"}
    with serving(root, "--log-format", form, "--log-level", "debug") as (process, url):
        import httpx2

        with (
            Client(url, secret["shop"]) as shop,
            Client(url, secret["jonas"]) as owner,
            httpx2.Client(base_url=url, timeout=30) as plain,
        ):
            made = shop.decide("refunds", item, key=f"key-{MARK}", executor="desk")
            assert made["waiting"]
            for work, given, key in (
                ("refunds", {"amount": MARK}, "k2"),
                ("refunds", {**item, "note": "other"}, f"key-{MARK}"),
                (f"none{MARK}", item, "k3"),
                ("refunds", item, f"\x07{MARK}"),
            ):
                with suppress(RemitError):
                    shop.decide(work, given, key=key)
            owner.decide_review(made["review"], output={"refund": "ask"}, comment=f"because {MARK}")
            bearer = {"Authorization": f"Bearer {secret['lea']}"}
            for method, path, more in (
                ("GET", f"/v1/definitions/refunds/items/key-{MARK}", {"headers": bearer}),
                ("GET", f"/{MARK}", {"headers": bearer}),
                (MARK, "/v1/definitions", {"headers": bearer}),
                ("GET", f"/v1/reviews?state={MARK}", {"headers": bearer}),
                ("GET", "/v1/definitions", {"headers": {"Authorization": f"Bearer {MARK}"}}),
                ("GET", "/v1/definitions", {"headers": {**bearer, "X-Request-Id": extra.secret}}),
                ("GET", "/v1/definitions", {"headers": {**bearer, "X-Remit-By": MARK, "User-Agent": MARK}}),
                ("GET", "/v1/definitions", {"headers": {**bearer, "traceparent": MARK, "Host": f"{MARK}.example"}}),
                ("POST", "/v1/session", {"json": {"token": extra.secret}}),
                ("POST", "/v1/session", {"json": {"token": MARK}}),
                ("POST", "/v1/definitions/refunds/decide", {"headers": bearer, "content": f'{{"x": {MARK}'}),
                ("POST", "/v1/definitions/refunds/truths", {"headers": bearer, "json": {"truths": [{"key": MARK}]}}),
            ):
                plain.request(method, path, **more)
            cookie = plain.cookies.get("remit_session")
            assert cookie
            assert plain.get("/v1/session").status_code == 200
        assert ended(process, signal.SIGTERM)[0] == 0
    log = log_of(root)
    assert log.count("\n") > 20
    assert made["id"] in log
    assert MARK not in log
    for one in (
        *secret.values(),
        extra.secret,
        cookie,
        cookie.split(".")[-1],
        (root / ".remit/session.key").read_text(),
    ):
        assert one not in log
    for line in log.splitlines():
        assert re.match(r"\{.*\}$" if form == "json" else r"\d{4}-\d\d-\d\dT[\d:.]+Z (debug|info|warning|error)", line)


def test_a_sweeper_that_stays_has_the_same_log(root):
    with (root / "serve.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "remit", "sweep", "--every", "1s", "--log-format", "json"],
            cwd=root,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        until(lambda: "sweep.leads" in log_of(root))
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    finally:
        process.kill()
        process.wait(30)
    assert lines_of(log_of(root))[0]["event"] == "sweep.leads"


def test_what_is_on_no_list_cannot_be_logged():
    stream = StringIO()
    with logging_to(stream), pytest.raises(KeyError):
        say("request", payload="x")
    with logging_to(stream), pytest.raises(KeyError):
        say("something else")
    noted(work="refunds")  # outside of a request: nobody listens, nothing happens
    assert stream.getvalue() == ""


def test_what_a_library_says_is_told_without_its_words():
    stream = StringIO()
    with logging_to(stream, form="json"):
        try:
            int(MARK)
        except ValueError:
            logging.getLogger("some.library").exception("it went wrong: %s", MARK)
    (line,) = stream.getvalue().splitlines()
    said = json.loads(line)
    assert (said["event"], said["logger"], said["error"]) == ("other", "some.library", "ValueError")
    assert said["at"].startswith("test_logs:")
    assert MARK not in line


def test_text_is_quoted_where_it_could_be_taken_for_something_else():
    stream = StringIO()
    with logging_to(stream):
        say_with("files.refused", {"why": "two\nlines = trouble", "works": ("a", "b c"), "n": 3, "repeated": True})
    (line,) = stream.getvalue().splitlines()
    assert line.endswith(r'| why="two\nlines = trouble" works=a,"b c" n=3 repeated=true')


def test_a_level_leaves_out_what_matters_less():
    stream = StringIO()
    with logging_to(stream, level="warning"):
        say("files.taken")
        say("files.refused", level=logging.ERROR, why="so")
    assert len(stream.getvalue().splitlines()) == 1
    say("files.refused", level=logging.ERROR, why="so")  # nobody listens any more
    assert len(stream.getvalue().splitlines()) == 1
