"""Reports in a terminal and in a pipe."""

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.report.plans import empty_plan, open_plan, proved_plan
from tests.unit.report.samples import CHAINS, DECISION, NOT_CERTIFIED, NOW, PROOF, REVIEWS, target, view

from remit.items import Answer, Fault, FaultKind, Route
from remit.proof.document import BudgetOutlook
from remit.readiness.explain import Explanation
from remit.readiness.facts import TargetVerdict
from remit.readiness.finding import State
from remit.report.states import Shown, mark_of, readiness_mark, readiness_tone, tone_of
from remit.report.terminal import (
    LedgerCheck,
    render_decision,
    render_explanation,
    render_ledger,
    render_plan,
    render_proof,
    render_reviews,
)
from remit.report.terminal.reviewing import render_view
from remit.report.terminal.sheet import Cell, Column, Sheet, Style, paint, style_of
from remit.reviews import TakenBack


def shown(decision, **options):
    return render_decision(decision, width=80, colour=False, work="triage-email", **options)


def test_colour_is_there_only_where_it_is_asked_for():
    assert "\x1b" not in render_proof(PROOF, width=80, colour=False)
    assert "\x1b[1;31m" in render_proof(PROOF, width=80, colour=True)
    assert paint("", Style.BAD, colour=True) == paint("", Style.PLAIN, colour=True) == ""


def test_colour_changes_no_word():
    import re

    plain = render_proof(PROOF, width=80, colour=False)
    assert re.sub(r"\x1b\[[\d;]*m", "", render_proof(PROOF, width=80, colour=True)) == plain


def test_every_state_has_a_mark_and_a_tone_of_its_own():
    assert len({mark_of(state) for state in Shown}) == len({tone_of(state) for state in Shown}) == len(Shown)
    assert len({readiness_mark(state) for state in State}) == len({readiness_tone(state) for state in State}) == 4
    assert len({style_of(tone_of(state)) for state in Shown}) == len(Shown)


def test_only_met_is_green():
    green = style_of(tone_of(Shown.MET))
    assert [state for state in Shown if style_of(tone_of(state)) is green] == [Shown.MET]
    assert [state for state in State if style_of(readiness_tone(state)) is green] == [State.PASS]


def test_many_slices_are_cut_and_counted():
    slices = tuple(
        target("Q1", "accuracy", TargetVerdict.MET, 0.9, 95, 100, slice_column="country", slice_value=f"c{i}")
        for i in range(25)
    )
    text = render_proof(replace(PROOF, slices=slices), width=80, colour=False)
    assert text.count("country = c") == 10
    assert "15 more slices in the report." in text


def test_a_proof_of_almost_nothing_is_shown_without_empty_parts():
    nothing = dict.fromkeys(("outlook", "routes", "confusion", "wrong_cases", "assumptions", "limits", "targets"), ())
    proof = replace(NOT_CERTIFIED, n_wrong=0, needed_error_free=None, no_certificate=None, **nothing)
    text = render_proof(proof, width=80, colour=False)
    headings = [line for line in text.split("\n")[3:] if line and not line.startswith(" ")]
    assert headings == ["? It may not act alone yet.", "Verdicts, worst first", "What it stands on", "Again"]
    assert "The evidence does not reach, and the proof does not say why." in text


def test_the_short_form_says_once_what_no_number_of_cases_would_do():
    hopeless = tuple(
        BudgetOutlook(alpha=alpha, coverage=None, threshold=None, n_acted=0, n_wrong=0, n_more=None)
        for alpha in (0.005, 0.01, 0.05, 0.08, 0.1)
    )
    text = render_proof(replace(NOT_CERTIFIED, outlook=hopeless), width=120, colour=False, full=False)
    rows = [line.split("nothing;")[0].strip() for line in text.split("\n") if "no number of cases would do" in line]
    assert rows == ["at most 5 % (yours)", "at most 10 %"]


def test_an_explanation_keeps_labels_apart_from_what_they_say():
    said = Explanation(code="X1", title="A rule", text="A rule.\n\nSays:      one\n           two\n\nPlain\n``text``.")
    assert (
        render_explanation(said, width=80, colour=False) == "X1: A rule\n\n  says  one\n        two\n\n  Plain `text`."
    )


def test_a_fault_is_said_in_place_of_an_answer():
    fault = Answer(output=None, fault=Fault(kind=FaultKind.TIMEOUT, text="no answer within 30 s"), seconds=30.0)
    text = shown(replace(DECISION, answer=fault))
    assert "none: timeout, no answer within 30 s" in text
    assert "no confidence, 30 s" in text


def test_an_item_that_no_executor_saw_has_no_answer():
    assert "none: no executor ran" in shown(replace(DECISION, answer=None))


def test_the_cost_of_an_answer_is_shown_where_somebody_knows_it():
    assert "0.0012 EUR" in shown(DECISION, currency="EUR")
    assert "not measured" not in shown(replace(DECISION, answer=Answer(output={}, confidence=0.2)))


