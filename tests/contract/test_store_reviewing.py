"""Reviews as people and time work on them: one decision counts, no effect twice, whatever happens at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from tests.by_hand import tamper

from remit.cases.case import Case
from remit.errors import AlreadyDecided, Conflict, NotAllowed, OutsideError
from remit.items import Reason, ReasonKind
from remit.ledger import Break, Broken, LedgerKind
from remit.reviews import Ask, Outcome, ReviewKind, ReviewState, open_review
from remit.runtime.review import PersonsAnswer, claim_review, decide_review
from remit.runtime.reviewing.planting import Planting, plant
from remit.runtime.reviewing.steps import (
    answer_about,
    ask_about,
    put_off_review,
    reassign_review,
    release_review,
    undo_review,
)
from remit.runtime.reviewing.time_outs import REMIT, end_claims, time_out_reviews
from remit.runtime.sweeping.sweep import Task, give_up, sweep
from remit.runtime.verify import verify_ledger
from remit.store.ledger_entries import recorded
from remit.store.operations.acts import acts_of
from remit.store.operations.leases import holder_of
from remit.store.operations.reviewing import (
    decided_reviews,
    recent_reviews,
    reviews_of_decision,
    taken_back,
    waiting_reviews,
)
from remit.store.reviews import TruthSource, add_review, review, review_output, truths_of
from remit.store.statements import prepare
from remit.store.tables import outbox

EFFECTS = prepare(sa.select(outbox.c.effect, outbox.c.payload_id, outbox.c.due_at).order_by(outbox.c.payload_id))
SENT = prepare(sa.update(outbox).values(sent_at=sa.bindparam("at")))
TRIED = prepare(sa.update(outbox).values(n_tries=sa.bindparam("n")))
LEASED = prepare(sa.update(outbox).values(leased_until=sa.bindparam("at")))
HALF = timedelta(minutes=30)
TEN = timedelta(minutes=10)
SAFE = {"answer": {"team": "other"}}


def effects(store):
    return [row[:2] for row in store.rows(EFFECTS)]


def verified(store):
    return not [one for one in verify_ledger(store) if isinstance(one.result, Broken)]


def steps(store):
    return [
        (one.subject, one.body["what"], one.by) for one in acts_of(store, work="triage", kind=LedgerKind.REVIEW_STEP)
    ]


def decides(desk, review_id, output, *, by="bob", seconds=1, comment=None, **rules):
    """A person decides, so many seconds after the item came."""
    desk.n += 1
    answer = PersonsAnswer(
        by=by,
        output=output,
        comment=comment,
        salt=bytes([desk.n]) * 16,
        next_id=f"next{desk.n}",
        now=desk.now + timedelta(seconds=seconds),
    )
    return decide_review(desk.store, review_id, answer, rules=desk.rules(**rules))


def undoes(desk, review_id, *, by="bob", seconds=2, new_id="again"):
    now = desk.now + timedelta(seconds=seconds)
    return undo_review(desk.store, review_id, by=by, is_accountable=False, new_id=new_id, now=now)


def times_out(desk, now, alarms=None, rules=None):
    told = alarms if alarms is not None else []
    return time_out_reviews(
        desk.store,
        rules=(lambda work: desk.rules()) if rules is None else rules,
        salt=lambda: b"s" * 16,
        alarm=lambda writing, one, why: told.append((one.id, why)),
        now=now,
    )


def audited(desk, key="k1"):
    """An item that was acted on, and its audit."""
    settled = desk.settle(key)
    reason = Reason(kind=ReasonKind.WITHIN_LIMITS, text="confidence 0.99 reaches the limit")
    opened = open_review(
        id=f"audit-{key}",
        work="triage",
        decision_id=settled.record.id,
        reason=reason,
        ask=Ask(shows_answer=False, within=HALF, on_timeout=SAFE),
        now=desk.now,
        kind=ReviewKind.AUDIT,
    )
    with desk.store.writing() as writing:
        add_review(writing, opened)
    return opened


def test_an_undone_decision_leaves_no_effect_and_no_truth_and_the_item_waits_again(store, desk, ask):
    desk.settle(ask=lambda _: ask)
    decides(desk, "r1", {"team": "returns"})
    first = review(store, "r1")
    again = undoes(desk, "r1")
    assert (again.follows, again.state, again.due_at) == ("r1", ReviewState.OPEN, first.due_at)
    assert review(store, "r1") == first
    assert (effects(store), truths_of(store, "d1"), decided_reviews(store, work="triage")) == ([], (), ())
    assert steps(store) == [("r1", "undone", "bob")]
    assert verified(store)
    with pytest.raises(Conflict, match="undone by bob at 2026-07-01T09:30:02"):
        undoes(desk, "r1", new_id="more")
    decides(desk, "again", {"team": "fraud"}, seconds=3)
    assert effects(store) == [("queued", "again")]
    assert [truth.payload_id for truth, _ in truths_of(store, "d1")] == ["again"]
    assert [one.id for one in decided_reviews(store, work="triage")] == ["again"]
    assert verified(store)


def test_an_undone_decision_stands_nowhere_and_names_the_review_that_the_item_is_in_now(desk, store):
    desk.settle()
    decides(desk, "r1", {"team": "returns"})
    undoes(desk, "r1", by="bob")
    decides(desk, "again", {"team": "returns"}, seconds=3)
    undoes(desk, "again", seconds=4, new_id="third")
    rules, by, now = desk.rules(), "bob", desk.now + timedelta(seconds=5)
    for step in (
        lambda: decides(desk, "r1", {"team": "fraud"}, seconds=5),
        lambda: claim_review(store, "r1", by=by, until=now + TEN, now=now, rules=rules),
        lambda: release_review(store, "r1", by=by, now=now),
        lambda: put_off_review(store, "r1", by=by, until=now + TEN, now=now),
        lambda: ask_about(store, "r1", by=by, text="what", now=now),
        lambda: answer_about(store, "r1", by=by, text="this", now=now),
        lambda: reassign_review(store, "r1", by=by, reason="so", role="lead", now=now, rules=rules),
        lambda: undoes(desk, "r1", seconds=5, new_id="more"),
    ):
        with pytest.raises(Conflict) as refused:
            step()
        (problem,) = refused.value.problems
        assert not isinstance(refused.value, AlreadyDecided)
        assert "undone by bob at 2026-07-01T09:30:02" in problem.message
        assert (problem.expected, problem.mend) == (
            "review third, in which the item waits now",
            "decide review third",
        )
    assert taken_back(store, review(store, "r1")).review == "third"
    decides(desk, "third", {"team": "fraud"}, seconds=6)
    with pytest.raises(Conflict) as refused:
        decides(desk, "r1", {"team": "fraud"}, seconds=7)
    assert (refused.value.problems[0].expected, refused.value.problems[0].mend) == (None, "what counts is review third")


def test_an_undone_decision_with_four_eyes_names_where_the_second_person_looks(desk, store):
    desk.settle()
    decides(desk, "r1", {"team": "returns"}, four_eyes=True)
    undoes(desk, "r1")
    second = decides(desk, "again", {"team": "fraud"}, seconds=3, four_eyes=True).next
    found = taken_back(store, review(store, "r1"))
    assert (found.by, found.review, found.waits) == ("bob", second.id, True)
    assert taken_back(store, review(store, "again")) is None


def test_the_entry_of_an_undo_names_the_review_that_it_opened(desk, store):
    desk.settle()
    decides(desk, "r1", {"team": "returns"})
    undoes(desk, "r1")
    undone = [one.entry for one in recorded(store, "triage")][-1]
    assert (undone.kind, undone.subject, undone.digests) == (LedgerKind.REVIEW_STEP, "r1", {"review": "again"})
    tamper(store, "DELETE FROM reviews WHERE id = 'again'")
    (one,) = verify_ledger(store)
    assert (one.result.seq, one.result.what) == (undone.seq, Break.RECORD_MISSING)


def test_a_review_that_somebody_withdrew_by_hand_is_found(desk, store):
    desk.settle()
    decides(desk, "r1", {"team": "returns"}, four_eyes=True)
    undoes(desk, "r1")  # withdraws the second person's
    assert [one.state for one in reviews_of_decision(store, "d1")].count(ReviewState.WITHDRAWN) == 1
    assert verified(store)
    for by_hand in (
        "state = 'withdrawn'",
        "state = 'withdrawn', kind = 'planted', timed_out_at = '2026-07-01T09:30:00.000000Z'",
    ):
        tamper(store, f"UPDATE reviews SET {by_hand} WHERE id = 'again'")
        (one,) = verify_ledger(store)
        assert (one.result.seq, one.result.what) == (1, Break.RECORD_ADDED)
        assert "which was withdrawn" in one.result.expected


def test_a_planted_case_that_nobody_decided_in_time_is_withdrawn_and_the_record_verifies(desk, store):
    planting = Planting(
        case=Case(id="c1", input={"amount": 5.0}, expected={"team": "fraud"}),
        suggestion={"team": "fraud"},
        is_wrong=False,
        reason=Reason(kind=ReasonKind.LEVEL, text="the level is suggest"),
        ask=Ask(within=HALF, on_timeout=SAFE),
    )
    ids = iter(("d", "key", "planted"))
    plant(store, [planting], of=desk.of, by="ann", new_id=lambda: next(ids), salt=lambda: b"s" * 16, now=desk.now)
    times_out(desk, desk.now + HALF)
    assert review(store, "planted").state is ReviewState.WITHDRAWN
    assert verified(store)


@pytest.mark.parametrize(
    ("statement", "value"),
    [(SENT, {"at": "2026-07-01T09:30:01.000000Z"}), (TRIED, {"n": 1}), (LEASED, {"at": "2026-07-01T09:31:00.000000Z"})],
)
def test_a_decision_whose_effect_may_have_left_is_not_undone(store, desk, statement, value):
    desk.settle()
    decides(desk, "r1", {"team": "returns"})
    with store.writing() as writing:
        writing.update(statement, **value)
    with pytest.raises(Conflict, match="an effect"):
        undoes(desk, "r1")
    assert [one.id for one in reviews_of_decision(store, "d1")] == ["r1"]
    assert (len(effects(store)), len(truths_of(store, "d1")), steps(store)) == (1, 1, [])


@pytest.mark.parametrize(
    ("declared", "senders", "words"),
    [
        (("queued",), {"queued": "desk"}, "its effects are on their way"),
        (("queued", "paid"), {}, "Remit does not send its effects (paid, queued): look whether"),
        ((), {}, "it has no effects"),
    ],
)
def test_what_can_not_be_undone_any_more_says_what_became_of_its_effects(desk, declared, senders, words):
    desk.settle()
    decides(desk, "r1", {"team": "returns"}, effects=lambda *_: declared, senders=senders)
    with pytest.raises(Conflict, match="10 seconds") as refused:
        undoes(desk, "r1", seconds=11)
    assert words in refused.value.problems[0].mend


def test_effects_of_a_person_wait_until_the_decision_can_not_be_undone(store, desk):
    desk.settle()
    decides(desk, "r1", {"team": "returns"}, seconds=1)
    ((_, _, due_at),) = store.rows(EFFECTS)
    assert due_at == "2026-07-01T09:30:11.000000Z"


def test_four_eyes_that_see_the_same_let_the_effects_go(store, desk):
    desk.settle()
    first = decides(desk, "r1", {"team": "returns"}, four_eyes=True)
    assert (first.next.kind, first.next.follows, first.next.ask.role) == (ReviewKind.SECOND, "r1", None)
    assert (effects(store), truths_of(store, "d1")) == ([], ())
    with pytest.raises(NotAllowed, match="did not decide it before"):
        decides(desk, first.next.id, {"team": "returns"}, four_eyes=True)
    second = decides(desk, first.next.id, {"team": "returns"}, by="eve", four_eyes=True)
    assert second.next is None
    assert effects(store) == [("queued", first.next.id)]
    assert [(truth.by, output) for truth, output in truths_of(store, "d1")] == [("eve", {"team": "returns"})]
    assert verified(store)


@pytest.mark.parametrize(("output", "comment"), [({"team": "fraud"}, None), (None, "not ours")])
def test_four_eyes_that_see_different_things_are_settled_by_a_third_person(store, desk, output, comment):
    desk.settle()
    rules = {"four_eyes": True, "accountable": "head"}
    first = decides(desk, "r1", {"team": "returns"}, **rules)
    second = decides(desk, first.next.id, output, by="eve", comment=comment, **rules)
    assert (second.next.kind, second.next.ask.role) == (ReviewKind.SETTLING, "head")
    assert (effects(store), truths_of(store, "d1")) == ([], ())
    for one in ("bob", "eve"):
        with pytest.raises(NotAllowed):
            decides(desk, second.next.id, {"team": "fraud"}, by=one, **rules)
    decides(desk, second.next.id, {"team": "fraud"}, by="ann", **rules)
    assert effects(store) == [("queued", second.next.id)]
    assert len(truths_of(store, "d1")) == 1
    assert verified(store)


def test_undoing_the_first_pair_of_eyes_withdraws_the_second_unless_it_decided(store, desk):
    desk.settle("k1")
    first = decides(desk, "r1", {"team": "returns"}, four_eyes=True)
    undoes(desk, "r1")
    assert review(store, first.next.id).state is ReviewState.WITHDRAWN
    with pytest.raises(Conflict, match="nobody has to"):
        decides(desk, first.next.id, {"team": "returns"}, by="eve", four_eyes=True)
    again = decides(desk, "again", {"team": "returns"}, four_eyes=True, seconds=3)
    decides(desk, again.next.id, {"team": "returns"}, by="eve", four_eyes=True, seconds=4)
    with pytest.raises(Conflict, match="eve decided on"):
        undoes(desk, "again", seconds=5, new_id="more")
    assert effects(store) == [("queued", again.next.id)]
    assert verified(store)


def test_an_audit_is_a_truth_without_effects_and_nobody_saw_the_answer(store, desk):
    opened = audited(desk)
    decided = decides(desk, opened.id, {"team": "fraud"}, wrong=lambda record, output: output != {"team": "fraud"})
    assert decided.review.outcome is Outcome.ANSWERED
    ((truth, _),) = truths_of(store, opened.decision_id)
    assert (truth.source, truth.answer_seen, truth.wrong) == (TruthSource.AUDIT, False, False)
    assert effects(store) == []
    last = list(recorded(store, "triage"))[-1].entry
    assert (last.kind, last.subject) == (LedgerKind.AUDIT, opened.id)
    assert verified(store)
    undoes(desk, opened.id)
    with pytest.raises(NotAllowed, match="blind"):
        decides(desk, "again", {"team": "fraud"})
    decides(desk, "again", {"team": "x"}, by="eve", wrong=lambda record, output: output != {"team": "fraud"})
    assert [one.wrong for one, _ in truths_of(store, opened.decision_id)] == [True]


def test_whoever_learns_from_a_truth_hears_of_it_in_the_same_transaction(store, desk):
    desk.settle("k1")
    desk.settle("k2")
    heard = []
    decides(desk, "r1", {"team": "x"}, learned=lambda writing, truth, record: heard.append((truth.seq, record.id)))
    assert heard == [(3, "d1")]

    def fails(*_):
        raise OutsideError("no")

    with pytest.raises(OutsideError):
        decides(desk, "r2", {"team": "x"}, learned=fails)
    assert (review(store, "r2").state, truths_of(store, "d2")) == (ReviewState.OPEN, ())


def test_questions_answers_and_handing_on_are_recorded_and_claims_are_not(store, desk, ask):
    desk.settle(ask=lambda _: ask)
    claim_review(store, "r1", by="eve", until=desk.now + TEN, now=desk.now)
    release_review(store, "r1", by="eve", now=desk.now)
    put_off_review(store, "r1", by="eve", until=desk.now + TEN, now=desk.now)
    ask_about(store, "r1", by="eve", text="which card?", now=desk.now)
    answer_about(store, "r1", by="ann", text="the blue one", now=desk.now)
    handed_on = reassign_review(
        store, "r1", by="eve", reason="beyond me", role="lead", now=desk.now, rules=desk.rules()
    )
    assert review(store, "r1") == handed_on
    assert (handed_on.version, handed_on.ask.role, handed_on.question["answer"]["text"]) == (7, "lead", "the blue one")
    assert steps(store) == [("r1", "asked back", "eve"), ("r1", "answered", "ann"), ("r1", "reassigned", "eve")]
    decides(desk, "r1", {"team": "x"})
    assert verified(store)
    assert review(store, "r1").question == handed_on.question
    assert [one.id for one in recent_reviews(store, work="triage", n=1)] == ["r1"]


def test_a_time_out_gives_the_safe_answer_once_and_in_nobodys_name(store, desk):
    desk.settle(ask=lambda _: Ask(within=HALF, on_timeout=SAFE))
    assert times_out(desk, desk.now + HALF - timedelta(microseconds=1)) == 0
    assert times_out(desk, desk.now + HALF) == 1
    assert times_out(desk, desk.now + 9 * HALF) == 0
    expired = review(store, "r1")
    assert (expired.state, expired.outcome, expired.decided_by) == (ReviewState.EXPIRED, Outcome.TIMED_OUT, None)
    assert review_output(store, expired) == {"team": "other"}
    assert (effects(store), truths_of(store, "d1")) == ([("queued", "r1")], ())
    assert steps(store) == [("r1", "timed out", REMIT)]
    with pytest.raises(AlreadyDecided, match="ran out"):
        decides(desk, "r1", {"team": "x"}, seconds=9_999)
    assert verified(store)


def test_a_time_out_hands_on_once_and_then_tells_somebody_once(store, desk, ask):
    desk.settle(ask=lambda _: ask)
    alarms = []
    assert times_out(desk, desk.now + HALF, alarms) == 1
    assert (review(store, "r1").ask.role, alarms) == ("team lead", [])
    assert times_out(desk, desk.now + 2 * HALF, alarms) == 1
    assert times_out(desk, desk.now + 3 * HALF, alarms) == 0
    assert [one for one, _ in alarms] == ["r1"]
    assert [one.id for one in waiting_reviews(store, work="triage")] == ["r1"]


def test_an_audit_that_nobody_does_is_kept_and_answers_nothing(store, desk):
    opened = audited(desk)
    alarms = []
    assert times_out(desk, desk.now + HALF, alarms) == 1
    assert (review(store, opened.id).state, [one for one, _ in alarms]) == (ReviewState.OPEN, [opened.id])
    assert effects(store) == []


def test_a_review_that_can_not_be_settled_does_not_keep_the_others_waiting(store, desk):
    for key in ("k1", "k2", "k3"):
        desk.settle(key, ask=lambda _: Ask(within=HALF, on_timeout=SAFE))
    calls = []

    def rules(work):
        calls.append(work)
        if len(calls) == 1:
            raise OutsideError("the definition can't be read now")
        return desk.rules()

    with pytest.raises(OutsideError):
        times_out(desk, desk.now + HALF, rules=rules)
    assert [one.id for one in waiting_reviews(store, work="triage")] == ["r1"]
    assert times_out(desk, desk.now + HALF) == 1


def test_claims_that_are_over_are_freed(store, desk):
    for key in ("k1", "k2"):
        desk.settle(key)
    claim_review(store, "r1", by="eve", until=desk.now + TEN, now=desk.now)
    claim_review(store, "r2", by="eve", until=desk.now + 2 * TEN, now=desk.now)
    assert (end_claims(store, now=desk.now + TEN), end_claims(store, now=desk.now + TEN)) == (1, 0)
    assert (review(store, "r1").state, review(store, "r2").state) == (ReviewState.OPEN, ReviewState.CLAIMED)


def test_of_a_reviewer_and_a_time_out_at_the_same_moment_exactly_one_wins(store, desk):
    n = 12
    for i in range(n):
        desk.settle(f"k{i}", ask=lambda _: Ask(within=HALF, on_timeout=SAFE))
    waiting = [one.id for one in waiting_reviews(store, work="triage")]
    refused, start = [], threading.Barrier(2)

    def decide_all():
        start.wait()
        for one in waiting:
            try:
                decides(desk, one, {"team": "fraud"}, seconds=30 * 60)
            except AlreadyDecided:
                refused.append(one)

    def time_all_out():
        start.wait()
        times_out(desk, desk.now + HALF)

    threads = [threading.Thread(target=decide_all), threading.Thread(target=time_all_out)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = {one: review(store, one) for one in waiting}
    assert {one for one, now in states.items() if now.state is ReviewState.EXPIRED} == set(refused)
    assert all(now.state in (ReviewState.DECIDED, ReviewState.EXPIRED) for now in states.values())
    assert sorted(effects(store)) == sorted(("queued", one) for one in waiting)
    assert len(decided_reviews(store, work="triage")) == n - len(refused)
    assert verified(store)


def test_one_process_sweeps_and_another_takes_over_when_its_lease_is_over(store, desk):
    done = []
    tasks = [Task(name="count", do=lambda store, now: done.append(now) or 1)]
    assert sweep(store, tasks, holder="a", now=desk.now).tasks[0].n == 1
    assert not sweep(store, tasks, holder="b", now=desk.now + timedelta(seconds=59)).led
    assert holder_of(store, "sweeper", now=desk.now) == "a"
    assert sweep(store, tasks, holder="a", now=desk.now + timedelta(seconds=30)).led
    assert not sweep(store, tasks, holder="b", now=desk.now + timedelta(seconds=61)).led
    assert sweep(store, tasks, holder="b", now=desk.now + timedelta(seconds=90)).led
    assert not give_up(store, holder="a")
    assert give_up(store, holder="b")
    assert sweep(store, tasks, holder="a", now=desk.now + timedelta(seconds=91)).led
    assert len(done) == 4


def test_a_clock_that_jumped_ahead_once_does_not_keep_everybody_waiting(store, desk):
    assert sweep(store, [], holder="a", now=desk.now + timedelta(days=900)).led
    assert sweep(store, [], holder="b", now=desk.now).led
    assert sweep(store, [], holder="b", now=desk.now - timedelta(days=900)).led


def test_a_task_that_fails_does_not_keep_the_others_from_running(store, desk):
    def fails(store, now):
        raise OutsideError("no")

    swept = sweep(store, [Task(name="x", do=fails), Task(name="y", do=lambda store, now: 3)], holder="a", now=desk.now)
    assert [(one.name, one.n, type(one.fault)) for one in swept.tasks] == [("x", 0, OutsideError), ("y", 3, type(None))]
