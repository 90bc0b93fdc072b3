"""What each metric counts: which cases are in its denominator, and which of them are a success."""

import pytest
from tests.unit.proof.works import broken, case, fail_late, quality, refunds, said, tally_of, target

from remit.definition.model import Decision, Outputs
from remit.items import FaultKind
from remit.proof.tally import Counted

TWO = {
    "outputs": Outputs(fields={"refund": ["yes", "no", "ask"], "gift": "yes/no", "words": "optional text <= 20"}),
    "decisions": (Decision(id="refund"), Decision(id="gift")),
}

# What is expected, what is answered: a little confusion matrix, with a fault and an answer that breaks the schema.
ANSWERED = [
    ("yes", said("yes")),
    ("yes", said("yes")),
    ("yes", said("no")),
    ("yes", broken()),
    ("no", said("yes")),
    ("no", said("no")),
    ("ask", said("ask")),
    ("no", said("perhaps")),
]


def counted(one, *, answered=ANSWERED, **changes):
    definition = refunds(quality=quality(one), **changes)
    pairs = [(case(f"c{i}", expected), answer) for i, (expected, answer) in enumerate(answered)]
    return tally_of(definition, pairs).targets[0]


@pytest.mark.parametrize(
    ("metric", "parts", "successes", "n"),
    [
        ("accuracy", {}, 4, 8),
        ("accuracy", {"of": "refund"}, 4, 8),
        ("error_rate", {}, 4, 8),
        ("error_rate", {"of": "refund"}, 4, 8),
        ("field_match", {}, 4, 8),
        ("recall", {"class_": "yes"}, 2, 4),
        ("recall", {"class_": "no", "of": "refund"}, 1, 3),
        ("recall", {"class_": "ask"}, 1, 1),
        ("precision", {"class_": "yes"}, 2, 3),
        ("precision", {"class_": "no"}, 1, 2),
        ("precision", {"class_": "ask"}, 1, 1),
        ("f1", {"class_": "yes"}, 2, 5),  # two hits, one false yes, two misses
        ("f1", {"class_": "no"}, 1, 4),
    ],
)
def test_a_metric_counts_its_cases(metric, parts, successes, n):
    assert counted(target(metric, at_least=0.5, **parts)).overall == Counted(successes=successes, n=n)


def test_a_case_outside_where_does_not_count():
    found = counted(target("accuracy", at_least=0.5, where="expected.refund == 'no'"))
    assert found.overall == Counted(successes=1, n=3)


def test_a_where_that_can_not_be_evaluated_leaves_the_case_out():
    assert counted(target("accuracy", at_least=0.5, where="expected.words == 'so'")).overall.n == 0


def test_accuracy_of_a_decision_looks_at_that_field_and_at_nothing_else():
    answered = [
        ({"refund": "yes", "gift": True}, {"refund": "yes", "gift": False}),
        ({"refund": "yes", "gift": True}, {"refund": "no", "gift": True}),
    ]
    for of, successes in ((None, 0), ("refund", 1), ("gift", 1)):
        definition = refunds(quality=quality(target("accuracy", of=of, at_least=0.5)), **TWO)
        pairs = [
            (case(f"c{i}", expected["refund"], also=expected), said(output=output))
            for i, (expected, output) in enumerate(answered)
        ]
        assert tally_of(definition, pairs).targets[0].overall == Counted(successes=successes, n=2)


def test_accuracy_is_by_correct_when_and_accuracy_of_a_decision_is_not():
    for of, successes in ((None, 8 - 2), ("refund", 4)):  # a fault and an invalid answer stay wrong
        definition = refunds(quality=quality(target("accuracy", of=of, at_least=0.5), correct_when="true"))
        pairs = [(case(f"c{i}", expected), answer) for i, (expected, answer) in enumerate(ANSWERED)]
        assert tally_of(definition, pairs).targets[0].overall == Counted(successes=successes, n=8)


def test_yes_is_not_one_and_a_class_of_another_type_is_another_class():
    definition = refunds(quality=quality(target("recall", of="gift", class_=True, at_least=0.5)), **TWO)
    pairs = [
        (case("c0", also={"gift": True}), said(output={"refund": "yes", "gift": True})),
        (case("c1", also={"gift": False}), said(output={"refund": "yes", "gift": True})),
    ]
    assert tally_of(definition, pairs).targets[0].overall == Counted(successes=1, n=1)


def test_field_match_is_about_every_expected_field_or_about_the_one_named():
    pairs = [
        (case("c0", also={"words": "so"}), said(output={"refund": "yes", "words": "so"})),
        (case("c1", also={"words": "so"}), said(output={"refund": "yes", "words": "other"})),
        (case("c2"), said(output={"refund": "yes", "words": "nobody expected any"})),
    ]
    for of, successes in ((None, 2), ("words", 1), ("refund", 3)):
        definition = refunds(quality=quality(target("field_match", of=of, at_least=0.5)))
        assert tally_of(definition, pairs).targets[0].overall == Counted(successes=successes, n=3)


@pytest.mark.parametrize("metric", ["recall", "precision", "f1"])
def test_a_class_without_its_decision_counts_nothing_where_there_are_several(metric):
    definition = refunds(quality=quality(target(metric, class_="yes", at_least=0.5)), **TWO)
    found = tally_of(definition, [(case("c0", also={"gift": True}), said(output={"refund": "yes", "gift": True}))])
    assert found.targets[0].overall.n == 0


def test_late_is_after_the_limit_and_a_time_out_is_later_than_any():
    answered = [
        ("yes", said(seconds=1.0)),
        ("yes", said(seconds=2.0)),
        ("yes", said(seconds=2.01)),
        ("yes", fail_late(seconds=0.5)),
        ("yes", broken(seconds=0.5)),
    ]
    found = counted(target("seconds_p95", at_most=2.0), answered=answered)
    assert found.overall == Counted(successes=2, n=5)


@pytest.mark.parametrize("kind", list(FaultKind))
def test_a_fault_of_any_kind_is_an_error(kind):
    assert counted(target("error_rate", at_most=0.5), answered=[("yes", broken(kind))]).overall == Counted(
        successes=1, n=1
    )


@pytest.mark.parametrize("metric", ["review_rate", "consistency", "cost_per_item", "expected_cost"])
def test_a_metric_that_is_no_share_of_cases_counts_none(metric):
    found = counted(target(metric, at_most=0.5))
    assert found.success is None
    assert found.overall.n == 0