@pytest.mark.parametrize("route", Route)
def test_every_route_is_named(route):
    assert shown(replace(DECISION, route=route)).split("\n")[0].endswith(f" {route}")


def test_an_id_that_the_reason_already_names_is_not_said_twice():
    reason = replace(DECISION.reason, text="C1 does not hold")
    assert "(C1)" not in shown(replace(DECISION, reasons=(reason,)))


def test_what_is_due_first_is_on_top_and_what_is_overdue_is_marked():
    lines = render_reviews(REVIEWS, now=NOW, width=120, colour=False).split("\n")
    assert lines[0] == "3 open reviews, 1 overdue"
    assert [line.split()[0] for line in lines[2:8:2]] == ["R-1", "R-3", "R-2"]
    assert "! 30 min ago" in lines[2]
    assert lines[3] == "    A stolen card always goes to fraud"


@pytest.mark.parametrize("width", [80, 120])
def test_a_review_is_two_lines_with_ids_as_long_as_they_are(width):
    long = replace(
        REVIEWS[1],
        id="01JBW5M3Z8Q4T0V6Y2X9K7R5N1",
        work="parcel-claim",
        key="claim-2",
        role="claims clerk",
        why="the level is suggest: a person decides what the candidate only suggests",
    )
    lines = render_reviews((long,), now=NOW, width=width, colour=False).split("\n")
    assert lines[2].split() == [*f"{long.id} parcel-claim claim-2 claims clerk ! 30 min ago".split()]
    assert lines[3] == f"    {long.why}"


def test_the_commands_that_decide_a_review_stay_whole_at_80_columns():
    id_ = "01JBW5M3Z8Q4T0V6Y2X9K7R5N1"
    commands = [f"  remit review show {id_}", f"  remit review decide {id_} --by PERSON --output '{{...}}'"]
    assert shown(DECISION, review=id_).split("\n")[-2:] == commands
    row = replace(REVIEWS[0], id=id_)
    one = render_view(view(row, input={"a": 1}), width=80, colour=False)
    assert one.split("\n")[-1] == commands[1]


def test_one_review_fits_the_terminal():
    one = view(REVIEWS[1], input={"text": "word " * 60, "n": [1, 2]}, suggestion={"team": "fraud"})
    text = render_view(one, width=80, colour=False)
    assert max(len(line) for line in text.split("\n")) <= 80
    assert "n: [1, 2]" in text
    assert "suggests  team: fraud" in text
    assert "due 29 Oct 2026 09:54 UTC" in text


def test_a_suggestion_that_nobody_may_see_is_not_there():
    text = render_view(view(REVIEWS[2]), width=80, colour=False)
    assert "nothing, or hidden" in text
    assert "tarek (claimed)" in text


def test_a_review_that_is_due_now_is_overdue():
    (row,) = [replace(REVIEWS[0], due_at=NOW)]
    assert "1 overdue" in render_reviews((row,), now=NOW, width=80, colour=False)
    assert "overdue" not in render_reviews((row,), now=NOW - timedelta(seconds=1), width=80, colour=False)


def test_an_audit_is_named_as_blind():
    assert "audit, blind" in render_reviews(REVIEWS, now=NOW, width=120, colour=False)


def test_a_record_without_entries_is_not_run_and_not_green():
    text = render_ledger((LedgerCheck(chain="digits", n_entries=0, head=None),), width=80, colour=True)
    assert "not run" in text
    assert "\x1b[32m" not in text


def test_a_broken_chain_comes_first_and_names_its_entry():
    lines = render_ledger(CHAINS, width=120, colour=False).split("\n")
    assert lines[0] == "✗ The record does not verify: 1 of 2 chains broken."
    assert lines[3].split()[0] == "triage-email"
    assert "entry 812: record changed" in lines[3]


def test_a_chain_that_broke_before_its_first_entry_is_broken():
    check = LedgerCheck(chain="digits", n_entries=0, head=None, fault="truncated")
    assert "does not verify" in render_ledger((check,), width=80, colour=False)


def test_a_narrow_sheet_is_forty_cells_wide_at_least():
    sheet = Sheet(width=5, colour=False)
    sheet.paragraph("word " * 20)
    assert max(len(line) for line in sheet.text().split("\n")) == 39


def test_a_heading_without_room_for_its_right_side_puts_it_below():
    sheet = Sheet(width=40, colour=False)
    sheet.heading("x" * 30, right="y" * 15)
    sheet.heading("x" * 10, right="y" * 15)
    assert sheet.text() == f"{'x' * 30}\n{'y' * 15}\n\n{'x' * 10}{' ' * 15}{'y' * 15}"


def test_a_table_without_rows_leaves_no_heading_behind():
    sheet = Sheet(width=40, colour=False)
    sheet.table((Column(heading="one"),), ())
    assert sheet.text() == ""


def test_a_table_with_more_columns_than_cells_is_as_narrow_as_can_be():
    sheet = Sheet(width=40, colour=False)
    sheet.table([Column() for _ in range(30)], [[Cell(text="ab") for _ in range(30)]], indent=0)
    assert len(sheet.text().split("\n")) == 2


