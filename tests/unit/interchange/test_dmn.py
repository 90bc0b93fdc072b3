"""DMN files come in as a draft, go out as tables, and what neither side can say is refused by name and line."""

from pathlib import Path

import pytest

from remit.definition.reading import read
from remit.errors import NotFound, TableInvalid
from remit.files.yaml_reader import read_yaml
from remit.interchange import read_dmn, write_dmn
from remit.interchange.draft_yaml import draft_yaml
from remit.interchange.names import FieldIds, slug_of

FILE = Path(__file__).resolve().parents[2] / "data" / "dmn" / "parcel-desk.dmn"
NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def dmn(inside, more="", namespace=NAMESPACE):
    return f'<definitions xmlns="{namespace}" name="m" id="m"{more}>\n{inside}\n</definitions>'.encode()


def table(ins=("a",), rules=(("-", '"x"'),), head='hitPolicy="FIRST"', out='name="b" typeRef="string"', types=None):
    columns = "\n".join(
        f'<input><inputExpression typeRef="{(types or {}).get(one, "string")}"><text>{one}</text>'
        "</inputExpression></input>"
        for one in ins
    )
    rows = "\n".join(
        "<rule>"
        + "".join(f"<inputEntry><text>{cell}</text></inputEntry>" for cell in row[:-1])
        + f"<outputEntry><text>{row[-1]}</text></outputEntry></rule>"
        for row in rules
    )
    return f'<decision name="d"><decisionTable {head}>\n{columns}\n<output {out}/>\n{rows}\n</decisionTable></decision>'


NINE = "<inputValues><text>(0..9]</text></inputValues>"
OTHER = '<informationRequirement><requiredDecision href="#o"/></informationRequirement>'
BUILT_ON_ANOTHER = table().replace("<decisionTable", f"{OTHER}<decisionTable")
DEFAULT = "<output><defaultOutputEntry><text>1</text></defaultOutputEntry></output>"
WITH_A_DEFAULT = table().replace("<output ", f"{DEFAULT}<output ")


def imported(*given, **more):
    return read_dmn(dmn(table(*given, **more)), file="x.dmn").definition


def refused(data):
    with pytest.raises(TableInvalid) as caught:
        read_dmn(data, file="x.dmn")
    return [f"{problem.where.line}: {problem.message}" for problem in caught.value.problems]


def test_a_file_of_a_modeller_comes_in_and_goes_out():
    first = read_dmn(FILE.read_bytes(), file=FILE.name)
    definition = read(first.definition)
    again = read_dmn(write_dmn(definition).encode(), file="again.dmn", id_="parcel-desk")
    assert again.definition == {**first.definition, "title": "desk"}
    assert again.told == ()
    assert first.definition["inputs"]["fields"]["customer"] == {"tier": ["basic", "plus", "business & trade"]}
    assert first.definition["decisions"][0]["table"]["rules"][1] == [
        "-",
        "> 20",
        'not("business & trade")',
        '>= "2026-01-01"',
        '"loss"',
    ]
    assert first.told == ("`Days late` became `Days_late`", "descriptions and annotations of rules are not kept")


def test_the_draft_is_read_as_it_was_written(tmp_path):
    odd = {"outputs": {"fields": {"b": ["1e5", "no", "0o17", "12:30", "- x", "a: b", "null", "", "ä\n", "#"]}}}
    (tmp_path / "x.yaml").write_text(draft_yaml(odd), encoding="utf-8")
    assert read_yaml(tmp_path / "x.yaml").data == odd


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("", "-"),
        ("-", "-"),
        ('"a","b"', '"a", "b"'),
        ("&lt; -5.5", "< -5.5"),
        ("]1..2[", "(1..2)"),
        ("(1 .. 2]", "(1..2]"),
        ("not(1, &gt;= 7)", "not(1, >= 7)"),
        ("true,false", "true, false"),
        ('date("2026-01-31")', '"2026-01-31"'),
        ('date and time("2026-01-31T10:00:00Z")', '"2026-01-31T10:00:00Z"'),
        (r'"a\"b\\\u0041"', "'a\"b\\A'"),
    ],
)
def test_unary_tests_become_cells(cell, written):
    assert imported(rules=((cell, '"x"'),))["decisions"][0]["table"]["rules"][0][0] == written


@pytest.mark.parametrize(
    "cell",
    ["null", "? &gt; 5", "a", "5 + 5", "[a..5]", "not(1", '"a" "b"', "1,", "[5..1]", 'date("2026-02-30")', '"\\q"',
     "[1..", "starts with(?, 5)", "&lt; true", 'time("10:00:00")', "9" * 400, "1e999"],
)  # fmt: skip
def test_feel_that_no_cell_can_say_is_refused_at_its_line(cell):
    (message,) = refused(dmn(table(rules=(("-", '"x"'), (cell, '"x"')))))
    assert message.startswith("6: rule 2, input 1: ")


