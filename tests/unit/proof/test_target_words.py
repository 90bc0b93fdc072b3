"""A judged target says in words what it is of, so that a leader can read it without the definition."""

import numpy as np
import pytest

from remit.definition.model import Metric, Target
from remit.proof.tally import Counted, TargetTally
from remit.proof.targets import Terms, judge_target

TERMS = Terms(delta=0.05, cost_cap=None, n_reviewed=0, n_cases=120, highest_loss=0.0)


def judged(**target):
    tally = TargetTally(
        target=Target(id="Q1", metric=Metric.RECALL, at_least=0.9, **target),
        success=lambda case: True,
        where=None,
        overall=Counted(successes=117, n=120),
    )
    return judge_target(tally, TERMS, np.random.default_rng(7))


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({}, None),
        ({"of": "team"}, "team"),
        ({"of": "team", "class_": "fraud"}, "team = fraud"),
        ({"of": "is_fraud", "class_": True}, "is_fraud = true"),
        ({"of": "team", "where": "case.new"}, "team where case.new"),
        ({"where": "case.new"}, "where case.new"),
    ],
)
def test_a_target_says_what_it_is_of(target, words):
    assert judged(**target).about == words


def test_a_target_that_was_not_measured_says_it_too():
    tally = TargetTally(
        target=Target(id="Q1", metric=Metric.CONSISTENCY, of="team", at_least=0.9), success=None, where=None
    )
    assert judge_target(tally, TERMS, np.random.default_rng(7)).about == "team"
