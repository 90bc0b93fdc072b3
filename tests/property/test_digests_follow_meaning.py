"""A digest follows what is meant, and nothing else."""

import copy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.definition.digests import definition_digest, evidence_digest
from remit.definition.reading import read
from remit.errors import DefinitionInvalid
from remit.files.yaml_reader import read_yaml, read_yaml_text

WHOLE = Path(__file__).parents[1] / "data" / "whole.yaml"
TEXT = WHOLE.read_text(encoding="utf-8")
DATA = read_yaml(WHOLE).data
EVIDENCE_PARTS = ("inputs", "outputs", "decisions", "scope", "constraints", "quality")


def digests(data):
    definition = read(data)
    return definition_digest(definition), evidence_digest(definition)


BASE = digests(DATA)


def shuffled(value, rng):
    if isinstance(value, dict):
        items = [(key, shuffled(below, rng)) for key, below in value.items()]
        rng.shuffle(items)
        return dict(items)
    return [shuffled(below, rng) for below in value] if isinstance(value, list) else value


def numbers(value, whole):
    """Every whole number as a float, or the other way round."""
    if isinstance(value, dict):
        return {
            key: below
            if key in ("remit", "severity", "occurrence", "detection", "minimum", "min_items", "min_days", "items")
            else numbers(below, whole)
            for key, below in value.items()
        }
    if isinstance(value, list):
        return [numbers(below, whole) for below in value]
    if isinstance(value, float) and value.is_integer() and whole:
        return int(value)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) and not whole else value


@settings(max_examples=50)
@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_changes_no_digest(rng):
    assert digests(shuffled(DATA, rng)) == BASE


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, TEXT.count("\n")), st.text(alphabet="abc #:'\"-[]{}ä🙂 ", max_size=20))))
def test_comments_and_empty_lines_change_no_digest(comments):
    lines = TEXT.splitlines()
    for at, words in sorted(comments, reverse=True):
        lines[at:at] = [f"# {words}", ""]
    assert digests(read_yaml_text("\n".join(lines)).data) == BASE


def test_formatting_changes_no_digest():
    import json

    for indent in (None, 1, 4):
        assert digests(read_yaml_text(json.dumps(DATA, indent=indent, ensure_ascii=indent == 1)).data) == BASE


@pytest.mark.parametrize("whole", [True, False])
def test_whole_numbers_may_be_written_with_a_point(whole):
    assert digests(numbers(DATA, whole)) == BASE


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, below in value.items():
            yield from leaves(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from leaves(below, (*path, index))
    else:
        yield path


LEAVES = sorted(leaves(DATA), key=str)
OTHERS = [
    "another text",
    "text <= 7",
    "review",
    "block",
    "reject",
    "fraud",
    0.5,
    7,
    True,
    False,
    "5h",
    "recall",
    "FIRST",
    "rule",
]


@settings(max_examples=400)
@given(st.sampled_from(LEAVES), st.sampled_from(OTHERS))
def test_any_change_of_a_value_changes_the_digests_that_are_about_it(path, value):
    data = copy.deepcopy(DATA)
    at = data
    for part in path[:-1]:
        at = at[part]
    if at[path[-1]] == value:
        return
    at[path[-1]] = value
    try:
        definition, evidence = digests(data)
    except DefinitionInvalid:
        return
    assert (definition == BASE[0]) == (path[0] in ("title", "questions"))
    assert (evidence == BASE[1]) == (path[0] not in EVIDENCE_PARTS)
