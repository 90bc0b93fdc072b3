"""Whatever a definition says or leaves out, readiness judges it and never breaks."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from remit.definition.reading import read
from remit.errors import DefinitionInvalid
from remit.files.yaml_reader import read_yaml
from remit.readiness import Facts, State
from remit.readiness.judge import judge

TRIAGE = read_yaml(Path(__file__).resolve().parents[1] / "data" / "triage-email.yaml").data
NOW = datetime(2026, 11, 22, tzinfo=UTC)
SCHEMA = st.recursive(
    st.sampled_from(
        [True, {}, {"type": "string"}, {"type": "integer", "minimum": 0}, {"enum": ["a", 1, None]}, {"$ref": "#"}]
    ),
    lambda inner: st.one_of(
        st.builds(lambda one: {"type": "array", "items": one}, inner),
        st.builds(lambda one: {"anyOf": [one, {"type": "null"}]}, inner),
        st.builds(lambda one: {"type": "object", "properties": {"email": one, "b": one}, "required": ["b"]}, inner),
    ),
    max_leaves=4,
)


def paths(value, path=()):
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in children:
        yield from paths(below, (*path, key))


PATHS = [path for path in paths(TRIAGE) if path and path[0] not in ("remit", "id")]
VALUES = st.sampled_from(
    ["unknown", "", "x", "one thing", 0, 1, -1.5, 1e9, True, None, [], {}, ["a"], "30d", "true", "1 +"]
)


def placed(data, path, value, *, drop):
    at = data
    for key in path[:-1]:
        if not isinstance(at, dict | list) or (isinstance(at, list) and key >= len(at)):
            return
        at = at.get(key) if isinstance(at, dict) else at[key]
    if isinstance(at, dict):
        at.pop(path[-1], None) if drop else at.update({path[-1]: value})
    elif isinstance(at, list) and path[-1] < len(at):
        at[path[-1]] = value


def judged(data):
    try:
        definition = read(data)
    except DefinitionInvalid:
        return None
    return judge(definition, Facts(), now=NOW)


@settings(max_examples=150)
@given(st.lists(st.tuples(st.sampled_from(PATHS), VALUES, st.booleans()), min_size=1, max_size=6))
def test_a_changed_definition_is_refused_by_reading_or_judged(changes):
    data = copy.deepcopy(TRIAGE)
    for path, value, drop in changes:
        placed(data, path, value, drop=drop)
    found = judged(data)
    if found is not None:
        for result in found.results:
            assert bool(result.findings) is (result.state in (State.FAIL, State.UNKNOWN))
            assert all(one.message and one.mend for one in result.findings), json.dumps(data)


@settings(max_examples=80)
@given(st.sampled_from(["inputs", "outputs"]), SCHEMA)
def test_any_schema_is_refused_by_reading_or_judged(root, schema):
    data = copy.deepcopy(TRIAGE)
    properties = {"team": schema, "subject": schema, "body": schema}
    data[root] = {"schema": {"type": "object", "properties": properties, "required": ["team"]}}
    judged(data)
