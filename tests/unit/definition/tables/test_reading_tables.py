"""A table that can't be used is told when the definition is read, cell by cell."""

import pytest

from remit.definition.reading import read
from remit.errors import DefinitionInvalid

FIELDS = {"b": ["x", "y"], "n": "number", "l": "list of [x, y]", "t": "text <= 5"}


def told(table, out="b"):
    with pytest.raises(DefinitionInvalid) as caught:
        reads(table, out)
    return [(problem.where.path, problem.message) for problem in caught.value.problems]


def reads(table, out="b"):
    whole = {"in": ["input.a"], "out": [out], "rules": [["-", "x"]], **table}
    return read(
        {
            "remit": 1,
            "id": "w",
            "inputs": {"fields": {"a": "number"}},
            "outputs": {"fields": FIELDS},
            "decisions": [{"id": out, "table": whole}],
        }
    )


AT = "decisions[0].table"


@pytest.mark.parametrize(
    ("table", "out", "where", "said"),
    [
        ({"rules": [["-", "x"], ["[5..1]", "y"]]}, "b", "rules[1][0]", "rule 2: `[5..1]` is empty"),
        ({"rules": [["-", "z"]]}, "b", "rules[0][1]", "rule 1 answers what `b` can't be"),
        ({"rules": [["-", "-"]]}, "b", "rules[0][1]", "rule 1: an output cell needs a value"),
        ({"rules": [["-", "abcdef"]]}, "t", "rules[0][1]", "rule 1 answers what `t` can't be"),
        ({"hit_policy": "RULE ORDER", "rules": [["-", "z"]]}, "l", "rules[0][1]", "rule 1 answers what `l` can't be"),
        ({"hit_policy": "RULE ORDER"}, "b", "out[0]", "`b` can't hold what RULE ORDER answers"),
        (
            {"hit_policy": "COLLECT", "aggregation": "SUM", "rules": [["-", 1]]},
            "b",
            "out[0]",
            "`b` can't hold what SUM",
        ),
        ({"hit_policy": "COLLECT", "aggregation": "SUM"}, "n", "rules[0][1]", "rule 1 answers what `n` can't be"),
        ({"hit_policy": "FIRST", "aggregation": "SUM", "rules": [["-", 1]]}, "n", "aggregation", "FIRST aggregates"),
        ({"hit_policy": "PRIORITY", "rules": [["-", 1]]}, "n", "hit_policy", "no output field says which answer"),
    ],
)
def test_a_fault_of_a_table_is_told_at_its_place(table, out, where, said):
    ((path, message),) = told(table, out)
    assert path == f"{AT}.{where}"
    assert message.startswith(said)


def test_an_aggregation_has_one_output():
    table = {"out": ["n", "t"], "hit_policy": "COLLECT", "aggregation": "COUNT", "rules": [["-", 1, "x"]]}
    assert (f"{AT}.out", "COUNT makes one number, and the table has 2 output columns") in told(table, "n")


@pytest.mark.parametrize(
    ("table", "out"),
    [
        ({"hit_policy": "OUTPUT ORDER"}, "l"),
        ({"hit_policy": "COLLECT"}, "l"),
        ({"hit_policy": "COLLECT", "aggregation": "COUNT"}, "n"),
        ({"hit_policy": "PRIORITY"}, "b"),
        ({"hit_policy": "ANY"}, "b"),
    ],
)
def test_a_table_that_fits_its_policy_is_read(table, out):
    assert reads(table, out).decisions[0].table.rules == (("-", "x"),)


def test_of_many_faulty_cells_the_first_are_told():
    assert len(told({"rules": [["-", "z"]] * 200})) == 50
