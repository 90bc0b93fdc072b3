"""What a proof remembers of its cases: every count, apart, in flat memory, whatever the order."""

import numpy as np
import pytest
from tests.unit.proof.works import (
    CEILING,
    ERROR_COSTS,
    KEPT,
    KEPT_AFTER,
    SILENT,
    broken,
    case,
    fail_late,
    quality,
    refunds,
    run_of,
    said,
    tally_of,
    target,
)

from remit.definition.model import Decision, Exclusion, Outputs, Scope, Table
from remit.items import FaultKind
from remit.proof.document import WrongCase
from remit.proof.tally import MOST_SLICE_VALUES, MOST_WRONG_SHOWN, Counted, SliceKey


def sliced(*answered, slices=("channel", "region"), **parts):
    definition = refunds(quality=quality(target("accuracy", at_least=0.5), slices=slices, **parts))
    return tally_of(definition, answered)


def test_every_fault_counts_as_wrong_and_is_counted_apart():
    answers = [
        said(),
        said("no"),
        broken(FaultKind.ERROR),
        broken(FaultKind.UNAVAILABLE),
        broken(FaultKind.RUBBISH),
        fail_late(),
        fail_late(),
        said("perhaps"),
    ]
    found = tally_of(refunds(), [(case(f"c{i}"), answer) for i, answer in enumerate(answers)])
    assert (found.n_cases, found.n_wrong, found.n_kept) == (8, 7, 0)
    assert (found.n_errors, found.n_timeouts, found.n_rubbish, found.n_invalid) == (2, 2, 1, 1)
    assert bytes(found.wrong) == bytes([0, 1, 1, 1, 1, 1, 1, 1])
    assert found.seconds == pytest.approx(0.08)


def test_a_kept_case_is_counted_and_is_in_no_accuracy():
    definition = refunds(autonomy=KEPT, quality=quality(target("accuracy", at_least=0.5)))
    found = tally_of(definition, [(case("c0"), said("no")), (case("c1", amount=600.0), said("no"))])
    assert (found.n_cases, found.n_kept, found.n_wrong) == (2, 1, 1)
    assert len(found.wrong) == len(found.confidence) == len(found.eligible) == 1
    assert found.targets[0].overall == Counted(successes=0, n=1)
    assert found.routes == {("review", "never_input", "never[0]"): 1}


def test_what_is_refused_or_out_of_scope_is_kept_too():
    definition = refunds(
        scope=Scope(excludes=(Exclusion(what="the shop", when="input.channel == 'shop'", then="reject"),))
    )
    found = tally_of(
        definition,
        [
            (case("c0", channel="shop"), said()),
            (case("c1", given={"channel": "web"}), said()),
            (case("c2", amount=-1.0), said()),
        ],
    )
    assert (found.n_cases, found.n_kept, len(found.wrong)) == (3, 3, 0)
    assert set(found.routes) == {
        ("reject", "out_of_scope", "excludes[0]"),
        ("review", "input_refused", "amount"),
        ("reject", "input_refused", "amount"),
    }


def test_only_what_nothing_but_the_terms_keeps_back_is_eligible():
    definition = refunds(autonomy=KEPT_AFTER, constraints=CEILING, failure_modes=SILENT)
    answers = [
        (case("c0"), said("yes")),
        (case("c1", "ask"), said("ask")),
        (case("c2", amount=200.0), said("yes")),
        (case("c3", "no"), said("no")),
        (case("c4"), broken()),
        (case("c5"), said("perhaps")),
    ]
    found = tally_of(definition, answers)
    assert bytes(found.eligible) == bytes([1, 0, 0, 0, 0, 0])
    assert found.routes == {
        ("review", "never_output", "never[0]"): 1,
        ("review", "constraint", "C1"): 1,
        ("review", "failure_mode", "F1"): 1,
        ("review", "fault", ""): 1,
        ("review", "output_invalid", "F1"): 1,
    }


def test_a_right_answer_may_be_kept_back_and_a_wrong_one_may_be_eligible():
    found = tally_of(refunds(constraints=CEILING), [(case("c0", amount=200.0), said()), (case("c1"), said("no"))])
    assert (bytes(found.eligible), bytes(found.wrong)) == (bytes([0, 1]), bytes([0, 1]))


def test_an_answer_without_a_confidence_is_remembered_as_such():
    found = tally_of(refunds(), [(case("c0"), said(confidence=None)), (case("c1"), said(confidence=0.0))])
    assert found.confidence[0] != found.confidence[0]
    assert found.confidence[1] == 0.0


