"""The certificate of a cascade is wrong no more often than delta, however badly its parts were tuned. Seeded."""

import numpy as np
import pytest
from scipy.special import bdtr

from remit.executors.cascade.tuned import Step, rank
from remit.stats import Certified, certify, expected_right

ALPHA = DELTA = 0.05
TRIALS, N = 500, 300


def most(trials, rate):
    """The 99.9 % quantile of how often a trial fails that fails with this rate."""
    return int(np.argmax(bdtr(np.arange(trials + 1.0), trials, rate) >= 0.999))


def world(rng, n):
    """Three parts: a table (1 % wrong), a model and a service, each more often right the surer it is."""
    who = rng.choice(3, size=n, p=[0.3, 0.45, 0.25])
    sure = rng.random(n)
    chance = np.where(who == 0, 0.01, np.where(who == 1, 0.30 * (1 - sure) ** 2, 0.5 * (1 - sure)))
    return who, sure, rng.random(n) < chance, chance


def tuned(rng, n, *, how):
    """Steps for each part: from tune cases, from others that are right twice as often, or turned upside down."""
    who, sure, wrong, _ = world(rng, n)
    if how == "flattered":
        wrong &= rng.random(n) < 0.3
    steps = []
    for part in range(3):
        mine = who == part
        if part == 0:
            right = (np.count_nonzero(~wrong[mine]) + 1) / (np.count_nonzero(mine) + 2)
            steps.append((Step(at=0.0, right=right),))
        else:
            steps.append(tuple(Step(at=one.at, right=one.right) for one in expected_right(sure[mine], ~wrong[mine])))
    if how == "the wrong way round":
        steps = [steps[2], (Step(at=0.0, right=0.5),), (Step(at=0.0, right=0.99),)]
    return steps


def whole(steps, who, sure):
    return np.array([rank(steps[part], None if part == 0 else float(one)) for part, one in zip(who, sure, strict=True)])


@pytest.mark.parametrize("how", ["tuned", "flattered"])
def test_a_cascade_is_certified_wrongly_no_more_often_than_delta(how):
    rng, cache = np.random.default_rng(17), {}
    crowd_who, crowd_sure, _, crowd_chance = world(rng, 40_000)
    n_violated = n_certified = 0
    for _ in range(TRIALS // 5):
        steps = tuned(rng, 150, how=how)
        crowd = whole(steps, crowd_who, crowd_sure)
        for _ in range(5):
            who, sure, wrong, _ = world(rng, N)
            found = certify(whole(steps, who, sure), wrong, alpha=ALPHA, delta=DELTA, cache=cache)
            if isinstance(found, Certified):
                n_certified += 1
                n_violated += crowd_chance[crowd >= found.threshold].mean() > ALPHA
    assert n_violated <= most(TRIALS, DELTA)
    assert n_certified > TRIALS / 3  # a rule that never certifies would be valid, too


def test_a_scale_turned_upside_down_costs_coverage_and_not_validity():
    rng, cache = np.random.default_rng(18), {}
    crowd_who, crowd_sure, _, crowd_chance = world(rng, 40_000)
    steps = tuned(rng, 150, how="the wrong way round")
    crowd = whole(steps, crowd_who, crowd_sure)
    n_violated = 0
    for _ in range(TRIALS):
        who, sure, wrong, _ = world(rng, N)
        found = certify(whole(steps, who, sure), wrong, alpha=ALPHA, delta=DELTA, method="single_step", cache=cache)
        if isinstance(found, Certified):
            n_violated += crowd_chance[crowd >= found.threshold].mean() > ALPHA
    assert n_violated <= most(TRIALS, DELTA)
