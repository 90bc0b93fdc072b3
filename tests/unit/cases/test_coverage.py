"""What a case file covers, counted in one pass."""

import pytest

from remit.cases.coverage import cover
from remit.errors import Location, Problem


def problem(line, message="wrong"):
    return Problem(message=message, where=Location(line=line))


@pytest.fixture
def covered(work):
    return lambda found, **more: cover(iter(found), definition=work(**more))


def test_rows_uses_and_faults_are_counted(covered, case):
    found = covered(
        [problem(2, "first"), problem(2), case("a", use="tune"), problem(4), case("b", use="prove"), case("c")]
    )
    assert (found.n_rows, found.n_invalid, found.n_problems) == (5, 2, 3)
    assert (found.n_tune, found.n_prove, found.n_unused) == (1, 1, 1)
    assert (found.first_invalid, found.first_invalid_line) == ("first", 2)


def test_only_the_first_problems_are_kept(covered):
    found = covered([problem(n) for n in range(100)])
    assert (len(found.problems), found.n_problems, found.n_invalid) == (20, 100, 100)


def test_nothing_is_wrong_with_nothing(covered):
    found = covered([])
    assert (found.n_rows, found.n_invalid, found.first_invalid, found.first_invalid_line) == (0, 0, None, None)
    assert found.classes == {"team": {"orders": 0, "fraud": 0}}


def test_answers_tags_and_labellers_of_the_prove_set_are_counted(covered, case):
    found = covered(
        [
            case("a", use="prove", tags=("two", "late"), labelled_by=("ann", "bob")),
            case("b", use="prove", tags=("two",), labelled_by=("ann",)),
            case("c", use="prove", team="fraud"),
            case("d", use="tune", team="fraud", tags=("late",), labelled_by=("eve",)),
        ]
    )
    assert found.classes == {"team": {"orders": 2, "fraud": 1}}
    assert found.tags == {"two": 2, "late": 1}
    assert found.labellers == {"ann": 2, "bob": 1}
    assert found.n_unlabelled == 1


def test_answers_are_spelt_as_the_definition_spells_them(covered, case):
    outputs = {"fields": {"n": [1, 2], "ok": "yes/no"}}
    decisions = [{"id": "n"}, {"id": "ok"}]
    some = [case("a", use="prove"), case("b", use="prove")]
    for one, expected in zip(some, ({"n": 1.0, "ok": True}, {"n": 2, "ok": True}), strict=True):
        one.expected.clear()
        one.expected.update(expected)
    found = covered(some, outputs=outputs, decisions=decisions)
    assert found.classes == {"n": {"1": 1, "2": 1}, "ok": {"true": 2, "false": 0}}


def test_an_answer_that_a_case_does_not_have_is_not_counted(covered, case):
    one = case("a", use="prove")
    one.expected.clear()
    assert covered([one]).classes == {"team": {"orders": 0, "fraud": 0}}


def test_slices_are_inputs_or_columns(covered, case):
    found = covered(
        [
            case("a", use="prove", slices={"region": "north", "other": "x"}),
            case("b", use="prove", slices={"region": "south"}, input={"subject": "x", "vip": True}),
            case("c", use="prove"),
        ],
        quality={"slices": ["region", "vip"]},
    )
    assert found.slices == {"region": {"north": 1, "south": 1}, "vip": {"true": 1}}


def test_an_open_field_does_not_fill_the_memory(covered, case):
    some = [case(f"c{n}", use="prove", slices={"region": f"r{n}"}) for n in range(1500)]
    found = covered(some, quality={"slices": ["region"]})
    assert len(found.slices["region"]) == 1001
    assert found.slices["region"]["(other)"] == 500


def test_prove_cases_seen_in_tuning_are_counted_whichever_comes_first(covered, case):
    tune = [case("t1", use="tune", input={"subject": "My card"}), case("t2", use="tune", input={"subject": "other"})]
    prove = [
        case("p1", use="prove", input={"subject": " my  CARD "}),
        case("p2", use="prove", input={"subject": "my card"}),
        case("p3", use="prove", input={"subject": "new"}),
    ]
    assert covered([*tune, *prove]).n_seen_in_tune == 2
    assert covered([*prove, *tune]).n_seen_in_tune == 2
    assert covered(prove).n_seen_in_tune == 0


def test_the_sets_are_those_that_freezing_gives(work, case):
    from datetime import UTC, datetime

    from remit.cases.freeze import freeze

    some = [case(f"c{n}", use=("tune", "prove", None)[n % 3]) for n in range(30)]
    at = datetime(2027, 6, 30, tzinfo=UTC)
    found = cover(iter(some), definition=work())
    assert found.now(at) == freeze(some, definition=work(), at=at)
