from itertools import pairwise

import pytest

from remit.autonomy.route import Objection, Terms, route
from remit.definition.levels import Level
from remit.items import Reason, ReasonKind, Route

CERTIFIED = Terms(level=Level.SUPERVISED, certified=True, threshold=0.85)


def objection(kind, to=Route.REVIEW, text="why"):
    return Objection(reason=Reason(kind=kind, text=text), route=to)


def test_an_answer_within_every_limit_is_acted_on():
    found = route([], confidence=0.85, terms=CERTIFIED)
    assert found.route is Route.ACT
    assert found.eligible
    assert [reason.kind for reason in found.reasons] == [ReasonKind.WITHIN_LIMITS]
    assert "0.85" in found.reasons[0].text


def test_confidence_below_the_threshold_goes_to_a_person_and_says_both_numbers():
    found = route([], confidence=0.71, terms=CERTIFIED)
    assert found.route is Route.REVIEW
    assert found.eligible
    assert found.reasons[0].text == "confidence 0.71 is below the limit 0.85"


def test_an_answer_without_confidence_never_passes_a_threshold():
    found = route([], confidence=None, terms=CERTIFIED)
    assert found.route is Route.REVIEW
    assert "no confidence" in found.reasons[0].text


def test_a_confidence_that_is_no_number_never_passes_a_threshold():
    assert route([], confidence=float("nan"), terms=CERTIFIED).route is Route.REVIEW


def test_a_certificate_without_threshold_covers_all_answers():
    found = route([], confidence=None, terms=Terms(level=Level.AUTONOMOUS, certified=True))
    assert found.route is Route.ACT
    assert found.reasons[0].kind is ReasonKind.WITHIN_LIMITS


def test_without_a_certificate_nothing_is_acted_on():
    found = route([], confidence=1.0, terms=Terms(level=Level.SUPERVISED))
    assert found.route is Route.REVIEW
    assert "no certificate" in found.reasons[0].text


@pytest.mark.parametrize("level", [Level.MANUAL, Level.SHADOW])
def test_below_suggest_the_incumbents_answer_stands_whatever_was_found(level):
    terms = Terms(level=level, certified=True, threshold=0.5, because="the executor changed")
    found = route([objection(ReasonKind.CONSTRAINT)], confidence=0.9, terms=terms)
    assert found.route is Route.INCUMBENT
    assert level.value in found.reasons[0].text
    assert "the executor changed" in found.reasons[0].text
    assert [reason.kind for reason in found.reasons].count(found.reasons[0].kind) == 1
    assert ReasonKind.CONSTRAINT in [reason.kind for reason in found.reasons]


def test_at_suggest_a_person_decides_everything():
    found = route([], confidence=1.0, terms=Terms(level=Level.SUGGEST, certified=True, threshold=0.1))
    assert found.route is Route.REVIEW
    assert found.eligible
    assert found.reasons[0].kind is ReasonKind.LEVEL


def test_a_cap_and_a_spent_budget_stop_acting():
    for terms in (
        Terms(level=Level.SUPERVISED, certified=True, cap="20 of 20 items this hour"),
        Terms(level=Level.SUPERVISED, certified=True, budget="the error budget is spent"),
    ):
        found = route([], confidence=1.0, terms=terms)
        assert found.route is Route.REVIEW
        assert found.reasons[0].text in {"20 of 20 items this hour", "the error budget is spent"}


def test_stopped_work_wins_over_everything_also_in_shadow():
    stop = objection(ReasonKind.STOPPED, Route.STOPPED)
    for level in Level:
        found = route([objection(ReasonKind.FAULT), stop], confidence=1.0, terms=Terms(level=level, certified=True))
        assert found.route is Route.STOPPED
        assert not found.eligible


def test_a_stopped_executor_leaves_the_work_to_the_incumbent():
    stop = objection(ReasonKind.STOPPED, Route.INCUMBENT)
    assert route([stop], confidence=None, terms=CERTIFIED).route is Route.INCUMBENT


ORDER = list(ReasonKind)[:12]


@pytest.mark.parametrize(("first", "second"), list(pairwise(ORDER)))
def test_the_first_reason_in_the_order_of_the_design_decides_and_the_other_is_kept(first, second):
    to = {first: Route.REJECT, second: Route.REVIEW}
    found = route([objection(second, to[second]), objection(first, to[first])], confidence=1.0, terms=CERTIFIED)
    assert found.route is Route.REJECT
    assert [reason.kind for reason in found.reasons] == [first, second]
    assert not found.eligible


def test_the_order_of_reasons_is_the_order_of_the_design():
    assert [kind.value for kind in ReasonKind] == [
        "stopped", "input_refused", "out_of_scope", "level_manual", "never_input", "fault", "timeout",
        "output_invalid", "never_output", "constraint", "failure_mode", "review_when", "level", "confidence", "cap",
        "budget", "within_limits", "audit",
    ]  # fmt: skip


def test_what_else_stands_against_acting_is_told_too():
    found = route([objection(ReasonKind.REVIEW_WHEN)], confidence=0.2, terms=CERTIFIED)
    assert [reason.kind for reason in found.reasons] == [ReasonKind.REVIEW_WHEN, ReasonKind.CONFIDENCE]
