"""``remit define``: the interview, driven by piped answers and on a terminal of its own."""

import io
import os
import pty
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from remit.cli.main import run
from remit.files.definitions import load_definition

SOURCE = Path(__file__).resolve().parents[2] / "src"
ANSWERS = {
    "title": "Decide which desk gets one parcel claim",
    "statement": "Customers wait six days because claims are passed from desk to desk.",
    "owner": "Head of Claims, claims@parcels.example",
    "accountable": "the same",
    "performed_by": "nine claims clerks",
    "volume": "about 400",
    "minutes": "5",
    "error_rate": "don't know",
    "unit": "one parcel claim",
    "trigger": "a claim arrives in the claims inbox",
    "includes": "parcels of private customers",
    "excludes": "parcels of business customers; letters from lawyers",
    "inputs": "days_late: integer 0..60, damaged: yes/no, value: money, note",
    "when_missing": "a person",
    "messy": "no value is given; one claim for two parcels",
    "output": "desk: late, loss, damage",
    "question": "Which desk can answer this claim?",
    "kind": "judged",
    "good": "The desk that closes it without passing it on",
    "tolerance": "95",
    "cost": "9",
    "escalation": "claims clerk",
    "within": "4 hours",
    "stop": "claims clerk, Head of Claims",
}
WORK = Path("work/parcel-claim.yaml")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def define(monkeypatch, capsys):
    """Run the interview with these answers; what it said."""

    def asked(*answers, arguments=("parcel-claim",), code=0):
        content = b"".join(one if isinstance(one, bytes) else f"{one}\n".encode() for one in answers)
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
        assert run(["define", *arguments]) == code
        said = capsys.readouterr()
        return said.out + said.err

    return asked


def with_answers(**other):
    return list({**ANSWERS, **other}.values())


def data():
    return yaml.safe_load(WORK.read_text(encoding="utf-8"))


def test_from_nothing_to_a_definition_that_only_lacks_an_executor(define, capsys):
    said = define(*with_answers())
    assert "23 of 24 are answered, 1 open, 0 not answered yet" in said
    assert max(map(len, said.splitlines())) <= 80
    made = load_definition(WORK).definition
    assert made.today.error_rate == "unknown"
    assert made.decisions[0].kind.value == "judgement"
    assert made.escalation.paths[0].within == "4h"
    assert run(["check", "--for", "shadow"]) == 1
    assert "not reached: 1 rule to go" in capsys.readouterr().out


def test_the_file_is_a_valid_definition_after_every_answer(define):
    answers = with_answers()
    for n in range(1, len(answers) + 1):
        define(answers[n - 1])
        load_definition(WORK)
    assert run(["check"]) == 0


def test_what_was_stopped_goes_on_where_it_stopped(define):
    assert "1 of 24" in define("Decide a claim", "stop")
    said = define("Claims wait.")
    assert "What is decided or done" not in said
    assert "2 of 24\n" in said
    assert data()["intent"]["statement"] == "Claims wait."


def test_not_knowing_is_written_down_and_asked_again_later(define):
    define(*with_answers(owner="don't know", accountable="Head of IT, it@x.example", volume="dk"))
    assert data()["today"]["volume_per_day"] == "unknown"
    assert data()["questions"] == [
        {"text": "Who keeps this description true? One role, and how to reach it.", "blocks": "shadow"}
    ]
    define("Head of Claims, claims@parcels.example", "", "3 of 100")
    made = data()
    assert made["owner"] == {"role": "Head of Claims", "contact": "claims@parcels.example"}
    assert made["questions"][0]["answer"] == "Head of Claims, claims@parcels.example"
    assert made["today"]["volume_per_day"] == "unknown"
    assert made["today"]["error_rate"] == 0.03


