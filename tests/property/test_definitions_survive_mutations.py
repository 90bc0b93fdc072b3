"""Whatever is done to a definition, it is read or refused with a place; never anything else."""

import copy
import json
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from remit.definition.digests import canonical_json, definition_digest, evidence_digest
from remit.definition.model import Definition
from remit.definition.reading import read
from remit.definition.schemas import SchemaCheck, coercer, input_schema, output_schema
from remit.definition.schemas.fields import build_fields
from remit.errors import RemitError
from remit.files.yaml_reader import read_yaml, read_yaml_text

WHOLE = Path(__file__).parents[1] / "data" / "whole.yaml"
TEXT = WHOLE.read_text(encoding="utf-8")
DATA = read_yaml(WHOLE).data

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["unknown", "team", "*", "review", "text <= 5", "30m", "id", "not_applicable", "use", "#", "$ref"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from(sorted(DATA)), below, max_size=3)
    ),
    max_leaves=8,
)


def paths(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, below in value.items():
            yield from paths(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from paths(below, (*path, index))


PATHS = [path for path in paths(DATA) if path]
KEYS = sorted({part for path in PATHS for part in path if isinstance(part, str)})


def parent_of(data, path):
    for part in path[:-1]:
        data = data[part]
    return data


@st.composite
def mutated(draw):
    """The example with one to three values replaced, taken away, moved, or added under some key."""
    data = copy.deepcopy(DATA)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from([path for path in paths(data) if path] or [("id",)]))
        parent = parent_of(data, path)
        match draw(st.sampled_from(["replace", "take", "copy", "add", "rename", "repeat"])):
            case "replace":
                parent[path[-1]] = draw(VALUES)
            case "take":
                del parent[path[-1]]
            case "copy":
                other = draw(st.sampled_from(PATHS))
                parent[path[-1]] = copy.deepcopy(parent_of(DATA, other)[other[-1]])
            case "add" if isinstance(parent, dict):
                parent[draw(st.sampled_from(KEYS) | st.text(max_size=8))] = draw(VALUES)
            case "rename" if isinstance(parent, dict):
                parent[draw(st.sampled_from(KEYS)) + draw(st.sampled_from(["", "s", "_"]))] = parent.pop(path[-1])
            case "repeat" if isinstance(parent, list):
                parent.append(copy.deepcopy(parent[path[-1]]))
    return data


def outcome(do):
    """What was read, or the refusal, which has exit code 3 and says where."""
    try:
        found = do()
    except RemitError as error:
        found = error
    assert not isinstance(found, RemitError) or (found.exit_code == 3 and found.problems)
    return found


@settings(max_examples=400)
@given(mutated())
def test_mutated_data_gives_a_definition_or_problems_with_a_path(data):
    found = outcome(lambda: read(data))
    if isinstance(found, Definition):
        assert len(definition_digest(found)) == len(evidence_digest(found)) == 64
        for schema in (input_schema(found), output_schema(found)):
            SchemaCheck(schema).is_valid(coercer(schema)({"subject": 1, "team": []}))
    else:
        assert all(problem.message and "constrained" not in problem.message for problem in found.problems)


@settings(max_examples=200)
@given(mutated())
def test_a_mutated_file_gives_a_definition_or_problems_at_its_lines(data):
    text = json.dumps(data, indent=1, ensure_ascii=False)

    def load():
        yaml = read_yaml_text(text, "work/whole.yaml")
        return read(yaml.data, yaml.source)

    found = outcome(load)
    if isinstance(found, RemitError):
        n_lines = len(text.splitlines())
        for problem in found.problems:
            assert problem.where.file == "work/whole.yaml"
            assert 1 <= (problem.where.line or 0) <= n_lines + 1
            assert (problem.where.column or 0) >= 1


@settings(max_examples=300)
@given(st.data())
def test_mutated_text_gives_a_definition_or_problems_at_its_lines(data):
    at = data.draw(st.integers(0, len(TEXT)))
    gone = data.draw(st.integers(0, 30))
    piece = data.draw(
        st.text(max_size=6)
        | st.sampled_from(
            [
                "\t",
                ": ",
                "- ",
                "[",
                "{",
                "'",
                '"',
                "&a ",
                "*a",
                "!x ",
                "<<: ",
                "\n---\n",
                "#",
                "\x85",
                "\u2028",
                "🙂",
                "\0",
            ]
        )
    )
    text = TEXT[:at] + piece + TEXT[at + gone :]

    def load():
        yaml = read_yaml_text(text, "work/whole.yaml")
        return read(yaml.data, yaml.source)

    found = outcome(load)
    if isinstance(found, RemitError):
        for problem in found.problems:
            assert problem.where.file == "work/whole.yaml"
            assert problem.where.line or "half a character" in problem.message


@settings(max_examples=300)
@given(st.text(max_size=60))
@example("a: &a [*a]")
@example("? [a]\n: *b\n<<: 1")
def test_any_text_is_yaml_or_refused(text):
    outcome(lambda: read_yaml_text(text))


@settings(max_examples=300)
@given(st.text(alphabet="abtex listof<=.0123456789{}[],:'\"#/>", max_size=40) | VALUES)
def test_any_field_is_built_or_refused_with_a_place(field):
    built = build_fields({"f": field})
    if built.schema is not None:
        check = SchemaCheck(built.schema)
        check.is_valid({"f": field})
        coercer(built.schema)({"f": field})
    else:
        assert all(flaw.path[:1] == ("f",) and flaw.message for flaw in built.flaws)
        columns = [flaw.column for flaw in built.flaws if flaw.column is not None and isinstance(field, str)]
        assert all(1 <= column <= len(field) + 1 for column in columns)


@settings(max_examples=200)
@given(VALUES)
def test_any_schema_is_used_or_refused(part):
    schema = {"type": "object", "properties": {"a": part}, "$defs": {"d": part}}
    outcome(lambda: read({"remit": 1, "id": "x", "inputs": {"schema": schema, "when_missing": {"a": {"use": 1}}}}))


@settings(max_examples=200)
@given(VALUES)
def test_canonical_json_says_the_same_and_is_its_own_canonical_form(value):
    written = canonical_json(value)
    assert json.loads(written) == value
    assert canonical_json(json.loads(written)) == written
