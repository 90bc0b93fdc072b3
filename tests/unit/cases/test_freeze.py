"""A case set has one digest, whatever the order of its rows; whoever touches a case is found out."""

import hashlib
from datetime import UTC, datetime

import pytest

from remit.cases.freeze import CaseSetDigest, check_frozen, folded_key, freeze, schemas_digest
from remit.errors import FrozenChanged

AT = datetime(2027, 6, 30, tzinfo=UTC)


@pytest.fixture
def some(case):
    return [case(f"c{n}", use="prove" if n % 2 else "tune", tags=("a", "b")) for n in range(9)]


@pytest.fixture
def frozen(work):
    return lambda cases, **more: freeze(cases, definition=work(), at=AT, **more)


def test_each_use_is_counted_and_digested_apart(frozen, some, case):
    found = frozen([*some, case("unused")])
    assert (found.tune.n, found.prove.n) == (5, 4)
    assert found.tune.digest != found.prove.digest
    assert (found.work, found.frozen_at) == ("triage", AT)


def test_the_order_of_the_rows_and_their_numbers_play_no_part(frozen, some, case):
    moved = [case(one.id, use=one.use, tags=("b", "a"), row=99) for one in reversed(some)]
    assert frozen(moved).prove == frozen(some).prove


@pytest.mark.parametrize(
    "change",
    [
        {"name": "c0"},
        {"team": "fraud"},
        {"input": {"subject": "other"}},
        {"tags": ("a",)},
        {"labelled_by": ("somebody",)},
        {"slices": {"region": "north"}},
        {"second": {"team": "orders"}},
    ],
)
def test_a_case_that_changed_changes_the_digest(frozen, some, case, change):
    first = frozen(some)
    changed = case(**{"name": "c1", "use": "prove", "tags": ("a", "b"), **change})
    now = frozen([changed if one.id == "c1" else one for one in some])
    assert now.prove.n == first.prove.n
    with pytest.raises(FrozenChanged, match="not what it was"):
        check_frozen(first, now)


def test_a_case_more_less_or_moved_is_found_out(frozen, some, case):
    first = frozen(some)
    for now in (some[:-2], [*some, case("c99", use="prove")], [*some[:1], case("c1", use="tune"), *some[2:]]):
        with pytest.raises(FrozenChanged):
            check_frozen(first, frozen(now))


def test_an_untouched_set_passes_even_when_tuning_cases_changed(frozen, some, case):
    check_frozen(frozen(some), frozen([*some, case("more", use="tune")]))


def test_other_schemas_void_the_set(work, some):
    first = freeze(some, definition=work(), at=AT)
    definition = work(inputs={"fields": {"subject": "text <= 99"}})
    assert schemas_digest(definition) != schemas_digest(work())
    with pytest.raises(FrozenChanged, match="inputs or outputs"):
        check_frozen(first, freeze(some, definition=definition, at=AT))
    assert schemas_digest(work(title="Another")) == schemas_digest(work())


def test_two_cases_do_not_cancel_out_and_one_counts_once(case):
    one, both = CaseSetDigest(), CaseSetDigest()
    one.add(case("a"))
    both.add(case("a"))
    both.add(case("a"))
    assert one.digest() != both.digest()
    assert CaseSetDigest().digest() == hashlib.sha256().hexdigest()


def test_asking_for_the_digest_changes_nothing(case):
    digest = CaseSetDigest()
    digest.add(case("a"))
    first = digest.digest()
    assert digest.digest() == first
    digest.add(case("b"))
    assert digest.digest() != first


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ({"subject": "My  Card\n"}, {"subject": " my card"}, True),
        ({"subject": "STRASSE"}, {"subject": "straße"}, True),
        ({"subject": "my card"}, {"subject": "my cart"}, False),
        ({"subject": "1"}, {"subject": 1}, False),
        ({"a": [{"b": "X"}]}, {"a": [{"b": "x "}]}, True),
        ({"a": 1.0, "b": 2.0}, {"b": 2.0, "a": 1.0}, True),
        ({"a": 1.0}, {"b": 1.0}, False),
    ],
)
def test_inputs_are_the_same_but_for_white_space_and_case(case, a, b, same):
    assert (folded_key(case("x", input=a)) == folded_key(case("y", input=b))) is same
