"""Drills on a whole small project: pressed in earnest, recorded in the ledger, read by readiness."""

import itertools
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.by_hand import found_by_hand
from tests.integration.small_project import ITEM, PROJECT, Small, environment
from tests.unit.delivering.receiver import Receiver, status

from remit.definition.levels import Level
from remit.errors import Conflict, NotAllowed, NotEnough, NotFound, UsageError
from remit.ledger import LedgerKind
from remit.project import Project
from remit.project.ambient import system
from remit.project.drilling import drill_alarm, drill_paths, drill_records, drill_replay, drill_stop, waiting_drills
from remit.project.items import provenance
from remit.project.operating import measure_operation
from remit.project.operating.works import measure_works
from remit.readiness.finding import State
from remit.reviews import ReviewKind
from remit.runtime.drilling import stopping
from remit.runtime.drilling.stopping import DrillClock
from remit.runtime.stop import resume, stop
from remit.runtime.verify import verify_ledger
from remit.store import open_store
from remit.store.grants import stops_now
from remit.store.operations.acts import acts_of
from remit.store.operations.alerts import open_alerts
from remit.store.reviews import truths_of

DRILLING = Path(__file__).with_name("drilling_process.py")


class Clock:
    """A clock that the test moves."""

    def __init__(self):
        self.ahead = timedelta(0)
        self.own = system()

    def ambient(self):
        return replace(self.own, now=lambda: self.own.now() + self.ahead)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def work(small: Small, clock):
    with Project.open(small.root, ambient=clock.ambient()) as project:
        yield project.work("refunds")


def decided(work, n=40):
    work.split_cases(seed=7, share_prove=0.6)
    work.freeze_cases()
    work.prove("desk")
    work.prove("generous")
    work.grant("desk", level=Level.SHADOW, by="jonas", reason="a try")
    return [work.decide({**ITEM, "amount": 5.0 * i + 1}, key=f"k{i}") for i in range(n)]


def state(work, rule):
    return next(one for one in work.check(executor="desk").results if one.rule == rule)


def drilled(work):
    return acts_of(work.project.store, work=work.id, kind=LedgerKind.DRILL)


# the stop


def test_the_stop_is_pressed_seen_from_elsewhere_let_go_and_recorded(work):
    found = drill_stop(work, executor=None, by="jonas")
    assert (found.works, found.route.value) == (True, "stopped")
    assert 0 <= found.seconds < 1
    assert stops_now(work.project.store, work=work.id) == ()
    (act,) = drilled(work)
    assert act.by == "jonas"
    assert act.body["what"] == "stop"
    assert act.body["works"] is True
    assert state(work, "HE10").state is State.PASS
    assert all(one.result.n for one in verify_ledger(work.project.store))


def test_the_stop_of_one_executor_turns_an_act_into_a_review_and_says_nothing_of_the_work(work):
    found = drill_stop(work, executor="desk", by="jonas")
    assert (found.works, found.route.value) == (True, "incumbent")
    assert state(work, "HE10").state is State.UNKNOWN


@pytest.fixture
def blind(work, tmp_path):
    """A store that is another one: whoever looks there never sees the stop."""
    shutil.copy(work.project.store.place, tmp_path / "blind.db")
    with open_store(tmp_path / "blind.db") as store:
        yield store


def pressed(work, elsewhere, pause):
    """The drill of the stop with a clock of which five seconds are over each time it is asked."""
    seconds = itertools.count(step=5.0)
    clock = DrillClock(now=work.project.ambient.now, monotonic=lambda: next(seconds), pause=pause)
    of = provenance(work, None)
    return stopping.drill_stop(
        work.project.store, elsewhere, of, executor=None, by="jonas", drill="drill-1", clock=clock
    )


def test_a_stop_that_nobody_sees_does_not_work_and_is_let_go(work, blind):
    found = pressed(work, blind, lambda _: None)
    assert (found.works, found.seconds) == (False, 10.0)
    assert stops_now(work.project.store, work=work.id) == ()
    measure_operation(work)
    assert state(work, "HE10").state is State.FAIL


def test_an_error_in_the_middle_lets_the_work_go_on_and_records_no_drill(work, blind):
    def broken(_):
        raise NotEnough("no")

    with pytest.raises(NotEnough):
        pressed(work, blind, broken)
    assert stops_now(work.project.store, work=work.id) == ()
    assert drilled(work) == ()


def test_a_drill_records_no_item_that_never_came(work):
    drill_stop(work, executor=None, by="jonas")
    (chain,) = work.project.verify_ledger()
    assert found_by_hand(work.project.store, "SELECT count(*) FROM decisions") == [(0,)]
    assert found_by_hand(work.project.store, "SELECT kind FROM ledger ORDER BY seq") == [
        ("stop",),
        ("stop",),
        ("drill",),
    ], chain


