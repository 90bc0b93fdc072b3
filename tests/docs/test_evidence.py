"""The pages about evidence show what the code makes: every figure, every table, and what the text reads from them."""

import itertools
import re

import pytest
from bench.repeated_looks import alarms, promotions
from tools.evidence_pages import FOLDER, evidence_files, with_tables
from tools.line_chart import Axis, Line, line_chart

from remit import stats

LEADERS_SENTENCE = (
    "If its error rate is at or above 5 %, the chance that our checks ever let it act alone is at most 5 %; "
    "while it is below, the chance that we ever stop it by mistake is at most 5 %; "
    "if it gets worse later we expect to notice after about N audits (D days at your audit share), "
    "and mistakes until then are real."
)


def test_every_figure_and_table_is_what_the_code_makes():
    made = dict(evidence_files())
    assert len(made) == 7
    for name, text in made.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name}: run tools/evidence_pages.py"


def test_every_figure_is_shown_on_a_page():
    pages = "".join((FOLDER / name).read_text(encoding="utf-8") for name in ("evidence.md", "repeated-looks.md"))
    assert [file.name for file in (FOLDER / "figures").iterdir() if f"(figures/{file.name})" not in pages] == []


def test_a_page_keeps_what_stands_around_its_table():
    start, end = "<!-- table plan: written by tools/evidence_pages.py -->\n", "<!-- end of plan -->"
    page = f"before\n{start}old\n{end}\nafter"
    assert with_tables(page, {"plan": "| new |\n", "alarms": "| none |\n"}) == (
        f"before\n{start}\n| new |\n\n{end}\nafter"
    )


def test_the_sentence_that_a_leader_reads_is_the_agreed_one():
    text = (FOLDER / "evidence.md").read_text(encoding="utf-8").replace("\n> ", " ")
    assert f" {LEADERS_SENTENCE}\n" in text


def test_a_certificate_is_told_in_the_same_words_everywhere():
    for page in (FOLDER / "evidence.md", FOLDER.parent / "words.md", FOLDER.parent / "reference" / "proof.md"):
        text = " ".join(page.read_text(encoding="utf-8").split())
        assert "or more been wrong" in text
        assert "had more than" not in text, f"{page.name}: at the budget itself the certificate holds too"


def test_the_page_says_what_a_first_attempt_takes():
    text = (FOLDER / "evidence.md").read_text(encoding="utf-8")
    assert f"| 1 % | {stats.plan(0.01, 0.05 / 2).n_min} |" in text
    assert "97.5 % sure" in text


def test_where_the_sentence_holds_is_said_before_any_guarantee_is_explained():
    text = (FOLDER / "evidence.md").read_text(encoding="utf-8")
    assert 0 < text.index("**Where it holds.**") < text.index("## ")


def test_the_text_reads_the_table_of_promotions_rightly():
    by_name = {one.name: one for one in promotions()}
    ours = by_name["Remit's promotion test, at every item"]
    naive = by_name["exact bound at every item"]
    first_of_several = by_name["the same, the first of several tries"]
    assert first_of_several.at_the_bar < 0.028
    assert first_of_several.half_at_2 > ours.half_at_2
    strict = by_name["99 % of the last 1,000 were right"]
    assert ours.bad < ours.at_the_bar <= 0.056  # 5 %, and what 10,000 runs can tell
    assert ours.at_2 > 0.99
    assert 0.25 < naive.at_the_bar < 0.30
    assert naive.bad > 5 * ours.bad
    for name in ("the last 20 were all right", "90 % of the last 25 were right"):
        assert by_name[name].bad > 0.99
    assert (strict.bad, strict.at_2 < 0.1) == (0.0, True)
    planned = next(one for one in promotions() if "once" in one.name)
    assert planned.at_the_bar <= 0.056
    assert planned.half_at_1 == planned.half_at_2 > ours.half_at_2 > naive.half_at_2


def test_the_text_reads_the_table_of_alarms_rightly():
    window, *bounds, ours = alarms()
    assert window.false > 0.99
    assert window.half < ours.half < 400
    assert ours.false <= 0.06
    for bound in bounds:
        assert bound.false > 0.25
        assert bound.half > 1000


@pytest.mark.parametrize("n", [1, 5])
def test_names_beside_lines_never_overlap(n):
    lines = [Line(name=f"line {i}", x=(0.0, 1.0), y=(0.0, 0.0)) for i in range(n)]
    axis = Axis(what="share", most=1.0, step=0.5, percent=True)
    svg = line_chart(lines, x=axis, y=axis, title="T", desc="D")
    heights = sorted(float(y) for y in re.findall(r'y="([\d.]+)" text-anchor="start" fill="#(?!424a53)', svg))
    assert len(heights) == n
    assert all(below - above >= 15 for above, below in itertools.pairwise(heights))
    assert heights[-1] <= 330
