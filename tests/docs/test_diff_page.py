"""The page on ``remit diff`` shows what the command says about the changes that it lists."""

import re

import pytest
from tests.docs.test_reference import examples, page

from remit.cli.main import run
from remit.definition.differences import ChangeKind


@pytest.fixture
def compared(tmp_path, monkeypatch, capsys):
    """What the command says about the changes in the table of the page."""
    (text,) = examples("reference/definition", "yaml", mark="a whole definition")
    rows = re.findall(r"^\| `([^|]+)` \| `([^|]+)` \|$", page("reference/diff").split("## Which way")[0], re.MULTILINE)
    assert len(rows) == 5
    changed = text
    for was, now in rows:
        assert changed.count(was) == 1, was
        changed = changed.replace(was, now)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "old.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "new.yaml").write_text(changed, encoding="utf-8")
    assert run(["diff", "old.yaml", "new.yaml"]) == 1
    return capsys.readouterr().out


def test_what_is_shown_is_what_the_command_says(compared):
    assert examples("reference/diff", "text", mark="the five changes") == [compared]


def test_every_class_stands_on_the_page_and_in_the_example(compared):
    for kind in ChangeKind:
        assert f"| **{kind.value}** |" in page("reference/diff")
        assert f"\n{kind.value.capitalize()}: " in compared
