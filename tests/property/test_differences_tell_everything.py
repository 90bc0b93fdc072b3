"""Whatever chance changes in a definition is told, and nothing is told where the meaning is the same."""

import copy
from pathlib import Path
from random import Random  # noqa: TID251

import pytest

from remit.definition.differences import compare
from remit.definition.digests import definition_digest, evidence_digest
from remit.definition.reading import read
from remit.errors import DefinitionInvalid
from remit.files.yaml_reader import read_yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    *(ROOT / "tests" / "data" / name for name in ("whole.yaml", "refunds.yaml", "triage-email.yaml")),
    *sorted((ROOT / "examples").glob("*/work/*.yaml")),
]
DATA = [read_yaml(path).data for path in FILES]


def holders(value):
    """Every list and mapping in the data that holds something."""
    if isinstance(value, dict | list) and value:
        yield value
        for below in value.values() if isinstance(value, dict) else value:
            yield from holders(below)


def change(rng, data):
    every = list(holders(data))
    holder = rng.choice(every)
    key = rng.choice(list(holder)) if isinstance(holder, dict) else rng.randrange(len(holder))
    what = rng.randrange(5)
    if what == 0:
        del holder[key]
    elif what == 1 and isinstance(holder, list):
        holder.reverse()
    elif what == 2 and isinstance(holder, list):
        holder.insert(0, copy.deepcopy(holder[key]))
    elif what == 3:
        other = rng.choice(every)
        holder[key] = copy.deepcopy(rng.choice(list(other.values()) if isinstance(other, dict) else other))
    else:
        old = holder[key]
        plain = {bool: not old, int: 7, float: 0.25, str: f"{old} more"}
        holder[key] = plain.get(type(old), rng.choice([1, "text <= 9", ["a", "b"], {"use": 1}, "reject", "keep"]))


@pytest.mark.parametrize("seed", range(20))
def test_whatever_chance_changes_is_told(seed):
    rng = Random(seed)
    n_read = 0
    while n_read < 12:
        data = rng.choice(DATA)
        mutated = copy.deepcopy(data)
        for _ in range(rng.randrange(1, 4)):
            change(rng, mutated)
        try:
            before, after = read(data), read(mutated)
        except DefinitionInvalid:
            continue
        n_read += 1
        found = compare(before, after)
        assert bool(found.changes) == (before != after)
        assert found.voids_evidence == (evidence_digest(before) != evidence_digest(after))
        assert definition_digest(before) == definition_digest(after) or found.changes
        assert not found.voids_evidence or any(one.evidence for one in found.changes)
        assert all(one.sentence.endswith(".") and one.path for one in found.changes)
        assert compare(after, after).changes == ()