def test_the_file_stays_in_the_one_layout_with_every_answer(define):
    answers = with_answers(trigger="dk", error_rate="1 in 100000000000")
    for answer in answers:
        define(answer)
        assert run(["fmt", "--check"]) == 0
    assert data()["decisions"][0]["question"] == ANSWERS["question"]
    assert load_definition(WORK).definition.today.error_rate == 1e-11


def test_an_open_question_blocks_the_level_it_was_asked_for(define, capsys):
    define(*with_answers(excludes="don't know"))
    run(["check", "--for", "shadow"])
    said = capsys.readouterr().out
    assert "WD17" in said


def test_three_answers_without_sense_leave_the_question_for_later(define):
    said = define("...", "Decide a claim", "stop")
    assert data()["title"] == "Decide a claim"
    assert "There is no word in that" in said
    said = define("ok, we wait", "x and y, a@b", "x & y", "x / y", "stop")
    assert "It is left for now" in said
    assert "owner" not in data()


def test_a_number_is_read_back_as_it_is_written(define):
    said = define(*with_answers(error_rate="0.5 of 100", tolerance="97.5 of 100", minutes="1 hour"))
    assert "That is 0.5 %: 0.005." in said
    assert data()["today"]["error_rate"] == 0.005
    assert data()["today"]["minutes_per_item"] == 60
    assert data()["quality"]["targets"][0]["at_least"] == 0.975


def test_why_can_be_asked(define):
    assert "It becomes `title` in work/parcel-claim.yaml" in define("?", "stop")


def test_asking_why_costs_no_try(define):
    said = define("?", "?", "...", "?", "...", "?", "Decide a claim", "stop")
    assert said.count("It becomes `title`") == 4
    assert data()["title"] == "Decide a claim"


def test_what_people_write_in_between_stays(define, here):
    define("Decide a claim", "stop")
    text = WORK.read_text(encoding="utf-8")
    mine = text.replace("title:", "# mine\ntitle:") + "\nscope:   # my scope\n    unit: 'one parcel claim'\n"
    WORK.write_text(mine, encoding="utf-8")
    define(*[ANSWERS[key] for key in ANSWERS if key not in ("title", "unit")])
    after = WORK.read_text(encoding="utf-8")
    assert [line for line in mine.splitlines() if line not in after.splitlines()] == []
    assert data()["scope"]["trigger"] == ANSWERS["trigger"]


def test_what_has_no_place_in_the_file_is_said_and_not_written(define):
    WORK.parent.mkdir()
    WORK.write_text(
        "remit: 1\nid: parcel-claim\nowner: &o {role: Head}\naccountable: *o\ntoday: &t {}\n", encoding="utf-8"
    )
    Path("remit.yaml").write_text("", encoding="utf-8")
    before = WORK.read_text(encoding="utf-8")
    said = define("Decide a claim", "stop")
    assert WORK.read_text(encoding="utf-8").replace("title: Decide a claim\n", "") == before
    assert "title" in data()
    assert "Traceback" not in said


@pytest.mark.parametrize("content", [b"remit: 1\nid: [", b"\xff\xfe", b"remit: 1\nid: other\n", b"", b"remit: 2\n"])
def test_a_broken_file_is_left_alone(define, content):
    WORK.parent.mkdir()
    Path("remit.yaml").write_text("", encoding="utf-8")
    WORK.write_bytes(content)
    assert "parcel-claim.yaml" in define("x", code=3)
    assert WORK.read_bytes() == content


def test_answers_that_are_no_text_are_asked_again(define):
    said = define(b"\xff\xfe\n", b"Decide \x1b[31ma\x00 claim\n", "stop")
    assert "not UTF-8 text" in said
    assert data()["title"] == "Decide [31ma claim"


@pytest.mark.parametrize("name", ["Parcel", "../x", "a b", "", "x" * 65])
def test_a_name_that_no_work_can_have_is_refused(define, name, here):
    assert "lower-case letters and digits" in define("x", arguments=(name,), code=2)
    assert list(here.iterdir()) == []


