"""Every fault of a definition is told: at its place, in plain words, all at once."""

import copy
from pathlib import Path

import pytest

from remit.definition.model import FailureMode, NotApplicable, UseValue
from remit.definition.positions import dotted
from remit.definition.reading import read
from remit.errors import DefinitionInvalid
from remit.files.yaml_reader import read_yaml, read_yaml_text

WHOLE = Path(__file__).parents[2] / "data" / "whole.yaml"
BASE = read_yaml(WHOLE).data


def changed(path, value):
    """The example with ``value`` at ``path``; a function is applied to what is there."""
    data = copy.deepcopy(BASE)
    at = data
    for part in path[:-1]:
        at = at[part]
    if callable(value):
        value(at[path[-1]])
    else:
        at[path[-1]] = value
    return data


def problems(data):
    with pytest.raises(DefinitionInvalid) as caught:
        read(data)
    return caught.value.problems


def told(path, value):
    """What is told of the example with one change, by path."""
    return {problem.where.path: problem for problem in problems(changed(path, value))}


def test_the_whole_example_is_read():
    definition = read(BASE)
    assert definition.id == "whole"
    assert definition.inputs is not None
    assert definition.inputs.when_missing == {"subject": UseValue(use=""), "*": "review"}
    assert definition.quality is not None
    assert definition.quality.targets[1].class_ == "fraud"
    assert definition.quality.error_costs[1].cost == 400.0
    assert type(definition.quality.error_costs[1].cost) is float
    assert [type(entry) for entry in definition.failure_modes] == [FailureMode, FailureMode, NotApplicable]
    assert definition.decisions[1].table is not None
    assert definition.decisions[1].table.rules[2] == ("-", "-", False)
    assert definition.today is not None
    assert definition.today.error_rate == "unknown"
    assert definition.observe is not None
    assert definition.observe.volume_between == (900.0, 3000.0)


def test_a_draft_needs_no_more_than_version_and_id():
    assert read({"remit": 1, "id": "x"}).decisions == ()


@pytest.mark.parametrize("data", [None, 5, "x", [], [1], float("nan"), {"a": {1, 2}}, {1: 2}, {"remit": float("inf")}])
def test_what_is_no_mapping_of_json_is_refused(data):
    assert problems(data)


def test_nesting_beyond_reason_is_refused():
    deep: dict = {}
    for _ in range(3000):
        deep = {"a": deep}
    assert problems({"remit": 1, "id": "x", "inputs": {"fields": {"a": deep}}})


def test_nesting_that_only_the_parser_refuses_is_told_once():
    deep: dict = {}
    for _ in range(400):
        deep = {"a": deep}
    (problem,) = problems({"remit": 1, "id": "x", "inputs": {"schema": {"type": "object", "default": deep}}})
    assert "can't be read" in problem.message


def test_a_definition_beyond_4_million_characters_is_refused():
    (problem,) = problems({"remit": 1, "id": "x" * 4_000_001})
    assert "larger" in problem.message


@pytest.mark.parametrize("value", ["\ud800", 10**5000, float("nan"), {1: {2}}], ids=["half", "long", "nan", "set"])
@pytest.mark.parametrize("path", [("title",), ("inputs", "fields", "subject"), ("quality", "targets", 1, "class")])
def test_what_cannot_be_json_is_told_once_and_nothing_else(path, value):
    (problem,) = problems(changed(path, value))
    assert "no JSON" in problem.message


@pytest.mark.parametrize("number", [10**400, -(10**400), 10**4000], ids=["high", "low", "long"])
def test_numbers_beyond_doubles_are_told(number):
    assert told(("quality", "targets", 0, "at_least"), number)
    assert told(("autonomy", "error_budget"), number)
    assert told(("quality", "error_costs", 0, "cost"), number)
    assert told(("today", "volume_per_day"), number)
    assert problems(changed(("quality", "targets", 3, "class"), number))


