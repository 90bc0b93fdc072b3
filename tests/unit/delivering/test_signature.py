"""Only what Remit sent, with this secret, a short time ago, and unchanged, is taken for that."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit import verify_webhook
from remit.errors import ArgumentInvalid
from remit.runtime.delivering.retry import MOST_TRIES, next_try
from remit.wire.signature import sign

NOW = datetime(2026, 7, 1, 9, 30, 0, 900_000, tzinfo=UTC)
BODY = b'{"id":"d1/notify"}'
SECRET = b"a secret of the help desk"
HEADER = sign(BODY, SECRET, NOW)


def test_the_signature_is_over_the_time_a_full_stop_and_the_body():
    moment = int(NOW.timestamp())
    made = hmac.new(SECRET, f"{moment}.".encode() + BODY, hashlib.sha256).hexdigest()
    assert f"t={moment},v1={made}" == HEADER


def test_a_request_as_it_was_sent_is_taken():
    assert verify_webhook(BODY, HEADER, SECRET, NOW)
    assert verify_webhook(BODY, HEADER, SECRET.decode(), NOW)
    assert verify_webhook(BODY, f"{HEADER} , v1=00, v2=zz", SECRET, NOW)
    assert verify_webhook(BODY, HEADER.replace(",v1", ",v1=00,v1"), SECRET, NOW)  # of a secret that is being replaced


@pytest.mark.parametrize("late", [timedelta(seconds=299), timedelta(seconds=-300)])
def test_a_request_may_be_a_little_late_or_early(late):
    assert verify_webhook(BODY, HEADER, SECRET, NOW + late)


@pytest.mark.parametrize("late", [timedelta(seconds=301), timedelta(seconds=-302), timedelta(days=365)])
def test_a_request_that_was_kept_and_sent_again_is_refused(late):
    assert not verify_webhook(BODY, HEADER, SECRET, NOW + late)


def test_how_late_is_too_late_may_be_said():
    assert not verify_webhook(BODY, HEADER, SECRET, NOW + timedelta(seconds=11), tolerance=10)
    assert verify_webhook(BODY, HEADER, SECRET, NOW + timedelta(seconds=999), tolerance=1000)


@pytest.mark.parametrize("secret", [b"another secret", SECRET[:-1], SECRET + b"x"])
def test_another_secret_is_refused(secret):
    assert not verify_webhook(BODY, HEADER, secret, NOW)


def test_another_time_than_the_signed_one_is_refused():
    moment = int(NOW.timestamp())
    assert not verify_webhook(BODY, HEADER.replace(str(moment), str(moment + 1)), SECRET, NOW)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "t=,v1=",
        HEADER.partition(",")[0],
        HEADER.partition(",")[2],
        f"{HEADER},t=1",
        HEADER.replace("v1", "v2"),
        HEADER.replace("t=", "t=-"),
        HEADER.replace("t=", "t=٣"),
        HEADER.upper(),
        f"t={'9' * 5000},v1=00",
        "t=1,v1=Fräud\ud800",
        HEADER + "," * 3000,
        HEADER.replace(",v1", ",v1=00" * 11 + ",v1"),
    ],
)
def test_a_header_that_is_none_is_refused(header):
    assert verify_webhook(BODY, header, SECRET, NOW) is False


@given(st.binary(), st.text(), st.binary(min_size=1))
def test_nothing_made_up_is_taken(body, header, secret):
    assert not verify_webhook(body, header, secret, NOW)


@given(st.binary(), st.binary(min_size=1), st.binary(max_size=4), st.integers(0, 2**31))
def test_what_was_signed_is_taken_and_what_was_changed_is_not(body, secret, more, seconds):
    at = datetime.fromtimestamp(seconds, UTC)
    header = sign(body, secret, at)
    assert verify_webhook(body, header, secret, at)
    assert verify_webhook(body + more, header, secret, at) == (more == b"")


def test_what_could_tell_nothing_is_refused():
    with pytest.raises(ArgumentInvalid, match="secret is empty"):
        verify_webhook(BODY, sign(BODY, b"x", NOW), "", NOW)
    with pytest.raises(ArgumentInvalid, match="no time zone"):
        verify_webhook(BODY, HEADER, SECRET, NOW.replace(tzinfo=None))


@given(st.integers(1, 100), st.floats(0, 1, exclude_max=True))
def test_the_wait_is_three_times_as_long_each_time_within_a_quarter_and_never_beyond_a_day(n_tries, draw):
    wait_s = next_try(n_tries, draw=draw).total_seconds()
    middle_s = min(15 * 3 ** (n_tries - 1), 18 * 3600)
    assert 0.75 * middle_s - 1e-6 <= wait_s <= 1.25 * middle_s
    assert wait_s < 24 * 3600


@given(st.floats(0, 1e12), st.floats(0, 1, exclude_max=True), st.integers(1, 12))
def test_a_receiver_is_given_the_time_it_asks_for_up_to_a_day(asked_s, draw, n_tries):
    wait_s = next_try(n_tries, draw=draw, asked_s=asked_s).total_seconds()
    least = min(max(asked_s, 1.0), 24 * 3600.0)
    assert least - 1e-6 <= wait_s <= 1.25 * least + 1e-6


def test_all_tries_together_last_over_a_weekend():
    waits = [next_try(n, draw=0.0) for n in range(1, MOST_TRIES)]
    assert sum(waits, timedelta()) > timedelta(days=2)
    assert sum((next_try(n, draw=0.5) for n in range(1, MOST_TRIES)), timedelta()) > timedelta(hours=64)
