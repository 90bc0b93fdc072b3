"""What is known of each executor at its level, and the part of the ledger that it is known from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from remit.autonomy.certificate import Grant
from remit.definition.levels import Level
from remit.items import JsonObject, Route
from remit.ledger import LedgerKind, instant_text, json_text, read_instant
from remit.reviews import ReviewKind
from remit.store.connections import Reader, Writing
from remit.store.grants import grant_now
from remit.store.statements import prepare, put_into
from remit.store.tables import decisions, grants, ledger, payloads, reviews, truths, watches

__all__ = [
    "GivenTruth",
    "KeptWatch",
    "PlacedGrant",
    "Watched",
    "WatchedDecision",
    "content_of",
    "decisions_after",
    "entries_after",
    "given_truths",
    "is_warned",
    "keep_watch",
    "levels_given",
    "output_of",
    "placed_grant",
    "review_was_undone",
    "watch_of",
]

PAGE = 1000

_value = sa.bindparam
_KEEP = put_into(watches, where="true")
_KEPT = prepare(sa.select(watches).where(watches.c.work == _value("work"), watches.c.executor == _value("executor")))
_GRANT_SEQ = prepare(
    sa.select(sa.func.max(grants.c.seq)).where(grants.c.work == _value("work"), grants.c.executor == _value("executor"))
)
_LEVELS = prepare(
    sa.select(grants.c.level)
    .where(
        grants.c.work == _value("work"),
        grants.c.executor == _value("executor"),
        grants.c.seq > _value("after"),
        grants.c.seq <= _value("to"),
    )
    .order_by(grants.c.seq)
)
_decision = (
    decisions.c.id,
    decisions.c.at,
    decisions.c.route,
    decisions.c.level,
    decisions.c.eligible,
    decisions.c.executor,
    decisions.c.confidence,
    decisions.c.checked,
    decisions.c.evidence_digest,
    decisions.c.executor_digest,
    decisions.c.inclusion,
    decisions.c.seconds,
)
_audit = reviews.alias("an_audit")
_is_audited = (
    sa.exists(sa.literal_column("1"))
    .where(_audit.c.decision_id == decisions.c.id, _audit.c.kind == _value("audit"))
    .label("audited")
)
_first = reviews.alias("a_first")
_is_blind = (
    sa.exists(sa.literal_column("1"))
    .where(
        _first.c.decision_id == decisions.c.id,
        _first.c.kind.is_(None),
        _first.c.follows.is_(None),
        sa.not_(_first.c.shows_answer),
    )
    .label("blind")
)
_of = sa.func.coalesce(truths.c.decision_id, ledger.c.subject)
_ENTRIES = prepare(
    sa.select(ledger.c.seq, ledger.c.kind, ledger.c.subject, truths.c.seq, *_decision, _is_audited, _is_blind)
    .join_from(ledger, truths, sa.and_(truths.c.work == ledger.c.work, truths.c.seq == ledger.c.seq), isouter=True)
    .join(decisions, decisions.c.id == _of, isouter=True)
    .where(ledger.c.work == _value("work"), ledger.c.seq > _value("after"))
    .order_by(ledger.c.seq)
    .limit(_value("n"))
    .offset(_value("skip"))
)
_DECISIONS = prepare(
    sa.select(ledger.c.seq, *_decision, _is_audited, _is_blind)
    .join_from(ledger, decisions, decisions.c.id == ledger.c.subject)
    .where(ledger.c.work == _value("work"), ledger.c.kind == _value("kind"), ledger.c.seq > _value("after"))
    .order_by(ledger.c.seq)
    .limit(_value("n"))
    .offset(_value("skip"))
)
_later = reviews.alias("a_later")
_PLAIN: sa.ColumnElement[str] = sa.literal_column(f"'{ReviewKind.REVIEW.value}'")
_is_undone = sa.exists(sa.literal_column("1")).where(
    _later.c.follows == reviews.c.id,
    sa.func.coalesce(_later.c.kind, _PLAIN) == sa.func.coalesce(reviews.c.kind, _PLAIN),
)
_TRUTHS = prepare(
    sa.select(
        truths.c.seq,
        truths.c.at,
        truths.c.answer_seen,
        truths.c.wrong,
        truths.c.payload_id,
        reviews.c.kind,
        reviews.c.follows,
        _is_undone.label("undone"),
    )
    .join_from(truths, reviews, reviews.c.id == truths.c.payload_id, isouter=True)
    .where(truths.c.decision_id == _value("decision_id"))
    .order_by(truths.c.seq)
)
_UNDONE = prepare(
    sa.select(truths.c.seq)
    .join_from(reviews, truths, truths.c.decision_id == reviews.c.decision_id)
    .where(
        reviews.c.id == _value("id"),
        truths.c.payload_id == reviews.c.id,
        _is_undone,
    )
)
_CONTENT = prepare(
    sa.select(payloads.c.input, payloads.c.admitted, payloads.c.output).where(payloads.c.id == _value("id"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptWatch:
    """The evidence of one executor as it is kept: which grant it is about, how far it read, and its state as JSON."""

    work: str
    executor: str
    grant_seq: int
    fed_seq: int
    state: JsonObject
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedGrant:
    """The newest grant of an executor with its place in the ledger."""

    grant: Grant
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedDecision:
    """What of a decision evidence is made of.

    ``answered``: the executor was asked. ``audited``: it was drawn for an audit. ``blind``: the person who was asked
    did not see the answer.  ``broken`` are the constraints and ``never`` rules that it broke when it was checked.
    """

    id: str
    at: datetime
    acted: bool
    level: Level
    eligible: bool
    executor: str | None
    confidence: float | None
    broken: tuple[str, ...]
    evidence_digest: str
    executor_digest: str | None
    inclusion: float | None
    answered: bool
    audited: bool
    blind: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One entry of the ledger as evidence sees it: ``decision`` is what it is, or brings a truth, about."""

    seq: int
    kind: LedgerKind
    subject: str
    is_truth: bool
    decision: WatchedDecision | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTruth:
    """A truth of a decision. ``counts``: somebody judged it, it is not of a planted case and was not undone."""

    seq: int
    at: datetime
    answer_seen: bool
    wrong: bool
    payload_id: str
    follows: str | None
    counts: bool