NONE = "no mend at all"
SHAPE_FAULTS = [
    (("remit",), 2, "`1`", "the number 2", None),
    (
        ("id",),
        "Triage",
        "a short name: lower-case letters and digits, joined by single hyphens, at most 64",
        None,
        None,
    ),
    (("id",), 5, None, "the number 5", 'put quotes around it: "5"'),
    (("title",), "x" * 2001, "text of at most 2000 characters", None, None),
    (("title",), "", "text that is not empty", "an empty text", None),
    (("owner",), "Head of Support", "a mapping with `role` and `contact`", "the text `Head of Support`", None),
    (("owner",), ["a", "b"], "a mapping with `role` and `contact`", "a list of 2", None),
    (("today", "error_rate"), "5%", "a number from 0 to 1, or `unknown`", "the text `5%`", "write `0.05`"),
    (("today", "error_rate"), "five", "a number from 0 to 1, or `unknown`", "the text `five`", NONE),
    (("today", "error_rate"), "1.2.3", None, None, NONE),
    (("today", "error_rate"), ".", None, None, NONE),
    (("observe", "volume_between"), 5, "a list of 2, each a number of at least 0", "the number 5", None),
    (("decisions", 1, "table", "in"), ["x"] * 65, "a list of at most 64", "a list of 65", None),
    (("today", "error_rate"), 1.5, "a number from 0 to 1, or `unknown`", "the number 1.5", None),
    (("today", "error_rate"), "unknwon", "a number from 0 to 1, or `unknown`", None, "did you mean `unknown`?"),
    (("today", "volume_per_day"), "1,850", "a number of at least 0, or `unknown`", None, "write `1850`"),
    (("today", "volume_per_day"), ".5", None, None, "write `0.5`"),
    (("today", "volume_per_day"), -1, "a number of at least 0, or `unknown`", "the number -1", None),
    (
        ("today", "steps"),
        "read",
        "a list, each entry text, or `unknown`",
        None,
        "write a list: `[...]`, or one `- ` line for each entry",
    ),
    (("intent", "outcome", "by"), "2027-02-29", "a date of the calendar, year-month-day (`2027-06-30`)", None, None),
    (("intent", "outcome", "by"), "30.6.2027", "a date of the calendar, year-month-day (`2027-06-30`)", None, None),
    (
        ("intent", "stop_if", "after"),
        "two months",
        "a duration: a whole number and s, m, h, d or w (`30m`), or ISO 8601 (`PT30M`)",
        None,
        None,
    ),
    (("scope", "excludes", 0, "then"), "rejekt", "`reject` or `review`", None, "did you mean `reject`?"),
    (
        ("inputs", "sources", 0, "personal_data"),
        3,
        "a list, each entry text, or `true` or `false`",
        "the number 3",
        None,
    ),
    (
        ("inputs", "when_missing", "subject"),
        "keep",
        "`reject` or `review`, or a mapping with `use`",
        "the text `keep`",
        None,
    ),
    (("outputs", "effects", 0, "reversible"), "yes", "`true` or `false`", "the text `yes`", "write `true`"),
    (
        ("decisions", 0, "kind"),
        "judgment",
        "`lookup`, `rule`, `calculation` or `judgement`",
        None,
        "did you mean `judgement`?",
    ),
    (("decisions", 1, "table", "hit_policy"), "first", None, None, "did you mean `FIRST`?"),
    (
        ("decisions", 1, "table", "rules", 0, 1),
        None,
        "text, or a whole number, or a number, or `true` or `false`",
        "nothing",
        None,
    ),
    (("decisions", 1, "table", "in"), [], "a list of at least 1", "an empty list", None),
    (("constraints", 0, "expr"), "x" * 4001, "text of at most 4000 characters", None, None),
    (("quality", "assurance"), 1, "a number of at least 0.5 and below 1", "the number 1", None),
    (("quality", "targets", 0, "metric"), "acuracy", None, None, "did you mean `accuracy`?"),
    (("quality", "targets", 0, "at_least"), True, "a number", "`true`", None),
    (("failure_modes", 0, "severity"), 11, "a whole number from 1 to 10", "the number 11", None),
    (("failure_modes", 0, "severity"), 5.5, "a whole number from 1 to 10", "the number 5.5", None),
    (("failure_modes", 0, "kind"), "lat", None, None, "did you mean `late`?"),
    (("failure_modes", 2, "not_applicable", "late"), 3, "text", "the number 3", 'put quotes around it: "3"'),
    (("failure_modes", 0), 7, None, "the number 7", None),
    (
        ("escalation", "paths", 2, "on_timeout"),
        "kep",
        "`keep`, or a mapping with `reassign` and `answer`",
        None,
        "did you mean `keep`?",
    ),
    (("escalation", "paths", 1, "within"), 30, None, "the number 30", None),
    (("autonomy", "error_budget"), 0, "a number of at least 0.0001 and below 1", "the number 0", None),
    (("autonomy", "ceiling", "level"), "super", None, None, None),
    (("observe", "audit_share"), 0, "a number above 0 and of at most 1", "the number 0", None),
    (("cases", "minimum"), 0, "a whole number from 1 to 100000000", "the number 0", None),
]


