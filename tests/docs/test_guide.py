"""The guide can be followed from its first line to its last: its files are written, its commands run, in order."""

import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from remit.cli.main import run
from remit.project import Project

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide" / "first-work.md"
BLOCK = re.compile(
    r"(?:<!-- (?P<what>file|put into): (?P<path>\S+) -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S
)
EXIT_CODE = re.compile(r"\s+# exit code (\d+)$")


@dataclass(frozen=True, kw_only=True)
class Block:
    """One fenced block: something to write (``what`` and ``path``), commands (bash), or what they said (text)."""

    what: str | None
    path: str | None
    kind: str
    text: str


def blocks():
    return [Block(**found.groupdict()) for found in BLOCK.finditer(GUIDE.read_text(encoding="utf-8"))]


def write(block, folder):
    path = folder / block.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if block.what == "file":
        path.write_text(block.text, encoding="utf-8")
        return
    sections = re.split(r"^(?=\w)", path.read_text(encoding="utf-8"), flags=re.M)
    replaced = yaml.safe_load(block.text)
    kept = [section for section in sections if section.split(":")[0] not in replaced]
    path.write_text("".join(kept) + block.text, encoding="utf-8")


def an_open_review(folder):
    project = Project.open(folder)
    try:
        return next(one.id for id_ in project.work_ids for one in project.work(id_).reviews())
    finally:
        project.close()


def follow(command, folder, capfd):
    """Run one line of the guide; its output, stdout and stderr together."""
    expected = EXIT_CODE.search(command)
    words = shlex.split(command, comments=True)
    if "REVIEW" in words:
        words[words.index("REVIEW")] = an_open_review(folder)
    if words[0] == "remit":
        code = run(words[1:])
    else:
        code = subprocess.run([sys.executable, *words[1:]], cwd=folder, check=False, timeout=60).returncode
    said = capfd.readouterr()
    assert code == int(expected[1] if expected else 0), f"{command}\n{said.out}{said.err}"
    return said.out + said.err


def differences(shown, said):
    """The first line of ``shown`` that the output does not go on with; `...` skips lines, `…` stands for some text."""
    lines = iter(said.splitlines())
    skipping = False
    for line in shown.splitlines():
        if line == "...":
            skipping = True
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in line.rstrip().split("…")))
        for found in lines:
            if pattern.fullmatch(found.rstrip()):
                break
            if not skipping:
                return f"expected: {line}\nfound:    {found}"
        else:
            return f"missing: {line}"
        skipping = False
    return None


def test_every_step_of_the_guide_works_as_it_says(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("REMIT_BY", "REMIT_STORE", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    said = ""
    for block in blocks():
        if block.what is not None:
            write(block, tmp_path)
        elif block.kind == "bash":
            said = "".join(follow(line, tmp_path, capfd) for line in block.text.splitlines())
        elif block.kind == "text":
            assert differences(block.text, said) is None, f"{differences(block.text, said)}\n\n{said}"


def test_the_guide_shows_every_stage():
    texts = "".join(block.text for block in blocks() if block.kind == "bash")
    for command in ("check", "cases check", "cases split", "cases freeze", "prove", "grant", "decide", "ledger verify"):
        assert f"remit {command}" in texts


@pytest.mark.parametrize(
    ("shown", "said", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\n...\nc\n", "a\nb\nc\n", True),
        ("a…c\n", "abbbc\n", True),
        ("a\nc\n", "a\nb\nc\n", False),
        ("...\nd\n", "a\nb\n", False),
    ],
)
def test_what_the_guide_shows_is_held_against_what_was_said(shown, said, same):
    assert (differences(shown, said) is None) is same
