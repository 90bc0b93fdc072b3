"""The whole way of one work, from Python."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.integration.small_project import COUNTING, ITEM, make, rows

from remit.definition.levels import Level
from remit.errors import (
    AlreadyDecided,
    CasesInvalid,
    Conflict,
    FrozenChanged,
    GrantRefused,
    ItemInvalid,
    KeyConflict,
    NotAllowed,
    NotFound,
    OverrideRefused,
    ProjectInvalid,
    UsageError,
)
from remit.items import FaultKind, ReasonKind, Route
from remit.project import Ambient, Project, system
from remit.readiness.facts import TargetVerdict
from remit.readiness.finding import State
from remit.reviews import Outcome

JONAS, TAREK = {"by": "jonas"}, {"by": "tarek"}
MET = TargetVerdict.MET


@pytest.fixture
def work(frozen):
    with frozen.opened() as opened:
        yield opened


def shadowed(work):
    """The work with a candidate at shadow."""
    work.grant("desk", level=Level.SHADOW, reason="a look at it", **JONAS)
    return work


def state_of(readiness, rule):
    return next(result.state for result in readiness.results if result.rule == rule)


def reason_of(readiness, rule):
    return next(result for result in readiness.results if result.rule == rule).findings[0].message


def at(moment, **settings):
    machine = system()
    return Ambient(
        now=lambda: moment,
        monotonic=machine.monotonic,
        new_id=machine.new_id,
        salt=machine.salt,
        draw=machine.draw,
        setting=settings.get,
    )


@pytest.mark.parametrize("first", ["facts", "store"])
def test_what_remit_keeps_is_never_put_into_version_control_by_mistake(small, first):
    with small.opened() as work:
        if first == "facts":
            work.check_cases()
        else:
            assert work.project.store
        ignored = work.project.state / ".gitignore"
        assert ignored.read_text() == "*\n"
        ignored.write_text("*\n!remit.db\n")
        work.check_cases()
        assert work.project.store
    assert ignored.read_text() == "*\n!remit.db\n"


def test_the_whole_way(small):
    with small.opened() as work:
        assert work.check(for_level=Level.SHADOW).reached
        assert work.check_cases().n_rows == 200
        coverage = work.split_cases(seed=7, share_prove=0.6)
        assert (coverage.n_prove, coverage.n_tune, coverage.n_unused) == (120, 80, 0)
        frozen = work.freeze_cases()
        assert (frozen.prove.n, frozen.tune.n) == (120, 80)
        proof = work.prove("desk")
        assert proof.document.n_cases == 120
        assert [one.verdict for one in proof.document.targets] == [MET] * 3
        assert proof.document.certificate.n_acted > 90
        assert (proof.json_path.is_file(), proof.html_path.is_file(), proof.n_recorded_before) == (True, True, 0)
        grant = work.grant("desk", level=Level.SHADOW, reason="proved", **JONAS)
        assert grant.level is Level.SHADOW
        settled = work.decide(ITEM, key="order-1")
        assert settled.record.decision.route is Route.INCUMBENT
        assert settled.record.decision.answer.output == {"refund": "yes"}
        (review,) = work.reviews()
        assert review.id == settled.review.id
        reviewed = work.decide_review(review.id, output={"refund": "no"}, comment="seen in the shop", **TAREK)
        assert reviewed.review.outcome is Outcome.ANSWERED
        assert work.reviews() == ()
        (chain,) = work.project.verify_ledger()
        assert (chain.work, chain.result.n) == ("refunds", 5)  # two of them by the watch: it began, it proposes
        work.revoke("desk", reason="enough seen", **JONAS)
        assert work.decide(ITEM, key="order-2").record.decision.reason.kind is ReasonKind.LEVEL_MANUAL


def test_splitting_and_freezing_again_change_nothing(small):
    with small.opened() as work:
        work.split_cases(seed=7, share_prove=0.6)
        first = work.freeze_cases()
        text = small.read("cases/refunds.csv")
        assert work.freeze_cases() == first
        with pytest.raises(FrozenChanged):
            work.split_cases(seed=8, share_prove=0.6)
        assert small.read("cases/refunds.csv") == text


def test_the_same_seed_splits_the_same_way(small, tmp_path):
    other = make(tmp_path / "other")
    for one in (small, other):
        with one.opened() as work:
            work.split_cases(seed=11)
    assert small.read("cases/refunds.csv") == other.read("cases/refunds.csv")


def test_cases_without_a_use_cannot_be_frozen(small):
    with small.opened() as work, pytest.raises(CasesInvalid, match="no case to prove on"):
        work.freeze_cases()


def test_nothing_is_proved_on_cases_that_are_not_frozen(small):
    with small.opened() as work:
        work.split_cases(seed=7)
        with pytest.raises(FrozenChanged, match="not frozen"):
            work.prove("desk")


def test_a_case_that_changed_since_it_was_frozen_stops_the_proof(frozen):
    lines = frozen.read("cases/refunds.csv").splitlines()
    proved = next(i for i, line in enumerate(lines) if line.endswith(",prove"))
    lines[proved] = lines[proved].replace("note", "other")
    frozen.write("cases/refunds.csv", "\n".join(lines))
    with frozen.opened() as work:
        with pytest.raises(FrozenChanged) as refused:
            work.prove("desk")
        assert refused.value.code == "E503"
        with pytest.raises(Conflict, match="another set"):
            work.freeze_cases()


def test_a_case_taken_out_or_added_stops_the_proof(frozen):
    text = frozen.read("cases/refunds.csv")
    lines = text.splitlines()
    proved = next(i for i, line in enumerate(lines) if line.endswith(",prove"))
    for changed in (lines[:proved] + lines[proved + 1 :], [*lines, f"d{lines[proved]}"]):
        frozen.write("cases/refunds.csv", "\n".join(changed))
        with frozen.opened() as work, pytest.raises(FrozenChanged):
            work.prove("desk")
    frozen.write("cases/refunds.csv", text)
    with frozen.opened() as work:
        work.prove("desk")


def test_the_order_of_the_rows_and_the_tune_cases_are_free(frozen):
    head, *lines = frozen.read("cases/refunds.csv").splitlines()
    kept = [line for line in reversed(lines) if not line.startswith("c00") or line.endswith(",prove")]
    frozen.write("cases/refunds.csv", "\n".join([head, *kept]))
    with frozen.opened() as work:
        assert work.prove("desk").document.n_cases == 120


def test_the_same_cases_in_another_order_give_the_same_counts(frozen):
    with frozen.opened() as work:
        one = work.prove("desk").document
    head, *lines = frozen.read("cases/refunds.csv").splitlines()
    frozen.write("cases/refunds.csv", "\n".join([head, *reversed(lines)]))
    with frozen.opened() as work:
        again = work.prove("desk").document
    assert (again.n_wrong, again.targets, again.slices) == (one.n_wrong, one.targets, one.slices)
    assert again.case_set_digest == one.case_set_digest


def test_changed_schemas_are_another_case_set(frozen):
    frozen.change("work/refunds.yaml", "note: optional text <= 200", "note: optional text <= 150")
    with frozen.opened() as work, pytest.raises(FrozenChanged):
        work.prove("desk")


def test_an_unknown_executor_work_or_folder_is_said_with_what_is_meant(work, tmp_path):
    with pytest.raises(NotFound) as refused:
        work.prove("desc")
    assert refused.value.problems[0].mend == "did you mean `desk`?"
    with pytest.raises(NotFound) as refused:
        work.project.work("refund")
    assert refused.value.problems[0].mend == "did you mean `refunds`?"
    with pytest.raises(ProjectInvalid, match=r"no remit\.yaml"):
        Project.open(tmp_path)


# Items


def test_the_same_key_and_input_give_the_stored_decision(work):
    shadowed(work)
    first = work.decide(ITEM, key="order-1")
    again = work.decide(dict(reversed(ITEM.items())), key="order-1")
    assert again.repeated
    assert not first.repeated
    assert again.record.id == first.record.id
    assert again.review.id == first.review.id
    assert len(work.reviews()) == 1


def test_a_repeated_item_asks_nobody_again(frozen):
    frozen.write("functions/desk.py", COUNTING)
    with frozen.opened() as work:
        shadowed(work)
        work.decide(ITEM, key="order-1")
        work.decide(ITEM, key="order-1")
    assert frozen.read("functions/calls.log").splitlines() == ["20.0"]


def test_the_same_key_with_another_input_is_a_conflict(work):
    work.decide(ITEM, key="order-1")
    with pytest.raises(KeyConflict):
        work.decide({**ITEM, "amount": 21.0}, key="order-1")
    assert len(work.reviews()) == 1


def test_without_a_key_every_item_is_a_new_one(work):
    assert work.decide(ITEM).record.key != work.decide(ITEM).record.key


@pytest.mark.parametrize("key", ["", "x" * 513, "a\nb", "\x00"])
def test_a_key_that_cannot_be_recorded_is_refused(work, key):
    with pytest.raises(ItemInvalid):
        work.decide(ITEM, key=key)
    assert work.project.verify_ledger() == ()


def test_an_executor_that_fails_leaves_the_item_to_people_and_says_so(frozen):
    frozen.write("functions/desk.py", "def answer(given: dict) -> dict:\n    raise OSError('the rule book is gone')\n")
    with frozen.opened() as work:
        decision = shadowed(work).decide(ITEM, key="order-1").record.decision
        assert decision.answer.fault.kind is FaultKind.ERROR
        assert decision.route is Route.INCUMBENT
        assert len(work.reviews()) == 1


def test_an_item_out_of_scope_or_unfit_is_recorded_too(work):
    shadowed(work)
    for given, kind in (
        ({**ITEM, "dealer": True}, ReasonKind.OUT_OF_SCOPE),
        ({**ITEM, "amount": -1}, ReasonKind.INPUT_REFUSED),
        ({"channel": "web"}, ReasonKind.INPUT_REFUSED),
        ({**ITEM, "amount": 195}, ReasonKind.NEVER_INPUT),
    ):
        decision = work.decide(given).record.decision
        assert kind in [reason.kind for reason in decision.reasons]
        assert decision.answer is None
    (chain,) = work.project.verify_ledger()
    assert chain.result.n == 6


# Reviews


def test_a_constraint_that_blocks_holds_for_people_too(work):
    shadowed(work)
    review = work.decide({**ITEM, "amount": 500.0}).review
    with pytest.raises(OverrideRefused, match="C1"):
        work.decide_review(review.id, output={"refund": "yes"}, comment="I know them", **TAREK)
    assert work.decide_review(review.id, output={"refund": "no"}, comment=None, **TAREK).review.overridden == ()


def test_a_constraint_may_be_set_aside_with_a_reason(work):
    shadowed(work)
    review = work.decide({**ITEM, "amount": 0.5}).review
    with pytest.raises(NotAllowed, match="C2"):
        work.decide_review(review.id, output={"refund": "no"}, comment=None, **TAREK)
    with pytest.raises(NotAllowed, match="C2"):
        work.decide_review(review.id, output={"refund": "no"}, comment="  ", **TAREK)
    reviewed = work.decide_review(review.id, output={"refund": "no"}, comment="a known fraud", **TAREK)
    assert reviewed.review.overridden == ("C2",)


def test_refusing_an_item_takes_a_reason(work):
    review = shadowed(work).decide(ITEM).review
    with pytest.raises(NotAllowed):
        work.decide_review(review.id, output=None, comment=None, **TAREK)
    reviewed = work.decide_review(review.id, output=None, comment="no such order", **TAREK)
    assert reviewed.review.outcome is Outcome.REJECTED


def test_a_person_answers_in_the_schema_too(work):
    review = shadowed(work).decide(ITEM).review
    with pytest.raises(ItemInvalid):
        work.decide_review(review.id, output={"refund": "perhaps"}, comment=None, **TAREK)
    assert len(work.reviews()) == 1


def test_the_second_decision_on_a_review_is_refused(work):
    review = shadowed(work).decide(ITEM).review
    work.decide_review(review.id, output={"refund": "yes"}, comment=None, **TAREK)
    with pytest.raises(AlreadyDecided):
        work.decide_review(review.id, output={"refund": "no"}, comment=None, **TAREK)


def test_somebody_the_project_does_not_know_decides_nothing(work):
    review = shadowed(work).decide(ITEM).review
    with pytest.raises(NotAllowed, match="nobody"):
        work.decide_review(review.id, output={"refund": "yes"}, comment=None, by="nobody")
    with pytest.raises(UsageError):
        work.decide_review(review.id, output={"refund": "yes"}, comment=None, by=None)


# Stops and grants


def test_stopped_work_asks_nobody_but_people_until_it_is_resumed(work):
    shadowed(work)
    work.project.stop("refunds", executor=None, reason="an incident", **TAREK)
    decision = work.decide(ITEM).record.decision
    assert (decision.route, decision.answer) == (Route.STOPPED, None)
    assert len(work.reviews()) == 1  # the safe state is review
    work.project.resume("refunds", executor=None, reason="it is over", **TAREK)
    assert work.decide(ITEM).record.decision.route is Route.INCUMBENT
    with pytest.raises(NotFound):
        work.project.resume("refunds", executor=None, reason="again", **TAREK)


def test_a_stop_of_everything_and_one_of_an_executor_are_ended_one_by_one(work):
    shadowed(work)
    project = work.project
    project.stop(None, executor=None, reason="an incident", **TAREK)
    project.stop("refunds", executor="desk", reason="it is odd", **TAREK)
    assert work.decide(ITEM).record.decision.route is Route.STOPPED
    project.resume(None, executor=None, reason="it is over", **TAREK)
    stopped = work.decide(ITEM).record.decision
    assert (stopped.route, stopped.reason.kind) == (Route.INCUMBENT, ReasonKind.STOPPED)
    project.resume("refunds", executor="desk", reason="it is mended", **TAREK)
    assert work.decide(ITEM).record.decision.reason.kind is ReasonKind.LEVEL
    with pytest.raises(UsageError):
        project.stop(None, executor="desk", reason="which work?", **TAREK)
    with pytest.raises(NotFound):
        project.stop("refunds", executor="nobody", reason="who?", **TAREK)


def test_a_grant_is_refused_with_every_reason_at_once(work):
    with pytest.raises(GrantRefused) as refused:
        work.grant("desk", level=Level.SUPERVISED, reason=" ", **TAREK)
    said = [problem.message for problem in refused.value.problems]
    for one in ("does not answer for this work", "a grant needs a reason", "straight to supervised", "no certificate"):
        assert any(one in message for message in said), one
    assert work.project.verify_ledger() == ()


def test_a_candidate_that_changed_falls_to_shadow_and_says_why(frozen):
    with frozen.opened() as work:
        shadowed(work)
        work.decide(ITEM)
    frozen.change("functions/desk.py", "60.0", "61.0")
    with frozen.opened() as work:
        assert "the executor changed" in work.decide(ITEM).record.decision.reason.text


def test_a_grant_that_was_taken_back_leaves_no_candidate(work):
    shadowed(work)
    work.revoke("desk", reason="enough", **JONAS)
    record = work.decide(ITEM).record
    assert (record.executor, record.decision.level) == (None, Level.MANUAL)
    with pytest.raises(NotFound):
        work.revoke("desk", reason="again", **JONAS)


# Readiness


def test_facts_go_stale_with_what_they_are_about(frozen):
    with frozen.opened() as work:
        assert state_of(work.check(for_level=Level.SUPERVISED), "TT12") is State.UNKNOWN
        work.prove("desk")
        ready = work.check(for_level=Level.SUPERVISED)
        assert [state_of(ready, rule) for rule in ("TT06", "TT11", "TT12")] == [State.PASS] * 3
    frozen.change("functions/desk.py", "60.0", "61.0")
    with frozen.opened() as work:
        ready = work.check(for_level=Level.SUPERVISED)
        assert (state_of(ready, "TT12"), state_of(ready, "TT06")) == (State.UNKNOWN, State.PASS)
        assert "desk changed" in reason_of(ready, "TT12")
    frozen.change("functions/desk.py", "61.0", "60.0")
    frozen.change("work/refunds.yaml", "input.amount < 400.0", "input.amount < 399.0")
    with frozen.opened() as work:
        ready = work.check(for_level=Level.SUPERVISED)
        assert [state_of(ready, rule) for rule in ("TT06", "TT11", "TT12")] == [State.UNKNOWN] * 3
        assert "stale" in reason_of(ready, "TT12")
        work.prove("desk")
        assert state_of(work.check(for_level=Level.SUPERVISED), "TT12") is State.PASS


def test_what_the_evidence_is_not_about_may_change(frozen):
    with frozen.opened() as work:
        work.prove("desk")
    frozen.change("work/refunds.yaml", "title: Decide one refund", "title: Decide a refund")
    with frozen.opened() as work:
        assert state_of(work.check(for_level=Level.SUPERVISED), "TT12") is State.PASS


def test_a_case_file_that_changed_is_no_longer_the_one_that_was_checked(frozen):
    with frozen.opened() as work:
        work.prove("desk")
    frozen.write("cases/refunds.csv", frozen.read("cases/refunds.csv") + "\n")
    with frozen.opened() as work:
        assert state_of(work.check(for_level=Level.SUPERVISED), "TT06") is State.UNKNOWN
        work.check_cases()
        assert state_of(work.check(for_level=Level.SUPERVISED), "TT06") is State.PASS


def test_a_waiver_counts_for_its_rule_and_its_work_until_its_day(frozen):
    waiver = "- {rule: WD12, work: refunds, reason: one clerk only, by: Director of Sales, until: 2027-03-01}\n"
    frozen.write("waivers.yaml", waiver)

    def missing(moment):
        project = Project.open(frozen.root, ambient=at(moment))
        return project.work("refunds").check(for_level=Level.SUPERVISED).missing[Level.SUPERVISED]

    last_day = datetime(2027, 3, 1, 12, tzinfo=UTC)
    assert "WD12" not in missing(last_day)
    assert "WD12" in missing(last_day + timedelta(days=1))
    frozen.write("waivers.yaml", waiver.replace("refunds", "other"))
    assert "WD12" in missing(last_day)
    frozen.write("waivers.yaml", waiver.replace("WD12", "WD04"))  # a blocker has no waiver
    frozen.change("work/refunds.yaml", "accountable: {role: Director of Sales, contact: jonas@shop.example}\n", "")
    assert "WD04" in missing(last_day)


def test_the_mirror_of_facts_may_be_deleted(frozen):
    with frozen.opened() as work:
        work.prove("desk")
        (frozen.root / ".remit" / "facts.json").unlink()
        assert state_of(work.check(for_level=Level.SUPERVISED), "TT12") is State.UNKNOWN
        work.prove("desk")
        assert state_of(work.check(for_level=Level.SUPERVISED), "TT12") is State.PASS


def test_a_broken_mirror_is_made_anew(frozen):
    frozen.write(".remit/facts.json", "{")
    with frozen.opened() as work:
        work.prove("desk")
        assert state_of(work.check(for_level=Level.SUPERVISED), "TT12") is State.PASS


# Places


def test_a_project_lives_in_a_folder_of_any_name(tmp_path):
    small = make(tmp_path / "Ein Ordner mit Umläuten äöü 日本 & 'so'").split_and_freeze()
    with small.opened() as work:
        assert work.prove("desk").document.certificate is not None
        assert shadowed(work).decide(ITEM).review is not None


def test_a_project_is_found_from_any_folder_inside(frozen):
    inside = frozen.root / "work" / "deeper"
    inside.mkdir()
    assert Project.open(inside).root == frozen.root


def test_the_store_is_where_it_is_said_to_be(frozen, tmp_path):
    elsewhere = tmp_path / "a folder" / "store.db"
    moment = datetime(2026, 7, 1, tzinfo=UTC)
    project = Project.open(frozen.root, ambient=at(moment, REMIT_STORE=str(elsewhere)))
    project.work("refunds").decide(ITEM, key="order-1")
    project.close()
    assert elsewhere.is_file()
    assert not (frozen.root / ".remit" / "remit.db").exists()
    frozen.change("remit.yaml", "currency: EUR", "currency: EUR\nstore: records/remit.db")
    with frozen.opened() as work:
        work.decide(ITEM, key="order-1")
    assert (frozen.root / "records" / "remit.db").is_file()


def test_who_acts_may_be_a_setting(frozen):
    project = Project.open(frozen.root, ambient=at(datetime(2026, 7, 1, tzinfo=UTC), REMIT_BY="jonas"))
    grant = project.work("refunds").grant("desk", level=Level.SHADOW, by=None, reason="a look")
    project.close()
    assert grant.by == "jonas"


def test_the_cases_of_the_small_project_stay_the_same():
    assert len(rows()) == 201
    assert rows()[1].startswith("c000,161.")
