"""The facts as they stand now: which of them are still about this definition, these cases and these executors.

A fact carries the digests it is true for.  Where one of them is not the current one the fact is stale, and a rule that
needs it answers ``unknown``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from remit.definition.digests import evidence_digest
from remit.definition.levels import Level, level_above
from remit.definition.model import Definition
from remit.readiness.facts import (
    AgreementFact,
    CaseFacts,
    ExecutorFact,
    Facts,
    ProbeFact,
    ProjectFacts,
    ProofFacts,
    RealItemsFact,
    SharedFailures,
)
from remit.readiness.operation_facts import OperationFacts, ReplayFact, SignalFact
from remit.readiness.outcome import Unknown

__all__ = ["Current", "NotMeasured", "Stale", "current_facts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMeasured:
    """Nobody measured this yet: ``why`` in words, and the ``mend`` that would measure it."""

    why: str
    mend: str

    def unknown(self) -> Unknown:
        """The answer of a rule that needs this fact."""
        return Unknown(why=self.why, mend=self.mend)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """This was measured, but for something that has changed since."""

    why: str
    mend: str

    def unknown(self) -> Unknown:
        """The answer of a rule that needs this fact."""
        return Unknown(why=f"stale: {self.why}", mend=self.mend)


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """What is known now. ``proofs`` are the ones that still count, ``candidate`` the proof that rules judge.

    ``executor`` is who is asked about, None for whoever was proved best.  ``granted`` is the level held now, ``asked``
    the one that is asked about.
    """

    granted: Level
    asked: Level
    executor: str | None
    project: ProjectFacts | None
    cases: CaseFacts | NotMeasured | Stale
    agreement: AgreementFact | NotMeasured | Stale
    real_items: RealItemsFact | NotMeasured | Stale
    proofs: tuple[ProofFacts, ...]
    candidate: ProofFacts | NotMeasured | Stale
    probe: ProbeFact | NotMeasured | Stale
    shared_failures: SharedFailures | NotMeasured | Stale
    operation: OperationFacts | NotMeasured
    replay: ReplayFact | NotMeasured | Stale
    signal: SignalFact | NotMeasured | Stale
    evidence: Callable[[], str]
    """The evidence digest of the definition, computed where somebody asks."""

    def described(self, name: str) -> ExecutorFact | None:
        """The executor of this name as the project describes it now."""
        known = self.project.executors if self.project else ()
        return next((one for one in known if one.name == name), None)


def current_facts(
    definition: Definition, facts: Facts, executor: str | None, for_level: Level | None = None
) -> Current:
    """Sort the facts into what still counts, what is stale and what nobody measured.

    Where no level is asked about it is the next one above the level granted now, and never one above the ceiling.
    """
    granted = _granted(facts, executor)
    check = _Check(definition, facts)
    latest = _latest(facts.proofs)
    candidate = _candidate(definition, check, latest, executor)
    asked_about = candidate.executor if isinstance(candidate, ProofFacts) else executor
    return Current(
        granted=granted,
        asked=for_level if for_level is not None else _next(definition, granted),
        executor=executor,
        project=facts.project,
        cases=check.cases,
        agreement=check.agreement,
        real_items=check.real_items,
        proofs=tuple(one for one in latest if check.stale_proof(one) is None),
        candidate=candidate,
        probe=_probe(definition, check, facts.probes, asked_about),
        shared_failures=check.shared_failures,
        operation=check.operation,
        replay=check.replay(asked_about),
        signal=check.signal(asked_about),
        evidence=lambda: check.evidence,
    )


def _next(definition: Definition, granted: Level) -> Level:
    ceiling = definition.autonomy.ceiling if definition.autonomy else None
    above = level_above(granted)
    return above if ceiling is None else min(above, ceiling.level, key=lambda level: level.rank)


def _granted(facts: Facts, executor: str | None) -> Level:
    held = [one.level for one in facts.grants if executor is None or one.executor == executor]
    return max(held, key=lambda level: level.rank, default=Level.MANUAL)


def _latest(proofs: Iterable[ProofFacts]) -> tuple[ProofFacts, ...]:
    found: dict[str, ProofFacts] = {}
    for one in proofs:
        known = found.get(one.executor)
        if known is None or one.proved_at > known.proved_at:
            found[one.executor] = one
    return tuple(found.values())


def _candidate(
    definition: Definition, check: _Check, latest: tuple[ProofFacts, ...], executor: str | None
) -> ProofFacts | NotMeasured | Stale:
    if executor is not None:
        mine = [one for one in latest if one.executor == executor]
        none = f"{executor} was not proved yet"
    else:
        mine = [one for one in latest if not one.is_baseline]
        none = "no executor was proved yet"
    if not mine:
        return NotMeasured(why=none, mend=f"remit prove {definition.id} --executor {executor or 'X'}")
    fresh = [one for one in mine if check.stale_proof(one) is None]
    if not fresh:
        newest = max(mine, key=lambda one: one.proved_at)
        return Stale(
            why=f"the proof of {newest.executor} is not about what is there now: {check.stale_proof(newest)}",
            mend=f"remit prove {definition.id} --executor {newest.executor}",
        )
    return min(fresh, key=lambda one: (_share_wrong(one), one.executor))


def _probe(
    definition: Definition, check: _Check, probes: tuple[ProbeFact, ...], executor: str | None
) -> ProbeFact | NotMeasured | Stale:
    """The probe of the candidate; where nobody is asked about and nothing is proved, the only one there is."""
    found = [one for one in probes if executor in (None, one.executor)]
    mend = f"remit prove {definition.id} --executor {executor or 'X'} --probe 50"
    if len(found) > 1:
        return NotMeasured(why="several executors were probed, and none was proved", mend="remit check --executor X")
    if not found:
        why = "no executor was probed" if executor is None else f"{executor} was not probed"
        return NotMeasured(why=f"not measured yet: {why}", mend=mend)
    stale = check.stale_probe(found[0])
    return found[0] if stale is None else Stale(why=stale, mend=mend)


def _only(names: Iterable[str]) -> str | None:
    """The one name there is; None where there are several, or none."""
    found = set(names)
    return found.pop() if len(found) == 1 else None


def _share_wrong(proof: ProofFacts) -> float:
    return proof.n_wrong / proof.n_judged if proof.n_judged else 1.0


class _Check:
    """Compares digests with the current ones; the definition's own is computed only where something needs it."""

    def __init__(self, definition: Definition, facts: Facts) -> None:
        self._definition = definition
        self._facts = facts

    @cached_property
    def evidence(self) -> str:
        """The evidence digest of the definition."""
        return evidence_digest(self._definition)

    @property
    def cases(self) -> CaseFacts | NotMeasured | Stale:
        """The case facts, where they are about this definition."""
        found = self._facts.cases
        mend = f"remit cases check {self._definition.id}"
        if found is None:
            return NotMeasured(why="not measured yet: no cases were read", mend=mend)
        if found.evidence_digest != self.evidence:
            return Stale(why="the cases were checked against another version of the definition", mend=mend)
        return found

    @property
    def agreement(self) -> AgreementFact | NotMeasured | Stale:
        """How far people agree, where they answered from this definition."""
        found = self._facts.agreement
        mend = f"remit cases label {self._definition.id} --as PERSON, for two people; then remit cases agree"
        if found is None:
            return NotMeasured(why="not measured yet: no two people's answers were compared", mend=mend)
        if found.evidence_digest != self.evidence:
            return Stale(
                why="people answered from another version of the definition",
                mend=f"remit cases agree {self._definition.id}",
            )
        return found

    @property
    def real_items(self) -> RealItemsFact | NotMeasured | Stale:
        """How many real items would be refused, where they were held against this definition."""
        found = self._facts.real_items
        mend = f"remit cases check {self._definition.id} --items FILE, with a week of items as they came"
        if found is None:
            return NotMeasured(why="not measured yet: no real items were held against the inputs", mend=mend)
        if found.evidence_digest != self.evidence:
            return Stale(why="real items were held against another version of the definition", mend=mend)
        return found

    @property
    def shared_failures(self) -> SharedFailures | NotMeasured | Stale:
        """The shared failures, where they are about this definition and these cases."""
        found = self._facts.shared_failures
        mend = f"remit prove {self._definition.id} --executor X, for two executors"
        if found is None:
            return NotMeasured(
                why="not measured yet: fewer than two executors were proved on the same cases", mend=mend
            )
        changed = self._changed(found.evidence_digest, found.case_set_digest)
        return found if changed is None else Stale(why=changed, mend=mend)

    @property
    def operation(self) -> OperationFacts | NotMeasured:
        """What running showed; what it is true for, each of its parts says itself."""
        found = self._facts.operation
        if found is None:
            why = "not measured yet: nobody measured how the work runs"
            return NotMeasured(why=why, mend=f"remit drill status {self._definition.id}")
        return found

    def replay(self, executor: str | None) -> ReplayFact | NotMeasured | Stale:
        """The replay of the candidate, where it and the definition are still what was replayed."""
        found = self._facts.operation.replays if self._facts.operation is not None else ()
        name = executor if executor is not None else _only(one.executor for one in found)
        mend = f"remit drill replay {self._definition.id}" + (f" --executor {name}" if name is not None else "")
        mine = [one for one in found if one.executor == name]
        if not mine:
            return NotMeasured(why="not measured yet: no recorded item was answered once more", mend=mend)
        changed = self._what_changed(mine[0].executor, mine[0].executor_digest, mine[0].evidence_digest)
        return mine[0] if changed is None else Stale(why=f"since the replay {changed}", mend=mend)

    def signal(self, executor: str | None) -> SignalFact | NotMeasured | Stale:
        """What running showed of the candidate's errors, where it is still about it."""
        found = self._facts.operation.signals if self._facts.operation is not None else ()
        name = executor if executor is not None else _only(one.executor for one in found)
        mine = [one for one in found if one.executor == name]
        if not mine:
            why = "not measured yet: of no item that was acted on and of none that was not the right answer is known"
            return NotMeasured(why=why, mend="Audits and reviews bring it.")
        changed = self._what_changed(mine[0].executor, mine[0].executor_digest, mine[0].evidence_digest)
        mend = f"remit drill status {self._definition.id}, once it has run as it is now"
        return mine[0] if changed is None else Stale(why=f"since it was measured {changed}", mend=mend)

    def _what_changed(self, executor: str, made_of: str, evidence: str) -> str | None:
        if evidence != self.evidence:
            return "the definition changed in what the evidence is about"
        known = self._facts.project.executors if self._facts.project else ()
        described = next((one for one in known if one.name == executor), None)
        return None if described is not None and described.digest == made_of else f"{executor} changed"

    def stale_proof(self, proof: ProofFacts) -> str | None:
        """Why a proof does not count any more, None where it does."""
        return self._changed(proof.evidence_digest, proof.case_set_digest) or self._executor_changed(proof)

    def stale_probe(self, probe: ProbeFact) -> str | None:
        """Why a probe does not count any more, None where it does."""
        if probe.evidence_digest != self.evidence:
            return "the definition changed in what the evidence is about"
        known = self._facts.project.executors if self._facts.project else ()
        described = next((one for one in known if one.name == probe.executor), None)
        same = described is not None and described.digest == probe.executor_digest
        return None if same else f"{probe.executor} is not what was probed"

    def _changed(self, evidence: str, case_set: str) -> str | None:
        if evidence != self.evidence:
            return "the definition changed in what the evidence is about"
        if self._facts.cases is None or self._facts.cases.prove_digest is None:
            return "there is no prove set to compare with"
        if case_set != self._facts.cases.prove_digest:
            return "the prove set changed"
        return None

    def _executor_changed(self, proof: ProofFacts) -> str | None:
        # The definition's own table is part of its evidence digest.
        if proof.is_baseline or proof.is_own_table:
            return None
        known = self._facts.project.executors if self._facts.project else ()
        described = next((one for one in known if one.name == proof.executor), None)
        if described is None:
            return f"{proof.executor} is not described in the project"
        if described.digest != proof.executor_digest:
            return f"{proof.executor} changed"
        return None
