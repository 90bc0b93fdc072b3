"""Audits, reviewers, agreement, non-inferiority, costs."""

import numpy as np
import pytest

from remit import stats
from remit.errors import ArgumentInvalid


def test_audit_probabilities_keep_share_and_floor_and_follow_the_risk():
    risk = np.concatenate([np.full(900, 0.001), np.full(100, 0.4)])
    found = stats.audit_probabilities(risk, 0.1, least=0.02)
    assert found.mean() == pytest.approx(0.1, abs=1e-6)
    assert found.min() >= 0.02
    assert found[-1] > 3 * found[0]
    assert stats.audit_probabilities([0.0, 0.0], 0.3).tolist() == pytest.approx([0.3, 0.3])
    assert stats.audit_probabilities([0.5, 0.001], 1.0).tolist() == pytest.approx([1.0, 1.0])
    many = stats.audit_probabilities([0.5] * 5 + [0.0] * 5, 0.9)
    assert many.max() <= 1.0
    assert many.mean() == pytest.approx(0.9, abs=1e-6)


def test_an_audit_estimate_is_unbiased_where_only_the_escalated_would_mislead():
    rng = np.random.default_rng(1)
    risk = rng.beta(1, 20, 20_000)
    wrong = rng.random(20_000) < risk
    chance = stats.audit_probabilities(risk, 0.1, least=0.02)
    audited = rng.random(20_000) < chance
    seen = np.where(audited, wrong, np.nan)
    found = stats.audit_error_rate(seen, chance, risk=risk, least=0.02, rng=rng)
    assert abs(found.rate - wrong.mean()) < 4 * found.standard_error
    assert found.lower < wrong.mean() < found.upper
    assert found.n_audited == audited.sum()
    assert found.n_wrong == (audited & wrong).sum()
    blind = stats.audit_error_rate(seen, chance, least=0.02, rng=rng)
    assert blind.standard_error > found.standard_error


def test_auditing_everything_is_counting():
    found = stats.audit_error_rate([0, 1, 0, 0], [1.0] * 4, least=1.0, rng=np.random.default_rng(1))
    assert (found.rate, found.n_audited, found.n_wrong) == (0.25, 4, 1)
    assert stats.audit_error_rate([1], [1.0], least=1.0, rng=np.random.default_rng(1)).standard_error == 1.0


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"inclusion": [0.5, 0.0]}, "inclusion[1]"),
        ({"wrong": [0.5, 1]}, "wrong[0]"),
        ({"wrong": []}, "wrong"),
        ({"wrong": "many"}, "wrong"),
        ({"wrong": [1.0]}, "wrong"),
        ({"risk": [0.1]}, "risk"),
        ({"risk": [0.1, 1.1]}, "risk[1]"),
        ({"least": 0.0}, "least"),
    ],
)
def test_bad_audits_are_refused(changed, where):
    arguments = {"wrong": [0, 1], "inclusion": [0.5, 0.5], "least": 0.1, "rng": np.random.default_rng(1), **changed}
    with pytest.raises(ArgumentInvalid) as caught:
        stats.audit_error_rate(**arguments)
    assert caught.value.problems[0].where.path == where


def test_bounds_widen_by_what_reviewers_miss_and_flag_wrongly():
    sure = {"n_caught": 200, "n_planted": 200, "n_false_flags": 0, "n_planted_right": 2000}
    weak = {"n_caught": 140, "n_planted": 200, "n_false_flags": 40, "n_planted_right": 2000}
    good, poor = stats.reviewed_bounds(20, 400, **sure), stats.reviewed_bounds(20, 400, **weak)
    assert stats.binomial_upper(20, 400, 0.025) < good.upper < poor.upper
    assert poor.lower < good.lower < stats.binomial_lower(20, 400, 0.025)
    assert poor.upper == pytest.approx(stats.binomial_upper(20, 400, 0.025) / stats.binomial_lower(140, 200, 0.025))
    assert poor.budget_share == poor.sensitivity_lower < 0.7


def test_untested_reviewers_bound_nothing():
    found = stats.reviewed_bounds(20, 400, n_caught=0, n_planted=0, n_false_flags=0, n_planted_right=0)
    assert (found.lower, found.upper) == (0.0, 1.0)


