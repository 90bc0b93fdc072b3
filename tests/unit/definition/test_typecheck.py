import pytest
from tests.unit.deciding.works import triage

from remit.definition.expressions import Expression
from remit.definition.model import Inputs, Outputs
from remit.definition.scopes import Place, places
from remit.definition.typecheck import TypeCheck
from remit.definition.typecheck.complaints import _FUNCTIONS
from remit.errors import ExpressionInvalid
from remit.items import ReasonKind

CHECK = TypeCheck(triage())


def test_the_expressions_of_a_sound_definition_have_no_fault():
    for place in places(triage()):
        assert CHECK.check(place.source, place.place, yes_or_no=place.yes_or_no) == (), place


@pytest.mark.parametrize(
    ("source", "column", "message", "mend"),
    [
        ("input.amuont > 1.0", 7, "`amuont` is not a field of `input`", "did you mean `input.amount`?"),
        ("1.0 < input.amuont", 13, "`amuont` is not a field of `input`", "did you mean `input.amount`?"),
        ("input.zzz > 1.0", 7, "`zzz` is not a field of `input`", None),
        ("inptu.amount > 1.0", 1, "`inptu` is not known here", "did you mean `input.amount`?"),
        ("nothing", 1, "`nothing` is not known here", None),
        ("input.amount > 2000", 14, "can't take a number and an integer", "write `2000.0`, not `2000`"),
        ("5 < input.amount", 3, "can't take an integer and a number", "write `5.0`, not `5`"),
        ("input.amount > size(input.subject)", 14, "can't take", "turn the integer into a number: `double(...)`"),
        ("input['amount'] > 1.0", 6, "`input` is no list", "write `input.amount`"),
        ("siz(input.subject) > 3", 1, "`siz` is not a function of CEL", "did you mean `size`?"),
        ("input.subject.contain('x')", 15, "`contain` is not a function of CEL", "did you mean `contains`?"),
        ("math.abss(input.amount) > 1.0", 1, "`math.abss` is not a function of CEL", "did you mean `math.abs`?"),
        ("['a'].exsts(x, x == 'b')", 7, "`exsts` is not a function of CEL", "did you mean `exists`?"),
        ("contains(input.subject, 'x')", 1, "`contains` is not used like this", "shows the usual ones"),
        ("output.team = 'fraud'", 13, "`=` is no operator of CEL", "write `==`"),
        ("output.team == 'and' and true", 22, "`and` is no operator of CEL", "write `&&`"),
        ("true\n OR false", 2, "`OR` is no operator of CEL", "write `||`"),
        ("not true", 1, "`not` is no operator of CEL", "write `!`"),
        ("true & false", 6, "`&` is no operator of CEL", "write `&&`"),
        ("input.subject.matches('[')", 23, "`[` is no pattern: missing ]", "a backslash"),
        ("matches(input.subject, r'a(?=b)')", 24, "is no pattern: invalid perl operator", "a backslash"),
        ("output.team == 3", 13, "can't take text and an integer", "same type"),
        ("input.amount", 1, "is not a yes or no", "compare it"),
        ("input.amount >", 15, "not an expression", None),
        ("answer.confidnce < 0.5", 8, "`confidnce` is not a field of `answer`", "answer.confidence"),
    ],
)
def test_a_fault_is_told_with_its_column_and_its_mend(source, column, message, mend):
    (found,) = CHECK.check(source, Place.CONSTRAINT)
    assert found.column == column
    assert message in found.message
    if mend is not None:
        assert mend in (found.mend or "")


@pytest.mark.parametrize(
    ("source", "column", "path", "word", "mend"),
    [
        ("output.team == 'odrers'", 16, "output.team", "odrers", "did you mean `orders`?"),
        ('"odrers" != output.team', 1, "output.team", "odrers", "did you mean `orders`?"),
        ("true &&\n  output.team == r'Fraud'", 18, "output.team", "Fraud", "did you mean `fraud`?"),
        (
            "input.amount > 1.0 || output.team in ['fraud', 'xyz']",
            48,
            "output.team",
            "xyz",
            "use a value of `output.team`",
        ),
        ("expected.team != ''", 18, "expected.team", "", "use a value"),
        ("'é😀' == input.subject && output.team == 'frod'", 41, "output.team", "frod", "did you mean `fraud`?"),
        ("output.team == 'odr\\x65rs'", 16, "output.team", "odrers", "did you mean `orders`?"),
        ("(true ? output.team : 'late') == 'frod'", 34, "output.team", "frod", "did you mean `fraud`?"),
        ("output.team == (true ? 'orders' : 'frod')", 35, "output.team", "frod", "did you mean `fraud`?"),
        ("output.team in [input.subject, 'odd']", 32, "output.team", "odd", "use a value"),
        ("'frod' in [output.team, expected.team]", 1, "output.team", "frod", "did you mean `fraud`?"),
        ("[output.team].exists(one, one == 'frod')", 34, "output.team", "frod", "did you mean `fraud`?"),
        ("['frod'].exists(one, one == output.team)", 2, "output.team", "frod", "did you mean `fraud`?"),
    ],
)
def test_a_text_that_a_field_can_never_be_is_told_with_its_place(source, column, path, word, mend):
    (found,) = CHECK.check(source, Place.DETECT)
    assert (found.message, found.column) == (f"`{word}` is not a value of `{path}`", column)
    assert found.line == source.count("\n") + 1
    assert found.expected == "one of orders, payments, fraud"
    assert found.mend.startswith(mend)


