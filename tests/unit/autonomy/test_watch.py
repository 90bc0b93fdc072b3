"""What the evidence says of a grant: down by itself, up only by a person, and every reason in numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.unit.deciding.works import triage
from tests.unit.runtime.watched import CERTIFICATE, TERMS

from remit.autonomy.certificate import Grant
from remit.autonomy.evidence import Phase, Seen
from remit.autonomy.watch import (
    DEADLINE,
    EXPIRES_AFTER,
    MOST_SLICES,
    MayPromote,
    MustDemote,
    Stay,
    fixed_now,
    may_renew,
    missing_for,
    slice_name,
    unsettled,
    watch,
    watch_terms,
)
from remit.definition.levels import Level
from remit.definition.model import (
    Autonomy,
    Ceiling,
    Escalation,
    EscalationPath,
    Inputs,
    Observe,
    Promote,
    Quality,
)
from remit.stats.watch.monitor import MonitorState
from remit.stats.watch.promotion import PromotionState

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
CERTIFIED = replace(TERMS, certificate=CERTIFICATE)
QUIET = MonitorState(alarm=False, warning=False, e_value=0.2, n=40, n_wrong=1)
WARNED = QUIET._replace(warning=True)
ALARMED = MonitorState(alarm=True, warning=True, e_value=90.0, n=1200, n_wrong=1100)
PASSED = PromotionState(passed=True, e_value=52.13, needed=40.0, n=120, n_wrong=2)
OPEN = PASSED._replace(passed=False, e_value=3.14159)


def held(level, **changes):
    acts = level.at_least(Level.SUPERVISED)
    grant = Grant(
        work="triage", executor="clerk", level=level, by="ann", reason="it is proved", definition_digest="d",
        evidence_digest="e", executor_digest="x", granted_at=NOW, until=NOW + EXPIRES_AFTER if acts else None,
        certificate=CERTIFICATE if acts else None,
    )  # fmt: skip
    return replace(grant, **changes)


def acting(**changes):
    """Evidence that is enough for ``autonomous``, but for the changes."""
    seen = Seen(
        begun=fixed_now(CERTIFIED, Phase.ACTING), n_decided=400, n_days=5, n_items=50, n_acted=400, n_drawn=40,
        n_audited=40, n_wrong=1, n_since_renewal=40, monitor=QUIET, alarm_needed=40.0,
    )  # fmt: skip
    return replace(seen, **changes)


def at_suggest(**changes):
    """Evidence that is enough for ``supervised``, but for the changes."""
    seen = Seen(begun=fixed_now(CERTIFIED, Phase.SUGGEST), n_decided=150, n_days=5, n_items=140, promotion=PASSED)
    return replace(seen, **changes)


def at_shadow(**changes):
    return replace(Seen(begun=fixed_now(CERTIFIED, Phase.SHADOW), n_decided=3, n_days=1), **changes)


# Ways down.


def test_an_executor_within_its_budget_keeps_its_level_although_it_made_errors():
    assert watch(replace(CERTIFIED, ceiling=Level.SUPERVISED), held(Level.SUPERVISED), acting(), NOW) == Stay()


@pytest.mark.parametrize("level", [Level.SUPERVISED, Level.AUTONOMOUS])
def test_a_broken_budget_takes_the_grant_to_suggest_and_says_how_many_were_wrong(level):
    said = watch(CERTIFIED, held(level), acting(monitor=ALARMED), NOW)
    reason = "the error budget of 5 % is broken: 1,100 of 1,200 audited items were wrong"
    assert said == MustDemote(to=Level.SUGGEST, reasons=(reason,))


def test_a_budget_that_is_broken_in_slices_names_each_of_them():
    said = watch(CERTIFIED, held(Level.SUPERVISED), acting(slice_alarm=True, slices_alarmed=("a = 1", "b = 2")), NOW)
    reasons = ("the error budget of 5 % is broken where a = 1", "the error budget of 5 % is broken where b = 2")
    assert said == MustDemote(to=Level.SUGGEST, reasons=reasons)


def test_slices_that_only_together_break_the_budget_say_so():
    said = watch(CERTIFIED, held(Level.SUPERVISED), acting(slice_alarm=True), NOW)
    assert said == MustDemote(to=Level.SUGGEST, reasons=("the error budget of 5 % is broken in some slice",))


def test_an_alarm_never_comes_without_a_reason():
    seen = acting(begun=replace(fixed_now(CERTIFIED, Phase.ACTING), budget=None), monitor=ALARMED)
    reason = "the error budget is broken: 1,100 of 1,200 audited items were wrong"
    assert watch(CERTIFIED, held(Level.SUPERVISED), seen, NOW) == MustDemote(to=Level.SUGGEST, reasons=(reason,))


def test_a_critical_failure_takes_the_grant_to_shadow():
    said = watch(CERTIFIED, held(Level.AUTONOMOUS), acting(critical="fraud was paid out"), NOW)
    assert said == MustDemote(to=Level.SHADOW, reasons=("fraud was paid out",))


def test_a_budget_that_is_gone_takes_the_grant_to_suggest():
    said = watch(replace(CERTIFIED, budget=None), held(Level.SUPERVISED), acting(), NOW)
    reason = "the definition does not say any more how much may be wrong"
    assert said == MustDemote(to=Level.SUGGEST, reasons=(reason,))


def test_a_certificate_for_a_larger_budget_takes_the_grant_to_suggest():
    said = watch(replace(CERTIFIED, budget=0.02), held(Level.SUPERVISED), acting(), NOW)
    reason = "the certificate is for an error budget of 5 %, and the definition now allows 2 %"
    assert said == MustDemote(to=Level.SUGGEST, reasons=(reason,))


@pytest.mark.parametrize("budget", [0.05, 0.1])
def test_a_certificate_for_the_budget_or_a_smaller_one_holds(budget):
    assert isinstance(watch(replace(CERTIFIED, budget=budget), held(Level.AUTONOMOUS), acting(), NOW), Stay)


@pytest.mark.parametrize("part", ["evidence_digest", "executor_digest"])
@pytest.mark.parametrize("level", [Level.SUGGEST, Level.SUPERVISED, Level.AUTONOMOUS])
def test_a_digest_that_no_longer_matches_takes_the_grant_to_shadow(level, part):
    said = watch(replace(CERTIFIED, **{part: "other"}), held(level), acting(), NOW)
    assert isinstance(said, MustDemote)
    assert said.to is Level.SHADOW
    assert "since the grant" in said.reasons[0]


def test_an_end_that_came_takes_the_grant_to_suggest():
    said = watch(CERTIFIED, held(Level.SUPERVISED), acting(), NOW + EXPIRES_AFTER)
    assert said == MustDemote(to=Level.SUGGEST, reasons=("the grant expired on 2026-09-29",))
    assert not isinstance(watch(CERTIFIED, held(Level.SUPERVISED), acting(), NOW + timedelta(days=89)), MustDemote)


def test_where_several_things_went_wrong_the_lowest_level_counts_and_every_reason_is_told():
    terms = replace(CERTIFIED, budget=None)
    seen = acting(monitor=ALARMED, critical="fraud was paid out")
    said = watch(terms, held(Level.AUTONOMOUS), seen, NOW + EXPIRES_AFTER)
    assert isinstance(said, MustDemote)
    assert said.to is Level.SHADOW
    words = ("expired", "any more", "fraud", "is broken")
    assert all(word in reason for word, reason in zip(words, said.reasons, strict=True))


def test_at_suggest_nobody_depends_on_the_budget_so_nothing_falls():
    seen = at_suggest(critical="fraud was proposed", slice_alarm=True)
    assert not isinstance(watch(replace(CERTIFIED, budget=None), held(Level.SUGGEST), seen, NOW), MustDemote)


# Ways up.


def test_what_was_answered_in_shadow_may_be_suggested():
    said = watch(CERTIFIED, held(Level.SHADOW), at_shadow(), NOW)
    reasons = ("nothing depends on its answers at suggest: a person decides",)
    assert said == MayPromote(to=Level.SUGGEST, reasons=reasons)


def test_an_executor_that_answered_nothing_yet_is_not_proposed():
    assert watch(CERTIFIED, held(Level.SHADOW), at_shadow(n_decided=0), NOW) == Stay()


def test_a_passed_test_on_enough_items_is_proposed_with_its_numbers():
    said = watch(CERTIFIED, held(Level.SUGGEST), at_suggest(), NOW)
    counted = "140 items on 5 days; 20 on 3 were asked for"
    tested = (
        "of 120 items that were decided without seeing its answer 2 were wrong: the promotion test passed, 52.1 of 40"
    )
    assert said == MayPromote(to=Level.SUPERVISED, reasons=(counted, tested))


def test_audits_without_a_warning_are_proposed_with_their_numbers():
    said = watch(CERTIFIED, held(Level.SUPERVISED), acting(), NOW)
    assert said == MayPromote(
        to=Level.AUTONOMOUS,
        reasons=(
            "40 audited items on 5 days; 20 on 3 were asked for",
            "1 of 40 audits found an error, and no warning is open",
        ),
    )


def test_nothing_is_above_autonomous():
    assert watch(CERTIFIED, held(Level.AUTONOMOUS), acting(), NOW) == Stay()


@pytest.mark.parametrize("ceiling", [None, Level.SUGGEST])
def test_nothing_is_proposed_above_the_ceiling_or_where_none_is_written(ceiling):
    assert watch(replace(CERTIFIED, ceiling=ceiling), held(Level.SUGGEST), at_suggest(), NOW) == Stay()


def test_what_is_missing_is_said_while_the_level_stays():
    said = watch(CERTIFIED, held(Level.SUGGEST), at_suggest(n_items=12), NOW)
    assert said == Stay(missing=("12 of 20 items, 5 of 3 days at suggest",))


@pytest.mark.parametrize("to", [Level.SHADOW, Level.SUGGEST])
def test_up_to_suggest_nothing_has_to_be_earned(to):
    assert missing_for(to, replace(TERMS, budget=None), None) == ()


@pytest.mark.parametrize(("to", "seen"), [(Level.SUPERVISED, at_suggest), (Level.AUTONOMOUS, acting)])
def test_evidence_that_is_enough_lacks_nothing(to, seen):
    assert missing_for(to, CERTIFIED, seen()) == ()


def test_without_a_budget_no_level_that_acts_can_be_earned():
    sentence = "no error budget is written: `autonomy.error_budget`"
    assert missing_for(Level.AUTONOMOUS, replace(CERTIFIED, budget=None), acting()) == (sentence,)
    assert missing_for(Level.SUPERVISED, replace(CERTIFIED, budget=None), at_suggest(promotion=OPEN)) == (sentence,)


@pytest.mark.parametrize("part", ["min_items", "min_days"])
def test_without_a_written_promotion_no_level_that_acts_can_be_earned(part):
    missing = missing_for(Level.SUPERVISED, replace(CERTIFIED, **{part: None}), at_suggest())
    assert missing == ("nothing says what a promotion takes: `autonomy.promote` with min_items and min_days",)


def test_where_no_number_is_written_one_item_is_the_least():
    terms = replace(CERTIFIED, min_items=None, min_days=None)
    missing = missing_for(Level.SUPERVISED, terms, at_suggest(n_items=0))
    assert missing[1:] == ("0 of 1 items, 5 of 0 days at suggest",)


@pytest.mark.parametrize("short", [{"n_audited": 19}, {"n_days": 2}])
def test_too_few_audits_or_days_are_said_in_numbers(short):
    n, days = short.get("n_audited", 40), short.get("n_days", 5)
    missing = missing_for(Level.AUTONOMOUS, CERTIFIED, acting(**short))
    assert missing == (f"{n} of 20 audited items, {days} of 3 days at supervised",)


def test_without_a_certificate_nothing_may_act_alone():
    sentence = "no certificate says how far it may act alone"
    assert missing_for(Level.SUPERVISED, TERMS, at_suggest(promotion=None)) == (sentence,)
    assert missing_for(Level.AUTONOMOUS, TERMS, acting()) == (sentence,)


def test_a_test_that_is_still_open_says_how_far_it_is():
    sentence = (
        "the promotion test is at 3.14 of 40: 2 of 120 items wrong among those that were decided without seeing its "
        "answer and that it would act on"
    )
    assert missing_for(Level.SUPERVISED, CERTIFIED, at_suggest(promotion=OPEN)) == (sentence,)


def test_a_test_that_never_began_is_not_passed():
    sentence = "0 items decided without seeing its answer at or above the certificate's threshold"
    assert missing_for(Level.SUPERVISED, CERTIFIED, at_suggest(promotion=None)) == (sentence,)


@pytest.mark.parametrize(("to", "other"), [(Level.SUPERVISED, acting), (Level.AUTONOMOUS, at_suggest)])
def test_evidence_of_another_phase_or_none_earns_nothing(to, other):
    none = missing_for(to, CERTIFIED, None)
    assert none[0].startswith("0 of 20 ")
    assert missing_for(to, CERTIFIED, other()) == none


def test_a_promotion_to_autonomous_waits_until_a_warning_is_settled():
    sentence = "a warning is open: the error budget may be broken"
    assert missing_for(Level.AUTONOMOUS, CERTIFIED, acting(monitor=WARNED)) == (sentence,)


# What stands against staying.


def test_calm_evidence_and_none_at_all_stand_against_nothing():
    assert tuple(unsettled(acting())) == ()
    assert tuple(unsettled(None)) == ()


def test_a_critical_failure_stands_against_a_renewal():
    assert tuple(unsettled(acting(critical="fraud was paid out"))) == ("fraud was paid out",)


def test_an_alarm_stands_against_a_renewal_and_makes_the_warning_superfluous():
    reason = "the error budget of 5 % is broken: 1,100 of 1,200 audited items were wrong"
    assert tuple(unsettled(acting(monitor=ALARMED))) == (reason,)


def test_a_warning_names_the_first_slice_that_it_is_about():
    (sentence,) = unsettled(acting(slices_warned=("channel = web", "channel = shop")))
    assert sentence == "a warning is open: the error budget may be broken where channel = web"


# Renewing.

LATE = NOW + EXPIRES_AFTER / 2


def test_an_autonomous_grant_renews_itself_on_audits_of_its_own():
    said = may_renew(CERTIFIED, held(Level.AUTONOMOUS), acting(n_since_renewal=59), LATE)
    assert said == (
        "renewed by its evidence: 59 audits since it was given or renewed (59 are asked for), and no warning is open"
    )


def test_one_audit_less_than_a_claim_about_the_budget_needs_does_not_renew():
    assert may_renew(CERTIFIED, held(Level.AUTONOMOUS), acting(n_since_renewal=58), LATE) is None


@pytest.mark.parametrize(
    "changes",
    [{"monitor": WARNED}, {"slice_alarm": True}, {"slices_warned": ("a = 1",)}, {"critical": "fraud was paid out"}],
)
def test_what_warns_or_alarms_is_not_renewed(changes):
    assert may_renew(CERTIFIED, held(Level.AUTONOMOUS), acting(n_since_renewal=500, **changes), LATE) is None


@pytest.mark.parametrize(
    ("terms", "grant", "seen", "now"),
    [
        (CERTIFIED, held(Level.SUPERVISED), acting(n_since_renewal=500), LATE),
        (CERTIFIED, held(Level.AUTONOMOUS, until=None), acting(n_since_renewal=500), LATE),
        (replace(CERTIFIED, budget=None), held(Level.AUTONOMOUS), acting(n_since_renewal=500), LATE),
        (CERTIFIED, held(Level.AUTONOMOUS), acting(n_since_renewal=500), LATE - timedelta(seconds=1)),
        (CERTIFIED, held(Level.AUTONOMOUS), acting(n_since_renewal=500), NOW + EXPIRES_AFTER),
    ],
    ids=["supervised", "without an end", "without a budget", "in its first half", "after its end"],
)
def test_nothing_else_renews_itself(terms, grant, seen, now):
    assert may_renew(terms, grant, seen, now) is None


# What is fixed beforehand.


def test_a_test_is_fixed_to_the_threshold_only_where_it_decides_what_is_tested():
    suggest, alone = fixed_now(CERTIFIED, Phase.SUGGEST), fixed_now(CERTIFIED, Phase.ACTING)
    assert (suggest.threshold, suggest.tested, suggest.deadline_s) == (0.8, True, 172_800.0)
    assert (alone.threshold, alone.tested) == (None, True)


def test_only_where_it_acts_are_slices_watched():
    terms = replace(CERTIFIED, slices=("channel = web",))
    assert fixed_now(terms, Phase.ACTING).slices == ("channel = web",)
    assert fixed_now(terms, Phase.SUGGEST).slices == ()


@pytest.mark.parametrize(
    ("terms", "phase", "tested"),
    [
        (TERMS, Phase.SUGGEST, False),
        (TERMS, Phase.ACTING, True),
        (CERTIFIED, Phase.SHADOW, False),
        (replace(CERTIFIED, budget=None), Phase.SUGGEST, False),
        (replace(CERTIFIED, budget=None), Phase.ACTING, False),
    ],
)
def test_a_promotion_needs_a_certificate_to_be_tested_and_every_test_a_budget(terms, phase, tested):
    assert fixed_now(terms, phase).tested is tested


# Terms of a definition.


def terms_of(**changes):
    return watch_terms(triage(**changes), evidence_digest="e", executor_digest="x", certificate=CERTIFICATE)


def test_a_definition_that_says_nothing_gives_terms_that_earn_nothing():
    terms = terms_of(autonomy=None, quality=None, observe=None, escalation=None)
    assert (terms.budget, terms.ceiling, terms.min_items, terms.min_days, terms.audit_share) == (None,) * 5
    assert (terms.delta, terms.deadline, terms.slices) == (0.05, DEADLINE, ())
    assert terms.certificate is CERTIFICATE


def test_a_definition_says_what_a_promotion_takes():
    terms = terms_of(
        autonomy=Autonomy(
            ceiling=Ceiling(level=Level.SUPERVISED), error_budget=0.02, promote=Promote(min_items=300, min_days=14)
        ),
        quality=Quality(assurance=0.99),
        observe=Observe(audit_share=0.2),
    )
    assert (terms.budget, terms.ceiling, terms.min_items, terms.min_days) == (0.02, Level.SUPERVISED, 300, 14)
    assert (terms.delta, terms.audit_share) == (0.01, 0.2)


def test_an_item_waits_for_its_truth_twice_as_long_as_the_slowest_path_may_take():
    paths = (
        EscalationPath(id="quick", within="4h"),
        EscalationPath(id="slow", within="3d"),
        EscalationPath(id="open"),
        EscalationPath(id="odd", within="PT0S"),
    )
    assert terms_of(escalation=Escalation(paths=paths)).deadline == timedelta(days=6)
    assert terms_of(escalation=Escalation(paths=paths[2:])).deadline == DEADLINE


def sliced(fields, *columns):
    return terms_of(inputs=Inputs(fields=fields), quality=Quality(slices=columns))


def test_slices_with_a_closed_list_of_values_are_watched_by_value():
    terms = sliced({"channel": ["web", "shop"], "dealer": "yes/no"}, "input.channel", "dealer")
    assert terms.slices == ("channel = web", "channel = shop", "dealer = yes", "dealer = no")
    assert terms.slice_fields == ("channel", "dealer")
    assert terms.slices_not_watched == ()


def test_a_field_that_is_named_twice_is_watched_once():
    terms = sliced({"dealer": "yes/no"}, "input.dealer", "dealer")
    assert (terms.slices, terms.slice_fields) == (("dealer = yes", "dealer = no"), ("dealer",))


def test_slices_that_nobody_can_list_beforehand_are_named_as_not_watched():
    terms = sliced({"town": "text <= 50", "dealer": "yes/no"}, "input.town", "nowhere", "dealer")
    assert terms.slices == ("dealer = yes", "dealer = no")
    assert terms.slices_not_watched == ("input.town", "nowhere")


def test_more_slices_than_can_be_watched_are_named_and_not_cut():
    many = [f"p{n}" for n in range(MOST_SLICES - 1)]
    terms = sliced({"part": many, "dealer": "yes/no"}, "part", "dealer")
    assert len(terms.slices) == MOST_SLICES - 1
    assert (terms.slice_fields, terms.slices_not_watched) == (("part",), ("dealer",))
    assert len(sliced({"part": many[1:], "dealer": "yes/no"}, "part", "dealer").slices) == MOST_SLICES


def test_no_value_is_no_slice():
    schema = {"type": "object", "properties": {"channel": {"enum": ["web", None]}}}
    terms = terms_of(inputs=Inputs(schema=schema), quality=Quality(slices=("channel",)))
    assert terms.slices == ("channel = web",)


@pytest.mark.parametrize(("value", "name"), [(True, "f = yes"), (False, "f = no"), (3, "f = 3"), ("web", "f = web")])
def test_a_slice_is_called_as_people_say_it(value, name):
    assert slice_name("f", value) == name
