"""A webhook is signed, goes no further than it is told to, and comes back in time whatever the other side does."""

from __future__ import annotations

import socket
import time
from datetime import UTC, datetime, timedelta

import pytest
from tests.unit.delivering.receiver import HANG, OK, Receiver, status

from remit import verify_webhook
from remit.runtime.delivering.letter import Letter
from remit.runtime.delivering.webhook import WebhookAddress, WebhookSender, judge_status

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
SECRET = "a secret of the help desk"
LETTER = Letter(id="d1/notify", content={"id": "d1/notify", "effect": "notify", "output": {"team": "Fräud \ud800"}})


def sender_to(url, timeout=timedelta(seconds=5), **headers):
    address = WebhookAddress(url=url, secret=SECRET.encode(), headers=headers)
    return WebhookSender(
        "desk", address, timeout=timeout, wants_input=False, clock=lambda: NOW, monotonic=time.monotonic
    )


def tried(answer, timeout=timedelta(seconds=5)):
    with Receiver([answer]) as receiver:
        sender = sender_to(receiver.url, timeout)
        found = sender.send(LETTER)
        sender.close()
    return found


def test_the_receiver_gets_the_message_whole_signed_and_with_its_key():
    with Receiver() as receiver:
        sender = sender_to(receiver.url, Authorization="Bearer abc")
        assert sender.send(LETTER).fault is None
        sender.close()
    (request,) = receiver.requests
    assert request.line == "POST /hook?from=remit HTTP/1.1"
    assert request.headers["idempotency-key"] == "d1/notify"
    assert request.headers["authorization"] == "Bearer abc"
    assert request.headers["content-type"] == "application/json"
    assert request.content == LETTER.content
    assert verify_webhook(request.body, request.headers["remit-signature"], SECRET, NOW)
    assert not verify_webhook(request.body + b" ", request.headers["remit-signature"], SECRET, NOW)


@pytest.mark.parametrize("code", [200, 201, 202, 204, 299, 409])
def test_what_was_taken_or_is_there_already_is_sent(code):
    assert tried(status(code)).fault is None


def test_a_page_in_the_place_of_an_answer_is_sent_too():
    assert tried(status(200, "Content-Type: text/html", body=b"<html>Thank you</html>")).fault is None


@pytest.mark.parametrize("code", [408, 425, 429, 500, 502, 503, 504, 599])
def test_what_may_do_better_later_is_tried_again(code):
    found = tried(status(code))
    assert (found.fault, found.again, found.asked_s) == (f"HTTP {code}", True, None)


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 413, 422, 999])
def test_what_will_not_change_by_itself_is_not_tried_again(code):
    found = tried(status(code))
    assert (found.fault, found.again) == (f"HTTP {code}", False)


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(code):
    with Receiver() as elsewhere, Receiver([status(code, f"Location: {elsewhere.url}")]) as receiver:
        sender = sender_to(receiver.url)
        found = sender.send(LETTER)
        sender.close()
        assert elsewhere.requests == []
    assert (found.fault, found.again) == (f"HTTP {code}: redirects are not followed", False)


@pytest.mark.parametrize(
    ("code", "said", "seconds"),
    [
        (429, "120", 120.0),
        (503, "Wed, 01 Jul 2026 09:31:30 GMT", 90.0),
        (429, "Wed, 01 Jul 2026 09:31:30 -0000", 90.0),
        (429, "Wed, 01 Jul 2020 00:00:00 GMT", 0.0),
        (429, "9" * 400, 999_999_999.0),
        (429, "soon", None),
        (429, "-5", None),
        (429, "٣", None),
        (429, "", None),
        (429, None, None),
        (500, "120", None),
    ],
)
def test_when_to_come_back_is_heard_from_who_may_say_it(code, said, seconds):
    assert judge_status(code, said, now=NOW).asked_s == seconds


def test_a_receiver_that_asks_for_time_over_the_wire_is_heard():
    assert tried(status(429, "Retry-After: 7")).asked_s == 7.0


def test_a_receiver_that_never_answers_is_left_in_time():
    found = tried(HANG, timedelta(seconds=0.2))
    assert (found.fault, found.again) == ("no answer within 0.2 s", True)


def test_a_receiver_that_trickles_is_left_in_time():
    begun = time.monotonic()
    found = tried([b"HTTP/1.1 200 OK\r\n", *[b"X-More: 1\r\n"] * 500], timedelta(seconds=0.3))
    assert (found.fault, found.again) == ("no answer within 0.3 s", True)
    assert time.monotonic() - begun < 5


def test_a_large_answer_is_not_read():
    huge = status(200).replace(b"Content-Length: 0", b"Content-Length: 99999999999")
    assert tried([huge, *[b"x" * 65536] * 50]).fault is None


@pytest.mark.parametrize(
    "answer", [None, b"220 mail.shop.example ESMTP\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 70_000]
)
def test_what_is_no_http_is_told_without_its_words(answer):
    found = tried(answer)
    assert found.again
    assert "mail" not in found.fault
    assert found.fault.startswith(("the answer is no HTTP (", "no connection: "))


def test_endless_headers_are_no_answer():
    found = tried(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200)
    assert found.fault == "the answer is no HTTP (HTTPException)"


def test_nobody_there_is_told():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    sender = sender_to(f"http://127.0.0.1:{port}/")
    found = sender.send(LETTER)
    sender.close()
    assert (found.fault, found.again) == ("no connection: Connection refused", True)


def test_a_receiver_that_speaks_no_tls_gets_nothing():
    with Receiver([OK]) as receiver:
        sender = sender_to(receiver.url.replace("http://", "https://"))
        found = sender.send(LETTER)
        sender.close()
    assert (found.fault, found.again) == ("TLS could not be agreed on", True)
    assert receiver.requests == []


def test_a_secret_is_in_no_text_of_a_sender_or_its_address():
    sender = sender_to("https://desk.shop.example/hook", Authorization="Bearer abc")
    texts = (repr(sender), str(sender), repr(sender._address))
    assert not any(SECRET in text or "Bearer" in text for text in texts)
    sender.close()
