"""The newest records of one work, so many at most: what running shows lately, at the same cost whatever came before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from remit.definition.levels import Level
from remit.items import JsonObject, Reason, Route
from remit.ledger import LedgerKind, instant_text, read_instant
from remit.reviews import Review, ReviewState
from remit.store.connections import Reader, Row
from remit.store.decisions import is_real_item, reason_of
from remit.store.ledger_entries import head_of
from remit.store.reviews import TruthSource, review_from, reviews_with_texts, undone
from remit.store.statements import prepare
from remit.store.tables import alerts, decisions, ledger, payloads, reviews, truths

__all__ = [
    "RecentDecision",
    "RecentTruth",
    "alert_sent_at",
    "n_recorded",
    "newest_decision",
    "recent_decisions",
    "recent_inputs",
    "recent_reviews",
    "recent_truths",
    "to_replay",
]

_value = sa.bindparam
_of_decision = sa.and_(
    ledger.c.work == _value("work"),
    ledger.c.seq > _value("after"),
    ledger.c.kind == _value("decision"),
    is_real_item,
)
_columns = (
    decisions.c.id,
    decisions.c.key,
    decisions.c.at,
    decisions.c.route,
    decisions.c.reasons,
    decisions.c.level,
    decisions.c.executor,
    decisions.c.executor_digest,
    decisions.c.evidence_digest,
    decisions.c.checked,
)
_DECISIONS = prepare(
    sa.select(*_columns)
    .join_from(ledger, decisions, decisions.c.id == ledger.c.subject)
    .where(_of_decision)
    .order_by(ledger.c.seq)
)
_INPUTS = prepare(
    sa.select(payloads.c.input)
    .join_from(ledger, payloads, payloads.c.id == ledger.c.subject)
    .where(_of_decision, payloads.c.input.is_not(None))
    .order_by(ledger.c.seq.desc())
    .limit(_value("n"))
    .offset(_value("skip"))
)
_TO_REPLAY = prepare(
    sa.select(decisions.c.id)
    .select_from(
        ledger.join(decisions, decisions.c.id == ledger.c.subject).join(payloads, payloads.c.id == decisions.c.id)
    )
    .where(
        _of_decision,
        decisions.c.executor == _value("executor"),
        decisions.c.executor_digest == _value("executor_digest"),
        decisions.c.evidence_digest == _value("evidence_digest"),
        payloads.c.input.is_not(None),
        payloads.c.output.is_not(None),
    )
    .order_by(ledger.c.seq.desc())
    .limit(_value("n"))
    .offset(_value("skip"))
)
_NEWEST = prepare(
    sa.select(ledger.c.subject)
    .join_from(ledger, payloads, payloads.c.id == ledger.c.subject)
    .where(_of_decision, payloads.c.input.is_not(None))
    .order_by(ledger.c.seq.desc())
    .limit(_value("n"))
    .offset(_value("skip"))
)
_REVIEWS = prepare(
    reviews_with_texts.where(
        reviews.c.work == _value("work"), reviews.c.state == _value("state"), reviews.c.opened_at >= _value("since")
    )
    .order_by(reviews.c.opened_at.desc(), reviews.c.id)
    .limit(_value("n"))
    .offset(_value("skip"))
)
_TRUTHS = prepare(
    sa.select(
        truths.c.at,
        truths.c.source,
        truths.c.answer_seen,
        truths.c.wrong,
        decisions.c.route,
        decisions.c.level,
        decisions.c.reasons,
        decisions.c.executor,
        decisions.c.executor_digest,
        decisions.c.evidence_digest,
    )
    .join_from(truths, decisions, decisions.c.id == truths.c.decision_id)
    .where(truths.c.work == _value("work"), truths.c.seq > _value("after"), sa.not_(undone(truths.c.payload_id)))
    .order_by(truths.c.seq)
)
_RECORDED = prepare(
    sa.select(decisions.c.id)
    .join_from(decisions, ledger, sa.and_(ledger.c.work == decisions.c.work, ledger.c.seq == decisions.c.seq))
    .join(payloads, payloads.c.id == decisions.c.id)
    .where(decisions.c.work == _value("work"), decisions.c.key == _value("key"), ledger.c.subject == decisions.c.id)
)

_ALERT = prepare(sa.select(alerts.c.sent_at).where(alerts.c.id == _value("id")))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentDecision:
    """A decision without its content. ``modes`` are the failure modes that were noticed in the answer."""

    id: str
    key: str
    at: datetime
    route: Route
    reasons: tuple[Reason, ...]
    level: Level
    executor: str | None
    executor_digest: str | None
    evidence_digest: str
    modes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentTruth:
    """What became known of a decision: whether its answer was ``wrong`` (None: nobody can say)."""

    at: datetime
    source: TruthSource
    answer_seen: bool
    wrong: bool | None
    route: Route
    level: Level
    reason: Reason
    executor: str | None
    executor_digest: str | None
    evidence_digest: str


def recent_decisions(reader: Reader, work: str, *, n_entries: int) -> tuple[RecentDecision, ...]:
    """The decisions among the last ``n_entries`` of the ledger of ``work``, oldest first."""
    return tuple(map(_decision, reader.rows(_DECISIONS, **_lately(reader, work, n_entries))))


def recent_inputs(reader: Reader, work: str, *, n: int, n_entries: int) -> tuple[JsonObject, ...]:
    """The inputs of the newest ``n`` decisions, as they came; those that were erased are left out."""
    rows = reader.rows(_INPUTS, **_lately(reader, work, n_entries), n=n, skip=0)
    return tuple(json.loads(text) for (text,) in rows)


def newest_decision(reader: Reader, work: str, *, n_entries: int) -> str | None:
    """The id of the newest decision whose content is still there; None where there is none."""
    rows = reader.rows(_NEWEST, **_lately(reader, work, n_entries), n=1, skip=0)
    return rows[0][0] if rows else None


def recent_reviews(reader: Reader, work: str, *, since: datetime, n: int) -> tuple[Review, ...]:
    """The reviews opened since a time, the newest ``n`` of each state, oldest first."""
    found = [
        review_from(row)
        for state in ReviewState
        for row in reader.rows(_REVIEWS, work=work, state=state.value, since=instant_text(since), n=n, skip=0)
    ]
    return tuple(sorted(found, key=lambda one: (one.opened_at, one.id)))


def recent_truths(reader: Reader, work: str, *, n_entries: int) -> tuple[RecentTruth, ...]:
    """The truths among the last ``n_entries`` of the ledger, oldest first; those of undone reviews are left out."""
    head = head_of(reader, work)
    after = 0 if head is None else max(0, head.seq - n_entries)
    return tuple(map(_truth, reader.rows(_TRUTHS, work=work, after=after)))


def to_replay(
    reader: Reader,
    work: str,
    *,
    executor: str,
    executor_digest: str,
    evidence_digest: str,
    n: int,
    n_entries: int,
) -> tuple[str, ...]:
    """The ids of the newest ``n`` decisions with an answer of exactly this executor, whose content is still there."""
    lately = _lately(reader, work, n_entries)
    rows = reader.rows(
        _TO_REPLAY,
        **lately,
        executor=executor,
        executor_digest=executor_digest,
        evidence_digest=evidence_digest,
        n=n,
        skip=0,
    )
    return tuple(id_ for (id_,) in rows)


def n_recorded(reader: Reader, work: str, key: str) -> int:
    """How many whole records there are of the item ``key``: decision, content and ledger entry. One, or none."""
    return len(reader.rows(_RECORDED, work=work, key=key))


def alert_sent_at(reader: Reader, alert_id: str) -> datetime | None:
    """When an alert had left for its contact; None where it has not."""
    found = reader.rows(_ALERT, id=alert_id)
    return None if not found or found[0][0] is None else read_instant(found[0][0])


def _lately(reader: Reader, work: str, n_entries: int) -> dict[str, object]:
    head = head_of(reader, work)
    after = 0 if head is None else max(0, head.seq - n_entries)
    return {"work": work, "after": after, "decision": LedgerKind.DECISION.value}


def _decision(row: Row) -> RecentDecision:
    id_, key, at, route, reasons, level, executor, made_of, evidence, checked = row
    return RecentDecision(
        id=id_,
        key=key,
        at=read_instant(at),
        route=Route(route),
        reasons=tuple(reason_of(one) for one in json.loads(reasons)),
        level=Level(level),
        executor=executor,
        executor_digest=made_of,
        evidence_digest=evidence,
        modes=() if checked is None or checked == "{}" else tuple(json.loads(checked).get("modes", ())),
    )


def _truth(row: Row) -> RecentTruth:
    at, source, seen, wrong, route, level, reasons, executor, made_of, evidence = row
    return RecentTruth(
        at=read_instant(at),
        source=TruthSource(source),
        answer_seen=bool(seen),
        wrong=None if wrong is None else bool(wrong),
        route=Route(route),
        level=Level(level),
        reason=reason_of(json.loads(reasons)[0]),
        executor=executor,
        executor_digest=made_of,
        evidence_digest=evidence,
    )
