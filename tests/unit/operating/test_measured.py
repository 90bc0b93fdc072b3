"""What is measured from rows: uses of paths, loads, questions, signals, rates, drift, the outcome."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from remit.definition.levels import Level
from remit.files.definitions import load_definition
from remit.items import Reason, ReasonKind, Route
from remit.ledger import LedgerKind
from remit.project.operating.drift import stability
from remit.project.operating.load import load_of
from remit.project.operating.reviewing import asked_back, path_uses
from remit.project.operating.shares import Sharing
from remit.project.operating.truths import outcome_of, rates_of, signals_of
from remit.reviews import Ask, Review, ReviewKind, ReviewState
from remit.store.figures.recent import RecentDecision, RecentTruth
from remit.store.operations.acts import Act
from remit.store.reviews import TruthSource

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHARING = Sharing(delta=0.05)


@pytest.fixture(scope="module")
def definition():
    root = Path(__file__).resolve().parents[2] / "data"
    return load_definition(root / "triage-email.yaml", root=root).definition


def decision(i=0, *, route=Route.ACT, level=Level.SUPERVISED, evidence="e", modes=(), reason=None, at=None):
    reason = reason if reason is not None else Reason(kind=ReasonKind.WITHIN_LIMITS, text="")
    return RecentDecision(
        id=f"d{i}",
        key=f"k{i}",
        at=at if at is not None else NOW,
        route=route,
        reasons=(reason,),
        level=level,
        executor="svm",
        executor_digest="d-svm",
        evidence_digest=evidence,
        modes=modes,
    )


def review(i=0, *, path="E1", took=HOUR / 4, within=HOUR / 2, opened=NOW, reason=None, **changes):
    state = changes.pop("state", ReviewState.DECIDED)
    return Review(
        id=f"r{i}",
        work="triage-email",
        decision_id=f"d{i}",
        state=state,
        opened_at=opened,
        reason=reason if reason is not None else Reason(kind=ReasonKind.CONFIDENCE, text=""),
        ask=Ask(path=path, within=within),
        due_at=opened + within,
        decided_at=opened + took if state is ReviewState.DECIDED else None,
        **changes,
    )


def use(definition, *reviews, since=NOW - 30 * 24 * HOUR):
    return path_uses(definition, reviews, since=since).paths[0]


def test_a_path_is_used_by_what_people_decided_in_time(definition):
    found = use(definition, review(0), review(1, took=HOUR), review(2, path="other"))
    assert (found.n, found.n_in_time, found.in_time_at, found.slowest_s) == (2, 1, NOW + HOUR / 4, 3600.0)


def test_audits_and_what_ran_out_of_time_are_no_use_and_what_waits_is_counted(definition):
    found = use(
        definition,
        review(0, kind=ReviewKind.AUDIT),
        review(1, timed_out_at=NOW + HOUR),
        review(2, state=ReviewState.OPEN),
        review(3, state=ReviewState.EXPIRED),
    )
    assert (found.n, found.n_in_time, found.n_waiting) == (2, 0, 1)


def test_what_was_in_time_long_ago_is_told_with_its_moment(definition):
    found = use(definition, review(0, opened=NOW - 50 * 24 * HOUR))
    assert (found.n, found.in_time_at) == (0, NOW - 50 * 24 * HOUR + HOUR / 4)


def test_the_response_to_a_mode_is_used_by_reviews_that_it_led_to(definition):
    mode = definition.modes[0].id
    noticed = Reason(kind=ReasonKind.FAILURE_MODE, text="", id=mode)
    late = Reason(kind=ReasonKind.TIMEOUT, text="", id=mode)
    rule = Reason(kind=ReasonKind.CONSTRAINT, text="", id=mode)
    found = path_uses(
        definition, [review(0, reason=noticed), review(1, reason=late), review(2, reason=rule)], since=NOW
    )
    assert found.modes[0].n_in_time == 2


def test_questions_are_counted_among_reviews_only():
    asked = [review(i) for i in range(9)] + [review(9, question={"text": "which form?", "answer": None})]
    found = asked_back([*asked, review(10, kind=ReviewKind.AUDIT)], SHARING)
    assert (found.asked.k, found.asked.n, found.question) == (1, 10, "which form?")
    assert asked_back([], SHARING) is None


def test_the_load_counts_what_could_have_acted_and_audits_among_the_asked(definition):
    decisions = [decision(i, at=NOW + i * HOUR) for i in range(100)]
    decisions += [decision(200, level=Level.SUGGEST), decision(201, evidence="old")]
    reviews = [review(i, opened=NOW + i * HOUR) for i in range(30)]
    reviews += [review(0, kind=ReviewKind.AUDIT), review(200)]
    found = load_of(definition, "e", decisions, reviews, SHARING)
    assert (found.asked.k, found.asked.n) == (30, 100)
    assert found.peak_per_hour == 2
    assert (found.n_days, found.per_day) == (3, 24.0)
    (queue,) = found.paths
    assert (queue.path, queue.n, queue.p95_s) == ("E1", 31, pytest.approx(30.0))


def test_a_load_of_nothing_is_none_and_below_supervised_it_has_no_share(definition):
    assert load_of(definition, "e", [], [], SHARING) is None
    assert load_of(definition, "e", [decision(level=Level.SHADOW)], [review()], SHARING).asked is None


def truth(wrong, route=Route.ACT, kind=ReasonKind.WITHIN_LIMITS, level=Level.SUPERVISED, **changes):
    values = {
        "at": NOW,
        "source": TruthSource.AUDIT,
        "answer_seen": False,
        "wrong": {"wrong": True, "right": False}.get(wrong),
        "route": route,
        "level": level,
        "reason": Reason(kind=kind, text=""),
        "executor": "svm",
        "executor_digest": "d-svm",
        "evidence_digest": "e",
    }
    return RecentTruth(**{**values, **changes})


def test_errors_are_told_apart_by_where_they_were_made():
    handed = {"route": Route.REVIEW, "kind": ReasonKind.CONFIDENCE}
    truths = [
        *(truth("right") for _ in range(9)),
        truth("wrong"),
        truth(None),
        truth("wrong", level=Level.SUGGEST),
        truth("wrong", executor_digest="old"),
        *(truth("wrong", **handed) for _ in range(3)),
        truth("wrong", route=Route.REVIEW, kind=ReasonKind.CAP),
        truth("right", **handed),
    ]
    (found,) = signals_of(truths, SHARING)
    assert ((found.acted.k, found.acted.n), (found.escalated.k, found.escalated.n)) == ((1, 10), (3, 4))
    assert signals_of(truths[:10], SHARING) == ()


def test_a_mode_is_noticed_once_an_item_and_only_where_it_shows_live(definition):
    live = next(one.id for one in definition.modes if one.detect and "expected" not in one.detect)
    hidden = [one.id for one in definition.modes if one.detect and "expected" in one.detect]
    reason = Reason(kind=ReasonKind.FAILURE_MODE, text="", id=live)
    decisions = [decision(0, modes=(live,), reason=reason), decision(1), decision(2, level=Level.MANUAL)]
    rates = {one.mode: one.noticed for one in rates_of(definition, "e", decisions, SHARING)}
    assert (rates[live].k, rates[live].n) == (1, 2)
    assert not rates.keys() & set(hidden)


def outcome(definition, *values):
    acts = [
        Act(
            work="triage-email",
            seq=i,
            at=NOW + i * HOUR,
            by="ana",
            kind=LedgerKind.OUTCOME,
            subject="m",
            body={"what": "value", "value": value},
        )
        for i, value in enumerate(values)
    ]
    return outcome_of(definition, acts, SHARING)


def test_values_after_the_first_are_better_on_the_side_of_the_target(definition):
    found = outcome(definition, 9.0, 8.0, 9.0, 10.0, 4.0)
    assert (found.better.k, found.better.n, found.last) == (2, 4, 4.0)
    assert outcome(definition) is None
    assert outcome(definition, 9.0) is None


def test_fields_that_stay_are_stable_and_fields_that_move_are_not():
    numbers = [float(i % 97) for i in range(500)]
    assert stability(numbers, numbers) == pytest.approx(0.0, abs=0.01)
    assert stability(numbers, [one + 60 for one in numbers]) > 0.2
    assert stability(["a", "b"] * 200, ["a", "b"] * 200) == pytest.approx(0.0)
    assert stability(["a", "b"] * 200, ["a"] * 400) > 0.2
    assert stability([True, False] * 200, [None] * 400) > 0.2
    texts = [f"text {'x' * (i % 50)}" for i in range(400)]
    assert stability(texts, texts) == pytest.approx(0.0, abs=0.01)
    assert stability(texts, ["y"] * 400) > 0.2
    assert stability([[1], [2]], [[1]]) is None


def test_a_share_of_nothing_is_none():
    assert SHARING.of(0, 0) is None
    assert SHARING.compared().of(0, 59).upper > SHARING.of(0, 59).upper
