"""Monitors: what they say, what they store, what they refuse."""

import json
import math

import numpy as np
import pytest
from scipy.special import betaln

from remit import stats
from remit.errors import ArgumentInvalid
from remit.stats.watch.monitor import MULTIPLES, ErrorMonitor


def outcomes(n, rate, seed=1):
    return [bool(value) for value in np.random.default_rng(seed).random(n) < rate]


# --- confidence sequence


@pytest.mark.parametrize(("rate", "seed"), [(0.02, 1), (0.5, 2), (0.97, 3)])
def test_a_confidence_sequence_keeps_exactly_the_rates_that_the_evidence_allows(rate, seed):
    wrong = outcomes(3000, rate, seed)
    lower, upper = stats.confidence_sequence(wrong, 0.05)
    errors = np.cumsum(wrong)
    for t in (1, 2, 3, 10, 59, 400, 3000):
        s = int(errors[t - 1])

        def evidence(m, s=s, t=t):
            return betaln(0.5 + s, 0.5 + t - s) - betaln(0.5, 0.5) - s * math.log(m) - (t - s) * math.log1p(-m)

        low, high = float(lower[t - 1]), float(upper[t - 1])
        assert low <= s / t <= high
        if s:
            assert evidence(low) == pytest.approx(math.log(20), abs=1e-4)
            assert evidence(low) >= math.log(20) - 1e-12
        else:
            assert low == 0.0
        if s < t:
            assert evidence(high) == pytest.approx(math.log(20), abs=1e-4)
            assert evidence(high) >= math.log(20) - 1e-12
        else:
            assert high == 1.0


def test_no_item_has_no_bounds():
    lower, upper = stats.confidence_sequence([])
    assert lower.size == upper.size == 0


# --- error monitor


def plain_evidence(budget, wrong, weight):
    """The recursion of the design, written out: R <- (R + w_t) f_g, mean over g."""
    rates = [min(multiple * budget, 0.5 * (1 + budget)) for multiple in MULTIPLES]
    bets = [0.0] * len(rates)
    for t, error in enumerate(wrong, start=1):
        factors = [rate / budget if error else (1 - rate) / (1 - budget) for rate in rates]
        bets = [(bet + weight(t)) * factor for bet, factor in zip(bets, factors, strict=True)]
    return sum(bets) / len(bets)


def test_the_monitor_follows_its_recursion():
    wrong = outcomes(700, 0.03)
    monitor = ErrorMonitor(0.05, run_length=300)
    for error in wrong:
        state = monitor.update(error)

    def weight(t):
        late = 0.7 / ((t + 1000) * (1 + math.log((t + 1000) / 1000)) ** 2)
        return late + 0.3 if t == 1 else late

    assert state.e_value == pytest.approx(plain_evidence(0.05, wrong, weight))
    assert state.warning == (plain_evidence(0.05, wrong, lambda t: 1.0) >= 300)
    assert (state.n, state.n_wrong) == (700, sum(wrong))
    assert state == monitor.state


def test_restarts_never_bet_more_than_there_is():
    assert sum(ErrorMonitor.restart_weight(t) for t in range(1, 1_000_000)) < 1.0


def test_an_alarm_stays_and_a_warning_settles():
    monitor = ErrorMonitor(0.05, run_length=50)
    for _ in range(10):
        state = monitor.update(wrong=True)
    assert state.alarm
    assert state.warning
    for _ in range(5000):
        state = monitor.update(wrong=False)
    assert state.alarm
    assert not state.warning
    assert state.e_value < 1.0


def test_a_warning_comes_before_the_alarm():
    monitor = ErrorMonitor(0.02, run_length=100)
    states = [monitor.update(wrong) for wrong in outcomes(2000, 0.08)]
    warned = next(i for i, state in enumerate(states) if state.warning)
    alarmed = next(i for i, state in enumerate(states) if state.alarm)
    assert warned < alarmed


def test_a_budget_near_one_still_has_bets_above_it():
    monitor = ErrorMonitor(0.9)
    for _ in range(200):
        state = monitor.update(wrong=True)
    assert state.alarm


def test_evidence_does_not_overflow():
    monitor = ErrorMonitor(0.001)
    for _ in range(3000):
        state = monitor.update(wrong=True)
    assert math.isfinite(state.e_value)
    assert math.isfinite(sum(monitor.to_json()["warn"]))


def test_an_item_whose_truth_is_missing_is_no_evidence_of_more_errors():
    monitor = ErrorMonitor(0.05)
    before = monitor.update(wrong=False)
    assert monitor.update(None) == before


