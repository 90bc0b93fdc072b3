"""Tables of levels: exact crossing probabilities, nested rows, and what is kept of them."""

import json

import numpy as np
import pytest

from remit import stats
from remit.errors import ArgumentInvalid
from remit.stats import Levels, Shape, levels_for
from remit.stats.certification.levels import shared_size
from remit.stats.certification.walk import Walk, looks_between


def crossing(alpha, n, limits, first=1):
    """P(the walk is ever at or below its limit), case by case: limits[k] for k = first..n."""
    mass = {0: 1.0}
    crossed = 0.0
    for k in range(1, n + 1):
        moved = {}
        for errors, probability in mass.items():
            moved[errors] = moved.get(errors, 0.0) + probability * (1 - alpha)
            moved[errors + 1] = moved.get(errors + 1, 0.0) + probability * alpha
        if k >= first:
            crossed += sum(probability for errors, probability in moved.items() if errors <= limits[k])
            moved = {errors: probability for errors, probability in moved.items() if errors > limits[k]}
        mass = moved
    return crossed


def held(looks, row, n):
    """The limits of one row at every number of cases: that of the last look holds on."""
    look = np.searchsorted(looks, np.arange(n + 1), side="right") - 1
    return np.where(look >= 0, row[look], -1)


@pytest.mark.parametrize(
    ("alpha", "delta", "n", "shape"),
    [
        (0.05, 0.05, 200, Shape()),
        (0.05, 0.05, 450, Shape()),
        (0.05, 0.05, 300, Shape.flat()),
        (0.1, 0.2, 320, Shape(centre=0.5, width=0.1)),
    ],
)
def test_every_row_is_crossed_with_a_probability_of_at_most_delta_and_hardly_less(alpha, delta, n, shape):
    levels = levels_for(alpha, delta, n, shape=shape)
    shares = []
    for start, row in zip(levels.starts, levels.approach, strict=True):
        first = int(levels.looks[start])
        shares.append(crossing(alpha, n, held(levels.looks, row, n), first) / delta)
    n_looks, width = levels.ahead.shape
    for begin in range(int(np.searchsorted(levels.looks, levels.handover)), n_looks if width else 0, 7):
        row = np.full(n_looks, -1)
        for step in range(min(width, n_looks - begin)):
            row[begin + step] = levels.ahead[begin + step, step]
        limits = held(levels.looks, np.maximum.accumulate(row), n)
        shares.append(crossing(alpha, n, limits, int(levels.looks[begin])) / delta)
    assert max(shares) <= 1.0
    # The last rows have few steps left to spend delta on.
    assert np.median(shares) > 0.85
    assert shares[0] > 0.96


def test_rows_are_nested():
    levels = levels_for(0.05, 0.05, 1000)
    assert (np.diff(levels.approach, axis=0) <= 0).sum() > 0
    started = np.arange(levels.looks.size) >= levels.starts[1:, None]
    assert (levels.approach[1:] >= levels.approach[:-1])[started].all()
    assert (np.diff(levels.ahead, axis=1) <= 0).all()


def test_looks_are_dense_at_first_and_then_at_a_ratio():
    looks = looks_between(59, 100_000)
    assert looks[:242].tolist() == list(range(59, 301))
    assert looks[-1] == 100_000
    assert (np.diff(looks[242:]) / looks[242:-1]).max() < 0.0135
    assert looks_between(59, 59).tolist() == [59]
    assert looks_between(2995, 3100).tolist() == [2995, 3025, 3056, 3087, 3100]


def test_long_steps_are_as_exact_as_short_ones():
    # 5,000 cases between looks take the Fourier way; the plain product of two looks is the reference.
    looks = np.array([20_000, 25_000])
    walk = Walk(0.05, looks)
    limits = np.array([[930, 1180]])
    found = walk.crossing(limits, np.array([0]), np.array([1]))
    from scipy.special import bdtr

    at_first = bdtr(930.0, 20_000, 0.05)
    later = sum(
        (bdtr(float(k), 20_000, 0.05) - bdtr(float(k - 1), 20_000, 0.05)) * bdtr(float(1180 - k), 5_000, 0.05)
        for k in range(931, 1181)
    )
    assert found[0] == pytest.approx(at_first + later, rel=1e-7)


def test_no_step_reaches_less_than_the_band_of_the_next_look():
    # What lies outside the band is cut off and counts as crossed: for a walk without limits that is next to nothing.
    for alpha, looks in ((0.05, [1, 2, 700, 90_000, 90_001]), (0.9, [3, 50, 20_000]), (0.001, [10, 100_000])):
        walk = Walk(alpha, np.array(looks))
        none = np.full((1, len(looks)), -1)
        assert 0 <= walk.crossing(none, np.array([0]), np.array([len(looks) - 1]))[0] < 1e-15


def test_a_table_survives_being_stored():
    for shape in (Shape(), Shape.flat()):
        levels = levels_for(0.1, 0.05, 150, shape=shape)
        again = Levels.from_json(json.loads(json.dumps(levels.to_json())))
        assert again.to_json() == levels.to_json()
        assert again.shape == shape
        assert again.ahead.shape == levels.ahead.shape


def test_a_stored_table_of_another_version_or_a_broken_one_is_refused():
    stored = levels_for(0.1, 0.05, 50).to_json()
    with pytest.raises(ArgumentInvalid, match="version 99"):
        Levels.from_json({**stored, "version": 99})
    for broken in (
        {**stored, "looks": "many"},
        {key: stored[key] for key in ("version", "alpha")},
        {**stored, "n": 60},
        {**stored, "starts": stored["starts"][1:]},
    ):
        with pytest.raises(ArgumentInvalid, match="broken"):
            Levels.from_json(broken)


def test_too_few_cases_have_no_table():
    with pytest.raises(ArgumentInvalid, match="at least 59"):
        levels_for(0.05, 0.05, 58)


@pytest.mark.parametrize(
    ("alpha", "delta", "n"), [(0.99, 0.5, 1), (0.9, 0.05, 40), (0.3, 0.5, 20), (0.001, 0.05, 8000)]
)
def test_tables_exist_at_the_edges_of_the_domain(alpha, delta, n):
    levels = levels_for(alpha, delta, n)
    assert levels.looks[-1] == n
    assert levels.handover <= n


@pytest.mark.parametrize(("alpha", "n_min"), [(0.005, 736), (0.02, 183), (0.05, 72), (0.1, 36)])
@pytest.mark.parametrize("more", [0, 1, 10])
def test_few_more_cases_than_any_certificate_needs_do_without_an_error(alpha, n_min, more):
    table = levels_for(alpha, 0.025, n_min + more)
    assert table.approach[0].max() == 0  # as large a level as one look has: all of delta
    wrong = np.zeros(n_min + more, dtype=int)
    found = stats.certify(-np.arange(float(wrong.size)), wrong, alpha=alpha, delta=0.025)
    assert isinstance(found, stats.Certified)
    assert found.n_acted == wrong.size


def test_similar_numbers_of_cases_share_a_table_of_at_most_a_twentieth_more():
    sizes = [shared_size(n) for n in range(1, 5000)]
    assert all(n <= size <= max(n + 1, 1.05 * n) for n, size in enumerate(sizes, 1))
    assert all(shared_size(size) == size for size in set(sizes))
    assert len(set(sizes)) < 160


class Forgetful(dict):
    """A cache that keeps nothing."""

    def __setitem__(self, key, value):
        pass


def test_a_cache_that_forgets_costs_time_and_nothing_else():
    assert levels_for(0.1, 0.05, 60, cache=Forgetful()).to_json() == levels_for(0.1, 0.05, 60).to_json()
