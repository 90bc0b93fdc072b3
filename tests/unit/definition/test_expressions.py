import pytest

from remit.definition.expressions import AllOf, Expression, NotEvaluated, activation
from remit.errors import ExpressionInvalid

ROOTS = {"input": {"amount": 5.0, "name": "ann", "lines": [1.0, 2.0]}, "output": {"team": "orders"}}
HERE = activation(**ROOTS)


def test_a_true_expression_holds_and_a_false_one_does_not():
    assert Expression("input.amount > 1.0").holds(HERE) is True
    assert Expression("input.amount > 9.0").holds(HERE) is False


def test_what_fails_to_evaluate_is_neither_true_nor_false():
    assert isinstance(Expression("input.missing > 1.0").holds(HERE), NotEvaluated)
    assert isinstance(Expression("1 / 0 == 1").holds(HERE), NotEvaluated)
    assert isinstance(Expression("answer.confidence > 0.5").holds(HERE), NotEvaluated)


def test_a_value_that_is_no_yes_or_no_is_not_taken_for_one():
    found = Expression("input.amount").holds(HERE)
    assert isinstance(found, NotEvaluated)
    assert "not a yes or no" in found.reason


def test_a_value_can_be_asked_for():
    assert Expression("input.amount * 2.0", yes_or_no=False).value(HERE) == 10.0
    assert Expression("input.name.upperAscii()", yes_or_no=False).value(HERE) == "ANN"
    assert Expression("math.abs(-2.5)", yes_or_no=False).value(HERE) == 2.5
    assert isinstance(Expression("input.nothing", yes_or_no=False).value(HERE), NotEvaluated)


@pytest.mark.parametrize(
    "source", ["input.", "input.amount >", "foo.bar == 1", "'text'", "1 + 1", "[" * 400 + "]" * 400]
)
def test_what_does_not_compile_is_an_error_with_a_mend(source):
    with pytest.raises(ExpressionInvalid) as caught:
        Expression(source)
    assert caught.value.problems[0].mend


def test_the_roots_of_an_expression_are_told_and_macro_names_are_none():
    assert Expression("input.amount > 1.0 && answer.confidence > 0.5").roots == {"input", "answer"}
    assert Expression("input.lines.exists(output, output > 1.0)").roots == {"input"}


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["input.amount > 1.0", "output.team == 'orders'"], True),
        (["input.amount > 1.0 // a comment", "output.team == 'orders'"], True),
        (["input.amount > 1.0", "output.team == 'other'"], False),
        (["input.amount > 1.0", "input.missing > 1.0"], False),
        (["input.amount > 1.0", "input.lines[0]"], False),  # 1.0 is not true
        (["input.amount > 9.0", "input.missing > 1.0"], False),
        (["input.missing > 1.0", "input.amount > 9.0"], False),
        (["input.amount > 1.0", "input.amount > 2.0 || input.missing > 1.0"], True),
        (["input.amount > 9.0 ? false : true", "input.amount > 1.0"], True),
        (["input.missing > 1.0"], False),
        (["input.amount > 1.0"], True),
        ([], True),
    ],
)
def test_all_of_is_true_only_where_each_is_true(sources, expected):
    assert AllOf([Expression(one) for one in sources]).holds(ROOTS) is expected


def test_a_runaway_loop_is_stopped():
    many = activation(input={"l": [float(i) for i in range(400)]})
    nested = "input.l.all(a, input.l.all(b, input.l.all(c, input.l.all(d, a + b + c + d >= 0.0))))"
    assert isinstance(Expression(nested).holds(many), NotEvaluated)
