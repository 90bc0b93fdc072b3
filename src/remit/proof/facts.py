"""What readiness may know of proofs: documents turned into facts."""

from __future__ import annotations

from collections.abc import Sequence

from remit.proof.document import ProofDocument
from remit.proof.tally import MOST_WRONG_KEPT
from remit.readiness.facts import ProofFacts, SharedFailures

__all__ = ["proof_facts", "shared_failures"]


def proof_facts(document: ProofDocument) -> ProofFacts:
    """The facts of one proof."""
    return ProofFacts(
        executor=document.executor.name,
        executor_digest=document.executor.digest,
        evidence_digest=document.evidence_digest,
        case_set_digest=document.case_set_digest,
        proved_at=document.made_at,
        attempt=document.attempt,
        delta=document.delta,
        n_cases=document.n_cases,
        n_wrong=document.n_wrong,
        n_kept=document.n_kept,
        is_baseline=document.is_baseline,
        is_own_table=document.is_own_table,
        targets=document.targets,
        slices=document.slices,
        comparisons=document.comparisons,
        calibration=document.calibration,
        n_invalid_outputs=document.n_invalid_outputs,
        n_faults=document.n_errors + document.n_timeouts,
        n_unlisted=document.n_unlisted,
        unlisted_sample=document.unlisted_sample,
        n_doubtful=document.n_doubtful,
        doubtful=document.doubtful,
        certified_coverage=document.certificate.coverage if document.certificate is not None else None,
    )


def shared_failures(documents: Sequence[ProofDocument]) -> SharedFailures | None:
    """The wrong cases that all of these proofs have in common.

    None where fewer than two different executors were proved on the newest document's case set and definition, or
    where a proof has more wrong cases than it keeps.
    """
    if not documents:
        return None
    newest = max(documents, key=lambda one: one.made_at)
    same = {
        one.executor.name: one
        for one in sorted(documents, key=lambda one: one.made_at)
        if one.case_set_digest == newest.case_set_digest and one.evidence_digest == newest.evidence_digest
    }
    if len(same) < 2 or any(len(one.wrong_ids) >= MOST_WRONG_KEPT for one in same.values()):
        return None
    shared = set.intersection(*(set(one.wrong_ids) for one in same.values()))
    return SharedFailures(
        evidence_digest=newest.evidence_digest,
        case_set_digest=newest.case_set_digest,
        executors=tuple(sorted(same)),
        n_shared=len(shared),
        n_fewest_wrong=min(one.n_wrong for one in same.values()),
        sample=tuple(sorted(shared)[:5]),
    )
