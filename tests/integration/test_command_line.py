"""The commands, as a person or a script calls them: what they say, where they say it, and their exit codes."""

import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.small_project import ITEM, Spoken, environment

from remit.errors import ItemInvalid

BY = ("--by", "jonas")
GRANT = ("grant", "refunds", "--executor", "desk", "--level", "shadow", "--reason", "a look")


@pytest.fixture
def item(frozen) -> str:
    return str(frozen.write("item.json", json.dumps(ITEM)))


@pytest.fixture
def reviewed(frozen, remit, item):
    """A review that waits, below suggest."""
    assert remit(*GRANT, *BY).code == 0
    return remit("decide", "refunds", "--input", item, "--key", "order-1", "--json").document["review"]


def refused(said: Spoken, exit_code: int, code: str) -> Spoken:
    """It said no in the error form, on stderr, with this exit code."""
    assert (said.code, said.out) == (exit_code, "")
    assert code in said.err
    assert f"remit explain {code}" in said.err
    assert "Traceback" not in said.err
    return said


@pytest.mark.parametrize(
    ("key", "found"),
    [(" ", "only blanks"), ("   ", "only blanks"), ("", "nothing"), ("a\tb", "U+0009"), ("k" * 513, "513")],
)
def test_what_names_no_item_is_refused_as_a_key_before_anybody_is_asked(frozen, remit, item, key, found):
    assert remit(*GRANT, *BY).code == 0
    frozen.write("functions/desk.py", "raise RuntimeError('asked')")
    said = refused(remit("decide", "refunds", "--input", item, "--key", key), 3, "E309")
    assert f"found     {found}" in said.err


# Exit codes


def test_0_where_the_answer_is_yes(frozen, remit, item):
    for arguments in (
        ("--help",),
        ("--version",),
        ("check",),
        ("check", "refunds", "--for", "shadow"),
        ("cases", "check", "refunds"),
        ("cases", "freeze", "refunds"),
        ("cases", "coverage", "refunds"),
        ("plan", "refunds"),
        ("prove", "refunds", "--executor", "desk"),
        (*GRANT, *BY),
        ("decide", "refunds", "--input", item),
        ("review", "list"),
        ("review", "list", "refunds"),
        ("stop", "refunds", "--reason", "an incident", *BY),
        ("resume", "refunds", "--reason", "it is over", *BY),
        ("revoke", "refunds", "--executor", "desk", "--reason", "enough", *BY),
        ("ledger", "verify"),
        ("explain", "wd01"),
        ("explain", "E303"),
        ("schema",),
        ("db", "status"),
        ("db", "upgrade"),
    ):
        said = remit(*arguments)
        assert said.code == 0, (arguments, said)
        assert said.out.strip(), arguments


@pytest.mark.parametrize(
    "command",
    [
        "check",
        "cases",
        "plan",
        "prove",
        "grant",
        "revoke",
        "stop",
        "resume",
        "decide",
        "review",
        "ledger",
        "explain",
        "db",
        "demo",
    ],
)
def test_every_command_helps_from_any_folder(remit, small, tmp_path, command):
    said = remit(command, "--help", cwd=tmp_path)
    assert said.code == 0
    assert said.out.startswith("Usage: remit")


def test_1_where_the_answer_is_no(frozen, remit):
    frozen.change("work/refunds.yaml", "at_least: 0.80", "at_least: 0.999")
    said = remit("prove", "refunds", "--executor", "desk")
    assert said.code == 1
    assert "missed" in said.out
    assert remit("check", "--for", "supervised").code == 1
    assert remit("check").code == 0


def test_4_where_the_evidence_does_not_reach(frozen, remit):
    frozen.change("work/refunds.yaml", "at_least: 0.80", "at_least: 0.95")
    said = remit("prove", "refunds", "--executor", "desk")
    assert said.code == 4
    assert "unproven" in said.out