def test_a_wrong_answer_that_no_detect_notices_is_unlisted():
    answers = [
        (case("c0", "yes"), said("no")),  # noticed: F1
        (case("c1", "no"), said("yes")),  # not noticed
        (case("c2"), broken()),  # a fault shows by itself
        (case("c3", "yes"), said("ask")),
        (case("c4", "yes"), said("yes")),
        (case("c5", "yes"), said("perhaps")),  # neither is one that breaks the schema overlooked
    ]
    found = tally_of(refunds(failure_modes=SILENT), answers)
    assert (found.n_unlisted, found.unlisted) == (2, ["c1", "c3"])


def test_a_few_unlisted_cases_are_named():
    found = tally_of(refunds(), run_of(0, 9))
    assert (found.n_unlisted, found.unlisted) == (9, ["c0", "c1", "c2", "c3", "c4"])


def test_wrong_cases_are_shown_with_what_was_expected_and_answered():
    found = tally_of(
        refunds(),
        [
            (case("c0", "no"), said("yes", 0.75)),
            (case("c1"), broken()),
            (case("c2"), said("perhaps")),
            (case("c3"), said()),
        ],
    )
    assert found.wrong_shown == [
        WrongCase(case="c0", expected="no", answered="yes", confidence=0.75, fault=None),
        WrongCase(case="c1", expected="yes", answered=None, confidence=None, fault="it was error"),
        WrongCase(case="c2", expected="yes", answered=None, confidence=0.9, fault=None),
    ]
    assert found.wrong_ids == ["c0", "c1", "c2"]


def test_the_first_hundred_wrong_cases_are_shown_and_all_ids_are_kept():
    found = tally_of(refunds(), run_of(0, 120))
    assert len(found.wrong_shown) == MOST_WRONG_SHOWN == 100
    assert len(found.wrong_ids) == 120


def test_wrong_ids_end_at_a_limit(monkeypatch):
    monkeypatch.setattr("remit.proof.tally.MOST_WRONG_KEPT", 3)
    assert tally_of(refunds(), run_of(0, 5)).wrong_ids == ["c0", "c1", "c2"]


def test_the_confusion_matrix_speaks_of_answers_as_the_definition_does():
    definition = refunds(
        outputs=Outputs(fields={"refund": ["yes", "no", "ask"], "gift": "yes/no", "days": "optional integer"}),
        decisions=(Decision(id="refund"), Decision(id="gift"), Decision(id="days")),
    )
    expected = {"gift": True, "days": 5}
    found = tally_of(
        definition,
        [
            (case("c0", also=expected), said(output={"refund": "yes", "gift": False, "days": 5})),
            (case("c1", also=expected), said(output={"refund": "yes", "gift": True})),
            (case("c2", also=expected), broken()),
        ],
    )
    assert found.confusion == {
        ("refund", "yes", "yes"): 2,
        ("refund", "yes", None): 1,
        ("gift", "true", "false"): 1,
        ("gift", "true", "true"): 1,
        ("gift", "true", None): 1,
        ("days", "5", "5"): 1,
        ("days", "5", "null"): 1,
        ("days", "5", None): 1,
    }
    assert found.wrong_shown[0].expected == "refund yes, gift true, days 5"
    assert found.wrong_shown[0].answered == "refund yes, gift false, days 5"


def test_slices_are_by_input_fields_and_by_columns_of_the_cases():
    found = sliced(
        (case("c0", channel="web", slices={"region": "north"}), said()),
        (case("c1", channel="shop", slices={"region": "north"}), said("no")),
        (case("c2", channel="web", slices={"region": "south"}), said("no")),
        (case("c3", channel="web"), said()),
        (case("c4", channel="web", slices={"region": ""}), said()),
    )
    assert found.targets[0].slices == {
        SliceKey(column="channel", value="web"): Counted(successes=3, n=4),
        SliceKey(column="channel", value="shop"): Counted(successes=0, n=1),
        SliceKey(column="region", value="north"): Counted(successes=1, n=2),
        SliceKey(column="region", value="south"): Counted(successes=0, n=1),
    }


def test_the_value_of_a_slice_reads_as_the_case_file_says_it():
    given = {"amount": 20, "channel": "web", "vip": True}
    found = sliced((case("c0", given=given), said()), slices=("vip", "amount"))
    assert [key.value for key in found.targets[0].slices] == ["true", "20"]


def test_only_cases_that_count_for_a_target_count_in_its_slices():
    definition = refunds(quality=quality(target("recall", class_="yes", at_least=0.5), slices=("channel",)))
    found = tally_of(definition, [(case("c0", "no"), said("no")), (case("c1", "yes"), said("yes"))])
    assert list(found.targets[0].slices.values()) == [Counted(successes=1, n=1)]


