"""Each part's share, and cost against coverage, counted by hand."""

import numpy as np
import pytest
from tests.unit.proof.works import TODAY, case, concluded_from, quality, refunds, said, tally_of

from remit.definition.model import Autonomy, Today
from remit.items import Answer, Fault, FaultKind
from remit.proof.cascade import Beside, ProvedPart
from remit.stats import binomial_upper

PARTS = (
    ProvedPart(name="table", kind="table", at_least=None),
    ProvedPart(name="svm", kind="model", at_least=0.8),
    ProvedPart(name="clerks", kind="person", at_least=None, is_person=True),
)
NAMES = tuple(one.name for one in PARTS)


def by(part, refund="yes", confidence=0.9, *, table="error", cost=0.01):
    """An answer of the whole: by the table alone, or by a later one after the table had none."""
    signals = {"part": part, "table.seconds": 0.001, "table.cost": 0.0}
    if part != "table":
        signals |= {"table.fault": table, "svm.seconds": 0.004, "svm.cost": cost}
    return said(refund, confidence, cost=0.0 if part == "table" else cost, signals=signals)


def silent(kind=FaultKind.ERROR):
    """Nobody answered."""
    signals = {"table.seconds": 0.001, "table.cost": 0.0, "table.fault": "error"}
    signals |= {"svm.seconds": 0.004, "svm.cost": 0.01, "svm.fault": kind.value}
    return Answer(output=None, cost=0.01, fault=Fault(kind=kind, text="svm: no"), signals=signals)


def proved(answers, *, today=TODAY, cap=0.01, budget=0.2, **parts):
    definition = refunds(
        quality=quality(), today=today, autonomy=None if budget is None else Autonomy(error_budget=budget)
    )
    answered = [(case(f"c{i}"), one) for i, one in enumerate(answers)]
    tally = tally_of(definition, answered, parts=NAMES)
    return concluded_from(definition, tally, cost=cap, parts=PARTS, **{"is_tuned": True, **parts})


def test_the_share_of_each_part_its_errors_and_what_it_took():
    answers = [*[by("table")] * 50, *[by("svm")] * 28, by("svm", "no"), by("svm", "no"), by("clerks", confidence=None)]
    document = proved([*answers, silent()])
    table, svm, clerks = document.cascade.parts
    assert (table.n_asked, table.n_faults, table.n_taken, table.n_wrong) == (82, 32, 50, 0)
    assert (svm.n_asked, svm.n_faults, svm.n_taken, svm.n_wrong) == (32, 1, 30, 2)
    assert svm.upper == pytest.approx(float(binomial_upper(2, 30, 0.05)))
    assert (svm.cost_per_asked, svm.seconds_per_asked) == (pytest.approx(0.01), pytest.approx(0.004))
    assert (clerks.n_asked, clerks.n_taken, clerks.upper, clerks.cost_per_asked) == (0, 1, None, None)
    assert document.cascade.n_unanswered == 1
    assert document.cascade.cost == pytest.approx(0.01 * 32 / 82)


def test_what_is_acted_on_is_told_by_part_and_never_what_waits_for_a_person():
    document = proved([*[by("table", confidence=0.99)] * 60, *[by("svm")] * 40, *[by("clerks", confidence=None)] * 9])
    assert document.certificate.n_acted == 100
    assert [one.n_acted for one in document.cascade.parts] == [60, 40, 0]
    assert max(one.n_acted for one in document.cascade.points) == 100


def test_cost_against_coverage_counts_the_review_of_all_that_is_not_acted_on():
    answers = [*[by("table", confidence=0.99)] * 60, *[by("svm", confidence=0.8)] * 40, by("clerks", confidence=None)]
    document = proved(answers)
    first, last = document.cascade.points
    asking = 0.01 * 41 / 101
    assert (first.threshold, first.n_acted, first.cost) == (0.99, 60, pytest.approx(asking + 2.0 * 41 / 101))
    assert (last.threshold, last.n_acted, last.cost) == (0.8, 100, pytest.approx(asking + 2.0 * 1 / 101))
    assert [one.is_certified for one in document.cascade.points] == [False, True]
    assert all(one.cost < one.cost_upper < 2.01 for one in (first, last))


def test_without_a_price_of_reviews_only_the_parts_are_counted():
    points = proved([*[by("table")] * 60, *[by("svm", confidence=0.5)] * 40], today=Today()).cascade.points
    assert {round(one.cost, 9) for one in points} == {0.004}


def test_where_a_cost_is_not_known_none_is_shown():
    unknown = said(signals={"part": "svm", "svm.seconds": 0.1, "table.seconds": 0.1, "table.cost": 0.0})
    found = proved([*[by("table")] * 40, unknown]).cascade
    assert (found.cost, found.cost_upper, found.points) == (None, None, ())
    assert found.parts[1].cost_per_asked is None
    assert found.parts[0].cost_per_asked == 0.0


@pytest.mark.parametrize("cap", [None, 0.005])
def test_without_a_cap_that_holds_a_cost_has_no_bound(cap):
    found = proved([*[by("table")] * 40, by("svm")], cap=cap).cascade
    assert found.cost is not None
    assert found.cost_upper is None


def test_where_nothing_costs_anything_the_bound_is_nothing():
    found = proved([by("table")] * 40, cap=0.0, today=Today()).cascade
    assert (found.cost, found.cost_upper) == (0.0, 0.0)


def test_the_threshold_of_the_certificate_is_a_point_wherever_it_lies():
    rng = np.random.default_rng(2)
    answers = [by("svm", "yes" if c > 0.3 or rng.random() < 0.3 else "no", float(c)) for c in rng.random(400)]
    document = proved(answers)
    (certified,) = [one for one in document.cascade.points if one.is_certified]
    assert certified.threshold == document.certificate.threshold
    assert (certified.n_acted, certified.n_wrong) == (document.certificate.n_acted, document.certificate.n_wrong)


def test_a_part_that_was_away_and_a_cascade_that_was_not_tuned_are_warned_of():
    away = [*[by("svm", table="unavailable")] * 3, by("table")]
    (outage,) = proved(away).warnings
    assert outage.startswith("in 3 of 4 cases `table` was unavailable and the next part was asked")
    (warning,) = proved([by("table")], is_tuned=False).warnings
    assert warning.startswith("it was not tuned")


def test_one_part_alone_needs_no_tuning():
    definition = refunds(quality=quality())
    tally = tally_of(definition, [(case("c0"), by("table"))], parts=("table",))
    document = concluded_from(definition, tally, parts=PARTS[:1])
    assert document.warnings == ()


def test_others_stand_beside_it():
    other = Beside(name="svm", n=10, n_wrong=1, coverage=None, cost=2.0)
    assert proved([by("table")], beside=(other,)).cascade.beside == (other,)


def test_an_executor_that_is_made_of_none_has_no_parts():
    definition = refunds(quality=quality())
    assert concluded_from(definition, tally_of(definition, [(case("c0"), said())])).cascade is None