def test_4_where_there_is_no_target_to_meet(frozen, remit):
    text = frozen.read("work/refunds.yaml")
    start, end = text.index("  targets:"), text.index("  slices:")
    frozen.write("work/refunds.yaml", text[:start] + text[end:])
    assert remit("prove", "refunds", "--executor", "desk").code == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("prov",), "did you mean `remit prove`?"),
        (("nothing-like-it",), "`remit --help` lists the commands"),
        (("ledger", "verif"), "did you mean `remit ledger verify`?"),
        (("prove", "refunds"), "the option `--executor` is missing"),
        (("prove", "refunds", "--executor"), "the option `--executor` has no value"),
        (("check", "--frm", "shadow"), "there is no option `--frm`"),
        (("check", "--fr", "shadow"), "did you mean `--for`?"),
        (("check", "--format", "xml"), "expected  one of text, json, github, junit"),
        (("cases", "split", "refunds", "--seed", "seven"), "can't be `seven` expected a whole number found seven"),
        (("outbox", "list", "--limit", "0"), "a whole number, at least 1, at most 10,000"),
        (("plan", "refunds", "--coverage", "much"), "expected  a number"),
        (("decide",), "the argument ID is missing expected remit decide [OPTIONS] ID found nothing mend `remit decide"),
        (("stop", "refunds", "returns", "--reason", "x"), "nothing is known to do with `returns`"),
        (("review", "list", "--x", "--json"), None),
    ],
)
def test_2_where_the_words_of_the_call_are_wrong(small, remit, arguments, words):
    said = remit(*arguments)
    if words is None:
        assert (said.code, said.document["code"], said.err) == (2, "E201", "")
        return
    refused(said, 2, "E201")
    assert " ".join(words.split()) in " ".join(said.err.split())


def test_a_group_of_commands_alone_shows_its_help(remit):
    said = remit("review")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("Usage: remit review")


def test_2_where_a_value_of_the_call_is_wrong(frozen, remit, reviewed):
    refused(remit("check", "--for", "shadov"), 2, "E201")
    refused(remit(*GRANT), 2, "E201")  # who does it?
    refused(remit(*GRANT, *BY, "--until", "soon"), 2, "E201")
    refused(remit("stop", "--executor", "desk", "--reason", "odd", *BY), 2, "E201")
    refused(remit("review", "decide", reviewed, *BY), 2, "E201")
    refused(remit("review", "decide", reviewed, "--accept", "--refuse", *BY), 2, "E201")
    refused(remit("prove", "refunds", "--executor", "desk", "--against", "desk"), 2, "E201")
    refused(remit("plan", "refunds", "--rate", "0.1"), 2, "E201")
    refused(remit("plan", "refunds", "--coverage", "2"), 2, "E201")
    refused(remit("plan", "refunds", "--executor", "clerks"), 2, "E201")


def test_3_where_what_somebody_wrote_cannot_be_used(frozen, remit, item, reviewed, tmp_path):
    refused(remit("check", cwd=tmp_path), 3, "E308")
    refused(remit("decide", "refunds", "--input", "nowhere.json"), 3, "E301")
    refused(remit("decide", "refunds", "--input", str(frozen.write("list.json", "[1]"))), 3, "E309")
    refused(remit("review", "decide", reviewed, "--output", "{", *BY), 3, "E309")
    refused(remit("review", "decide", reviewed, "--output", "[]", *BY), 3, "E309")
    refused(remit("review", "decide", reviewed, "--output", '{"refund": "perhaps"}', *BY), 3, "E309")
    refused(remit("cases", "split", "refunds", "--seed", "1", "--prove", "0.6"), 5, "E503")
    frozen.change("work/refunds.yaml", "remit: 1", "remit: 2")
    refused(remit("prove", "refunds", "--executor", "desk"), 3, "E303")
    said = remit("check")
    assert (said.code, "E303" in said.err) == (3, True)


def test_3_where_a_share_is_none(small, remit):
    for share in ("1.5", "0", "1", "nan"):
        said = remit("cases", "split", "refunds", "--seed", "1", "--prove", share)
        refused(said, 2, "E201")
        assert "--prove" in said.err
    before = small.read("cases/refunds.csv")
    said = remit("cases", "split", "refunds", "--seed", "1", "--by", "nope")
    refused(said, 2, "E201")
    assert "`amount`, `channel`" in said.err
    assert "did you mean `channel`?" in remit("cases", "split", "refunds", "--seed", "1", "--by", "input.channel").err
    assert small.read("cases/refunds.csv") == before
    assert remit("cases", "split", "refunds", "--seed", "1", "--by", "refund", "--by", "region").code == 0


