"""Text from data, however hostile, stays text in every skin."""

import dataclasses
import re
import xml.etree.ElementTree as ET
from datetime import datetime
from enum import Enum
from html.parser import HTMLParser

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.report.samples import DECISION, ERROR, PROOF, READINESS

from remit.errors import DefinitionInvalid
from remit.report.github import github_problems, github_readiness
from remit.report.junit import junit_report
from remit.report.problems import render_problems
from remit.report.proof_html import render_proof_html
from remit.report.terminal import render_decision, render_proof, render_readiness
from remit.report.text import visible, width_of

HOSTILE = st.one_of(
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "\"'><img src=x onerror=alert(1)>",
            "{{ 7 * 7 }}{% raw %}",
            "]]></failure><testcase/>",
            "\x1b[2J\x1b]0;owned\x07",
            "::error::owned\n::set-output name=a::b",
            "%0A::warning::owned",
            "\ud800",
            "\u202egnp.exe",
        ]
    ),
    st.text(min_size=1, max_size=40),
)


def with_text(value, text):
    """``value`` with every text in it replaced."""
    if isinstance(value, Enum | datetime):
        return value
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(with_text(item, text) for item in value)
    if dataclasses.is_dataclass(value):
        changed = {field.name: with_text(getattr(value, field.name), text) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **changed)
    return value


class Seen(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.texts = set(), set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data):
        self.texts.append(data)


def seen(page: str) -> Seen:
    parser = Seen()
    parser.feed(page)
    return parser


PLAIN = seen(render_proof_html(PROOF))


@settings(max_examples=40)
@given(HOSTILE)
def test_the_html_report_gains_no_element_and_no_attribute_from_data(text):
    proof = dataclasses.replace(
        with_text(PROOF, text), **{name: getattr(PROOF, name) for name in ("slices", "targets")}
    )
    found = seen(render_proof_html(proof))
    assert found.tags <= PLAIN.tags
    assert found.attributes <= PLAIN.attributes
    if text == text.strip() and " " not in text:
        assert any(visible(text) in data.replace("\u00a0", " ") for data in found.texts)


@settings(max_examples=40)
@given(HOSTILE, st.integers(min_value=40, max_value=130))
def test_no_text_from_data_moves_the_cursor_or_leaves_its_place(text, width):
    texts = (
        render_proof(with_text(PROOF, text), width=width, colour=False),
        render_readiness(with_text(READINESS, text), width=width, colour=False),
        render_decision(with_text(DECISION, text), width=width, colour=False, work=text, key=text),
        render_problems(DefinitionInvalid(problems=with_text(ERROR.problems, text)), width=width, colour=False),
    )
    for shown in texts:
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
        assert all(width_of(line) <= width for line in shown.split("\n"))
        shown.encode("utf-8")


@settings(max_examples=60)
@given(HOSTILE)
@example("a%0D%0A::error::b")
def test_every_line_for_github_is_one_command_of_ours(text):
    lines = [
        *github_problems(DefinitionInvalid(problems=with_text(ERROR.problems, text))).split("\n"),
        *github_readiness(with_text(READINESS, text)).split("\n"),
    ]
    assert len(lines) == len(ERROR.problems) + 5
    for line in lines:
        command = re.fullmatch(r"::(error|warning|notice) (\w+=[^,:]*)(,\w+=[^,:]*)*::(.*)", line)
        assert command is not None
        assert not re.search("%(?!25|0A|3A|2C)", line)


@settings(max_examples=60)
@given(HOSTILE)
def test_junit_reads_back_what_was_said(text):
    error = DefinitionInvalid(problems=with_text(ERROR.problems, text))
    root = ET.fromstring(junit_report((with_text(READINESS, text),), (error,)))
    cases = root.findall("testsuite/testcase")
    assert len(cases) == len(ERROR.problems) + len(READINESS.results)
    assert cases[0].find("failure").get("message") == visible(text)