def test_the_column_that_gives_wraps_before_the_others():
    sheet = Sheet(width=40, colour=False)
    sheet.table((Column(), Column(gives=True)), [(Cell(text="a" * 20), Cell(text="word " * 8))], indent=0)
    assert sheet.text().split("\n")[0] == "a" * 20 + "  word word word"


def test_reports_load_neither_numpy_nor_jinja_nor_pydantic():
    code = (
        "import sys\n"
        "import remit.report, remit.report.problems, remit.report.github, remit.report.junit\n"
        "from remit.report.terminal import render_readiness\n"
        "from remit.report.documents import readiness_document\n"
        "heavy = {'numpy', 'scipy', 'jinja2', 'sqlalchemy', 'rich'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")


def test_a_name_that_is_not_there_is_an_attribute_error():
    import remit.report
    import remit.report.terminal

    for package in (remit.report, remit.report.terminal):
        with pytest.raises(AttributeError, match="no attribute 'render_nothing'"):
            _ = package.render_nothing
        assert all(hasattr(package, name) for name in package.__all__)


def test_one_screen_says_in_which_slices_it_is_certified_by_their_own_evidence():
    text = " ".join(render_proof(PROOF, width=80, colour=False, full=False).split())
    assert "certified by its own evidence in 1 of 2 slices; not in country = FR" in text
    plain = render_proof(replace(PROOF, slice_certificates=()), width=80, colour=False, full=False)
    assert "by its own evidence" not in plain


def test_many_slices_without_a_certificate_are_counted():
    open_ = PROOF.slice_certificates[1]
    many = replace(PROOF, slice_certificates=tuple(replace(open_, value=f"C{i}") for i in range(7)))
    text = " ".join(render_proof(many, width=80, colour=False, full=False).split())
    assert "in 0 of 7 slices; not in country = C0, country = C1, country = C2, country = C3 and 3 more" in text


def test_one_screen_says_how_often_two_people_disagreed():
    text = " ".join(render_proof(PROOF, width=80, colour=False, full=False).split())
    assert "two people disagreed on 31 of 300 cases" in text
    assert "not proven to do better or worse than the second person" in text
    plain = render_proof(replace(PROOF, second_person=None), width=80, colour=False)
    assert "second person" not in plain


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("made", [proved_plan, open_plan, empty_plan])
def test_a_plan_fits_the_terminal(made, width):
    text = render_plan(made(), width=width, colour=False)
    assert max(map(len, text.splitlines())) <= width


def test_a_plan_with_colour_says_the_same():
    import re

    plain = render_plan(proved_plan(), width=80, colour=False)
    assert re.sub(r"\x1b\[[\d;]*m", "", render_plan(proved_plan(), width=80, colour=True)) == plain


def test_a_plan_never_shows_a_day_that_nobody_can_know():
    text = render_plan(open_plan(), width=80, colour=False)
    assert text.count("not known") >= 2
    assert "at least 183" in text  # 2 % at attempt 1, on every item at best


def test_what_would_take_too_many_is_said_and_not_left_blank():
    plan = open_plan()
    watching = replace(
        plan.watching,
        breaks=tuple(
            replace(one, audits_to_warning=None, audits_to_stop=None, audits_to_stop_p90=None)
            for one in plan.watching.breaks
        ),
    )
    levels = tuple(replace(one, median=None, likely=None) for one in plan.levels)
    budget = replace(plan.budget, n_likely=None, n_likely_cases=None)
    text = render_plan(replace(plan, watching=watching, levels=levels, budget=budget), width=80, colour=False)
    assert "> 20,000" in text
    assert "> 50,000" in text
    assert "> 10 million" in text
    assert "no number of cases up to ten million does" in " ".join(text.split())


def test_a_plan_says_for_whom_it_is_and_what_it_spends():
    plan = proved_plan()
    own = render_plan(replace(plan, attempt=0, delta=0.05), width=80, colour=False)
    assert "spends no attempt" in own
    unproved = replace(plan, proof_used=False, no_proof="it is not proved yet")
    assert "For clf-v3, with nothing measured: it is not proved yet." in render_plan(unproved, width=80, colour=False)


@pytest.mark.parametrize(("chance", "shown"), [(0.0, "0 %"), (1e-9, "1 %"), (0.9999, "99 %"), (1.0, "100 %")])
def test_a_chance_is_never_shown_as_none_or_certain_unless_it_is(chance, shown):
    plan = proved_plan()
    text = render_plan(replace(plan, budget=replace(plan.budget, chance_now=chance)), width=80, colour=False)
    assert f"enough with a chance of {shown}" in text


def test_an_undone_review_says_by_whom_and_where_the_item_is_now():
    for waits, words in ((True, "the item waits in review 01N"), (False, "what counts is review 01N")):
        undone = TakenBack(by="tarek", at=NOW, review="01N", waits=waits)
        shown = render_view(view(REVIEWS[0], decided_by="mira", undone=undone), width=80, colour=False)
        assert "tarek took back what mira decided" in shown
        assert words in shown
