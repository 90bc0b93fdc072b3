"""What becomes of reviews whose time ran out, and of claims that are over: tasks of the sweeper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from remit.errors import RemitError
from remit.items import JsonObject
from remit.reviews import OutputCheck, Review, Reviewed, TimeOut, TimeOutStep, lapse, time_out
from remit.runtime.review import ReviewRules, record_outcome
from remit.runtime.reviewing.steps import record_step
from remit.store.connections import Store, Writing
from remit.store.decisions import decision
from remit.store.operations.outbox import add_effects, answer_callback
from remit.store.operations.reviewing import due_reviews, lapsed_claims
from remit.store.reviews import change_review, review, review_row

__all__ = ["REMIT", "Alarm", "end_claims", "time_out_reviews"]

REMIT = "remit"
"""The actor of what nobody did: a time-out is no person's decision."""

PAGE = 100

Alarm = Callable[[Writing, Review, str], None]
"""Tells somebody about a review, in the same transaction: which, and what happened."""


def time_out_reviews(
    store: Store, *, rules: Callable[[str], ReviewRules], salt: Callable[[], bytes], alarm: Alarm, now: datetime
) -> int:
    """Settle every review whose time ran out, each in a transaction of its own, and say how many they were.

    Whoever is first, a person who decides or the time-out, wins: each looks under the lock.  A review that can't be
    settled stays as it is, and the others go on.

    Args:
        store: the store.
        rules: what a work asks of its reviews; asked only where a safe answer is to be given.
        salt: gives 16 random bytes or more.
        alarm: tells somebody that a review goes on waiting.
        now: the present.

    Raises:
        RemitError: the first that kept a review from being settled, after all others were.
    """
    n_settled = n_failed = 0
    failed: RemitError | None = None
    while page := due_reviews(store, now=now, n=PAGE, skip=n_failed):
        for due in page:
            try:
                n_settled += _settle(store, due.id, rules=rules, salt=salt, alarm=alarm, now=now)
            except RemitError as error:
                n_failed += 1
                failed = failed or error
    if failed is not None:
        raise failed
    return n_settled


def end_claims(store: Store, *, now: datetime) -> int:
    """Free the reviews whose claim is over and say how many they were."""
    n = 0
    while page := lapsed_claims(store, now=now, n=PAGE):
        with store.writing() as writing:
            for one in page:
                free = lapse(review(writing, one.id), now=now)
                if free is not None:
                    change_review(writing, review_row(free, None))
                    n += 1
    return n


def _settle(
    store: Store,
    review_id: str,
    *,
    rules: Callable[[str], ReviewRules],
    salt: Callable[[], bytes],
    alarm: Alarm,
    now: datetime,
) -> int:
    with store.writing() as writing:
        due = review(writing, review_id)
        record = decision(writing, due.decision_id)

        def check(output: JsonObject) -> OutputCheck:
            return rules(due.work).check(record, output)

        out = time_out(due, check=check, now=now)
        if out is None:
            return 0
        if out.output is None:
            change_review(writing, review_row(out.review, None))
        else:
            reviewed = Reviewed(review=out.review, output=out.output)
            record_outcome(writing, reviewed, by=REMIT, salt=salt(), now=now, wrong=None)
            add_effects(
                writing,
                work=due.work,
                decision_id=record.id,
                payload_id=due.id,
                effects=rules(due.work).effects(record, out.output),
                at=now,
                senders=rules(due.work).senders,
            )
            answer_callback(writing, decision_id=record.id, review_id=due.id, due_at=now)
        _tell(writing, out, alarm=alarm, now=now)
    return 1


def _tell(writing: Writing, out: TimeOut, *, alarm: Alarm, now: datetime) -> None:
    one = out.review
    if out.step is not TimeOutStep.WITHDRAWN:
        body: JsonObject = {"what": "timed out", "then": out.step.value, "why": out.why, "role": one.ask.role}
        record_step(writing, one, by=REMIT, now=now, body=body)
    if out.step is TimeOutStep.KEPT:
        alarm(writing, one, out.why)
