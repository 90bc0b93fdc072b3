from __future__ import annotations

from datetime import timedelta

import pytest

from remit.deciding.decision import Decision
from remit.definition.levels import Level
from remit.definition.model import Autonomy, Definition, Escalation, EscalationPath, OnTimeout, Promote, Stop
from remit.errors import ExpressionInvalid
from remit.items import Reason, ReasonKind, Route
from remit.reviews import Ask
from remit.runtime.asking import asking, auditors

HARD = EscalationPath(
    id="E1",
    when="reason.kind == 'constraint' && reason.id == 'C1'",
    role="fraud desk",
    queue="fraud",
    within="30m",
    show=("subject", "body"),
    on_timeout=OnTimeout(reassign="team lead"),
)
REST = EscalationPath(id="E2", role="clerk", on_timeout="keep")


def definition(*paths: EscalationPath, stop: Stop | None = None) -> Definition:
    return Definition(remit=1, id="triage", escalation=Escalation(paths=paths, stop=stop))


def decision(route: Route = Route.REVIEW, level: Level = Level.SUGGEST, id_: str = "C1") -> Decision:
    reason = Reason(kind=ReasonKind.CONSTRAINT, text="broken", id=id_)
    return Decision(route=route, reasons=(reason,), level=level, input={})


def asked(*paths: EscalationPath, people: bool = False, stop: Stop | None = None, **given: object) -> Ask | None:
    return asking(definition(*paths, stop=stop), people_are_incumbent=people, draw=lambda: 0.9)(decision(**given))


def test_the_first_path_that_fits_the_reason_says_whom_to_ask():
    assert asked(HARD, REST) == Ask(
        path="E1",
        role="fraud desk",
        queue="fraud",
        within=timedelta(minutes=30),
        show=("subject", "body"),
        on_timeout={"reassign": "team lead"},
    )
    assert asked(HARD, REST, id_="C2") == Ask(path="E2", role="clerk")
    assert asked(REST, HARD).path == "E2"


def test_an_item_for_review_is_asked_about_even_where_no_path_fits():
    assert asked(HARD, id_="C2") == Ask()
    assert asking(Definition(remit=1, id="triage"), people_are_incumbent=False, draw=lambda: 0.9)(decision()) == Ask()


def test_a_path_that_can_not_be_evaluated_counts():
    assert asked(EscalationPath(id="E0", when="reason.nothing == 1"), REST).path == "E0"


def test_a_path_that_does_not_compile_is_refused_at_once():
    with pytest.raises(ExpressionInvalid):
        asking(definition(EscalationPath(id="E0", when="reason.")), people_are_incumbent=False, draw=lambda: 0.9)


def test_a_safe_answer_for_the_time_out_is_kept():
    path = EscalationPath(id="E1", on_timeout=OnTimeout(answer={"team": "other"}))
    assert asked(path).on_timeout == {"answer": {"team": "other"}}


@pytest.mark.parametrize(
    ("route", "people", "is_asked"),
    [
        (Route.REVIEW, False, True),
        (Route.INCUMBENT, False, False),
        (Route.INCUMBENT, True, True),
        (Route.REJECT, True, False),
        (Route.ACT, True, False),
    ],
)
def test_people_are_asked_about_reviews_and_about_what_is_theirs_anyway(route, people, is_asked):
    assert (asked(REST, people=people, route=route) is not None) is is_asked


@pytest.mark.parametrize(
    ("stop", "is_asked"), [(None, True), (Stop(safe_state="review"), True), (Stop(safe_state="reject"), False)]
)
def test_stopped_work_goes_where_its_safe_state_says(stop, is_asked):
    assert (asked(REST, route=Route.STOPPED, stop=stop) is not None) is is_asked


@pytest.mark.parametrize(
    ("level", "shown"), [(Level.MANUAL, False), (Level.SHADOW, False), (Level.SUGGEST, True), (Level.SUPERVISED, True)]
)
def test_below_suggest_nobody_sees_what_the_candidate_answered(level, shown):
    for route in (Route.REVIEW, Route.INCUMBENT):
        assert asked(REST, people=True, route=route, level=level).shows_answer is shown


def test_a_share_of_the_items_at_suggest_is_decided_without_seeing_the_answer():
    work = Definition(remit=1, id="triage", autonomy=Autonomy(promote=Promote(hidden_share=0.3)))
    for drawn, shows in ((0.0, False), (0.29, False), (0.3, True), (0.99, True)):
        ask = asking(work, people_are_incumbent=False, draw=lambda drawn=drawn: drawn)
        assert ask(decision()).shows_answer is shows
        assert ask(decision(level=Level.SUPERVISED)).shows_answer
        assert not ask(decision(level=Level.SHADOW)).shows_answer
    unsaid = asking(Definition(remit=1, id="triage"), people_are_incumbent=False, draw=lambda: 0.19)
    assert not unsaid(decision()).shows_answer


def test_a_path_may_speak_of_the_words_of_the_reason():
    assert asked(EscalationPath(id="E5", when="reason.text == 'broken'"), REST).path == "E5"
    assert asked(EscalationPath(id="E5", when="reason.text == 'other'"), REST).path == "E2"


class TestAudits:
    def test_an_audit_goes_where_the_first_path_for_audits_leads(self):
        audits = EscalationPath(id="E9", when="reason.kind == 'audit'", role="auditor", queue="audits", within="2d")
        asked_of = auditors(definition(HARD, audits, REST))()
        assert asked_of == Ask(path="E9", role="auditor", queue="audits", within=timedelta(days=2), shows_answer=False)
        assert auditors(definition(HARD, REST, audits))().path == "E2"

    def test_without_a_path_an_audit_waits_for_whoever_looks_and_stays_blind(self):
        assert auditors(Definition(remit=1, id="triage"))() == Ask(shows_answer=False)

    def test_an_audit_that_nobody_answers_has_no_safe_answer(self):
        path = EscalationPath(id="E1", on_timeout=OnTimeout(answer={"team": "other"}))
        assert auditors(definition(path))().on_timeout is None
        path = EscalationPath(id="E1", on_timeout=OnTimeout(reassign="lead"))
        assert auditors(definition(path))().on_timeout == {"reassign": "lead"}
