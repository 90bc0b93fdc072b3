"""Is it closed, bounded, sourced, and said what happens without it?"""

import pytest

TEXT = {"type": "string", "maxLength": 80}


def schema(**properties):
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def test_schemas_that_say_something_pass(work):
    assert work.passes("IO01")


@pytest.mark.parametrize("root", ["inputs", "outputs"])
def test_work_without_a_schema_would_accept_anything(work, root):
    work.drop(f"{root}.fields")
    assert work.fails("IO01") == [f"Anything would be accepted as {root}."]
    assert work.drop(root).places("IO01") == [root]


def test_an_empty_schema_inside_would_accept_anything(work):
    work.data["inputs"] = {"schema": schema(lines={"type": "array", "items": {}}, body=TEXT)}
    assert work.fails("IO01") == ["Anything would be accepted as lines[]."]
    assert work.places("IO01") == ["inputs.schema.properties.lines.items"]


def test_a_schema_that_is_none_is_refused(work):
    work.data["outputs"] = {"schema": {"type": "objekt"}}
    (message,) = work.fails("IO01")
    assert message.startswith("The schema of outputs is no JSON Schema 2020-12: ")


def test_inputs_that_may_all_be_missing_are_refused(work):
    work.put("inputs.fields", {"subject": "optional text <= 80"})
    assert work.fails("IO01") == ["Nothing is required of inputs: an empty one would do."]


def test_a_closed_output_passes(work):
    assert work.passes("IO02")
    work.data["outputs"] = {"schema": schema(team={"enum": ["a", "b"]})}
    assert work.passes("IO02")
    work.data["outputs"]["schema"].pop("additionalProperties")
    work.data["outputs"]["schema"]["unevaluatedProperties"] = False
    assert work.passes("IO02")


def test_every_open_object_of_the_output_is_named(work):
    inner = {"type": "object", "properties": {"text": TEXT}, "additionalProperties": True}
    work.data["outputs"] = {"schema": {"properties": {"lines": {"type": "array", "items": inner}}}}
    assert work.fails("IO02") == [
        "Unknown answers would pass in outputs.",
        "Unknown answers would pass in lines[].",
    ]
    found = work.result("IO02").findings
    assert [one.found for one in found] == ["additionalProperties: not written", "additionalProperties: True"]
    assert found[1].path == ("outputs", "schema", "properties", "lines", "items")


def test_an_output_that_is_not_there_is_not_open(work):
    assert work.drop("outputs.fields").not_applicable("IO02") == "there is no output schema yet"
    assert work.drop("outputs").not_applicable("IO02") == "there is no output schema yet"


@pytest.mark.parametrize(
    "bound",
    [{"maxLength": 9}, {"pattern": "^a$"}, {"enum": ["a"]}, {"const": "a"}, {"format": "date"}],
)
def test_text_with_a_bound_passes(work, bound):
    work.data["inputs"] = {"schema": schema(body={"type": "string", **bound})}
    assert work.passes("IO03")


def test_text_without_a_bound_is_found_however_deep(work):
    open_ = {"type": ["string", "null"]}
    work.data["inputs"] = {"schema": schema(body={"type": "string"}, about=schema(topic=open_), ok={"anyOf": [open_]})}
    work.data["outputs"] = {"schema": schema(team={"type": "string"})}
    assert work.fails("IO03") == [
        "'body' may be a novel.",
        "'about.topic' may be a novel.",
        "'ok' may be a novel.",
        "'team' may be a novel.",
    ]
    assert work.places("IO03")[1:3] == [
        "inputs.schema.properties.about.properties.topic",
        "inputs.schema.properties.ok.anyOf.0",
    ]


def test_references_are_followed_and_circles_end(work):
    node = {"type": "object", "properties": {"text": {"type": "string"}, "next": {"$ref": "#/$defs/node"}}}
    work.data["inputs"] = {"schema": {**schema(first={"$ref": "#/$defs/node"}), "$defs": {"node": node}}}
    assert work.fails("IO03")[0] == "'first.text' may be a novel."
    work.data["inputs"] = {"schema": {"allOf": [{"$ref": "#"}], "type": "object"}}
    assert work.passes("IO03")


def test_a_schema_that_is_true_has_no_text(work):
    work.data["inputs"] = {"schema": schema(anything=True)}
    assert work.passes("IO03")
    assert work.fails("IO01") == ["Anything would be accepted as anything."]


def test_bounds_are_not_asked_where_there_is_no_schema(work):
    assert work.drop("inputs").drop("outputs").not_applicable("IO03") == "there is no schema yet"


def test_inputs_of_which_everything_is_foreseen_pass(work):
    assert work.passes("IO04")


def test_a_required_input_nobody_foresaw_to_be_missing_is_named(work):
    work.drop("inputs.when_missing.*")
    assert work.fails("IO04") == [
        f"Nobody knows what to do without {name}." for name in ("body", "received", "business")
    ]
    assert work.places("IO04")[0] == "inputs.when_missing"


def test_what_may_be_missing_is_not_asked_where_nothing_is_required(work):
    assert work.drop("inputs").not_applicable("IO04") == "no input is required"


def test_inputs_with_source_and_owner_pass(work):
    assert work.passes("IO05")