@pytest.mark.parametrize(("path", "value", "expected", "found", "mend"), SHAPE_FAULTS)
def test_a_wrong_value_is_told_once_in_plain_words(path, value, expected, found, mend):
    problem = told(path, value)[dotted(path)]
    assert expected is None or problem.expected == expected
    assert found is None or problem.found == found
    assert mend is None or problem.mend == (None if mend == NONE else mend)
    assert problem.expected
    assert problem.found
    assert "constrained" not in problem.message
    assert sum(other.where.path == problem.where.path for other in problems(changed(path, value))) == 1


def test_an_unknown_key_is_told_at_its_key_with_the_known_ones():
    text = WHOLE.read_text().replace("metric: accuracy", "metrc: accuracy")
    yaml = read_yaml_text(text, "work/whole.yaml")
    with pytest.raises(DefinitionInvalid) as caught:
        read(yaml.data, yaml.source)
    (problem,) = caught.value.problems
    assert problem.message == "unknown key `metrc`"
    assert problem.mend == "did you mean `metric`?"
    assert problem.expected == "one of `id`, `metric`, `of`, `class`, `where`, `at_least` or `at_most`"
    line = text.splitlines().index("    - {id: Q1, metrc: accuracy, at_least: 0.90}") + 1
    assert (problem.where.line, problem.where.column) == (line, 16)
    assert problem.where.path == "quality.targets[0].metrc"


@pytest.mark.parametrize(
    "path",
    [
        ("inputs", "when_missing", "subject", "uze"),
        ("failure_modes", 2, "kind"),
        ("failure_modes", 0, "mode_"),
        ("escalation", "paths", 0, "on_timeout", "reasign"),
        ("Owner",),
    ],
)
def test_an_unknown_key_is_found_below_alternatives_too(path):
    problems = told(path, "x")
    problem = problems[dotted(path)]
    assert not any(other and dotted(path).startswith(f"{other}.") for other in problems)
    assert problem.message == f"unknown key `{path[-1]}`"
    assert "``" not in (problem.expected or "")
    assert (problem.expected or "").startswith("one of `")


def test_a_key_that_is_missing_is_told_at_what_it_is_missing_from():
    text = WHOLE.read_text().replace("metric: accuracy, ", "")
    yaml = read_yaml_text(text, "work/whole.yaml")
    with pytest.raises(DefinitionInvalid) as caught:
        read(yaml.data, yaml.source)
    (problem,) = caught.value.problems
    assert problem.message == "`metric` is missing"
    assert problem.where.path == "quality.targets[0].metric"
    assert (problem.where.excerpt or "").strip().startswith("- {id: Q1")


def test_an_entry_is_told_by_its_number():
    assert told(("failure_modes", 1), 7)["failure_modes[1]"].message.startswith("entry 2 of `failure_modes` must be")


def test_a_key_that_cannot_be_one_is_told():
    problem = told(("failure_modes", 2, "not_applicable"), {"lat": "x"})["failure_modes[2].not_applicable.lat"]
    assert "can't be a key" in problem.message
    assert problem.mend == "did you mean `late`?"


def test_a_pair_that_is_too_short_or_too_long_is_told():
    assert "short" in told(("observe", "volume_between"), [1])["observe.volume_between"].message
    assert told(("observe", "volume_between"), [1, 2, 3])["observe.volume_between"]