def test_without_an_id_the_name_is_asked_for(define):
    define("!", "Parcel claim", "Decide a claim", "stop", arguments=())
    assert data()["id"] == "parcel-claim"
    assert "needs a name" in define(arguments=(), code=2)


def test_a_sentence_of_intent_is_kept_and_shown_where_it_says_something(define):
    sentence = "Route every incoming parcel claim to one of four desks."
    said = define("stop", arguments=("parcel-claim", "--from-intent", sentence))
    assert data()["intent"]["statement"] == sentence
    assert "your sentence says: Route every incoming parcel claim" in said
    said = define("stop", arguments=("parcel-claim", "--from-intent", "Another one."))
    assert "It stays; yours was not taken" in said
    assert data()["intent"]["statement"] == sentence
    assert "needs a sentence" in define(arguments=("b", "--from-intent", "..."), code=2)


ITEMS = "Days late,damaged,note,Desk\n" + "".join(f"{i % 47},{'yes' if i % 3 else 'no'},,late\n" for i in range(60))
ITEMS += "".join(f"{i},no,a box {i},loss\n" for i in range(40))


def test_past_items_propose_fields_that_stay_assumed_until_confirmed(define, here):
    (here / "items.csv").write_text(ITEMS, encoding="utf-8")
    arguments = ("parcel-claim", "--from-items", "items.csv")
    said = define("desk?", "desk", "no", "", "stop", arguments=arguments)
    assert "There is no column `desk?`" in said
    assert data()["inputs"]["fields"]["days_late"] == "integer 0..50"
    assert data()["outputs"]["fields"] == {"desk": ["late", "loss"]}
    assert "days_late: integer 0..50  # assumed: 100 values, from 0 to 46" in WORK.read_text(encoding="utf-8")
    assert [one.get("answer") for one in data()["questions"]] == [None, None]
    define("yes", "no", "stop")
    text = WORK.read_text(encoding="utf-8")
    assert "days_late: integer 0..50\n" in text
    assert "desk: [late, loss]  # assumed" in text
    assert data()["questions"][0]["answer"] == "yes, confirmed in the interview"
    assert "was not taken" in define("stop", arguments=arguments)


def test_the_column_of_what_was_decided_is_asked_like_any_question(define, here):
    (here / "items.csv").write_text(ITEMS, encoding="utf-8")
    arguments = ("parcel-claim", "--from-items", "items.csv")
    said = define("dex", "desc", "?", "dsk", "dest", "Desk", "stop", arguments=arguments)
    assert said.count("Which column holds") == 5
    assert "no input: whoever decides" in said
    assert list(data()["outputs"]["fields"]) == ["desk"]


def test_stop_at_the_column_ends_the_interview_with_nothing_taken(define, here):
    (here / "items.csv").write_text(ITEMS, encoding="utf-8")
    said = define("stop", "Decide a claim", arguments=("parcel-claim", "--from-items", "items.csv"))
    assert "Stopped." in said
    assert list(data()) == ["remit", "id"]


def test_not_knowing_the_column_stays_an_open_question(define, here):
    (here / "items.csv").write_text(ITEMS, encoding="utf-8")
    said = define("don't know", "stop", arguments=("parcel-claim", "--from-items", "items.csv"))
    assert "Written down as open." in said
    assert data()["questions"][0]["text"].startswith("Which column of items.csv holds what was decided?")
    assert data()["questions"][0]["blocks"] == "shadow"
    assert "desk" in data()["inputs"]["fields"]


