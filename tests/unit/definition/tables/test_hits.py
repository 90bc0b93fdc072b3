"""Every hit policy answers as DMN says."""

import pytest

from remit.definition.expressions import activation
from remit.definition.model import Aggregation, HitPolicy, Table
from remit.definition.tables import CompiledTable
from remit.errors import TableInvalid

RULES = (("> 0", "b", 2), ("> 10", "a", 5), ("> 5", "b", 2), ("> 20", "c", 0.5))
ORDER = {"x": ("c", "a", "b")}


def ask(policy, n, *, rules=RULES, out=("x", "y"), aggregation=None, order=ORDER):
    table = Table(hit_policy=policy, aggregation=aggregation, in_=("input.n",), out=out, rules=rules)
    return CompiledTable(table, order=order).decide(activation(input={"n": n}))


@pytest.mark.parametrize(
    ("policy", "n", "output", "rules"),
    [
        (HitPolicy.UNIQUE, 3.0, {"x": "b", "y": 2}, (1,)),
        (HitPolicy.UNIQUE, 7.0, None, (1, 3)),
        (HitPolicy.FIRST, 30.0, {"x": "b", "y": 2}, (1,)),
        (HitPolicy.ANY, 7.0, {"x": "b", "y": 2}, (1, 3)),
        (HitPolicy.ANY, 15.0, None, (1, 2, 3)),
        (HitPolicy.PRIORITY, 15.0, {"x": "a", "y": 5}, (2,)),
        (HitPolicy.PRIORITY, 30.0, {"x": "c", "y": 0.5}, (4,)),
        (HitPolicy.PRIORITY, 7.0, {"x": "b", "y": 2}, (1,)),
        (HitPolicy.OUTPUT_ORDER, 30.0, {"x": ["c", "a", "b", "b"], "y": [0.5, 5, 2, 2]}, (4, 2, 1, 3)),
        (HitPolicy.RULE_ORDER, 30.0, {"x": ["b", "a", "b", "c"], "y": [2, 5, 2, 0.5]}, (1, 2, 3, 4)),
        (HitPolicy.COLLECT, 15.0, {"x": ["b", "a", "b"], "y": [2, 5, 2]}, (1, 2, 3)),
    ],
)
def test_a_policy_answers_with_its_rules(policy, n, output, rules):
    found = ask(policy, n)
    assert (found.output, found.rules) == (output, rules)
    assert (found.why is None) == (output is not None)


@pytest.mark.parametrize("policy", list(HitPolicy))
def test_no_rule_is_no_answer_whatever_the_policy(policy):
    found = ask(policy, -1.0)
    assert (found.output, found.rules) == (None, ())
    assert found.why == "no rule of the table covers input.n = -1.0"


def test_any_says_which_rules_contradict_each_other():
    assert ask(HitPolicy.ANY, 15.0).why == "rules 1 and 2 of the table match with different answers"


@pytest.mark.parametrize(
    ("aggregation", "value"),
    [(Aggregation.SUM, 9.5), (Aggregation.MIN, 0.5), (Aggregation.MAX, 5), (Aggregation.COUNT, 4)],
)
def test_an_aggregation_makes_one_number(aggregation, value):
    rules = tuple((test, y) for test, _, y in RULES)
    found = ask(HitPolicy.COLLECT, 30.0, rules=rules, out=("y",), aggregation=aggregation)
    assert (found.output, found.rules) == ({"y": value}, (1, 2, 3, 4))


def test_a_sum_of_whole_numbers_is_whole_and_one_beyond_every_number_is_none():
    found = ask(HitPolicy.COLLECT, 1.0, rules=(("-", 2), ("-", 3)), out=("y",), aggregation=Aggregation.SUM)
    assert found.output == {"y": 5}
    assert type(found.output["y"]) is int
    found = ask(HitPolicy.COLLECT, 1.0, rules=(("-", 1e308),) * 2, out=("y",), aggregation=Aggregation.SUM)
    assert (found.output, found.rules) == (None, (1, 2))
    assert "beyond every number" in found.why


def test_counting_takes_texts_too():
    rules = (("-", "a"), ("-", "b"))
    assert ask(HitPolicy.COLLECT, 1.0, rules=rules, out=("y",), aggregation=Aggregation.COUNT).output == {"y": 2}


def test_the_first_field_with_an_order_decides_and_the_next_one_breaks_ties():
    rules = (("-", "b", 2), ("-", "b", 1), ("-", "a", 9))
    order = {"x": ("b", "a"), "y": (1, 2, 9)}
    assert ask(HitPolicy.PRIORITY, 1.0, rules=rules, order=order).rules == (2,)
    assert ask(HitPolicy.PRIORITY, 1.0, rules=rules, order={"y": (9, 2, 1)}).rules == (3,)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"policy": HitPolicy.FIRST, "aggregation": Aggregation.SUM, "out": ("y",), "rules": (("-", 1),)},
            "FIRST aggregates nothing",
        ),
        ({"policy": HitPolicy.COLLECT, "aggregation": Aggregation.SUM}, "SUM makes one number, and the table has 2"),
        (
            {"policy": HitPolicy.COLLECT, "aggregation": Aggregation.MAX, "out": ("y",), "rules": (("-", "a"),)},
            "MAX can't be made of `a`",
        ),
        (
            {"policy": HitPolicy.COLLECT, "aggregation": Aggregation.MIN, "out": ("y",), "rules": (("-", True),)},
            "MIN can't be made of `True`",
        ),
        ({"policy": HitPolicy.PRIORITY, "order": {}}, "no output field says which answer comes first"),
        ({"policy": HitPolicy.OUTPUT_ORDER, "order": {"x": ("a", "b")}}, "`c` is not among the listed answers of `x`"),
    ],
)
def test_a_table_that_contradicts_its_policy_is_refused(more, said):
    with pytest.raises(TableInvalid, match=said):
        ask(n=1.0, **more)
