"""What the documentation says can be followed: its links, its examples, and its pages."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])
FENCE = re.compile(
    r"(?:<!-- runs in (?P<folder>\S+) -->\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Example:
    """One fenced example; ``folder`` is where it runs, None where it only has to parse."""

    page: Path
    kind: str
    text: str
    folder: str | None

    def __str__(self) -> str:
        first = self.text.strip().split("\n", 1)[0]
        return f"{self.page.relative_to(ROOT)}: {first[:50]}"


EXAMPLES = [
    Example(page=page, kind=found["kind"], text=found["text"], folder=found["folder"])
    for page in PAGES
    for found in FENCE.finditer(page.read_text(encoding="utf-8"))
]
RUNNING = [example for example in EXAMPLES if example.folder]


def anchor(heading: str) -> str:
    return re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", heading.lower()).strip())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(page):
    broken = []
    for target in LINK.findall(re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)):
        path, _, part = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        there = (page.parent / path).resolve() if path else page
        headings = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), re.MULTILINE) if there.is_file() else []
        if not there.exists() or (part and part not in {anchor(heading) for heading in headings}):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_every_example_parses(example):
    match example.kind:
        case "python":
            ast.parse(example.text)
        case "yaml":
            yaml.safe_load(example.text)
        case "json":
            json.loads(example.text)
        case "bash":
            subprocess.run(["bash", "-n"], input=example.text, text=True, check=True)
        case kind:
            assert kind in ("text", "console"), "say in which language an example is"


@pytest.mark.parametrize("example", RUNNING, ids=str)
def test_every_example_that_is_marked_to_run_runs(example, tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(ROOT / (example.folder or ""), folder)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # noqa: TID251
    command = ["bash", "-euo", "pipefail", "-c"] if example.kind == "bash" else [sys.executable, "-c"]
    done = subprocess.run(
        [*command, example.text],
        cwd=folder,
        env={**os.environ, "PATH": path},  # noqa: TID251
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_site_builds_and_every_page_is_in_its_menu(tmp_path):
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "site" / "index.html").is_file()


def test_the_readme_opens_with_both_commands():
    top = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## ")[1]
    assert re.findall(r"^make (\w+)", top, re.MULTILINE) == ["demo", "test"]


def test_every_decision_page_has_its_number_and_status():
    pages = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    assert len(set(numbers)) == len(numbers)
    for number, page in zip(numbers, pages, strict=True):
        text = page.read_text(encoding="utf-8")
        assert page.name.startswith(f"{number:04d}-")
        assert text.startswith(f"# {number}. ")
        assert "**Status**: " in text
