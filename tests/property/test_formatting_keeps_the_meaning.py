"""Formatting says the same again: on every definition there is, and on what chance makes of them."""

import json
import re
import shutil
from pathlib import Path
from random import Random  # noqa: TID251

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.definition.digests import definition_digest
from remit.definition.reading import read
from remit.errors import InvalidInput
from remit.files.definitions import load_definition
from remit.files.yaml_format import format_definition
from remit.files.yaml_format.tree import comments_of
from remit.files.yaml_reader import read_yaml_text

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*(ROOT / "tests" / "data").glob("*.yaml"), *(ROOT / "examples").glob("*/work/*.yaml")])
TEXTS = [path.read_text(encoding="utf-8") for path in FILES]


def meaning(text):
    return json.dumps(read_yaml_text(text).data, sort_keys=True)


def hold(text):
    """What holds for every text that is YAML; its formatted text."""
    made = format_definition(text)
    assert format_definition(made) == made
    assert meaning(made) == meaning(text)
    assert sorted(comments_of(made)) == sorted(comments_of(text))
    assert not re.search(r"[ \t]$|\n\n\n|\t", re.sub(r"(?m)^ *[\w-]+: [|>][\s\S]*", "", made), re.MULTILINE)
    return made


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_definition_there_is_says_the_same_when_it_is_formatted(path):
    hold(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [path for path in FILES if path.stem != "ten-faults"], ids=lambda path: path.stem)
def test_the_definition_digest_is_the_same_before_and_after(path, tmp_path):
    before = load_definition(path).definition
    for beside in path.parent.glob("*.csv"):
        shutil.copy(beside, tmp_path)
    after = tmp_path / path.name
    after.write_text(format_definition(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert definition_digest(load_definition(after).definition) == definition_digest(before)


def cut(rng, lines):
    del lines[rng.randrange(len(lines))]


def comment(rng, lines):
    at = rng.randrange(len(lines) + 1)
    lines.insert(at, " " * rng.randrange(9) + f"# note {rng.randrange(100)}")


def beside(rng, lines):
    at = rng.randrange(len(lines))
    lines[at] += rng.choice(["  # beside", " #", " # and more"])


def blank(rng, lines):
    for _ in range(rng.randrange(1, 4)):
        lines.insert(rng.randrange(len(lines) + 1), " " * rng.randrange(3))


def wrap(rng, lines):
    """Break a line in brackets at its commas, with a comment here and there."""
    at = rng.randrange(len(lines))
    if "{" in lines[at] or "[" in lines[at]:
        more = rng.choice(["", "  # of this", "\n      # above"])
        lines[at] = lines[at].replace(", ", f",{more}\n      ")


SIGNS = ["'", '"', "#", ":", " ", "-", "&a ", "*a", "é\U0001f642", "\\", "|", "[", "{}", "~", "12", ": ", "? "]


def characters(rng, lines):
    at = rng.randrange(len(lines))
    line = lines[at]
    place = rng.randrange(len(line) + 1)
    some = rng.choice(
        ["'", '"', "#", ":", " ", "-", "&a ", "*a", "é\U0001f642", "\\", "|", "[", "{}", "~", "12", ": ", "? "]
    )
    lines[at] = line[:place] + some + line[place:]


def move(rng, lines):
    """A whole section to another place: its key at the margin and all that is indented below."""
    starts = [number for number, line in enumerate(lines) if re.match(r"\w", line)]
    if len(starts) > 2:
        which = rng.randrange(len(starts) - 1)
        section = lines[starts[which] : starts[which + 1]]
        del lines[starts[which] : starts[which + 1]]
        lines[:0] = section


def deeper(rng, lines):
    lines[:] = [re.sub(r"^( +)", r"\1\1", line) for line in lines]


CHANGES = [cut, comment, comment, beside, blank, wrap, wrap, characters, move, deeper]


@pytest.mark.parametrize("seed", range(25))
def test_whatever_chance_makes_of_a_definition_is_formatted_or_refused(seed):
    rng = Random(seed)
    n_formatted = 0
    for _ in range(12):
        text = rng.choice(TEXTS)
        end = rng.choice(["\n", "\n", "\n", "\r\n"])
        lines = text.split("\n")
        for _ in range(rng.randrange(1, 9)):
            rng.choice(CHANGES)(rng, lines)
        mutated = end.join("\n".join(lines).split("\n"))
        try:
            read_yaml_text(mutated)
        except InvalidInput:
            with pytest.raises(InvalidInput):
                format_definition(mutated)
            continue
        hold(mutated)
        n_formatted += 1
    assert n_formatted


signs = st.sampled_from("ab \n\t:#'\"-\\{}[],?!&*|>%@`é\U0001f642\x07\x85\u2028\ufeff0189.~=<_")
words = st.text(alphabet=signs, max_size=60)
parts = st.sampled_from(["word", "it's", "#3", "a:", "- b", "  ", "\n", "x" * 50])
long_words = st.lists(parts, max_size=40).map(" ".join)
numbers = st.floats(allow_nan=False, allow_infinity=False)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), numbers, words, long_words)
values = st.recursive(
    scalars,
    lambda below: st.one_of(st.lists(below, max_size=4), st.dictionaries(words, below, max_size=4)),
    max_leaves=25,
)
keys = st.one_of(st.sampled_from(["title", "remit", "intent", "when"]), words)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(keys, values, min_size=1, max_size=6),
    st.sampled_from([True, False, None]),
    st.sampled_from([None, '"', "'", "|", ">"]),
)
def test_any_values_in_any_style_come_back(data, flow, style):
    text = yaml.dump(data, default_flow_style=flow, default_style=style, allow_unicode=True, sort_keys=False)
    text = re.sub(r"!!(?:int|float|bool|null|str) ", "", text)
    try:
        read_yaml_text(text)
    except InvalidInput:
        return
    hold_values(text)


def hold_values(text):
    made = format_definition(text)
    assert meaning(made) == meaning(text)
    assert format_definition(made) == made


def test_the_digest_of_a_definition_in_another_order_stays(tmp_path):
    text = next(text for text in TEXTS if "\nid: refunds" in text)
    data = read_yaml_text(text).data
    turned = yaml.safe_dump(dict(reversed(data.items())), sort_keys=False, width=60)
    assert definition_digest(read(read_yaml_text(format_definition(turned)).data)) == definition_digest(read(data))
