"""Every reason for which a grant is refused, one at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from remit.autonomy.certificate import Certificate, Grant
from remit.definition.levels import Level
from remit.errors import Problem
from remit.runtime.grant import Circumstances, refusals
from remit.runtime.terms import Provenance

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
CERTIFICATE = Certificate(
    threshold=0.8,
    alpha=0.05,
    delta=0.05,
    n_acted=300,
    n_wrong=2,
    n_cases=500,
    coverage=0.6,
    upper_bound=0.04,
    method="fixed_sequence",
    assumptions=(),
    evidence_digest="e",
    executor_digest="x",
    case_set_digest="c",
    made_at=NOW,
)
ASKED = Grant(
    work="triage",
    executor="clerk",
    level=Level.SUPERVISED,
    by="ann",
    reason="it is proved",
    definition_digest="d",
    evidence_digest="e",
    executor_digest="x",
    granted_at=NOW,
    certificate=CERTIFICATE,
)
GOOD = Circumstances(
    of=Provenance(work="triage", definition_digest="d", evidence_digest="e", executor="clerk", executor_digest="x"),
    case_set_digest="c",
    accountable="Head of Support",
    roles=("Head of Support",),
    authors={"carl"},
    four_eyes=None,
    ceiling=Level.SUPERVISED,
    missing=(),
)
LATE = Problem(message="AU02: 0 of 300 items at suggest", mend="wait")


def said(asked: Grant = ASKED, circumstances: Circumstances = GOOD, current: Level = Level.SUGGEST) -> list[str]:
    return [one.message for one in refusals(asked, circumstances, current=current)]


def test_nothing_stands_against_a_grant_with_everything_in_order():
    assert said() == []
    assert said(replace(ASKED, until=NOW + timedelta(days=30))) == []


@pytest.mark.parametrize(
    ("asked", "circumstances", "words"),
    [
        ({}, {"accountable": None}, "names nobody"),
        ({}, {"roles": ("clerk",)}, "ann does not answer for this work"),
        ({"by": "carl"}, {}, "carl made this executor"),
        ({"by": "carl"}, {"four_eyes": True}, "carl made this executor"),
        ({"reason": "  "}, {}, "needs a reason"),
        ({"level": Level.MANUAL}, {}, "manual is what holds"),
        ({}, {"ceiling": Level.SUGGEST}, "above the ceiling"),
        ({}, {"ceiling": None}, "how far that may go"),
        ({"until": NOW}, {}, "over before it begins"),
        ({"definition_digest": "z"}, {}, "another version of the definition"),
        ({"evidence_digest": "z"}, {}, "another version of the definition"),
        ({"executor_digest": "z"}, {}, "another version of the executor"),
        ({"certificate": None}, {}, "no certificate"),
        (
            {"certificate": replace(CERTIFICATE, evidence_digest="z")},
            {},
            "certificate is for another version of the def",
        ),
        (
            {"certificate": replace(CERTIFICATE, executor_digest="z")},
            {},
            "certificate is for another version of the exe",
        ),
        ({"certificate": replace(CERTIFICATE, case_set_digest="z")}, {}, "certificate is for another case set"),
        ({}, {"case_set_digest": None}, "certificate is for another case set"),
        ({}, {"missing": (LATE,)}, "AU02"),
    ],
)
def test_one_thing_out_of_order_is_one_refusal_that_says_what(asked, circumstances, words):
    (message,) = said(replace(ASKED, **asked), replace(GOOD, **circumstances))
    assert words in message


def test_who_works_alone_and_says_so_may_grant_what_they_made():
    assert said(replace(ASKED, by="carl"), replace(GOOD, four_eyes=False)) == []


@pytest.mark.parametrize(
    ("current", "allowed"),
    [
        (Level.MANUAL, {Level.SHADOW}),
        (Level.SHADOW, {Level.SHADOW, Level.SUGGEST}),
        (Level.SUGGEST, {Level.SHADOW, Level.SUGGEST, Level.SUPERVISED}),
        (Level.SUPERVISED, {Level.SHADOW, Level.SUGGEST, Level.SUPERVISED, Level.AUTONOMOUS}),
    ],
)
def test_levels_are_taken_one_at_a_time_upwards_and_at_once_downwards(current, allowed):
    free = replace(GOOD, ceiling=Level.AUTONOMOUS)
    asked = {level for level in Level if said(replace(ASKED, level=level), free, current) == []}
    assert asked == allowed


def test_readiness_that_is_missing_blocks_the_way_up_and_the_renewal_but_never_the_way_down():
    late = replace(GOOD, missing=(LATE,))
    assert said(ASKED, late, Level.SUGGEST) == [LATE.message]
    assert said(ASKED, late, Level.SUPERVISED) == [LATE.message]
    assert said(replace(ASKED, level=Level.SUGGEST), late, Level.SUPERVISED) == []


def test_below_supervised_no_certificate_and_no_ceiling_is_needed():
    asked = replace(ASKED, level=Level.SUGGEST, certificate=None)
    assert said(asked, replace(GOOD, ceiling=None), Level.SHADOW) == []
