"""How numbers are written never says more than what was found."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.errors import ArgumentInvalid
from remit.report.numbers import (
    Rounding,
    confidence_text,
    duration,
    given_percent,
    money,
    number,
    p_value_text,
    percent,
    relative_time,
    thousands,
)

SHARES = st.floats(min_value=0, max_value=1)
NOW = datetime(2026, 10, 29, 10, 24, tzinfo=UTC)


def read(text: str) -> float:
    return float(text.removeprefix("less than ").removeprefix("more than ").removesuffix(" %").replace(",", "")) / 100


@given(SHARES)
def test_an_upper_bound_is_never_written_below_itself(share):
    assert read(percent(share, Rounding.UP)) >= share - 1e-12


@given(SHARES)
def test_a_lower_bound_is_never_written_above_itself(share):
    text = percent(share, Rounding.DOWN)
    assert read(text) <= share + 1e-12
    assert not text.startswith("less")


@given(SHARES)
def test_an_estimate_is_close_and_is_written_as_0_or_100_only_where_it_is(share):
    text = percent(share)
    assert abs(read(text) - share) <= 0.000500001
    assert (text == "0 %") == (share == 0)
    assert (text == "100 %") == (round(share, 12) == 1)


@given(SHARES, SHARES)
def test_a_larger_share_is_never_written_smaller(one, other):
    low, high = sorted((one, other))
    assert read(percent(low)) <= read(percent(high))


@given(st.decimals(min_value=0, max_value=1, places=4))
def test_what_somebody_wrote_is_shown_as_written(share):
    assert read(given_percent(float(share))) == pytest.approx(float(share), abs=1e-15)


@given(SHARES)
def test_a_confidence_is_written_as_0_or_1_only_where_it_is(confidence):
    text = confidence_text(confidence)
    assert (text == "0.00") == (confidence == 0)
    assert (text == "1.00") == (round(confidence, 12) == 1)
    assert read(text) * 100 == pytest.approx(confidence, abs=0.0000501)


@given(SHARES)
def test_a_p_value_is_never_written_smaller_than_it_is(p_value):
    relation, value = p_value_text(p_value).removeprefix("p ").split(" ")
    assert float(value) >= p_value - 1e-12
    assert (relation == "<") == (p_value < 0.0001)


@given(st.floats(min_value=1e-6, max_value=1e12))
def test_a_number_keeps_four_digits_that_count(value):
    assert float(number(value).replace(",", "")) == pytest.approx(value, rel=0.00051)


@given(st.floats(min_value=0, max_value=1e9))
def test_an_amount_is_never_rounded_below_its_upper_bound(amount):
    text = money(amount, "EUR", Rounding.UP).removeprefix("less than ").removesuffix(" EUR")
    assert float(text.replace(",", "")) >= amount * (1 - 1e-9)


@given(st.floats(min_value=0, max_value=1e8))
def test_a_duration_has_at_most_two_units(seconds):
    assert len(duration(seconds).split(" ")) in (2, 4)


@given(st.integers(min_value=0, max_value=10**15))
def test_a_count_reads_back(n):
    assert int(thousands(n).replace(",", "")) == n


@given(st.timedeltas(min_value=timedelta(days=-4000), max_value=timedelta(days=4000)))
def test_a_time_is_said_as_past_or_to_come(apart):
    text = relative_time(NOW + apart, now=NOW)
    if apart >= timedelta(seconds=1):
        assert text.startswith("in ")
    elif apart <= timedelta(seconds=-1):
        assert text.endswith(" ago")
    else:
        assert text == "now"


@given(st.floats(allow_nan=True, allow_infinity=True).filter(lambda value: not 0 <= value <= 1))
def test_what_is_no_share_is_refused(value):
    with pytest.raises(ArgumentInvalid):
        percent(value)
