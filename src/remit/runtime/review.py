"""A person decides an item: review, output, ledger entry and truth in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from remit.deciding.decide import check_output
from remit.deciding.prepare import Prepared
from remit.items import Answer, Item, JsonObject
from remit.ledger import LedgerKind, append, body_digest, json_text
from remit.reviews import OutputCheck, Review, Reviewed, Violation, claim, decide
from remit.store.connections import Store, Writing
from remit.store.decisions import DecisionRecord, Payload, add_payload, decision
from remit.store.ledger_entries import add_entry, head_of
from remit.store.operations.outbox import add_effects, answer_callback
from remit.store.reviews import Truth, TruthSource, add_truth, change_review, review, review_row, truth_row

__all__ = ["PersonsAnswer", "claim_review", "decide_review", "person_check"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsAnswer:
    """What a person says to one review.

    ``output`` None rejects the item.  ``comment`` says why; it has to be there to reject, and to set a constraint
    aside.  ``salt`` is 16 random bytes or more.
    """

    by: str
    output: JsonObject | None
    comment: str | None
    salt: bytes
    now: datetime


def claim_review(store: Store, review_id: str, *, by: str, until: datetime, now: datetime) -> Review:
    """Put a review on the desk of one person.

    Raises:
        NotFound: there is no such review.
        AlreadyDecided: it is decided.
        Conflict: it is on somebody else's desk.
    """
    with store.writing() as writing:
        claimed = claim(review(writing, review_id), by=by, until=until, now=now)
        change_review(writing, review_row(claimed, None))
    return claimed


def decide_review(
    store: Store,
    review_id: str,
    answer: PersonsAnswer,
    *,
    check: Callable[[DecisionRecord, JsonObject], OutputCheck],
    effects: Callable[[JsonObject], tuple[str, ...]],
    senders: Mapping[str, str] | None = None,
    undo_for: timedelta = timedelta(0),
) -> Reviewed:
    """Decide a review, all of it or nothing.

    Args:
        store: the store.
        review_id: which review.
        answer: what the person says.
        check: holds an output against schema and constraints, :func:`person_check` in use.
        effects: the ids of the effects that follow from an output.
        senders: who sends an effect, by its id; Remit does not send the others.
        undo_for: how long to wait before anything leaves.

    Raises:
        NotFound: there is no such review.
        AlreadyDecided: somebody decided before.
        Conflict: it is on somebody else's desk.
        ItemInvalid: the output does not fit the output schema.
        OverrideRefused: the output breaks a constraint that nobody may set aside.
        NotAllowed: the comment that is needed is missing.
    """
    with store.writing() as writing:
        opened = review(writing, review_id)
        record = decision(writing, opened.decision_id)
        reviewed = decide(
            opened,
            by=answer.by,
            output=answer.output,
            comment=answer.comment,
            suggested=_suggested(opened, record),
            check=lambda output: check(record, output),
            now=answer.now,
        )
        _record(writing, reviewed, answer)
        if reviewed.output is not None:
            add_effects(
                writing,
                work=opened.work,
                decision_id=record.id,
                payload_id=opened.id,
                effects=effects(reviewed.output),
                at=answer.now,
                due_at=answer.now + undo_for,
                senders=senders or {},
            )
        answer_callback(writing, decision_id=record.id, review_id=opened.id, due_at=answer.now + undo_for)
    return reviewed


def person_check(work: Prepared) -> Callable[[DecisionRecord, JsonObject], OutputCheck]:
    """Hold a person's output against the same output schema and the same constraints as an executor's.

    Constraints that speak of ``answer`` are about how the executor answered, and are not asked of a person.
    """

    def check(record: DecisionRecord, output: JsonObject) -> OutputCheck:
        item = Item(key=record.key, input=record.input, received_at=record.received_at)
        found = check_output(work, item, record.decision.input, Answer(output=output))
        return OutputCheck(
            faults=found.output_faults,
            violated=tuple(
                Violation(id=rule.id, message=rule.text, blocks=rule.blocks)
                for rule in work.constraints
                if rule.id in found.violated and "answer" not in rule.expression.roots
            ),
        )

    return check


def _suggested(opened: Review, record: DecisionRecord) -> JsonObject | None:
    answer = record.decision.answer
    return answer.output if opened.ask.shows_answer and answer is not None else None


def _record(writing: Writing, reviewed: Reviewed, answer: PersonsAnswer) -> None:
    decided = reviewed.review
    output = reviewed.output
    payload = Payload(salt=answer.salt, output=None if output is None else json_text(output))
    head = head_of(writing, decided.work)
    seq = 1 if head is None else head.seq + 1
    row = review_row(decided, seq)
    digests = {"payload": payload.digest}
    if output is not None:
        truth = truth_row(
            Truth(
                work=decided.work,
                seq=seq,
                decision_id=decided.decision_id,
                at=answer.now,
                by=answer.by,
                source=TruthSource.REVIEW,
                answer_seen=decided.ask.shows_answer,
                payload_id=decided.id,
            )
        )
        digests["truth"] = body_digest(truth).hex()
        add_truth(writing, truth)
    change_review(writing, row)
    add_payload(writing, decided.id, payload)
    add_entry(
        writing,
        append(
            head,
            work=decided.work,
            at=answer.now,
            kind=LedgerKind.REVIEW,
            actor=answer.by,
            subject=decided.id,
            digests=digests,
            body_digest=body_digest(row),
        ),
    )