@pytest.mark.parametrize("answer", ["", "-", "a", '"a","b"', "1 + 1", "if true then 1 else 2", "null"])
def test_an_answer_that_is_no_value_is_refused(answer):
    (message,) = refused(dmn(table(rules=(("-", answer),))))
    assert message.startswith("5: rule 1, output 1: ")


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ('<decision name="d"><literalExpression/></decision>', "is a literal expression"),
        ('<decision name="d"><context/></decision>', "`d` is a context"),
        ('<decision name="d"><invocation/></decision>', "is an invocation"),
        ('<decision name="d"/>', "is nothing"),
        (
            table().replace("</decisionTable>", "</decisionTable><literalExpression/>"),
            "has a literal expression beside its decision table",
        ),
        ('<businessKnowledgeModel name="f"/>', "`f` is a business knowledge model"),
        ('<decisionService name="s"/>', "`s` is a service"),
        ("", "the file has no decision table"),
        (
            BUILT_ON_ANOTHER,
            "builds on another decision",
        ),
        (table(ins=("a + 1",)), "input 1 computes something: `a + 1`"),
        (table(ins=("if a then b",)), "computes something"),
        (table(ins=("",)), "input 1 asks for nothing"),
        (table(types={"a": "tPerson"}), "`tPerson` is a type that no field can be"),
        (table(head='hitPolicy="BEST"'), "the hit policy is none of DMN"),
        (table(head='hitPolicy="PRIORITY"'), "nothing says which `b` comes first"),
        (table(rules=(("-", "-", '"x"'),)), "rule 1 has the wrong number of cells"),
        (table(ins=()), "has no input"),
        (table() + table(), "two tables answer `b`"),
        (WITH_A_DEFAULT, "has a default answer"),
        (table(ins=("a", "a.b"), rules=(("-", "-", '"x"'),)), "`a` is a value and a structure"),
        (
            table() + table(types={"a": "number"}, out='name="c" typeRef="string"').replace('name="d"', 'name="e"'),
            "`input.a` has two types",
        ),
        (table().replace("<inputEntry", '<inputEntry expressionLanguage="juel"'), "this is written in `juel`"),
    ],
)  # fmt: skip
def test_what_tables_can_not_say_is_refused_by_its_name(inside, said):
    assert any(said in message for message in refused(dmn(inside)))


def test_what_is_larger_than_a_table_may_be_is_refused_before_it_is_looked_through():
    (message,) = refused(dmn(table().replace("<rule>", "<rule/>" * 10_001 + "<rule>")))
    assert message.endswith("`d` is too large")
    (message,) = refused(dmn(table().replace("<output ", "<input/>" * 70 + "<output ")))
    assert message.endswith("`d` is too large")
    (message,) = refused(dmn("<decision/>" * 1001))
    assert message.endswith("the file has too many decisions")


def test_everything_that_is_wrong_is_told_at_once():
    told = refused(dmn(table(rules=(("null", '"x"'), ("a", "b"))) + '<decision name="f"><context/></decision>'))
    assert len(told) == 4
    assert told == sorted(told, key=lambda message: int(message.split(":")[0]))


def test_types_come_from_item_definitions_inputs_and_cells():
    types = """
    <itemDefinition name="tTier"><typeRef>string</typeRef>
    <allowedValues><text>"a","b"</text></allowedValues></itemDefinition>
    <inputData name="Guest Count"><variable name="Guest Count" typeRef="number"/></inputData>"""
    columns = ("tier", "Guest Count", "open", "late")
    rules = (("-", "-", "true", "5", "1.5"), ("-", "-", "-", "&gt; 2", "2"))
    found = table(ins=columns, rules=rules, out='name="b" typeRef="number"', types=dict.fromkeys(columns, "Any"))
    work = read_dmn(dmn(types + found.replace('"Any"', '"tTier"', 1)), file="x.dmn")
    assert work.definition["inputs"]["fields"] == {
        "tier": ["a", "b"],
        "Guest_Count": "number",
        "open": "yes/no",
        "late": "number",
    }
    assert work.definition["decisions"][0]["table"]["in"][1] == "input.Guest_Count"
    assert "`open` has no type and became `yes/no`, as its cells say" in work.told
    assert "`Guest Count` became `Guest_Count`" in work.told


