"""Every refusal has one class, one code, one place in the tree, and somewhere that raises it."""

import ast
import re

from remit import errors


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes():
    drawn: dict[str, tuple[str, str]] = {}
    branch: list[str] = ["RemitError"]
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"^ {4}((?:│   |    )*)(?:├── |└── )(\w+) +(E\d{3})  \S", line)
        if match:
            depth = len(match[1]) // 4 + 1
            branch = [*branch[:depth], match[2]]
            drawn[match[2]] = (branch[depth - 1], match[3])
    classes = [cls for cls in errors.all_errors().values() if cls is not errors.RemitError]
    assert drawn == {cls.__name__: (cls.__bases__[0].__name__, cls.code) for cls in classes}


def test_a_code_names_one_class_and_starts_with_its_exit_code():
    pending, classes = [errors.RemitError], []
    while pending:
        cls = pending.pop()
        classes.append(cls)
        pending += cls.__subclasses__()
    codes = [cls.code for cls in classes]
    assert len(set(codes)) == len(codes)
    assert [cls for cls in classes[1:] if cls.code[1] != str(cls.exit_code)] == []


def test_every_error_is_listed_and_says_in_its_first_line_what_is_wrong():
    for cls in errors.all_errors().values():
        assert cls.__name__ in errors.__all__
        assert (cls.__doc__ or "").split("\n", 1)[0].endswith("."), cls


def test_every_error_without_kinds_below_it_is_raised_somewhere(modules):
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        for module in modules
        if module.parts != ("errors",)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)
    }
    leaves = [cls.__name__ for cls in errors.all_errors().values() if not cls.__subclasses__()]
    assert sorted(set(leaves) - called) == []