def test_numbers_and_numpy_values_count_as_truths():
    first, second = ErrorMonitor(0.05), ErrorMonitor(0.05)
    assert first.update(1) == second.update(wrong=True)
    assert first.update(np.False_) == second.update(wrong=False)


def test_a_continued_monitor_gives_exactly_the_same():
    wrong = outcomes(400, 0.1)
    whole, part = ErrorMonitor(0.05, 0.01, run_length=500), ErrorMonitor(0.05, 0.01, run_length=500)
    for i, error in enumerate(wrong):
        inclusion = 1.0 if i % 3 else 0.2
        if i == 211:
            part = ErrorMonitor.from_json(json.loads(json.dumps(part.to_json())))
        audited = error if i % 6 else None
        assert part.update(audited, inclusion) == whole.update(audited, inclusion)


def test_what_a_monitor_stores_does_not_grow():
    monitor = ErrorMonitor(0.05)
    monitor.update(wrong=False)
    short = len(json.dumps(monitor.to_json()))
    for error in outcomes(5000, 0.04):
        monitor.update(error)
    assert len(json.dumps(monitor.to_json())) < short + 200


@pytest.mark.parametrize("kind", ["monitor", "promotion", "slices", "paired"])
def test_a_state_of_another_version_or_kind_or_a_broken_one_is_refused(kind):
    made = {
        "monitor": ErrorMonitor(0.05),
        "promotion": stats.PromotionTest(0.05),
        "slices": stats.SliceMonitors(0.05, ["a"]),
        "paired": stats.PairedTest(),
    }[kind]
    stored = made.to_json()
    with pytest.raises(ArgumentInvalid, match="version 99"):
        type(made).from_json({**stored, "version": 99})
    with pytest.raises(ArgumentInvalid, match="'other'"):
        type(made).from_json({**stored, "kind": "other"})
    for key in stored:
        if key not in ("alarm", "passed", "a_better", "b_better", "attempt", "kind", "version"):
            for bad in (None, "1", -1, math.inf, True):
                with pytest.raises(ArgumentInvalid):
                    type(made).from_json({**stored, key: bad})


def test_a_stored_list_of_another_length_is_refused():
    stored = ErrorMonitor(0.05).to_json()
    with pytest.raises(ArgumentInvalid, match="a list of 5 numbers"):
        ErrorMonitor.from_json({**stored, "bets": [0.0] * 4})


# --- weighted audits


def test_a_weighted_bet_is_fair_whatever_the_inclusion():
    # Over outcome and audit, at exactly the budget, each component keeps its wealth on average.
    budget = 0.1
    for inclusion in (0.05, 0.3, 0.9):
        expected = np.zeros(5)
        for wrong, chance in ((True, budget * inclusion), (False, (1 - budget) * inclusion), (None, 1 - inclusion)):
            monitor = ErrorMonitor(budget)
            expected += chance * np.array(monitor._weighted(wrong, inclusion))
        assert expected == pytest.approx(np.ones(5))


def test_bets_never_lose_more_than_all_and_do_not_know_the_inclusion_of_their_own_item():
    monitor = ErrorMonitor(0.3)
    for inclusion in (0.9, 0.99, 0.95):
        monitor.update(None, inclusion)
    assert min(monitor._weighted(None, 0.01)) == min(monitor._weighted(None, 0.9)) > 0


def test_weighted_audits_raise_an_alarm_and_unaudited_items_count_for_the_executor():
    monitor = ErrorMonitor(0.02)
    quiet = [monitor.update(None, 0.2).e_value for _ in range(50)]
    assert quiet == sorted(quiet, reverse=True)
    for _ in range(6):
        state = monitor.update(wrong=True, inclusion=0.2)
    assert state.alarm


# --- promotion


def test_promotion_takes_the_known_number_of_items():
    assert [stats.items_to_promotion(k, 0.05) for k in range(4)] == [85, 132, 172, 209]
    for n_wrong, n in enumerate((85, 132, 172, 209)):
        test = stats.PromotionTest(0.05)
        for _ in range(n_wrong):
            test.update(wrong=True)
        states = [test.update(wrong=False) for _ in range(n - n_wrong)]
        assert states[-1].passed
        assert not states[-2].passed


def test_a_truth_that_never_came_counts_as_an_error():
    missing, wrong = stats.PromotionTest(0.05), stats.PromotionTest(0.05)
    assert missing.update(None) == wrong.update(wrong=True)


def test_each_further_attempt_needs_more():
    needed = [stats.items_to_promotion(0, 0.05, attempt=attempt) for attempt in (None, 1, 2, 3)]
    assert needed == sorted(set(needed))
    assert stats.PromotionTest(0.05, attempt=1).needed == 40.0
    assert sum(1 / stats.PromotionTest(0.05, attempt=attempt).needed for attempt in range(1, 60)) <= 0.05


