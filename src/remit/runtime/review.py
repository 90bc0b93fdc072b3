"""A person decides an item: review, output, ledger entry, truth and effects in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from remit.cases.case import Case
from remit.deciding.decide import check_output
from remit.deciding.judge_case import CaseJudge, same_value
from remit.deciding.prepare import Prepared
from remit.items import Answer, Item, JsonObject
from remit.ledger import LedgerKind, append, body_digest, json_text
from remit.reviews import (
    UNDO_WINDOW,
    OutputCheck,
    Review,
    Reviewed,
    ReviewKind,
    Violation,
    Weight,
    barred,
    claim,
    decide,
    following,
    weigh,
)
from remit.store.connections import Reader, Store, Writing
from remit.store.decisions import DecisionRecord, Payload, add_payload, decision
from remit.store.ledger_entries import OPENS, add_entry, head_of
from remit.store.operations.alerts import AlertKind, settle_open
from remit.store.operations.outbox import add_effects, answer_callback
from remit.store.operations.reviewing import reviews_before, standing_review
from remit.store.reviews import (
    Truth,
    TruthSource,
    add_review,
    add_truth,
    change_review,
    review_output,
    review_row,
    review_texts,
    truth_row,
)

__all__ = [
    "TIME_OUT",
    "PersonsAnswer",
    "ReviewRules",
    "barred_from",
    "claim_review",
    "decide_review",
    "person_check",
    "record_outcome",
    "wrong_by_person",
]


TIME_OUT = AlertKind.TIME_OUT
"""The kind of the alert about a review that goes on waiting after its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsAnswer:
    """What a person says to one review.

    ``output`` None rejects the item.  ``comment`` says why; it has to be there to reject, and to set a constraint
    aside.  ``salt`` is 16 random bytes or more.  ``next_id`` is the id of the review that may have to follow, new and
    unique.  ``seconds`` is how long they had it on the screen, ``n_edits`` how many fields of the suggestion they
    changed; None where nobody counted.
    """

    by: str
    output: JsonObject | None
    comment: str | None
    salt: bytes
    next_id: str
    now: datetime
    seconds: float | None = None
    n_edits: int | None = None
    expected_version: int | None = None


def _nobody(record: DecisionRecord) -> Collection[str]:
    del record
    return ()


def _unjudged(record: DecisionRecord, output: JsonObject) -> bool | None:
    del record, output
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRules:
    """What a work asks of its reviews.

    ``check`` holds an output against schema and constraints, :func:`person_check` in use.  ``effects`` are the ids of
    the effects that follow from an output, ``senders`` who sends one, by its id.  ``wrong`` says whether the
    executor's answer is wrong by a person's, :func:`wrong_by_person` in use.  ``four_eyes`` is what the definition
    says, ``accountable`` the role that settles what two people see differently, ``authors`` who built the executor
    of a decision.  ``learned`` is called in the same transaction after a truth was written.
    """

    check: Callable[[DecisionRecord, JsonObject], OutputCheck]
    effects: Callable[[DecisionRecord, JsonObject], tuple[str, ...]]
    wrong: Callable[[DecisionRecord, JsonObject], bool | None] = _unjudged
    four_eyes: bool | None = None
    accountable: str | None = None
    authors: Callable[[DecisionRecord], Collection[str]] = _nobody
    senders: Mapping[str, str] = field(default_factory=dict)
    learned: Callable[[Writing, Truth, DecisionRecord], object] | None = None