def test_bounds_and_answers_become_fields():
    bounded = table(types={"a": "integer"}).replace("</inputExpression>", f"</inputExpression>{NINE}")
    work = read_dmn(dmn(bounded), file="x.dmn")
    assert work.definition["inputs"]["fields"] == {"a": "integer > 0 <= 9"}
    assert work.definition["outputs"]["fields"] == {"b": ["x"]}
    assert work.told == ("the allowed answers of `b` are those that its rules give",)
    several = bounded.replace("(0..9]", "&lt; 1, &gt; 5")
    assert "the bounds of `a` can't be said in the short form and are left out" in read_dmn(dmn(several), file="x").told


@pytest.mark.parametrize(
    ("head", "field"),
    [
        ('hitPolicy="COLLECT"', "list of number"),
        ('hitPolicy="RULE ORDER"', "list of number"),
        ('hitPolicy="COLLECT" aggregation="SUM"', "number"),
        ('hitPolicy="COLLECT" aggregation="COUNT"', "integer"),
        ("", "number"),
    ],
)
def test_the_field_holds_what_the_policy_answers(head, field):
    found = imported(head=head, rules=(("-", "5"),), out='name="b" typeRef="number"')
    assert found["outputs"]["fields"] == {"b": field}
    assert found["decisions"][0]["table"]["hit_policy"] == (head.split('"')[1] if head else "UNIQUE")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "document type declaration"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "document type declaration"),
        (b"<a>&x;</a>", "this is no XML: undefined entity"),
        (b"<a", "this is no XML"),
        (b"", "this is no XML"),
        (b'<?xml version="1.0" encoding="nothing"?><a/>', "this is no XML"),
        (b"<a>" * 200, "nested too deep"),
        (b"<a>" + b"<b/>" * 500_001 + b"</a>", "too many elements"),
        (b"<a>" + b" " * 10_000_000 + b"</a>", "the file is too large"),
        (b"<a/>", "this is no DMN file of a version that is read"),
        (dmn("", namespace="http://www.omg.org/spec/DMN/20151101/dmn.xsd"), "this is no DMN file of a version"),
    ],
    ids=range(11),
)
def test_xml_that_nobody_vouches_for_is_refused(data, said):
    (message,) = refused(data)
    assert said in message


def work_with(table, inputs=None, outputs=None):
    return read(
        {
            "remit": 1,
            "id": "w",
            "inputs": {"fields": inputs or {"a": "number", "every": "number", "l": "list of number"}},
            "outputs": {"fields": outputs or {"b": ["x", "y"]}},
            "decisions": [{"id": "b", "table": {"out": ["b"], **table}}],
        }
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"in": ["input.a * 2.0"], "rules": [["-", "x"]]}, "`input.a * 2.0` is computed in CEL"),
        ({"in": ["input.every"], "rules": [["-", "x"]]}, "`every` is a word of FEEL"),
        ({"in": ["input.l"], "rules": [["-", "x"]]}, "no type that DMN knows"),
    ],
)
def test_what_dmn_can_not_say_is_refused(table, said):
    with pytest.raises(TableInvalid) as caught:
        write_dmn(work_with(table))
    (problem,) = caught.value.problems
    assert said in problem.message
    assert problem.where.path == "decisions[0].table.in[0]"


def test_a_day_that_is_none_is_refused_at_its_rule():
    with pytest.raises(TableInvalid) as caught:
        write_dmn(work_with({"in": ["input.d"], "rules": [["-", "x"], ['"soon"', "y"]]}, inputs={"d": "date"}))
    (problem,) = caught.value.problems
    assert problem.message == "rule 2: `soon` is no day of the calendar"
    assert problem.where.path == "decisions[0].table.rules[1]"


def test_a_work_without_a_table_has_nothing_to_write():
    with pytest.raises(NotFound, match="no decision table"):
        write_dmn(read({"remit": 1, "id": "w"}))
    with pytest.raises(NotFound, match="for `c`"):
        write_dmn(work_with({"in": ["input.a"], "rules": [["-", "x"]]}), decision="c")


def test_names_become_field_ids_and_stay_apart():
    ids = FieldIds()
    names = ["Guest Count", "Guest  Count", "guest-count", "Guest_Count", "Größe", "1st", "日本", "in"]
    assert [ids.id_of(name) for name in names] == [
        "Guest_Count", "Guest_Count", "guest_count", "Guest_Count_2", "Groe", "field_1st", "field", "field_in",
    ]  # fmt: skip
    assert {one.name for one in ids.changed} == set(names) - {"Guest  Count"}
    assert [slug_of(name) for name in ("Parcel desk", "ParcelDesk 2", "2 x", "日本")] == [
        "parcel-desk", "parcel-desk-2", "field-2-x", "field",
    ]  # fmt: skip