REFERENCE_FAULTS = [
    (("outputs", "effects"), lambda at: at.append(dict(at[0])), "outputs.effects[1].id", "twice"),
    (("decisions", 1, "id"), "team", "decisions[1].id", "twice"),
    (("constraints", 1, "id"), "C1", "constraints[1].id", "twice"),
    (("quality", "targets", 1, "id"), "Q1", "quality.targets[1].id", "twice"),
    (("quality", "error_costs", 1, "kind"), "wrong team", "quality.error_costs[1].kind", "twice"),
    (("failure_modes", 1, "id"), "F1", "failure_modes[1].id", "twice"),
    (("escalation", "paths", 1, "id"), "E1", "escalation.paths[1].id", "twice"),
    (("quality", "slices"), ["a", "a"], "quality.slices[1]", "twice"),
    (("scope", "related"), ["a", "a"], "scope.related[1]", "twice"),
    (("cases", "labelled_by"), ["a", "a"], "cases.labelled_by[1]", "twice"),
    (("escalation", "stop", "who"), ["a", "a"], "escalation.stop.who[1]", "twice"),
    (("inputs", "sources", 1, "fields"), ["body", "body"], "inputs.sources[1].fields[1]", "twice"),
    (("inputs", "sources", 1, "personal_data"), ["body", "body"], "inputs.sources[1].personal_data[1]", "twice"),
    (("escalation", "paths", 0, "show"), ["body", "body"], "escalation.paths[0].show[1]", "twice"),
    (("failure_modes", 0, "of"), ["team", "team"], "failure_modes[0].of[1]", "twice"),
    (("decisions", 1, "table", "out"), ["urgent", "urgent"], "decisions[1].table.out[1]", "twice"),
    (("decisions", 1, "table", "in"), ["a", "a"], "decisions[1].table.in[1]", "twice"),
    (("failure_modes",), lambda at: at.append(at[2]), "failure_modes[3].not_applicable.late", "twice"),
    (("scope", "related"), ["whole"], "scope.related[0]", "related to itself"),
    (("observe", "volume_between"), [5, 1], "observe.volume_between", "ends before"),
    (("inputs", "schema"), {"type": "object"}, "inputs.schema", "both"),
    (("outputs", "schema"), {"type": "object"}, "outputs.schema", "both"),
    (("inputs", "fields", "subject"), "text", "inputs.fields.subject", "no bound"),
    (("outputs", "fields", "team"), [], "outputs.fields.team", "nothing"),
    (("inputs", "sources", 1, "fields"), ["order_totl"], "inputs.sources[1].fields[0]", "no input field"),
    (("inputs", "sources", 0, "personal_data"), ["bodi"], "inputs.sources[0].personal_data[0]", "no input field"),
    (("escalation", "paths", 0, "show"), ["team"], "escalation.paths[0].show[0]", "no input field"),
    (("inputs", "when_missing", "subjct"), "review", "inputs.when_missing.subjct", "no input field"),
    (("inputs", "when_missing", "business"), {"use": "no"}, "inputs.when_missing.business.use", "must be `true`"),
    (("inputs", "when_missing", "subject"), {"use": "x" * 301}, "inputs.when_missing.subject.use", "at most 300"),
    (("decisions", 0, "id"), "taem", "decisions[0].id", "no output field"),
    (("outputs", "effects", 0, "id"), "team", "decisions[0].id", "decision and an effect"),
    (("decisions", 1, "table", "out"), ["urgnt"], "decisions[1].table.out[0]", "no output field"),
    (("decisions", 1, "table", "out"), ["team"], "decisions[1].table.out", "does not answer"),
    (("decisions", 1, "table", "rules"), [], "decisions[1].table.rules", "no rules"),
    (("decisions", 1, "table", "rules", 1), ["-", "-"], "decisions[1].table.rules[1]", "wrong number"),
    (("quality", "targets", 0, "at_most"), 1, "quality.targets[0].at_most", "exclude"),
    (("quality", "targets", 0), {"id": "Q1", "metric": "accuracy"}, "quality.targets[0]", "neither"),
    (("quality", "targets", 0, "at_least"), 95, "quality.targets[0].at_least", "from 0 to 1"),
    (("quality", "targets", 2, "at_most"), -0.1, "quality.targets[2].at_most", "from 0 to 1"),
    (("quality", "targets", 0, "of"), "queued", "quality.targets[0].of", "no decision"),
    (("quality", "targets", 0, "class"), "fraud", "quality.targets[0].class", "not about one answer"),
    (("quality", "targets", 1, "class"), "fruad", "quality.targets[1].class", "no answer of `team`"),
    (("quality", "targets", 1, "class"), None, "quality.targets[1].class", "missing"),
    (("quality", "targets", 3, "class"), "true", "quality.targets[3].class", "no answer of `urgent`"),
    (("quality", "targets", 3, "class"), 1, "quality.targets[3].class", "no answer of `urgent`"),
    (("failure_modes", 0, "of"), ["qeued"], "failure_modes[0].of[0]", "no decision or effect"),
    (("quality", "slices"), [" "], "quality.slices[0]", "no name"),
    (("quality", "slices"), [""], "quality.slices[0]", "no name"),
    (("escalation", "paths", 1, "on_timeout"), {}, "escalation.paths[1].on_timeout", "neither"),
    (("escalation", "paths", 1, "on_timeout", "answer"), {}, "escalation.paths[1].on_timeout.answer", "exclude"),
    (
        ("escalation", "paths", 0, "on_timeout", "answer", "team"),
        "x",
        "escalation.paths[0].on_timeout.answer.team",
        "must be",
    ),
    (("autonomy", "caps", 0), {"per": "day"}, "autonomy.caps[0]", "neither"),
    (("autonomy", "caps", 0, "sum"), 5, "autonomy.caps[0].sum", "exclude"),
    (("autonomy", "caps", 1), {"per": "day", "sum": 5}, "autonomy.caps[1].of", "which field"),
    (("autonomy", "caps", 0, "of"), "order_total", "autonomy.caps[0].of", "goes with `sum`"),
    (("autonomy", "caps", 1, "of"), "order_totl", "autonomy.caps[1].of", "no input field"),
    (("autonomy", "caps", 1, "of"), "subject", "autonomy.caps[1].of", "summed"),
    (("questions",), [{"text": "?"}] * 1001, "questions", "too long"),
    (("inputs", "messy"), ["x"] * 1001, "inputs.messy", "too long"),
    (("decisions", 1, "table", "rules"), [["-", "-", True]] * 10_001, "decisions[1].table.rules", "too long"),
]