def claim_review(
    store: Store,
    review_id: str,
    *,
    by: str,
    until: datetime,
    now: datetime,
    rules: ReviewRules | None = None,
    expected_version: int | None = None,
) -> Review:
    """Put a review on the desk of one person.

    Args:
        store: the store.
        review_id: which review.
        by: who takes it.
        until: when the claim ends by itself.
        now: the present.
        rules: of the work; without them nobody is barred.
        expected_version: the version that the caller has seen.

    Raises:
        NotFound: there is no such review.
        AlreadyDecided: it is decided.
        Conflict: it is on somebody else's desk, waits for an answer, or changed meanwhile.
        NotAllowed: this person may not decide it.
    """
    with store.writing() as writing:
        opened = standing_review(writing, review_id)
        may_not = None
        if rules is not None:
            may_not = barred_from(writing, opened, decision(writing, opened.decision_id), rules)
        claimed = claim(opened, by=by, until=until, now=now, barred=may_not, expected_version=expected_version)
        change_review(writing, review_row(claimed, None))
    return claimed


def decide_review(store: Store, review_id: str, answer: PersonsAnswer, *, rules: ReviewRules) -> Reviewed:
    """Decide a review, all of it or nothing.

    The decision is recorded with its ledger entry.  Where it counts, its effects wait in the outbox until it can't be
    undone any more, and it is a truth about the executor.  Where the work asks for four eyes, the decision opens a
    second review, and effects and truth wait for what that comes to.  An audit is only a truth; a planted case is
    neither.

    Raises:
        NotFound: there is no such review.
        AlreadyDecided: somebody decided before, or its time ran out.
        Conflict: it is on somebody else's desk, waits for an answer, or changed meanwhile.
        ItemInvalid: the output does not fit the output schema.
        OverrideRefused: the output breaks a constraint that nobody may set aside.
        NotAllowed: the comment that is needed is missing, or this person may not decide it.
    """
    with store.writing() as writing:
        opened = standing_review(writing, review_id)
        record = decision(writing, opened.decision_id)
        reviewed = decide(
            opened,
            by=answer.by,
            output=answer.output,
            comment=answer.comment,
            suggested=_suggested(opened, record),
            check=lambda output: rules.check(record, output),
            now=answer.now,
            seconds=answer.seconds,
            n_edits=answer.n_edits,
            barred=barred_from(writing, opened, record, rules),
            expected_version=answer.expected_version,
        )
        same = _same_as_first(writing, reviewed) if opened.kind is ReviewKind.SECOND else None
        weight = weigh(reviewed.review, four_eyes=rules.four_eyes is True, same=same)
        settle_open(writing, work=opened.work, kinds=(TIME_OUT,), about=opened.id, by=answer.by, now=answer.now)
        truth = record_outcome(
            writing,
            reviewed,
            by=answer.by,
            salt=answer.salt,
            now=answer.now,
            wrong=_truth(weight, rules, record),
            opens=answer.next_id if weight in (Weight.SECOND, Weight.SETTLING) else None,
        )
        if weight is Weight.COUNTS and reviewed.output is not None:
            add_effects(
                writing,
                work=opened.work,
                decision_id=record.id,
                payload_id=opened.id,
                effects=rules.effects(record, reviewed.output),
                at=answer.now,
                due_at=answer.now + UNDO_WINDOW,
                senders=rules.senders,
            )
        if weight is Weight.COUNTS:
            answer_callback(writing, decision_id=record.id, review_id=opened.id, due_at=answer.now + UNDO_WINDOW)
        if truth is not None and rules.learned is not None:
            rules.learned(writing, truth, record)
        return replace(reviewed, next=_open_next(writing, reviewed.review, weight, answer, rules))


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


def wrong_by_person(work: Prepared) -> Callable[[DecisionRecord, JsonObject], bool | None]:
    """Say whether the executor's recorded answer is wrong by a person's, as ``quality.correct_when`` tells right.

    None where the executor answered nothing that fits the outputs: there is nothing to be wrong.
    """
    judge = CaseJudge(work)

    def wrong(record: DecisionRecord, output: JsonObject) -> bool | None:
        answer = record.decision.answer
        if answer is None or answer.output is None:
            return None
        checked = record.decision.checked
        if checked is not None and checked.output_faults:
            return None
        case = Case(id=record.key, input=record.decision.input, expected=dict(output))
        return judge.judge(case, record.decision.input, answer.output).wrong

    return wrong


