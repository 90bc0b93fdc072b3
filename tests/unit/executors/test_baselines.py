"""The most frequent expected answer, whatever the order of the cases."""

from itertools import permutations

import pytest

from remit.cases.case import Case
from remit.errors import NotEnough
from remit.executors import majority


def cases(*expected):
    return [Case(id=f"c{n}", input={}, expected=one) for n, one in enumerate(expected)]


def team(name, **more):
    return {"team": name, **more}


def test_the_most_frequent_answer_is_given_to_everything(work):
    made = majority(cases(team("orders"), team("fraud"), team("fraud")), definition=work())
    assert made.answer({"subject": "x"}).output == {"team": "fraud"}
    assert made.gives_confidence is False
    assert made.answers_at_once is True
    assert made.spec.name == "majority"


def test_the_decisions_count_and_the_rest_of_the_output_follows(work):
    found = majority(
        cases(*(team("orders", note=f"n{n}") for n in range(3)), team("orders", note="n2"), team("fraud", note="same")),
        definition=work(outputs={"team": ["orders", "fraud"], "note": "text <= 9"}),
    ).answer({})
    assert found.output == {"team": "orders", "note": "n2"}


def test_without_decisions_the_whole_output_counts(work):
    found = majority(
        cases(team("a", n=1), team("a", n=2), team("b", n=3), team("b", n=3)), definition=work(decisions=())
    )
    assert found.answer({}).output == {"team": "b", "n": 3}


def test_ties_do_not_depend_on_the_order_of_the_cases(work):
    some = cases(team("orders"), team("fraud"), team("orders"), team("fraud"))
    found = {majority(order, definition=work()).answer({}).output["team"] for order in permutations(some)}
    assert found == {"fraud"}


def test_the_digest_is_that_of_the_answer(work):
    first, second, third = (majority(cases(team(name)), definition=work()) for name in ("orders", "fraud", "orders"))
    assert first.digest == third.digest != second.digest


def test_without_cases_there_is_no_most_frequent_answer(work):
    with pytest.raises(NotEnough, match="no tune case"):
        majority([], definition=work())
