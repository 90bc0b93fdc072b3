"""Items become cases: imported, answered by two people who do not see each other, compared, settled, written."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time

import pytest
from tests.integration.small_project import environment

from remit.errors import CasesInvalid, FrozenChanged, NotAllowed, RunInProgress
from remit.project import Project

ITEMS = '''\
case,input.amount,input.channel,input.note,input.dealer,region
n0,0.5,web,"hello, ""you""",no,north
n1,30.5,web,,no,south
n2,60.5,shop,third,no,north
n3,90.5,web,fourth,no,north
'''


@pytest.fixture
def shop(small):
    """The small project with two clerks and four items that nobody answered."""
    small.change("remit.yaml", "roles: [author, Head of Refunds]", "roles: [author, Head of Refunds, refund clerk]")
    small.write("items.csv", ITEMS)
    small.work.import_items(small.root / "items.csv")
    return small


def answers(small, person, **refunds):
    """``person`` answers these items, and skips the others."""
    with small.opened() as work, work.label(person) as session:
        while session.current is not None:
            if session.current.id in refunds:
                session.answer({"refund": refunds[session.current.id]})
            else:
                session.skip()


def lines(small, person):
    text = small.read(f"cases/refunds.labels/{person}.jsonl")
    return [json.loads(line) for line in text.splitlines()]


# Import


def test_items_are_held_against_the_inputs_with_their_rows(small, remit):
    small.write("items.csv", ITEMS.replace("90.5", "-1").replace("shop", "phone"))
    said = remit("cases", "import", "refunds", "items.csv")
    assert said.code == 3
    assert "items.csv:4" in said.err
    assert "items.csv:5" in said.err
    assert not (small.root / "cases/refunds.items.jsonl").exists()


def test_items_that_are_there_are_passed_over_and_others_of_their_name_refused(shop, remit):
    again = remit("cases", "import", "refunds", "items.csv", "--json").document
    assert (again["new"], again["known"], again["waiting"]) == (0, 4, 4)
    shop.write("items.csv", ITEMS.replace("n3,90.5", "n3,91.5"))
    said = remit("cases", "import", "refunds", "items.csv")
    assert said.code == 3
    assert "`n3` is the name of another item already" in said.err


def test_a_name_of_the_case_file_is_taken(shop):
    shop.write("items.csv", ITEMS.replace("n3", "c000"))
    with pytest.raises(CasesInvalid, match="name of another item"):
        shop.work.import_items(shop.root / "items.csv")


def test_an_item_without_a_name_is_named_by_its_input(small):
    small.write("items.jsonl", '{"input": {"amount": 5, "channel": "web", "dealer": false}, "region": "north"}\n' * 2)
    with pytest.raises(CasesInvalid, match="there twice"):
        small.work.import_items(small.root / "items.jsonl")
    small.write("items.jsonl", '{"input": {"amount": 5, "channel": "web", "dealer": false}, "region": "north"}\n')
    assert small.work.import_items(small.root / "items.jsonl").n_new == 1
    assert small.work.import_items(small.root / "items.jsonl").n_known == 1
    assert json.loads(small.read("cases/refunds.items.jsonl"))["case"].startswith("item-")


@pytest.mark.parametrize("column", ["expected.refund", "second.refund", "labelled_by", "split"])
def test_items_that_come_with_an_answer_are_refused(small, column):
    small.write("items.csv", f"case,input.amount,input.channel,region,{column}\nn0,1,web,north,yes\n")
    with pytest.raises(CasesInvalid, match="says an answer"):
        small.work.import_items(small.root / "items.csv")


@pytest.mark.parametrize(
    ("header", "mend"),
    [
        ("case,amount,input.channel,region", "did you mean `input.amount`?"),
        ("case,Amount,channel,region", "did you mean `input.amount`?"),
        ("case,amuont,shop,region", "did you mean `input.amount`?"),
        ("case,sum,shop,region", "name the columns of the input `input.<field>`"),
        ("case,input.amount,refund,region", "take the column out"),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_no_item_is_taken_in_without_its_input(small, remit, header, mend, ending):
    names, values = header.split(","), ["n0", "1", "web", "north"]
    row = json.dumps(dict(zip(names, values, strict=True)))
    small.write(f"new.{ending}", f"{header}\n{','.join(values)}\n" if ending == "csv" else f"{row}\n")
    said = remit("cases", "import", "refunds", f"new.{ending}")
    assert said.code == 3
    assert mend in said.err
    assert not (small.root / "cases/refunds.items.jsonl").exists()


def test_importing_without_a_case_file_in_the_definition_says_what_to_write(small, remit):
    small.change("work/refunds.yaml", "path: cases/refunds.csv, ", "")
    small.write("items.csv", ITEMS)
    said = remit("cases", "import", "refunds", "items.csv")
    assert said.code == 3
    assert "write `cases: {path: cases/refunds.csv}` in the definition" in said.err


def test_a_column_that_is_neither_input_nor_slice_is_told(small, remit):
    small.write("items.csv", ITEMS.replace("region", "region,weather").replace("north", "north,rain"))
    small.write("items.csv", small.read("items.csv").replace("south", "south,sun"))
    said = remit("cases", "import", "refunds", "items.csv")
    assert said.code == 0
    assert "`weather`" in said.err
    assert "region" not in said.err


# Label


def test_on_stdin_every_line_is_an_answer_and_nothing_of_others_is_shown(shop):
    said = shop.process("cases", "label", "refunds", "--as", "mira", stdin="1\nno\n?\nwhich desk\nx\n3\nu\n2\ns\n")
    assert said.code == 0, said.err
    found = lines(shop, "mira")
    assert [next(key for key in ("answer", "question", "undo", "skip") if key in one) for one in found] == [
        "answer", "answer", "question", "answer", "undo", "answer",
    ]  # fmt: skip
    assert "x is no answer here" in said.out
    assert "0 left" not in said.out
    other = shop.process("cases", "label", "refunds", "--as", "tarek", stdin="1\n")
    assert "mira" not in other.out
    assert "which desk" not in other.out


def test_everybody_has_an_order_of_their_own_which_stays(shop):
    def order(person, seed=7):
        with shop.opened() as work, work.label(person, seed=seed) as session:
            return [session._items[one].id for one in session._waiting]

    assert order("mira") == order("mira")
    assert sorted(order("mira")) == sorted(order("tarek"))
    assert len({tuple(order(person, seed)) for person in ("mira", "tarek") for seed in range(5)}) > 2


def test_a_session_goes_on_where_it_was(shop):
    with shop.opened() as work, work.label("mira") as session:
        first = session.current.id
        session.answer({"refund": "yes"})
    with shop.opened() as work, work.label("mira") as session:
        assert (session.n_done, session.n_all) == (1, 4)
        assert session.current.id != first
        assert session.undo()
        assert session.current.id == first
        assert not session.undo()


def test_an_answer_that_does_not_fit_is_not_kept(shop):
    with shop.opened() as work, work.label("mira") as session:
        with pytest.raises(CasesInvalid):
            session.answer({"refund": "perhaps"})
        with pytest.raises(CasesInvalid):
            session.answer({})
    assert shop.read("cases/refunds.labels/mira.jsonl") == ""


def test_only_the_roles_of_the_definition_label(shop):
    with pytest.raises(NotAllowed, match="jonas may not label"):
        shop.work.label("jonas")


def test_a_role_stands_for_the_one_person_who_has_it(shop, remit):
    with shop.opened() as work, work.label("Head of Refunds") as session:
        assert session.person.id == "mira"
    said = remit("cases", "label", "refunds", "--as", "refund clerk")
    assert said.code == 2
    assert "mira, tarek" in said.err


def test_one_person_labels_in_one_terminal_at_a_time(shop):
    with shop.opened() as work, work.label("mira"):
        with shop.opened() as again, pytest.raises(RunInProgress):
            again.label("mira")
        with shop.opened() as other, other.label("tarek") as session:
            assert session.current is not None


def test_a_label_file_edited_by_hand_is_told_with_its_line(shop, remit):
    answers(shop, "mira", n0="yes", n1="no")
    shop.change("cases/refunds.labels/mira.jsonl", '"no"', '"nope"')
    said = remit("cases", "agree", "refunds")
    assert said.code == 3
    assert "mira.jsonl:" in said.err
    assert "answer.refund" in said.err


def test_a_line_that_was_cut_off_is_asked_again(shop):
    answers(shop, "mira", n0="yes", n1="no")
    path = shop.root / "cases/refunds.labels/mira.jsonl"
    whole = path.read_bytes()
    n_whole = sum(b'"answer"' in line for line in whole.splitlines())
    path.write_bytes(whole + b'{"case": "n2", "answer": {"ref')
    with shop.opened() as work, work.label("mira") as session:
        assert session.n_done == n_whole
        assert path.read_bytes() == whole


def test_after_kill_9_every_answer_that_was_followed_by_an_item_is_there(shop):
    process = subprocess.Popen(
        [sys.executable, "-m", "remit", "cases", "label", "refunds", "--as", "mira"],
        cwd=shop.root,
        env=environment(PYTHONUNBUFFERED="1"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        for shown in ("1 of 4", "2 of 4", "3 of 4"):
            while shown not in process.stdout.readline():
                pass
            if shown != "3 of 4":
                process.stdin.write("1\n")
                process.stdin.flush()
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdin.close()
        process.stdout.close()
    assert len(lines(shop, "mira")) == 2
    with shop.opened() as work, work.label("mira") as session:
        assert session.n_done == 2


def test_on_a_terminal_one_key_is_one_answer(shop):
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(shop.root)
        arguments = [sys.executable, "-m", "remit", "cases", "label", "refunds", "--as", "mira"]
        os.execve(sys.executable, arguments, environment())
    shown = b""
    for wanted, key in ((b"1 of 4", b"1"), (b"2 of 4", b"u"), (b"1 of 4", b"3"), (b"2 of 4", b"q"), (b"now", b"")):
        before, shown = shown, b""
        until = time.monotonic() + 30
        while wanted not in shown or (key and b"[q] stop" not in shown.split(wanted, 1)[1]):
            assert time.monotonic() < until, (before, shown)
            if select.select([terminal], [], [], 1.0)[0]:
                try:
                    shown += os.read(terminal, 65536)
                except OSError:
                    break
        os.write(terminal, key)
    os.waitpid(child, 0)
    os.close(terminal)
    said = [next(key for key in ("answer", "undo") if key in one) for one in lines(shop, "mira")]
    assert said == ["answer", "undo", "answer"]
    assert lines(shop, "mira")[-1]["answer"] == {"refund": "ask"}


def test_cases_that_have_an_answer_are_asked_again_without_showing_it(shop):
    with shop.opened() as work, work.label("mira", n_again=20) as session:
        assert session.n_all == 24
    with shop.opened() as work:
        one, other = (work.label(person, n_again=20) for person in ("mira", "tarek"))
        with one, other:
            assert one._items.keys() == other._items.keys()


def test_answers_to_another_question_do_not_count(shop):
    answers(shop, "mira", n0="yes")
    shop.change("work/refunds.yaml", "Does the customer get the money back?", "Is the money paid back?")
    with shop.opened() as work, work.label("mira") as session:
        assert session.n_done == 0
    found = shop.work.agreement()
    assert found.heard.n_before == 1
    assert found.agreement.people == ()


# Agree


def test_agreement_says_the_share_and_where_people_split(shop, remit):
    answers(shop, "mira", n0="yes", n1="yes", n2="no")
    answers(shop, "tarek", n0="yes", n1="no", n3="ask")
    found = remit("cases", "agree", "refunds", "--json").document
    assert found["kind"] == "agreement"
    assert (found["n"], found["n_agreed"]) == (2, 1)
    assert found["lower"] < 0.5 < found["upper"]
    assert found["fields"][0]["kappa"]["n_cases"] == 2
    assert [one["case"] for one in found["split"]] == ["n1"]
    text = remit("cases", "agree", "refunds").out
    assert "n1: mira yes; tarek no" in text
    assert "no verdict" in text


def test_only_the_accountable_person_settles(shop):
    with pytest.raises(NotAllowed, match="mira may not settle"):
        shop.work.settle("mira")


def test_what_is_agreed_or_settled_becomes_a_case_and_the_rest_of_the_file_stays(shop):
    answers(shop, "mira", n0="yes", n1="yes", n2="no")
    answers(shop, "tarek", n0="yes", n1="no", n3="ask")
    before = shop.read("cases/refunds.csv")
    said = shop.process("cases", "agree", "refunds", "--settle", "--by", "jonas", stdin="2\n")
    assert said.code == 0, said.err
    after = shop.read("cases/refunds.csv").splitlines()
    assert after[0] == before.splitlines()[0] + ",second.refund"
    assert [line.removesuffix(",") for line in after[1:201]] == before.splitlines()[1:]
    assert after[201] == 'n0,0.5,web,"hello, ""you""",no,yes,,mira;tarek,north,yes'
    assert after[202] in ("n1,30.5,web,,no,no,,tarek;jonas,south,yes", "n1,30.5,web,,no,no,,tarek;jonas,south,no")
    assert len(after) == 203
    assert shop.work.check_cases().n_rows == 202
    people = {one.person: (one.n_judged, one.n_wrong) for one in shop.work.agreement().agreement.records}
    assert people == {"mira": (2, 1), "tarek": (2, 0)}


def test_writing_again_changes_nothing(shop):
    answers(shop, "mira", n0="yes")
    answers(shop, "tarek", n0="yes")
    for _ in range(2):
        with shop.opened() as work, work.settle("jonas") as settlement:
            written = settlement.write()
        text = shop.read("cases/refunds.csv")
    assert (written.n_new, written.n_second, written.n_changed) == (0, 0, 0)
    assert text.count("\nn0,") == 1


@pytest.mark.parametrize("broken", ['{"case"', '"by": "jonas"'])
def test_a_bad_line_among_the_settled_answers_names_the_command_that_asks_again(shop, remit, broken):
    answers(shop, "mira", n0="yes")
    answers(shop, "tarek", n0="no")
    with shop.opened() as work, work.settle("jonas") as settlement:
        settlement.settle("n0", {"refund": "ask"})
    shop.change("cases/refunds.settled.jsonl", broken, '{"case' if broken.startswith("{") else '"by": ""')
    said = remit("cases", "agree", "refunds")
    assert said.code == 3
    assert "`remit cases agree --settle` asks again" in " ".join(said.err.split())
    assert "remit cases label" not in said.err


def test_a_settled_answer_survives_a_kill_before_it_is_written(shop):
    answers(shop, "mira", n0="yes")
    answers(shop, "tarek", n0="no")
    with shop.opened() as work, work.settle("jonas") as settlement:
        assert [one.case for one in settlement.open] == ["n0"]
        settlement.settle("n0", {"refund": "ask"})
    with shop.opened() as work, work.settle("jonas") as settlement:
        assert settlement.open == ()
        settlement.write()
    assert "n0,0.5" in shop.read("cases/refunds.csv")
    assert ",ask,,jonas,north," in shop.read("cases/refunds.csv")


def test_frozen_cases_take_no_answers(shop):
    shop.split_and_freeze()
    answers(shop, "mira", n0="yes")
    with pytest.raises(FrozenChanged):
        shop.work.settle("jonas")
    assert shop.work.agreement().agreement.people == ("mira",)


def test_a_case_that_was_known_keeps_its_answer_and_gets_a_second_one(shop):
    with shop.opened() as work, work.label("mira", n_again=10) as session:
        while session.current is not None:
            known = session.current.id.startswith("c")
            session.answer({"refund": "ask"}) if known else session.skip()
    found = shop.work.agreement().agreement
    assert found.n_known == 10
    before = [line.split(",") for line in shop.read("cases/refunds.csv").splitlines()]
    with shop.opened() as work, work.settle("jonas") as settlement:
        assert {one.case for one in settlement.open} == {one.case for one in found.split}
        settlement.write()
    after = [line.split(",") for line in shop.read("cases/refunds.csv").splitlines()]
    assert [row[:-1] for row in after] == before
    assert sum(row[-1] == "ask" for row in after) == 10


def test_a_case_file_is_made_where_there_was_none(shop):
    (shop.root / "cases/refunds.csv").unlink()
    answers(shop, "mira", n0="yes", n1="no")
    answers(shop, "tarek", n0="yes", n1="no")
    with shop.opened() as work, work.settle("jonas") as settlement:
        assert settlement.write().n_new == 2
    assert shop.work.check_cases().n_rows == 2


def test_jsonl_cases_are_added_to_line_by_line(shop):
    case = '{"case":"c1",  "input": {"amount": 5, "channel": "web"}, "expected": {"refund": "yes"}, "region": "south"}'
    shop.write("cases/refunds.jsonl", case)
    shop.change("work/refunds.yaml", "cases/refunds.csv", "cases/refunds.jsonl")
    answers(shop, "mira", n0="yes")
    answers(shop, "tarek", n0="yes")
    with shop.opened() as work, work.settle("jonas") as settlement:
        settlement.write()
    first, second = shop.read("cases/refunds.jsonl").splitlines()
    assert first == case
    assert json.loads(second)["expected"] == {"refund": "yes"}


def test_readiness_judges_agreement_until_an_answer_changes(shop):
    answers(shop, "mira", n0="yes")
    answers(shop, "tarek", n0="yes")
    shop.work.agreement()
    assert Project.open(shop.root).work("refunds").check().results
    found = {one.rule: one for one in shop.work.check().results}
    assert found["WD12"].findings[0].message == "two people answered 1 items; 30 are needed"
    answers(shop, "mira", n1="yes")
    found = {one.rule: one for one in shop.work.check().results}
    assert found["WD12"].findings[0].message.startswith("not measured yet")


# Real items


def test_real_items_are_counted_by_whether_they_would_be_refused(small, remit):
    rows = [f"{i},web,no" for i in range(300)]
    small.write("week.csv", "input.amount,input.channel,input.dealer\n" + "\n".join(rows) + "\n")
    assert remit("cases", "check", "refunds", "--items", "week.csv").out.startswith("300 items: 0 would be refused\n")
    assert next(one for one in small.work.check().results if one.rule == "IO10").state.value == "pass"
    rows[:40] = [f"-{i + 1},web,no" for i in range(40)]
    rows[50:60] = ["7,web,no"] * 10
    small.write("week.csv", "input.amount,input.channel,input.dealer\n" + "\n".join(rows) + "\n")
    found = remit("cases", "check", "refunds", "--items", "week.csv", "--json").document
    assert (found["n"], found["n_refused"]) == (300, 40)
    assert found["most"].startswith("input.amount: expected")
    assert next(one for one in small.work.check().results if one.rule == "IO10").state.value == "fail"


def test_a_file_that_holds_no_items_of_this_work_is_refused(small):
    small.write("week.csv", "input.amuont,input.channel\n1,web\n")
    with pytest.raises(CasesInvalid, match="amuont"):
        small.work.check_real_items(small.root / "week.csv")
    small.write("week.csv", "input.amount,input.channel\n")
    with pytest.raises(CasesInvalid, match="no item"):
        small.work.check_real_items(small.root / "week.csv")


def test_cases_that_are_cleaner_than_real_items_are_found_out(small, remit):
    rows = [f"{i % 150},web,no,{'ähm ' * 20}@@ ## {i}" for i in range(150)]
    small.write("week.csv", "input.amount,input.channel,input.dealer,input.note\n" + "\n".join(rows) + "\n")
    said = remit("cases", "check", "refunds", "--items", "week.csv")
    assert "length of texts: " in said.out
    found = next(one for one in small.work.check().results if one.rule == "TT15")
    assert found.state.value == "fail"
    assert "length of texts" in found.findings[0].message
    cases = small.read("cases/refunds.csv").splitlines()
    head = cases[0].split(",")
    kept = [at for at, name in enumerate(head) if name.startswith("input.")]
    rows = [",".join(line.split(",")[at] for at in kept) for line in cases]
    small.write("week.csv", "\n".join(rows) + "\n")
    remit("cases", "check", "refunds", "--items", "week.csv")
    assert next(one for one in small.work.check().results if one.rule == "TT15").state.value == "pass"
