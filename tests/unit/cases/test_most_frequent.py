"""The most frequent right answer, by the decisions."""

from itertools import permutations

from remit.cases.case import Case
from remit.cases.most_frequent import MOST_OUTPUTS, MostFrequent


def counted(*expected, decisions=("team",)):
    found = MostFrequent(decisions)
    for n, one in enumerate(expected):
        found.add(Case(id=f"c{n}", input={}, expected=one))
    return found.output()


def test_a_field_that_says_something_else_each_time_does_not_hide_the_most_frequent_decision():
    orders = [{"team": "orders", "note": f"n{n}"} for n in range(9)]
    fraud = [{"team": "fraud", "note": "the same"}] * 8
    assert counted(*orders, *fraud)["team"] == "orders"


def test_the_order_plays_no_part():
    some = [{"team": "orders"}, {"team": "fraud"}, {"team": "orders"}, {"team": "fraud"}]
    assert {counted(*order)["team"] for order in permutations(some)} == {"fraud"}


def test_nothing_counted_is_no_answer():
    assert counted() is None


def test_an_open_field_does_not_fill_the_memory():
    found = MostFrequent(("team",))
    for n in range(MOST_OUTPUTS + 50):
        found.add(Case(id=f"c{n}", input={}, expected={"team": "orders", "note": f"n{n:05}"}))
    assert len(found._outputs) == MOST_OUTPUTS
    assert found.output() == {"team": "orders", "note": "n00000"}
