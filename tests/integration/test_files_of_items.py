"""A file of items is decided by one command, and a file of answers too: each once, whatever happens in between."""

from __future__ import annotations

import fcntl
import json
import signal
import subprocess
import sys

import polars as pl
import pytest
from tests.integration.small_project import COUNTING, SOURCE
from tests.integration.test_command_line import BY, GRANT, refused

from remit.project import Project
from remit.store.decisions import decision_by_key

TAREK, JONAS, MIRA = ("--by", "tarek"), ("--by", "jonas"), ("--by", "mira")


def line(key, amount=20.0, **more):
    return json.dumps({"key": key, "input": {"amount": amount, "channel": "web", "dealer": False, **more}}) + "\n"


@pytest.fixture
def shadow(frozen, remit):
    """The desk works at `shadow`."""
    assert remit("prove", "refunds", "--executor", "desk").code == 0
    assert remit(*GRANT, *BY).code == 0


@pytest.fixture
def n_asked(frozen):
    """How often the desk was asked up to now."""
    frozen.write("functions/desk.py", COUNTING)
    return lambda: len(frozen.read("functions/calls.log").splitlines())


@pytest.fixture
def items(shadow, tmp_path):
    """Three items that wait for a person."""
    file = tmp_path / "monday.jsonl"
    file.write_text("".join(line(f"order-{n}", 20.0 + n) for n in range(3)))
    return file


@pytest.fixture
def waiting(items, remit):
    """The reviews of three items, by key."""
    assert remit("run", "refunds", str(items)).code == 0
    found = remit("review", "list", "--json").document["reviews"]
    return {one["key"]: one["id"] for one in found}


def answers(tmp_path, *lines):
    file = tmp_path / "answers.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in lines))
    return file


def test_every_item_is_recorded_and_the_same_file_again_decides_nothing_twice(items, remit):
    first = remit("run", "refunds", str(items), "--json").document
    assert (first["n"], first["n_before"], first["routes"]) == (3, 0, {"incumbent": 3})
    again = remit("run", "refunds", str(items), "--json").document
    assert (again["n"], again["n_before"], again["routes"]) == (3, 3, {"incumbent": 3})
    items.write_text(items.read_text() + line("order-9"))
    more = remit("run", "refunds", str(items))
    assert more.out.strip() == "4 items of refunds recorded: 4 incumbent; 3 of them were recorded before"
    assert remit("ledger", "verify").code == 0


def test_a_run_says_of_how_many_items_the_executor_gave_no_answer(frozen, items, remit):
    frozen.write("functions/desk.py", 'def answer(given):\n    raise ConnectionError("away")\n')
    assert remit("grant", *GRANT[1:], *BY).code == 0
    ran = remit("run", "refunds", str(items))
    assert "3 items got no answer from the executor: 3 unavailable" in ran.out
    again = remit("run", "refunds", str(items), "--json").document
    assert again["faults"] == {}


def test_a_csv_file_is_read_by_the_types_of_the_definition(shadow, remit, tmp_path):
    file = tmp_path / "monday.csv"
    file.write_text("key,input.amount,input.channel,input.dealer\norder-1,20.5,web,no\n")
    assert remit("run", "refunds", str(file), "--json").document["routes"] == {"incumbent": 1}
    with Project.open(tmp_path / "shop") as project:
        found = decision_by_key(project.store, work="refunds", key="order-1")
    assert found.input == {"amount": 20.5, "channel": "web", "dealer": False}


def test_every_bad_line_is_named_and_nothing_is_decided(items, remit):
    items.write_text(line("a") + "no json\n" + line("") + line("a") + '{"key": "b"}\n' + '{"key": "c", "inptu": {}}\n')
    said = remit("run", "refunds", str(items), "--json")
    assert said.code == 3
    assert [one["where"]["line"] for one in said.document["problems"]] == [2, 3, 4, 5, 6]
    assert remit("review", "list", "--json").document["reviews"] == []
    items.with_suffix(".csv").write_text("key,amount\na,1\n")
    said = remit("run", "refunds", str(items.with_suffix(".csv")), "--json")
    assert said.document["problems"][0]["mend"] == "did you mean `input.amount`?"


