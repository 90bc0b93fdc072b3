"""Cases that are nearly the same are found across the split, and where they contradict each other."""

import numpy as np
import pytest

from remit.cases import near
from remit.cases.coverage import cover
from remit.cases.near import NearCases, text_fields

WORDS = [f"{a}{b}" for a in ("par", "cel", "desk", "loss", "mail") for b in ("ing", "ed", "or", "um", "ly", "ist")]


def text(seed, n=60):
    rng = np.random.default_rng(seed)
    return " ".join(str(rng.choice(WORDS)) + str(rng.integers(50)) for _ in range(n))


def changed(original, seed, n):
    rng = np.random.default_rng(seed)
    words = original.split()
    for i in rng.choice(len(words), n, replace=False):
        words[i] = f"other{rng.integers(1000)}"
    return " ".join(words)


@pytest.fixture
def letters(work):
    """A definition whose input is a letter."""
    return work(inputs={"fields": {"letter": "text <= 20000", "kind": ["a", "b"], "at": "optional datetime"}})


@pytest.fixture
def nearness(letters, case):
    def of(*rows):
        found = NearCases(letters)
        for name, use, letter, team in rows:
            found.add(case(name, team=team, use=use, input={"letter": letter, "kind": "a"}))
        return found.nearness()

    return of


def test_only_free_text_is_compared(letters):
    assert text_fields(letters) == ("letter",)


def test_a_prove_case_with_a_few_other_words_than_a_tune_case_is_near(nearness):
    one = text(1)
    found = nearness(("t", "tune", one, "orders"), ("p", "prove", changed(one, 2, 2), "orders"))
    assert (found.n_near_in_tune, found.near_in_tune) == (1, (("p", "t"),))


def test_letters_about_other_things_are_not_near(nearness):
    rows = [(f"t{i}", "tune", text(i), "orders") for i in range(40)]
    rows += [(f"p{i}", "prove", text(1000 + i), "orders") for i in range(40)]
    assert nearness(*rows).n_near_in_tune == 0


def test_half_of_the_words_being_other_ones_is_not_near(nearness):
    one = text(1)
    assert nearness(("t", "tune", one, "orders"), ("p", "prove", changed(one, 2, 30), "orders")).n_near_in_tune == 0


def test_equal_letters_are_counted_as_seen_and_not_as_near(nearness):
    one = text(1)
    found = nearness(("t", "tune", one, "orders"), ("p", "prove", one.upper().replace(" ", "  "), "orders"))
    assert found.n_near_in_tune == 0


@pytest.mark.parametrize("use", ["tune", None])
def test_only_prove_cases_can_have_been_seen(nearness, use):
    one = text(1)
    assert nearness(("t", "tune", one, "orders"), ("p", use, changed(one, 2, 1), "orders")).n_near_in_tune == 0


def test_short_texts_are_compared_as_equal_only(nearness):
    assert (
        nearness(("t", "tune", "note 12 of May", "orders"), ("p", "prove", "note 13 of May", "fraud")).contradictory
        == ()
    )


def test_a_near_case_is_found_among_many(nearness):
    rows = [(f"t{i}", "tune", text(i), "orders") for i in range(300)]
    found = nearness(*rows, *((f"p{i}", "prove", changed(text(i), i, 1), "orders") for i in range(0, 300, 10)))
    assert found.n_near_in_tune == 30
    assert set(found.near_in_tune) == {(f"p{i}", f"t{i}") for i in range(0, 300, 10)}


def test_equal_inputs_with_different_answers_contradict_each_other(nearness):
    found = nearness(
        ("a", "prove", "lost", "orders"), ("b", "tune", "Lost ", "fraud"), ("c", "prove", "found", "orders")
    )
    assert found.contradictory == (("a", "b"),)
    assert (found.n_contradictory, found.contradictory_in_prove) == (1, ("a",))


def test_nearly_equal_letters_with_different_answers_contradict_each_other(nearness):
    one = text(1)
    found = nearness(("a", "prove", one, "orders"), ("b", "prove", changed(one, 2, 1), "fraud"))
    assert found.contradictory == (("a", "b"),)
    assert found.n_contradictory == 2


def test_equal_inputs_with_the_same_answer_do_not_contradict(nearness):
    assert nearness(("a", "prove", "lost", "orders"), ("b", "tune", "lost", "orders")).contradictory == ()


def test_a_sketch_tells_how_much_two_texts_have_in_common():
    def runs(of):
        raw = of.encode()
        return {raw[i : i + 8] for i in range(len(raw) - 7)}

    for n in (1, 5, 15, 40):
        one = text(n, 150)
        other = changed(one, n, n)
        common = len(runs(one) & runs(other)) / len(runs(one) | runs(other))
        assert abs((near._sketch(one) == near._sketch(other)).mean() - common) < 0.2, n


def test_more_texts_than_are_compared_are_counted_as_equal_only(nearness, monkeypatch):
    monkeypatch.setattr(near, "MOST_SKETCHED", 1)
    one = text(1)
    assert nearness(("t", "tune", one, "orders"), ("p", "prove", changed(one, 2, 1), "orders")).n_near_in_tune == 0


def test_coverage_says_what_is_near(letters, case):
    one = text(1)
    cases = [
        case("t", use="tune", input={"letter": one, "kind": "a"}),
        case("p", use="prove", input={"letter": changed(one, 2, 1), "kind": "a"}),
    ]
    found = cover(cases, definition=letters)
    assert (found.n_seen_in_tune, found.nearness.n_near_in_tune) == (0, 1)


def test_nothing_is_near_in_an_empty_file(letters):
    assert cover([], definition=letters).nearness.contradictory == ()