def test_kappa_is_the_known_one_and_has_an_interval():
    # Cohen's formula by hand: 50 cases, 20 + 15 agreed, marginals 25/25 and 30/20.
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    found = stats.cohen_kappa(first, second, rng=np.random.default_rng(1))
    assert found.value == pytest.approx(0.4)
    assert found.lower < 0.4 < found.upper
    assert found.n_cases == 50


def test_agreement_that_chance_alone_would_give_measures_nothing():
    rng = np.random.default_rng(1)
    assert stats.cohen_kappa(["a"] * 9, ["a"] * 9, rng=rng).value is None
    assert stats.krippendorff_alpha([["a"] * 9, ["a"] * 9], rng=rng).value is None
    assert stats.krippendorff_alpha([["a", None], [None, "b"]], rng=rng).value is None


def test_alpha_of_the_usual_example_is_the_known_one():
    # Krippendorff 2011, nominal data, any number of observers, missing data.
    rows = ["* * * * * 3 4 1 2 1 1 3 3 * 3", "1 * 2 1 3 3 4 3 * * * * * * *", "* * 2 1 3 4 4 * 2 1 1 3 3 * 4"]
    labels = [[None if cell == "*" else cell for cell in row.split()] for row in rows]
    assert stats.krippendorff_alpha(labels, rng=np.random.default_rng(1)).value == pytest.approx(0.691, abs=0.001)


def test_the_truth_behind_labellers_weighs_the_good_ones_more():
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 3, 600)
    skills = (0.95, 0.9, 0.5, 0.5, 0.5)
    labels = [[str(t) if rng.random() < skill else str(rng.integers(0, 3)) for t in truth.tolist()] for skill in skills]
    labels[4][:100] = [None] * 100
    found = stats.dawid_skene(labels)
    guess = found.probability.argmax(axis=1)
    votes = np.array([[label == str(k) for k in range(3)] for row in labels[:4] for label in row])
    majority = votes.reshape(4, 600, 3).sum(axis=0).argmax(axis=1)
    assert (guess == truth).mean() > max(0.96, (majority == truth).mean() + 0.02)
    assert found.answers == ("0", "1", "2")
    skill = [np.trace(found.confusion[r]) / 3 for r in range(5)]
    assert min(skill[:2]) > 0.85 > max(skill[2:])


def test_labels_have_to_fit_together():
    rng = np.random.default_rng(1)
    for call in (
        lambda: stats.cohen_kappa(["a"], ["a", "b"], rng=rng),
        lambda: stats.cohen_kappa([], [], rng=rng),
        lambda: stats.krippendorff_alpha([["a"]], rng=rng),
        lambda: stats.krippendorff_alpha([["a"], ["a", "b"]], rng=rng),
        lambda: stats.dawid_skene([["a"], ["a"]]),
        lambda: stats.dawid_skene([["a"], ["a"], []]),
    ):
        with pytest.raises(ArgumentInvalid):
            call()


def test_being_not_worse_needs_a_margin_and_being_worse_is_said_too():
    rng = np.random.default_rng(2)
    base = rng.random(4000) < 0.05
    slightly = base | (rng.random(4000) < 0.003)
    much = base | (rng.random(4000) < 0.08)
    assert stats.not_worse(slightly, base, margin=0.02, rng=rng).verdict == "not_worse"
    assert stats.not_worse(much, base, margin=0.02, rng=rng).verdict == "worse"
    found = stats.not_worse(slightly, base, margin=0.0, rng=rng)
    assert found.verdict in ("undecided", "worse")
    assert found.lower < found.difference < found.upper


def test_cost_differences_come_with_an_interval_and_refuse_negative_costs():
    rng = np.random.default_rng(2)
    a = rng.exponential(2.0, 500)
    found = stats.compare_costs(a, a + rng.normal(1.0, 0.3, 500), rng=rng)
    assert found.lower < found.difference < found.upper < 0
    with pytest.raises(ArgumentInvalid, match=r"cost_b\[1\] is -1"):
        stats.compare_costs([1, 2], [1, -1], rng=rng)
