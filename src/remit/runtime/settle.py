"""Steps 6 and 7: record what an item came to, whole or not at all, and only then answer.

One transaction: was this item decided before; does what allowed an ``act`` still hold, caps among it; the record, its
content, the ledger entry, the review or audit that follows, the effects to deliver.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from remit.deciding.decide import decide_again
from remit.deciding.decision import Decision
from remit.errors import ArgumentInvalid, ItemInvalid, KeyConflict, Location
from remit.items import Item, JsonObject, Reason, ReasonKind, Route
from remit.ledger import Head, LedgerKind, body_digest, json_text
from remit.reviews import Ask, Review, ReviewKind, open_review
from remit.runtime.caps import CapUse, sentence, since
from remit.runtime.terms import Provenance, Standing, standing
from remit.store.connections import Reader, Row, RowRefused, Store, Writing
from remit.store.decisions import (
    DecisionRecord,
    Payload,
    add_decisions,
    add_payloads,
    decision_by_key,
    decision_payload,
    decision_row,
    payload_row,
)
from remit.store.decisions import decision as decision_of
from remit.store.known import Allowance, WorkNow
from remit.store.ledger_entries import OPENS, add_entries, next_entry_row
from remit.store.moment import decided_among, moment
from remit.store.operations.outbox import callback_row, effect_rows, put_outgoing
from remit.store.operations.usage import Counter, put_used, used
from remit.store.reviews import add_reviews, review_of

__all__ = [
    "AUDITED",
    "Auditing",
    "Settled",
    "Settlement",
    "Settling",
    "content",
    "recall",
    "require_key",
    "settle",
    "settle_in",
]

KEY_LIMIT = 512

AUDITED = Reason(kind=ReasonKind.AUDIT, text="drawn at random: answered once more, without seeing the first answer")
"""The reason of every audit, the same for all, because anything more would say something of the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Auditing:
    """How an item that is acted on is audited: with the chance ``share``, in (0, 1].

    ``draw`` is this item's number in [0, 1): the audit happens where it is below ``share``.  ``ask`` says of whom.
    """

    share: float
    draw: float
    ask: Callable[[], Ask]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """All that is needed to record one decision beyond the decision itself.

    ``standing`` is what the decision was made under, as :func:`~remit.runtime.terms.standing` gave it.  ``id`` and
    ``review_id`` are new and unique, ``salt`` is 16 random bytes or more.  ``ask`` says whom to ask about a decision
    (None: nobody); an item on route ``review`` is asked about whatever it says.  ``effects`` names the effects that
    follow from acting on an output, ``senders`` who sends one, by its id; Remit does not send the others.
    ``callback`` is the sender to whom the answer of a person goes, where the item waits for one.  ``caps`` are what
    acting would use of each cap, ``auditing`` is how it is audited; both count only for an ``act``.
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
    caps: tuple[CapUse, ...] = ()
    auditing: Auditing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What is recorded now: the decision, the review it led to, and whether it had been recorded before.

    ``audit`` is the audit that was drawn; nobody waits for it.
    """

    record: DecisionRecord
    review: Review | None
    repeated: bool
    audit: Review | None = None


def recall(reader: Reader, item: Item, *, work: str) -> Settled | None:
    """What was recorded for this item; None where it is new. Asked before the executor is, to spare it.

    Raises:
        KeyConflict: the key was used for another input.
        ItemInvalid: it is no key.
    """
    given = content(item)
    found = decision_by_key(reader, work=work, key=item.key)
    return None if found is None else _repeated(reader, found, item.key, given)


def _repeated(reader: Reader, found: DecisionRecord, key: str, given: str) -> Settled:
    asked = review_of(reader, found.id)
    is_audit = asked is not None and asked.kind is ReviewKind.AUDIT
    settled = Settled(
        record=found, review=None if is_audit else asked, audit=asked if is_audit else None, repeated=True
    )
    return _same(settled, key, given)


def _same(settled: Settled, key: str, given: str) -> Settled:
    if json_text(settled.record.input) != given:
        raise KeyConflict(
            f"the key {key!r} was used for another input",
            expected=f"the input of decision {settled.record.id}",
            mend="a key names one item for ever: give the new item a key of its own",
        )
    return settled


def settle(store: Store, item: Item, decision: Decision, settlement: Settlement) -> Settled:
    """Record ``decision`` on ``item`` once and for ever, in one transaction.

    The same key with the same input gives what was recorded first.  Under the lock, ``act`` may still become
    ``review`` or ``stopped``, where the grant or a stop changed while the item was decided, or a cap is reached.

    Raises:
        KeyConflict: the key was used for another input. Nothing is recorded.
        ItemInvalid: the key or the input can't be recorded.
        StoreError: the store failed. Nothing is recorded.
    """
    given = content(item)
    try:
        return _settle_new(store, item, decision, settlement, given, trusting=True)
    except RowRefused:  # it was decided before: nothing of this is recorded, so look, and do it again
        return _settle_new(store, item, decision, settlement, given, trusting=False)


