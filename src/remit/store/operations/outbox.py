"""What leaves: the effects of decisions, and the answers that a caller waits for, until they are sent.

``due_at`` is from when it may leave: None where it was given up on, or where there is nothing to send yet.  ``sender``
is the one that the work named when it was decided; what has none is not sent by Remit, and stays for whoever looks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from remit.errors import NotFound
from remit.items import JsonObject
from remit.ledger import instant_text, read_instant
from remit.store.connections import Reader, Row, Writing, put_rows
from remit.store.statements import Statement, insert_into, prepare
from remit.store.tables import decisions, outbox, payloads, reviews

__all__ = [
    "ANSWER",
    "Outgoing",
    "OutgoingContent",
    "OutgoingState",
    "add_callback",
    "add_effects",
    "answer_callback",
    "callback_row",
    "content_of",
    "effect_rows",
    "outgoing",
    "outgoing_in",
    "outgoing_of",
    "put_outgoing",
    "record_failed",
    "record_sent",
    "send_again",
    "sender_names",
    "take_back_effects",
    "take_due",
]

ANSWER = "remit:answer"
"""What stands for the effect where a person's answer goes back to a caller; no effect can have this id."""


class OutgoingState(StrEnum):
    """How it stands with something that leaves."""

    WAITING = "waiting"  # for its time, or for the next try
    HELD = "held"  # for the answer of a person
    SENT = "sent"
    DEAD = "dead"
    NOT_OURS = "not sent by Remit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One thing that leaves, or that somebody else has to see to.

    ``payload_id`` is whose output it carries: a decision's, or the review's that answered it.  ``n_tries`` counts
    since it was written, or since a person had it sent again; ``fault`` is why the last try failed.
    """

    decision_id: str
    effect: str
    work: str
    sender: str | None
    payload_id: str
    created_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
    n_tries: int
    dead_at: datetime | None
    fault: str | None

    @property
    def id(self) -> str:
        """The idempotency key: the same in every try and after every restart."""
        return f"{self.decision_id}/{self.effect}"

    @property
    def state(self) -> OutgoingState:
        """How it stands."""
        if self.sender is None:
            return OutgoingState.NOT_OURS
        if self.sent_at is not None:
            return OutgoingState.SENT
        if self.dead_at is not None:
            return OutgoingState.DEAD
        return OutgoingState.HELD if self.due_at is None else OutgoingState.WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingContent:
    """What it carries. ``outcome`` is what a person made of the item, for an answer; ``input`` was decided on."""

    key: str
    input: JsonObject
    output: JsonObject | None
    outcome: str | None


_value = sa.bindparam
_ADD = insert_into(outbox)
_this = (outbox.c.decision_id == _value("decision"), outbox.c.effect == _value("what"))
_unsent = (outbox.c.sent_at.is_(None),)
_no_lease = {outbox.c.leased_by: sa.null(), outbox.c.leased_until: sa.null()}
_ONE = prepare(sa.select(outbox).where(*_this))
_DUE = prepare(
    sa.select(outbox)
    .where(
        outbox.c.sender == _value("from_sender"),
        *_unsent,
        outbox.c.due_at <= _value("now"),
        sa.or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= _value("now")),
    )
    .order_by(outbox.c.due_at, outbox.c.decision_id, outbox.c.effect)
    .limit(_value("n"))
    .offset(_value("skip"))
)
_LEASE = prepare(
    sa.update(outbox)
    .where(*_this)
    .values(leased_by=_value("holder"), leased_until=_value("until"), n_tries=_value("tries"))
)
_SENT = prepare(
    sa.update(outbox)
    .where(*_this, *_unsent)
    .values({outbox.c.sent_at: _value("now"), outbox.c.fault: sa.null(), outbox.c.dead_at: sa.null(), **_no_lease})
)
_FAILED = prepare(
    sa.update(outbox)
    .where(*_this, *_unsent, outbox.c.leased_by == _value("holder"))
    .values(
        {
            outbox.c.fault: _value("why"),
            outbox.c.due_at: _value("next_due"),
            outbox.c.dead_at: _value("given_up"),
            **_no_lease,
        }
    )
)
_AGAIN = prepare(
    sa.update(outbox)
    .where(*_this, outbox.c.dead_at.is_not(None))
    .values({outbox.c.dead_at: sa.null(), outbox.c.due_at: _value("now"), outbox.c.n_tries: _value("tries")})
)
_ANSWERED = prepare(
    sa.update(outbox).where(*_this, *_unsent).values(payload_id=_value("payload"), due_at=_value("next_due"))
)
_OF_PAYLOAD = prepare(
    sa.select(outbox)
    .where(outbox.c.decision_id == _value("decision"), outbox.c.payload_id == _value("payload"))
    .order_by(outbox.c.effect)
)
_OF_DECISION = prepare(sa.select(outbox).where(outbox.c.decision_id == _value("decision")).order_by(outbox.c.effect))
_REMOVE = prepare(sa.delete(outbox).where(*_this))
_of_decision = payloads.alias("of_decision")
_CONTENT = prepare(
    sa.select(decisions.c.key, _of_decision.c.input, _of_decision.c.admitted, payloads.c.output, reviews.c.outcome)
    .select_from(decisions)
    .join(payloads, payloads.c.id == _value("payload"))
    .join(_of_decision, _of_decision.c.id == decisions.c.id)
    .join(reviews, reviews.c.id == _value("payload"), isouter=True)
    .where(decisions.c.id == _value("decision"))
)
_NEXT_NAME = prepare(sa.select(sa.func.min(outbox.c.sender)).where(outbox.c.sender > _value("after")))


def _listed(*conditions: sa.ColumnElement[bool], by: sa.ColumnElement[str], ours: bool = True) -> Statement:
    whose = outbox.c.sender == _value("from_sender") if ours else outbox.c.sender.is_(None)
    order = (by, outbox.c.decision_id, outbox.c.effect)
    of_work = sa.or_(_value("work") == sa.literal_column("''"), outbox.c.work == _value("work"))
    return prepare(
        sa.select(outbox).where(whose, of_work, *conditions).order_by(*order).limit(_value("n")).offset(_value("skip"))
    )


_IN_STATE = {
    OutgoingState.WAITING: _listed(*_unsent, outbox.c.due_at.is_not(None), by=outbox.c.due_at),
    OutgoingState.HELD: _listed(
        *_unsent, outbox.c.due_at.is_(None), outbox.c.dead_at.is_(None), by=outbox.c.created_at
    ),
    OutgoingState.SENT: _listed(outbox.c.sent_at.is_not(None), by=outbox.c.sent_at.desc()),
    OutgoingState.DEAD: _listed(
        *_unsent, outbox.c.due_at.is_(None), outbox.c.dead_at.is_not(None), by=outbox.c.dead_at
    ),
    OutgoingState.NOT_OURS: _listed(*_unsent, by=outbox.c.due_at, ours=False),
}


def add_effects(
    writing: Writing,
    *,
    work: str,
    decision_id: str,
    payload_id: str,
    effects: Sequence[str],
    at: datetime,
    due_at: datetime | None = None,
    senders: Mapping[str, str] | None = None,
) -> None:
    """Put the effects of a decision in the outbox. One effect of one decision is there at most once.

    Args:
        writing: the transaction that records the decision.
        work: whose decision it is.
        decision_id: the decision.
        payload_id: whose output they carry: the decision itself, or the review that answered it.
        effects: their ids.
        at: when it was decided.
        due_at: from when they may leave; None: at once.
        senders: who sends an effect, by its id; an effect that is not in it is not sent by Remit.
    """
    rows = effect_rows(
        work=work,
        decision_id=decision_id,
        payload_id=payload_id,
        effects=effects,
        at=at,
        due_at=due_at,
        senders=senders,
    )
    put_outgoing(writing, rows)


def effect_rows(
    *,
    work: str,
    decision_id: str,
    payload_id: str,
    effects: Sequence[str],
    at: datetime,
    due_at: datetime | None = None,
    senders: Mapping[str, str] | None = None,
) -> list[Row]:
    """The effects of a decision as :func:`add_effects` puts them in the outbox, a row each."""
    made = instant_text(at)
    due = made if due_at is None else instant_text(due_at)
    whose = senders or {}
    return [_row(decision_id, effect, work, payload_id, made, due, whose.get(effect)) for effect in effects]


def callback_row(*, work: str, decision_id: str, sender: str, at: datetime) -> Row:
    """The row of :func:`add_callback`."""
    return _row(decision_id, ANSWER, work, decision_id, instant_text(at), None, sender)


def put_outgoing(writing: Writing, rows: Sequence[Row]) -> None:
    """Put rows of :func:`effect_rows` and :func:`callback_row` in the outbox."""
    put_rows(writing, _ADD, rows)


def add_callback(writing: Writing, *, work: str, decision_id: str, sender: str, at: datetime) -> None:
    """Let the answer of a person to an item that waits for one be sent by ``sender``, once there is one."""
    put_outgoing(writing, [callback_row(work=work, decision_id=decision_id, sender=sender, at=at)])


def answer_callback(writing: Writing, *, decision_id: str, review_id: str, due_at: datetime) -> bool:
    """Let the answer that a review gave leave from ``due_at`` on. False where no caller waits for one."""
    values = {"decision": decision_id, "what": ANSWER, "payload": review_id, "next_due": instant_text(due_at)}
    return writing.update(_ANSWERED, **values) > 0


def take_back_effects(writing: Writing, *, decision_id: str, payload_id: str, now: datetime) -> int | None:
    """Take the effects of one answer out of the outbox again and say how many they were; a caller waits on.

    None, and nothing changes, where one of them may have left: it was sent or tried, or somebody sends it now.
    """
    rows = writing.rows(_OF_PAYLOAD, decision=decision_id, payload=payload_id)
    moment = instant_text(now)
    for row in rows:
        one, leased_until = _outgoing(row), row[_LEASED_UNTIL]
        if one.sent_at is not None or one.n_tries > 0 or (leased_until is not None and moment < leased_until):
            return None
    n = 0
    for one in map(_outgoing, rows):
        if one.effect == ANSWER:
            writing.update(_ANSWERED, **_of(one), payload=one.decision_id, next_due=None)
        else:
            n += writing.update(_REMOVE, **_of(one))
    return n


def take_due(writing: Writing, *, sender: str, holder: str, until: datetime, now: datetime) -> Outgoing | None:
    """The longest due thing that ``sender`` sends, now held by ``holder`` until then; None where nothing is due.

    Nobody else takes it before.  Its tries count from here, so that one which ends whoever sends it ends some time.
    """
    found = writing.rows(_DUE, from_sender=sender, now=instant_text(now), n=1, skip=0)
    if not found:
        return None
    one = _outgoing(found[0], tried=1)
    writing.update(_LEASE, **_of(one), holder=holder, until=instant_text(until), tries=one.n_tries)
    return one


def record_sent(writing: Writing, one: Outgoing, *, now: datetime) -> bool:
    """It is sent, whoever holds it by now. False where somebody recorded that before."""
    return writing.update(_SENT, **_of(one), now=instant_text(now)) > 0


def record_failed(
    writing: Writing, one: Outgoing, *, holder: str, why: str, due_at: datetime | None, now: datetime
) -> bool:
    """A try failed: it is due again at ``due_at``, or given up on where that is None.

    False, and nothing changes, where somebody else holds it by now or it is sent.
    """
    next_due, given_up = (None, instant_text(now)) if due_at is None else (instant_text(due_at), None)
    return writing.update(_FAILED, **_of(one), holder=holder, why=why, next_due=next_due, given_up=given_up) > 0


def send_again(writing: Writing, one: Outgoing, *, now: datetime) -> bool:
    """Let something that was given up on leave from now on, with all its tries. False where it is not given up on."""
    return writing.update(_AGAIN, **_of(one), now=instant_text(now), tries=0) > 0


def outgoing(reader: Reader, id: str) -> Outgoing:  # noqa: A002
    """What leaves under that key.

    Raises:
        NotFound: nothing does.
    """
    decision_id, _, effect = id.partition("/")
    found = reader.rows(_ONE, decision=decision_id, what=effect)
    if not found:
        raise NotFound(
            f"there is nothing in the outbox under `{id}`",
            expected="DECISION/EFFECT",
            mend="`remit outbox list --dead` shows what was given up on",
        )
    return _outgoing(found[0])


def outgoing_of(reader: Reader, decision_id: str) -> tuple[Outgoing, ...]:
    """What leaves of one decision."""
    return tuple(map(_outgoing, reader.rows(_OF_DECISION, decision=decision_id)))


def sender_names(reader: Reader) -> Iterator[str]:
    """The senders that anything in the outbox names, in their order; as many looks as there are, whatever the rows."""
    after = ""
    while True:
        ((name,),) = reader.rows(_NEXT_NAME, after=after)
        if name is None:
            return
        yield name
        after = name


def outgoing_in(
    reader: Reader, state: OutgoingState, *, n: int, sender: str | None = None, work: str | None = None
) -> tuple[Outgoing, ...]:
    """At most ``n`` of what is in one state, of one sender or of all, of one work or of all.

    What is due longest comes first, and what was sent last.

    Cost: ``n`` rows for each sender, whatever else is in the outbox.
    """
    statement = _IN_STATE[state]
    if state is OutgoingState.NOT_OURS:
        return tuple(map(_outgoing, reader.rows(statement, work=work or "", n=n, skip=0)))
    names = tuple(sender_names(reader)) if sender is None else (sender,)
    found = [
        _outgoing(row)
        for name in names
        for row in reader.rows(statement, from_sender=name, work=work or "", n=n, skip=0)
    ]
    return tuple(sorted(found, key=_instant, reverse=state is OutgoingState.SENT)[:n])


def content_of(reader: Reader, one: Outgoing) -> OutgoingContent | None:
    """What ``one`` carries; None where it was erased."""
    found = reader.rows(_CONTENT, decision=one.decision_id, payload=one.payload_id)
    if not found:
        return None
    key, given, admitted, output, outcome = found[0]
    rejected = outcome == "rejected"
    if given is None or (output is None and not rejected):
        return None
    return OutgoingContent(
        key=key,
        input=json.loads(given if admitted is None else admitted),
        output=None if output is None else json.loads(output),
        outcome=outcome if one.effect == ANSWER else None,
    )


def _instant(one: Outgoing) -> datetime:
    return one.sent_at or one.dead_at or one.due_at or one.created_at


def _of(one: Outgoing) -> dict[str, object]:
    return {"decision": one.decision_id, "what": one.effect}


def _row(
    decision_id: str, effect: str, work: str, payload_id: str, made: str, due: str | None, sender: str | None
) -> Row:
    # not sent, no tries, not given up, no fault, no lease
    return (decision_id, effect, work, payload_id, made, due, None, 0, None, None, None, None, sender)


_COLUMNS = tuple(column.name for column in outbox.c)
_LEASED_UNTIL = _COLUMNS.index("leased_until")


def _outgoing(row: Row, *, tried: int = 0) -> Outgoing:
    columns = dict(zip(_COLUMNS, row, strict=True))
    return Outgoing(
        decision_id=columns["decision_id"],
        effect=columns["effect"],
        work=columns["work"],
        sender=columns["sender"],
        payload_id=columns["payload_id"],
        created_at=read_instant(columns["created_at"]),
        due_at=_when(columns["due_at"]),
        sent_at=_when(columns["sent_at"]),
        n_tries=columns["n_tries"] + tried,
        dead_at=_when(columns["dead_at"]),
        fault=columns["fault"],
    )


def _when(text: str | None) -> datetime | None:
    return None if text is None else read_instant(text)