def test_promotion_once_passed_stays_and_survives_storage():
    test = stats.PromotionTest(0.05, attempt=2)
    for _ in range(200):
        test.update(wrong=False)
    test = stats.PromotionTest.from_json(json.loads(json.dumps(test.to_json())))
    for _ in range(100):
        state = test.update(wrong=True)
    assert state.passed
    assert state.e_value < state.needed == 80.0


def test_a_hopeless_candidate_has_no_evidence_at_all():
    test = stats.PromotionTest(0.05)
    for _ in range(3000):
        state = test.update(wrong=True)
    assert state.e_value == 0.0
    assert not state.passed


def test_only_truths_are_taken():
    for update in (stats.PromotionTest(0.05).update, ErrorMonitor(0.05).update):
        for bad in ("yes", 2, math.nan):
            with pytest.raises(ArgumentInvalid, match="wrong is"):
                update(bad)
    with pytest.raises(ArgumentInvalid, match="wrong_b is"):
        stats.PairedTest().update(wrong_a=True, wrong_b=3)
    for inclusion in (0.0, -0.1, 1.5, math.nan):
        with pytest.raises(ArgumentInvalid, match="inclusion is"):
            ErrorMonitor(0.05).update(wrong=True, inclusion=inclusion)


# --- slices


def test_one_bad_slice_is_named_and_the_others_are_not():
    monitors = stats.SliceMonitors(0.02, ["a", "b", "c"], run_length=200)
    rng = np.random.default_rng(1)
    for i in range(3000):
        name = "abc"[i % 3]
        state = monitors.update(name, rng.random() < (0.15 if name == "b" else 0.005))
    assert state.alarm
    assert state.alarmed == ("b",)
    assert monitors.state_of("a").n == 1000
    assert monitors.state == state


def test_slices_alarm_together_before_one_alone_does():
    monitors = stats.SliceMonitors(0.05, ["a", "b", "c", "d"])
    wrong = outcomes(2000, 0.12)
    for error in wrong:
        for name in "abcd":
            state = monitors.update(name, error)
        if state.alarm:
            break
    assert state.alarm
    assert state.alarmed == ()


def test_continued_slices_give_the_same():
    monitors = stats.SliceMonitors(0.05, ["a", "b"], 0.1, run_length=77)
    for error in outcomes(50, 0.2):
        state = monitors.update("a", error)
    again = stats.SliceMonitors.from_json(json.loads(json.dumps(monitors.to_json())))
    assert again.state == state
    assert again.update("b", wrong=True) == monitors.update("b", wrong=True)
    assert again.to_json() == monitors.to_json()


def test_unknown_slices_and_names_given_twice_are_refused():
    with pytest.raises(ArgumentInvalid, match="one of a, b"):
        stats.SliceMonitors(0.05, ["a", "b"]).update("c", wrong=True)
    for names in ([], ["a", "a"]):
        with pytest.raises(ArgumentInvalid, match="each once"):
            stats.SliceMonitors(0.05, names)


# --- paired test


def test_the_paired_test_counts_discordant_cases_only():
    test = stats.PairedTest()
    for wrong in (True, False):
        state = test.update(wrong_a=wrong, wrong_b=wrong)
    assert (state.n_only_a, state.n_only_b, state.e_value_a, state.e_value_b) == (0, 0, 1.0, 1.0)
    for _ in range(12):
        state = test.update(wrong_a=True, wrong_b=False)
    assert (state.b_better, state.a_better, state.n_only_a) == (True, False, 12)
    test = stats.PairedTest.from_json(json.loads(json.dumps(test.to_json())))
    for _ in range(100):
        state = test.update(wrong_a=False, wrong_b=True)
    assert state.b_better  # once reached, it stays


def test_overwhelming_evidence_is_neither_lost_nor_infinite():
    test = stats.PairedTest()
    for _ in range(3000):
        state = test.update(wrong_a=True, wrong_b=False)
    assert state.e_value_a == 0.0
    assert math.isfinite(state.e_value_b)


# --- delay


def test_the_delay_is_that_of_the_monitor_itself():
    rng = np.random.default_rng(7)
    times = []
    for _ in range(300):
        monitor = ErrorMonitor(0.05)
        n = 0
        while not monitor.update(bool(rng.random() < 0.2)).alarm:
            n += 1
        times.append(n + 1)
    delay = stats.detection_delay(0.05, 0.2, good_rate=0.0, n_good=0, rng=np.random.default_rng(1), runs=1000)
    assert delay.median_to_alarm == pytest.approx(np.median(times), rel=0.15)
    assert delay.median_to_warning is not None
    assert delay.median_to_alarm <= delay.p90_to_alarm


