"""What `remit explain CODE` says."""

import pytest

from remit.definition.levels import LEVELS
from remit.errors import NotFound, all_errors
from remit.readiness.catalogue import CATALOGUE
from remit.readiness.explain import explain
from remit.readiness.glossary import LEVEL_MEANINGS, WORDS


@pytest.mark.parametrize("code", [*(one.id for one in CATALOGUE), *all_errors()])
def test_every_rule_and_every_error_can_be_explained(code):
    found = explain(code)
    assert found.code == code
    assert found.title
    assert found.title.rstrip(".") in found.text


def test_a_rule_says_how_it_is_computed_from_when_it_counts_and_what_to_do():
    text = explain(" wd08 ").text
    assert text.startswith("Outcome has baseline, target, date, source.")
    assert "From:      supervised" in text
    assert "Severity:  a blocker: it has no waiver" in text
    assert "Dimension: work defined" in text
    assert "Kind:      from the definition alone" in text
    assert "           Success can't be seen: the target is today's value" in text
    assert "Source:    GQM" in text
    assert "Not measured yet" not in text


def test_a_rule_that_depends_on_what_was_found_says_so():
    assert "From:      the level that the question blocks" in explain("WD17").text


def test_a_rule_nobody_measures_says_so_and_a_gate_is_called_a_gate():
    assert "Not measured yet" in explain("FM07").text
    assert "Gate:      autonomy last" in explain("AU02").text


def test_an_error_says_its_exit_code():
    assert explain("e303").text.endswith("Exit code 3.")


def test_a_code_nobody_knows_is_refused_with_the_nearest_one():
    with pytest.raises(NotFound) as refused:
        explain("WD1")
    assert refused.value.problems[0].mend.startswith("did you mean WD")
    with pytest.raises(NotFound) as refused:
        explain("something else")
    assert refused.value.problems[0].mend == "see docs/reference/rules.md for all rules, docs/words.md for words"


@pytest.mark.parametrize("word", [*LEVELS, *WORDS])
def test_every_level_and_every_word_can_be_explained(word):
    found = explain(word)
    assert found.code == word
    assert found.text.startswith(f"{found.title}\n\n")
    meaning = LEVEL_MEANINGS.get(word) or WORDS[word]
    assert meaning[1:] in found.text
    assert explain(word.upper().replace(" ", "-")) == found


def test_no_word_hides_a_code_or_a_level():
    codes = {*(one.id for one in CATALOGUE), *all_errors(), *(level.upper() for level in LEVELS)}
    assert codes & {word.upper() for word in WORDS} == set()


def test_a_level_names_the_rules_that_count_from_it_on():
    text = explain("shadow").text
    assert "manual < shadow < suggest < supervised < autonomous" in text
    assert "WD01" in text
    assert "FM02" not in text
    assert "FM02" in explain("supervised").text
    assert "Rules:     none" in explain("manual").text


@pytest.mark.parametrize(("wrong", "right"), [("shadwo", "shadow"), ("excutor", "executor")])
def test_a_misspelt_word_is_refused_with_the_nearest_one(wrong, right):
    with pytest.raises(NotFound) as refused:
        explain(wrong)
    assert refused.value.problems[0].mend == f"did you mean {right}?"
