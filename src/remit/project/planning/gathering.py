"""What is known of a work for its plan: the cases as they are, and the newest proof that still counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from remit.cases.freeze import schemas_digest
from remit.definition.digests import evidence_digest
from remit.errors import InvalidInput, UsageError
from remit.project.checking import facts_of
from remit.project.measuring import measure_cases

if TYPE_CHECKING:
    from remit.project.work import Work
    from remit.proof.document import ProofDocument
    from remit.proof.planning import Known, KnownCases, WorkPlan
    from remit.readiness.facts import CaseFacts

__all__ = ["plan_of"]

SEED = 20261
"""Fixed, so that the same plan reads the same: nothing is decided by these draws."""


def plan_of(work: Work, *, executor: str | None, rate: float | None, coverage: float | None) -> WorkPlan:
    """The plan of ``work``. Nothing is spent by it, and nothing recorded.

    Raises:
        NotFound: there is no executor of that name.
        ExpressionInvalid: an expression does not compile, or speaks of something that is not there.
        DocumentInvalid: the frozen case set can't be read.
        UsageError: the executor does the work today, or a rate or a coverage is outside its domain.
    """
    import numpy as np

    from remit.proof.planning import plan_work

    definition = work.definition
    _ = work.prepared  # what can't be proved is not planned either
    if executor is not None and work.executor_file(executor).spec.incumbent:
        raise UsageError(
            f"{executor} does the work today: there is nothing that it would have to earn",
            expected="a candidate",
            found=f"{executor}, with `incumbent: true`",
            mend="name another executor, or leave --executor out",
        )
    return plan_work(
        definition,
        _known(work, executor),
        rng=np.random.default_rng(SEED),
        rate=rate,
        coverage=coverage,
    )


def _known(work: Work, executor: str | None) -> Known:
    from remit.proof.planning import Known

    facts = _case_facts(work)
    proofs = _proofs(work)
    cases, currency = _known_cases(work, facts), work.project.file.currency
    name = executor if executor is not None else _newest_that_counts(work, proofs, facts)
    if name is None:
        why = "no proof of a candidate is about the work as it is" if proofs else "nothing is proved yet"
        return Known(cases=cases, no_proof=why, currency=currency)
    proof = next((one for one in proofs if one.executor.name == name), None)
    outdated = "it is not proved yet" if proof is None else _outdated(work, proof, facts)
    return Known(
        cases=cases,
        executor=name,
        proof=proof if outdated is None else None,
        no_proof=outdated,
        attempt=_attempt(work, name, facts),
        currency=currency,
    )


def _newest_that_counts(work: Work, proofs: Sequence[ProofDocument], facts: CaseFacts | None) -> str | None:
    """The candidate with the newest proof that is about everything as it is."""
    counting = (one for one in proofs if _is_candidate(work, one) and _outdated(work, one, facts) is None)
    return next((one.executor.name for one in counting), None)


def _case_facts(work: Work) -> CaseFacts | None:
    """What the case file holds, measured anew where its bytes changed; None where there is none."""
    from remit.files.text_file import is_file

    if work.case_path is None or not is_file(work.case_path):
        return None
    known = facts_of(work).cases
    if known is not None and known.evidence_digest == evidence_digest(work.definition):
        return known
    measure_cases(work)
    return facts_of(work).cases


def _known_cases(work: Work, facts: CaseFacts | None) -> KnownCases | None:
    from remit.files.case_file import frozen_path, read_frozen
    from remit.proof.planning import KnownCases

    if facts is None or work.case_path is None:
        return None
    frozen = read_frozen(frozen_path(work.case_path, work.id))
    return KnownCases(
        n_prove=facts.n_prove,
        is_frozen=frozen is not None
        and frozen.prove.digest == facts.prove_digest
        and frozen.schemas_digest == schemas_digest(work.definition),
        n_invalid=facts.n_invalid,
        classes=facts.classes,
    )


def _has_store(work: Work) -> bool:
    """Whether there is a store: a plan makes none."""
    location = work.project.store_location
    return not isinstance(location, Path) or location.exists()


def _proofs(work: Work) -> tuple[ProofDocument, ...]:
    from remit.project.proving import newest_proofs

    return newest_proofs(work) if _has_store(work) else ()


def _is_candidate(work: Work, proof: ProofDocument) -> bool:
    file = work.executor_files.get(proof.executor.name)
    return file is not None and not file.spec.incumbent and (not proof.is_baseline or proof.is_own_table)


def _outdated(work: Work, proof: ProofDocument, facts: CaseFacts | None) -> str | None:
    """Why a proof says nothing about the work, the executor and the cases as they are; None where it does."""
    if proof.evidence_digest != evidence_digest(work.definition):
        return "the definition changed since its proof in what the evidence is about"
    if proof.executor.digest != _digest(work, proof.executor.name):
        return "it changed since its proof"
    if facts is None or proof.case_set_digest != facts.prove_digest:
        return "the cases changed since its proof"
    return None


def _digest(work: Work, executor: str) -> str | None:
    """The digest of an executor as it is; None where something it is made of is missing."""
    try:
        return work.executor_digest(executor)
    except InvalidInput:
        return None


def _attempt(work: Work, executor: str, facts: CaseFacts | None) -> int:
    """The number of the next attempt on these cases: the same executor again is the same attempt."""
    from remit.project.proving import is_own_table
    from remit.store import attempts

    if is_own_table(work.executor_file(executor).spec):
        return 0
    if facts is None or facts.prove_digest is None or not _has_store(work):
        return 1
    made = attempts(work.project.store, work=work.id, executor=executor, case_set_digest=facts.prove_digest)
    digest = _digest(work, executor)
    numbers = {run.executor_digest: run.attempt for run in made if run.attempt is not None}
    return numbers.get(digest or "", max(numbers.values(), default=0) + 1)
