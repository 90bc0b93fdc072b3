"""The pages about intents and the interview show what the code says."""

from tools.intent_page import PAGE as INTENT
from tools.intent_page import with_table
from tools.interview_page import PAGE as INTERVIEW
from tools.interview_page import recorded, with_recording

from remit.cli.main import run
from remit.intent import Slot
from remit.interview import QUESTIONS


def test_the_recording_is_what_the_interview_says():
    page = INTERVIEW.read_text(encoding="utf-8")
    assert with_recording(page) == page, "run `python tools/interview_page.py`"
    assert f"{len(QUESTIONS)} questions in plain words" in page


def test_the_recording_fits_80_columns_and_ends_one_rule_short_of_shadow():
    found = recorded()
    assert max(len(line) for name in ("first session", "second session") for line in found[name].splitlines()) <= 80
    assert "not reached: 1 rule to go" in found["check"]


def test_the_shares_of_right_verdicts_are_those_of_today():
    page = INTENT.read_text(encoding="utf-8")
    assert with_table(page) == page, "run `python tools/intent_page.py`"
    assert all(f"| `{slot.value}` |" in page for slot in Slot)


def test_the_example_of_intent_is_what_it_says(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["intent", "Route every incoming claim to one of four desks."]) == 1
    assert capsys.readouterr().out in INTENT.read_text(encoding="utf-8")
