"""Decisions with their payloads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa

from remit.deciding.decision import NOTHING_FOUND, Checked, Decision
from remit.definition.levels import Level
from remit.errors import NotFound
from remit.items import Answer, Fault, FaultKind, JsonObject, Reason, ReasonKind, Route
from remit.ledger import instant_text, json_text, payload_digest, read_instant
from remit.store.connections import Reader, Row, Writing, put_rows
from remit.store.content.erased import content_gone
from remit.store.statements import insert_into, prepare
from remit.store.tables import decisions, ledger, payloads

__all__ = [
    "PLANTED",
    "DecisionRecord",
    "Payload",
    "add_decision",
    "add_decisions",
    "add_payload",
    "add_payloads",
    "answer_of",
    "decision",
    "decision_by_key",
    "decision_payload",
    "decision_row",
    "is_real_item",
    "payload_row",
    "reason_of",
    "reason_text",
    "said_text",
]

PLANTED = "planted"
"""The actor of decisions that are no real work: cases with a known answer, planted among the reviews."""

is_real_item = ledger.c.actor != sa.literal_column(f"'{PLANTED}'")
"""Holds of the entries of decisions on real work."""

_value = sa.bindparam
_content = (payloads.c.input, payloads.c.output, payloads.c.said, payloads.c.admitted, payloads.c.salt)
_found = sa.select(decisions, *_content).join_from(decisions, payloads, payloads.c.id == decisions.c.id, isouter=True)
_BY_KEY = prepare(_found.where(decisions.c.work == _value("work"), decisions.c.key == _value("key")))
_BY_ID = prepare(_found.where(decisions.c.id == _value("id")))
_ADD = insert_into(decisions)
_ADD_PAYLOAD = insert_into(payloads)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """One decision as it is recorded, once and for ever.

    ``seq`` is its place in the ledger of its work.  ``input`` is what came; ``decision.input`` is what was admitted of
    it.  ``effects`` are the ids of the effects that follow.  ``executor`` is None where the work has none.
    ``inclusion`` is the chance with which an item that was acted on was to be audited, drawn before any outcome.
    """

    id: str
    work: str
    seq: int
    key: str
    at: datetime
    actor: str
    received_at: datetime | None
    input: JsonObject
    decision: Decision
    effects: tuple[str, ...]
    executor: str | None
    definition_digest: str
    evidence_digest: str
    executor_digest: str | None
    inclusion: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """The content of one decision or review as exact texts, apart from the record so that it can be erased alone."""

    salt: bytes
    input: str | None = None
    admitted: str | None = None
    output: str | None = None
    said: str | None = None

    @property
    def digest(self) -> str:
        """The salted digest that the ledger holds."""
        return payload_digest(self.salt, (self.input, self.admitted, self.output, self.said))


def decision_payload(record: DecisionRecord, given: str, salt: bytes) -> Payload:
    """The content of a decision.

    Args:
        record: the decision.
        given: the input that came, as JSON text.
        salt: 16 random bytes or more, new for every decision.
    """
    admitted = json_text(record.decision.input)
    answer = record.decision.answer
    return Payload(
        salt=salt,
        input=given,
        admitted=None if admitted == given else admitted,
        output=None if answer is None or answer.output is None else json_text(answer.output),
        said=None if answer is None else said_text(answer),
    )


def decision_row(record: DecisionRecord) -> Row:
    """The record without its content, a value a column."""
    decided = record.decision
    answer = decided.answer
    return (
        record.id,
        record.work,
        record.seq,
        record.key,
        instant_text(record.at),
        record.actor,
        None if record.received_at is None else instant_text(record.received_at),
        decided.route.value,
        decided.reason.kind.value,
        json_text([_reason(one) for one in decided.reasons]),
        decided.level.value,
        int(decided.eligible),
        _names_text(record.effects),
        record.executor,
        *_answer_columns(answer),
        None if decided.checked is None else _spoken(decided.checked),
        record.definition_digest,
        record.evidence_digest,
        record.executor_digest,
        _real(record.inclusion),
    )


def add_decision(writing: Writing, row: Row) -> None:
    """Write the row of a decision."""
    writing.insert(_ADD, row)


def add_decisions(writing: Writing, rows: Sequence[Row]) -> None:
    """Write the rows of decisions."""
    put_rows(writing, _ADD, rows)


def add_payload(writing: Writing, id: str, payload: Payload) -> None:  # noqa: A002
    """Write the content of the decision or review ``id``."""
    writing.insert(_ADD_PAYLOAD, payload_row(id, payload))


def payload_row(id: str, payload: Payload) -> Row:  # noqa: A002
    """The content of the decision or review ``id``, a value a column."""
    return (id, payload.salt, payload.input, payload.admitted, payload.output, payload.said)


def add_payloads(writing: Writing, rows: Sequence[Row]) -> None:
    """Write the content of decisions, as :func:`payload_row` makes it."""
    put_rows(writing, _ADD_PAYLOAD, rows)


def decision_by_key(reader: Reader, *, work: str, key: str) -> DecisionRecord | None:
    """The decision on the item ``key`` of ``work``; None where it was never decided.

    Raises:
        ContentErased: its content was erased.
        LedgerBroken: its content is gone, and nobody erased it.
    """
    found = reader.rows(_BY_KEY, work=work, key=key)
    return _record(reader, found[0]) if found else None


def decision(reader: Reader, decision_id: str) -> DecisionRecord:
    """The decision of that id.

    Raises:
        NotFound: there is none.
        ContentErased: its content was erased.
        LedgerBroken: its content is gone, and nobody erased it.
    """
    found = reader.rows(_BY_ID, id=decision_id)
    if not found:
        raise NotFound(f"there is no decision {decision_id}")
    return _record(reader, found[0])


def reason_text(reason: Reason) -> str:
    """A reason as JSON text."""
    return json_text(_reason(reason))


def reason_of(said: JsonObject) -> Reason:
    """The reason that :func:`reason_text` wrote."""
    return Reason(
        kind=ReasonKind(said["kind"]), text=said["text"], id=said.get("id", ""), blocks=bool(said.get("blocks", False))
    )


def said_text(answer: Answer) -> str | None:
    """What else an executor said, as JSON text: the words of its fault, its signals, its trace. None for nothing."""
    if answer.fault is None and answer.trace is None and not answer.signals:
        return None
    said: dict[str, object] = {}
    if answer.fault is not None:
        said["fault"] = answer.fault.text
    if answer.signals:
        said["signals"] = dict(answer.signals)
    if answer.trace is not None:
        said["trace"] = answer.trace
    return json_text(said)


def answer_of(
    output: str | None,
    fault: str | None,
    confidence: float | None,
    seconds: float,
    cost: float | None,
    said: str | None,
) -> Answer:
    """The answer whose parts were stored."""
    more: Mapping[str, object] = {} if said is None else json.loads(said)
    signals = more.get("signals")
    trace = more.get("trace")
    return Answer(
        output=None if output is None else json.loads(output),
        confidence=confidence,
        seconds=seconds,
        cost=cost,
        fault=None if fault is None else Fault(kind=FaultKind(fault), text=str(more.get("fault", ""))),
        signals=signals if isinstance(signals, dict) else {},
        trace=trace if isinstance(trace, str) else None,
    )


def _reason(reason: Reason) -> dict[str, object]:
    said: dict[str, object] = {"kind": reason.kind.value, "text": reason.text}
    if reason.id:
        said["id"] = reason.id
    if reason.blocks:
        said["blocks"] = True
    return said


def _spoken(checked: Checked) -> str:
    if checked is NOTHING_FOUND:  # the usual case
        return "{}"
    said = {
        "output_faults": checked.output_faults,
        "violated": checked.violated,
        "modes": checked.modes,
        "never": checked.never,
        "review_when": checked.review_when,
        "not_evaluated": checked.not_evaluated,
    }
    return json_text({name: value for name, value in said.items() if value})


def _answer_columns(answer: Answer | None) -> Row:
    if answer is None:
        return (None, None, None, None)
    fault = None if answer.fault is None else answer.fault.kind.value
    return (fault, _real(answer.confidence), _real(answer.seconds), _real(answer.cost))


@lru_cache(maxsize=256)
def _names_text(names: tuple[str, ...]) -> str:
    return json_text(names)


def _real(value: float | None) -> float | None:
    # + 0.0 makes a whole number a float, and -0.0 (which SQLite does not keep) 0.0: the digest is over what comes back
    return None if value is None else value + 0.0


def _record(reader: Reader, row: Row) -> DecisionRecord:
    columns = dict(zip(_COLUMNS, row, strict=True))
    given = columns["input"]
    if given is None:
        what, id_ = f"decision {columns['id']}", columns["id"]
        salt, said = columns["salt"], columns["said"]
        raise content_gone(reader, work=columns["work"], what=what, payload=id_, salt=salt, said=said)
    answer = None
    if columns["seconds"] is not None:
        answer = answer_of(
            columns["output"],
            columns["fault"],
            columns["confidence"],
            columns["seconds"],
            columns["cost"],
            columns["said"],
        )
    checked = columns["checked"]
    decided = Decision(
        route=Route(columns["route"]),
        reasons=tuple(reason_of(one) for one in json.loads(columns["reasons"])),
        level=Level(columns["level"]),
        input=json.loads(given if columns["admitted"] is None else columns["admitted"]),
        answer=answer,
        checked=None if checked is None else _checked(json.loads(checked)),
        eligible=bool(columns["eligible"]),
    )
    received = columns["received_at"]
    return DecisionRecord(
        id=columns["id"],
        work=columns["work"],
        seq=columns["seq"],
        key=columns["key"],
        at=read_instant(columns["at"]),
        actor=columns["actor"],
        received_at=None if received is None else read_instant(received),
        input=json.loads(given),
        decision=decided,
        effects=tuple(json.loads(columns["effects"])),
        executor=columns["executor"],
        definition_digest=columns["definition_digest"],
        evidence_digest=columns["evidence_digest"],
        executor_digest=columns["executor_digest"],
        inclusion=columns["inclusion"],
    )


def _checked(said: JsonObject) -> Checked:
    return Checked(
        output_faults=tuple(said.get("output_faults", ())),
        violated=tuple(said.get("violated", ())),
        modes=tuple(said.get("modes", ())),
        never=tuple(said.get("never", ())),
        review_when=bool(said.get("review_when", False)),
        not_evaluated=tuple(said.get("not_evaluated", ())),
    )


_COLUMNS = tuple(column.name for column in _found.selected_columns)
