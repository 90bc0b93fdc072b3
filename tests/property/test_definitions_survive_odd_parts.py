"""Every part of a definition replaced by every odd thing: read or refused, never anything else."""

import copy
from pathlib import Path

import pytest

from remit.definition.model import Definition
from remit.definition.reading import read
from remit.errors import DefinitionInvalid
from remit.files.yaml_reader import read_yaml

WHOLE = read_yaml(Path(__file__).parents[1] / "data" / "whole.yaml").data
ODD = [None, 5, "x", [], {}, [5], [{}], {"id": []}]
KEYS = ("id", "of", "class", "rules", "in", "out", "fields", "file", "answer", "sum", "metric", "use", "not_applicable")


def parts(value, path=()):
    """The way to every mapping and list; of a list, only its first entry is entered."""
    if isinstance(value, dict):
        yield path
        for key, below in value.items():
            yield from parts(below, (*path, key))
    elif isinstance(value, list):
        yield path
        if value:
            yield from parts(value[0], (*path, 0))


PATHS = [path for path in parts(WHOLE) if path]


def changed(path, value):
    data = copy.deepcopy(WHOLE)
    at = data
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    return data


def outcome(data):
    try:
        return read(data)
    except DefinitionInvalid as error:
        return error


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_an_odd_part_anywhere_is_read_or_refused_with_its_path(odd):
    for path in PATHS:
        found = outcome(changed(path, odd))
        assert isinstance(found, Definition) or all(problem.where.path for problem in found.problems)


@pytest.mark.parametrize("odd", ODD, ids=str)
@pytest.mark.parametrize("key", KEYS)
def test_an_odd_value_under_a_key_that_others_ask_for_is_read_or_refused(key, odd):
    for path in PATHS:
        if isinstance(path[-1], int) and path[0] not in ("intent", "questions"):
            found = outcome(changed((*path, key), odd)) if isinstance(value_at(path), dict) else None
            assert found is None or isinstance(found, Definition) or found.problems


def value_at(path):
    value = WHOLE
    for part in path:
        value = value[part]
    return value
