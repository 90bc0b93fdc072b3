"""One word, one meaning: the names in the source are the glossary's, and none says nothing."""

import ast
import re
from collections.abc import Iterator

EMPTY_WORDS = {"manager", "helper", "helpers", "util", "utils", "base", "info", "data", "misc", "common"}
EMPTY_VERBS = ("handle_", "process_", "do_")
OTHER_WORDS = {
    "dataset": "case set",
    "workflow": "work definition",
    "challenger": "candidate",
    "hitl": "review",
    "kpi": "target",
    "maturity": "readiness",
}


def words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def defined(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        if isinstance(node, ast.arg):
            yield node.arg
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def test_no_module_or_class_has_a_name_that_says_nothing(modules):
    found = [str(module) for module in modules if words(module.parts[-1]) & EMPTY_WORDS]
    for module in modules:
        classes = [node.name for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
        found += [f"{module}: {name}" for name in classes if words(name) & EMPTY_WORDS]
    assert found == []


def test_no_function_has_a_verb_that_says_nothing(modules):
    found = [
        f"{module}: {name}"
        for module in modules
        for name in defined(module.tree)
        if name.lstrip("_").startswith(EMPTY_VERBS)
    ]
    assert found == []


def test_no_name_uses_another_word_than_the_glossary(modules):
    found = [
        f"{module}: {name} (say {OTHER_WORDS[word]})"
        for module in modules
        for name in defined(module.tree)
        for word in words(name) & OTHER_WORDS.keys()
    ]
    assert found == []
