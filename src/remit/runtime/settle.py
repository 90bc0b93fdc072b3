"""Steps 6 and 7: record what an item came to, whole or not at all, and only then answer.

One transaction: was this item decided before; does what allowed an ``act`` still hold; the record, its content, the
ledger entry, the review that follows, the effects to deliver.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from remit.autonomy.route import Terms, route
from remit.deciding.decide import Stopped
from remit.deciding.decision import Decision
from remit.errors import ArgumentInvalid, ItemInvalid, KeyConflict, Location
from remit.items import Item, JsonObject, Reason, ReasonKind, Route
from remit.ledger import Head, LedgerKind, append, body_digest, json_text
from remit.reviews import Ask, Review, open_review
from remit.runtime.terms import Provenance, Standing, standing
from remit.store.connections import Reader, Store, Writing
from remit.store.decisions import (
    DecisionRecord,
    Payload,
    add_decision,
    add_payload,
    decision_by_key,
    decision_payload,
    decision_row,
)
from remit.store.decisions import decision as decision_of
from remit.store.ledger_entries import add_entry
from remit.store.moment import Allowance, moment
from remit.store.operations.outbox import add_callback, add_effects
from remit.store.reviews import add_review, review_of

__all__ = ["Settled", "Settlement", "recall", "recheck", "require_key", "settle"]

KEY_LIMIT = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """All that is needed to record one decision beyond the decision itself.

    ``standing`` is what the decision was made under, as :func:`~remit.runtime.terms.standing` gave it.  ``id`` and
    ``review_id`` are new and unique, ``salt`` is 16 random bytes or more.  ``ask`` says whom to ask about a decision
    (None: nobody); an item on route ``review`` is asked about whatever it says.  ``effects`` names the effects that
    follow from acting on an output, ``senders`` who sends one, by its id; Remit does not send the others.
    ``callback`` is the sender to whom the answer of a person goes, where the item waits for one.
    """

    provenance: Provenance
    standing: Standing
    actor: str
    id: str
    review_id: str
    salt: bytes
    now: datetime
    ask: Callable[[Decision], Ask | None]
    effects: Callable[[JsonObject], tuple[str, ...]]
    senders: Mapping[str, str] = field(default_factory=dict)
    callback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What is recorded now: the decision, the review it led to, and whether it had been recorded before."""

    record: DecisionRecord
    review: Review | None
    repeated: bool


def recall(reader: Reader, item: Item, *, work: str) -> Settled | None:
    """What was recorded for this item; None where it is new. Asked before the executor is, to spare it.

    Raises:
        KeyConflict: the key was used for another input.
        ItemInvalid: it is no key.
    """
    require_key(item.key)
    found = decision_by_key(reader, work=work, key=item.key)
    return None if found is None else _repeated(reader, found, item.key, _content(item))


def _repeated(reader: Reader, found: DecisionRecord, key: str, given: str) -> Settled:
    if json_text(found.input) != given:
        raise KeyConflict(
            f"the key {key!r} was used for another input",
            expected=f"the input of decision {found.id}",
            mend="a key names one item for ever: give the new item a key of its own",
        )
    return Settled(record=found, review=review_of(reader, found.id), repeated=True)


def settle(store: Store, item: Item, decision: Decision, settlement: Settlement) -> Settled:
    """Record ``decision`` on ``item`` once and for ever, in one transaction.

    The same key with the same input gives what was recorded first.  Under the lock, ``act`` may still become
    ``review`` or ``stopped``, where the grant or a stop changed while the item was decided.

    Raises:
        KeyConflict: the key was used for another input. Nothing is recorded.
        ItemInvalid: the key or the input can't be recorded.
        StoreError: the store failed. Nothing is recorded.
    """
    require_key(item.key)
    given = _content(item)
    of = settlement.provenance
    with store.writing() as writing:
        now = moment(writing, work=of.work, key=item.key)
        if now.decision_id is not None:
            return _repeated(writing, decision_of(writing, now.decision_id), item.key, given)
        if decision.route is Route.ACT:
            decision = _look_again(writing, decision, settlement, now.allowance)
        return _record(writing, now.head, item, given, decision, settlement)