def test_what_nobody_has_confirmed_counts_as_open(define, here):
    (here / "items.csv").write_text("note,expected.desk\na,late\n", encoding="utf-8")
    answers = [ANSWERS[key] for key in ANSWERS if key not in ("inputs", "output", "error_rate")]
    answers.insert(7, "4 of 100")
    said = define("no", "no", *answers, arguments=("parcel-claim", "--from-items", "items.csv"))
    assert "1 item of items.csv was looked at" in said
    assert "24 of 24 are answered, 2 open, 0 not answered yet" in " ".join(said.split())
    assert "`remit define parcel-claim` goes on" in said
    said = define("yes", "yes")
    assert "24 of 24 answered, 2 open" in said
    assert "24 of 24 are answered, 0 open" in " ".join(said.split())
    assert "goes on" not in said.rsplit("answered yet", 1)[1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no header"),
        (b"a,b\n", "no items"),
        (b"a,a\n1,2\n", "two columns"),
        (b"a,b\n\xff,1\n", "not UTF-8"),
        (b'a,b\n"1,2\n', "no CSV"),
        (b"a\n1,2\n", "more cells"),
        (b",".join(b"c%d" % i for i in range(300)) + b"\n1\n", "too many columns"),
        (None, "does not exist"),
    ],
)
def test_items_that_can_not_be_read_change_nothing(define, here, content, said):
    if content is not None:
        (here / "items.csv").write_bytes(content)
    assert said in define("x", arguments=("parcel-claim", "--from-items", "items.csv"), code=3)
    assert not WORK.exists()


def test_ten_megabytes_of_items_are_looked_at(define, here):
    row = f"{'x' * 100};2026-01-31;12.5\n"
    (here / "items.csv").write_text("text;day;amount\n" + row * (10_000_000 // len(row)), encoding="utf-8")
    assert "items of items.csv were looked at" in define(
        "", "yes", "stop", arguments=("parcel-claim", "--from-items", "items.csv")
    )
    assert data()["inputs"]["fields"] == {"text": "text <= 100", "day": "date", "amount": "number 0..20"}


@pytest.fixture
def terminal(here):
    """The interview on a pseudo-terminal: a function that answers and returns what came, and the process."""
    main, other = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "TERM": "xterm", "COLUMNS": "80", "NO_COLOR": "1"}  # noqa: TID251
    child = subprocess.Popen(
        [sys.executable, "-m", "remit", "define", "parcel-claim"],
        stdin=other,
        stdout=other,
        stderr=other,
        env=environment,
        start_new_session=True,
    )
    os.close(other)

    def until(words, answer=None, then=""):
        if answer is not None:
            os.write(main, answer)
        came = b""
        while words.encode() not in came or then.encode() not in came.split(words.encode(), 1)[1]:
            ready, _, _ = select.select([main], [], [], 20)
            assert ready, f"no {words!r} in {came!r}"
            came += os.read(main, 65536)
        return came.decode()

    yield until, child
    child.kill()
    child.wait()
    os.close(main)


def test_a_break_in_the_file_says_that_the_last_answer_was_not_kept(terminal):
    until, child = terminal
    until("> ")
    until("2 of 24", b"Decide a claim\n")
    broken = WORK.read_text(encoding="utf-8") + "scope: [\n"
    WORK.write_text(broken, encoding="utf-8")
    said = until("E302", b"Claims wait.\n")
    assert "your last answer was not kept" in " ".join(said.split())
    assert child.wait(20) == 3
    assert WORK.read_text(encoding="utf-8") == broken


def test_on_a_terminal_answers_can_be_typed_and_ctrl_c_keeps_them(terminal):
    until, child = terminal
    until("> ")
    until("2 of 24", b"Decide a claimm\x7f\n", then="> ")
    child.send_signal(signal.SIGINT)  # what Ctrl-C sends
    until("goes on")
    assert child.wait(20) == 130
    assert data()["title"] == "Decide a claim"


def test_ctrl_d_ends_the_interview(terminal):
    until, child = terminal
    until("> ")
    until("goes on", b"\x04")
    assert child.wait(20) == 0
    load_definition(WORK)


def test_after_kill_the_file_is_whole(terminal):
    until, child = terminal
    until("> ")
    until("2 of 24", b"Decide a claim\n")
    child.send_signal(signal.SIGKILL)
    child.wait(20)
    assert load_definition(WORK).definition.title == "Decide a claim"