def test_a_column_of_too_many_values_is_no_slice_and_is_named():
    pairs = [(case(f"c{i}", slices={"region": f"r{i}"}), said()) for i in range(MOST_SLICE_VALUES + 1)]
    found = sliced(*pairs[:-1])
    assert found.crowded_slices == set()
    assert sum(key.column == "region" for key in found.targets[0].slices) == MOST_SLICE_VALUES == 50
    found = sliced(*pairs, *pairs)
    assert found.crowded_slices == {"region"}
    assert sum(key.column == "region" for key in found.targets[0].slices) == MOST_SLICE_VALUES
    assert found.targets[0].slices[SliceKey(column="channel", value="web")].n == 2 * len(pairs)


def test_values_are_kept_for_metrics_that_are_no_shares():
    definition = refunds(
        quality=quality(
            target("expected_cost", "Q1", at_most=5.0),
            target("cost_per_item", "Q2", at_most=5.0, where="input.channel == 'web'"),
            error_costs=ERROR_COSTS,
        )
    )
    found = tally_of(
        definition,
        [
            (case("c0", "no"), said("yes", cost=0.5)),
            (case("c1"), said(cost=0.25)),
            (case("c2", channel="shop"), broken()),
        ],
    )
    assert list(found.targets[0].values) == [40.0, 0.0, 50.0]
    assert list(found.targets[1].values) == [0.5, 0.25]
    assert list(found.loss) == [40.0, 0.0, 50.0]


def test_an_unknown_cost_is_not_zero():
    definition = refunds(quality=quality(target("cost_per_item", at_most=5.0)))
    found = tally_of(definition, [(case("c0"), said(cost=None))])
    assert found.targets[0].values[0] != found.targets[0].values[0]


def test_f1_over_fields_keeps_the_counts_of_each_case():
    definition = refunds(quality=quality(target("f1", at_least=0.5)))
    words = {"words": "so"}
    found = tally_of(
        definition,
        [
            (case("c0", also=words), said(output={"refund": "yes", "words": "so"})),
            (case("c1", also=words), said(output={"refund": "yes", "words": "other"})),
            (case("c2", also=words), said(output={"refund": "yes"})),
            (case("c3", also=words), broken()),
            (case("c4"), said(output={"refund": "yes", "words": "nobody expects any"})),
        ],
    )
    counted = found.targets[0]
    assert list(counted.hits) == [2, 1, 1, 0, 1]
    assert list(counted.extra) == [0, 1, 0, 0, 0]
    assert list(counted.missed) == [0, 1, 1, 2, 0]


def test_the_majority_and_the_own_table_run_along_on_the_cases_that_are_asked():
    table = Table(in_=("input.channel",), out=("refund",), rules=(('"web"', "yes"), ('"shop"', "no")))
    definition = refunds(decisions=(Decision(id="refund", table=table),), autonomy=KEPT)
    answered = [
        (case("c0", "yes", channel="web"), said()),
        (case("c1", "yes", channel="shop"), said()),
        (case("c2", "no", channel="shop"), broken()),
        (case("c3", "yes", amount=900.0), said()),
    ]
    found = tally_of(definition, answered, majority={"refund": "yes"})
    assert bytes(found.majority_wrong) == bytes([0, 0, 1])
    assert bytes(found.table_wrong) == bytes([0, 1, 0])


def test_a_case_that_the_own_table_does_not_cover_is_wrong_for_it():
    table = Table(in_=("input.amount",), out=("refund",), rules=(("< 5", "yes"),))
    definition = refunds(decisions=(Decision(id="refund", table=table),))
    assert bytes(tally_of(definition, [(case("c0"), said())]).table_wrong) == bytes([1])


def test_without_a_majority_or_a_table_nothing_runs_along():
    found = tally_of(refunds(), run_of(3))
    assert (bytes(found.majority_wrong), bytes(found.table_wrong)) == (b"", b"")


def test_the_order_of_the_cases_plays_no_part_in_any_count():
    answers = [
        (
            case(f"c{i}", "yes" if i % 2 else "no", amount=float(i % 7), slices={"region": f"r{i % 3}"}),
            said("yes", i / 60),
        )
        for i in range(60)
    ]
    mixed = [answers[i] for i in np.random.default_rng(3).permutation(len(answers))]
    one, other = sliced(*answers, error_costs=ERROR_COSTS), sliced(*mixed, error_costs=ERROR_COSTS)
    assert one.targets[0].slices == other.targets[0].slices
    assert (one.n_wrong, one.routes, one.confusion) == (other.n_wrong, other.routes, other.confusion)
    assert sorted(zip(one.confidence, one.wrong, one.loss, strict=True)) == sorted(
        zip(other.confidence, other.wrong, other.loss, strict=True)
    )
