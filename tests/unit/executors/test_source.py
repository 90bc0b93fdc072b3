"""The user's own Python is run from the bytes that are digested, and leaves nothing behind."""

import sys

import pytest

from remit.errors import ExecutorInvalid
from remit.executors.source import load_callable, read_sources


@pytest.fixture
def project(tmp_path):
    """Writes files into a project folder."""

    class Project:
        root = tmp_path / "project"

        def write(self, **files):
            return self.write_at({f"{name.replace('__', '/')}.py": text for name, text in files.items()})

        def write_at(self, files):
            for name, text in files.items():
                path = self.root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return self

        def load(self, entry):
            return load_callable(entry, root=self.root)

        def refused(self, entry):
            with pytest.raises(ExecutorInvalid) as refused:
                self.load(entry)
            return refused.value.problems[0]

    Project.root.mkdir()
    return Project()


@pytest.mark.parametrize("entry", ["rules.py:decide", "rules:decide"])
def test_a_function_is_found_by_file_or_module(project, entry):
    project.write(rules="def decide(given):\n    return given['n'] + 1\n")
    assert project.load(entry).function({"n": 1}) == 2


@pytest.mark.parametrize("entry", ["code/rules.py:decide", "code.rules:decide", "code.rules:Rules.decide"])
def test_a_function_is_found_in_a_folder_and_in_a_class(project, entry):
    project.write(
        code__rules="def decide(given):\n    return 1\n\nclass Rules:\n    decide = staticmethod(lambda given: 1)\n"
    )
    assert project.load(entry).function({}) == 1


def test_nothing_is_left_behind(project):
    project.write(rules="import helper\ndecide = helper.decide\n", helper="def decide(given):\n    return 1\n")
    path, finders, modules = list(sys.path), list(sys.meta_path), set(sys.modules)
    project.load("rules.py:decide")
    assert sys.path == path
    assert sys.meta_path == finders
    assert {name for name in set(sys.modules) - modules if not name.startswith("remit_executor_")} == set()
    assert not list(project.root.rglob("__pycache__"))


def test_two_projects_with_files_of_the_same_names_do_not_mix(project, tmp_path):
    project.write(rules="import helper\ndef decide(given):\n    return helper.N\n", helper="N = 1\n")
    other = tmp_path / "other"
    other.mkdir()
    (other / "rules.py").write_text("import helper\ndef decide(given):\n    return helper.N\n")
    (other / "helper.py").write_text("N = 2\n")
    first = project.load("rules.py:decide").function
    second = load_callable("rules.py:decide", root=other).function
    assert (first({}), second({})) == (1, 2)
    assert first.__module__ != second.__module__


def test_a_module_of_the_same_name_that_was_imported_before_stays(project):
    sys.modules["helper"] = before = type(sys)("helper")
    try:
        project.write(rules="from helper import N\ndef decide(given):\n    return N\n", helper="N = 7\n")
        assert project.load("rules.py:decide").function({}) == 7
        assert sys.modules["helper"] is before
    finally:
        del sys.modules["helper"]


def test_a_changed_file_is_loaded_anew_even_when_its_size_and_second_are_the_same(project):
    project.write(rules="def decide(given):\n    return 1\n")
    first = project.load("rules.py:decide")
    project.write(rules="def decide(given):\n    return 2\n")
    second = project.load("rules.py:decide")
    assert (first.function({}), second.function({})) == (1, 2)
    assert first.sources.digests != second.sources.digests


def test_packages_relative_imports_and_folders_without_init_work(project):
    project.write_at(
        {
            "code/rules.py": "from lib.deep.more import M\nimport plain.part\nfrom lib import K\nimport lib\n"
            "def decide(given):\n    return (M, plain.part.P, K, len(lib.__path__))\n",
            "lib/__init__.py": "K = 3\n",
            "lib/deep/__init__.py": "from . import more\n",
            "lib/deep/more.py": "from ..other import O\nfrom lib.absolute import A\nM = O + A\n",
            "lib/absolute.py": "A = 1\n",
            "lib/other.py": "O = 1\n",
            "plain/part.py": "P = 9\n",
        }
    )
    loaded = project.load("code/rules.py:decide")
    assert loaded.function({}) == (2, 9, 3, 1)
    assert sorted(loaded.sources.digests) == [
        "code/rules.py",
        "lib/__init__.py",
        "lib/absolute.py",
        "lib/deep/__init__.py",
        "lib/deep/more.py",
        "lib/other.py",
        "plain/part.py",
    ]


def test_the_digests_cover_what_is_imported_and_nothing_else(project):
    project.write(
        rules="import helper, json\nfrom os import path\nimport numpy\ndef decide(given):\n    return 1\n",
        helper="import third\n",
        third="N = 1\n",
        unused="N = 1\n",
        json="raise ImportError\n",
    )
    assert sorted(project.load("rules.py:decide").sources.digests) == ["helper.py", "rules.py", "third.py"]


def test_files_that_import_each_other_are_read_once(project):
    project.write(rules="import a\ndef decide(given):\n    return 1\n", a="import b\n", b="import a\n")
    assert sorted(project.load("rules.py:decide").sources.digests) == ["a.py", "b.py", "rules.py"]


def test_a_dataclass_and_a_type_hint_work_in_a_loaded_file(project):
    project.write(
        rules="from __future__ import annotations\nfrom dataclasses import dataclass\nimport typing\n"
        "@dataclass\nclass Point:\n    x: int = 1\n"
        "def decide(given: dict) -> Point:\n    return Point()\n"
        "hints = typing.get_type_hints(decide)\n"
    )
    assert project.load("rules.py:decide").function({}).x == 1


