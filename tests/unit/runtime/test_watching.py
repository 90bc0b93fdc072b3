"""Evidence is gathered from the ledger, and a level falls by itself where it must."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.deciding.works import triage

from remit.deciding.decision import Checked
from remit.deciding.prepare import prepare
from remit.definition.levels import Level
from remit.definition.model import Autonomy, Constraint, FailureKind, FailureMode, Never, Observe
from remit.errors import ArgumentInvalid, GrantRefused
from remit.ledger import Verified
from remit.runtime.terms import standing
from remit.runtime.verify import verify_ledger
from remit.runtime.watching import ChangeKind, audit_share_now
from remit.runtime.watching.critical import CriticalCheck
from remit.store.operations.watches import watch_of


def kinds(changes):
    return [change.kind for change in changes]


def earn_suggest(watched, n=110, *, wrong=0):
    """Decide and learn ``n`` items without showing the answer, on five days."""
    for i in range(n):
        if i % (n // 5 + 1) == 0:
            watched.wait(days=1)
        watched.learn(watched.decide(), wrong=i < wrong)
    watched.advance()
    return watched


def audits(watched, *outcomes):
    for wrong in outcomes:
        watched.learn(watched.decide(audited=True), wrong=wrong)
        changes = watched.advance()
        if changes:
            return changes
    return ()


def test_a_broken_budget_leads_back_to_suggest_and_needs_nobody(watched):
    watched.hold(Level.SUPERVISED)
    changes = audits(watched, *[True] * 10)
    assert changes[-1].kind is ChangeKind.DEMOTED
    assert watched.level is Level.SUGGEST
    assert watched.held.by == "remit"
    assert "the error budget of 5 % is broken" in watched.held.reason
    assert watched.held.certificate is None
    assert watched.told[-1].kind is ChangeKind.DEMOTED
    assert all(isinstance(chain.result, Verified) for chain in verify_ledger(watched.store))


def test_an_expired_grant_leads_back_to_suggest_by_an_entry_of_its_own(watched):
    watched.hold(Level.SUPERVISED, until=watched.now + timedelta(days=5))
    watched.wait(days=4)
    assert watched.advance() == ()
    watched.wait(days=1)
    assert kinds(watched.advance()) == [ChangeKind.DEMOTED]
    assert (watched.level, watched.held.until) == (Level.SUGGEST, None)
    assert "expired" in watched.held.reason


@pytest.mark.parametrize("part", ["evidence_digest", "executor_digest"])
@pytest.mark.parametrize("level", [Level.SUGGEST, Level.SUPERVISED, Level.AUTONOMOUS])
def test_a_digest_that_no_longer_matches_leads_back_to_shadow(watched, part, level):
    watched.hold(level)
    watched.terms = replace(watched.terms, **{part: "changed"})
    assert kinds(watched.advance()) == [ChangeKind.DEMOTED]
    assert watched.level is Level.SHADOW
    assert standing(watched.store, watched.of, now=watched.now).terms.level is Level.SHADOW
    assert watched.advance() == ()


def test_a_demotion_holds_although_the_definition_is_changed_back(watched):
    watched.hold(Level.SUPERVISED)
    before = watched.terms
    watched.terms = replace(before, evidence_digest="changed")
    watched.advance()
    watched.terms = before
    watched.advance()
    assert watched.level is Level.SHADOW


def test_a_tighter_budget_than_the_certificates_leads_back_to_suggest(watched):
    watched.hold(Level.SUPERVISED)
    watched.terms = replace(watched.terms, budget=0.02)
    watched.advance()
    assert watched.level is Level.SUGGEST
    assert "certificate is for an error budget of 5 %, and the definition now allows 2 %" in watched.held.reason


def critical(**changes):
    parts = {
        "failure_modes": (
            FailureMode(id="F9", kind=FailureKind.WRONG, mode="fraud is paid out", severity=9, detect=DETECT),
            FailureMode(id="F8", kind=FailureKind.WRONG, mode="any other team", severity=8, detect="true"),
        ),
        "constraints": (Constraint(id="C2", expr="input.subject != 'x'", on_violation="block"),),
        "autonomy": Autonomy(never=(Never(when="input.subject == 'legal'", because="letters of lawyers"),)),
    }
    check = CriticalCheck(prepare(triage(**{**parts, **changes})))
    return lambda: check


DETECT = "output.team != 'fraud' && expected.team == 'fraud'"


@pytest.mark.parametrize("imported", [True, False])
def test_a_critical_failure_leads_back_to_shadow_at_once_whoever_found_it(watched, imported):
    watched.critical = critical()
    watched.hold(Level.SUPERVISED)
    item = watched.decide(audited=not imported)
    watched.learn(item, wrong=True, imported=imported, expected={"team": "fraud"})
    watched.advance()
    assert watched.level is Level.SHADOW
    assert "F9 (severity 9): fraud is paid out" in watched.held.reason


def test_an_error_of_lower_severity_and_one_that_was_not_acted_on_are_no_critical_failures(watched):
    watched.critical = critical()
    watched.hold(Level.SUPERVISED)
    watched.learn(watched.decide(audited=True), wrong=True, expected={"team": "returns"})
    watched.learn(watched.decide(act=False), wrong=True, expected={"team": "fraud"})
    watched.advance()
    assert watched.level is Level.SUPERVISED


def test_a_later_truth_still_shows_a_critical_failure(watched):
    watched.critical = critical()
    watched.hold(Level.SUPERVISED)
    item = watched.decide(audited=True)
    watched.learn(item, wrong=False)
    watched.learn(item, wrong=True, imported=True, expected={"team": "fraud"})
    watched.advance()
    assert watched.level is Level.SHADOW


@pytest.mark.parametrize(("subject", "words"), [("x", "breaks C2"), ("legal", "letters of lawyers")])
def test_what_breaks_a_block_or_a_never_although_it_was_acted_on_is_critical(watched, subject, words):
    watched.critical = critical()
    watched.hold(Level.SUPERVISED)
    watched.learn(watched.decide(audited=True, given={"subject": subject}), wrong=False)
    watched.advance()
    assert watched.level is Level.SHADOW
    assert words in watched.held.reason


def test_a_record_that_itself_says_never_is_critical_without_any_truth(watched):
    watched.critical = critical()
    watched.hold(Level.SUPERVISED)
    watched.decide(checked=Checked(never=("never[0]",)))
    watched.advance()
    assert watched.level is Level.SHADOW


def test_truths_of_undone_reviews_and_of_planted_cases_never_count(watched):
    watched.hold(Level.SUPERVISED)
    item = watched.decide(audited=True)
    watched.learn(item, wrong=True, review=watched.plant(item))
    watched.advance()
    assert watched.seen().n_audited == 0
    watched.learn(item, wrong=True)
    watched.advance()
    assert (watched.seen().n_audited, watched.seen().n_wrong) == (1, 1)
    again = watched.follow(item, undone=f"r-{item}")
    watched.learn(item, wrong=False, review=again)
    watched.advance()
    assert (watched.seen().n_audited, watched.seen().n_wrong) == (1, 0)
    assert watched.is_the_same_again()


def test_one_item_counts_once_however_many_truths_come(watched):
    watched.hold(Level.SUPERVISED)
    item = watched.decide(audited=True)
    watched.learn(item, wrong=False)
    watched.learn(item, wrong=True, imported=True)
    watched.advance()
    assert (watched.seen().n_audited, watched.seen().n_wrong) == (1, 0)


def test_items_that_were_not_drawn_for_an_audit_say_nothing_about_the_budget(watched):
    watched.hold(Level.SUPERVISED)
    for _ in range(20):
        watched.learn(watched.decide(), wrong=True, imported=True)
    watched.advance()
    assert watched.seen().n_audited == 0
    assert watched.level is Level.SUPERVISED


def test_unaudited_items_count_only_where_the_chance_was_their_own(watched):
    watched.hold(Level.SUPERVISED)
    watched.decide()
    watched.decide(inclusion=0.5)  # five times the share: everybody's, while a warning is open
    watched.advance()
    assert watched.seen().monitor.e_value == 0.0
    watched.decide(inclusion=0.3)
    watched.advance()
    assert watched.seen().monitor.e_value > 0.0
    assert watched.seen().n_acted == 3
    assert watched.is_the_same_again()


def test_a_slice_that_breaks_the_budget_is_named(watched):
    watched.terms = replace(watched.terms, slices=("channel = shop", "channel = web"), slice_fields=("channel",))
    watched.hold(Level.SUPERVISED)
    for i in range(400):
        shop = i % 20 == 0
        item = watched.decide(audited=True, given={"channel": "shop" if shop else "web"})
        watched.learn(item, wrong=shop)
    watched.advance()
    assert watched.level is Level.SUGGEST
    assert "where channel = shop" in watched.held.reason


def test_a_warning_raises_the_audit_share_until_it_settles(watched):
    definition = replace(triage(), observe=Observe(audit_share=0.1))

    def share():
        return audit_share_now(watched.store, definition=definition, executor="clerk")

    watched.terms = replace(watched.terms, budget=0.3, certificate=replace(watched.terms.certificate, alpha=0.3))
    watched.hold(Level.SUPERVISED)
    watched.learn(watched.decide(audited=True), wrong=False)
    for _ in range(600):
        watched.learn(watched.decide(audited=True), wrong=False)
    assert share() == 0.1
    changes = audits(watched, *[True] * 12)
    assert kinds(changes) == [ChangeKind.WARNED]
    assert share() == 0.5
    assert len(watched.acts("warning")) == 1
    changes = audits(watched, *[False] * 60)
    assert kinds(changes) == [ChangeKind.SETTLED]
    assert share() == 0.1
    assert watched.level is Level.SUPERVISED


def test_a_promotion_is_fed_in_decision_order_and_waits_for_a_truth_until_the_deadline(watched):
    watched.hold(Level.SUGGEST)
    first, second = watched.decide(), watched.decide()
    watched.learn(second, wrong=False)
    watched.advance()
    assert watched.seen().promotion.n == 0
    watched.wait(days=2, seconds=1)
    watched.advance()
    assert (watched.seen().promotion.n, watched.seen().promotion.n_wrong) == (2, 1)
    watched.learn(first, wrong=False)
    watched.advance()
    assert (watched.seen().promotion.n, watched.seen().promotion.n_wrong) == (2, 1)
    assert watched.is_the_same_again()


@pytest.mark.parametrize(
    "changes",
    [{"blind": False}, {"confidence": 0.79}, {"confidence": None}, {"eligible": False}],
)
def test_items_that_a_grant_would_not_act_on_or_that_were_shown_are_not_in_the_promotion(watched, changes):
    watched.hold(Level.SUGGEST)
    watched.learn(watched.decide(**changes), wrong=False, seen=not changes.get("blind", True))
    watched.learn(watched.decide(), wrong=False)
    watched.advance()
    assert (watched.seen().promotion.n, watched.seen().n_items) == (1, 2)


def test_an_executor_without_confidence_is_tested_on_all_it_would_act_on(watched):
    watched.terms = replace(watched.terms, certificate=replace(watched.terms.certificate, threshold=None))
    watched.hold(Level.SUGGEST)
    watched.learn(watched.decide(confidence=None), wrong=False)
    watched.advance()
    assert watched.seen().promotion.n == 1


def test_a_truth_whose_author_saw_the_answer_does_not_count_for_a_promotion(watched):
    watched.hold(Level.SUGGEST)
    watched.learn(watched.decide(), wrong=False, seen=True)
    watched.wait(days=3)
    watched.advance()
    assert (watched.seen().promotion.n, watched.seen().promotion.n_wrong) == (1, 1)


def test_a_promotion_is_proposed_once_and_granted_by_a_person(watched):
    watched.hold(Level.SUGGEST)
    earn_suggest(watched)
    assert len(watched.acts("may promote")) == 1
    watched.advance()
    assert len(watched.acts("may promote")) == 1
    assert watched.level is Level.SUGGEST
    given = watched.grant(Level.SUPERVISED)
    assert given.until == watched.now + timedelta(days=90)
    assert watched.level is Level.SUPERVISED


def test_every_refusal_says_in_numbers_what_is_missing(watched):
    watched.hold(Level.SUGGEST)
    for _ in range(12):
        watched.learn(watched.decide(), wrong=False)
    with pytest.raises(GrantRefused) as refused:
        watched.grant(Level.SUPERVISED)
    messages = [problem.message for problem in refused.value.problems]
    assert messages[0] == "supervised is not earned yet: 12 of 20 items, 1 of 3 days at suggest"
    assert messages[1].startswith("supervised is not earned yet: the promotion test is at")
    assert len(messages) == 2


def test_autonomous_needs_audits_at_supervised_and_no_open_warning(watched):
    watched.hold(Level.SUPERVISED)
    with pytest.raises(GrantRefused, match="0 of 20 audited items, 0 of 3 days at supervised"):
        watched.grant(Level.AUTONOMOUS)
    for _ in range(20):
        watched.wait(days=1)
        watched.learn(watched.decide(audited=True), wrong=False)
    assert watched.grant(Level.AUTONOMOUS).level is Level.AUTONOMOUS


def test_a_fall_is_recorded_even_where_the_grant_that_was_asked_for_is_refused(watched):
    watched.hold(Level.SUPERVISED, until=watched.now + timedelta(days=1))
    watched.wait(days=2)
    with pytest.raises(GrantRefused):
        watched.grant(Level.SUPERVISED)
    assert watched.level is Level.SUGGEST
    assert watched.held.by == "remit"


def test_what_was_demoted_earns_its_way_back_on_new_evidence_with_less_delta(watched):
    watched.hold(Level.SUGGEST)
    earn_suggest(watched)
    assert watched.seen().promotion.needed == 40.0
    watched.grant(Level.SUPERVISED)
    audits(watched, *[True] * 10)
    assert watched.level is Level.SUGGEST
    assert (watched.seen().promotion.n, watched.seen().n_items) == (0, 0)
    assert watched.seen().promotion.needed == 80.0
    with pytest.raises(GrantRefused, match="0 of 20 items"):
        watched.grant(Level.SUPERVISED)
    earn_suggest(watched, 150)
    watched.grant(Level.SUPERVISED)
    assert watched.seen().alarm_needed == 80.0


def test_taking_a_grant_away_and_giving_it_again_is_a_new_try(watched):
    watched.hold(Level.SUGGEST)
    earn_suggest(watched)
    watched.hold(Level.SHADOW).hold(Level.SUGGEST)
    assert (watched.seen().n_items, watched.seen().promotion.needed) == (0, 80.0)
    watched.terms = replace(
        watched.terms,
        executor_digest="y",
        certificate=replace(watched.terms.certificate, executor_digest="y"),
    )
    watched.hold(Level.SUGGEST)
    assert watched.seen().promotion.needed == 160.0
    watched.terms = replace(
        watched.terms,
        evidence_digest="other",
        certificate=replace(watched.terms.certificate, evidence_digest="other"),
    )
    watched.hold(Level.SUGGEST)
    assert watched.seen().promotion.needed == 40.0


def test_a_renewed_grant_at_the_same_level_goes_on_with_the_same_monitor(watched):
    watched.hold(Level.SUPERVISED)
    audits(watched, *[True, False])
    before = watched.seen()
    watched.grant(Level.SUPERVISED)
    watched.advance()
    assert watched.seen().monitor == before.monitor
    assert len(watched.acts("began")) == 1


def test_a_certificate_with_another_limit_begins_the_test_anew_and_keeps_the_counts(watched):
    watched.hold(Level.SUGGEST)
    for _ in range(5):
        watched.learn(watched.decide(), wrong=False)
    watched.advance()
    watched.terms = replace(watched.terms, certificate=replace(watched.terms.certificate, threshold=0.7))
    watched.advance()
    assert (watched.seen().n_items, watched.seen().promotion.n) == (5, 0)
    assert watched.seen().promotion.needed == 80.0
    watched.learn(watched.decide(), wrong=False)
    watched.advance()
    assert (watched.seen().n_items, watched.seen().promotion.n) == (6, 1)
    assert watched.is_the_same_again()


def test_an_autonomous_grant_renews_itself_from_audits_and_expires_without_them(watched):
    watched.hold(Level.AUTONOMOUS, until=watched.now + timedelta(days=90))
    for _ in range(59):
        watched.learn(watched.decide(audited=True), wrong=False)
    assert watched.wait(days=44).advance() == ()
    assert kinds(watched.wait(days=1).advance()) == [ChangeKind.RENEWED]
    assert (watched.held.by, watched.held.until) == ("remit", watched.now + timedelta(days=90))
    assert watched.level is Level.AUTONOMOUS
    assert watched.is_the_same_again()
    assert watched.wait(days=80).advance() == ()
    assert kinds(watched.wait(days=10).advance()) == [ChangeKind.DEMOTED]


def test_a_supervised_grant_never_renews_itself(watched):
    watched.hold(Level.SUPERVISED, until=watched.now + timedelta(days=90))
    for _ in range(59):
        watched.learn(watched.decide(audited=True), wrong=False)
    assert watched.wait(days=80).advance() == ()


def test_advancing_item_by_item_is_the_same_as_all_at_once(watched):
    watched.hold(Level.SUGGEST)
    for i in range(30):
        watched.learn(watched.decide(blind=i % 3 > 0), wrong=i % 7 == 0)
        if i % 4 == 0:
            watched.advance()
        watched.wait(hours=5)
    watched.advance()
    assert watched.is_the_same_again()


def test_people_who_miss_errors_narrow_the_budget_of_a_promotion(watched):
    watched.noticed = 0.7
    earn_suggest(watched.hold(Level.SUGGEST), 110)
    test = watched.seen().promotion
    assert watched.seen().begun.budget_share == 0.7
    assert not test.passed, "85 items would do at 5 %"
    with pytest.raises(GrantRefused, match="the promotion test is at"):
        watched.grant(Level.SUPERVISED)
    earn_suggest(watched, 70)
    assert watched.seen().promotion.passed
    assert watched.grant(Level.SUPERVISED).level is Level.SUPERVISED


def test_how_much_people_notice_is_measured_again_before_a_grant_and_tests_from_the_beginning(watched):
    earn_suggest(watched.hold(Level.SUGGEST), 110)
    assert watched.seen().promotion.passed
    watched.noticed = 0.5
    watched.advance()
    assert watched.seen().promotion.passed, "nobody asked"
    with pytest.raises(GrantRefused, match="the promotion test is at"):
        watched.grant(Level.SUPERVISED)
    seen = watched.seen()
    assert (seen.promotion.n, seen.begun.attempt, seen.begun.promotion_delta) == (110, 1, 0.025)
    assert watched.is_the_same_again()
    watched.noticed = 1.0
    watched.advance(anew=True)
    assert watched.seen().promotion.passed
    assert watched.is_the_same_again()
    assert len(watched.acts("began")) == 1
    assert len(watched.acts("people measured")) == 2


@pytest.mark.parametrize("state", ["{}", "[]", "no json", '{"begun": {"phase": "acting"}}'])
def test_a_kept_state_that_is_broken_is_made_anew_from_the_ledger(watched, state):
    watched.hold(Level.SUPERVISED)
    for _ in range(3):
        watched.decide(audited=True, inclusion=0.5)
    watched.advance()
    whole = watched.seen()
    with watched.store.writing() as writing:
        assert watch_of(writing, work="triage", executor="clerk") is not None
        writing._connection.execute("UPDATE watches SET state = ?", (state,))
    with pytest.raises(ArgumentInvalid, match="the stored state of a watch is broken"):
        watched.seen()
    watched.advance()
    assert watched.seen() == whole
    assert watched.is_the_same_again()