@pytest.mark.parametrize(
    ("name", "text", "line_", "words"),
    [
        ("a.jsonl", line("a") + '{"key": "b", \n', 2, "no JSON: Expecting property name enclosed in double quotes at"),
        ("a.jsonl", '{"key": "b", "input": {"amount": NaN}}\n', 1, "NaN is no JSON number"),
        ("a.jsonl", '{"key": "b", "key": "c"}\n', 1, "`key` is there twice"),
        ("a.jsonl", "[1]\n", 1, "the line is no object"),
        ("a.jsonl", "\n\n", 1, "the file is empty"),
        ("a.csv", "key;input.amount\na;1\n", 1, "the columns are separated by semicolons"),
        ("a.csv", "\n\nkey\tinput.amount\n", 3, "the columns are separated by tabs"),
        ("a.csv", 'key,input.amount\na,"1\n', 2, "a double quote is opened and never closed"),
        ("a.csv", 'key,input.channel\na,"we"b\n', 2, "a double quote stands inside a quoted cell"),
        ("a.csv", "key,input.amount\na,1\nb\n", 3, "the row has fewer cells than there are columns"),
        ("a.csv", "key,input.amount\na,1\nb,x\n", 3, "`input.amount` is no number"),
        ("a.csv", "key,key\na,1\n", 1, "the column `key` is there twice"),
        ("a.csv", "", 1, "the file is empty"),
    ],
)
def test_what_is_wrong_with_a_file_of_items_is_said_with_its_line(frozen, remit, tmp_path, name, text, line_, words):
    file = tmp_path / name
    file.write_text(text)
    said = remit("run", "refunds", str(file), "--json")
    assert said.code == 3
    problem = said.document["problems"][0]
    assert words in problem["message"]
    assert problem["where"]["line"] == line_