class TestRefused:
    @pytest.mark.parametrize("entry", ["rules.py", "rules", ":decide", "rules.py:", "rules.py:a b", "rules.py:1x"])
    def test_an_entry_without_a_file_or_a_name(self, project, entry):
        problem = project.refused(entry)
        assert problem.where.path == "entry"
        assert "module:name" in problem.expected

    def test_a_file_that_is_not_there_with_the_nearest_name(self, project):
        project.write(rules="")
        problem = project.refused("rule.py:decide")
        assert problem.message == "there is no file `rule.py`"
        assert problem.mend == "did you mean `rules.py`?"

    def test_a_module_that_is_not_there(self, project):
        assert project.refused("os.path:join").message == "there is no file `os/path.py`"

    def test_a_name_that_is_not_there_with_the_nearest_one(self, project):
        project.write(rules="def decide(given):\n    return 1\n")
        problem = project.refused("rules.py:decid")
        assert problem.message == "`rules.py` has no `decid`"
        assert problem.mend == "did you mean `decide`?"

    @pytest.mark.parametrize(("name", "what"), [("N", "a int"), ("Rules", "a class")])
    def test_something_that_is_no_function(self, project, name, what):
        project.write(rules="N = 1\nclass Rules:\n    pass\n")
        assert project.refused(f"rules.py:{name}").found == what

    @pytest.mark.parametrize("name", ["../outside.py", "link.py", "{outside}"])
    def test_a_file_outside_of_the_project(self, project, tmp_path, name):
        outside = tmp_path / "outside.py"
        outside.write_text("def decide(given):\n    return 1\n")
        (project.root / "link.py").symlink_to(outside)
        problem = project.refused(f"{name.format(outside=outside)}:decide")
        assert "leads out of the project" in problem.message

    def test_an_import_that_leads_out_by_a_link_is_not_the_projects(self, project, tmp_path):
        (tmp_path / "secret.py").write_text("N = 1\n")
        (project.root / "helper.py").symlink_to(tmp_path / "secret.py")
        project.write(rules="import helper\ndef decide(given):\n    return 1\n")
        assert "helper" in project.refused("rules.py:decide").message

    def test_what_is_no_python_with_its_line(self, project):
        project.write(rules="def decide(given):\n    return (1\n")
        problem = project.refused("rules.py:decide")
        assert (problem.where.file, problem.where.line) == ("rules.py", 2)
        assert problem.where.excerpt == "    return (1"
        assert "no Python" in problem.message

    def test_a_fault_that_only_compiling_finds(self, project):
        project.write(rules="N = 1\nreturn 3\n")
        problem = project.refused("rules.py:decide")
        assert (problem.where.file, problem.where.line) == ("rules.py", 2)

    @pytest.mark.parametrize("text", ["x = 1\n\0", "(" * 5000, "# coding: nonsense\n"])
    def test_text_that_no_parser_takes(self, project, text):
        project.write(rules=text)
        assert "Python" in project.refused("rules.py:decide").message

    def test_an_import_that_raises_with_the_users_own_line(self, project):
        project.write(
            rules="import helper\n\ndef decide(given):\n    return 1\n", helper="\nimport json\njson.loads('{')\n"
        )
        problem = project.refused("rules.py:decide")
        assert (problem.where.file, problem.where.line) == ("helper.py", 3)
        assert problem.where.excerpt == "json.loads('{')"
        assert problem.message.startswith("importing it raised JSONDecodeError: ")
        assert "Traceback" not in problem.message

    def test_a_file_that_ends_the_program(self, project):
        project.write(rules="raise SystemExit(3)\n")
        problem = project.refused("rules.py:decide")
        assert "SystemExit" in problem.message
        assert problem.where.line == 1
        assert not [name for name in sys.modules if name.startswith("remit_executor_") and "rules" in name]

    def test_a_library_that_is_not_installed(self, project):
        project.write(rules="import no_such_library.part\n")
        assert project.refused("rules.py:decide").mend.startswith("install `no_such_library`")

    def test_an_import_of_the_projects_own_file_inside_a_function(self, project):
        project.write(rules="def decide(given):\n    import helper\n    return helper.N\n", helper="N = 1\n")
        problem = project.refused("rules.py:decide")
        assert problem.message == "`helper` is imported inside a function"
        assert (problem.where.file, problem.where.line) == ("rules.py", 2)

    def test_a_relative_import_in_the_file_itself(self, project):
        project.write(rules="from . import helper\n", helper="N = 1\n")
        problem = project.refused("rules.py:decide")
        assert "ImportError" in problem.message
        assert problem.where.line == 1

    def test_a_file_that_is_too_large(self, project):
        project.write(rules="#" * 5_000_001)
        assert "too large" in project.refused("rules.py:decide").message

    def test_more_files_than_any_executor_is_made_of(self, project):
        project.write(rules="".join(f"import m{n}\n" for n in range(501)))
        project.write(**{f"m{n}": "" for n in range(501)})
        assert "more than 500" in project.refused("rules.py:decide").message


def test_a_keyboard_interrupt_while_importing_is_the_users(project):
    project.write(rules="raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        project.load("rules.py:decide")


def test_sources_are_read_without_running_them(project):
    project.write(rules="raise SystemExit\n")
    assert list(read_sources(project.root / "rules.py", root=project.root).digests) == ["rules.py"]
