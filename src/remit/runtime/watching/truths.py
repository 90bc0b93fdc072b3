"""Truths that come from outside: recorded once, each with its entry in the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from remit.items import JsonObject
from remit.ledger import LedgerKind, append, body_digest, instant_text, json_text
from remit.runtime.watching.critical import CriticalCheck
from remit.store.connections import Writing
from remit.store.decisions import DecisionRecord, Payload, add_payload
from remit.store.ledger_entries import add_entry, head_of
from remit.store.operations.watches import output_of
from remit.store.reviews import Truth, TruthSource, add_truth, truth_row

__all__ = ["Imported", "add_imported_truth"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What somebody outside says of a decision: what is right, who says so, of when, and whether they saw it first."""

    expected: JsonObject
    by: str
    at: datetime | None
    seen: bool

    def id_for(self, decision_id: str) -> str:
        """The name of this truth: the same truth of the same decision always has the same."""
        at = None if self.at is None else instant_text(self.at)
        said = json_text([decision_id, self.expected, self.by, at, self.seen])
        return "t-" + hashlib.sha256(said.encode()).hexdigest()[:40]


def add_imported_truth(
    writing: Writing,
    record: DecisionRecord,
    said: Imported,
    *,
    check: CriticalCheck,
    salt: Callable[[], bytes],
    now: datetime,
) -> bool:
    """Record a truth of a decision; False where the same one is there already. It counts from ``now`` on."""
    id_ = said.id_for(record.id)
    if output_of(writing, id_) is not None:
        return False
    answer = record.decision.answer
    wrong = None
    if answer is not None and answer.output is not None:
        wrong = check.is_wrong(record.decision.input, answer.output, said.expected)
    head = head_of(writing, record.work)
    row = truth_row(
        Truth(
            work=record.work,
            seq=1 if head is None else head.seq + 1,
            decision_id=record.id,
            at=now,
            by=said.by,
            source=TruthSource.IMPORT,
            answer_seen=said.seen,
            payload_id=id_,
            wrong=wrong,
        )
    )
    told = None if said.at is None else json_text({"at": instant_text(said.at)})
    payload = Payload(salt=salt(), output=json_text(said.expected), said=told)
    add_truth(writing, row)
    add_payload(writing, id_, payload)
    add_entry(
        writing,
        append(
            head,
            work=record.work,
            at=now,
            kind=LedgerKind.TRUTH,
            actor=said.by,
            subject=id_,
            digests={"payload": payload.digest},
            body_digest=body_digest(row),
        ),
    )
    return True