def test_a_key_that_stands_twice_names_the_line_where_it_stood_first(frozen, remit, tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_text(line("a") + line("b") + "\n" + line("b") + line("c") + line("a"))
    problems = remit("run", "refunds", str(file), "--json").document["problems"]
    assert [(one["where"]["line"], one["found"]) for one in problems] == [
        (4, "b, first in line 2"),
        (6, "a, first in line 1"),
    ]


def test_two_keys_that_only_look_alike_to_the_machine_are_two_items(frozen, remit, tmp_path, monkeypatch):
    monkeypatch.setattr("remit.files.rows.twice.hash", lambda key: len(key), raising=False)
    file = tmp_path / "a.jsonl"
    file.write_text(line("a") + line("b"))
    assert remit("run", "refunds", str(file), "--json").document["n"] == 2


def test_a_file_that_is_not_there_is_not_blamed_on_the_cases(frozen, remit, tmp_path):
    for name in ("none.csv", "none.jsonl", "none.parquet"):
        said = remit("run", "refunds", str(tmp_path / name), "--json").document
        assert said["problems"][0]["mend"] == "check the name of the file, and the folder you are in"


@pytest.mark.parametrize("nested", [True, False])
def test_a_parquet_file_gives_the_items_that_the_same_csv_gives(shadow, remit, tmp_path, nested):
    rows = [{"amount": 20.5, "channel": "web", "dealer": False}, {"amount": 30.0, "channel": None, "dealer": True}]
    if nested:
        frame = pl.DataFrame({"key": [1, 2], "input": rows})
    else:
        frame = pl.DataFrame({"key": [1, 2], **{f"input.{name}": [row[name] for row in rows] for name in rows[0]}})
    frame.write_parquet(tmp_path / "monday.parquet")
    assert remit("run", "refunds", str(tmp_path / "monday.parquet"), "--json").document["n"] == 2
    file = tmp_path / "monday.csv"
    file.write_text("key,input.amount,input.channel,input.dealer\n1,20.5,web,no\n2,30,,yes\n")
    again = remit("run", "refunds", str(file), "--json").document
    assert (again["n"], again["n_before"], again["n_undecided"]) == (2, 2, 0)


def test_parquet_that_does_not_fit_is_refused_in_words(frozen, remit, tmp_path, monkeypatch):
    file = tmp_path / "a.parquet"
    pl.DataFrame({"key": ["a"], "amount": [1.0]}).write_parquet(file)
    said = remit("run", "refunds", str(file), "--json").document["problems"]
    assert said[0]["mend"] == "did you mean `input.amount`?"
    file.write_text("no Parquet")
    (said,) = remit("run", "refunds", str(file), "--json").document["problems"]
    assert said["message"] == f"{file} is no Parquet that can be read"
    monkeypatch.setitem(sys.modules, "polars", None)
    (said,) = remit("run", "refunds", str(file), "--json").document["problems"]
    assert said["mend"] == "pip install 'remit[data]', or save the file as CSV"


def test_what_can_not_be_recorded_is_listed_and_lies_beside_to_be_mended_and_run(items, remit):
    assert remit("run", "refunds", str(items)).code == 0
    items.write_text(line("order-0", 99.0) + line("order-7"))  # the first key came with another input
    said = remit("run", "refunds", str(items))
    assert said.code == 1
    assert "line 1, order-0:" in said.out
    dead = items.with_name("monday.undecided.jsonl")
    (one,) = [json.loads(each) for each in dead.read_text().splitlines()]
    assert (one["key"], one["line"]) == ("order-0", 1)
    dead.write_text(json.dumps(one | {"key": "order-8"}) + "\n")
    assert remit("run", "refunds", str(dead), "--json").document["routes"] == {"incumbent": 1}
    items.write_text(line("order-7"))
    assert remit("run", "refunds", str(items)).code == 0
    assert not dead.exists()


def test_killed_in_the_middle_and_run_again_nothing_is_lost_and_nothing_twice(items, remit, tmp_path):
    items.write_text("".join(line(f"order-{n}", 20.0 + n % 30) for n in range(600)))
    command = [sys.executable, "-m", "remit", "run", "refunds", str(items)]
    with subprocess.Popen(command, cwd=tmp_path / "shop", env={"PYTHONPATH": str(SOURCE), "PATH": ""}) as process:
        with Project.open(tmp_path / "shop") as project:
            while decision_by_key(project.store, work="refunds", key="order-30") is None and process.poll() is None:
                pass
        process.send_signal(signal.SIGKILL)
    said = remit("run", "refunds", str(items), "--json").document
    assert said["n"] == sum(said["routes"].values()) == 600
    assert said["n_before"] > 30
    assert len({one["key"] for one in remit("review", "list", "--json").document["reviews"]}) == 600
    assert remit("ledger", "verify").code == 0


def killed_after(key, items, folder):
    """Run a file in a process of its own and kill it as soon as an item is recorded."""
    command = [sys.executable, "-m", "remit", "run", "refunds", str(items)]
    with subprocess.Popen(command, cwd=folder, env={"PYTHONPATH": str(SOURCE), "PATH": ""}) as process:
        with Project.open(folder) as project:
            while decision_by_key(project.store, work="refunds", key=key) is None and process.poll() is None:
                pass
        assert process.poll() is None
        process.send_signal(signal.SIGKILL)


def test_dead_letters_of_before_a_kill_are_kept_and_found_again(items, remit, tmp_path):
    assert remit("run", "refunds", str(items)).code == 0
    first = items.with_name("monday.undecided.jsonl")
    first.write_text("what an earlier run left\n")
    items.write_text(line("order-0", 99.0) + "".join(line(f"o-{n}", 20.0 + n % 30) for n in range(900)))
    killed_after("o-30", items, tmp_path / "shop")
    part = items.with_name("monday.undecided.jsonl.part")
    assert [json.loads(each)["key"] for each in part.read_text().splitlines()] == ["order-0"]
    assert first.read_text() == "what an earlier run left\n"
    said = remit("run", "refunds", str(items), "--json").document
    assert [one["key"] for one in said["undecided"]] == ["order-0"]
    assert [json.loads(each)["key"] for each in first.read_text().splitlines()] == ["order-0"]
    assert not part.exists()


def test_a_file_is_run_by_one_process_at_a_time(items, remit):
    with items.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        refused(remit("run", "refunds", str(items)), 5, "E504")
    assert remit("run", "refunds", str(items)).code == 0


def test_what_is_recorded_is_not_asked_for_again_and_changed_input_is_found_out(n_asked, items, remit):
    assert remit("run", "refunds", str(items)).code == 0
    n_before = n_asked()
    items.write_text(line("order-0", 20.0) + line("order-1", 99.0) + line("order-2", 22.0))
    said = remit("run", "refunds", str(items), "--json").document
    assert (said["n_before"], [one["key"] for one in said["undecided"]]) == (2, ["order-1"])
    assert n_asked() == n_before


def test_an_item_whose_content_was_erased_is_recorded_still_and_holds_nothing_up(items, remit):
    assert remit("run", "refunds", str(items)).code == 0
    found = remit("review", "list", "--json").document["reviews"]
    review = next(one["id"] for one in found if one["key"] == "order-1")
    assert remit("review", "decide", review, "--output", '{"refund": "no"}', *TAREK).code == 0
    erased = remit("erase", "refunds", "--item", "order-1", "--reason", "asked for", *JONAS)
    assert erased.code == 0, erased.err
    items.write_text(items.read_text() + line("order-9"))
    said = remit("run", "refunds", str(items), "--json").document
    assert (said["n"], said["n_before"], said["n_undecided"]) == (4, 3, 0)


def test_the_answers_of_a_tool_are_decided_one_by_one_and_again_they_change_nothing(waiting, remit, tmp_path):
    file = answers(
        tmp_path,
        {"review": waiting["order-0"], "output": {"refund": "yes"}, "seconds": 3},
        {"key": "order-1", "reject": True, "comment": "not ours"},
    )
    first = remit("review", "decide", "--file", str(file), *TAREK, "--json").document
    assert (first["n_new"], first["n_before"], first["not_taken"]) == (2, 0, [])
    shown = remit("review", "show", waiting["order-1"], "--json").document
    assert (shown["outcome"], shown["comment"]) == ("rejected", "not ours")
    again = remit("review", "decide", "--file", str(file), *TAREK)
    assert (again.code, again.out.strip()) == (0, "0 reviews decided by tarek; 2 had been decided so before")
    assert len(remit("review", "list", "--json").document["reviews"]) == 1


def test_what_somebody_else_decided_otherwise_is_that_line_alone(waiting, remit, tmp_path):
    other = ("review", "decide", waiting["order-0"], "--output", '{"refund": "no"}', *JONAS)
    assert remit(*other).code == 0
    file = answers(
        tmp_path, {"key": "order-0", "output": {"refund": "yes"}}, {"key": "order-1", "output": {"refund": "yes"}}
    )
    said = remit("review", "decide", "--file", str(file), *TAREK, "--json")
    assert said.code == 1
    assert [(one["line"], one["review"]) for one in said.document["not_taken"]] == [(1, waiting["order-0"])]
    assert said.document["n_new"] == 1


def test_where_one_line_of_the_answers_does_not_fit_none_is_decided(waiting, remit, tmp_path):
    file = answers(
        tmp_path,
        {"key": "order-0", "output": {"refund": "yes"}},
        {"key": "order-1", "output": {"refund": "perhaps"}},
        {"key": "nobody", "output": {"refund": "yes"}},
        {"key": "order-2", "output": {"refund": "yes"}, "reject": True},
        {"output": {"refund": "yes"}, "coment": "x"},
        {"key": "order-0", "output": {"refund": "no"}},
    )
    said = remit("review", "decide", "--file", str(file), *TAREK, "--json")
    assert said.code == 3
    assert {one["where"]["line"] for one in said.document["problems"]} == {2, 3, 4, 5, 6}
    assert len(remit("review", "list", "--json").document["reviews"]) == 3


def test_a_file_of_audits_takes_audits_only(waiting, remit, tmp_path):
    file = answers(tmp_path, {"review": waiting["order-0"], "output": {"refund": "yes"}})
    refused(remit("audit", "decide", "--file", str(file), *TAREK), 3, "E306")
    refused(remit("review", "decide", waiting["order-0"], "--file", str(file), *TAREK), 2, "E201")
    refused(remit("review", "decide", *TAREK), 2, "E201")


def test_a_tool_learns_what_waits_and_sees_no_answer_that_its_person_may_not_see(waiting, remit):
    for one in remit("review", "list", "--json").document["reviews"]:
        assert one["input"]["channel"] == "web"
        assert one["suggestion"] is None  # shadow: nobody sees it
