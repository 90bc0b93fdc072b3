"""The ledger read into evidence: what was decided and learned since the last look, in its order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from remit.autonomy.evidence import Begun, Decided, Evidence, Learned, phase_of
from remit.autonomy.watch import slice_name
from remit.items import JsonObject
from remit.ledger import LedgerKind
from remit.runtime.watching.critical import CriticalCheck
from remit.store.connections import Reader
from remit.store.operations.watches import (
    PAGE,
    GivenTruth,
    Watched,
    WatchedDecision,
    content_of,
    decisions_after,
    entries_after,
    given_truths,
    output_of,
    review_was_undone,
)

__all__ = ["Feeding"]


class Feeding:
    """Feeds the evidence of one executor from the ledger of its work."""

    def __init__(
        self,
        reader: Reader,
        *,
        work: str,
        executor: str,
        slice_fields: tuple[str, ...],
        critical: Callable[[], CriticalCheck] | None,
    ) -> None:
        self._reader = reader
        self._work = work
        self._executor = executor
        self._slice_fields = slice_fields
        self._critical = critical

    def feed(self, evidence: Evidence, *, now: datetime) -> bool:
        """Take in all that is new; False where a truth that was taken in before was undone since.

        Evidence that this returns False for has to be made anew from where it began.
        """
        while True:
            page = entries_after(self._reader, work=self._work, after=evidence.fed_seq)
            for entry in page:
                if not self._take(evidence, entry):
                    return False
            if len(page) < PAGE:
                break
        self._test(evidence, now=now)
        return True

    def anew(self, begun: Begun, *, now: datetime) -> Evidence:
        """The same evidence, made from the ledger alone."""
        evidence = Evidence(begun)
        while True:
            page = entries_after(self._reader, work=self._work, after=evidence.fed_seq)
            for entry in page:
                self._take(evidence, entry, again=True)
            if len(page) < PAGE:
                break
        self._test(evidence, now=now)
        return evidence

    def _take(self, evidence: Evidence, entry: Watched, *, again: bool = False) -> bool:
        if entry.kind is LedgerKind.REVIEW_STEP and not again and review_was_undone(self._reader, entry.subject):
            return False
        if entry.kind in (LedgerKind.GRANT, LedgerKind.LEVEL_CHANGE) and entry.subject == self._executor:
            evidence.renewed(entry.seq)
            return True
        one = entry.decision
        if one is None or not self._is_about(evidence, one):
            evidence.passed_over(entry.seq)
            return True
        if entry.kind is LedgerKind.DECISION:
            evidence.decided(self._decided(evidence, entry.seq, one))
            return True
        if not entry.is_truth:
            evidence.passed_over(entry.seq)
            return True
        given = given_truths(self._reader, one.id)
        truth = next(truth for truth in given if truth.seq == entry.seq)
        if truth.follows is not None and not again and any(other.payload_id == truth.follows for other in given):
            return False
        first = next((other.seq for other in given if other.counts), None)
        if first != entry.seq:
            evidence.noticed(entry.seq, self._critical_failure(truth, one) if truth.counts else None)
            return True
        evidence.learned(self._learned(evidence, truth, one))
        return True

    def _is_about(self, evidence: Evidence, one: WatchedDecision) -> bool:
        begun = evidence.begun
        return (
            one.answered
            and one.executor == self._executor
            and one.executor_digest == begun.executor_digest
            and one.evidence_digest == begun.evidence_digest
            and phase_of(one.level) is begun.phase
        )

    def _decided(self, evidence: Evidence, seq: int, one: WatchedDecision) -> Decided:
        weighted = one.acted and not one.audited and evidence.varies(one.inclusion)
        broken = None
        if one.acted and one.broken and self._critical is not None:
            broken = self._critical().broken(one.broken)
        return Decided(
            seq=seq,
            at=one.at,
            acted=one.acted,
            inclusion=one.inclusion,
            audited=one.audited,
            slices=self._slices(content_of(self._reader, one.id)) if weighted and evidence.begun.slices else (),
            broken=broken,
        )

    def _learned(self, evidence: Evidence, truth: GivenTruth, one: WatchedDecision) -> Learned:
        watched = one.acted and bool(evidence.begun.slices)
        return Learned(
            seq=truth.seq,
            wrong=truth.wrong,
            acted=one.acted,
            inclusion=one.inclusion,
            audited=one.audited,
            slices=self._slices(content_of(self._reader, one.id)) if watched else (),
            critical=self._critical_failure(truth, one),
        )

    def _critical_failure(self, truth: GivenTruth, one: WatchedDecision) -> str | None:
        if self._critical is None or not one.acted:
            return None
        given = content_of(self._reader, one.id)
        if given is None:  # erased: nobody can tell any more
            return None
        return self._critical().found(
            key=one.id,
            given=given,
            output=output_of(self._reader, one.id),
            expected=output_of(self._reader, truth.payload_id),
            wrong=truth.wrong,
        )

    def _slices(self, given: JsonObject | None) -> tuple[str, ...]:
        if given is None:
            return ()
        return tuple(slice_name(field, given[field]) for field in self._slice_fields if field in given)

    def _test(self, evidence: Evidence, *, now: datetime) -> None:
        """Feed the promotion test in decision order; the first item that still waits for its truth ends it."""
        if not evidence.is_testing:
            return
        while True:
            page = decisions_after(self._reader, work=self._work, after=evidence.tested_seq)
            for entry in page:
                one = entry.decision
                if one is None or not self._is_about(evidence, one) or not _would_act_blind(evidence, one):
                    evidence.not_tested(entry.seq)
                    continue
                deadline = one.at + timedelta(seconds=evidence.begun.deadline_s)
                truth = self._blind_truth(one, deadline)
                if truth is None and now <= deadline:
                    return
                evidence.tested(entry.seq, wrong=None if truth is None else truth.wrong)
            if len(page) < PAGE:
                return

    def _blind_truth(self, one: WatchedDecision, deadline: datetime) -> GivenTruth | None:
        given = given_truths(self._reader, one.id)
        return next((each for each in given if each.counts and not each.answer_seen and each.at <= deadline), None)


def _would_act_blind(evidence: Evidence, one: WatchedDecision) -> bool:
    """Whether a person decided it without seeing the answer, and a certificate would have let it act alone."""
    if not (one.blind and one.eligible):
        return False
    threshold = evidence.begun.threshold
    return threshold is None or (one.confidence is not None and one.confidence >= threshold)
