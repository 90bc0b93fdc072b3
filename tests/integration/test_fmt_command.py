"""``remit fmt`` on files: what it writes, what it only lists, what it leaves alone."""

import io
import json

import pytest

from remit.cli.main import run

UNTIDY = "id: x\nremit:   1\n"
TIDY = "remit: 1\nid: x\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "remit.yaml").write_text("", encoding="utf-8")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "x.yaml").write_text(UNTIDY, encoding="utf-8")
    (tmp_path / "work" / "y.yaml").write_text("remit: 1\nid: y\n", encoding="utf-8")
    return tmp_path


def said(capsys):
    return capsys.readouterr().out


@pytest.mark.parametrize("names", [(), ("x",), ("work/x.yaml",), ("x", "work/y.yaml", "x")])
def test_works_and_files_are_written_anew(project, capsys, names):
    assert run(["fmt", *names]) == 0
    assert "written anew: work/x.yaml" in said(capsys)
    assert (project / "work" / "x.yaml").read_text(encoding="utf-8") == TIDY
    assert run(["fmt", *names, "--check"]) == 0


def test_check_lists_what_would_change_and_writes_nothing(project, capsys):
    assert run(["fmt", "--check"]) == 1
    assert said(capsys) == "would change: work/x.yaml\n"
    assert (project / "work" / "x.yaml").read_text(encoding="utf-8") == UNTIDY


def test_a_file_that_is_no_yaml_is_refused_and_left_alone_and_the_others_are_written(project, capsys):
    broken = project / "work" / "y.yaml"
    broken.write_text("a: [\n", encoding="utf-8")
    assert run(["fmt"]) == 3
    assert "work/y.yaml:2:1: E302" in capsys.readouterr().err
    assert broken.read_text(encoding="utf-8") == "a: [\n"
    assert (project / "work" / "x.yaml").read_text(encoding="utf-8") == TIDY


def test_a_file_that_would_not_change_is_not_touched(project):
    path = project / "work" / "y.yaml"
    before = path.stat()
    assert run(["fmt", "y"]) == 0
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_one_document_says_which_files(project, capsys):
    assert run(["fmt", "--check", "--json"]) == 1
    document = json.loads(said(capsys))
    assert document == {
        "remit": 1,
        "kind": "fmt",
        "check": True,
        "changed": ["work/x.yaml"],
        "unchanged": ["work/y.yaml"],
    }


class Stdin:
    def __init__(self, text):
        self.buffer = io.BytesIO(text.encode())


def test_stdin_goes_to_stdout(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", Stdin(UNTIDY))
    assert run(["fmt", "-"]) == 0
    assert said(capsys) == TIDY
    monkeypatch.setattr("sys.stdin", Stdin(UNTIDY))
    assert run(["fmt", "-", "--check"]) == 1
    assert said(capsys) == "stdin\n"


@pytest.mark.parametrize("more", ["--json", "x"])
def test_stdin_comes_alone(project, more, monkeypatch):
    monkeypatch.setattr("sys.stdin", Stdin(UNTIDY))
    assert run(["fmt", "-", more]) == 2


def test_stdin_has_a_limit(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", Stdin("x: " + "y" * 1_000_000))
    assert run(["fmt", "-"]) == 3
    assert "stdin is too large" in capsys.readouterr().err


def test_a_byte_order_mark_is_taken_out(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "one.yaml"
    file.write_text(TIDY, encoding="utf-8-sig")
    assert run(["fmt", "one.yaml", "--check"]) == 1
    assert run(["fmt", "one.yaml"]) == 0
    assert file.read_bytes() == TIDY.encode()
    assert run(["fmt", "one.yaml", "--check"]) == 0
    monkeypatch.setattr("sys.stdin", Stdin("\ufeff" + TIDY))
    assert run(["fmt", "-", "--check"]) == 1