def test_5_where_it_contradicts_what_is_recorded(frozen, remit, item, reviewed):
    other = str(frozen.write("other.json", json.dumps({**ITEM, "amount": 30.0})))
    refused(remit("decide", "refunds", "--input", other, "--key", "order-1"), 5, "E501")
    assert remit("review", "decide", reviewed, "--output", '{"refund": "yes"}', "--by", "tarek").code == 0
    refused(remit("review", "decide", reviewed, "--output", '{"refund": "no"}', *BY), 5, "E502")
    refused(remit("cases", "split", "refunds", "--seed", "8"), 5, "E503")
    refused(remit("check", "refund"), 5, "E505")
    refused(remit("prove", "refunds", "--executor", "desc"), 5, "E505")
    refused(remit("review", "show", "nothing"), 5, "E505")
    refused(remit("resume", "--reason", "nothing was stopped", *BY), 5, "E505")
    refused(remit("explain", "E999"), 5, "E505")
    frozen.change("cases/refunds.csv", "note 7,", "note 8,")
    frozen.change("cases/refunds.csv", "note 9,", "note 8,")
    frozen.change("cases/refunds.csv", "note 11,", "note 8,")
    refused(remit("prove", "refunds", "--executor", "desk"), 5, "E503")


def test_6_where_the_store_cannot_be_used(frozen, remit, item, monkeypatch):
    for place in ("remit.yaml", "remit.yaml/remit.db", "work"):
        monkeypatch.setenv("REMIT_STORE", place)
        refused(remit("decide", "refunds", "--input", item), 6, "E600")
    monkeypatch.setenv("REMIT_STORE", "postgresql+psycopg://nobody@127.0.0.1:1/remit")
    refused(remit("decide", "refunds", "--input", item), 6, "E600")


def test_6_where_the_record_does_not_verify(frozen, remit, reviewed):
    assert remit("ledger", "verify").code == 0
    with sqlite3.connect(frozen.root / ".remit" / "remit.db") as database:
        database.execute("UPDATE decisions SET route = 'act'")
    database.close()
    said = remit("ledger", "verify")
    assert said.code == 6
    assert "refunds" in said.out
    document = remit("ledger", "verify", "--json").document
    assert document["chains"][0]["at_entry"] == 3  # a grant, where its evidence begins, the decision


def test_8_where_a_rule_or_a_role_forbids_it(frozen, remit, reviewed):
    refused(remit(*GRANT, "--by", "tarek"), 8, "E801")
    refused(remit(*GRANT, "--by", "eve"), 8, "E800")
    large = str(frozen.write("large.json", json.dumps({**ITEM, "amount": 500.0})))
    review = remit("decide", "refunds", "--input", large, "--json").document["review"]
    refused(remit("review", "decide", review, "--output", '{"refund": "yes"}', *BY), 8, "E802")
    refused(remit("review", "decide", review, "--refuse", *BY), 8, "E800")


# The document of --json


