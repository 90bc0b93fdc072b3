"""Rules computed from proofs: are the targets met, on every slice, better than what is simple, and lately?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from remit.definition.model import Definition, Metric
from remit.readiness.current import Current
from remit.readiness.facts import CaseFacts, ProofFacts, SharedFailures, TargetFact, TargetVerdict
from remit.readiness.outcome import PASS, Failed, Fault, NotApplicable, Outcome, Unknown, verdict
from remit.readiness.registry import RuleFunction, rule

__all__ = [
    "baselines_are_beaten",
    "better_than_rate",
    "confidence_means_something",
    "cost_and_time_fit",
    "errors_are_listed",
    "failures_are_not_shared",
    "outputs_parse",
    "proof_is_fresh",
    "prove_set_is_untouched",
    "several_executors_were_tried",
    "slices_are_met",
    "targets_are_met",
]

MOST_ATTEMPTS = 3
FEWEST_IN_A_SLICE = 30
MOST_UNLISTED = 0.01
MOST_SHARED = 0.5
MOST_LATE = 0.05
MOST_CALIBRATION_ERROR = 0.1
OLDEST_PROOF = timedelta(days=90)

_COST_AND_TIME = frozenset({Metric.COST_PER_ITEM, Metric.SECONDS_P95})

ProofRule = Callable[[Definition, ProofFacts], Outcome]


def _about_proof(id_: str) -> Callable[[ProofRule], ProofRule]:
    """Bind a rule that asks only the proof of the candidate; without a current proof it is unknown."""

    def bind(function: ProofRule) -> ProofRule:
        def asked(definition: Definition, current: Current, _now: datetime) -> Outcome:
            proof = current.candidate
            return function(definition, proof) if isinstance(proof, ProofFacts) else proof.unknown()

        bound: RuleFunction = asked
        rule(id_)(bound)
        return function

    return bind


@rule("TT11")
def prove_set_is_untouched(definition: Definition, current: Current, _now: datetime) -> Outcome:
    """The prove set was frozen before the first run and was not asked too often."""
    cases = current.cases
    if not isinstance(cases, CaseFacts):
        return cases.unknown()
    freeze = f"remit cases freeze {definition.id}"
    path = ("cases", "path")
    if cases.frozen_digest is None:
        return Unknown(why="the prove set is not frozen yet", mend=freeze, path=path)
    if cases.frozen_digest != cases.prove_digest:
        return Failed(faults=(Fault(path=path, variant="changed", expected="the set that was frozen"),))
    proof = current.candidate
    if not isinstance(proof, ProofFacts):
        return proof.unknown()
    if cases.frozen_at is None or proof.proved_at < cases.frozen_at:
        return Failed(faults=(Fault(path=path, variant="late", expected="a set frozen before the first run"),))
    if proof.attempt > MOST_ATTEMPTS and not proof.is_baseline:
        expected = f"at most {MOST_ATTEMPTS} attempts"
        values = {"n": proof.attempt}
        return Failed(faults=(Fault(path=path, values=values, expected=expected, found=str(proof.attempt)),))
    return PASS


@_about_proof("TT12")
def targets_are_met(definition: Definition, proof: ProofFacts) -> Outcome:
    """Every target is met on its bound."""
    targets = definition.quality.targets if definition.quality else ()
    if not targets:
        return NotApplicable(why="there are no targets yet")
    judged = {fact.id: fact for fact in proof.targets if fact.slice_column is None}
    missing = [target.id for target in targets if target.id not in judged]
    outcome = _judged(definition, judged.values())
    if missing and not isinstance(outcome, Failed):
        why = f"the proof of {proof.executor} did not judge {', '.join(missing)}"
        return Unknown(why=why, mend=f"remit prove {definition.id} --executor {proof.executor}")
    return outcome


def _judged(definition: Definition, facts: Iterable[TargetFact]) -> Outcome:
    places = {target.id: i for i, target in enumerate(definition.quality.targets if definition.quality else ())}
    known = [fact for fact in facts if fact.id in places]
    missed = tuple(_of_target(fact, places[fact.id]) for fact in known if fact.verdict is TargetVerdict.MISSED)
    unproven = tuple(_of_target(fact, places[fact.id]) for fact in known if fact.verdict is TargetVerdict.UNPROVEN)
    if missed:
        return Failed(faults=(*missed, *unproven))
    return Unknown(faults=unproven) if unproven else PASS


def _of_target(fact: TargetFact, i: int) -> Fault:
    late = fact.metric == Metric.SECONDS_P95.value
    bound, side = (fact.lower, "lower") if fact.at_least else (fact.upper, "upper")
    limit = f"{MOST_LATE:g} of them" if late else _number(fact.limit)
    values = {
        "t": fact.id,
        "metric": fact.metric if fact.about is None else f"{fact.metric} of {fact.about}",
        "slice": f"{fact.slice_column} = {fact.slice_value}",
        "p": _number(fact.value),
        "n": fact.n,
        "side": side,
        "lb": _number(bound),
        "limit": _number(fact.limit),
    }
    if fact.n_more is None:
        mend = "Improve the work on it."
    else:
        mend = f"{fact.n_more} more cases would decide it, if the rate stays what it is."
    return Fault(
        path=("quality", "targets", i),
        variant=_variant(fact, late=late),
        values=values,
        expected=f"{side} bound {'at least' if fact.at_least else 'at most'} {limit}",
        found=_number(bound) if fact.why is None else f"{_number(bound)} ({fact.why})",
        mend=mend,
    )


def _variant(fact: TargetFact, *, late: bool) -> str | None:
    """The message for it: on a slice, what is only unproven is not said to be bad."""
    words = ["unproven"] if fact.slice_column is not None and fact.verdict is TargetVerdict.UNPROVEN else []
    return " ".join([*words, "late"] if late else words) or None


def _number(value: float | None) -> str:
    return "not known" if value is None else f"{value:.4g}"


@_about_proof("TT13")
def slices_are_met(definition: Definition, proof: ProofFacts) -> Outcome:
    """Every target is met on every slice of at least 30 cases."""
    if definition.quality is None or not definition.quality.slices:
        return NotApplicable(why="no slices are named")
    large = [fact for fact in proof.slices if fact.n >= FEWEST_IN_A_SLICE]
    if not large:
        return Unknown(
            why=f"no slice has {FEWEST_IN_A_SLICE} cases",
            mend="Collect more cases of the slices.",
            path=("cases", "path"),
        )
    return _judged(definition, large)


@_about_proof("TT14")
def baselines_are_beaten(definition: Definition, proof: ProofFacts) -> Outcome:
    """Fewer errors than every simple baseline and, where it is measured, than people make today."""
    if proof.is_own_table or proof.is_baseline:
        return NotApplicable(why="this is the simple way itself")
    compared = [one for one in proof.comparisons if one.baseline]
    verdicts = {one.against: one.better for one in compared}
    if (today := _today(definition)) is not None:
        verdicts["people today"] = better_than_rate(proof, today)
    if not compared:
        mend = f"remit prove {definition.id} --executor {proof.executor}"
        return Unknown(why="no simple baseline ran along", mend=mend)
    beaten = [name for name, better in verdicts.items() if better is TargetVerdict.MISSED]
    if beaten:
        return verdict(_not_better(proof, name) for name in beaten)
    unproven = tuple(
        replace(_not_better(proof, name), variant="unproven", mend="Prove with more cases, or improve the executor.")
        for name, better in verdicts.items()
        if better is TargetVerdict.UNPROVEN
    )
    return Unknown(faults=unproven) if unproven else PASS


def _today(definition: Definition) -> float | None:
    rate = definition.today.error_rate if definition.today else None
    return float(rate) if isinstance(rate, float | int) else None


def _not_better(proof: ProofFacts, name: str) -> Fault:
    expected = f"fewer errors than {name}, by an exact test"
    return Fault(
        path=("quality", "targets"),
        values={"b": name},
        expected=expected,
        found=f"{proof.n_wrong} wrong of {proof.n_judged}",
        mend="Ask people." if name == "people today" else None,
    )


def better_than_rate(proof: ProofFacts, rate: float) -> TargetVerdict:
    """Exact one-sided binomial tests against a fixed rate, at the delta of the proof."""
    if _binomial_tail(proof.n_wrong, proof.n_judged, rate) <= proof.delta:
        return TargetVerdict.MET
    n_right = proof.n_judged - proof.n_wrong
    if _binomial_tail(n_right, proof.n_judged, 1 - rate) <= proof.delta:
        return TargetVerdict.MISSED
    return TargetVerdict.UNPROVEN


def _binomial_tail(k: int, n: int, p: float) -> float:
    """P(X <= k) for X ~ Binomial(n, p). Summed here because readiness has to start without scipy."""
    if k >= n or p <= 0:
        return 1.0
    if p >= 1:
        return 0.0
    log_p, log_q = math.log(p), math.log1p(-p)
    log_n = math.lgamma(n + 1)
    return min(
        math.fsum(
            math.exp(log_n - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * log_p + (n - i) * log_q)
            for i in range(k + 1)
        ),
        1.0,
    )


@_about_proof("FM10")
def errors_are_listed(_definition: Definition, proof: ProofFacts) -> Outcome:
    """Next to no error is noticed by no written failure mode."""
    if proof.n_unlisted <= MOST_UNLISTED * proof.n_judged:
        return PASS
    values = {"n": proof.n_unlisted, "sample": ", ".join(proof.unlisted_sample)}
    expected = f"at most {MOST_UNLISTED:g} of {proof.n_judged}"
    return Failed(
        faults=(Fault(path=("failure_modes",), values=values, expected=expected, found=str(proof.n_unlisted)),)
    )


@_about_proof("IO13")
def outputs_parse(_definition: Definition, proof: ProofFacts) -> Outcome:
    """Every output of the proof fits the output schema."""
    if proof.n_invalid_outputs == 0:
        return PASS
    values = {"n": proof.n_invalid_outputs}
    return Failed(faults=(Fault(path=("outputs",), values=values, expected="0", found=str(proof.n_invalid_outputs)),))


@rule("OB10")
def confidence_means_something(_definition: Definition, current: Current, _now: datetime) -> Outcome:
    """The calibration error, by the upper end of its bootstrap interval, is small."""
    proof = current.candidate
    if not isinstance(proof, ProofFacts):
        return proof.unknown()
    described = current.described(proof.executor)
    if described is not None and not described.gives_confidence:
        return NotApplicable(why=f"{proof.executor} gives no confidence")
    found = proof.calibration
    if found is None:
        return Unknown(
            why="not measured yet: the calibration error", mend="Prove again with an executor that says how sure it is."
        )
    if found.upper <= MOST_CALIBRATION_ERROR:
        return PASS
    values = {"p": f"{found.error:.3f}", "u": f"{found.upper:.3f}", "n": found.n}
    return Failed(
        faults=(Fault(values=values, expected=f"at most {MOST_CALIBRATION_ERROR:g}", found=f"{found.upper:.3f}"),)
    )


@rule("OB11")
def proof_is_fresh(definition: Definition, current: Current, now: datetime) -> Outcome:
    """The proof is at most 90 days old and about what is there now."""
    proof = current.candidate
    if not isinstance(proof, ProofFacts):
        return proof.unknown()
    age = now - proof.proved_at
    if age <= OLDEST_PROOF:
        return PASS
    values = {"d": age.days, "executor": proof.executor, "id": definition.id}
    return Failed(
        faults=(Fault(values=values, expected=f"at most {OLDEST_PROOF.days} days", found=f"{age.days} days"),)
    )


@rule("AX01")
def several_executors_were_tried(definition: Definition, current: Current, _now: datetime) -> Outcome:
    """At least two executors, one of them simple, answered the same cases."""
    proof = current.candidate
    if not isinstance(proof, ProofFacts):
        return proof.unknown()
    simple = {one.executor for one in current.proofs if one.is_baseline or one.is_own_table}
    simple |= {one.against for one in proof.comparisons if one.baseline}
    others = {one.executor for one in current.proofs} | {one.against for one in proof.comparisons}
    if simple and len(others | {proof.executor}) > 1:
        return PASS
    values = {"cmd": f"remit prove {definition.id} --executor table"}
    return Failed(faults=(Fault(values=values, expected="a second executor, simple, on the same cases"),))


@rule("AX02")
def failures_are_not_shared(_definition: Definition, current: Current, _now: datetime) -> Outcome:
    """Executors do not all fail on the same cases."""
    shared = current.shared_failures
    if not isinstance(shared, SharedFailures):
        return shared.unknown()
    if shared.n_fewest_wrong == 0 or shared.n_shared / shared.n_fewest_wrong < MOST_SHARED:
        return PASS
    expected = f"less than {MOST_SHARED:g} of {shared.n_fewest_wrong}"
    found = ", ".join(shared.sample) or str(shared.n_shared)
    return Failed(faults=(Fault(values={"n": shared.n_shared}, expected=expected, found=found),))


@rule("AX04")
def cost_and_time_fit(_definition: Definition, current: Current, _now: datetime) -> Outcome:
    """What an answer costs and how long it takes keep their targets; where not, a cheaper executor is named."""
    proof = current.candidate
    if not isinstance(proof, ProofFacts):
        return proof.unknown()
    asked = [target for target in proof.targets if target.metric in _COST_AND_TIME]
    if not asked:
        return NotApplicable(why="no target is about cost or time")
    if missed := [target for target in asked if target.verdict is TargetVerdict.MISSED]:
        return Failed(faults=tuple(_too_much(target, current.proofs) for target in missed))
    if unproven := [target for target in asked if target.verdict is TargetVerdict.UNPROVEN]:
        return Unknown(why=f"{unproven[0].id} is not proven yet", mend="Prove with more cases.")
    return PASS


def _too_much(target: TargetFact, proofs: Iterable[ProofFacts]) -> Fault:
    cheaper = sorted(one.executor for one in proofs if not one.is_baseline and _meets(one, target))
    late = target.metric == Metric.SECONDS_P95
    value = "?" if target.value is None else f"{target.value:.3g}"
    return Fault(
        values={"c": value, "l": f"{target.limit:g}", "x": " or ".join(cheaper)},
        variant="time" if late else None,
        expected=f"at most {MOST_LATE if late else target.limit:g}",
        found=value,
        mend=None if cheaper else "Find a cheaper or faster executor, or raise the limit.",
    )


def _meets(proof: ProofFacts, target: TargetFact) -> bool:
    return any(one.id == target.id and one.verdict is TargetVerdict.MET for one in proof.targets)
