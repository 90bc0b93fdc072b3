import pytest
from tests.unit.deciding.works import triage

from remit.definition.model import Inputs, Outputs
from remit.definition.scopes import Place, places
from remit.definition.typecheck import TypeCheck

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
        ("input.amount > 1", 14, "can't take", "write `10.0`, not `10`"),
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
        "output.team in [input.subject, 'odd']",
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