@pytest.mark.parametrize(
    "source",
    [
        "output.team == 'orders' || output.team in ['payments', \"fraud\"]",
        "output.team + '!' == 'odd!'",
        "'!' + output.team == '!odd'",
        "output.team == 'or' + 'ders'",
        "'odd' in [output.team, input.subject]",
        "(true ? output.team : 'late') == 'late'",
        "(true ? output.team : input.subject) == 'odd'",
        "['fraud', 'odd'].exists(one, one == output.team || one == input.subject)",
        "['odd'].exists(output, output == 'odd')",
        "input.subject.matches(input.subject) && input.subject.matches('^[A-Z]{2}')",
        "output.team.lowerAscii() == 'odd'",
        "'odd' == output.team.lowerAscii()",
        "input.subject == 'output.team == \"odd\"'",
        "input.subject == 'odd' // output.team == 'odd'",
        "input.subject == '''output.team == 'odd' '''",
        "output.team == '\\x6frders'",
        "['orders'].exists(team, team == 'odd')",
        "answer.error == 'odd'",
    ],
)
def test_a_text_that_is_compared_with_anything_else_is_no_fault(source):
    assert CHECK.check(source, Place.DETECT) == ()


def test_a_place_allows_only_its_own_names():
    assert CHECK.check("expected.team == 'orders'", Place.DETECT) == ()
    assert "`expected` is not known here" in CHECK.check("expected.team == 'orders'", Place.NEVER)[0].message
    assert CHECK.check("reason.kind == 'never_output'", Place.PATH) == ()
    (found,) = CHECK.check("reason.kind == 'faultt'", Place.PATH)
    assert (found.message, found.mend) == ("`faultt` is not a value of `reason.kind`", "did you mean `fault`?")
    assert CHECK.check("outcome.value > outcome.baseline", Place.STOP_IF) == ()


def test_nested_fields_are_checked_too():
    nested = triage(
        inputs=Inputs(
            schema={
                "type": "object",
                "properties": {
                    "lines": {
                        "type": "array",
                        "items": {"type": "object", "properties": {"price": {"type": "number"}}},
                    },
                    "party": {"type": "object", "properties": {"name": {"type": "string"}}},
                    "any": {},
                    "mixed": {"type": ["string", "number"]},
                    "codes": {"type": "array", "items": {"enum": [1, 2]}},
                },
            }
        )
    )
    check = TypeCheck(nested)
    assert check.check("input.lines.all(l, l.price > 1.0) && input.party.name == 'x'", Place.ASSUMES) == ()
    (found,) = check.check("input.lines.all(l, l.prise > 1.0)", Place.ASSUMES)
    assert found.message == "`prise` is not a field of `input.lines[]`"
    assert check.check("input.party.nmae == 'x'", Place.ASSUMES)[0].mend == "did you mean `input.party.name`?"
    assert check.check("input.any == 5 || input.any.deep == 'x' || input.mixed == 1.0", Place.ASSUMES) == ()
    assert check.check("input.codes.exists(c, c == 1)", Place.ASSUMES) == ()
    assert check.check("input.codes.exists(c, c == 'a')", Place.ASSUMES)


def test_a_schema_that_cannot_be_typed_allows_every_field():
    free = triage(outputs=Outputs(schema={"type": "object", "properties": {"a-b": {"type": "string"}}}))
    assert TypeCheck(free).check("output.whatever == 1", Place.CONSTRAINT) == ()


def test_slice_columns_are_fields_of_the_case():
    from remit.definition.model import Quality

    check = TypeCheck(triage(quality=Quality(slices=("length_band",))))
    assert check.check("case.length_band == 'long' && 'x' in case.tags", Place.DETECT) == ()
    assert check.check("case.lenght_band == 'long'", Place.DETECT)[0].mend == "did you mean `case.length_band`?"


def test_lines_count_from_the_start_of_the_expression():
    (found,) = CHECK.check("input.amount > 1.0 &&\n  input.amuont < 2.0", Place.CONSTRAINT)
    assert (found.line, found.column) == (2, 9)


def test_every_reason_that_is_recorded_may_be_asked_for():
    (found,) = CHECK.check("reason.kind == ''", Place.PATH)
    assert found.expected == "one of " + ", ".join(ReasonKind)


def test_a_list_of_listed_answers_is_compared_by_its_elements():
    listed = triage(outputs=Outputs(schema={"properties": {"tags": {"type": "array", "items": {"enum": ["a", "b"]}}}}))
    check = TypeCheck(listed)
    (found,) = check.check("output.tags.exists(tag, tag == 'c')", Place.CONSTRAINT)
    assert found.message == "`c` is not a value of `output.tags[]`"
    assert check.check("'a' in output.tags", Place.CONSTRAINT) == ()
    assert check.check("'c' in output.tags", Place.CONSTRAINT)


def test_macros_that_stand_in_each_other_too_deep_are_no_fault():
    deep = "".join(f"[1].exists(x{i}, " for i in range(28)) + "output.team == 'odd'" + ")" * 28
    assert CHECK.check(deep, Place.DETECT) == ()


@pytest.mark.parametrize("name", _FUNCTIONS)
def test_every_function_that_is_proposed_is_one(name):
    arguments = ["", "input.a", "a, a > 1", "input.a, input.b"]
    calls = [f"{before}{name}({given})" for before in ("", "input.a.") for given in arguments]
    assert any(compiles(call) for call in calls)


def compiles(source):
    try:
        Expression(source, yes_or_no=False)
    except ExpressionInvalid:
        return False
    return True
