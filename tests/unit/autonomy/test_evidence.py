"""What the evidence of a level counts, what it tests, and what it leaves out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.unit.runtime.watched import CERTIFICATE, TERMS

from remit.autonomy.evidence import Begun, Decided, Evidence, Learned, Phase, Seen, phase_of
from remit.autonomy.watch import fixed_now
from remit.definition.levels import Level
from remit.errors import ArgumentInvalid

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
CERTIFIED = replace(TERMS, certificate=CERTIFICATE)
SHOP, WEB = "channel = shop", "channel = web"


def begun(phase, **changes):
    return replace(fixed_now(CERTIFIED, phase), **changes)


def evidence(phase, **changes):
    return Evidence(begun(phase, **changes))


def audit(seq, *, wrong=False, **changes):
    return replace(Learned(seq=seq, wrong=wrong, acted=True, inclusion=0.1, audited=True), **changes)


def item(seq, *, day=0, **changes):
    return replace(Decided(seq=seq, at=NOW + timedelta(days=day), acted=True, inclusion=0.1), **changes)


@pytest.mark.parametrize(
    ("level", "phase"),
    [
        (Level.MANUAL, None),
        (Level.SHADOW, Phase.SHADOW),
        (Level.SUGGEST, Phase.SUGGEST),
        (Level.SUPERVISED, Phase.ACTING),
        (Level.AUTONOMOUS, Phase.ACTING),
    ],
)
def test_acting_alone_is_one_phase_whether_supervised_or_autonomous(level, phase):
    assert phase_of(level) is phase


def test_a_promotion_is_tested_at_suggest_and_the_budget_is_watched_where_it_acts():
    at_suggest, acting = evidence(Phase.SUGGEST), evidence(Phase.ACTING)
    assert at_suggest.is_testing
    assert at_suggest.look().monitor is None
    assert not acting.is_testing
    assert acting.look().monitor is not None


def test_at_shadow_nothing_is_tested_even_where_what_is_recorded_says_so():
    seen = evidence(Phase.SHADOW, tested=True).look()
    assert (seen.promotion, seen.monitor, seen.alarm_needed) == (None, None, None)


@pytest.mark.parametrize("changes", [{"tested": False}, {"budget": None}, {"attempt": 1001}])
@pytest.mark.parametrize("phase", [Phase.SUGGEST, Phase.ACTING])
def test_nothing_is_tested_without_a_budget_or_after_a_thousand_tries(phase, changes):
    seen = evidence(phase, **changes).look()
    assert (seen.promotion, seen.monitor) == (None, None)


def test_where_people_may_miss_every_error_no_promotion_can_be_earned():
    seen = Evidence(begun(Phase.SUGGEST, budget_share=0.0))
    assert not seen.is_testing
    assert seen.look().promotion is None


def test_a_narrowed_budget_needs_more_items_and_leaves_half_of_delta_to_its_own_bound():
    whole, half = evidence(Phase.SUGGEST), evidence(Phase.SUGGEST, budget_share=0.5)
    assert (whole.look().promotion.needed, half.look().promotion.needed) == (40.0, 80.0)
    for one in (whole, half):
        for seq in range(1, 121):
            one.tested(seq, wrong=False)
    assert whole.look().promotion.passed
    assert not half.look().promotion.passed


def test_each_further_try_spends_half_of_what_the_one_before_could_spend():
    assert [evidence(Phase.SUGGEST, attempt=n).look().promotion.needed for n in (1, 2, 3)] == [40.0, 80.0, 160.0]
    assert [evidence(Phase.ACTING, attempt=n).look().alarm_needed for n in (1, 2, 3)] == [40.0, 80.0, 160.0]


def test_all_of_it_and_its_slices_share_what_one_try_may_spend():
    assert evidence(Phase.ACTING, slices=(SHOP, WEB)).look().alarm_needed == 80.0


def test_a_truth_that_never_came_counts_as_an_error_of_the_promotion():
    one = evidence(Phase.SUGGEST)
    one.tested(1, wrong=None)
    one.tested(2, wrong=False)
    assert (one.look().promotion.n, one.look().promotion.n_wrong, one.tested_seq) == (2, 1, 2)


def test_an_item_that_the_promotion_is_not_about_only_moves_its_place():
    one = evidence(Phase.SUGGEST)
    one.not_tested(7)
    assert (one.look().promotion.n, one.tested_seq) == (0, 7)


def test_where_no_promotion_is_tested_an_item_for_it_only_moves_its_place():
    one = evidence(Phase.ACTING)
    before = one.look()
    one.tested(7, wrong=True)
    assert one.tested_seq == 7
    assert one.look() == before


def test_days_are_counted_once_and_items_of_an_earlier_day_add_none():
    one = evidence(Phase.SUGGEST)
    for seq, day in enumerate((0, 0, 1, 0, 3), start=1):
        one.decided(item(seq, day=day, acted=False, inclusion=None))
    assert (one.look().n_decided, one.look().n_days, one.fed_seq) == (5, 3, 5)


def test_only_what_was_acted_on_is_counted_as_acted_on_drawn_or_never():
    one = evidence(Phase.ACTING)
    one.decided(item(1, acted=False, audited=True, broken="letters of lawyers"))
    assert (one.look().n_acted, one.look().n_drawn, one.look().n_never, one.look().critical) == (0, 0, 0, None)
    one.decided(item(2, audited=True))
    one.decided(item(3, broken="letters of lawyers"))
    assert (one.look().n_acted, one.look().n_drawn, one.look().n_never) == (2, 1, 1)
    assert one.look().critical == "letters of lawyers"


def test_only_audits_of_what_was_acted_on_say_something_about_the_budget():
    one = evidence(Phase.ACTING)
    one.learned(audit(1, wrong=True, acted=False, critical="fraud is paid out"))
    one.learned(audit(2, wrong=True, audited=False))
    assert (one.look().n_items, one.look().n_audited, one.look().critical) == (2, 0, None)
    assert one.look().budget_used is None
    one.learned(audit(3, wrong=True))
    one.learned(audit(4))
    seen = one.look()
    assert (seen.n_items, seen.n_audited, seen.n_wrong, seen.n_since_renewal) == (4, 2, 1, 2)
    assert (seen.monitor.n, seen.monitor.n_wrong) == (2, 1)
    assert seen.budget_used == pytest.approx(10.0)


def test_without_a_budget_no_share_of_it_is_used():
    one = evidence(Phase.ACTING, budget=None)
    one.learned(audit(1, wrong=True))
    assert one.look().n_audited == 1
    assert one.look().budget_used is None


def test_an_audit_from_before_a_test_was_fixed_is_counted_and_not_tested():
    one = evidence(Phase.ACTING, tests_from=5)
    one.learned(audit(5, wrong=True))
    assert (one.look().n_audited, one.look().monitor.n) == (1, 0)
    one.learned(audit(6, wrong=True))
    assert (one.look().n_audited, one.look().monitor.n) == (2, 1)


def test_an_item_with_a_chance_of_its_own_is_evidence_even_where_it_was_not_audited():
    usual, own, early = evidence(Phase.ACTING), evidence(Phase.ACTING), evidence(Phase.ACTING, tests_from=1)
    usual.decided(item(1))
    own.decided(item(1, inclusion=0.3))
    early.decided(item(1, inclusion=0.3))
    assert usual.look().monitor.e_value == 0.0
    assert own.look().monitor.e_value > 0.0
    assert early.look().monitor.e_value == 0.0


@pytest.mark.parametrize(
    ("share", "inclusion", "varies"),
    [
        (0.1, 0.1, False),
        (0.1, 0.5, False),
        (0.1, 0.3, True),
        (0.1, 1.0, False),
        (0.1, None, False),
        (0.3, 1.0, False),
        (None, None, False),
        (None, 0.3, True),
        (None, 1.0, False),
    ],
)
def test_a_chance_is_an_items_own_where_it_is_neither_the_share_nor_the_raised_one(share, inclusion, varies):
    assert evidence(Phase.ACTING, audit_share=share).varies(inclusion) is varies


def test_a_weighted_audit_weighs_by_its_own_chance_and_a_usual_one_does_not():
    usual, raised, rare = evidence(Phase.ACTING), evidence(Phase.ACTING), evidence(Phase.ACTING)
    usual.learned(audit(1, wrong=True, inclusion=0.1))
    raised.learned(audit(1, wrong=True, inclusion=0.5))
    rare.learned(audit(1, wrong=True, inclusion=0.02))
    assert usual.look().monitor == raised.look().monitor
    assert rare.look().monitor.e_value != usual.look().monitor.e_value


def test_a_slice_whose_budget_is_broken_is_named_and_the_others_are_not():
    one = evidence(Phase.ACTING, slices=(SHOP, WEB))
    for seq in range(1, 401):
        shop = seq % 20 == 0
        one.learned(audit(seq, wrong=shop, slices=(SHOP if shop else WEB,)))
    assert one.look().slices_alarmed == (SHOP,)
    assert one.look().alarm
    assert not one.look().monitor.alarm


def test_a_slice_that_nobody_could_list_beforehand_counts_for_all_of_it_only():
    one = evidence(Phase.ACTING, slices=(SHOP,))
    for seq in range(1, 9):
        one.learned(audit(seq, wrong=True, slices=("channel = fax",)))
    assert (one.look().n_audited, one.look().monitor.n) == (8, 8)
    assert one.look().slices_alarmed == ()


def test_a_warning_of_a_slice_alone_is_a_warning():
    seen = Seen(begun=begun(Phase.ACTING), slices_warned=(WEB,))
    assert seen.warning
    assert not seen.alarm
    assert not replace(seen, slices_warned=()).warning
    assert replace(seen, slice_alarm=True).alarm


def test_the_first_critical_failure_is_the_one_that_is_told():
    one = evidence(Phase.ACTING)
    one.learned(audit(1, wrong=True, critical="the first"))
    one.learned(audit(2, wrong=True, critical="the second"))
    one.decided(item(3, broken="the third"))
    one.noticed(4, "the fourth")
    assert one.look().critical == "the first"
    assert one.fed_seq == 4


def test_a_further_truth_says_nothing_but_a_critical_failure():
    one = evidence(Phase.ACTING)
    one.learned(audit(1))
    one.noticed(2, None)
    assert one.look().critical is None
    one.noticed(3, "fraud is paid out")
    assert one.look().critical == "fraud is paid out"
    assert (one.look().n_items, one.look().n_audited) == (1, 1)


def test_a_renewal_asks_for_audits_of_its_own_and_keeps_the_rest():
    one = evidence(Phase.ACTING)
    one.learned(audit(1))
    one.renewed(2)
    assert (one.look().n_since_renewal, one.look().n_audited, one.fed_seq) == (0, 1, 2)
    one.passed_over(9)
    assert one.fed_seq == 9


def test_testing_anew_keeps_what_was_counted_and_forgets_what_was_tested():
    one = evidence(Phase.ACTING, slices=(SHOP,))
    for seq in range(1, 11):
        one.learned(audit(seq, wrong=True, slices=(SHOP,)))
    assert one.look().alarm
    one.test_anew(begun(Phase.ACTING, slices=(SHOP,), tests_from=10, attempt=2))
    seen = one.look()
    assert (seen.n_audited, seen.n_wrong) == (10, 10)
    assert (seen.monitor.n, seen.alarm, seen.slices_alarmed, seen.alarm_needed) == (0, False, (), 160.0)
    assert one.tested_seq == 10


@pytest.mark.parametrize("part", ["evidence_digest", "executor_digest"])
def test_another_definition_or_executor_is_counted_and_tested_from_nothing(part):
    one = begun(Phase.SUGGEST)
    other = replace(one, **{part: "other"})
    assert not one.counts_like(other)
    assert not one.tests_like(other)


@pytest.mark.parametrize(
    "changes", [{"budget": 0.02}, {"delta": 0.01}, {"threshold": 0.7}, {"deadline_s": 1.0}, {"slices": (SHOP,)}]
)
def test_another_budget_threshold_or_deadline_is_tested_anew_and_goes_on_counting(changes):
    one = begun(Phase.SUGGEST)
    assert one.counts_like(replace(one, **changes))
    assert not one.tests_like(replace(one, **changes))


def test_where_it_began_and_which_try_it_is_do_not_make_it_another_test():
    one = begun(Phase.ACTING)
    assert one.tests_like(replace(one, counts_from=3, tests_from=4, attempt=2, audit_share=0.5, budget_share=0.5))


def test_what_was_fixed_beforehand_is_read_back_as_it_was_written():
    one = begun(Phase.ACTING, slices=(SHOP, WEB), attempt=3, counts_from=4, tests_from=5)
    assert Begun.from_json(json.loads(json.dumps(one.to_json()))) == one


def test_what_an_earlier_version_fixed_without_a_share_of_the_budget_is_read_too():
    one = begun(Phase.SUGGEST)
    written = one.to_json()
    del written["budget_share"]
    assert Begun.from_json(written | {"what": "began"}) == one


def broken(part, value):
    state = evidence(Phase.ACTING, slices=(SHOP,)).to_json()
    state[part] = value
    return state


@pytest.mark.parametrize(
    "state",
    [
        {},
        [],
        broken("begun", {"phase": "acting"}),
        broken("begun", begun(Phase.ACTING).to_json() | {"phase": "resting"}),
        broken("counts", {}),
        broken("counts", dict.fromkeys(evidence(Phase.ACTING).to_json()["counts"], "many")),
        broken("fed_seq", None),
        broken("promotion", {"kind": "promotion_test", "version": 99}),
        broken("monitor", {"kind": "promotion_test", "version": 1}),
        broken("monitor", "as before"),
        broken("slices", [1]),
    ],
)
def test_a_broken_state_is_refused_and_says_where_it_can_come_from_again(state):
    with pytest.raises(ArgumentInvalid, match="the stored state of a watch is broken") as refused:
        Evidence.from_json(state)
    assert refused.value.problems[0].mend == "`remit sweep` makes it anew from the ledger"


def test_a_state_that_lost_one_of_its_parts_is_refused():
    whole = evidence(Phase.ACTING).to_json()
    for part in whole:
        with pytest.raises(ArgumentInvalid, match=part):
            Evidence.from_json({name: value for name, value in whole.items() if name != part})


@pytest.mark.parametrize("phase", list(Phase))
def test_what_is_kept_between_two_looks_loses_nothing(phase):
    one = evidence(phase, slices=(SHOP,))
    for seq in range(1, 30):
        one.decided(item(seq, day=seq // 4, acted=phase is Phase.ACTING, inclusion=0.3))
        one.learned(audit(seq, wrong=seq % 3 == 0, acted=phase is Phase.ACTING, slices=(SHOP,)))
        one.tested(seq, wrong=seq % 3 == 0)
    one.noticed(30, "fraud is paid out")
    again = Evidence.from_json(json.loads(json.dumps(one.to_json())))
    assert again.look() == one.look()
    assert again.to_json() == one.to_json()
