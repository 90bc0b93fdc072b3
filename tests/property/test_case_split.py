"""The split: by seed and id alone, never both uses, every class with its share."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.cases.case import Case, CaseUse
from remit.cases.split import split
from remit.errors import ArgumentInvalid

ids = st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), unique=True, max_size=60)
shares = st.floats(0.01, 0.99)


def cases(names, teams, *, texts=None):
    return [
        Case(
            id=name,
            input={"subject": name if texts is None else texts[n % len(texts)], "key": "" if texts else repr(name)},
            expected={"team": teams[n % len(teams)]},
        )
        for n, name in enumerate(names)
    ]


@given(ids, st.integers(), shares)
def test_every_case_has_one_use(names, seed, share):
    uses = split(cases(names, "abc"), seed=seed, share_prove=share)
    assert uses.keys() == set(names)
    assert set(uses.values()) <= set(CaseUse)


@given(st.data(), ids, st.integers(), shares, st.one_of(st.none(), st.lists(st.text(max_size=2), min_size=1)))
def test_the_order_of_the_cases_plays_no_part(data, names, seed, share, texts):
    some = cases(names, "abc", texts=texts)
    assert split(data.draw(st.permutations(some)), seed=seed, share_prove=share) == split(
        some, seed=seed, share_prove=share
    )


@given(st.integers(1, 400), st.integers(0, 99), shares, st.integers(1, 7))
def test_every_class_and_the_whole_have_their_share_within_one_case(n, seed, share, n_classes):
    some = cases([f"case {i}" for i in range(n)], [f"class {i}" for i in range(n_classes)])
    uses = split(some, seed=seed, share_prove=share)
    proving = Counter(case.expected["team"] for case in some if uses[case.id] is CaseUse.PROVE)
    for team, size in Counter(case.expected["team"] for case in some).items():
        assert abs(proving[team] - share * size) <= 1.0 + 1e-9
    assert abs(sum(proving.values()) - share * n) <= 0.5 + 1e-9


@given(st.integers(1, 60), st.integers(0, 99), shares, st.lists(st.text(max_size=3), min_size=1, max_size=20))
def test_cases_with_the_same_input_are_never_parted(n, seed, share, texts):
    some = cases([f"case {i}" for i in range(n)], "ab", texts=texts)
    uses = split(some, seed=seed, share_prove=share)
    by_input = {}
    for case in some:
        by_input.setdefault(" ".join(case.input["subject"].casefold().split()), set()).add(uses[case.id])
    assert all(len(found) == 1 for found in by_input.values())


def test_another_seed_gives_another_split_and_the_same_seed_the_same_one():
    some = cases([f"case {i}" for i in range(200)], "ab")
    first = split(some, seed=1, share_prove=0.5)
    assert split(some, seed=1, share_prove=0.5) == first
    second = split(some, seed=2, share_prove=0.5)
    assert 60 < sum(first[name] is second[name] for name in first) < 140


def test_the_split_is_the_same_on_every_machine():
    uses = split(cases([f"case {i}" for i in range(12)], "ab"), seed=7, share_prove=0.5)
    proving = sorted(name for name, use in uses.items() if use is CaseUse.PROVE)
    assert proving == ["case 10", "case 2", "case 5", "case 7", "case 8", "case 9"]


def test_strata_may_be_slices_inputs_or_single_answers():
    some = [
        Case(
            id=f"c{n}",
            input={"subject": f"x{n}", "vip": n % 2 == 0},
            expected={"team": "a", "amount": float(n)},
            slices={"region": f"r{n % 4}"},
        )
        for n in range(80)
    ]
    for by, key in (
        (("region",), lambda case: case.slices["region"]),
        (("vip",), lambda case: case.input["vip"]),
        (("region", "vip"), lambda case: (case.slices["region"], case.input["vip"])),
    ):
        uses = split(some, seed=3, share_prove=0.5, by=by)
        sizes = Counter(key(case) for case in some)
        proving = Counter(key(case) for case in some if uses[case.id] is CaseUse.PROVE)
        assert all(abs(proving[one] - size / 2) <= 1 for one, size in sizes.items())


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 1.5, float("nan")])
def test_a_share_outside_its_domain_is_refused(share):
    with pytest.raises(ArgumentInvalid, match="share_prove"):
        split([], seed=1, share_prove=share)