def watch_of(reader: Reader, *, work: str, executor: str) -> KeptWatch | None:
    """What is kept of an executor; None where nothing is."""
    found = reader.rows(_KEPT, work=work, executor=executor)
    if not found:
        return None
    _, _, grant_seq, fed_seq, state, at = found[0]
    return KeptWatch(
        work=work,
        executor=executor,
        grant_seq=grant_seq,
        fed_seq=fed_seq,
        state=_state(state),
        at=read_instant(at),
    )


def _state(text: str) -> JsonObject:
    """What was kept; nothing where that is no JSON object: it is derived from the ledger."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def keep_watch(writing: Writing, kept: KeptWatch) -> None:
    """Keep what is known of an executor, in the place of what was kept before."""
    row = (kept.work, kept.executor, kept.grant_seq, kept.fed_seq, json_text(kept.state), instant_text(kept.at))
    writing.insert(_KEEP, row)


def is_warned(reader: Reader, *, work: str, executor: str) -> bool:
    """Whether a warning of this executor is open."""
    kept = watch_of(reader, work=work, executor=executor)
    return kept is not None and kept.state.get("warned") is True


def placed_grant(reader: Reader, *, work: str, executor: str) -> PlacedGrant | None:
    """The newest grant of ``executor`` with its place in the ledger; None where there never was one."""
    held = grant_now(reader, work=work, executor=executor)
    if held is None:
        return None
    ((seq,),) = reader.rows(_GRANT_SEQ, work=work, executor=executor)
    return PlacedGrant(grant=held, seq=seq)


def levels_given(reader: Reader, *, work: str, executor: str, after: int, to: int) -> tuple[Level, ...]:
    """The levels of the grants of ``executor`` after one place of the ledger, up to another, oldest first."""
    found = reader.rows(_LEVELS, work=work, executor=executor, after=after, to=to)
    return tuple(Level(level) for (level,) in found)


def entries_after(reader: Reader, *, work: str, after: int) -> tuple[Watched, ...]:
    """The next page of the ledger of ``work``, with the decisions that its entries are about."""
    found = reader.rows(_ENTRIES, work=work, after=after, audit=ReviewKind.AUDIT.value, n=PAGE, skip=0)
    return tuple(
        Watched(
            seq=seq,
            kind=LedgerKind(kind),
            subject=subject,
            is_truth=truth is not None,
            decision=None if rest[0] is None else _watched(rest),
        )
        for seq, kind, subject, truth, *rest in found
    )


def decisions_after(reader: Reader, *, work: str, after: int) -> tuple[Watched, ...]:
    """The next page of the decisions of ``work``, in the order in which they were made."""
    kind = LedgerKind.DECISION
    audit = ReviewKind.AUDIT.value
    found = reader.rows(_DECISIONS, work=work, kind=kind.value, after=after, audit=audit, n=PAGE, skip=0)
    return tuple(
        Watched(seq=seq, kind=kind, subject=rest[0], is_truth=False, decision=_watched(rest)) for seq, *rest in found
    )


def given_truths(reader: Reader, decision_id: str) -> tuple[GivenTruth, ...]:
    """The truths of a decision, oldest first."""
    return tuple(
        GivenTruth(
            seq=seq,
            at=read_instant(at),
            answer_seen=bool(answer_seen),
            wrong=bool(wrong),
            payload_id=payload_id,
            follows=follows,
            counts=wrong is not None and kind != ReviewKind.PLANTED.value and not undone,
        )
        for seq, at, answer_seen, wrong, payload_id, kind, follows, undone in reader.rows(
            _TRUTHS, decision_id=decision_id
        )
    )


def review_was_undone(reader: Reader, review_id: str) -> bool:
    """Whether a review brought a truth, and was undone since: another one of its kind follows it."""
    return bool(reader.rows(_UNDONE, id=review_id))


def content_of(reader: Reader, decision_id: str) -> JsonObject | None:
    """The admitted input of a decision; None where it was erased."""
    found = reader.rows(_CONTENT, id=decision_id)
    if not found or (found[0][0] is None and found[0][1] is None):
        return None
    given: JsonObject = json.loads(found[0][1] if found[0][1] is not None else found[0][0])
    return given


def output_of(reader: Reader, payload_id: str) -> JsonObject | None:
    """The output of a decision, or the right answer that a truth holds; None where it is gone or was none."""
    found = reader.rows(_CONTENT, id=payload_id)
    output: JsonObject | None = None if not found or found[0][2] is None else json.loads(found[0][2])
    return output


def _watched(row: Sequence[Any]) -> WatchedDecision:
    id_, at, route, level, eligible, executor, confidence, checked, evidence, made_of, inclusion, *rest = row
    seconds, audited, blind = rest
    said = json.loads(checked) if isinstance(checked, str) and checked != "{}" else {}
    return WatchedDecision(
        id=id_,
        at=read_instant(at),
        acted=route == Route.ACT.value,
        level=Level(level),
        eligible=bool(eligible),
        executor=executor,
        confidence=confidence,
        broken=(*said.get("never", ()), *said.get("violated", ())),
        evidence_digest=evidence,
        executor_digest=made_of,
        inclusion=inclusion,
        answered=seconds is not None,
        audited=bool(audited),
        blind=bool(blind),
    )
