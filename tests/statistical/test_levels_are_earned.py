"""How often a good executor loses its level by mistake, and a bad one earns it: through the evidence itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from tests.unit.runtime.watched import CERTIFICATE, TERMS

from remit.autonomy.evidence import Evidence, Learned, Phase
from remit.autonomy.watch import fixed_now
from remit.reviews.statistics import noticed_share

NOW = datetime(2026, 7, 1, tzinfo=UTC)
TRIALS, ITEMS = 400, 1200
TOLERANCE = 0.023
"""Two standard errors of a share of .05 in 400 trials."""


def begun(phase, **changes):
    return replace(fixed_now(replace(TERMS, certificate=CERTIFICATE), phase), **changes)


def test_an_executor_exactly_at_the_budget_is_demoted_by_mistake_at_most_as_often_as_allowed():
    rng = np.random.default_rng(11)
    demoted = 0
    for _ in range(TRIALS):
        evidence = Evidence(begun(Phase.ACTING, slices=("channel = shop", "channel = web")))
        for i, wrong in enumerate(rng.random(ITEMS) < 0.05):
            where = ("channel = shop" if i % 4 else "channel = web",)
            evidence.learned(Learned(seq=i + 1, wrong=bool(wrong), acted=True, audited=True, slices=where))
            if evidence.look().alarm:
                demoted += 1
                break
    assert demoted / TRIALS <= 0.05 + TOLERANCE


def test_people_who_miss_a_tenth_of_the_errors_do_not_demote_more_often():
    rng = np.random.default_rng(14)
    demoted = 0
    for _ in range(TRIALS // 2):
        evidence = Evidence(begun(Phase.ACTING))
        wrong = (rng.random(ITEMS) < 0.05) & (rng.random(ITEMS) < 0.9)
        for i, found in enumerate(wrong):
            evidence.learned(Learned(seq=i + 1, wrong=bool(found), acted=True, audited=True))
            if evidence.look().alarm:
                demoted += 1
                break
    assert demoted / (TRIALS // 2) <= 0.05 + 2**0.5 * TOLERANCE


def test_people_who_miss_a_tenth_of_the_errors_promote_at_most_as_often_as_allowed():
    rng = np.random.default_rng(15)
    promoted = unguarded = 0
    for _ in range(TRIALS // 2):
        share = noticed_share(list(rng.random(200) < 0.9), TERMS.delta / 2.0)
        found = (rng.random(ITEMS // 2) < 0.0501) & (rng.random(ITEMS // 2) < 0.9)
        for narrowed in (share, 1.0):
            evidence = Evidence(begun(Phase.SUGGEST, budget_share=narrowed))
            for i, wrong in enumerate(found):
                evidence.tested(i + 1, wrong=bool(wrong))
            passed = evidence.look().promotion.passed
            promoted += passed and narrowed < 1.0
            unguarded += passed and narrowed == 1.0
    assert promoted / (TRIALS // 2) <= 0.05 + 2**0.5 * TOLERANCE
    assert promoted <= unguarded


def test_an_executor_that_is_wrong_in_6_percent_is_promoted_at_most_as_often_as_allowed_over_all_tries():
    rng = np.random.default_rng(12)
    promoted = 0
    for _ in range(TRIALS):
        passed = False
        for attempt in (1, 2, 3):
            evidence = Evidence(begun(Phase.SUGGEST, attempt=attempt))
            for i, wrong in enumerate(rng.random(ITEMS // 2) < 0.06):
                evidence.tested(i + 1, wrong=bool(wrong))
                if evidence.look().promotion.passed:
                    passed = True
                    break
        promoted += passed
    assert promoted / TRIALS <= 0.05 + TOLERANCE


def test_an_executor_of_a_third_of_the_budget_earns_its_level_usually():
    rng = np.random.default_rng(13)
    promoted = 0
    for _ in range(100):
        evidence = Evidence(begun(Phase.SUGGEST))
        for i, wrong in enumerate(rng.random(400) < 0.016):
            evidence.tested(i + 1, wrong=bool(wrong))
        promoted += evidence.look().promotion.passed
    assert promoted >= 80
