"""Whatever a service does, an answer comes back in time, in our own words, and the caller goes on."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest
from tests.unit.executors.http.conftest import NOW
from tests.unit.executors.http.services import (
    Authority,
    Service,
    drips,
    hangs,
    in_turn,
    is_no_http,
    leaves,
    leaves_half_way,
    never_ends,
    response,
    says,
)

from remit.executors.http.answers import MAX_BYTES
from remit.executors.perform import Breaker
from remit.items import FaultKind

GOOD = {"team": "orders"}


def fault_from(asking, behave, **given):
    with Service(behave) as service, asking(service.url, **given) as perform:
        started = time.perf_counter()
        answer = perform({"subject": "hello"})
        assert answer.output is None
        return answer, service, time.perf_counter() - started


@pytest.mark.parametrize("behave", [hangs, drips])
def test_a_service_that_hangs_or_drips_is_left_at_the_deadline(asking, behave):
    answer, _, seconds = fault_from(asking, behave, deadline_s=0.3)
    assert answer.fault.kind is FaultKind.TIMEOUT
    assert answer.fault.text == "no answer within 0.3 s"
    assert seconds < 2.0


@pytest.mark.parametrize(
    ("behave", "kind", "words"),
    [
        (says(b"<html>hello</html>", kind="text/html; charset=utf-8"), "rubbish", "text/html instead of JSON"),
        (says({"output": GOOD}, kind="text/plain"), "rubbish", "text/plain instead of JSON"),
        (says({"output": GOOD}, kind=""), "rubbish", "an unnamed kind of content"),
        (says(b"{not json"), "rubbish", "no JSON, though it says so"),
        (says(b"\xff\xfe\x00"), "rubbish", "no JSON, though it says so"),
        (says(b'{"output": {"team": NaN}}'), "rubbish", "no JSON, though it says so"),
        (says(b"[" * 100_000), "rubbish", "no JSON, though it says so"),
        (says(["output"]), "rubbish", "JSON that is no object"),
        (says({"answer": GOOD}), "rubbish", "without an `output`"),
        (says({"output": "orders"}), "rubbish", "the output is a str"),
        (says({"output": GOOD, "confidence": 1.5}), "rubbish", "confidence is 1.5"),
        (says({"output": GOOD, "cost": -1}), "rubbish", "cost is -1.0, below zero"),
        (says({"output": GOOD, "signals": ["x"]}), "rubbish", "signals is a list"),
        (says(b"\x1f\x8b", Content_Encoding="gzip"), "rubbish", "packed its answer"),
        (says(b"x" * (MAX_BYTES + 1)), "rubbish", "more than 4,000,000 bytes"),
        (never_ends, "rubbish", "more than 4,000,000 bytes"),
        (says(status="302 Found", Location="http://127.0.0.1:9/"), "unavailable", "redirects are not followed"),
        (says(status="401 Unauthorized"), "unavailable", "it does not let us in"),
        (says(status="404 Not Found"), "unavailable", "nothing can be asked at this address"),
        (says(status="422 Unprocessable"), "error", "HTTP 422: it refused the item"),
        (says(status="500 Oh"), "error", "HTTP 500: it failed"),
        (says(status="503 Later"), "unavailable", "HTTP 503"),
        (leaves, "unavailable", "broke off"),
        (leaves_half_way, "unavailable", "broke off"),
        (is_no_http, "unavailable", "is no HTTP"),
    ],
)
def test_what_is_no_answer_is_a_fault_in_our_own_words(asking, behave, kind, words):
    answer, service, _ = fault_from(asking, behave)
    assert answer.fault.kind.value == kind
    assert words in answer.fault.text
    assert len(service.asked) == 1
    for written in ("<html>", "SSH", "127.0.0.1"):
        assert written not in answer.fault.text


def test_nobody_there_is_unavailable_and_costs_nothing(asking):
    with Service(hangs) as service:
        url = service.url
    with asking(url, cost_per_item=0.5) as perform:
        answer = perform({})
    assert answer.fault.kind is FaultKind.UNAVAILABLE
    assert "no connection" in answer.fault.text
    assert answer.cost == 0.0


@pytest.mark.parametrize(
    ("status", "cost"),
    [("401 No", 0.0), ("403 No", 0.0), ("429 Busy", 0.0), ("503 Later", 0.0), ("500 Oh", 0.5), ("502 Bad", 0.5)],
)
def test_what_surely_was_not_worked_on_costs_nothing(asking, status, cost):
    assert fault_from(asking, says(status=status), cost_per_item=0.5)[0].cost == cost


class TestTryingAgain:
    @pytest.mark.parametrize(
        "first", [says(status="429 Busy"), says(status="502 Bad"), says(status="504 Late"), leaves, leaves_half_way]
    )
    def test_what_may_pass_is_asked_again_under_the_same_id(self, asking, first):
        with Service(in_turn(first, says())) as service, asking(service.url, retries=1) as perform:
            assert perform({}).output == GOOD
        ids = [one.headers["idempotency-key"] for one in service.asked]
        assert len(ids) == 2
        assert len(set(ids)) == 1

    @pytest.mark.parametrize("status", ["400 Bad", "401 No", "404 None", "422 No", "500 Oh", "301 Moved"])
    def test_what_will_not_pass_is_asked_once(self, asking, status):
        assert len(fault_from(asking, says(status=status), retries=3)[1].asked) == 1

    @pytest.mark.parametrize(
        "after", ["1", format(NOW + timedelta(seconds=1), "%a, %d %b %Y %H:%M:%S GMT")], ids=["seconds", "date"]
    )
    def test_a_service_that_says_when_is_not_asked_before(self, asking, after):
        busy = says(status="429 Busy", Retry_After=after)
        with Service(in_turn(busy, says())) as service, asking(service.url, retries=1) as perform:
            answer = perform({})
        assert answer.output == GOOD
        assert answer.seconds >= 1.0

    def test_one_that_wants_more_time_than_there_is_is_not_waited_for(self, asking):
        answer, service, seconds = fault_from(asking, says(status="429 Busy", Retry_After="3600"), retries=3)
        assert seconds < 5.0
        assert len(service.asked) == 1
        assert answer.fault.text.endswith("HTTP 429, and asks to be left alone for 3,600 s")

    def test_retries_are_bounded_by_the_file_and_the_deadline(self, asking):
        assert len(fault_from(asking, says(status="503 Later"), retries=2)[1].asked) == 3
        assert len(fault_from(asking, says(status="503 Later"), retries=10, deadline_s=0.2)[1].asked) <= 3


def test_the_breaker_opens_at_the_fifth_failure_and_within_a_second(asking):
    breaker = Breaker(clock=time.perf_counter)
    with Service(says(status="500 Oh")) as service, asking(service.url, breaker=breaker) as perform:
        for _ in range(5):
            assert not breaker.is_open
            perform({})
        fifth = time.perf_counter()
        assert breaker.is_open
        answer = perform({})
        assert time.perf_counter() - fifth < 1.0
    assert len(service.asked) == 5
    assert "left alone for a while" in answer.fault.text


class TestTls:
    @pytest.fixture
    def authority(self, tmp_path):
        return Authority(tmp_path)

    def answered(self, asking, context, **given):
        with Service(says(), tls=context) as service, asking(service.url, **given) as perform:
            return perform({}), service

    def test_a_service_is_known_by_its_certificate(self, asking, authority):
        answer, _ = self.answered(asking, authority.context(), settings={"tls": {"ca": "ca.pem"}})
        assert answer.output == GOOD

    @pytest.mark.parametrize(
        ("made", "settings", "words"),
        [
            ({}, {}, "unable to get local issuer certificate"),
            ({"days": -1}, {"tls": {"ca": "ca.pem"}}, "certificate has expired"),
            ({"host": "another.example"}, {"tls": {"ca": "ca.pem"}}, "Hostname mismatch"),
        ],
    )
    def test_one_that_can_not_be_trusted_is_told_nothing(self, asking, authority, made, settings, words):
        answer, service = self.answered(asking, authority.context(**made), settings=settings, retries=3)
        assert answer.fault.kind is FaultKind.UNAVAILABLE
        assert words in answer.fault.text
        assert service.asked == []

    def test_a_service_without_tls_at_an_address_with_it_is_told_nothing(self, asking):
        with (
            Service(says(), greeting=response(status="400 Bad")) as service,
            asking(service.url.replace("http://127.0.0.1", "https://localhost")) as perform,
        ):
            answer = perform({})
        assert answer.fault.kind is FaultKind.UNAVAILABLE
        assert "TLS" in answer.fault.text
        assert service.asked == []

    def test_we_are_known_by_our_certificate_where_the_service_asks(self, asking, authority):
        _, key = authority.issue("client")
        context = authority.context(asks_who=True)
        with_it = {"tls": {"ca": "ca.pem", "cert": "client.pem", "key_from": "CLIENT_KEY"}}
        answer, _ = self.answered(asking, context, settings=with_it, environment={"CLIENT_KEY": str(key)})
        assert answer.output == GOOD
        answer, service = self.answered(asking, context, settings={"tls": {"ca": "ca.pem"}})
        assert answer.fault.kind is FaultKind.UNAVAILABLE
        assert service.asked == []


class TestVersions:
    @pytest.mark.parametrize(
        "behave", [says({"output": GOOD, "version": "3"}), says({"output": GOOD}, X_Remit_Version="3")]
    )
    def test_another_version_than_the_file_names_does_not_answer(self, asking, behave):
        answer, _, _ = fault_from(asking, behave, version="2")
        assert answer.fault.kind is FaultKind.UNAVAILABLE
        assert "version `3` of the service answered, and `2`" in answer.fault.text

    @pytest.mark.parametrize("version", ["3", None])
    def test_the_version_that_answered_is_kept(self, asking, version):
        with Service(says({"output": GOOD, "version": 3})) as service, asking(service.url, version=version) as perform:
            answer = perform({})
        assert answer.output == GOOD
        assert answer.trace == "version 3"

    def test_a_service_that_says_none_is_taken_for_the_one_in_the_file(self, asking):
        with Service(says()) as service, asking(service.url, version="3") as perform:
            answer = perform({})
        assert (answer.output, answer.trace) == (GOOD, None)

    def test_a_version_that_is_no_word_is_not_repeated(self, asking):
        answer, _, _ = fault_from(asking, says({"output": GOOD, "version": "\x1b[31m"}), version="2")
        assert "`unreadable`" in answer.fault.text


class TestLoad:
    def test_a_hundred_calls_are_under_way_at_once_over_as_many_connections_and_no_more(self, asking):
        everybody = asyncio.Event()
        here = []

        async def behave(asked, writer):
            here.append(asked)
            if len(here) == 100:
                everybody.set()
            await everybody.wait()
            writer.write(response({"output": {"n": asked.content["input"]["n"]}}))
            await writer.drain()

        async def all_of_them(perform):
            return await asyncio.gather(*(perform.elsewhere.ask_async({"n": n}) for n in range(300)))

        limits = {"limits": {"at_a_time": 100}}
        with Service(behave) as service, asking(service.url, deadline_s=60.0, settings=limits) as perform:
            found = asyncio.run(all_of_them(perform))
            assert [one.output for one in found] == [{"n": n} for n in range(300)]
            assert service.n_connections == 100

    def test_an_item_of_20_mb_goes_there_and_back_and_memory_stays_flat(self, asking):
        import resource

        text = "ä" * 10_000_000

        async def behave(asked, writer):
            writer.write(response({"output": {"n": len(asked.content["input"]["text"])}}))
            await writer.drain()
            del service.asked[:]

        with Service(behave) as service, asking(service.url, deadline_s=60.0) as perform:
            for n in range(8):
                assert perform({"text": text}).output == {"n": 10_000_000}
                if n == 2:
                    settled_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - settled_kb
        assert grown_kb < 60_000
