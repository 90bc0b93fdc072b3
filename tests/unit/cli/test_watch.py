"""A watch answers after every change of the project, and nothing that is wrong with a file ends it."""

import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from remit.cli import changes as watched
from remit.cli.changes import changes
from remit.cli.output import shown_output
from remit.cli.watching import watch
from remit.errors import ProjectInvalid, UsageError

MOST_WAITS = 100


class Enough(Exception):
    """The story is told."""


class Told:
    """Does one thing at each wait, in the place of sleeping; ends when nothing is left to do."""

    def __init__(self, *steps: Callable[[], object] | None) -> None:
        self.steps = list(steps)
        self.waited: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.waited.append(seconds)
        assert len(self.waited) < MOST_WAITS
        if not self.steps:
            raise Enough
        step = self.steps.pop(0)
        if step is not None:
            step()


@pytest.fixture
def root(tmp_path) -> Path:
    (tmp_path / "work").mkdir()
    (tmp_path / "remit.yaml").write_text("{}", encoding="utf-8")
    (tmp_path / "work" / "a.yaml").write_text("one", encoding="utf-8")
    return tmp_path


def written(path: Path, text: str) -> Callable[[], object]:
    return lambda: (path.parent.mkdir(exist_ok=True), path.write_text(text, encoding="utf-8"))


def put_in_its_place(path: Path, text: str) -> None:
    beside = path.with_name(".a.yaml.swp")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def seen(found: Iterator[tuple[str, ...]]) -> list[tuple[str, ...]]:
    got = []
    try:
        for changed in found:
            got.append(changed)  # noqa: PERF402 - what came before the end is kept
    except Enough:
        pass
    return got


KEPT = (None, None, None)
"""Looks at which nothing changed, so that what was written counts as written."""


@pytest.mark.parametrize(
    "name",
    [
        "remit.yaml",
        "waivers.yaml",
        "work/a.yaml",
        "work/b.yaml",
        "work/desks.csv",
        "executors/x.yaml",
        "models/x.skops",
    ],
)
def test_a_file_of_the_project_that_is_written_is_a_change(root, name):
    assert seen(changes(root, wait=Told(written(root / name, "another text"), *KEPT))) == [(name,)]


def test_the_mirror_of_facts_is_looked_at_and_the_store_is_not(root):
    state = root / ".remit"
    story = Told(written(state / "remit.db", "rows"), *KEPT, written(state / "facts.json", "{}"), *KEPT)
    assert seen(changes(root, wait=story)) == [(".remit/facts.json",)]


@pytest.mark.parametrize(
    "name", [".git/index", "__pycache__/a.pyc", "proofs/a.html", "work/.a.yaml.swp", "work/a.yaml~"]
)
def test_what_is_no_part_of_the_project_is_no_change(root, name):
    (root / name).parent.mkdir(exist_ok=True)
    assert seen(changes(root, wait=Told(written(root / name, "x"), *KEPT))) == []


def test_a_virtual_environment_is_not_looked_into(root):
    (root / "env").mkdir()
    (root / "env" / "pyvenv.cfg").write_text("home = x", encoding="utf-8")
    assert seen(changes(root, wait=Told(written(root / "env" / "a.py", "x"), *KEPT))) == []


def test_a_file_that_another_is_put_in_the_place_of_is_a_change_even_with_the_same_time_and_size(root):
    path = root / "work" / "a.yaml"
    status = path.stat()

    def replaced():
        put_in_its_place(path, "two")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    assert seen(changes(root, wait=Told(replaced, *KEPT))) == [("work/a.yaml",)]


def test_a_file_that_is_written_in_several_steps_is_one_change(root):
    path = root / "work" / "a.yaml"
    story = Told(path.unlink, written(path, ""), written(path, "half"), written(path, "whole"), *KEPT)
    assert seen(changes(root, wait=story)) == [("work/a.yaml",)]


def test_a_file_that_goes_and_comes_back_is_two_changes(root):
    path = root / "work" / "a.yaml"
    assert seen(changes(root, wait=Told(path.unlink, *KEPT, written(path, "back"), *KEPT))) == [("work/a.yaml",)] * 2


def test_a_file_that_never_keeps_still_does_not_keep_the_answer_back(root):
    path = root / "work" / "a.yaml"
    story = Told(*(written(path, "x" * n) for n in range(4, 60)))
    assert seen(changes(root, wait=story))[0] == ("work/a.yaml",)


def test_what_changes_while_the_caller_is_busy_comes_next(root):
    looks = changes(root, wait=Told(*KEPT))
    written(root / "work" / "a.yaml", "meanwhile")()
    assert seen(looks) == [("work/a.yaml",)]


def test_nothing_is_a_change_where_nothing_changed(root):
    story = Told(*KEPT)
    assert seen(changes(root, wait=story)) == []
    assert min(story.waited) >= watched.INTERVAL


def test_a_project_of_too_many_files_is_refused(root, monkeypatch):
    monkeypatch.setattr(watched, "MOST_FILES", 1)
    with pytest.raises(UsageError, match="more than 1 files to watch"):
        changes(root)


def watched_by(root: Path, story: Told, answer: Callable[[Path], object], **options: bool) -> None:
    with pytest.raises(Enough):
        watch(root, shown_output(**options), answer=answer, wait=story)


def test_a_watch_answers_at_once_and_after_each_change(root, capsys):
    text = root / "work" / "a.yaml"
    story = Told(None, written(text, "two!"), *KEPT, written(text, "three"), *KEPT)
    watched_by(root, story, lambda where: print((where / "work" / "a.yaml").read_text(encoding="utf-8")))
    line = "---- changed: work/a.yaml ".ljust(60, "-")
    assert capsys.readouterr().out.split("\n") == ["one", "", line, "", "two!", "", line, "", "three", ""]


def test_what_is_wrong_is_said_and_the_watch_goes_on(root, capsys):
    path = root / "remit.yaml"

    def answer(where):
        if not path.is_file():
            raise ProjectInvalid("there is no remit.yaml", mend="write one")
        print("all is well")

    watched_by(root, Told(path.unlink, *KEPT, written(path, "{}"), *KEPT), answer)
    said = capsys.readouterr()
    assert said.out.count("all is well") == 2
    assert said.err.count("there is no remit.yaml") == 1


def test_with_json_there_is_no_line_between_the_documents(root, capsys):
    output = shown_output(as_json=True, lines=True)
    with pytest.raises(Enough):
        watch(
            root,
            output,
            answer=lambda where: output.document({"a": [1, 2]}),
            wait=Told(written(root / "work" / "b.yaml", "b"), *KEPT),
        )
    assert capsys.readouterr().out == '{"a": [1, 2]}\n' * 2


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_only_a_terminal_is_cleared_and_told_how_it_ends(root, capsys, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    watched_by(root, Told(written(root / "work" / "b.yaml", "b"), *KEPT), lambda where: None)
    assert screen.getvalue().count("\x1b[2J") == 2
    assert "----" not in screen.getvalue()
    assert capsys.readouterr().err.count("Ctrl-C ends it") == 2


def test_many_changes_at_once_are_counted(root, capsys):
    def many():
        for name in "bcdef":
            (root / "work" / f"{name}.yaml").write_text(name, encoding="utf-8")

    watched_by(root, Told(many, *KEPT), lambda where: None)
    assert "changed: work/b.yaml, work/c.yaml, work/d.yaml and 2 more" in capsys.readouterr().out