@pytest.mark.parametrize(("path", "value", "where", "words"), REFERENCE_FAULTS)
def test_parts_that_contradict_each_other_are_told(path, value, where, words):
    found = [problem for problem in problems(changed(path, value)) if problem.where.path == where]
    assert any(words in problem.message or words in (problem.expected or "") for problem in found), found


def test_a_table_needs_rules_or_a_file():
    table = {"in": ["input.order_total"], "out": ["urgent"]}
    assert "no rules" in told(("decisions", 1, "table"), table)["decisions[1].table.rules"].message
    assert read(changed(("decisions", 1, "table"), {**table, "file": "rules.csv"}))


def test_an_answer_in_the_wrong_type_says_so():
    assert told(("quality", "targets", 3, "class"), "true")["quality.targets[3].class"].mend == "take the quotes away"
    data = changed(("outputs", "fields", "team"), ["1", "2", "other"])
    data["quality"]["targets"][1]["class"] = 1
    assert "put quotes around it" in {problem.mend for problem in problems(data)}


def test_long_lists_are_read_up_to_their_limit():
    assert read(changed(("questions",), [{"text": "?"}] * 1000))
    assert read(changed(("decisions", 1, "table", "rules"), [["-", "-", True]] * 10_000))
    assert read(changed(("outputs", "fields", "team"), [*BASE["outputs"]["fields"]["team"], *map(str, range(5000))]))


def test_a_target_without_of_is_about_the_only_decision():
    data = changed(("decisions",), BASE["decisions"][:1])
    data["quality"]["targets"] = [{"id": "Q", "metric": "f1", "class": "fraudd", "at_least": 0.5}]
    data["failure_modes"] = []
    (problem,) = problems(data)
    assert problem.mend == "did you mean `fraud`?"
    data["quality"]["targets"][0]["class"] = "fraud"
    assert read(data)


def test_a_target_in_seconds_or_money_may_be_above_1():
    for metric in ("seconds_p95", "cost_per_item", "expected_cost"):
        assert read(changed(("quality", "targets", 2), {"id": "Q3", "metric": metric, "at_most": 30}))


def test_a_misspelt_metric_is_told_once():
    assert len(told(("quality", "targets", 1, "metric"), "recal")) == 1