def test_a_drill_that_was_killed_leaves_its_stop_and_the_next_one_says_so(work, blind):
    process = subprocess.Popen(
        [sys.executable, str(DRILLING), work.project.store.place, blind.place],
        env=environment(PYTHONPATH=os.pathsep.join(sys.path)),
    )
    try:
        over = time.monotonic() + 30
        while not stops_now(work.project.store, work=work.id):
            assert process.poll() is None
            assert time.monotonic() < over
            time.sleep(0.01)
    finally:
        process.kill()
        process.wait()
    assert work.decide(ITEM, key="meanwhile").record.decision.route.value == "stopped"
    measure_operation(work)
    assert "interrupted" in state(work, "HE10").findings[0].message
    with pytest.raises(Conflict, match="was interrupted, and its stop stands"):
        drill_stop(work, executor=None, by="jonas")
    work.project.resume(work.id, executor=None, by="jonas", reason="the drill is over")
    assert drill_stop(work, executor=None, by="jonas").works


def test_somebody_who_ends_the_stop_meanwhile_does_no_harm(work, blind):
    def meddle(_):
        if stops_now(work.project.store, work=work.id):
            resume(work.project.store, work.id, by="mira", reason="what is this?", now=work.project.ambient.now())

    assert not pressed(work, blind, meddle).works
    assert stops_now(work.project.store, work=work.id) == ()


@pytest.mark.parametrize("what", ["work", "*"])
def test_what_is_stopped_already_is_not_drilled_and_stays_stopped(work, what):
    of = work.id if what == "work" else what
    stop(work.project.store, of, by="jonas", reason="an incident", now=work.project.ambient.now())
    with pytest.raises(Conflict, match="stopped already: an incident"):
        drill_stop(work, executor=None, by="jonas")
    assert len(stops_now(work.project.store, work=work.id)) == 1


def test_who_may_not_stop_the_work_may_not_drill_it(work, small):
    small.change("remit.yaml", "people:", "people:\n  - {id: eve, name: Eve Ray, roles: [guest], contact: e@x.example}")
    with Project.open(small.root) as project, pytest.raises(NotAllowed):
        drill_stop(project.work("refunds"), executor=None, by="eve")


# paths


def test_a_drill_of_the_paths_waits_in_the_real_queue_until_somebody_answers(work):
    decided(work, 3)
    found = drill_paths(work, by="mira")
    paths = [one.id for one in work.definition.escalation.paths]
    assert [one.ask.path for one in found.reviews] == paths
    assert {one.id for one in found.reviews} <= {one.id for one in work.reviews()}
    assert all(one.kind is ReviewKind.PLANTED and not one.ask.shows_answer for one in found.reviews)
    assert state(work, "HE07").state is State.UNKNOWN
    assert "wait now" in state(work, "HE07").findings[0].message
    with pytest.raises(Conflict, match="waits there already"):
        drill_paths(work, by="mira")
    for one in found.reviews:
        work.decide_review(one.id, by="jonas", output={"refund": "no"}, comment="looked at")
    assert waiting_drills(work) == ()
    measure_operation(work)
    assert state(work, "HE07").state is State.PASS


def test_what_people_answer_in_a_drill_is_no_truth_and_has_no_effect(work):
    decided(work, 1)
    (one, *_) = drill_paths(work, by="mira").reviews
    work.decide_review(one.id, by="jonas", output={"refund": "no"}, comment="looked at")
    assert truths_of(work.project.store, one.decision_id) == ()


def test_an_answer_that_came_too_late_does_not_count(work, clock):
    decided(work, 1)
    for one in drill_paths(work, by="mira").reviews:
        assert one.due_at is not None
        clock.ahead = timedelta(days=2)
        work.decide_review(one.id, by="jonas", output={"refund": "no"}, comment="looked at")
    measure_operation(work)
    assert state(work, "HE07").state is State.FAIL


def test_a_response_is_rehearsed_by_a_case_with_its_mode(work):
    decided(work, 1)
    mode = work.definition.modes[0]
    (one,) = drill_paths(work, by="mira", mode=mode.id).reviews
    assert (one.reason.id, one.reason.text) == (mode.id, f"noticed: {mode.mode}")
    work.decide_review(one.id, by="jonas", output={"refund": "no"}, comment="looked at")
    facts = measure_operation(work)
    assert next(use for use in facts.modes if use.id == mode.id).n_in_time == 1


