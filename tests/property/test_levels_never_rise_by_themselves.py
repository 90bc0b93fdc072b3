"""Whatever the evidence: no level rises by itself, errors never help, and what is kept gives the same evidence."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.unit.runtime.watched import CERTIFICATE, NOW, TERMS

from remit.autonomy.certificate import Grant
from remit.autonomy.evidence import Decided, Evidence, Learned, Phase, phase_of
from remit.autonomy.watch import MayPromote, MustDemote, Stay, fixed_now, may_renew, missing_for, unsettled, watch
from remit.definition.levels import LEVELS, Level, level_above

SLICES = ("channel = shop", "channel = web")
HELD = [level for level in LEVELS if level is not Level.MANUAL]

terms = st.builds(
    lambda **parts: replace(TERMS, **parts),
    evidence_digest=st.sampled_from("eeeeef"),
    executor_digest=st.sampled_from("xxxxxy"),
    budget=st.sampled_from([0.05, 0.05, 0.3, 0.02, None]),
    min_items=st.sampled_from([20, 1, None]),
    min_days=st.sampled_from([2, 0, None]),
    audit_share=st.sampled_from([0.1, 1.0, None]),
    ceiling=st.sampled_from([Level.AUTONOMOUS, Level.AUTONOMOUS, *LEVELS, None]),
    certificate=st.sampled_from([CERTIFICATE, CERTIFICATE, replace(CERTIFICATE, alpha=0.01), None]),
    slices=st.sampled_from([(), SLICES]),
)
chances = st.sampled_from([None, 0.1, 0.3, 0.5, 1.0])
slices = st.lists(st.sampled_from([*SLICES, "channel = fax"]), max_size=2, unique=True).map(tuple)
decided = st.builds(
    Decided,
    seq=st.just(0),
    at=st.integers(0, 5).map(lambda day: NOW + timedelta(days=day)),
    acted=st.booleans(),
    inclusion=chances,
    audited=st.booleans(),
    slices=slices,
    broken=st.sampled_from([None, None, None, "letters of lawyers"]),
)
learned = st.builds(
    Learned,
    seq=st.just(0),
    wrong=st.booleans(),
    acted=st.booleans(),
    inclusion=chances,
    audited=st.booleans(),
    slices=slices,
    critical=st.sampled_from([None, None, None, "fraud is paid out"]),
)
tested = st.sampled_from([("tested", None), ("tested", False), ("tested", True), ("not_tested", None)])
others = st.sampled_from([("noticed", None), ("noticed", "fraud is paid out"), ("renewed", None), ("passed", None)])
anything = st.lists(st.tuples(st.integers(1, 40), decided | learned | tested | others), max_size=25)
GOOD = [
    *((5, Decided(seq=0, at=NOW + timedelta(days=day), acted=True, inclusion=0.1)) for day in range(4)),
    (40, Learned(seq=0, wrong=False, acted=True, inclusion=0.1, audited=True, slices=SLICES[:1])),
    (140, ("tested", False)),
]
"""Enough for a promotion at a budget of 5 %."""
harmless = st.sampled_from(
    [(3, ("tested", True)), (2, ("renewed", None)), GOOD[0], (1, replace(GOOD[4][1], wrong=True))]
)
histories = anything | st.lists(harmless, max_size=2).map(GOOD.__add__) | anything.map(GOOD.__add__)


def feed(evidence, history, *, start=0):
    """Feed a history to some evidence, each event as often as it says; the place that was reached."""
    seq = start
    for times, one in history:
        for _ in range(times):
            seq += 1
            match one:
                case Decided():
                    evidence.decided(replace(one, seq=seq))
                case Learned():
                    evidence.learned(replace(one, seq=seq))
                case ("tested", wrong):
                    evidence.tested(seq, wrong=wrong)
                case ("not_tested", _):
                    evidence.not_tested(seq)
                case ("noticed", critical):
                    evidence.noticed(seq, critical)
                case ("renewed", _):
                    evidence.renewed(seq)
                case _:
                    evidence.passed_over(seq)
    return seq


def held(level, **changes):
    acts = level.at_least(Level.SUPERVISED)
    grant = Grant(
        work="triage", executor="clerk", level=level, by="ann", reason="it is proved", definition_digest="d",
        evidence_digest="e", executor_digest="x", granted_at=NOW, certificate=CERTIFICATE if acts else None,
    )  # fmt: skip
    return replace(grant, **changes)


def gathered(now_terms, level, history):
    evidence = Evidence(fixed_now(now_terms, phase_of(level)))
    feed(evidence, history)
    return evidence.look()


@settings(max_examples=300)
@given(now_terms=terms, level=st.sampled_from(HELD), history=histories, days=st.integers(0, 100))
def test_a_level_never_rises_by_itself_and_never_by_more_than_one_step(now_terms, level, history, days):
    grant = held(level, until=NOW + timedelta(days=90) if level.at_least(Level.SUPERVISED) else None)
    now = NOW + timedelta(days=days)
    seen = gathered(now_terms, level, history)
    said = watch(now_terms, grant, seen, now)
    event(type(said).__name__)
    match said:
        case MustDemote(to=to, reasons=reasons):
            assert to.rank < level.rank, "what must fall is not lower"
            assert reasons
            assert all(reasons), "nothing falls without a reason"
        case MayPromote(to=to):
            assert to is level_above(level) is not level
            assert to.rank <= now_terms.ceiling.rank
            assert missing_for(to, now_terms, seen) == ()
            assert not (level.at_least(Level.SUPERVISED) and tuple(unsettled(seen)))
        case Stay():
            assert not (level.at_least(Level.SUPERVISED) and (seen.alarm or seen.critical))
    if may_renew(now_terms, grant, seen, now) is not None:
        assert level is Level.AUTONOMOUS
        assert tuple(unsettled(seen)) == ()


HEIGHT = {MustDemote: 0, Stay: 1, MayPromote: 2}


def worse(history, picks):
    """The same history where some of the truths were errors."""
    for (times, one), pick in zip(history, picks, strict=True):
        match one:
            case Learned() if pick:
                yield times, replace(one, wrong=True)
            case ("tested", _) if pick:
                yield times, ("tested", True)
            case _:
                yield times, one


@settings(max_examples=300)
@given(now_terms=terms, level=st.sampled_from(HELD), history=histories, data=st.data())
def test_more_errors_never_lead_to_a_higher_level(now_terms, level, history, data):
    picks = data.draw(st.tuples(*(st.sampled_from([True, False]) for _ in history)))
    grant = held(level)
    better = watch(now_terms, grant, gathered(now_terms, level, history), NOW)
    after = watch(now_terms, grant, gathered(now_terms, level, list(worse(history, picks))), NOW)
    event(f"{type(better).__name__} then {type(after).__name__}")
    assert HEIGHT[type(after)] <= HEIGHT[type(better)]
    if isinstance(after, MustDemote) and isinstance(better, MustDemote):
        assert after.to.rank <= better.to.rank


@given(
    now_terms=terms,
    phase=st.sampled_from(Phase),
    share=st.sampled_from([0.0, 0.5, 1.0]),
    before=histories,
    after=histories,
)
def test_evidence_that_was_kept_at_any_point_goes_on_as_if_it_never_was(now_terms, phase, share, before, after):
    begun = replace(fixed_now(now_terms, phase), budget_share=share, tests_from=3, attempt=2)
    straight, kept = Evidence(begun), Evidence(begun)
    start = feed(straight, before)
    feed(kept, before)
    kept = Evidence.from_json(json.loads(json.dumps(kept.to_json())))
    assert kept.look() == straight.look()
    feed(straight, after, start=start)
    feed(kept, after, start=start)
    assert kept.look() == straight.look()
    assert kept.to_json() == straight.to_json()
