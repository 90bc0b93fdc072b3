"""Certificates are wrong no more often than delta, in worlds where the truth is known.

Seeded; ``make bench`` plays the same worlds 10,000 to 50,000 times.  Tolerances are 99.9 % quantiles of the binomial.
"""

import numpy as np
import pytest
from bench.worlds import (
    ALPHA,
    BAD_TIP,
    CLEAN,
    DELTA,
    HARMLESS,
    PRICED,
    WORLDS,
    empirical,
    fixed,
    play,
    single,
    stepping,
)
from scipy.special import bdtr

from remit import stats


def at_most(trials, rate):
    """The 99.9 % quantile of the share of failures when each trial fails with this rate."""
    k = np.arange(trials + 1)
    return int(np.argmax(bdtr(k.astype(float), trials, rate) >= 0.999)) / trials


@pytest.mark.parametrize("world", HARMLESS, ids=lambda world: world.name)
def test_step_down_is_wrong_no_more_often_than_delta(world):
    tally = play(world, 300, 700, stepping(300), seed=11)
    assert tally.violation_rate <= at_most(700, DELTA)


@pytest.mark.parametrize("world", [*HARMLESS[8:11], *PRICED], ids=lambda world: world.name)
def test_single_step_is_wrong_no_more_often_than_delta_whatever_the_shape_of_the_risk(world):
    tally = play(world, 300, 1000, single(300), seed=12)
    assert tally.violation_rate <= at_most(1000, DELTA)


@pytest.mark.parametrize(("world", "bands"), list(zip(PRICED, (1, 14), strict=True)), ids=lambda value: str(value)[:20])
def test_step_down_pays_no_more_than_its_price_for_bad_bands(world, bands):
    tally = play(world, 600, 700, stepping(600), seed=13)
    assert tally.violation_rate <= at_most(700, min(0.999, (1 + bands) * DELTA))


def test_the_fixed_sequence_is_wrong_no_more_often_than_delta():
    for world in (CLEAN, WORLDS["cliff: good up to 30 %, then a wall"]):
        assert play(world, 300, 1000, fixed(300), seed=14).violation_rate <= at_most(1000, DELTA)


def test_thirty_cases_certify_nothing_at_five_per_cent():
    rng = np.random.default_rng(1)
    for _ in range(20):
        assert isinstance(stats.certify(rng.random(30), np.zeros(30), alpha=ALPHA), stats.NotEnoughEvidence)


def test_what_is_usual_is_wrong_half_of_the_time():
    assert play(CLEAN, 300, 500, empirical(300), seed=15).violation_rate > 0.4


@pytest.mark.parametrize(
    ("world", "n", "goal"), [(CLEAN, 300, 0.45), (CLEAN, 1000, 0.584), (BAD_TIP, 1000, 0.55), (BAD_TIP, 3000, 0.60)]
)
def test_coverage_reaches_its_goals(world, n, goal):
    # The tolerance is three standard errors of so few trials.
    trials = 900 if n < 3000 else 300
    assert play(world, n, trials, stepping(n), seed=16).coverage > goal - 0.015


def test_step_down_certifies_more_than_flat_levels_and_a_single_step():
    ours = play(CLEAN, 300, 600, stepping(300), seed=17).coverage
    assert ours > play(CLEAN, 300, 600, stepping(300, stats.Shape.flat()), seed=17).coverage + 0.02
    assert ours > play(CLEAN, 300, 600, single(300), seed=17).coverage


def test_any_slice_is_wrong_no_more_often_than_delta_together():
    rng = np.random.default_rng(18)
    wrong_claims = 0
    names = np.repeat(["a", "b", "c"], 120)
    for _ in range(300):
        # Every slice misses its budget by a hair, so each certificate is wrong.
        found = stats.certify(rng.random(360), rng.random(360) < 0.1001, alpha=0.1, slices=names)
        wrong_claims += any(isinstance(each.result, stats.Certified) for each in found.slices)
    assert wrong_claims / 300 <= at_most(300, DELTA)


def test_a_certified_cost_is_exceeded_no_more_often_than_delta():
    rng = np.random.default_rng(19)
    wrong_claims = 0
    for _ in range(400):
        confidence = rng.random(400)
        cost = np.where(rng.random(400) < 0.05, rng.random(400) * 20, 0.0)  # .5 on average, everywhere
        found = stats.certify_cost(confidence, cost, budget=0.4999, highest=20, grid=[0.5, 0.4, 0.2], rng=rng)
        wrong_claims += isinstance(found, stats.CertifiedCost)
    assert wrong_claims / 400 <= at_most(400, DELTA)


def test_cases_that_hang_together_break_the_guarantee_and_one_case_a_cluster_mends_it():
    rng = np.random.default_rng(20)

    def claims(pick):
        wrong_claims = 0
        for _ in range(400):
            # 150 clusters of four cases that are right or wrong together, at the budget by a hair.
            cluster = np.repeat(np.arange(150), 4)
            wrong = (rng.random(150) < 0.0501)[cluster]
            chosen = pick(cluster)
            found = stats.certify(rng.random(chosen.size), wrong[chosen], alpha=ALPHA, method="single_step")
            wrong_claims += isinstance(found, stats.Certified)
        return wrong_claims / 400

    assert claims(lambda cluster: np.arange(cluster.size)) > 2 * DELTA
    assert claims(lambda cluster: _one_each(cluster, rng)) <= at_most(400, DELTA)


def _one_each(cluster, rng):
    order = rng.permutation(cluster.size)
    _, first = np.unique(cluster[order], return_index=True)
    return order[first]
