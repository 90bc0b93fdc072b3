"""Two definitions compared: every field of the language, each in a sentence and with the way it goes."""

import copy
import dataclasses
import typing
from enum import Enum

import pytest
from tests.property.test_formatting_keeps_the_meaning import ROOT

from remit.definition import model
from remit.definition.differences import ChangeKind, compare
from remit.definition.differences.rules import RULES, Key, Kinds, Special
from remit.definition.digests import definition_digest, evidence_digest
from remit.definition.model import Definition, FailureKind
from remit.definition.reading import read
from remit.files.yaml_reader import read_yaml_text

TEXT = (ROOT / "tests" / "data" / "whole.yaml").read_text(encoding="utf-8")
WHOLE = read(read_yaml_text(TEXT).data)


def records(cls=Definition):
    """Every record class that a definition is made of."""
    found = {cls}
    pending = [cls]
    while pending:
        for hint in typing.get_type_hints(pending.pop()).values():
            for below in parts(hint):
                if dataclasses.is_dataclass(below) and below not in found:
                    found.add(below)
                    pending.append(below)
    return found


def parts(hint):
    yield hint
    for below in typing.get_args(hint):
        yield from parts(below)


def test_every_field_of_the_model_has_a_rule():
    fields = {cls: {field.name for field in dataclasses.fields(cls)} for cls in records()}
    assert len(fields) > 30
    assert {cls: set(rules) for cls, rules in RULES.items()} == fields