def barred_from(reader: Reader, one: Review, record: DecisionRecord, rules: ReviewRules) -> Mapping[str, str]:
    """Who may not decide a review, each with why."""
    before = reviews_before(reader, one)
    return barred(one, before, authors=rules.authors(record), four_eyes=rules.four_eyes)


def record_outcome(
    writing: Writing,
    reviewed: Reviewed,
    *,
    by: str,
    salt: bytes,
    now: datetime,
    wrong: Callable[[JsonObject], bool | None] | None,
    opens: str | None = None,
) -> Truth | None:
    """Write what a review came to: its row, its output, its ledger entry, and the truth that it brings.

    Args:
        writing: the transaction.
        reviewed: the review with its output.
        by: the actor of the ledger entry.
        salt: 16 random bytes or more.
        now: the present.
        wrong: says whether the executor is wrong by the output; None where it is no truth.
        opens: the id of the review that this one makes necessary.
    """
    decided, output = reviewed.review, reviewed.output
    payload = Payload(salt=salt, output=None if output is None else json_text(output), said=review_texts(decided))
    head = head_of(writing, decided.work)
    seq = 1 if head is None else head.seq + 1
    row = review_row(decided, seq)
    digests = {"payload": payload.digest} | ({} if opens is None else {OPENS: opens})
    is_audit = decided.kind is ReviewKind.AUDIT
    truth = None
    if output is not None and wrong is not None:
        truth = Truth(
            work=decided.work,
            seq=seq,
            decision_id=decided.decision_id,
            at=now,
            by=by,
            source=TruthSource.AUDIT if is_audit else TruthSource.REVIEW,
            answer_seen=decided.ask.shows_answer and not is_audit,
            payload_id=decided.id,
            wrong=wrong(output),
        )
        written = truth_row(truth)
        digests["truth"] = body_digest(written).hex()
        add_truth(writing, written)
    change_review(writing, row)
    add_payload(writing, decided.id, payload)
    entry = append(
        head,
        work=decided.work,
        at=now,
        kind=LedgerKind.AUDIT if is_audit else LedgerKind.REVIEW,
        actor=by,
        subject=decided.id,
        digests=digests,
        body_digest=body_digest(row),
    )
    add_entry(writing, entry)
    return truth


def _truth(weight: Weight, rules: ReviewRules, record: DecisionRecord) -> Callable[[JsonObject], bool | None] | None:
    match weight:
        case Weight.COUNTS | Weight.TRUTH:
            return lambda output: rules.wrong(record, output)
        case Weight.NOTHING | Weight.SECOND | Weight.SETTLING:
            return None
        case _:
            assert_never(weight)


def _suggested(opened: Review, record: DecisionRecord) -> JsonObject | None:
    answer = record.decision.answer
    is_seen = opened.ask.shows_answer and opened.kind is not ReviewKind.AUDIT
    return answer.output if is_seen and answer is not None else None


def _same_as_first(reader: Reader, reviewed: Reviewed) -> bool:
    before = reviews_before(reader, reviewed.review)
    first = review_output(reader, next(one for one in before if one.kind is not ReviewKind.SECOND))
    if first is None or reviewed.output is None:
        return first is None and reviewed.output is None
    return same_value(dict(first), dict(reviewed.output))


def _open_next(
    writing: Writing, decided: Review, weight: Weight, answer: PersonsAnswer, rules: ReviewRules
) -> Review | None:
    match weight:
        case Weight.SECOND:
            kind, role = ReviewKind.SECOND, decided.ask.role
        case Weight.SETTLING:
            kind, role = ReviewKind.SETTLING, rules.accountable or decided.ask.role
        case _:
            return None
    opened = following(decided, kind=kind, role=role, new_id=answer.next_id, now=answer.now)
    add_review(writing, opened)
    return opened
