"""A cascade of one part is that part, and one of several is the first part that stands."""

import time

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from remit.executors.cascade.executor import CascadeExecutor
from remit.executors.cascade.tuned import Step
from remit.executors.cascade.walk import Member
from remit.executors.perform import performer
from remit.items import Answer, ExecutorKind, ExecutorSpec, Fault, FaultKind
from remit.stats import Certified, certify, expected_right

SHARES = st.floats(0.0, 1.0)
ANSWERS = st.one_of(
    st.builds(
        lambda team, confidence, cost: Answer(output={"team": team}, confidence=confidence, cost=cost),
        st.sampled_from(["orders", "fraud"]),
        st.one_of(st.none(), SHARES),
        st.one_of(st.none(), st.floats(0.0, 5.0)),
    ),
    st.sampled_from(list(FaultKind)).map(lambda kind: Answer(output=None, fault=Fault(kind=kind, text="no"))),
)


class Says:
    """Says one thing."""

    digest = "0" * 64
    answers_at_once = True
    gives_confidence = True

    def __init__(self, name, answer, kind=ExecutorKind.FUNCTION):
        self.spec = ExecutorSpec(name=name, work="triage", kind=kind, cost_per_item=0.5)
        self._answer = answer

    def answer(self, given):
        return self._answer


def cascade(*members):
    spec = ExecutorSpec(name="whole", work="triage", kind=ExecutorKind.CASCADE)
    return CascadeExecutor(members, spec=spec, digest="1" * 64, tuned=None)


def asked(executor):
    with performer(executor, clock=time.perf_counter) as perform:
        return perform({})


@given(ANSWERS)
def test_a_cascade_of_one_part_answers_as_the_part(answer):
    alone, whole = asked(Says("svm", answer)), cascade(Member(name="svm", executor=Says("svm", answer))).answer({})
    assert (whole.output, whole.confidence) == (alone.output, alone.confidence)
    assert (whole.fault is None) == (alone.fault is None)
    if alone.fault is not None:
        assert whole.fault.kind is alone.fault.kind
    assert whole.cost == alone.cost


@given(st.lists(st.tuples(ANSWERS, SHARES), min_size=1, max_size=6))
def test_the_first_part_that_stands_answers_and_what_was_asked_is_paid(parts):
    last = len(parts) - 1
    members = [
        Member(name=f"p{i}", executor=Says(f"p{i}", answer), at_least=None if i == last else limit)
        for i, (answer, limit) in enumerate(parts)
    ]

    def stands(i, answer, limit):
        return answer.output is not None and (
            i == last or (answer.confidence is not None and answer.confidence >= limit)
        )

    at = next((i for i, (answer, limit) in enumerate(parts) if stands(i, answer, limit)), None)
    found = cascade(*members).answer({})
    n_asked = last + 1 if at is None else at + 1
    paid = [asked(one.executor).cost for one in members[:n_asked]]
    assert found.cost == sum(paid)
    assert [name for name in found.signals if name.endswith(".seconds")] == [f"p{i}.seconds" for i in range(n_asked)]
    if at is None:
        assert found.output is None
        assert "part" not in found.signals
    else:
        assert found.signals["part"] == f"p{at}"
        assert (found.output, found.confidence) == (parts[at][0].output, parts[at][0].confidence)


@given(st.integers(0, 2**32))
def test_tuning_one_part_changes_no_certificate(seed):
    """The scale of the whole keeps the order of a part, whatever it was tuned on, and only the order counts."""
    rng = np.random.default_rng(seed)
    tuned_on = expected_right(rng.random(60), rng.random(60) < 0.9)
    member = Member(
        name="svm",
        executor=Says("svm", Answer(output={})),
        steps=tuple(Step(at=one.at, right=one.right) for one in tuned_on),
    )
    confidence = np.round(rng.random(200), 6)
    ranks = [member.whole(Answer(output={}, confidence=float(one))) for one in confidence]
    wrong = rng.random(200) > 0.9 + 0.1 * confidence
    alone, whole = (certify(one, wrong, alpha=0.05, delta=0.05, cache=CACHE) for one in (confidence, ranks))
    assert type(alone) is type(whole)
    if isinstance(alone, Certified):
        assert (alone.n_acted, alone.n_wrong) == (whole.n_acted, whole.n_wrong)


CACHE: dict = {}
