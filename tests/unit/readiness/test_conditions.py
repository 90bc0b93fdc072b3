"""What nobody measures yet is not applicable where the definition alone shows that the question does not arise."""

import pytest

from remit.items import ExecutorKind
from remit.readiness.catalogue import CATALOGUE
from remit.readiness.facts import ExecutorFact
from remit.readiness.registry import arises
from remit.readiness.rules import CONDITIONS, RULES
from remit.readiness.rules.schema_walk import is_free_text

NO_MODES, NO_INPUTS = "there are no failure modes yet", "there are no inputs yet"


@pytest.mark.parametrize("rule", sorted(CONDITIONS))
def test_where_the_question_arises_the_rule_stays_unknown(work, rule):
    assert work.unknown(rule).startswith("not measured yet: ")


def test_conditions_are_of_rules_that_nobody_measures_yet():
    assert CONDITIONS.keys() & RULES.keys() == set()
    assert CONDITIONS.keys() <= {one.id for one in CATALOGUE}


@pytest.mark.parametrize(
    ("rule", "dropped", "why"),
    [
        ("FM07", "failure_modes", NO_MODES),
        ("FM08", "failure_modes", NO_MODES),
        ("FM09", "failure_modes", NO_MODES),
        ("FM12", "inputs", NO_INPUTS),
        ("HE07", "escalation", "there are no paths yet"),
        ("HE10", "escalation.stop", "there is no stop yet"),
        ("HE10", "escalation", "there is no stop yet"),
        ("AU04", "autonomy.never", "nothing is written that is never automated"),
        ("AU04", "autonomy", "nothing is written that is never automated"),
        ("LV02", "intent.stop_if", "there is no stop rule yet"),
        ("LV02", "intent", "there is no stop rule yet"),
    ],
)
def test_what_is_not_written_can_not_be_tested(work, rule, dropped, why):
    assert work.drop(dropped).not_applicable(rule) == why


def test_no_instruction_fits_into_numbers_choices_and_dates(work):
    fields = {"amount": "number 0..100", "channel": ["app", "web"], "day": "date", "vip": "yes/no"}
    work.put("inputs.fields", fields)
    assert work.not_applicable("FM12") == "no input takes free text, so no instruction fits into one"
    work.put("inputs.fields.lines", "list <= 3 of {note: text <= 20}")
    assert work.unknown("FM12").startswith("not measured yet")


@pytest.mark.parametrize(
    ("schema", "free"),
    [
        (True, True),
        ({}, True),
        ({"type": "string", "maxLength": 9}, True),
        ({"type": "string", "pattern": "^.*$"}, True),
        ({"type": ["number", "string"]}, True),
        ({"type": "array"}, True),
        ({"type": "object", "properties": {}}, True),
        ({"type": "string", "enum": ["a"]}, False),
        ({"const": "a"}, False),
        ({"type": "string", "format": "date"}, False),
        ({"type": "array", "items": {"type": "number"}}, False),
        ({"type": "object", "additionalProperties": False}, False),
        ({"type": "object", "unevaluatedProperties": False}, False),
        ({"type": "integer"}, False),
    ],
)
def test_free_text_is_whatever_takes_words_of_somebodys_own(schema, free):
    assert is_free_text(schema) is free


def executor(name, kind):
    return ExecutorFact(name=name, kind=kind, digest="d")


def test_people_are_not_replayed(work):
    clerks, svm = executor("clerks", ExecutorKind.PERSON), executor("svm", ExecutorKind.MODEL)
    assert work.with_executors(clerks).not_applicable("OB06") == "people do the work"
    assert work.with_executors(clerks, svm).unknown("OB06").startswith("not measured yet")
    work.executor = "clerks"
    assert work.not_applicable("OB06") == "people do the work"
    assert work.with_executors().unknown("OB06").startswith("not measured yet")


@pytest.mark.parametrize("id_", ["FM07", "XX99"])
def test_a_condition_of_no_rule_or_a_second_one_is_a_defect(id_):
    with pytest.raises(LookupError):
        arises(id_)
