"""Examples are tune cases and nothing else: what a proof is about never stands in a prompt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.cases.case import Case, CaseUse
from remit.errors import ExecutorInvalid
from remit.executors.llm.examples import choose_examples
from remit.executors.llm.prompt import build_prompt

TUNE, PROVE = CaseUse.TUNE, CaseUse.PROVE


def case(i, team="orders", use=TUNE, subject=None):
    return Case(id=f"c{i}", input={"subject": subject or f"text {i}"}, expected={"team": team}, use=use)


def chosen(cases, n, work):
    return choose_examples(lambda: cases, n, definition=work)


def test_without_examples_no_case_is_read(work):
    def read():
        raise AssertionError("read all the same")

    assert choose_examples(read, 0, definition=work()) == ()


def test_the_choice_is_the_same_whatever_the_order_of_the_rows(work):
    cases = [case(i, "orders" if i % 3 else "fraud") for i in range(60)]
    assert chosen(cases, 8, work()) == chosen(cases[::-1], 8, work())


def test_the_answers_are_shown_equally_often(work):
    cases = [case(i, "fraud" if i < 5 else "orders") for i in range(500)]
    teams = [one.expected["team"] for one in chosen(cases, 6, work())]
    assert sorted(teams) == ["fraud"] * 3 + ["orders"] * 3
    assert teams[0] != teams[1], "and in turns"


def test_a_rare_answer_is_filled_up_with_the_others(work):
    cases = [case(0, "fraud"), *(case(i) for i in range(1, 20))]
    teams = [one.expected["team"] for one in chosen(cases, 6, work())]
    assert sorted(teams) == ["fraud"] + ["orders"] * 5


def test_a_tune_case_with_the_text_of_a_prove_case_is_passed_over(work):
    cases = [case(1, use=PROVE, subject="Where is  my PARCEL?"), case(2, subject="where is my parcel?"), case(3)]
    assert [one.id for one in chosen(cases, 1, work())] == ["c3"]


def test_however_many_tune_cases_have_the_texts_of_prove_cases_the_others_are_found(work):
    doubled = [case(i, subject=f"doubled {i}") for i in range(300)]
    proved = [case(1000 + i, use=PROVE, subject=f"Doubled  {i}") for i in range(300)]
    others = [case(2000 + i) for i in range(5)]
    shown = chosen([*doubled, *others, *proved], 5, work())
    assert {one.id for one in shown} == {one.id for one in others}


def test_a_very_long_case_is_passed_over(work):
    assert [one.id for one in chosen([case(1, subject="x" * 5000), case(2)], 1, work())] == ["c2"]


@pytest.mark.parametrize("use", [PROVE, None])
def test_only_tune_cases_count(work, use):
    with pytest.raises(ExecutorInvalid) as refused:
        chosen([case(1), *(case(i, use=use) for i in range(2, 9))], 2, work())
    (problem,) = refused.value.problems
    assert problem.where.path == "settings.examples"
    assert problem.mend == "`examples: 1`, or label more cases"


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(
    st.lists(
        st.tuples(TEXTS, st.sampled_from(["orders", "fraud"]), st.sampled_from([TUNE, PROVE, None])),
        min_size=1,
        max_size=30,
    ),
    st.integers(0, 6),
)
def test_no_input_of_a_prove_case_can_stand_in_a_prompt(cases, n):
    from remit.definition.reading import read

    definition = read(
        {
            "remit": 1,
            "id": "triage",
            "inputs": {"fields": {"subject": "text <= 300"}},
            "outputs": {"fields": {"team": ["orders", "fraud"]}},
            "decisions": [{"id": "team"}],
        }
    )
    made = [case(i, team, use, text) for i, (text, team, use) in enumerate(cases)]
    try:
        shown = choose_examples(lambda: made, n, definition=definition)
    except ExecutorInvalid:
        return
    proved = {" ".join(text.casefold().split()) for text, _, use in cases if use is PROVE}
    assert all(one.use is TUNE for one in shown)
    assert not {" ".join(one.input["subject"].casefold().split()) for one in shown} & proved
    bare = build_prompt(definition).instructions
    told = build_prompt(definition, examples=shown).instructions
    assert len(shown) == n == told.count("\n</example>")
    assert bare.split("\n\n")[-1] == told.split("\n\n")[-1]
