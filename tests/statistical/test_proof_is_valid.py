"""A proof claims what does not hold no more often than it may: seeded runs of executors whose error rate is known.

Every run goes through the code that proves real work: a function executor is asked through its performer, decided,
recorded, counted, judged.  Its errors are in its source; which cases it meets is drawn.
"""

import time
from itertools import islice

import numpy as np
import pytest
from scipy.special import bdtr
from tests.unit.proof.works import (
    REFUND,
    Remembered,
    case,
    concluded_from,
    function,
    quality,
    refunds,
    target,
)

from remit.deciding.prepare import prepare
from remit.definition.model import Inputs, Outputs
from remit.executors.perform import performer
from remit.proof.answers import observe
from remit.proof.certificate import acted_on, certify_cases, slice_certificates
from remit.proof.conclude import Other, delta_of_attempt
from remit.proof.tally import Tally
from remit.proof.targets import Terms, judge_slices, judge_target
from remit.readiness.facts import TargetVerdict
from remit.stats import Certified, Levels

MET = TargetVerdict.MET
TABLES: dict[str, Levels] = {}
FIELDS = {
    "inputs": Inputs(fields={f"u{i}": "number" for i in range(4)}),
    "outputs": Outputs(fields=REFUND),
}


def most(n_runs, delta):
    """What Binomial(n_runs, delta) exceeds once in a thousand times."""
    return next(k for k in range(n_runs + 1) if bdtr(k, n_runs, delta) >= 0.999)


def wrong_when(is_wrong):
    """An executor that is wrong exactly where ``is_wrong`` says, and as sure as ``u0``."""

    def answer(given):
        return {"refund": "no" if is_wrong(given) else "yes"}, given["u0"]

    return answer


def runs(definition, answer, *, n_runs, n_cases, seed, by_region=False):
    """The counts of ``n_runs`` runs on ``n_cases`` fresh cases each."""
    rng = np.random.default_rng(seed)
    work = prepare(definition)

    def cases():
        for i in range(n_runs * n_cases):
            given = {f"u{j}": float(u) for j, u in enumerate(rng.random(4))}
            yield case(f"c{i}", given=given, slices={"region": f"r{i % 4}"} if by_region else None)

    with performer(function(answer, definition=definition), clock=time.perf_counter) as asking:
        coming = observe(work, cases(), performer=asking, record=Remembered(), clock=time.perf_counter)
        for _ in range(n_runs):
            tally = Tally(work, majority={"refund": "no"})
            for one in islice(coming, n_cases):
                tally.add(one)
            yield tally


def judged(tally, *, delta):
    """The verdict on every target over all cases."""
    terms = Terms(delta=delta, cost_cap=None, n_reviewed=0, n_cases=tally.n_cases, highest_loss=0.0)
    return [judge_target(one, terms, np.random.default_rng(1)).verdict for one in tally.targets]


def is_certified(tally, *, delta=0.05, gives_confidence=False):
    return certificate_of(tally, delta=delta, gives_confidence=gives_confidence) is not None


def certificate_of(tally, *, delta=0.05, gives_confidence=True):
    cases = acted_on(tally, gives_confidence=gives_confidence)
    found = certify_cases(cases, alpha=0.1, delta=delta, levels=TABLES)
    return found if isinstance(found, Certified) else None


def test_a_target_that_does_not_hold_is_seldom_called_met_and_neither_is_any_of_its_slices():
    wanted = quality(target("accuracy", at_least=0.9), target("error_rate", "Q2", at_most=0.1), slices=("region",))
    definition = refunds(**FIELDS, quality=wanted)
    worker = wrong_when(lambda given: given["u1"] < 0.1001)
    n_runs, false, false_slices, false_certificates = 200, 0, 0, 0
    # Four slices of 46: without a correction one of them would be called met in 18 of 100 runs.
    for tally in runs(definition, worker, n_runs=n_runs, n_cases=184, seed=21, by_region=True):
        accuracy, error_rate = judged(tally, delta=0.05)
        assert accuracy is error_rate
        false += accuracy is MET
        false_slices += any(one.verdict is MET for one in judge_slices(tally.targets[0], 0.05))
        certified = slice_certificates(acted_on(tally, gives_confidence=False), alpha=0.1, delta=0.05)
        assert len(certified) == 4
        false_certificates += any(one.coverage is not None for one in certified)
    assert 0 < false <= most(n_runs, 0.05)
    assert 0 < false_slices <= most(n_runs, 0.05)
    assert 0 < false_certificates <= most(n_runs, 0.05)