def test_json_is_one_document_on_stdout_and_nothing_else(frozen, remit, item, reviewed):
    for arguments, kind, code in (
        (("check",), "check", 0),
        (("check", "--for", "supervised"), "check", 1),
        (("cases", "check", "refunds"), "cases", 0),
        (("cases", "coverage", "refunds"), "cases", 0),
        (("cases", "freeze", "refunds"), "frozen cases", 0),
        (("plan", "refunds"), "plan", 0),
        (("prove", "refunds", "--executor", "desk"), "proof", 0),
        (("decide", "refunds", "--input", item), "decision", 0),
        (("review", "list"), "reviews", 0),
        (("review", "show", reviewed), "review", 0),
        (("review", "decide", reviewed, "--output", '{"refund": "yes"}', *BY), "reviewed", 0),
        (("stop", "--reason", "an incident", *BY), "stop", 0),
        (("resume", "--reason", "it is over", *BY), "stop", 0),
        (("revoke", "refunds", "--executor", "desk", "--reason", "enough", *BY), "grant", 0),
        ((*GRANT, *BY), "grant", 0),
        (("ledger", "verify"), "ledger", 0),
        (("explain", "WD01"), "explanation", 0),
        (("db", "status"), "store", 0),
        (("db", "upgrade"), "store", 0),
    ):
        said = remit(*arguments, "--json")
        assert said.code == code, (arguments, said)
        assert (said.document["remit"], said.document["kind"]) == (1, kind), arguments
    assert remit("check", "--format", "json").document["kind"] == "check"
    assert "$schema" in json.loads(remit("schema").out)


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (("check", "nothing", "--json"), 5, "E505"),
        (("check", "nothing", "--format", "json"), 5, "E505"),
        (("check", "nothing", "--format=json"), 5, "E505"),
        (("check", "--for", "shadov", "--json"), 2, "E201"),
        (("check", "--frm", "--json"), 2, "E201"),
        (("prove", "refunds", "--json"), 2, "E201"),
        (("prov", "--json"), 2, "E201"),
        (("prove", "refunds", "--executor", "desk", "--json"), 5, "E503"),
        (("cases", "freeze", "refunds", "--json"), 3, "E306"),
        (("decide", "refunds", "--input", "nowhere.json", "--json"), 3, "E301"),
        (("review", "show", "nothing", "--json"), 5, "E505"),
        ((*GRANT, "--by", "eve", "--json"), 8, "E800"),
    ],
)
def test_an_error_is_the_one_document_too(small, remit, arguments, exit_code, code):
    said = remit(*arguments)
    assert said.code == exit_code
    assert (said.document["kind"], said.document["code"], said.document["exit_code"]) == ("error", code, exit_code)
    assert said.document["problems"]
    assert said.err == ""


def test_a_fault_of_our_own_is_a_document_without_a_traceback(small, remit, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr("remit.cli.commands.checking.checked", fail)
    said = remit("check", "--json")
    assert (said.code, said.document["exit_code"]) == (70, 70)
    assert "ZeroDivisionError" in said.document["message"]
    said = remit("check")
    assert (said.code, said.out) == (70, "")
    assert "this is a bug in Remit: ZeroDivisionError: ours" in said.err
    assert "Traceback" not in said.err
    monkeypatch.chdir(small.root)
    from remit.cli.main import run

    with pytest.raises(ZeroDivisionError):
        run(["--debug", "check"])


def test_definitions_that_cannot_be_read_are_in_the_document_of_check(small, remit):
    small.write("work/other.yaml", "remit: 1\nid: other\ntitel: no\n")
    said = remit("check", "--json")
    assert said.code == 3
    assert [one["work"] for one in said.document["works"]] == ["refunds"]
    assert [one["code"] for one in said.document["errors"]] == ["E303"]
    said = remit("check")
    assert said.code == 3
    assert "Readiness of refunds" in said.out
    assert "did you mean `title`" in said.err


# Deciding


def test_at_shadow_nobody_sees_what_the_candidate_answered(frozen, remit, item, reviewed):
    said = remit("decide", "refunds", "--input", item)
    assert '"refund"' not in said.out
    assert "nobody sees it" in said.err
    document = remit("decide", "refunds", "--input", item, "--json").document
    assert (document["answer"], document["checked"], document["route"]) == (None, None, "incumbent")
    assert [reason["kind"] for reason in document["reasons"]] == ["level"]
    shown = remit("review", "show", reviewed)
    assert "nothing, or hidden" in shown.out
    document = remit("review", "show", reviewed, "--json").document
    assert document["suggestion"] is None
    assert "yes" not in json.dumps(document["input"])
    refused(remit("review", "decide", reviewed, "--accept", "--by", "tarek"), 2, "E201")


def test_a_reason_that_tells_the_answer_is_not_shown_at_shadow(frozen, remit):
    frozen.write("functions/desk.py", "def answer(given: dict) -> dict:\n    return {'refund': 'no'}\n")
    assert remit(*GRANT, *BY).code == 0
    small = str(frozen.write("euro.json", json.dumps({**ITEM, "amount": 0.5})))  # breaks C2, which names the answer
    said = remit("decide", "refunds", "--input", small)
    assert "argues" not in said.out
    in_words = re.compile(r"\bC2\b")  # a random id may hold the two letters
    assert not in_words.search(said.out)
    assert not in_words.search(remit("decide", "refunds", "--input", small, "--json").out)


def test_the_same_key_gives_the_same_decision(frozen, remit, item, reviewed):
    said = remit("decide", "refunds", "--input", item, "--key", "order-1")
    assert said.code == 0
    assert "that decision stands" in said.err
    assert reviewed in said.out


def test_an_item_comes_from_a_file_beside_the_caller_or_from_stdin(frozen, remit, item):
    inside = frozen.root / "work"
    said = remit("decide", "refunds", "--input", "../item.json", "--json", cwd=inside)
    assert said.document["input"]["amount"] == 20.0
    said = frozen.process("decide", "refunds", "--input", "-", "--json", stdin=json.dumps(ITEM))
    assert (said.code, said.document["input"]["amount"]) == (0, 20.0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        '{"amount": NaN, "channel": "web"}',
        '{"amount": 1e999, "channel": "web"}',
        '{"amount": Infinity, "channel": "web"}',
        "[" * 100_000,
        '{"a":' * 100_000,
        "1" * 5000,
        '{"amount": ' + "1" * 5000 + "}",
        b"\xff\xfe{\x00}\x00",
        '{"amount": 1, "amount": 2}',
    ],
    ids=range(14),
)
def test_an_item_that_is_none_is_refused(frozen, remit, text):
    refused(remit("decide", "refunds", "--input", str(frozen.write("item.json", text))), 3, "E309")