def test_a_drill_of_a_path_needs_an_item_and_a_path_that_is_there(work):
    with pytest.raises(NotEnough, match="no item to show"):
        drill_paths(work, by="mira")
    with pytest.raises(NotFound, match="no escalation path `E9`"):
        drill_paths(work, by="mira", path="E9")
    with pytest.raises(NotFound, match="no failure mode `F99`"):
        drill_paths(work, by="mira", mode="F99")


# replay


def test_a_replay_comes_out_the_same_and_is_bound_to_the_executor(work, small):
    decided(work)
    found = drill_replay(work, "desk", n=200, by="mira")
    assert (found.n, found.n_same, found.sample) == (38, 38, ())  # two were kept before anybody was asked
    assert state(work, "OB06").state is State.PASS
    small.change("functions/desk.py", "60.0 else", "61.0 else")
    with Project.open(small.root) as project:
        changed = project.work("refunds")
        assert "desk changed" in state(changed, "OB06").findings[0].message
        with pytest.raises(NotEnough, match="as it is now answered no recorded item"):
            drill_replay(changed, "desk", n=200, by="mira")


def test_an_executor_that_answers_otherwise_the_second_time_is_found(work, small):
    small.write(
        "functions/desk.py",
        "from pathlib import Path\n\n\ndef answer(given):\n"
        "    mood = Path(__file__).with_name('mood.txt').exists()\n"
        "    return {'refund': 'no' if mood and given['amount'] < 9 else 'yes'}, 0.9\n",
    )
    decided(work)
    small.write("functions/mood.txt", "bad")
    found = drill_replay(work, "desk", n=200, by="mira")
    assert (found.n - found.n_same, len(found.sample)) == (2, 2)
    assert state(work, "OB06").state is State.FAIL
    assert state(work, "OB06").findings[0].message == f"2 of {found.n} can't be reproduced."


def test_only_so_many_of_the_newest_are_replayed_and_people_never(work):
    decided(work)
    assert drill_replay(work, "desk", n=7, by="mira").n == 7
    with pytest.raises(UsageError):
        drill_replay(work, "desk", n=0, by="mira")
    with pytest.raises(UsageError, match="is a person"):
        drill_replay(work, "clerks", n=7, by="mira")


# records


def test_items_without_a_record_are_counted_and_named(work, tmp_path: Path):
    decided(work, 5)
    keys = tmp_path / "sent.txt"
    keys.write_text("k0\nk1\n\nk1\nlost-1\n", encoding="utf-8")
    found = drill_records(work, keys, source="the shop", by="mira")
    assert (found.n, found.n_missing, found.sample) == (3, 1, ("lost-1",))
    assert state(work, "OB07").state is State.FAIL
    keys.write_text("\n", encoding="utf-8")
    with pytest.raises(NotEnough, match="names no item"):
        drill_records(work, keys, source="the shop", by="mira")


# the alarm


@pytest.fixture
def receiver(monkeypatch):
    monkeypatch.setenv("DESK_SECRET", "a secret of the help desk")
    with Receiver() as running:
        yield running


def told_by(small, receiver):
    small.write(
        "remit.yaml",
        PROJECT + f"senders:\n  desk: {{webhook: '{receiver.url}', secret_env: DESK_SECRET, timeout: 5s}}\n"
        "alerts: {sender: desk}\n",
    )


def test_the_alarm_rings_on_a_copy_and_its_alert_leaves_for_the_contact(small, receiver, remit):
    told_by(small, receiver)
    said = remit("drill", "alarm", "--by", "jonas", "--json")
    assert said.code == 0, said.err
    found = said.document
    assert (found["drill"], found["contact"], found["fault"]) == ("alarm", "mira@shop.example", None)
    assert 0 <= found["seconds"] < 5
    assert 2 <= found["n_wrong"] < 30
    (request,) = receiver.requests
    assert request.content["output"]["kind"] == "drill"
    assert "this is a drill" in request.content["output"]["text"]
    with Project.open(small.root) as project:
        work = project.work("refunds")
        assert open_alerts(project.store) == ()
        assert state(work, "OB08").state is State.PASS
        (act,) = drilled(work)
        assert (act.by, act.body["what"], act.body["alert"]) == ("jonas", "alarm", found["alert"])
        assert all(one.result.n for one in project.verify_ledger())
    assert "✓ the alarm was tried" in remit("drill", "status").out


def test_a_drill_of_the_alarm_changes_nothing_that_really_watches(work, small, receiver):
    from remit.runtime.drilling.alarming import monitor_copy, wrong_until_alarm
    from remit.runtime.watching import evidence_now

    decided(work, 3)
    work.project.sweeper.sweep(holder="one")
    before = evidence_now(work.project.store, work=work.id, executor="desk")
    assert before is not None
    monitor = monitor_copy(work.project.store, work=work.id, executor="desk", budget=0.1, delta=0.05)
    assert wrong_until_alarm(monitor) > 1
    found = drill_alarm(work, executor="desk", by="jonas")
    assert found.executor == "desk"
    after = evidence_now(work.project.store, work=work.id, executor="desk")
    assert after.to_json() == before.to_json()
    assert [one.level for one in work.autonomy().held] == [Level.SHADOW]


