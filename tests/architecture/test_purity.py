"""The pure packages compute: they open nothing, print nothing, and run no text as code."""

import ast

PURE = {
    "errors",
    "stats",
    "definition",
    "items",
    "readiness",
    "autonomy",
    "reviews",
    "ledger",
    "cases",
    "deciding",
    "intent",
    "interview",
}


def calls(tree):
    return {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


def test_pure_packages_open_and_print_nothing(modules):
    pure = [module for module in modules if module.parts[0] in PURE]
    assert {str(module): found for module in pure if (found := calls(module.tree) & {"open", "print", "input"})} == {}


def test_nothing_runs_text_as_code(modules):
    banned = {"eval", "exec", "compile", "__import__"}
    assert {str(module): found for module in modules if (found := calls(module.tree) & banned)} == {}


def test_pure_packages_rebind_nothing_of_their_module(modules):
    rebound = [
        f"{module}:{node.lineno}"
        for module in modules
        if module.parts[0] in PURE
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Global)
    ]
    assert rebound == []
