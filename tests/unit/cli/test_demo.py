"""What the demo says fits the terminal, and nothing of it is cut off."""

from pathlib import Path

import pytest

from remit.cli.commands.demo.telling import folded

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("work", ["digits", "mortgage"])
def test_lines_of_a_definition_are_shown_whole_and_within_the_width(work, width):
    for line in (EXAMPLES / work / "work" / f"{work}.yaml").read_text(encoding="utf-8").splitlines():
        shown = folded(f"  {line}", width=width)
        assert max(map(len, shown)) <= width
        assert " ".join(" ".join(shown).split()) == " ".join(line.split())
        indent = len(line) - len(line.lstrip()) + 2
        assert [len(more) - len(more.lstrip()) for more in shown] == [indent, *(indent + 2 for _ in shown[1:])]


def test_prose_is_folded_without_an_indent():
    shown = folded("one two three " * 20, width=80)
    assert len(shown) > 1
    assert all(len(line) <= 80 and not line.startswith(" ") for line in shown)