def test_an_input_from_nowhere_is_named(work):
    work.put("inputs.sources.0.fields", ["subject", "body"])
    assert work.fails("IO05") == [f"'{name}' comes from nowhere." for name in ("received", "business", "country")]


def test_a_source_that_nobody_owns_is_named(work):
    assert work.drop("inputs.sources.0.owner").fails("IO05") == ["Nobody owns what comes from help desk."]
    assert work.places("IO05") == ["inputs.sources.0"]


def test_sources_are_not_asked_where_there_are_no_inputs(work):
    assert work.drop("inputs").not_applicable("IO05") == "there are no inputs yet"


def test_sound_expressions_pass(work):
    assert work.passes("IO06")


@pytest.mark.parametrize(
    ("path", "source", "why", "mend"),
    [
        ("constraints.0.expr", "input.boddy == ''", "`boddy` is not a field of `input`", "Did you mean `input.body`?"),
        ("failure_modes.0.detect", "output.team > 3", "`>` can't take text and an integer", None),
        ("uncertainty.review_when", "answr.confidence < 0.5", "`answr` is not known here", None),
        ("escalation.paths.0.when", "input.body == ''", "`input` is not known here", None),
        ("intent.stop_if.when", "outcome.velue > 1.0", "`velue` is not a field of `outcome`", None),
    ],
)
def test_an_expression_with_an_unknown_field_or_type_is_found(work, path, source, why, mend):
    work.put(path, source)
    assert work.fails("IO06") == [f"'{source}': {why}."]
    assert work.places("IO06") == [path]
    if mend:
        assert work.result("IO06").findings[0].mend == mend


def test_expressions_are_not_asked_where_there_are_none(work):
    work.data = {"remit": 1, "id": "draft"}
    assert work.not_applicable("IO06") == "there are no expressions"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("constraints.0.expr", "output.reason != ''"),
        ("constraints.0.expr", "output['reason'] != ''"),
        ("constraints.0.expr", "output == output"),
        ("quality.targets.0.of", "reason"),
        ("outputs.effects.0.what", "the letter with the reason is sent"),
        ("scope.related", ["letters"]),
    ],
)
def test_an_output_that_something_uses_passes(work, path, value):
    assert work.put("outputs.fields.reason", "text <= 200").put(path, value).passes("IO08")


def test_an_output_nothing_uses_is_named(work):
    assert work.passes("IO08")
    assert work.put("outputs.fields.reason", "text <= 200").fails("IO08") == ["'reason' is produced and never used."]
    assert work.places("IO08") == ["outputs.fields.reason"]
    work.data["outputs"] = {"schema": schema(team={"enum": ["a"]}, reason=TEXT)}
    assert work.drop("quality").drop("scope").places("IO08") == ["outputs.schema.properties.reason"]


def test_use_is_not_asked_where_there_are_no_outputs(work):
    assert work.drop("outputs").not_applicable("IO08") == "there are no outputs yet"


@pytest.mark.parametrize(
    "name",
    ["email", "customer_name", "phoneNumber", "date_of_birth", "applicant_age", "name", "iban", "home_address", "SSN"],
)
def test_a_field_that_looks_personal_has_to_be_marked(work, name):
    work.put(f"inputs.fields.{name}", "text <= 80")
    assert work.fails("IO09") == [f"'{name}' looks personal and is not marked."]
    assert work.places("IO09") == [f"inputs.fields.{name}"]
    work.data["inputs"]["sources"][0]["personal_data"].append(name)
    assert work.passes("IO09")


@pytest.mark.parametrize(
    "name",
    ["trace", "file_name", "product_name", "team_name", "url_address", "mail_class", "storage", "sexton", "pixels"],
)
def test_a_name_that_only_holds_such_a_word_is_not_personal(work, name):
    assert work.put(f"inputs.fields.{name}", "text <= 80").passes("IO09")


def test_a_source_that_is_personal_as_a_whole_marks_its_fields(work):
    work.put("inputs.fields.email", "text <= 80").put("inputs.sources.0.personal_data", value=True)
    assert work.passes("IO09")
    work.put("inputs.sources.0.fields", ["email"])
    assert work.passes("IO09")
    work.put("inputs.sources.0.fields", ["body"])
    assert work.fails("IO09")


def test_an_owner_may_say_of_a_field_by_its_name_that_it_is_not_personal(work):
    work.put("inputs.fields.email", "text <= 80").put("inputs.sources.0.personal_data", value=False)
    assert work.fails("IO09")
    work.put("inputs.sources.0.fields", ["email"])
    assert work.passes("IO09")


def test_a_nested_field_and_a_format_are_looked_at_too(work):
    mail = {"type": "string", "format": "email"}
    work.data["inputs"] = {"schema": schema(sender=schema(first_name=TEXT), reply_to=mail, phones={"items": TEXT})}
    assert work.fails("IO09") == [
        "'sender.first_name' looks personal and is not marked.",
        "'reply_to' looks personal and is not marked.",
    ]
    assert work.result("IO09").findings[0].expected == "personal_data: [sender] at its source"


def test_personal_data_is_not_asked_where_there_are_no_inputs(work):
    assert work.drop("inputs").not_applicable("IO09") == "there are no inputs yet"
