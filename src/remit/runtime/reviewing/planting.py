"""Known cases among the reviews: how people err is only known where the right answer is.

A review is always about a recorded decision, so a planted case gets one: route ``review``, no executor, actor
:data:`~remit.store.decisions.PLANTED`, a key of its own.  By that actor it is told from real work and counts in none of
its figures.  The ledger says in the same transaction which case it is, what is right, and whether the suggestion is
wrong on purpose: before anybody answered, so that nobody can choose afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from remit.cases.case import Case
from remit.deciding.decision import NOTHING_FOUND, Decision
from remit.definition.levels import Level
from remit.items import Answer, JsonObject, Reason, Route
from remit.ledger import LedgerKind, append, body_digest, json_text
from remit.reviews import Ask, Review, ReviewKind, open_review
from remit.runtime.reviewing.steps import record_step
from remit.runtime.terms import Provenance
from remit.store.connections import Reader, Store, Writing
from remit.store.decisions import (
    PLANTED,
    DecisionRecord,
    add_decisions,
    add_payload,
    decision_payload,
    decision_row,
)
from remit.store.ledger_entries import add_entry, head_of
from remit.store.operations.acts import acts_of
from remit.store.reviews import add_review

__all__ = ["Planting", "plant", "planted_cases"]

_WHAT = "planted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planting:
    """One case to plant: with which suggestion, whether that is wrong on purpose, and as what it comes to a person."""

    case: Case
    suggestion: JsonObject
    is_wrong: bool
    reason: Reason
    ask: Ask


def plant(
    store: Store,
    plantings: Sequence[Planting],
    *,
    of: Provenance,
    by: str,
    new_id: Callable[[], str],
    salt: Callable[[], bytes],
    now: datetime,
) -> tuple[Review, ...]:
    """Open a review for every planting, all of them or none.

    Args:
        store: the store.
        plantings: what to plant.
        of: the definition; no executor.
        by: who plants them.
        new_id: gives a new and unique id.
        salt: gives 16 random bytes or more.
        now: the present.
    """
    with store.writing() as writing:
        return tuple(_plant(writing, one, of=of, by=by, new_id=new_id, salt=salt(), now=now) for one in plantings)


def planted_cases(reader: Reader, *, work: str) -> Mapping[str, JsonObject]:
    """What was recorded of every planted case of ``work``, by the id of its review: case, wrong, expected."""
    steps = acts_of(reader, work=work, kind=LedgerKind.REVIEW_STEP)
    return {one.subject: one.body for one in steps if one.body.get("what") == _WHAT}


def _plant(
    writing: Writing,
    one: Planting,
    *,
    of: Provenance,
    by: str,
    new_id: Callable[[], str],
    salt: bytes,
    now: datetime,
) -> Review:
    head = head_of(writing, of.work)
    level = Level.SUGGEST if one.ask.shows_answer else Level.SHADOW
    record = DecisionRecord(
        id=new_id(),
        work=of.work,
        seq=1 if head is None else head.seq + 1,
        key=new_id(),
        at=now,
        actor=PLANTED,
        received_at=now,
        input=one.case.input,
        decision=Decision(
            route=Route.REVIEW,
            reasons=(one.reason,),
            level=level,
            input=one.case.input,
            answer=Answer(output=one.suggestion),
            checked=NOTHING_FOUND,
            eligible=False,
        ),
        effects=(),
        executor=None,
        definition_digest=of.definition_digest,
        evidence_digest=of.evidence_digest,
        executor_digest=None,
    )
    payload = decision_payload(record, json_text(record.input), salt)
    row = decision_row(record)
    digests = {"definition": of.definition_digest, "evidence": of.evidence_digest, "payload": payload.digest}
    entry = append(
        head,
        work=of.work,
        at=now,
        kind=LedgerKind.DECISION,
        actor=PLANTED,
        subject=record.id,
        digests=digests,
        body_digest=body_digest(row),
    )
    add_decisions(writing, [row])
    add_payload(writing, record.id, payload)
    add_entry(writing, entry)
    opened = open_review(
        id=new_id(),
        work=of.work,
        decision_id=record.id,
        reason=one.reason,
        ask=one.ask,
        now=now,
        kind=ReviewKind.PLANTED,
    )
    add_review(writing, opened)
    body: JsonObject = {
        "what": _WHAT,
        "case": one.case.id,
        "wrong": one.is_wrong,
        "expected": dict(one.case.expected),
    }
    record_step(writing, opened, by=by, now=now, body=body)
    return opened
