"""What is built works from any folder, without the source tree."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: object, cwd: Path) -> str:
    ours = ("PYTHON", "COV_", "COVERAGE_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}  # noqa: TID251
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=clean, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.glob("remit-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A fresh environment with the wheel in it.

    The dependencies are lent by a path file from the environment of the tests; a path file inside a lent folder is
    not followed, so the editable source tree is out of reach.
    """
    folder = tmp_path_factory.mktemp("fresh environment")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    (Path(site) / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


def files_below(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in found}


MADE = ("arriving", "cases", "downloads", "models", ".remit", "proofs")
"""What the examples make or fetch beside themselves."""


def test_the_wheel_holds_the_package_with_its_examples_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"remit", wheel.name.rsplit("-py3", 1)[0] + ".dist-info"}
    examples = {name.removeprefix("remit/examples/") for name in names if name.startswith("remit/examples/")}
    package = {name for name in names if name.startswith("remit/") and not name.startswith("remit/examples/")}
    assert package == files_below(ROOT / "src")
    assert examples <= files_below(ROOT / "examples")
    assert {
        "digits/work/digits.yaml",
        "digits/build.py",
        "mortgage/work/mortgage.yaml",
        "mortgage/build.py",
    } <= examples
    assert {name for name in examples if name.endswith(".yaml")} == {
        name for name in files_below(ROOT / "examples") if name.endswith(".yaml")
    }
    assert sum(zipfile.ZipFile(wheel).getinfo(f"remit/examples/{name}").compress_size for name in examples) < 100_000
    assert not {name for name in examples if name.split("/")[1] in MADE}


def test_the_wheel_carries_its_licence(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.endswith("dist-info/licenses/LICENSE") for name in names)


def test_the_installed_command_runs_from_another_folder(installed, tmp_path):
    assert run(installed / "bin" / "remit", "--version", cwd=tmp_path).strip().startswith("remit ")
    where = run(installed / "bin" / "python", "-c", "import remit; print(remit.__file__)", cwd=tmp_path).strip()
    assert Path(where).is_relative_to(installed)
