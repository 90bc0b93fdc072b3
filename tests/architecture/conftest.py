"""The source as trees, read once."""

import ast
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Module:
    """One module of the package: ``parts`` is its path below ``src/remit`` without the ending."""

    path: Path
    parts: tuple[str, ...]
    text: str
    tree: ast.Module

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def modules() -> tuple[Module, ...]:
    source = ROOT / "src" / "remit"
    found = []
    for path in sorted(source.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        parts = path.relative_to(source).with_suffix("").parts
        found.append(Module(path=path, parts=parts, text=text, tree=ast.parse(text)))
    assert len(found) > 20
    return tuple(found)


@pytest.fixture(scope="session")
def tracked() -> tuple[Path, ...]:
    """Every file under version control, or every file of the source where there is no git."""
    git = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if git.returncode == 0:
        paths = [ROOT / name for name in git.stdout.decode("utf-8").split("\0") if name]
    else:
        folders = ("src", "tests", "docs", "bench", "tools", "examples", "requirements", ".ci")
        paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
        paths += list(ROOT.glob("*"))
    return tuple(path for path in paths if path.is_file())