def _settle_new(
    store: Store, item: Item, decision: Decision, settlement: Settlement, given: str, *, trusting: bool
) -> Settled:
    with store.writing() as writing:
        settling = Settling(writing)
        if trusting:
            settling.trust(settlement.provenance.work, item.key)
        settled = settling.settle(item, decision, settlement, given=given)
        settling.write()
        settling.remember()
    return settled


def settle_in(writing: Writing, item: Item, decision: Decision, settlement: Settlement) -> Settled:
    """The same as :func:`settle`, inside a transaction of the caller, who answers only once it is committed.

    Raises:
        KeyConflict: the key was used for another input.
        ItemInvalid: the key or the input can't be recorded. In both cases nothing of the item was written.
    """
    settling = Settling(writing)
    settled = settling.settle(item, decision, settlement, given=content(item))
    settling.write()
    return settled


@dataclass(slots=True)
class _Chain:
    """The chain of one work as it grows, what is allowed in it, and what was decided of it: the lock keeps all three.

    ``decided`` has the id of the decision on every item that was looked up, by key; None for those that are new.
    """

    head: Head | None
    allowance: Allowance
    newest_act: int | None
    decided: dict[str, str | None]


class Settling:
    """Settles items one after the other in one transaction, and writes what they come to a table at a time.

    An item that fails leaves nothing behind, so the others go on.  What is settled is not in the store before
    :meth:`write`; use nothing else of the transaction meanwhile.
    """

    def __init__(self, writing: Writing) -> None:
        self._writing = writing
        self._chains: dict[str, _Chain] = {}
        self._settled: dict[tuple[str, str], Settled] = {}
        self._counted: dict[Counter, float] = {}
        self._decisions: list[Row] = []
        self._payloads: list[Row] = []
        self._entries: list[Row] = []
        self._outgoing: list[Row] = []
        self._reviews: list[Review] = []

    def look_up(self, work: str, keys: Sequence[str]) -> None:
        """Look up at once which items of ``work`` were decided before: those that come are best looked up together."""
        chain = self._chains.get(work)
        first, *others = keys
        if chain is None:
            now = moment(self._writing, work=work, key=first)
            chain = self._chains[work] = _Chain(now.head, now.allowance, now.newest_act, {first: now.decision_id})
        else:
            others = [*keys]
        if others:
            chain.decided |= dict.fromkeys(others) | dict(decided_among(self._writing, work=work, keys=others))

    def trust(self, work: str, key: str) -> None:
        """Take an item for new without a look, where what else there is to see is known: the database holds keys apart.

        :meth:`write` raises :class:`~remit.store.connections.RowRefused` where it is not.
        """
        known = self._writing.known(work)
        if known is not None:
            self._chains[work] = _Chain(known.head, known.allowance, known.newest_act, {key: None})

    def settle(self, item: Item, decision: Decision, settlement: Settlement, *, given: str) -> Settled:
        """Settle one item; ``given`` is its input as :func:`content` gave it.

        Raises:
            KeyConflict: the key was used for another input.
        """
        work = settlement.provenance.work
        repeated = self._settled.get((work, item.key))
        if repeated is not None:
            return replace(_same(repeated, item.key, given), repeated=True)
        if work not in self._chains or item.key not in self._chains[work].decided:
            self.look_up(work, (item.key,))
        chain = self._chains[work]
        before = chain.decided[item.key]
        if before is not None:
            return _repeated(self._writing, decision_of(self._writing, before), item.key, given)
        counted: dict[Counter, float] = {}
        if decision.route is Route.ACT:
            decision = self._look_again(decision, settlement, chain.allowance, counted)
        record = _record(chain.head, item, decision, settlement)
        asked = _asked(record, settlement)
        payload = decision_payload(record, given, settlement.salt)
        row = decision_row(record)
        entry = next_entry_row(
            chain.head,
            work=work,
            at=settlement.now,
            kind=LedgerKind.DECISION,
            actor=settlement.actor,
            subject=record.id,
            digests=_digests(settlement.provenance, payload, asked),
            body_digest=body_digest(row),
        )
        chain.head = Head(seq=record.seq, hash=entry[-1])  # from here on nothing fails
        self._counted |= counted
        self._decisions.append(row)
        self._payloads.append(payload_row(record.id, payload))
        self._entries.append(entry)
        if record.effects:
            self._outgoing += effect_rows(
                work=work,
                decision_id=record.id,
                payload_id=record.id,
                effects=record.effects,
                at=settlement.now,
                senders=settlement.senders,
            )
        is_audit = asked is not None and asked.kind is ReviewKind.AUDIT
        if asked is not None:
            self._reviews.append(asked)
            if settlement.callback is not None and not is_audit:
                self._outgoing.append(
                    callback_row(work=work, decision_id=record.id, sender=settlement.callback, at=settlement.now)
                )
        settled = Settled(
            record=record,
            review=None if is_audit else asked,
            audit=asked if is_audit else None,
            repeated=False,
        )
        self._settled[work, item.key] = settled
        return settled

    def write(self) -> None:
        """Write all that was settled."""
        writing = self._writing
        with writing.together():
            add_decisions(writing, self._decisions)
            add_payloads(writing, self._payloads)
            add_entries(writing, self._entries)
            if self._outgoing:
                put_outgoing(writing, self._outgoing)
            if self._reviews:
                add_reviews(writing, self._reviews)
            if self._counted:
                put_used(writing, tuple(self._counted.items()))

    def remember(self) -> None:
        """Spare whoever comes next a look: only where the transaction holds nothing but what was settled here."""
        self._writing.remember(
            {
                work: WorkNow(head=chain.head, allowance=chain.allowance, newest_act=chain.newest_act)
                for work, chain in self._chains.items()
            }
        )

    def _look_again(
        self, decision: Decision, settlement: Settlement, allowance: Allowance, counted: dict[Counter, float]
    ) -> Decision:
        """What remains of an ``act`` under the lock; where it is one still, what it uses of the caps is counted."""
        of, seen = settlement.provenance, settlement.standing
        now = standing(self._writing, of, now=settlement.now, seen=seen, allowance=allowance)
        decision = decide_again(decision, terms=now.terms, stopped=now.stopped)
        if decision.route is not Route.ACT:
            return decision
        for use in settlement.caps:
            counter = Counter(
                work=of.work, executor=of.executor or "", what=use.what, since=since(use.per, settlement.now)
            )
            before = self._counted.get(counter)
            if before is None:
                before = used(self._writing, counter)
            reached = sentence(use, before)
            if reached is not None or use.amount is None:
                counted.clear()
                return decide_again(decision, terms=replace(now.terms, cap=reached), stopped=None)
            counted[counter] = before + use.amount
        return decision