def recheck(decision: Decision, *, terms: Terms, stopped: Stopped | None) -> Decision:
    """What remains of an ``act`` when the terms are looked at again under the lock; others stay as they are."""
    if decision.route is not Route.ACT:
        return decision
    if stopped is not None:
        work = stopped is Stopped.WORK
        what = "the work" if work else "the executor"
        reason = Reason(kind=ReasonKind.STOPPED, text=f"{what} was stopped while this item was decided")
        to = Route.STOPPED if work else Route.REVIEW
        return replace(decision, route=to, reasons=(reason, *decision.reasons))
    confidence = None if decision.answer is None else decision.answer.confidence
    again = route((), confidence=confidence, terms=terms)
    if again.route is Route.ACT:
        return decision
    return replace(decision, route=Route.REVIEW, level=terms.level, reasons=(*again.reasons, *decision.reasons))


def _look_again(writing: Writing, decision: Decision, settlement: Settlement, allowance: Allowance) -> Decision:
    now = standing(writing, settlement.provenance, now=settlement.now, seen=settlement.standing, allowance=allowance)
    return recheck(decision, terms=now.terms, stopped=now.stopped)


def _record(
    writing: Writing, head: Head | None, item: Item, given: str, decision: Decision, settlement: Settlement
) -> Settled:
    of = settlement.provenance
    answer = decision.answer
    acted_on = answer.output if decision.route is Route.ACT and answer is not None else None
    record = DecisionRecord(
        id=settlement.id,
        work=of.work,
        seq=1 if head is None else head.seq + 1,
        key=item.key,
        at=settlement.now,
        actor=settlement.actor,
        received_at=item.received_at,
        input=item.input,
        decision=decision,
        effects=() if acted_on is None else settlement.effects(acted_on),
        executor=of.executor,
        definition_digest=of.definition_digest,
        evidence_digest=of.evidence_digest,
        executor_digest=of.executor_digest,
    )
    payload = decision_payload(record, given, settlement.salt)
    row = decision_row(record)
    entry = append(
        head,
        work=of.work,
        at=settlement.now,
        kind=LedgerKind.DECISION,
        actor=settlement.actor,
        subject=record.id,
        digests=_digests(of, payload),
        body_digest=body_digest(row),
    )
    add_decision(writing, row)
    add_payload(writing, record.id, payload)
    add_entry(writing, entry)
    if record.effects:
        add_effects(
            writing,
            work=of.work,
            decision_id=record.id,
            payload_id=record.id,
            effects=record.effects,
            at=settlement.now,
            senders=settlement.senders,
        )
    opened = _open(writing, record, settlement)
    if opened is not None and settlement.callback is not None:
        add_callback(writing, work=of.work, decision_id=record.id, sender=settlement.callback, at=settlement.now)
    return Settled(record=record, review=opened, repeated=False)


def _open(writing: Writing, record: DecisionRecord, settlement: Settlement) -> Review | None:
    decision = record.decision
    ask = settlement.ask(decision)
    if ask is None:
        if decision.route is not Route.REVIEW:
            return None
        ask = Ask()
    opened = open_review(
        id=settlement.review_id,
        work=record.work,
        decision_id=record.id,
        reason=decision.reason,
        ask=ask,
        now=settlement.now,
    )
    add_review(writing, opened)
    return opened


def _digests(of: Provenance, payload: Payload) -> dict[str, str]:
    digests = {
        "definition": of.definition_digest,
        "evidence": of.evidence_digest,
        "payload": payload.digest,
    }
    if of.executor_digest is not None:
        digests["executor"] = of.executor_digest
    return digests


def _content(item: Item) -> str:
    try:
        return json_text(item.input)
    except ArgumentInvalid as error:
        field = next((name for name, value in item.input.items() if not _is_json(value)), None)
        raise ItemInvalid(
            f"the input of item {item.key!r} is {error}",
            where=Location(path="input" if field is None else f"input.{field[:64]}"),
            expected="null, yes or no, a finite number, text, a list or an object",
            found="a field that is none of these" if field is None else f"`{field[:64]}`, which is none of these",
            mend="write it as text, or leave it out",
        ) from error


def _is_json(value: object) -> bool:
    try:
        json_text(value)
    except ArgumentInvalid:
        return False
    return True


def require_key(key: str) -> None:
    """Refuse a key that names no item.

    Raises:
        ItemInvalid: it is empty, too long, or not printable.
    """
    if key.isprintable() and 0 < len(key) <= KEY_LIMIT and key.strip():
        return
    unprintable = next((char for char in key if not char.isprintable()), None)
    if unprintable is not None:
        found = f"U+{ord(unprintable):04X}, which can't be printed"
    elif not key.strip():
        found = "only blanks" if key else "nothing"
    else:
        found = f"{len(key):,} characters"
    raise ItemInvalid(
        "an item can't have this key",
        expected=f"1 to {KEY_LIMIT} printable characters, not only blanks",
        found=found,
        mend="take a name that your own records know the item by",
    )
