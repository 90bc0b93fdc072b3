"""A server whose telemetry goes to a real receiver: what arrives is valid, whole, and without content."""

from __future__ import annotations

import re
import signal
import time

import httpx2
import pytest
from tests.integration.fire.calling import free_port, until
from tests.integration.serving.test_serve_command import ended, log_of, serving, tokens
from tests.integration.small_project import ITEM

from remit.project.telemetry.gauges import observe
from remit.project.telemetry.names import ATTRIBUTES, METRICS

MARK = "Q7marked"
TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"
DECIDE = "/v1/definitions/refunds/decide"


def test_what_is_sent_is_valid_and_belongs_to_the_trace_of_the_caller(opened, collector):
    served = opened()
    served.project.close()
    root = served.root
    secret = tokens(root)
    settings = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "50",
        "OTEL_METRIC_EXPORT_INTERVAL": "200",
        "OTEL_SERVICE_NAME": "the-shop",
        "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=try",
    }
    with serving(root, "--log-format", "json", **settings) as (process, url):
        headers = {"Authorization": f"Bearer {secret['shop']}", "traceparent": f"00-{TRACE}-{PARENT}-01"}
        body = {"input": {**ITEM, "note": MARK}, "key": f"key-{MARK}"}
        answer = httpx2.post(f"{url}{DECIDE}", json=body, headers=headers, timeout=30)
        assert answer.status_code == 202, answer.text
        until(lambda: collector.faults or {"decide", "settle"} <= {one.name for one in collector.spans})
        until(lambda: collector.faults or "remit.reviews.open" in {one.name for one in collector.metrics})
        assert ended(process, signal.SIGTERM)[0] == 0
    assert collector.faults == []
    spans = {one.name: one for one in collector.spans if one.trace_id.hex() == TRACE}
    asked = spans[f"POST {DECIDE.replace('refunds', '{work}')}"]
    assert asked.parent_span_id.hex() == PARENT
    assert spans["decide"].parent_span_id == asked.span_id
    assert {spans[one].parent_span_id for one in ("look", "admit", "settle")} == {spans["decide"].span_id}
    assert all(0 < one.start_time_unix_nano <= one.end_time_unix_nano for one in collector.spans)
    attributes = {one.key: one.value for one in asked.attributes}
    assert attributes["http.response.status_code"].int_value == 202
    assert attributes["remit.request.id"].string_value == answer.headers["X-Request-Id"]
    assert {one.key for span in collector.spans for one in span.attributes} <= ATTRIBUTES.keys()
    names = {one.name for one in collector.metrics}
    assert names <= METRICS.keys()
    assert {"remit.decisions", "remit.decide.duration", "remit.reviews.open", "remit.sweeps"} <= names
    (resource,) = {
        tuple(sorted((one.key, one.value.string_value) for one in of.attributes)) for of in collector.resources
    }
    told = dict(resource)
    assert (told["service.name"], told["deployment.environment.name"]) == ("the-shop", "try")
    assert told["service.instance.id"]
    sent = b"".join(collector.bodies)
    for secretly in (MARK, *secret.values(), str(root)):
        assert secretly.encode() not in sent
    assert re.search(f'"event": "request".*"trace": "{TRACE}"', log_of(root))


def test_a_receiver_that_is_away_holds_nobody_up_and_the_end_is_in_time(opened):
    served = opened()
    served.project.close()
    secret = tokens(served.root)
    away = f"http://127.0.0.1:{free_port()}"
    with serving(served.root, OTEL_EXPORTER_OTLP_ENDPOINT=away, OTEL_BSP_SCHEDULE_DELAY="50") as (process, url):
        headers = {"Authorization": f"Bearer {secret['shop']}"}
        began = time.monotonic()
        for i in range(5):
            found = httpx2.post(f"{url}{DECIDE}", json={"input": ITEM, "key": f"k{i}"}, headers=headers, timeout=30)
            assert found.status_code == 202
        assert time.monotonic() - began < 5.0
        began = time.monotonic()
        assert ended(process, signal.SIGTERM)[0] == 0
        assert time.monotonic() - began < 15.0
    assert "Traceback" not in log_of(served.root)


@pytest.fixture
def watched(opened, kept):
    from dataclasses import replace

    from remit.project import system

    return opened(ambient=replace(system(), telemetry=kept.telemetry))


def test_a_request_is_a_span_by_its_route_and_a_refused_one_says_no_more_than_its_status(watched, kept):
    assert watched.client.get(f"/v1/definitions/refunds/items/{MARK}", headers=watched.of("auditor")).status_code == 404
    assert watched.client.request(MARK, f"/{MARK}", headers=watched.of("auditor")).status_code in (404, 405)
    first, other = [one for one in kept.spans if "http.request.method" in one.attributes]
    assert first.name == "GET /v1/definitions/{work}/items/{key:path}"
    assert (
        dict(first.attributes).items()
        >= {
            "http.request.method": "GET",
            "http.route": "/v1/definitions/{work}/items/{key:path}",
            "http.response.status_code": 404,
        }.items()
    )
    assert (other.name, other.attributes["http.request.method"]) == ("other", "_OTHER")
    assert all(MARK not in one.to_json() for one in kept.spans)
    assert sum(kept.values("http.server.request.duration").values()) == 2


def test_gauges_tell_what_waits_what_is_due_and_who_is_left_alone(opened, kept):
    from dataclasses import replace
    from datetime import timedelta

    from remit.definition.levels import Level
    from remit.project import system

    ahead, own = [0.0], system()
    ambient = replace(own, now=lambda: own.now() + timedelta(hours=ahead[0]), telemetry=kept.telemetry)
    served = opened(ambient=ambient)
    (served.root / "functions" / "desk.py").write_text("def answer(given):\n    raise ConnectionError('away')\n")
    served.hold(Level.SUPERVISED)
    observe(kept.telemetry, lambda: served.project)
    for _ in range(6):
        served.client.post(DECIDE, json={"input": ITEM, "executor": "desk"}, headers=served.of("service"))
    work = (("remit.work", "refunds"),)
    assert kept.values("remit.reviews.open") == {work: 6}
    assert kept.values("remit.reviews.due") == {}
    assert kept.values("remit.executor.breaker.open") == {(("remit.executor", "desk"), *work): 1.0}
    ahead[0] = 1_000.0
    assert kept.values("remit.reviews.due") == {work: 6}
    served.project.store.close()
    assert kept.values("remit.reviews.open") == {}  # nothing is made up where nothing is known


def test_the_sweeper_is_one_number_a_round_and_a_span_where_something_was_due(watched, kept):
    watched.client.post(DECIDE, json={"input": ITEM}, headers=watched.of("service"))
    project = watched.project
    assert project.sweeper.sweep(holder="here", delivers=False).led
    for _ in range(2):
        assert project.sweeper.sweep(holder="here", delivers=False).led
        assert not project.sweeper.sweep(holder="there", delivers=False).led
    assert kept.values("remit.sweeps") == {(("remit.leads", True),): 3, (("remit.leads", False),): 2}
    (round_,) = kept.named("sweep")
    tasks = kept.within(round_)
    assert {one.attributes["remit.task"] for one in tasks} <= {task.name for task in project.sweeper.tasks}
    assert round_.attributes["remit.items"] == sum(one.attributes["remit.items"] for one in tasks)
