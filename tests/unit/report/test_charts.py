"""A chart is drawn from numbers, tells its story in words too, and never leaves its sheet."""

import itertools
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from tests.unit.report.samples import CERTIFICATE, PROOF

from remit.proof.document import CurvePoint
from remit.report.charts import curve_rows, risk_coverage_chart


def chart(curve=PROOF.curve, **options):
    return ET.fromstring(risk_coverage_chart(curve, **options))


def texts(root):
    return [element.text for element in root.iter("text")]


def points(n, rate=lambda i: 0.05):
    return tuple(
        CurvePoint(
            threshold=1 - i / n, n_acted=i * 10, n_wrong=0, coverage=i / n, rate=rate(i), upper=min(1.0, rate(i) * 1.2)
        )
        for i in range(1, n + 1)
    )


def test_lines_differ_by_more_than_colour_and_are_named_beside_themselves():
    root = chart(budget=0.05, certificate=CERTIFICATE)
    lines = {element.get("class"): element.get("stroke-dasharray") for element in root if element.get("stroke-width")}
    assert len({lines["chart-rate"], lines["chart-upper"], lines["chart-budget"]}) == 3
    said = texts(root)
    assert {"found 9.6 %", "upper bound 11.0 %", "error budget 5 %", "acts alone on 63.2 %"} <= set(said)


def test_the_description_says_what_the_picture_shows():
    (description,) = chart(budget=0.05, certificate=CERTIFICATE).iter("desc")
    assert description.text == (
        "Acting on the most confident 1.0 % of the cases, 0 % are wrong; acting on 100 %, 9.6 % are wrong, with an "
        "upper bound of 11.0 %. The error budget is 5 %. The certificate lets it act alone on 63.2 %."
    )


def test_without_budget_and_certificate_nothing_is_made_up():
    root = chart()
    assert not [element for element in root if element.get("class") in ("chart-budget", "chart-mark", "chart-dot")]
    assert "budget" not in next(root.iter("desc")).text


@pytest.mark.parametrize("curve", [(), PROOF.curve[:1]])
def test_fewer_than_two_points_are_no_curve(curve):
    assert risk_coverage_chart(curve) == ""


@pytest.mark.parametrize("rate", [0.0, 1e-6, 0.003, 0.2, 0.97, 1.0])
def test_everything_stays_on_the_sheet_whatever_the_rates(rate):
    root = chart(points(50, lambda i: rate), budget=0.02, certificate=CERTIFICATE)
    _, _, width, height = (float(part) for part in root.get("viewBox").split())
    for element in root.iter():
        for name, most in (("x", width), ("x1", width), ("x2", width), ("cx", width)):
            assert 0 <= float(element.get(name, 0)) <= most
        for name in ("y", "y1", "y2", "cy"):
            assert 0 <= float(element.get(name, 0)) <= height + 10
    assert 3 <= len([element for element in root if element.get("class") == "chart-grid"]) <= 9


def test_names_of_lines_never_overlap():
    root = chart(points(50, lambda i: 0.05), budget=0.05)
    labels = [element for element in root.iter("text") if element.get("class") == "chart-strong"]
    heights = sorted(float(element.get("y")) for element in labels)
    assert all(after - before >= 15 for before, after in itertools.pairwise(heights))


def test_a_curve_of_very_many_points_is_thinned_and_keeps_its_ends():
    root = chart(points(5000, lambda i: i / 50000))
    (path,) = [element for element in root if element.get("class") == "chart-rate"]
    places = re.findall(r"[ML]([\d.]+) [\d.]+", path.get("d"))
    assert len(places) <= 240
    assert float(places[-1]) == 632


def test_the_table_has_the_certificates_own_row_in_its_place():
    rows = curve_rows(PROOF.curve, certificate=CERTIFICATE, most=5)
    assert [row.n for row in rows] == ["20", "200", "734", "1,265", "2,000"]
    assert [row.is_certified for row in rows] == [False, False, False, True, False]
    assert rows[3].upper == "5.0 %"


def test_the_table_never_shows_the_certificates_point_twice():
    rows = curve_rows(PROOF.curve, certificate=CERTIFICATE, most=100)
    assert [row.n for row in rows].count("1,265") == 1
    assert len(rows) == len(PROOF.curve)


def test_a_certificate_without_confidence_acts_at_any():
    rows = curve_rows((), certificate=replace(CERTIFICATE, threshold=None))
    assert [row.confidence for row in rows] == ["any"]
    assert curve_rows(()) == ()


def test_ids_follow_the_name_so_that_two_charts_fit_on_one_page():
    assert 'id="left-title"' in risk_coverage_chart(PROOF.curve, name="left")
    assert "<b>" not in risk_coverage_chart(PROOF.curve, name="<b>")
