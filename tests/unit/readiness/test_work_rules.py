"""Is it written down what the work is, who answers for it, and when it would be stopped?"""

from dataclasses import replace

import pytest

from remit.definition.levels import Level
from remit.readiness import State
from remit.readiness.facts import ProjectFacts
from remit.readiness.judge import judge


def test_a_decision_with_a_question_and_listed_answers_passes(work):
    assert work.passes("WD03")


@pytest.mark.parametrize(
    "closed",
    ["yes/no", "number 0..1", "integer 1..5", ["a", "b"], "optional yes/no", "list of [a, b] <= 2"],
)
def test_listed_answers_yes_no_and_ranges_are_closed(work, closed):
    if closed.__class__ is str and closed.startswith("list"):
        fields = {"type": "array", "items": {"enum": ["a", "b"]}, "maxItems": 2}
        work.data["outputs"] = {"schema": {"type": "object", "properties": {"team": fields}, "required": ["team"]}}
    else:
        work.put("outputs.fields.team", closed)
    assert work.passes("WD03")


@pytest.mark.parametrize(
    ("field", "closed"),
    [
        ({"anyOf": [{"enum": ["a"]}, {"type": "null"}]}, True),
        ({"anyOf": [{"enum": ["a"]}, {"type": "string"}]}, False),
        ({"type": ["integer", "null"], "minimum": 0, "exclusiveMaximum": 9}, True),
        ({"type": ["integer", "string"], "minimum": 0, "maximum": 9}, False),
        ({"type": "array", "items": {"enum": ["a"]}, "uniqueItems": True}, True),
        ({"type": "array", "items": {"enum": ["a"]}}, False),
        ({"type": "array", "items": {"type": "string"}, "maxItems": 3}, False),
        ({"type": "object"}, False),
        ({"$ref": "#/$defs/team"}, True),
        ({"anyOf": [{"$ref": "#/properties/team"}]}, False),
        ({}, False),
    ],
)
def test_closed_is_told_from_open_in_any_schema(work, field, closed):
    properties, defs = {"team": field}, {"team": {"const": "a"}}
    work.data["outputs"] = {"schema": {"type": "object", "properties": properties, "$defs": defs}}
    assert work.passes("WD03") is closed


@pytest.mark.parametrize("open_", ["text <= 80", "number", "number >= 0", "datetime"])
def test_a_decision_that_can_be_answered_with_anything_is_refused(work, open_):
    result = work.put("outputs.fields.team", open_).result("WD03")
    assert [one.message for one in result.findings] == ["'team' can be answered with anything."]
    assert result.findings[0].path == ("outputs", "fields", "team")
    assert result.findings[0].found == open_


def test_an_open_answer_in_a_schema_is_shown_where_the_schema_says_it(work):
    work.data["outputs"] = {"schema": {"type": "object", "properties": {"team": {"type": "string"}}}}
    assert work.places("WD03") == ["outputs.schema.properties.team"]


def test_a_decision_without_a_question_is_refused(work):
    assert work.drop("decisions.0.question").fails("WD03") == ["'team' asks no question."]
    assert work.places("WD03") == ["decisions.0.question"]


def test_work_that_decides_nothing_is_refused(work):
    assert work.drop("decisions").fails("WD03") == ["Nothing is decided: no decision is written."]


def test_a_decision_without_an_output_field_is_refused(work):
    definition = work.definition
    other = replace(definition.decisions[0], id="topic")
    result = judge(replace(definition, decisions=(other,)), work.facts, now=work.now).results
    messages = [one.message for found in result if found.rule == "WD03" for one in found.findings]
    assert messages == ["'topic' is no field of the outputs, so nothing holds its answer."]


@pytest.mark.parametrize(
    "role",
    [
        "Head of Customer Support",
        "Team lead",
        "Head of Claims and Recoveries",
        "Director for Household Surveys",
        "Chief Credit Officer",
    ],
)
def test_one_role_with_a_mail_address_is_accountable(work, role):
    assert work.put("accountable", {"role": role, "contact": "a@b.example"}).passes("WD04")


@pytest.mark.parametrize(
    "role",
    [
        "Support team",
        "Team of underwriters",
        "everyone",
        "Head of Claims and Head of Finance",
        "Ada, Grace",
        "Ada and Grace",
        "sales/support",
        "the department",
        "-",
    ],
)
def test_nobody_in_particular_is_not_accountable(work, role):
    result = work.put("accountable", {"role": role, "contact": "a@b.example"}).result("WD04")
    assert [one.message for one in result.findings] == ["No one answers for a wrong team."]
    assert result.findings[0].path == ("accountable", "role")
    assert result.findings[0].found == role


@pytest.mark.parametrize("contact", [None, "the office", "a@b", "a@b.example, c@d.example", "a b@c.example"])
def test_a_contact_that_is_no_mail_address_is_refused(work, contact):
    someone = {"role": "Head of Support"} | ({"contact": contact} if contact else {})
    assert work.put("accountable", someone).places("WD04") == ["accountable.contact"]


def test_work_nobody_is_accountable_for_is_refused(work):
    assert work.drop("accountable").fails("WD04") == ["No one answers for a wrong team."]
    assert work.drop("decisions").fails("WD04") == ["No one answers for a wrong answer."]


def test_boundaries_have_two_sides(work):
    assert work.passes("WD05")
    assert work.put("scope.excludes", []).fails("WD05") == ["Only what is in scope is written, not what is out."]
    assert work.put("scope.includes", []).places("WD05") == ["scope.includes", "scope.excludes"]
    assert work.drop("scope").fails("WD05")[0] == "Nothing is written about what is in scope."


def test_an_outcome_with_all_five_parts_passes(work):
    assert work.passes("WD08")