def test_a_field_that_is_no_number_any_more_is_named(frozen, remit):
    spoken = remit("decide", "refunds", "--input", str(frozen.write("item.json", '{"amount": -1e999}')))
    assert "item.json" in spoken.err
    assert "`amount` is a number beyond" in spoken.err
    with frozen.opened() as work, pytest.raises(ItemInvalid, match="not a JSON value") as refused:
        work.decide({**ITEM, "amount": float("inf")})
    assert refused.value.problems[0].where.path == "input.amount"
    assert refused.value.problems[0].mend is not None


def test_an_item_that_is_too_large_is_refused(frozen, remit):
    large = json.dumps({**ITEM, "note": "x" * 5_000_000})
    refused(remit("decide", "refunds", "--input", str(frozen.write("item.json", large))), 3, "E301")


@pytest.mark.parametrize(
    "text",
    [
        '{"amount": 1e999, "channel": "web"}',
        '{"amount": 1' + "0" * 400 + ', "channel": "web"}',
        '{"amount": 36893488147419103232, "channel": "web"}',
        '{"amount": -1, "channel": "web"}',
        '{"amount": 1, "channel": ' + "[" * 200 + "]" * 200 + "}",
        '{"amount": 1, "channel": ' + "[" * 900 + "]" * 900 + "}",
        '{"amount": 1, "channel": "web", "note": "\\ud800"}',
        '{"amount": 1, "channel": "web", "note": "\\u0000"}',
        '{"amount": true, "channel": "web"}',
        '{"": 1}',
    ],
    ids=range(10),
)
def test_an_item_that_does_not_fit_is_a_decision_or_a_refusal_and_never_a_bug(frozen, remit, text):
    assert remit(*GRANT, *BY).code == 0
    said = remit("decide", "refunds", "--input", str(frozen.write("item.json", text)))
    assert said.code in (0, 3), said
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "text",
    [
        '{"refund": NaN}',
        '{"refund": 1e999}',
        '{"refund": ' + "[" * 900 + "]" * 900 + "}",
        "1" * 5000,
        '{"refund": "\\ud800"}',
    ],
)
def test_a_persons_answer_that_is_none_is_refused(remit, frozen, reviewed, text):
    refused(remit("review", "decide", reviewed, "--output", text, "--by", "tarek"), 3, "E309")


# Processes


