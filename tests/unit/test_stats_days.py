import numpy as np
import pytest

from remit.errors import ArgumentInvalid
from remit.stats import share_over_days


def rng():
    return np.random.default_rng(7)


def test_the_share_is_over_all_days_and_inside_its_interval():
    found = share_over_days([1, 0, 3, 2], [10, 20, 10, 0 + 10], rng=rng())
    assert found.value == pytest.approx(6 / 50)
    assert found.lower <= found.value <= found.upper
    assert (found.n, found.n_days) == (50, 4)


def test_days_that_differ_make_the_interval_wider_than_items_alone_would():
    alike = share_over_days([5] * 40, [50] * 40, rng=rng())
    apart = share_over_days([10, 0] * 20, [50] * 40, rng=rng())
    assert alike.upper - alike.lower == pytest.approx(0)
    assert apart.upper - apart.lower > 0.05


def test_it_covers_about_as_often_as_it_says():
    draws, hits = rng(), 0
    for _ in range(300):
        rates = draws.beta(2, 18, size=40)
        happened = draws.binomial(30, rates)
        found = share_over_days(happened, np.full(40, 30), rng=draws, n_boot=400)
        hits += found.lower <= 0.1 <= found.upper
    assert 0.90 <= hits / 300 <= 0.98


def test_without_days_nothing_is_known_and_with_one_no_interval():
    none = share_over_days([0], [0], rng=rng())
    assert (none.value, none.lower, none.n_days) == (None, None, 0)
    one = share_over_days([3, 0], [10, 0], rng=rng())
    assert (one.value, one.lower, one.upper, one.n_days) == (0.3, None, None, 1)


@pytest.mark.parametrize(
    ("happened", "out_of", "where"),
    [
        ([3], [2], r"happened\[0\]"),
        ([-1], [2], r"happened\[0\]"),
        ([1, 1], [2], "out_of"),
        ([0.5], [2], r"happened\[0\]"),
        ([float("nan")], [2], r"happened\[0\]"),
        (1, 2, "happened"),
    ],
)
def test_what_is_no_count_of_days_is_refused_with_its_place(happened, out_of, where):
    with pytest.raises(ArgumentInvalid, match=where):
        share_over_days(happened, out_of, rng=rng())