def test_an_alert_that_does_not_leave_stays_open_and_the_alarm_is_not_said_to_ring(small, receiver, remit, clock):
    told_by(small, receiver)
    receiver.answers = [status(500)]
    said = remit("drill", "alarm", "--by", "jonas")
    assert (said.code, "nobody was told: " in said.out) == (1, True)
    with Project.open(small.root, ambient=clock.ambient()) as project:
        assert len(open_alerts(project.store)) == 1
        work = project.work("refunds")
        assert state(work, "OB08").state is State.UNKNOWN
        clock.ahead = timedelta(days=2)
        measure_operation(work)
        assert state(work, "OB08").state is State.FAIL
    assert "✗ the alarm was tried" in remit("drill", "status").out


def test_without_a_sender_of_alerts_the_drill_says_so(small, remit):
    said = remit("drill", "alarm", "--by", "jonas")
    assert (said.code, "remit.yaml names no sender of alerts" in said.out) == (1, True)


def test_a_work_without_an_error_budget_has_no_alarm_to_try(small, remit):
    small.change("work/refunds.yaml", "  error_budget: 0.10\n", "")
    said = remit("drill", "alarm", "--by", "jonas")
    assert said.code == 4
    assert "autonomy.error_budget" in said.err
    assert remit("drill", "alarm", "--executor", "nobody", "--by", "jonas").code != 0


# measuring


def test_the_sweeper_measures_what_was_not_measured_for_an_hour(work, clock):
    now = work.project.ambient.now
    assert measure_works(work.project, now=now()) == 1
    assert measure_works(work.project, now=now()) == 0
    clock.ahead = timedelta(hours=1, minutes=1)
    assert measure_works(work.project, now=now()) == 1


def test_a_work_that_runs_shows_its_volume_its_signature_and_its_evidence(work, clock):
    decided(work, 2)
    for day in range(1, 10):
        clock.ahead = timedelta(days=day)
        for i in range(3):
            work.decide(ITEM, key=f"{day}-{i}")
    facts = measure_operation(work)
    assert facts.load is not None
    assert facts.load.per_day == 3.0
    assert facts.load.n_days == 8
    assert facts.load.asked is None  # at shadow nothing could have been acted on
    assert facts.signed_at is not None
    assert facts.evidence_at is not None
    assert state(work, "LV03").state is State.PASS
    assert state(work, "WD16").state is State.PASS


# the command line


def test_the_drills_speak_on_the_command_line(small, remit):
    said = remit("drill", "stop", "--by", "jonas")
    assert (said.code, said.err) == (0, "")
    assert "the stop of refunds works" in said.out
    document = remit("drill", "stop", "refunds", "--by", "jonas", "--json").document
    assert (document["kind"], document["drill"], document["works"]) == ("drill", "stop", True)
    said = remit("drill", "status")
    assert said.code == 0
    assert "✓ the stop was pressed" in said.out
    assert "not run: no recorded item was answered once more" in said.out
    assert remit("drill", "status", "--json").document["operation"]["stop_drill"]["works"] is True


def test_a_drill_that_can_not_be_done_says_why(small, remit):
    assert "so there is no item to show" in remit("drill", "path", "--by", "mira").err
    assert "answered no recorded item" in remit("drill", "replay", "--executor", "desk", "--by", "mira").err
    both = remit("drill", "path", "--path", "E1", "--mode", "F1", "--by", "mira")
    assert (both.code, "leave one out" in both.err) == (2, True)
    small.write("work/second.yaml", "remit: 1\nid: second\n")
    assert "which work is meant" in remit("drill", "status").err


def test_what_is_missing_ends_the_count_of_records_with_one(small, remit):
    small.write("sent.txt", "lost-1\n")
    said = remit("drill", "records", "--keys", "sent.txt", "--source", "the shop", "--by", "mira")
    assert (said.code, said.out) == (1, "0 of 1 items of the shop have their record; none: lost-1\n")


def test_replays_and_paths_are_reported(small, remit, work):
    decided(work, 3)
    said = remit("drill", "replay", "--executor", "desk", "--by", "mira")
    assert (said.code, "3 of 3 came out the same" in said.out) == (0, True)
    said = remit("drill", "path", "--by", "mira")
    assert "waits for" in said.out
    said = remit("drill", "status")
    assert "a drill waits on" in said.out
    assert "✓ desk was replayed" in said.out