def test_as_a_process_from_a_folder_inside_with_unicode(tmp_path):
    from tests.integration.small_project import make

    small = make(tmp_path / "Ein Büro mit 空白" / "shop")
    inside = small.root / "work"
    said = small.process("check", "--for", "shadow", cwd=inside)
    assert (said.code, said.err) == (0, "")
    assert "✓ reached" in said.out
    said = small.process("cases", "check", "refunds", "--json", cwd=inside)
    assert said.document["n_rows"] == 200
    said = small.process("prove", "refunds", "--executor", "desk", cwd=inside)
    assert (said.code, said.out) == (5, "")
    assert said.err.startswith("E503 the cases of `refunds` are not frozen")


def test_a_pipe_gets_neither_colour_nor_progress(frozen):
    said = frozen.process("prove", "refunds", "--executor", "desk")
    assert said.code == 0
    assert "\x1b" not in said.out + said.err
    assert "written: proofs/refunds/desk.json" in said.err


def test_a_reader_that_goes_away_is_no_error(frozen):
    import subprocess
    import sys

    from tests.integration.small_project import environment

    with subprocess.Popen(
        [sys.executable, "-m", "remit", "schema"],
        cwd=frozen.root,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.read(1)
        process.stdout.close()
        error = process.stderr.read()
    assert (process.returncode, error) == (0, b"")


def test_the_settings_of_the_environment_count(frozen, remit, item, tmp_path, monkeypatch):
    elsewhere = tmp_path / "records" / "remit.db"
    monkeypatch.setenv("REMIT_STORE", str(elsewhere))
    monkeypatch.setenv("REMIT_BY", "jonas")
    assert remit(*GRANT).code == 0
    assert remit("decide", "refunds", "--input", item).code == 0
    assert elsewhere.is_file()
    assert not Path(frozen.root, ".remit", "remit.db").exists()
    assert str(elsewhere) in remit("db", "status").out


@pytest.mark.parametrize("blocked", [".remit", "proofs"])
def test_a_file_in_the_place_of_a_folder_is_said(frozen, remit, blocked):
    import shutil

    shutil.rmtree(frozen.root / blocked, ignore_errors=True)
    frozen.write(blocked, "a file")
    said = remit("prove", "refunds", "--executor", "desk")
    assert said.code in (3, 6), said
    assert "Traceback" not in said.err
    assert blocked in said.err.replace("\n", "")


CLOSING = [
    "import sys; sys.stdout.close()",
    "import os; os.close(1)",
    "print('hello'); import os; os.system('echo hi')",
]


@pytest.mark.parametrize("command", ["prove", "decide"])
@pytest.mark.parametrize("does", CLOSING)
def test_what_an_executor_does_to_stdout_leaves_the_document_alone(frozen, does, command):
    frozen.write("functions/desk.py", f"{frozen.read('functions/desk.py')}\n\n{does}\n")
    frozen.write("item.json", json.dumps(ITEM))
    more = ("--executor", "desk", "--json", *(("--input", "item.json") if command == "decide" else ()))
    said = frozen.process(command, "refunds", *more)
    assert json.loads(said.out)["remit"] == 1
    assert ("hello" in said.err and "hi\n" in said.err) is ("print" in does)


def test_an_executor_that_closes_stderr_takes_nothing_from_the_answer(frozen):
    frozen.write("functions/desk.py", f"{frozen.read('functions/desk.py')}\n\nimport sys; sys.stderr.close()\n")
    said = frozen.process("prove", "refunds", "--executor", "desk")
    assert said.code == 0
    assert said.out.startswith("Proof of desk")


def test_an_answer_that_nobody_can_take_is_said():
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        command = [sys.executable, "-m", "remit", "explain", "TT03"]
        said = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment(), timeout=60, check=False)
    assert said.returncode == 7
    assert b"E701 the answer can't be written: No space left on device" in said.stderr


@pytest.mark.parametrize(("columns", "most"), [("40", 40), ("20", 40), ("300", 120)])
def test_a_terminal_of_40_columns_is_enough(frozen, remit, monkeypatch, columns, most):
    monkeypatch.setenv("COLUMNS", columns)
    for command in (["prove", "refunds", "--executor", "desk", "--full"], ["check"], ["plan", "refunds"]):
        spoken = remit(*command)
        assert max(map(len, spoken.out.splitlines())) <= most, command
