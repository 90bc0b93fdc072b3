"""``remit intent`` from its arguments to its exit code."""

import io
import json

import pytest

from remit.cli.main import run

DRAFT = (
    "For each supplier invoice received, compare amount and account with the purchase order and return approve, query "
    "or reject; at most 1 in 200 approvals wrong; if the account changed, it goes to a person; the Finance Director is "
    "accountable."
)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def stdin(monkeypatch, content):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_an_intent_leaves_with_1_and_a_draft_with_0(capsys):
    assert run(["intent", "We want to automate X."]) == 1
    assert "Not yet executable: intent only" in capsys.readouterr().out
    assert run(["intent", DRAFT]) == 0
    assert "Executable draft" in capsys.readouterr().out


def test_the_document_of_one_sentence(capsys):
    assert run(["intent", "--json", "Classify each incoming ticket."]) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["remit"], document["kind"], document["verdict"]) == (1, "intent", "partly defined")
    assert document["slots"][0] == {"slot": "action", "words": "Classify each incoming ticket"}
    assert [one["slot"] for one in document["questions"]] == ["input", "tolerance", "escalation"]
    assert document["findings"] == []


def test_a_file_is_read_line_by_line_and_markdown_by_paragraph(here, capsys):
    (here / "plan.txt").write_text(f"We want to automate X.\n{DRAFT}\n", encoding="utf-8")
    (here / "plan.md").write_text("# Plan\n\nClassify each\nticket.\n", encoding="utf-8")
    assert run(["intent", "plan.txt", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["kind"] == "intents"
    assert document["counts"] == {"intent only": 1, "partly defined": 0, "executable draft": 1}
    assert [one["line"] for one in document["statements"]] == [1, 2]
    assert run(["intent", "plan.md"]) == 1
    said = capsys.readouterr().out
    assert "1 statement: 0 intent only, 1 partly defined, 0 executable draft." in said
    assert max(map(len, said.splitlines())) <= 80


def test_stdin_is_read_line_by_line(monkeypatch, capsys):
    stdin(monkeypatch, DRAFT.encode())
    assert run(["intent", "-"]) == 0
    assert "1 executable draft" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [(b"", 2, "no sentence"), (b"\xff\xfea", 3, "not UTF-8"), (b"x" * 1_000_001, 3, "too large")],
)
def test_bad_input_is_refused_in_plain_words(monkeypatch, capsys, content, code, said):
    stdin(monkeypatch, content)
    assert run(["intent", "-"]) == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("text", "code"), [("", 2), ("...", 2), ("nowhere.md", 3), ("a\udc80b", 1), ("x" * 9000, 1)])
def test_odd_arguments_give_no_traceback(text, code, capsys):
    assert run(["intent", text]) == code
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err


def test_a_file_of_any_name_that_is_there_is_read(here, capsys):
    (here / "plan").write_text("Classify each ticket.\n", encoding="utf-8")
    assert run(["intent", "plan"]) == 1
    assert "1 partly defined" in capsys.readouterr().out
