"""What comparing and formatting a definition of 400 lines cost, beside reading the files."""

from __future__ import annotations

from collections.abc import Iterable

from bench.figure import Figure
from bench.measure import cpu_seconds
from bench.reading import LINES, definition
from remit.definition.differences import compare
from remit.definition.reading import read
from remit.files.yaml_format import format_definition
from remit.files.yaml_reader import read_yaml_text

WANTED = 400
RULE = '        - ["> {n}", "-", true]'


def long_definition(*, changed: bool) -> str:
    """The definition of the reading benchmark with rules added to its table; ``changed``: most lines differ."""
    lines = definition().splitlines()
    at = next(number for number, line in enumerate(lines) if line.strip() == "rules:") + 1
    step = 3 if changed else 2
    rules = [RULE.format(n=1000 + step * n) for n in range(WANTED - LINES)]
    text = "\n".join([*lines[:at], *rules, *lines[at:]]) + "\n"
    return text.replace("severity: 5,", "severity: 6,").replace("another way", "one more way") if changed else text


def figures() -> Iterable[Figure]:
    """Comparing two definitions in which most lines differ, and formatting one."""
    texts = [long_definition(changed=changed) for changed in (False, True)]

    def both() -> list[object]:
        return [read(file.data, file.source) for file in map(read_yaml_text, texts)]

    before, after = (read(read_yaml_text(text).data) for text in texts)
    if len(compare(before, after).changes) < WANTED // 2:
        raise AssertionError("the definitions are to differ in most lines")
    reading = cpu_seconds(both, repeats=10) * 1e3
    yield Figure(
        name=f"compare two definitions of {WANTED} lines that differ in most of them",
        unit="ms",
        ours=cpu_seconds(lambda: compare(before, after), repeats=10) * 1e3,
        baseline=reading,
        baseline_name="reading the two",
        goal=100,
    )
    yield Figure(
        name=f"format a definition of {WANTED} lines",
        unit="ms",
        ours=cpu_seconds(lambda: format_definition(texts[0]), repeats=10) * 1e3,
        baseline=reading / 2,
        baseline_name="reading it",
        goal=200,
    )