def leaves(value, path=()):
    """Every field of every record in the definition, by the way to it: attributes, indices and keys."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield (*path, field.name), value
            yield from leaves(getattr(value, field.name), (*path, field.name))
    elif isinstance(value, tuple):
        for index, one in enumerate(value):
            yield from leaves(one, (*path, index))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, (*path, key))


OTHERS = [
    ((900, 3000), (900.0, 4000.0)),
    ({FailureKind.LATE: "nobody waits for the answer of the same hour"}, {FailureKind.LATE: "nobody ever waits"}),
]


def other(value, hint):
    """Another value of the type; None where there is none."""
    known = [another for one, another in OTHERS if value == one]
    if known:
        return known[0]
    if isinstance(value, bool):
        return not value
    if isinstance(value, Enum):
        return next(one for one in type(value) if one is not value)
    if isinstance(value, str):
        options = [
            one for part in parts(hint) if typing.get_origin(part) is typing.Literal for one in typing.get_args(part)
        ]
        if value in options and len(options) > 1 and "unknown" not in options:
            return next(one for one in options if one != value)
        return {"60d": "70d", "4h": "5h", "730d": "700d", "28d": "29d", "2027-06-30": "2028-06-30"}.get(
            value, f"{value}x"
        )
    if isinstance(value, int | float):
        return value / 2 if isinstance(value, float) else value + 1
    if isinstance(value, tuple):
        return value[1:]
    if isinstance(value, dict):
        return dict(list(value.items())[1:]) or None
    return default_of(hint)


def default_of(hint):
    kinds = [part for part in parts(hint) if isinstance(part, type) and part is not type(None)]
    if bool in kinds:
        return True
    if any(kind in (int, float) for kind in kinds):
        return 5
    return "unknown" if str in kinds else None


def changed(value, path, new):
    if not path:
        return new
    head, *rest = path
    if dataclasses.is_dataclass(value):
        return dataclasses.replace(value, **{head: changed(getattr(value, head), rest, new)})
    if isinstance(value, tuple):
        return (*value[:head], changed(value[head], rest, new), *value[head + 1 :])
    return {**value, head: changed(value[head], rest, new)}


def every_change():
    for path, record in leaves(WHOLE):
        name = path[-1]
        if path in {("remit",), ("inputs", "schema"), ("outputs", "schema")} or path[:2] in {
            ("inputs", "fields"),
            ("outputs", "fields"),
        }:
            continue
        hint = typing.get_type_hints(type(record), include_extras=False)[name]
        new = other(getattr(record, name), hint)
        if new == getattr(record, name):
            continue
        yield pytest.param(path, new, id=".".join(map(str, path)))


EVERY = list(every_change())


def test_the_changes_that_are_tried_reach_every_field():
    tried = set()
    for parameters in EVERY:
        path = parameters.values[0]
        record = WHOLE
        for part in path[:-1]:
            record = (
                getattr(record, part) if isinstance(part, str) and dataclasses.is_dataclass(record) else record[part]
            )
        tried.add((type(record), path[-1]))
    every = {(cls, field.name) for cls in records() for field in dataclasses.fields(cls)}
    by_hand = {
        (Definition, "remit"),
        *((cls, name) for cls in (model.Inputs, model.Outputs) for name in ("fields", "schema")),
        (model.Table, "file"),
        (model.Table, "aggregation"),
        (model.Effect, "when"),
    }
    assert every - tried - by_hand == set()


@pytest.mark.parametrize(("path", "new"), EVERY)
def test_a_change_of_any_field_is_told_where_it_is(path, new):
    other_one = changed(WHOLE, path, new)
    found = compare(WHOLE, other_one)
    names = [part.rstrip("_") for part in path if isinstance(part, str)]
    assert found.changes
    for change in found.changes:
        assert "in another way and says the same" not in change.sentence
        assert change.path.split(".")[0] == names[0]
        assert change.sentence[0].isupper() or change.sentence[0] == "`"
        assert change.sentence.endswith(".")
    rule = RULES[type(record_at(path))][path[-1]]
    if not isinstance(rule, Key | Kinds) and rule != Special(by="together"):
        told = {part for change in found.changes for part in change.path.split(".")}
        assert names[-1] in told or len(names) > 2


def record_at(path):
    record = WHOLE
    for part in path[:-1]:
        record = getattr(record, part) if isinstance(part, str) and dataclasses.is_dataclass(record) else record[part]
    return record


@pytest.mark.parametrize(("path", "new"), EVERY)
def test_the_change_back_goes_the_other_way(path, new):
    other_one = changed(WHOLE, path, new)
    there = sorted(change.kind for change in compare(WHOLE, other_one).changes)
    back = {"loosening": "tightening", "tightening": "loosening"}
    again = sorted(back.get(change.kind.value, change.kind.value) for change in compare(other_one, WHOLE).changes)
    if "breaking" not in there + again:
        assert [kind.value for kind in there] == again


def edited(*pairs):
    text = TEXT
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return read(read_yaml_text(text).data)


def told(*pairs):
    return [(change.kind.value, change.sentence) for change in compare(WHOLE, edited(*pairs)).changes]


@pytest.mark.parametrize(
    ("old", "new", "kind", "sentence"),
    [
        (
            "optional number >= 0",
            "optional number 0..100",
            "tightening",
            "at least 0 and at most 100 instead of a number of at least 0",
        ),
        (
            "text <= 300",
            "text <= 400",
            "loosening",
            "The input `subject` takes text of at most 400 characters instead of",
        ),
        (
            "kilobytes: number >= 0",
            "kilobytes: number > 0",
            "tightening",
            "`attachments[].kilobytes` takes a number of more than 0",
        ),
        (
            "country: optional text",
            "country: text",
            "tightening",
            "The input `country` is needed now; it was optional.",
        ),
        ("received: datetime", "received: date", "breaking", "takes a date instead of a date with its time"),
        ("    received: datetime\n", "", "breaking", "The input `received` is gone"),
        (
            "    business: yes/no\n",
            "    business: yes/no\n    lang: optional text <= 2\n",
            "loosening",
            "The input `lang` is new and may be there",
        ),
        ("returns, fraud, other]", "returns, fraud, other, spam]", "loosening", "The output `team` may also be spam."),
        ("orders, payments, returns", "orders, returns", "tightening", "The output `team` can't be payments any more."),
        ("[orders, payments,", "[payments, orders,", "wording", "the same values in another order"),
        (
            "at_least: 0.90",
            "at_least: 0.95",
            "tightening",
            "Target `Q1`: the least that is asked is 0.95 instead of 0.9.",
        ),
        ("at_most: 0.35", "at_most: 0.4", "loosening", "Target `Q3`: the most that is allowed is 0.4 instead of 0.35."),
        ("at_most: 0.35", "at_least: 0.35", "loosening", "is not said any more; it was 0.35"),
        (
            "level: supervised, because",
            "level: suggest, because",
            "tightening",
            "The ceiling: the highest level is suggest",
        ),
        ("error_budget: 0.05", "error_budget: 0.1", "loosening", "The error budget is 0.1 instead of 0.05."),
        ("  error_budget: 0.05\n", "", "tightening", "The error budget is not said any more; it was 0.05."),
        ("within: 30m", "within: 1h", "loosening", "Path `E2`: the time to decide is 1h instead of 30m."),
        ("within: 30m", "within: PT30M", "wording", "Path `E2`"),
        (
            "on_violation: review",
            "on_violation: block",
            "tightening",
            "what a violation leads to is block instead of review",
        ),
        ("{id: C2, expr", "{id: C3, expr", "wording", "Constraint `C2`: the id is C3 instead of C2."),
        ("{late: nobody", "{drifted: nobody", "loosening", "Failures of the kind `drifted` now count as impossible"),
        ("    severity: 7\n", "    severity: 8\n", "tightening", "Failure mode `F2`: the severity is 8 instead of 7."),
        ("when: \"output.team != 'other'\"", 'when: "true"', "breaking", "Effect `queued`: the condition is"),
        ("reversible: true", "reversible: false", "loosening", "whether it can be undone is no instead of yes"),
        (
            "  - {id: Q3",
            "  - {id: Q9, metric: accuracy, at_least: 0.5}\n    - {id: Q3",
            "tightening",
            "The target `Q9` is new: accuracy at least 0.5.",
        ),
        ('["-", "true", true]', '["-", "true", false]', "breaking", "rule 2 of the table"),
        ('        - ["-", "-", false]\n', "", "breaking", "rule 3 of the table is gone: always gives urgent no."),
        ("hit_policy: FIRST", "hit_policy: ANY", "breaking", "the hit policy is ANY instead of FIRST"),
        ("title: Decide", "title: Choose", "wording", "The title is"),
        (
            "volume_between: [900, 3000]",
            "volume_between: [100, 3000]",
            "loosening",
            "100 to 3000 items a day instead of 900",
        ),
        ("volume_between: [900, 3000]", "volume_between: [1000, 2000]", "tightening", "1000 to 2000"),
        ("volume_between: [900, 3000]", "volume_between: [100, 300]", "breaking", "100 to 300"),
        ("target: 4.0", "target: 3.0", "tightening", "The target of the outcome is 3 instead of 4."),
        ("target: 4.0", "target: 5.0", "loosening", "The target of the outcome is 5 instead of 4."),
        ("by: 2027-06-30", "by: 2028-06-30", "loosening", "The outcome: the day"),
        (
            'subject: {use: ""}',
            "subject: reject",
            "tightening",
            "when the input `subject` is missing is to reject instead of to use",
        ),
        ("personal_data: false", "personal_data: [order_total]", "tightening", "what is marked as personal data"),
        (
            "on_timeout: keep",
            "on_timeout: {answer: {team: other, urgent: true}}",
            "loosening",
            "nobody decided in time",
        ),
        ("items: 200}", "items: 300}", "loosening", "the most items is 300 instead of 200"),
        ("by: team lead}", "by: team lead, blocks: suggest}", "tightening", "is put in another way"),
        (
            "by: engineer, blocks: supervised, answer: from May on}",
            "by: engineer, blocks: supervised}",
            "tightening",
            "is put in another way",
        ),
        (
            "role: Director of Service",
            "role: Head of Mail",
            "breaking",
            'Who is accountable: the role is "Head of Mail"',
        ),
        (
            "contact: service@shop.example",
            "contact: x@shop.example",
            "wording",
            "Who is accountable: the contact is x@shop.example",
        ),
        ("four_eyes: false", "four_eyes: true", "tightening", "Four eyes is yes instead of no."),
        (
            "\n    - {when: \"output.team == 'fraud'\", because: one missed fraud case costs more than a month of routing}",  # noqa: E501
            " []",
            "loosening",
            "of what is never automated",
        ),
    ],
)
def test_what_a_change_is_called_and_which_way_it_goes(old, new, kind, sentence):
    found = told((old, new))
    assert [one for one, said in found if sentence in said] == [kind], found


def test_other_columns_of_a_table_are_told_and_its_rules_are_not_set_against_each_other():
    table = dataclasses.replace(WHOLE.decisions[1].table, out=("team",), rules=(("-", "-", "fraud"),))
    found = compare(WHOLE, changed(WHOLE, ("decisions", 1, "table"), table)).changes
    assert [one.sentence for one in found] == [
        "Decision `urgent`: the `out` columns of the table are team instead of urgent.",
        "Decision `urgent`: the table has 1 rule instead of 3, for other columns.",
    ]


def test_paths_in_another_order_are_another_promise_and_constraints_are_not():
    turned = dataclasses.replace(
        WHOLE, escalation=dataclasses.replace(WHOLE.escalation, paths=WHOLE.escalation.paths[::-1])
    )
    assert [one.kind for one in compare(WHOLE, turned).changes] == [ChangeKind.BREAKING]
    turned = dataclasses.replace(WHOLE, constraints=WHOLE.constraints[::-1])
    assert [one.kind for one in compare(WHOLE, turned).changes] == [ChangeKind.WORDING]


def test_rules_in_another_order_count_where_the_first_one_does():
    def turned(policy):
        table = dataclasses.replace(WHOLE.decisions[1].table, hit_policy=model.HitPolicy(policy))
        both = [table, dataclasses.replace(table, rules=table.rules[::-1])]
        return compare(*(changed(WHOLE, ("decisions", 1, "table"), one) for one in both)).changes

    assert [one.kind for one in turned("FIRST")] == [ChangeKind.BREAKING]
    assert [one.kind for one in turned("UNIQUE")] == [ChangeKind.WORDING]


def test_fields_written_in_another_way_take_the_same_and_void_the_evidence():
    after = edited(("order_total: optional number >= 0", "order_total: {optional: number >= 0}"))
    found = compare(WHOLE, after)
    assert [(one.kind.value, one.sentence) for one in found.changes] == [
        ("wording", "The inputs are written in another way and take the same.")
    ]
    assert found.voids_evidence


def test_a_schema_is_compared_like_the_short_form():
    schema = {
        "type": "object",
        "additionalProperties": False,
        "required": ["a"],
        "properties": {"a": {"type": "integer", "maximum": 5}},
    }
    after = copy.deepcopy(schema)
    after["properties"]["a"]["maximum"] = 9
    after["properties"]["a"]["multipleOf"] = 2
    looser = copy.deepcopy(schema)
    looser["properties"]["a"]["type"] = "number"
    looser["additionalProperties"] = True
    one, two, three = (
        Definition(remit=1, id="x", inputs=model.Inputs(schema=each)) for each in (schema, after, looser)
    )
    assert [one.sentence for one in compare(one, two).changes] == [
        "The input `a` is bound in another way: `maximum`, `multipleOf`."
    ]
    kinds = [change.kind for change in compare(one, three).changes]
    assert kinds == [ChangeKind.LOOSENING, ChangeKind.LOOSENING]


def test_definitions_that_say_the_same_have_no_differences():
    found = compare(WHOLE, edited(("# A whole definition", "# The same definition"), ("30m", "30m")))
    assert found.changes == ()
    assert not found.voids_evidence


@pytest.mark.parametrize(("path", "new"), EVERY)
def test_nothing_that_the_digests_tell_apart_is_left_untold(path, new):
    other_one = changed(WHOLE, path, new)
    found = compare(WHOLE, other_one)
    assert found.voids_evidence == (evidence_digest(WHOLE) != evidence_digest(other_one))
    assert found.voids_evidence == bool(found.evidence_changed)
    if definition_digest(WHOLE) != definition_digest(other_one):
        assert found.changes
    if found.voids_evidence:
        assert any(one.evidence for one in found.changes)


def test_the_gravest_changes_come_first():
    order = [one.kind for one in compare(WHOLE, Definition(remit=1, id="other")).changes]
    assert len(set(order)) == len(ChangeKind)
    assert order == sorted(order, key=list(ChangeKind).index)


@pytest.mark.parametrize(
    ("was", "now", "kind"),
    [
        ("damage", '"damage"', ChangeKind.WORDING),
        (True, "true", ChangeKind.WORDING),
        ("5", "5.0", ChangeKind.WORDING),
        ('"a","b"', "'a', 'b'", ChangeKind.WORDING),
        ("5", '"5"', ChangeKind.BREAKING),
        ("1", True, ChangeKind.BREAKING),
        ("damage", "loss", ChangeKind.BREAKING),
    ],
)
def test_a_cell_in_another_spelling_is_wording_and_voids_proofs_all_the_same(was, now, kind):
    def table(cell):
        first = WHOLE.decisions[1].table
        rest = first.rules[1:]
        return changed(
            WHOLE, ("decisions", 1, "table"), dataclasses.replace(first, rules=((cell, *first.rules[0][1:]), *rest))
        )

    found = compare(table(was), table(now))
    (one,) = found.changes
    assert one.kind is kind
    assert ("written otherwise, the same answer; proofs are void" in one.sentence) == (kind is ChangeKind.WORDING)
    assert one.evidence
    assert found.voids_evidence


def test_another_aggregation_of_a_table_is_told():
    counted = changed(WHOLE, ("decisions", 1, "table", "aggregation"), model.Aggregation("COUNT"))
    summed = changed(WHOLE, ("decisions", 1, "table", "aggregation"), model.Aggregation("SUM"))
    (change,) = compare(counted, summed).changes
    assert change.kind is ChangeKind.BREAKING
    assert "the aggregation is SUM instead of COUNT" in change.sentence
