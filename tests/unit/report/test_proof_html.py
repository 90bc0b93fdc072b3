"""The proof report stands alone, prints, and can be read by everybody."""

import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.unit.report.samples import NOT_CERTIFIED, PROOF

import remit.report
from remit.proof.document import WrongCase
from remit.report.documents import document_digest
from remit.report.proof_html import render_proof_html

TOKENS = (Path(remit.report.__file__).parent / "templates" / "tokens.css").read_text(encoding="utf-8")
VOID = {"meta", "path", "rect", "line", "circle"}


class Page(HTMLParser):
    """A page as a list of (tag, attributes, tags around it, text)."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open = [], []
        self.feed(text)
        assert self.open == [], f"not closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.elements.append({"tag": tag, "in": tuple(self.open), "text": "", **dict(attrs)})
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append({"tag": tag, "in": tuple(self.open), "text": "", **dict(attrs)})

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.elements:
            self.elements[-1]["text"] += data

    def all(self, *tags):
        return [element for element in self.elements if element["tag"] in tags]


PAGES = {"certified": render_proof_html(PROOF), "not certified": render_proof_html(NOT_CERTIFIED)}


@pytest.fixture(params=PAGES)
def text(request):
    return PAGES[request.param]


@pytest.fixture
def page(text):
    return Page(text)


def test_a_report_names_its_language_and_has_one_title_and_one_h1(page):
    (root,) = page.all("html")
    assert root["lang"] == "en"
    (title,) = [one for one in page.all("title") if "svg" not in one["in"]]
    (heading,) = page.all("h1")
    said = "Proof of clf-v3 for Decide which team answers one customer e-mail"
    assert [title["text"].strip(), heading["text"].strip()] == [said, said]


def test_headings_skip_no_level(page):
    levels = [int(one["tag"][1]) for one in page.elements if re.fullmatch("h[1-6]", one["tag"])]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_ids_are_unique_and_every_reference_has_its_target(page):
    ids = [one["id"] for one in page.elements if "id" in one]
    assert len(ids) == len(set(ids))
    named = {name for one in page.elements for name in (one.get("aria-labelledby") or "").split()}
    assert named <= set(ids)


def test_a_report_asks_nothing_of_any_network_and_runs_no_script(text, page):
    assert not re.search(r"https?://|//[a-z]|url\((?!#)|@import|javascript:", text)
    assert not page.all("script", "link", "img", "iframe", "object", "embed", "base", "form")
    assert not [one for one in page.elements if any(name.startswith("on") or name == "style" for name in one)]
    policy = next(one for one in page.all("meta") if one.get("http-equiv") == "Content-Security-Policy")
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_every_table_has_a_caption_and_headers_with_a_scope(page):
    assert len(page.all("table")) == len(page.all("caption")) >= 5
    assert all(one["text"].strip() for one in page.all("caption"))
    assert all(one.get("scope") in ("col", "row") for one in page.all("th"))


def test_what_scrolls_can_be_reached_and_has_a_name(page):
    regions = [one for one in page.elements if one.get("class") == "scroll"]
    assert regions
    assert all(one["tabindex"] == "0" and one["role"] == "region" and one["aria-labelledby"] for one in regions)


def test_every_state_is_a_word_with_a_mark_that_is_not_read_aloud(page):
    states = [i for i, one in enumerate(page.elements) if (one.get("class") or "").startswith("state ")]
    assert len(states) >= 8
    for i in states:
        mark = page.elements[i + 1]
        assert mark["aria-hidden"] == "true"
        assert mark["text"][0] in "✓✗?○↻"
        assert mark["text"][1:].strip().split("\n")[0] in ("met", "missed", "unproven", "not run", "stale")


def test_the_curve_has_a_name_a_description_and_its_numbers_as_a_table():
    page = Page(PAGES["certified"])
    (chart,) = page.all("svg")
    assert chart["role"] == "img"
    assert chart["aria-labelledby"] == "risk-coverage-title risk-coverage-desc"
    (said,) = page.all("desc")
    assert "The certificate lets it act alone on 63.2 %." in said["text"]
    assert "The same curve as a table" in PAGES["certified"]


def test_what_was_not_run_is_said_and_not_left_out():
    for sentence in (
        "There is no risk-coverage curve",
        "Not run: the definition names no slices",
        "Not run: no baseline was proved",
        "Not run: the definition names no costs of errors",
    ):
        assert sentence in PAGES["not certified"]


def test_a_report_has_every_part_that_an_auditor_asks_for(text):
    for heading in ("Verdicts", "How far it may act alone", "Slices", "Where it goes wrong", "Method", "Data"):
        assert f">{heading}</h2>" in text
    for heading in ("Assumptions", "Limits", "How to reproduce it"):
        assert f">{heading}</h2>" in text
    for digest in (PROOF.definition_digest, PROOF.evidence_digest, PROOF.case_set_digest, PROOF.executor.digest):
        assert digest in text
    assert "remit prove triage-email --executor clf-v3" in text


def test_a_report_on_paper_names_the_document_it_is_made_from():
    assert document_digest(PROOF) in PAGES["certified"]


def test_a_stale_proof_says_so_on_top():
    page = Page(render_proof_html(PROOF, stale="the executor changed since"))
    heading = next(one for one in page.all("h2") if one.get("id") == "claim")
    assert heading["text"].strip() == "This proof no longer counts."


def test_a_proof_without_errors_has_no_empty_table():
    text = render_proof_html(replace(PROOF, n_wrong=0, wrong_cases=(), wrong_ids=(), confusion=()))
    assert "It got none of the 2,000 cases wrong." in text


def test_a_report_with_many_wrong_cases_stays_small():
    cases = tuple(
        WrongCase(case=f"case-{i:05}", expected="payments", answered="orders", confidence=0.5, fault=None)
        for i in range(5000)
    )
    text = render_proof_html(replace(PROOF, n_wrong=5000, n_cases=9000, wrong_cases=cases))
    assert len(text.encode()) <= 60_000
    assert "4,900 more are named in the document" in text


def test_a_report_prints_to_a4_without_its_screen_colours(text):
    assert "@page { size: A4;" in text
    assert "@media print {" in text
    assert "@media screen and (prefers-color-scheme: dark)" in text


def colours(block):
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def contrast(one, other):
    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_lines_have_the_contrast_that_wcag_asks_for(scheme):
    light, dark = TOKENS.split("@media screen")
    found = colours(light if scheme == "light" else dark)
    assert colours(light).keys() == colours(dark).keys()
    for ground in ("page", "panel"):
        for text in ("text", "muted", "accent"):
            assert contrast(found[text], found[ground]) >= 4.5
    for tone in ("good", "bad", "doubt", "absent", "old"):
        assert contrast(found[tone], found[f"{tone}-ground"]) >= 4.5
        assert contrast(found[tone], found["page"]) >= 3
    for line in ("chart-rate", "chart-upper", "chart-budget"):
        assert contrast(found[line], found["page"]) >= 3


def test_on_a_narrow_screen_nothing_is_cut_that_can_not_be_scrolled_to(page, text):
    assert all("div" in element["in"] for element in page.all("table", "svg"))
    narrow = text.partition("@media screen and (max-width: 40rem)")[2].partition("\n}\n")[0]
    assert re.search(r"caption \{[^}]*position: sticky[^}]*max-width: calc\(100vw", narrow)
    assert re.search(r"\.short[^}]*white-space: normal", narrow)
    assert re.search(r"pre \{[^}]*overflow-wrap: anywhere", narrow)
    assert re.search(r"h1, h2, p, li[^{]*\{ overflow-wrap: anywhere", text)


def test_slices_certified_by_themselves_are_a_table():
    page = render_proof_html(PROOF)
    table = page.split('id="slice-certificates-table"')[1].split("</table>")[0]
    assert table.count("<tr>") == 3
    assert "country = FR" in table
    assert "together are 97.5 % sure" in unspaced(page)
    assert "slice-certificates-table" not in render_proof_html(replace(PROOF, slice_certificates=()))


def test_a_second_person_is_a_table_with_its_caveat_or_said_to_be_missing():
    page = unspaced(render_proof_html(PROOF))
    table = page.split('id="second-person-table"')[1].split("</table>")[0]
    assert "31 of 300 cases" in table
    assert "not how often they err" in page
    assert "no case was labelled by a second person" in unspaced(render_proof_html(replace(PROOF, second_person=None)))


def unspaced(page):
    return page.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
