import pytest

from remit.definition.expressions import activation
from remit.definition.model import HitPolicy, Table
from remit.definition.tables import CompiledTable
from remit.errors import ExpressionInvalid, TableInvalid

RULES = (("< 10", "-", "small"), ("[10..20]", '"vip"', "vip"), (">= 10", "-", "large"))


def table(policy=HitPolicy.FIRST, rules=RULES, in_=("input.amount", "input.kind")):
    return Table(hit_policy=policy, in_=in_, out=("size",), rules=rules)


def ask(compiled, **given):
    return compiled.decide(activation(input=given))


def test_first_takes_the_first_rule_that_matches():
    compiled = CompiledTable(table())
    assert ask(compiled, amount=5.0, kind="x").output == {"size": "small"}
    found = ask(compiled, amount=15.0, kind="vip")
    assert (found.output, found.rules) == ({"size": "vip"}, (2,))
    assert ask(compiled, amount=15.0, kind="x").output == {"size": "large"}


def test_unique_refuses_to_choose_between_two_rules():
    found = ask(CompiledTable(table(HitPolicy.UNIQUE)), amount=15.0, kind="vip")
    assert found.output is None
    assert found.why == "rules 2 and 3 of the table both match"


def test_what_no_rule_covers_is_said_with_the_values():
    found = ask(CompiledTable(table(rules=RULES[:1])), amount=15.0, kind="x")
    assert found.output is None
    assert found.why == 'no rule of the table covers input.amount = 15.0, input.kind = "x"'


def test_an_absent_field_passes_only_the_dash():
    compiled = CompiledTable(table())
    assert ask(compiled, amount=5.0).output == {"size": "small"}
    assert ask(compiled, kind="vip").output is None


def test_every_fault_of_a_table_is_told_at_once():
    rules = (("[5..1]", "-", "x"), ("-", "x"), ("-", '"', ""))
    with pytest.raises(TableInvalid) as caught:
        CompiledTable(table(rules=rules))
    told = [problem.message for problem in caught.value.problems]
    assert [text.split(":")[0] for text in told] == [
        "rule 1, cell 1",
        "rule 2 has 2 cells",
        "rule 3, cell 2",
        "rule 3, cell 3",
    ]


def test_a_table_without_rules_is_refused():
    with pytest.raises(TableInvalid, match="no rules"):
        CompiledTable(table(rules=()))


def test_a_column_that_is_no_expression_is_refused():
    with pytest.raises(ExpressionInvalid):
        CompiledTable(table(in_=("input.", "input.kind")))