def test_a_default_for_all_fields_is_not_held_against_one():
    assert read(changed(("inputs", "when_missing", "*"), {"use": "x"}))


def test_a_class_of_an_open_field_is_taken():
    data = changed(("outputs", "fields", "team"), "text <= 20")
    data["escalation"]["paths"][0]["on_timeout"] = "keep"
    assert read(data)


def test_field_match_may_be_about_any_output_field():
    data = {"remit": 1, "id": "x", "outputs": {"fields": {"a": ["p"], "b": ["q"]}}, "decisions": [{"id": "a"}]}
    target = {"id": "Q", "metric": "field_match", "of": "b", "at_least": 0.9}
    assert read({**data, "quality": {"targets": [target]}})
    assert problems({**data, "quality": {"targets": [{**target, "metric": "accuracy"}]}})


def test_a_json_schema_gives_names_answers_and_flaws_like_the_short_form():
    schema = {
        "type": "object",
        "properties": {"team": {"$ref": "#/$defs/team"}, "urgent": {"type": "boolean"}},
        "$defs": {"team": {"enum": ["orders", "fraud", "other"]}},
        "required": ["team"],
        "additionalProperties": False,
    }
    data = changed(("outputs",), {"schema": schema, "effects": BASE["outputs"]["effects"]})
    assert read(data)
    data["quality"]["targets"][1]["class"] = "fruad"
    assert [problem.mend for problem in problems(data)] == ["did you mean `fraud`?"]
    schema["properties"]["team"] = {"$ref": "https://elsewhere.example/team"}
    data["quality"]["targets"][1]["class"] = "fraud"
    assert [problem.where.path for problem in problems(data)] == ["outputs.schema.properties.team.$ref"]


def test_a_default_for_a_field_behind_a_reference_is_checked():
    schema = {
        "type": "object",
        "properties": {"a": {"$ref": "#/properties/b"}, "b": {"type": "integer"}},
        "required": ["b"],
    }
    data = {"remit": 1, "id": "x", "inputs": {"schema": schema, "when_missing": {"a": {"use": "x"}}}}
    assert [problem.where.path for problem in problems(data)] == ["inputs.when_missing.a.use"]
    data["inputs"]["when_missing"]["a"]["use"] = 5
    assert read(data)


def test_names_are_not_doubted_where_the_fields_are_unknown():
    assert read(
        {"remit": 1, "id": "x", "decisions": [{"id": "a"}], "escalation": {"paths": [{"id": "E", "show": ["b"]}]}}
    )
    schema = {"type": "object", "patternProperties": {"^x": {"type": "number"}}}
    data = {"remit": 1, "id": "x", "inputs": {"schema": schema, "when_missing": {"xa": "review"}}}
    assert read({**data, "autonomy": {"caps": [{"per": "day", "sum": 1, "of": "xa"}]}})


def test_faults_of_the_shape_and_between_parts_are_told_together_in_the_order_of_the_file():
    text = (
        WHOLE.read_text()
        .replace("volume_per_day: 1850", "volume_per_day: many")
        .replace("class: fraud", "class: fruad")
        .replace("[subject, body]}", "[subjct, body]}")
        .replace("audit_share: 0.05", "audit_share: 5%")
    )
    yaml = read_yaml_text(text, "work/whole.yaml")
    with pytest.raises(DefinitionInvalid) as caught:
        read(yaml.data, yaml.source)
    found = caught.value.problems
    assert [problem.where.path for problem in found] == [
        "today.volume_per_day",
        "inputs.sources[0].personal_data[0]",
        "quality.targets[1].class",
        "observe.audit_share",
    ]
    lines = [problem.where.line or 0 for problem in found]
    assert lines == sorted(lines)
    assert all(problem.where.file == "work/whole.yaml" for problem in found)


def test_a_fault_inside_a_field_points_into_its_text():
    text = WHOLE.read_text().replace("kilobytes: number >= 0", "kilobytes: nmber >= 0")
    yaml = read_yaml_text(text, "t.yaml")
    with pytest.raises(DefinitionInvalid) as caught:
        read(yaml.data, yaml.source)
    (problem,) = caught.value.problems
    line = text.splitlines()[problem.where.line - 1]
    assert line[problem.where.column - 1 :].startswith("nmber")
