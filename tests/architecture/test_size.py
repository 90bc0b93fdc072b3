"""A stranger can hold every module and every folder in their head."""

import ast
from collections import Counter

MAX_LINES = 600
MAX_MODULES = 12


def test_no_module_is_longer_than_600_lines(modules, root):
    tests = [(path, path.read_text(encoding="utf-8")) for path in (root / "tests").rglob("*.py")]
    texts = [(module.path, module.text) for module in modules] + tests
    assert {str(path): text.count("\n") for path, text in texts if text.count("\n") > MAX_LINES} == {}


def test_no_folder_has_more_than_12_modules(modules):
    folders = Counter(
        module.path.parent for module in modules if module.path.name not in ("__init__.py", "__main__.py")
    )
    assert {str(folder): n for folder, n in folders.items() if n > MAX_MODULES} == {}


def test_every_module_says_what_it_is_for(modules):
    assert [str(module) for module in modules if not ast.get_docstring(module.tree)] == []