def test_what_is_missing_of_an_outcome_is_named(work):
    work.drop("intent.outcome.source").drop("intent.outcome.by")
    assert work.fails("WD08") == ["Success can't be seen: by and source is missing."]
    work.put("intent.outcome.by", "2027-01-01")
    assert work.fails("WD08") == ["Success can't be seen: source is missing."]
    assert work.drop("intent.outcome").places("WD08") == ["intent.outcome"]
    assert work.drop("intent").fails("WD08")[0].startswith("Success can't be seen: measure, baseline, target, by and")


def test_a_target_that_is_todays_value_is_refused(work):
    assert work.put("intent.outcome.target", 9.0).fails("WD08") == [
        "Success can't be seen: the target is today's value, 9."
    ]
    assert work.places("WD08") == ["intent.outcome.target"]


@pytest.mark.parametrize("day", ["2026-11-22", "2020-01-01"])
def test_a_day_that_is_not_to_come_is_refused(work, day):
    assert work.put("intent.outcome.by", day).fails("WD08") == [
        f"Success can't be seen in time: {day} is no day to come."
    ]


def test_a_baseline_nobody_knows_leaves_the_outcome_unknown(work):
    work.put("intent.outcome.baseline", "unknown")
    assert "today's value of the outcome is not known yet" in work.unknown("WD08")
    assert work.drop("intent.outcome.target").fails("WD08") == ["Success can't be seen: target is missing."]


def test_work_with_a_stop_rule_over_the_outcome_passes(work):
    assert work.passes("WD09")


def test_work_that_nothing_would_end_is_refused(work):
    assert work.drop("intent.stop_if").fails("WD09") == ["Nothing would ever end this."]
    assert work.drop("intent").places("WD09") == ["intent.stop_if"]


@pytest.mark.parametrize("when", ["1 > 2", "outcome.value >", "input.body == ''"])
def test_a_stop_rule_that_does_not_read_the_outcome_is_refused(work, when):
    assert work.put("intent.stop_if.when", when).places("WD09") == ["intent.stop_if.when"]


def test_small_work_passes(work):
    assert work.passes("WD10")


def test_too_many_decisions_inputs_and_final_effects_are_counted(work):
    work.put("decisions", [{"id": f"d{i}"} for i in range(4)])
    work.put("inputs.fields", {f"f{i}": "yes/no" for i in range(16)})
    work.put("outputs.effects", [{"id": f"e{i}", "what": "sent", "reversible": False} for i in range(2)])
    assert work.fails("WD10") == [
        "4 decisions in one definition. Prove smaller first.",
        "16 input fields in one definition. Prove smaller first.",
        "2 irreversible effects in one definition. Prove smaller first.",
    ]


def test_the_largest_allowed_work_is_small_enough(work):
    work.put("decisions", [{"id": f"d{i}"} for i in range(3)])
    work.put("inputs.fields", {f"f{i}": "yes/no" for i in range(15)})
    work.put("outputs.effects", [{"id": "e", "what": "sent", "reversible": False}, {"id": "f", "what": "kept"}])
    assert work.passes("WD10")


def test_the_size_of_nothing_is_not_asked(work):
    work.data = {"remit": 1, "id": "draft"}
    assert work.not_applicable("WD10") == "no decision, input or effect is written yet"


def test_linked_work_is_not_asked_where_none_is_named(work):
    assert work.not_applicable("WD11") == "no related work is named"
    assert work.drop("scope").not_applicable("WD11") == "no related work is named"


def test_linked_work_is_unknown_while_nobody_read_the_project(work):
    assert "not measured yet" in work.put("scope.related", ["refunds"]).unknown("WD11")


def test_linked_work_that_is_there_passes(work):
    work.put("scope.related", ["refunds"])
    work.with_facts(project=ProjectFacts(related={"refunds": ("ledger",), "ledger": (), "triage-email": ("refunds",)}))
    assert work.passes("WD11")


def test_linked_work_that_is_not_there_is_named(work):
    work.put("scope.related", ["refunds", "returns"])
    work.with_facts(project=ProjectFacts(related={"refunds": ()}))
    assert work.fails("WD11") == ["'returns' is not defined."]
    assert work.places("WD11") == ["scope.related.1"]


def test_links_that_lead_back_are_shown_with_their_way(work):
    work.put("scope.related", ["refunds"])
    work.with_facts(project=ProjectFacts(related={"refunds": ("returns", "refunds"), "returns": ("triage-email",)}))
    assert work.fails("WD11") == ["'refunds' leads back here: triage-email -> refunds -> returns -> triage-email."]


def test_questions_are_not_asked_about_where_there_are_none(work):
    assert work.not_applicable("WD17") == "no question was asked"


def test_questions_that_are_answered_or_block_nothing_pass(work):
    work.put(
        "questions",
        [{"text": "Why five teams?"}, {"text": "Who reads Sunday's?", "blocks": "shadow", "answer": "Nobody"}],
    )
    assert work.passes("WD17")


def test_open_questions_block_from_the_lowest_level_that_one_of_them_blocks(work):
    work.put(
        "questions",
        [{"text": "Is it fair?", "by": "Ada", "blocks": "autonomous"}, {"text": "Who undoes it?", "blocks": "suggest"}],
    )
    result = work.result("WD17")
    assert result.state is State.FAIL
    assert result.since is Level.SUGGEST
    assert [one.message for one in result.findings] == ["Ada asked: Is it fair?", "Somebody asked: Who undoes it?"]
    assert result.findings[0].found == "open; it blocks autonomous"
    missing = work.judge().missing
    assert "WD17" not in missing[Level.SHADOW]
    assert "WD17" in missing[Level.SUGGEST]
