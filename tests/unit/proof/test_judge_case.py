"""One case judged: what is right, what is wrong, and what an error costs."""

from dataclasses import replace

import pytest
from tests.unit.proof.works import ERROR_COSTS, case, quality, refunds

from remit.deciding.judge_case import CaseJudge, same_value
from remit.deciding.prepare import prepare
from remit.definition.model import Decision, Outputs


def judge(one, output, definition=None):
    return CaseJudge(prepare(refunds() if definition is None else definition)).judge(one, one.input, output)


TWO = refunds(
    outputs=Outputs(fields={"refund": ["yes", "no", "ask"], "days": "number", "words": "optional text <= 20"}),
    decisions=(Decision(id="refund"), Decision(id="days")),
)


def test_right_is_where_every_decision_is_the_expected_one():
    assert not judge(case(expected="yes"), {"refund": "yes"}).wrong
    assert judge(case(expected="yes"), {"refund": "no"}).wrong


def test_other_fields_than_decisions_do_not_make_an_answer_wrong():
    assert not judge(case(also={"words": "so"}), {"refund": "yes", "words": "different"}).wrong


@pytest.mark.parametrize(
    ("output", "wrong"), [({"days": 5.0}, False), ({"days": 5}, False), ({"days": 6.0}, True), ({}, True)]
)
def test_one_wrong_decision_of_several_is_enough(output, wrong):
    assert judge(case(also={"days": 5.0}), {"refund": "yes", **output}, TWO).wrong is wrong


def test_without_decisions_every_expected_field_has_to_be_right():
    definition = refunds(decisions=())
    assert judge(case(expected="yes"), {"refund": "no"}, definition).wrong
    assert not judge(case(expected="yes"), {"refund": "yes", "words": "more"}, definition).wrong
    assert judge(case(also={"words": "so"}), {"refund": "yes"}, definition).wrong


def test_no_answer_is_wrong_and_costs_the_highest():
    found = judge(case(), None, refunds(quality=quality(error_costs=ERROR_COSTS)))
    assert (found.wrong, found.output, found.loss) == (True, None, 50.0)


def test_no_answer_is_wrong_whatever_correct_when_says():
    assert judge(case(), None, refunds(quality=quality(correct_when="true"))).wrong


def test_correct_when_says_what_is_right():
    lenient = refunds(quality=quality(correct_when="output.refund == expected.refund || output.refund == 'ask'"))
    assert not judge(case(expected="no"), {"refund": "ask"}, lenient).wrong
    assert judge(case(expected="no"), {"refund": "yes"}, lenient).wrong


def test_correct_when_sees_input_case_tags_and_slices():
    definition = refunds(
        quality=quality(
            correct_when="input.amount < 20.0 && 'easy' in case.tags && case.region == 'north' && case.id == 'c1'"
        )
    )
    easy = {"tags": ("easy",), "slices": {"region": "north"}}
    assert not judge(case(**easy), {"refund": "no"}, definition).wrong
    assert judge(case(amount=30.0, **easy), {"refund": "no"}, definition).wrong
    assert judge(case("c2", **easy), {"refund": "no"}, definition).wrong


def test_a_correct_when_that_can_not_be_evaluated_is_wrong():
    definition = refunds(quality=quality(correct_when="output.words == 'so'"))
    assert not judge(case(), {"refund": "yes", "words": "so"}, definition).wrong
    assert judge(case(), {"refund": "yes"}, definition).wrong


def test_whole_numbers_of_a_case_are_numbers_to_expressions():
    definition = refunds(quality=quality(correct_when="expected.days < 5.5 && output.days == expected.days"))
    assert not judge(case(also={"days": 5}), {"refund": "yes", "days": 5.0}, definition).wrong


@pytest.mark.parametrize(
    ("expected", "said", "loss"), [("yes", "yes", 0.0), ("no", "yes", 40.0), ("yes", "no", 10.0), ("no", "ask", 0.0)]
)
def test_an_error_costs_what_is_written_for_it(expected, said, loss):
    definition = refunds(quality=quality(error_costs=ERROR_COSTS))
    assert judge(case(expected=expected), {"refund": said}, definition).loss == loss


def test_several_costs_add_up():
    definition = refunds(quality=quality(error_costs=(*ERROR_COSTS, replace(ERROR_COSTS[0], kind="shame", cost=5.0))))
    assert judge(case(expected="no"), {"refund": "yes"}, definition).loss == 45.0
    assert judge(case(), None, definition).loss == 55.0


def test_a_cost_that_can_not_be_evaluated_counts():
    definition = refunds(
        quality=quality(error_costs=(replace(ERROR_COSTS[0], when="output.days > 3.0"), ERROR_COSTS[1]))
    )
    assert judge(case(), {"refund": "yes"}, definition).loss == 40.0
    assert judge(case(), {"refund": "yes", "days": 1.0}, definition).loss == 0.0


def test_an_error_without_a_written_cost_costs_nothing():
    assert judge(case(), {"refund": "no"}).loss == 0.0


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (5, 5.0, True),
        (1, True, False),
        (0, False, False),
        (True, True, True),
        ("a", "a", True),
        (None, None, True),
        (None, False, False),
        ("1", 1, False),
        ([1, 2], [1.0, 2.0], True),
        ([1], [True], False),
        ({"a": 1}, {"a": True}, False),
        ({"a": [0]}, {"a": [0.0]}, True),
        ({"a": 1}, {"b": 1}, False),
        ([1, 2], [1], False),
        ([1], 1, False),
        ({"a": 1}, 1, False),
        ({}, [], False),
    ],
)
def test_values_are_compared_as_json_is(a, b, same):
    assert same_value(a, b) is same
    assert same_value(b, a) is same