def test_days_follow_from_volume_and_audit_share():
    delay = stats.detection_delay(
        0.05, 0.3, good_rate=0.0, n_good=10, rng=np.random.default_rng(1), audit_share=0.1, acted_per_day=50, runs=50
    )
    assert delay.median_days_to_alarm == delay.median_to_alarm / 5
    assert delay.p90_days_to_alarm == delay.p90_to_alarm / 5
    assert delay.median_days_to_warning == delay.median_to_warning / 5
    without = stats.detection_delay(0.05, 0.3, good_rate=0.0, n_good=10, rng=np.random.default_rng(1), runs=50)
    assert without.median_days_to_alarm is None


def test_what_is_not_above_the_budget_is_mostly_never_noticed():
    delay = stats.detection_delay(0.2, 0.05, good_rate=0.05, n_good=0, rng=np.random.default_rng(1), runs=20)
    assert (delay.median_to_alarm, delay.p90_to_alarm, delay.median_days_to_alarm) == (None, None, None)


def test_histories_that_were_stopped_before_the_break_are_counted_apart():
    delay = stats.detection_delay(0.05, 0.5, good_rate=0.5, n_good=60, rng=np.random.default_rng(1), runs=20)
    assert delay.share_alarmed_before == 1.0
    assert delay.median_to_alarm is None


# --- drift


def test_a_shift_of_confidences_is_noticed_and_no_shift_is_not():
    rng = np.random.default_rng(3)
    reference = rng.beta(8, 2, 800)
    same, moved, narrowed = (stats.DriftTest(reference, rng=rng) for _ in range(3))
    assert not any(same.update(value).warning for value in rng.beta(8, 2, 3000))
    assert any(moved.update(value).warning for value in rng.beta(6, 3, 600))
    assert any(narrowed.update(value).warning for value in rng.choice(np.quantile(reference, [0.45, 0.5, 0.55]), 400))


def test_a_drift_warning_stays():
    rng = np.random.default_rng(3)
    test = stats.DriftTest(rng.random(200), 0.05, rng=rng)
    while not (state := test.update(2.0)).warning:
        pass
    for value in rng.random(3000):
        state = test.update(value)
    assert state.warning
    assert state.martingale < 20
    assert state.n > 3000


def test_wealth_stays_finite_under_a_long_drift():
    rng = np.random.default_rng(3)
    test = stats.DriftTest(rng.random(20), rng=rng)
    for value in range(5000):
        state = test.update(10.0 + value)
    assert math.isfinite(state.martingale)


def test_distances_for_display_are_the_known_ones():
    found = stats.kolmogorov_smirnov(np.arange(100.0), np.arange(100.0) + 25.5)
    assert found.distance == pytest.approx(0.26)
    assert found.p_value == pytest.approx(0.002, abs=0.001)
    rng = np.random.default_rng(1)
    assert stats.population_stability(rng.normal(size=2000), rng.normal(size=2000)) < 0.02
    assert stats.population_stability(rng.normal(size=2000), rng.normal(1, 1, size=2000)) > 0.5


def test_drift_needs_a_reference_and_finite_values():
    rng = np.random.default_rng(3)
    with pytest.raises(ArgumentInvalid, match="at least 20"):
        stats.DriftTest([0.5] * 19, rng=rng)
    with pytest.raises(ArgumentInvalid, match="value is nan"):
        stats.DriftTest([0.5] * 20, rng=rng).update(math.nan)


def test_the_promotion_delay_is_what_a_simulation_of_the_test_finds():
    rng = np.random.default_rng(5)
    needed = np.array([stats.items_to_promotion(k, 0.05, attempt=1) for k in range(120)])
    taken = []
    for _ in range(4000):
        before_each_error = np.cumsum(rng.geometric(0.02, needed.size)) - 1
        taken.append(needed[np.flatnonzero(before_each_error >= needed)[0]])
    delay = stats.promotion_delay(0.05, 0.02, attempt=1)
    assert delay.fewest == needed[0]
    for items, share in ((delay.median, 0.5), (delay.likely, 0.8)):
        assert np.mean(np.array(taken) <= items) >= share - 0.02
        assert np.mean(np.array(taken) < items) <= share + 0.02


def test_a_promotion_that_would_take_more_than_50000_items_has_no_delay():
    delay = stats.promotion_delay(0.0001, 0.00005)
    assert (delay.fewest > 10_000, delay.median, delay.likely) == (True, None, None)


def test_an_executor_at_the_budget_is_not_promised_a_promotion():
    with pytest.raises(ArgumentInvalid, match="true_rate"):
        stats.promotion_delay(0.05, 0.05)