def _record(head: Head | None, item: Item, decision: Decision, settlement: Settlement) -> DecisionRecord:
    of = settlement.provenance
    answer = decision.answer
    acted = decision.route is Route.ACT
    acted_on = answer.output if acted and answer is not None else None
    auditing = settlement.auditing
    return DecisionRecord(
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
        inclusion=auditing.share if acted and auditing is not None else None,
    )


def _asked(record: DecisionRecord, settlement: Settlement) -> Review | None:
    """The review that a decision leads to, or the audit that is drawn for an ``act``."""
    decision = record.decision
    reason = decision.reason
    kind = ReviewKind.REVIEW
    ask: Ask | None
    if decision.route is Route.ACT:
        auditing = settlement.auditing
        if auditing is None or auditing.draw >= auditing.share:
            return None
        kind, reason, ask = ReviewKind.AUDIT, AUDITED, replace(auditing.ask(), shows_answer=False)
    else:
        ask = settlement.ask(decision)
        if ask is None:
            if decision.route is not Route.REVIEW:
                return None
            ask = Ask()
    opened = open_review(
        id=settlement.review_id,
        work=record.work,
        decision_id=record.id,
        reason=reason,
        ask=ask,
        now=settlement.now,
    )
    return opened if kind is ReviewKind.REVIEW else replace(opened, kind=kind)


def _digests(of: Provenance, payload: Payload, asked: Review | None) -> str:
    """The digests that the entry names, as JSON text with its names in order."""
    # an open review is in no chain: what was promised must not vanish
    opens = "" if asked is None else f',"{OPENS}":{json_text(asked.id)}'
    return f'{_made_with(of)},"payload":"{payload.digest}"{opens}}}'


@lru_cache(maxsize=256)
def _made_with(of: Provenance) -> str:
    """The first of them, the same for every item of one definition and executor."""
    digests = {"definition": of.definition_digest, "evidence": of.evidence_digest}
    if of.executor_digest is not None:
        digests["executor"] = of.executor_digest
    return json_text(digests)[:-1]


def content(item: Item) -> str:
    """The input of an item as the text that is recorded.

    Raises:
        ItemInvalid: its key names no item, or its input is no JSON.
    """
    require_key(item.key)
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