def test_a_target_that_holds_with_room_is_usually_called_met():
    definition = refunds(**FIELDS, quality=quality(target("accuracy", at_least=0.9)))
    worker = wrong_when(lambda given: given["u1"] < 0.03)
    found = [judged(tally, delta=0.025) for tally in runs(definition, worker, n_runs=50, n_cases=120, seed=22)]
    assert found.count([MET]) >= 38


def test_three_attempts_together_stay_within_delta():
    definition = refunds(**FIELDS, quality=quality(target("accuracy", at_least=0.9)))
    n_runs = 250
    claims = np.zeros((2, n_runs), dtype=bool)
    # With 46 cases each attempt would be called met in 4.8 of 100 runs, were each to spend the whole delta.
    for attempt in (1, 2, 3):
        worker = wrong_when(lambda given, u=f"u{attempt}": given[u] < 0.1001)
        delta = delta_of_attempt(0.05, attempt)
        for i, tally in enumerate(runs(definition, worker, n_runs=n_runs, n_cases=46, seed=23)):
            claims[:, i] |= judged(tally, delta=delta) == [MET], is_certified(tally, delta=delta)
    assert claims.any()
    assert claims.sum(axis=1).max() <= most(n_runs, 0.05)


def test_at_the_edge_of_the_budget_a_certificate_is_seldom_given():
    worker = wrong_when(lambda given: given["u1"] < 0.1001)
    n_runs, by_confidence, all_or_nothing = 120, 0, 0
    for tally in runs(refunds(**FIELDS), worker, n_runs=n_runs, n_cases=120, seed=24):
        by_confidence += is_certified(tally, gives_confidence=True)
        all_or_nothing += is_certified(tally)
    assert 0 < by_confidence <= most(n_runs, 0.05)
    assert 0 < all_or_nothing <= most(n_runs, 0.05)


def test_a_certificate_seldom_reaches_to_where_more_than_the_budget_is_wrong():
    # Wrong with a chance of .8 (1 - u0)^2. Above a threshold t that is .8 (1 - t)^2 / 3, the budget at t = .388.
    edge = 1 - (3 * 0.1 / 0.8) ** 0.5
    worker = wrong_when(lambda given: given["u1"] < 0.8 * (1 - given["u0"]) ** 2)
    n_runs = 80
    found = [certificate_of(tally) for tally in runs(refunds(**FIELDS), worker, n_runs=n_runs, n_cases=200, seed=25)]
    thresholds = [one.threshold for one in found if one is not None]
    assert sum(threshold < edge for threshold in thresholds) <= most(n_runs, 0.05)
    assert len(thresholds) >= n_runs // 2


def test_of_two_that_are_equally_good_one_is_seldom_called_better():
    definition = refunds(**FIELDS)
    n_runs = 30
    one, other = (
        list(runs(definition, wrong_when(lambda given, u=u: given[u] < 0.2), n_runs=n_runs, n_cases=80, seed=26))
        for u in ("u1", "u2")
    )
    better = 0
    for mine, theirs in zip(one, other, strict=True):
        others = (Other(name="other", wrong=bytes(theirs.wrong), unavailable=bytes(theirs.unavailable)),)
        found = concluded_from(definition, mine, attempt=0, gives_confidence=False, others=others)
        better += found.comparisons[-1].better is MET
    assert better <= most(n_runs, 0.05)


def test_the_shares_of_delta_of_all_attempts_are_one_delta():
    assert sum(delta_of_attempt(0.05, attempt) for attempt in range(1, 50)) == pytest.approx(0.05)
