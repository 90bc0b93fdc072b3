"""A number is written in one way, and never alone."""

import doctest
from datetime import UTC, datetime, timedelta, timezone

import pytest

from remit.errors import ArgumentInvalid
from remit.report import numbers
from remit.report.numbers import (
    NOT_MEASURED,
    Rounding,
    about,
    at_least_phrase,
    at_most_phrase,
    chance_percent,
    confidence_text,
    counted,
    day,
    duration,
    given_percent,
    moment,
    money,
    number,
    percent,
    relative_time,
    sure_text,
    thousands,
    wrong_of,
)

NOW = datetime(2026, 10, 29, 10, 24, tzinfo=UTC)


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(numbers).failed == 0


def test_an_error_rate_stands_with_its_bound_its_assurance_and_its_n():
    phrase = at_most_phrase(0.0157, assurance=0.95, n_wrong=9, n=1000)
    assert phrase == "at most 1.6 % (95 % sure), 9 wrong of 1,000"


def test_a_success_rate_stands_with_its_bound_its_assurance_and_its_n():
    phrase = at_least_phrase(0.9039, assurance=0.99, n_right=1828, n=2000)
    assert phrase == "at least 90.3 % (99 % sure), 1,828 right of 2,000"


def test_absent_is_not_measured_and_never_zero():
    for write in (percent, given_percent, confidence_text, thousands, number, duration, moment):
        assert write(None) == NOT_MEASURED
    assert money(None, "EUR") == NOT_MEASURED
    assert at_most_phrase(None, assurance=0.95, n_wrong=0, n=12) == "not measured, 0 wrong of 12"
    assert at_least_phrase(None, assurance=0.95, n_right=0, n=12) == "not measured, 0 right of 12"


def test_noise_at_the_end_of_a_float_does_not_blow_a_bound_up():
    assert percent(0.05000000000000001, Rounding.UP) == "5.0 %"
    assert percent(0.9499999999999999, Rounding.DOWN) == "95.0 %"


def test_a_tiny_share_is_less_than_something_and_not_nothing():
    assert percent(1e-9) == "less than 0.0001 %"
    assert percent(1 - 1e-9) == "more than 99.9999 %"
    assert confidence_text(1e-12) == "less than 0.000001"
    assert confidence_text(1 - 1e-11) == "more than 0.999999"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -0.1, 1.1])
def test_what_is_no_share_is_refused(value):
    with pytest.raises(ArgumentInvalid):
        percent(value)


@pytest.mark.parametrize("value", [float("nan"), float("-inf")])
def test_what_is_no_number_is_refused(value):
    for write in (number, duration, lambda amount: money(amount, "EUR")):
        with pytest.raises(ArgumentInvalid):
            write(value)


def test_a_duration_is_never_negative():
    with pytest.raises(ArgumentInvalid):
        duration(-1)


def test_a_time_without_a_zone_is_refused():
    for write in (moment, day, lambda at: relative_time(at, now=NOW), lambda at: relative_time(NOW, now=at)):
        with pytest.raises(ArgumentInvalid):
            write(datetime(2026, 10, 29, 10, 24))  # noqa: DTZ001 - the point of the test


def test_a_time_is_shown_in_utc():
    assert moment(datetime(2026, 10, 29, 1, 5, tzinfo=timezone(timedelta(hours=2)))) == "28 Oct 2026 23:05 UTC"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (0.00004, "0.04 ms"), (0.9996, "1 s"), (59.96, "1 min"), (3599.6, "1 h"), (90000, "1 d 1 h")],
)
def test_a_duration_is_said_in_its_largest_units(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "now"), (-59, "59 s ago"), (-7300, "2 h ago"), (2160, "in 36 min"), (86400 * 3, "in 3 d")],
)
def test_a_relative_time_is_said_in_its_largest_unit(seconds, text):
    assert relative_time(NOW + timedelta(seconds=seconds), now=NOW) == text


def test_counts_have_separators_and_the_right_noun():
    assert (counted(1, "case"), counted(0, "case"), counted(12000, "entry", "entries")) == (
        "1 case",
        "0 cases",
        "12,000 entries",
    )
    assert wrong_of(9, 1000) == "9 wrong of 1,000"


def test_a_forecast_is_rounded_up_and_never_finer_than_it_is():
    said = [about(n, "more case") for n in (1, 60, 100, 171, 1201, 134792)]
    assert said == [
        "about 1 more case",
        "about 60 more cases",
        "about 100 more cases",
        "about 180 more cases",
        "about 1,300 more cases",
        "about 140,000 more cases",
    ]


def test_tiny_numbers_keep_their_size():
    assert number(0.0) == "0"
    assert number(4.2e-9) == "4.2e-09"
    assert money(0.0, "EUR") == "0.00 EUR"
    assert money(4.2e-9, None) == "less than 0.000001"


@pytest.mark.parametrize(
    ("delta", "chance", "sure"),
    [
        (0.05, "5 %", "95 % sure"),
        (0.025, "2.5 %", "97.5 % sure"),
        (0.00625, "0.625 %", "99.375 % sure"),
        (0.05 / 64, "0.079 %", "99.921 % sure"),
        (0.05 / 2**20, "0.0000048 %", "99.9999952 % sure"),
        (0.0, "0 %", "100 % sure"),
    ],
)
def test_how_sure_a_bound_is_is_never_said_too_high(delta, chance, sure):
    assert (chance_percent(delta), sure_text(delta)) == (chance, sure)
