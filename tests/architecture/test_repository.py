"""What is committed belongs to the project: no machine's paths, no registry's hosts, no loose pins."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

MACHINE_PATH = re.compile(r"(?<![\w.~*-])/(?:root|work|home|farm|opt|tmp|Users|mnt)/\w")
REGISTRY_HOSTS = tuple(
    ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("deb", "debian", "org"))
)
BROUGHT_ALONG = {"pydantic-core", "markupsafe"}  # parts of pydantic and of jinja2 with their own import names
PINS = ("core", "demo", "test", "bench", "uv")


def text_of(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_file_names_a_path_of_a_machine(tracked, root):
    found = [
        f"{path.relative_to(root)}:{number}: {line.strip()[:80]}"
        for path in tracked
        if path.suffix not in (".csv", ".jsonl", ".lock")
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if MACHINE_PATH.search(line) and not line.startswith("#!")
    ]
    assert found == []


def test_no_file_names_the_host_of_a_registry(tracked, root):
    found = [str(path.relative_to(root)) for path in tracked if any(host in text_of(path) for host in REGISTRY_HOSTS)]
    assert found == []


@pytest.mark.parametrize("name", PINS)
def test_every_pin_is_exact_and_hashed(name, root):
    text = (root / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)
    entries = re.split(r"\n(?=\S)", text.replace("\\\n", " "))
    loose = [entry[:60] for entry in entries if not re.match(r"^[a-z0-9-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", entry)]
    assert [entry for entry in loose if not entry.startswith("#") and entry.strip()] == []


def test_the_pins_fit_the_ranges_of_the_project(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = pins(root / "requirements" / "core.txt")
    for line in project["dependencies"]:
        wanted = Requirement(line)
        versions = pinned.get(canonicalize_name(wanted.name), set())
        assert versions, f"{wanted.name} is not pinned: run `make pins`"
        assert all(wanted.specifier.contains(version) for version in versions), line


def test_every_set_of_pins_holds_the_same_versions(root):
    everything = pins(root / "requirements" / "bench.txt")
    for smaller in ("core", "demo", "test"):
        found = pins(root / "requirements" / f"{smaller}.txt")
        assert {name: versions for name, versions in found.items() if everything.get(name) != versions} == {}, smaller


def pins(path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def test_everything_imported_is_declared(modules, root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = project["dependencies"] + [line for extra in project["optional-dependencies"].values() for line in extra]
    declared = {canonicalize_name(Requirement(line).name) for line in lines}
    distributions = packages_distributions()
    undeclared = set()
    for module in modules:
        for node in ast.walk(module.tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for top in {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"remit"}:
                owners = {canonicalize_name(owner) for owner in distributions.get(top, [top])}
                if not owners & (declared | BROUGHT_ALONG):
                    undeclared.add(f"{module}: {top}")
    assert undeclared == set()
