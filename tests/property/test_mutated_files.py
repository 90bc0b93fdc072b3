"""Valid files of a project, changed at random: whatever comes of it, no command ever fails by itself."""

import contextlib
import io
import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.integration.small_project import ITEM, Small, Spoken, make

from remit.cli.main import run

COMMANDS = (
    ("check", "--for", "supervised"),
    ("check", "--json"),
    ("cases", "check", "refunds"),
    ("prove", "refunds", "--executor", "desk"),
    ("decide", "refunds", "--executor", "desk", "--input", "item.json"),
)
FILES = (
    "work/refunds.yaml",
    "remit.yaml",
    "executors/desk.yaml",
    "executors/table.yaml",
    "waivers.yaml",
    "cases/refunds.csv",
    "cases/refunds.frozen.json",
    "functions/desk.py",
    ".remit/facts.json",
    "item.json",
)
WORDS = (
    b"null true -1 0 1e999 .nan .inf NaN 1_000 0x7f 99999999999999999999 [] {} [[]] {a: [b]} '' \"\" ~ *a &a !!x | > -",
    b"? : , # @ ` % \\ ' \" ( ) \xc3\xbc \xf0\x9f\x92\xb6 \xff \x00 \t \r\n 2027-02-30 PT0S 1e-320 yes input. output.x",
)
VALUES = b" ".join(WORDS).split(b" ")
TOKEN = re.compile(rb"[^\s,:\[\]{}\"']+")

places = st.integers(0, 1 << 30)
changes = st.one_of(
    st.tuples(st.just("flip"), places, st.integers(1, 255)),
    st.tuples(st.just("drop line"), places, st.just(0)),
    st.tuples(st.just("swap lines"), places, places),
    st.tuples(st.just("double line"), places, st.just(0)),
    st.tuples(st.just("cut"), places, st.just(0)),
    st.tuples(st.just("insert"), places, st.sampled_from(VALUES)),
    st.tuples(st.just("replace"), places, st.sampled_from(VALUES)),
    st.tuples(st.just("replace"), places, st.sampled_from(VALUES)),
    st.tuples(st.just("swap values"), places, places),
    st.tuples(st.just("swap values"), places, places),
)


def changed(text: bytes, kind: str, at: int, more: int | bytes) -> bytes:
    if not text:
        return text
    lines = text.splitlines(keepends=True)
    tokens = list(TOKEN.finditer(text)) or [re.match(rb"", text)]
    i, line, token = at % len(text), at % len(lines), tokens[at % len(tokens)]
    match kind:
        case "flip":
            return text[:i] + bytes([text[i] ^ more]) + text[i + 1 :]
        case "drop line":
            return b"".join(lines[:line] + lines[line + 1 :])
        case "double line":
            return b"".join([*lines[: line + 1], *lines[line:]])
        case "swap lines":
            other = more % len(lines)
            lines[line], lines[other] = lines[other], lines[line]
            return b"".join(lines)
        case "cut":
            return text[:i]
        case "insert":
            return text[:i] + more + text[i:]
        case "replace":
            return text[: token.start()] + more + text[token.end() :]
        case _:
            first, second = sorted((token, tokens[more % len(tokens)]), key=lambda one: one.start())
            if first.end() > second.start():
                return text
            between = text[first.end() : second.start()]
            return text[: first.start()] + second[0] + between + first[0] + text[second.end() :]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project of forty cases, proved once, with a waiver, a table and an item beside it."""
    small = make(tmp_path_factory.mktemp("mutated") / "shop", n_cases=40)
    small.change("executors/desk.yaml", "deadline: 5s", "deadline: 1s")
    small.write("waivers.yaml", "- {rule: WD12, reason: one clerk only, by: Director of Sales, until: 2031-03-01}\n")
    small.write(
        "executors/table.yaml",
        "for: refunds\nkind: table\nsettings:\n  in: [input.amount]\n  out: [refund]\n  hit_policy: FIRST\n"
        '  rules: [["< 60", "yes"], ["[60..120)", "ask"], ["-", "no"]]\n',
    )
    small.write("item.json", str(ITEM).replace("'", '"').replace("False", "false"))
    small.split_and_freeze()
    with small.opened() as work:
        work.prove("desk")
    return small


def spoken(small: Small, *arguments: str) -> Spoken:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(small.root), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(list(arguments))
    return Spoken(code=code, out=out.getvalue(), err=err.getvalue())


def test_the_project_that_is_changed_is_a_good_one(project):
    assert [spoken(project, *command).code for command in COMMANDS] == [1, 0, 0, 1, 0]


@given(name=st.sampled_from(FILES), how=st.lists(changes, min_size=1, max_size=4))
@settings(max_examples=120)
def test_no_change_of_a_file_makes_a_command_fail_by_itself(project, name, how):
    path = project.root / name
    before = path.read_bytes()
    facts = (project.root / ".remit" / "facts.json").read_bytes()
    text = before
    for kind, at, more in how:
        text = changed(text, kind, at, more)
    path.write_bytes(text)
    try:
        for command in COMMANDS:
            said = spoken(project, *command)
            assert said.code in (0, 1, 2, 3, 4, 5, 6, 8), (command, said)
            assert "Traceback" not in said.out + said.err
    finally:
        project.write(".remit/facts.json", facts)
        path.write_bytes(before)
        assert os.path.lexists(path)
