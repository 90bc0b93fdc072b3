"""The parts of a cascade and what coverage costs, in every view."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from remit.proof.cascade import Beside, CascadeProof, CostPoint, PartShare
from remit.report.charts import cost_coverage_chart
from remit.report.documents import from_json, to_json
from remit.report.proof_html import render_proof_html
from remit.report.proof_view import proof_view
from remit.report.terminal import render_proof

from .samples import PROOF


def share(name, **changes):
    given = {
        "kind": "model",
        "at_least": 0.9,
        "is_person": False,
        "n_asked": 800,
        "n_faults": 0,
        "n_unavailable": 0,
        "n_taken": 600,
        "n_wrong": 6,
        "upper": 0.0196,
        "n_acted": 500,
        "n_acted_wrong": 2,
        "cost_per_asked": 0.0002,
        "seconds_per_asked": 0.004,
    }
    return PartShare(name=name, **{**given, **changes})


def point(coverage, cost, **changes):
    given = {"threshold": 1.0 - coverage / 2, "n_acted": round(800 * coverage), "n_wrong": 3, "upper": 0.02}
    return CostPoint(**{**given, "coverage": coverage, "cost": cost, "cost_upper": cost * 1.1, **changes})


PERSON = share(
    "clerks", kind="person", at_least=None, is_person=True, n_asked=0, n_taken=60, n_wrong=0, upper=None, n_acted=0,
    n_acted_wrong=0, cost_per_asked=None, seconds_per_asked=None,
)  # fmt: skip
FOUND = CascadeProof(
    parts=(
        share("table", kind="table", at_least=None, n_faults=500, n_taken=140, cost_per_asked=0.0),
        share("svm"),
        PERSON,
    ),
    is_tuned=True,
    n_unanswered=0,
    cost=0.0031,
    cost_upper=0.0042,
    review_cost=2.0,
    points=(point(0.2, 1.6), point(0.5, 1.0, is_certified=True), point(0.9, 0.2)),
    beside=(
        Beside(name="svm", n=800, n_wrong=31, coverage=0.4, cost=1.2),
        Beside(name="x", n=8, n_wrong=1, coverage=None, cost=None),
    ),
)  # fmt: skip
CASCADE = replace(PROOF, cascade=FOUND)


def test_an_executor_that_is_made_of_none_shows_no_parts():
    assert proof_view(PROOF).cascade is None
    assert 'id="parts"' not in render_proof_html(PROOF)
    assert "Its parts" not in render_proof(PROOF, width=80, colour=False)


def test_the_document_is_read_back_with_its_parts():
    assert from_json(to_json(CASCADE)) == CASCADE


def test_each_part_has_its_share_its_errors_with_their_bound_and_its_cost():
    view = proof_view(CASCADE).cascade
    table, svm, clerks = view.parts
    assert (table.taken, svm.taken) == ("whenever it answers", "at 0.90 or more")
    assert table.asked == "800, 500 without an answer"
    assert (svm.wrong, svm.upper, svm.acted) == ("6 wrong of 600", "2.0 %", "2 wrong of 500")
    assert (table.cost, svm.cost, svm.seconds) == ("0.00 EUR", "0.00020 EUR", "4 ms")
    assert (clerks.asked, clerks.wrong, clerks.cost) == ("–", "–", "–")


def test_the_sentence_says_shares_and_cost_with_its_bound():
    view = proof_view(CASCADE).cascade
    assert view.short.startswith("answered by table ")
    assert view.short.endswith("1,000 items cost 3.10 EUR to ask, at most 4.20 EUR (95 % sure)")
    unknown = proof_view(replace(CASCADE, cascade=replace(FOUND, cost=None, cost_upper=None))).cascade
    assert unknown.short.endswith("what that costs is not known")
    assert any("has no cost_per_item" in note for note in unknown.notes)


def test_without_a_price_of_reviews_the_costs_say_so():
    notes = proof_view(replace(CASCADE, cascade=replace(FOUND, review_cost=None))).cascade.notes
    assert any("eviews are in none of these costs" in note for note in notes)
    assert not any("eviews are in none" in note for note in proof_view(CASCADE).cascade.notes)


def test_the_one_that_was_proved_stands_first_among_the_others():
    beside = proof_view(CASCADE).cascade.beside
    assert [(one.name, one.is_this) for one in beside] == [(PROOF.executor.name, True), ("svm", False), ("x", False)]
    assert (beside[0].coverage, beside[0].cost) == ("50.0 %", "1,000.00 EUR")
    assert (beside[2].coverage, beside[2].cost) == ("nothing", "not known")
    assert proof_view(replace(CASCADE, cascade=replace(FOUND, beside=()))).cascade.beside == ()


@pytest.mark.parametrize("width", [80, 120])
def test_the_terminal_shows_parts_and_costs_within_its_width(width):
    text = render_proof(CASCADE, width=width, colour=False)
    assert max(map(len, text.splitlines())) <= width
    assert "Cost against coverage" in text
    assert "(certified)" in text
    short = render_proof(CASCADE, width=width, colour=False, full=False)
    assert "Cost against coverage" not in short
    assert "Its parts" in short


def test_the_page_has_chart_and_tables():
    page = render_proof_html(CASCADE)
    for caption in ("parts-table", "cost-points-table", "beside-table", "cost-coverage-caption"):
        assert f'id="{caption}"' in page
    assert page.count('<tr class="chosen">') >= 2


def test_the_chart_is_well_formed_and_says_in_words_what_it_shows():
    svg = ET.fromstring(cost_coverage_chart(FOUND, currency="EUR"))
    words = " ".join(svg.itertext())
    assert svg.attrib["aria-labelledby"] == "cost-coverage-title cost-coverage-desc"
    assert "acting on 90.0 %, 200.00 EUR" in words
    assert "Under the certificate it acts on 50.0 % at 1,000.00 EUR" in words
    assert "svm is certified for 40.0 %" in words
    assert "1,000 items cost, in EUR, reviews included" in words


def test_a_chart_takes_two_points():
    assert cost_coverage_chart(replace(FOUND, points=FOUND.points[:1])) == ""
    assert 'id="cost-coverage-title"' not in render_proof_html(replace(CASCADE, cascade=replace(FOUND, points=())))


def test_a_name_in_the_chart_is_escaped():
    others = (replace(FOUND.beside[0], name="<b>&"),)
    svg = cost_coverage_chart(replace(FOUND, beside=others))
    assert "<b>" not in svg
    assert "&lt;b&gt;&amp;" in svg
