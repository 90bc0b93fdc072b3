"""Monitors keep their promises under a look at every item; seeded, with the tolerance of the binomial."""

import numpy as np

from remit import stats
from remit.stats import ErrorMonitor, PromotionTest

DELTA = 0.05


def _ever(looks):
    return any(looks)


def test_a_confidence_sequence_is_hardly_ever_left():
    rng = np.random.default_rng(1)
    left = 0
    for _ in range(600):
        lower, upper = stats.confidence_sequence(rng.random(2000) < 0.03, DELTA)
        left += bool(((lower > 0.03) | (upper < 0.03)).any())
    assert left / 600 <= 0.08


def test_alarms_at_exactly_the_budget_are_no_more_frequent_than_delta():
    rng = np.random.default_rng(2)
    alarms = 0
    for _ in range(300):
        monitor = ErrorMonitor(0.05, 0.1)
        for wrong in (rng.random(2000) < 0.05).tolist():
            state = monitor.update(wrong)
        alarms += state.alarm
    assert alarms / 300 <= 0.16


def test_weighted_alarms_at_exactly_the_budget_are_no_more_frequent_than_delta():
    # Audits follow the risk of the item closely: the case in which bets that knew the inclusion would cheat.
    rng = np.random.default_rng(3)
    risk = np.array([0.01, 0.29])
    alarms = 0
    for _ in range(300):
        monitor = ErrorMonitor(0.05, 0.1)
        kind = (rng.random(1500) < 1 / 7).astype(int)  # risk 0.05 on average
        inclusion = np.where(kind == 1, 0.9, 0.1)
        wrong = rng.random(1500) < risk[kind]
        audited = rng.random(1500) < inclusion
        for error, seen, chance in zip(wrong.tolist(), audited.tolist(), inclusion.tolist(), strict=True):
            state = monitor.update(error if seen else None, chance)
        alarms += state.alarm
    assert alarms / 300 <= 0.16


def test_the_first_false_warning_comes_late_enough():
    rng = np.random.default_rng(4)
    at = []
    for _ in range(200):
        monitor = ErrorMonitor(0.05, run_length=300)
        n = 1
        while not monitor.update(bool(rng.random() < 0.05)).warning:
            n += 1
        at.append(n)
    assert np.mean(at) > 300


def test_a_break_is_noticed_in_time_after_a_good_time_however_long():
    rng = np.random.default_rng(5)
    usual = stats.detection_delay(0.02, 0.06, good_rate=0.005, n_good=3000, rng=rng, runs=400)
    assert usual.median_to_alarm <= 380
    assert usual.median_to_warning <= 170
    quick = stats.detection_delay(0.02, 0.06, good_rate=0.005, n_good=3000, rng=rng, run_length=1000, runs=400)
    assert quick.median_to_warning <= 105
    twofold = stats.detection_delay(0.02, 0.04, good_rate=0.02, n_good=0, rng=rng, runs=400)
    assert twofold.median_to_alarm <= 570


def test_a_hundred_thousand_good_audits_do_not_make_it_blind():
    rng = np.random.default_rng(6)
    monitor = ErrorMonitor(0.02)
    for wrong in (rng.random(100_000) < 0.005).tolist():
        monitor.update(wrong)
    n = 0
    while not monitor.update(bool(rng.random() < 0.06)).alarm:
        n += 1
    assert n < 2000


def test_promotions_at_exactly_the_budget_are_no_more_frequent_than_delta():
    rng = np.random.default_rng(7)
    needed = np.array([stats.items_to_promotion(k, 0.05, DELTA) for k in range(700)])
    promoted = 0
    for _ in range(2000):
        next_error = np.cumsum(rng.geometric(0.05, needed.size))
        promoted += bool((next_error - 1 >= needed).any())
    assert promoted / 2000 <= 0.067


def test_all_attempts_together_stay_within_delta():
    rng = np.random.default_rng(8)
    promoted = 0
    for _ in range(150):
        passed = False
        for attempt in (1, 2, 3):
            test = PromotionTest(0.1, 0.1, attempt=attempt)
            passed |= _ever(test.update(wrong).passed for wrong in (rng.random(300) < 0.1).tolist())
        promoted += passed
    assert promoted / 150 <= 0.18


def test_the_paired_test_claims_nothing_of_equals():
    rng = np.random.default_rng(9)
    claimed = 0
    for _ in range(300):
        test = stats.PairedTest(0.1)
        a, b = rng.random(400) < 0.3, rng.random(400) < 0.3
        claimed += _ever(test.update(wrong_a=x, wrong_b=y).a_better for x, y in zip(a, b, strict=True))
    assert claimed / 300 <= 0.16


def test_drift_is_not_seen_where_there_is_none():
    rng = np.random.default_rng(10)
    warned = 0
    for _ in range(200):
        test = stats.DriftTest(np.round(rng.beta(5, 1, 100), 2), 0.1, rng=rng)
        warned += _ever(test.update(value).warning for value in np.round(rng.beta(5, 1, 400), 2))
    assert warned / 200 <= 0.17


def test_bounds_from_audits_fail_no_more_often_than_delta():
    rng = np.random.default_rng(11)
    high = low = 0
    for _ in range(300):
        risk = rng.beta(1, 15, 600)
        wrong = rng.random(600) < risk
        chance = stats.audit_probabilities(risk, 0.2, least=0.05)
        seen = np.where(rng.random(600) < chance, wrong, np.nan)
        found = stats.audit_error_rate(seen, chance, risk=risk, least=0.05, rng=rng)
        high += found.upper < 1 / 16
        low += found.lower > 1 / 16
    assert high / 300 <= 0.09
    assert low / 300 <= 0.09


def test_being_not_worse_is_claimed_no_more_often_than_delta_at_the_margin():
    rng = np.random.default_rng(12)
    claimed = 0
    for _ in range(400):
        a, b = rng.random(500) < 0.121, rng.random(500) < 0.1
        claimed += stats.not_worse(a, b, margin=0.02, rng=rng).verdict == "not_worse"
    assert claimed / 400 <= 0.085
