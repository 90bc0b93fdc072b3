"""How long items wait: order, due times, shifts, and agreement with Erlang."""

import math

import numpy as np
import pytest

from remit import stats
from remit.errors import ArgumentInvalid


def test_a_steady_desk_waits_as_erlang_says():
    rng = np.random.default_rng(1)
    n = 400_000
    arrivals = np.cumsum(rng.exponential(1 / 10, n))
    result = stats.simulate_queue(arrivals, rng.exponential(1 / 4, n), reviewers=3)
    known = stats.erlang_c(10, 4, 3) * math.exp(-2 * 0.25)
    assert known == pytest.approx(0.4259, abs=0.0001)
    assert result.share_waiting_longer(0.25) == pytest.approx(known, abs=0.012)
    assert result.utilisation == pytest.approx(10 / 12, abs=0.01)


def test_more_work_than_can_be_done_always_waits():
    assert stats.erlang_c(12, 4, 3) == 1.0
    assert stats.erlang_c(1, 4, 1) == pytest.approx(0.25)


def test_items_are_taken_in_order_of_arrival_by_whoever_is_free():
    result = stats.simulate_queue([0, 0, 0, 10], [4, 1, 1, 1], reviewers=2)
    assert result.started_at.tolist() == [0, 0, 1, 10]
    assert result.finished_at.tolist() == [4, 1, 2, 11]
    assert result.wait.tolist() == [0, 0, 1, 0]
    assert result.share_late is None
    assert result.utilisation == 7 / 22


def test_what_is_due_first_is_taken_first():
    result = stats.simulate_queue([0, 1, 2, 3], [5, 1, 1, 1], reviewers=1, due_at=[20, 30, 20, 6])
    assert result.started_at.tolist() == [0, 7, 6, 5]
    assert result.share_late == 0.0
    late = stats.simulate_queue([0, 1], [5, 1], reviewers=1, due_at=[4, 6])
    assert late.share_late == 0.5


def test_with_one_due_time_for_all_the_order_is_that_of_arrival():
    rng = np.random.default_rng(3)
    arrivals, service = np.cumsum(rng.exponential(1, 2000)), rng.exponential(1.8, 2000)
    plain = stats.simulate_queue(arrivals, service, reviewers=2)
    due = stats.simulate_queue(arrivals, service, reviewers=2, due_at=np.full(2000, 1e9))
    assert due.started_at.tolist() == pytest.approx(plain.started_at.tolist())


def test_nobody_works_between_shifts():
    # Two shifts, 8-12 and 13-17; the second item is begun before the break and finished after it.
    result = stats.simulate_queue([7, 9, 11.5, 12.5], [3, 2, 1, 1], reviewers=1, shifts=[[8, 12], [13, 17]])
    assert result.started_at.tolist() == [8, 11, 14, 15]
    assert result.finished_at.tolist() == [11, 14, 15, 16]
    assert result.wait.tolist() == [1, 2, 2.5, 2.5]


def test_an_item_that_ends_with_the_shift_ends_then_and_the_next_begins_with_the_next_shift():
    result = stats.simulate_queue([8, 9], [4, 1], reviewers=1, shifts=[[8, 12], [20, 24]])
    assert result.finished_at.tolist() == [12, 21]
    assert result.started_at.tolist() == [8, 20]


def test_items_without_work_use_nobody():
    result = stats.simulate_queue([1, 1], [0, 0], reviewers=1)
    assert result.utilisation == 0.0


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"arrives_at": [2, 1]}, "arrives_at[1]"),
        ({"arrives_at": []}, "arrives_at"),
        ({"service": [1, -1]}, "service[1]"),
        ({"service": [1]}, "service"),
        ({"due_at": [1]}, "due_at"),
        ({"due_at": [1, math.nan]}, "due_at[1]"),
        ({"reviewers": 0}, "reviewers"),
        ({"shifts": [[0, 1], [0.5, 2]]}, "shifts"),
        ({"shifts": [[1, 1]]}, "shifts"),
        ({"shifts": [1, 2]}, "shifts"),
        ({"shifts": "early"}, "shifts"),
        ({"shifts": [[0, 1.5]]}, "arrives_at[1]"),
        ({"shifts": [[0, 2.5]]}, "shifts"),
    ],
)
def test_impossible_queues_are_refused(changed, where):
    with pytest.raises(ArgumentInvalid) as caught:
        stats.simulate_queue(**{"arrives_at": [1, 2], "service": [1, 1], "reviewers": 1, **changed})
    assert caught.value.problems[0].where.path == where
