"""Rules computed from people: do two of them agree, from the declared inputs alone, and how often are they wrong?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from remit.definition.model import DecisionKind, Definition
from remit.readiness.current import Current
from remit.readiness.facts import AgreementFact, FieldAgreementFact, ProofFacts, TargetVerdict
from remit.readiness.outcome import PASS, Failed, Fault, NotApplicable, Outcome, Unknown
from remit.readiness.registry import rule
from remit.readiness.rules.proofs import better_than_rate

__all__ = ["declared_inputs_are_enough", "error_rate_today_is_measured", "people_agree"]

FEWEST_ANSWERED_TWICE = 30
FEWEST_PAST_ITEMS = 100
AGREEMENT = 0.8
"""What is asked for where ``cases.agreement_at_least`` says nothing."""


@rule("WD12")
def people_agree(definition: Definition, current: Current, _now: datetime) -> Outcome:
    """Two people come to the same judgement from the definition alone.

    It fails on the exact bound of the share on which they agree.  It passes where that share and, beyond chance, kappa
    or alpha are shown to be high enough: chance alone makes people agree where nearly every answer is the same.
    """
    judgements = [one.id for one in definition.decisions if one.kind is DecisionKind.JUDGEMENT]
    if not judgements:
        return NotApplicable(why="no decision is a judgement")
    if not _labelled_by(definition):
        return NotApplicable(why="`cases.labelled_by` names nobody: what is right is an outcome, not a person's label")
    found = current.agreement
    if not isinstance(found, AgreementFact):
        return found.unknown()
    limit = _limit(definition)
    facts = [one for one in found.fields if one.field in judgements]
    failed = tuple(_disagreement(one, limit) for one in facts if one.upper < limit)
    if failed:
        return Failed(faults=failed)
    few = next((one.n for one in facts if one.n < FEWEST_ANSWERED_TWICE), None if facts else 0)
    if few is not None:
        return Unknown(
            why=f"two people answered {few} items; {FEWEST_ANSWERED_TWICE} are needed",
            mend=f"remit cases label {definition.id} --as PERSON",
            path=("cases", "agreement_at_least"),
        )
    unproven = tuple(fault for one in facts for fault in _not_shown(one, limit))
    return Unknown(faults=unproven) if unproven else PASS


def _labelled_by(definition: Definition) -> tuple[str, ...]:
    return definition.cases.labelled_by if definition.cases is not None else ()


def _limit(definition: Definition) -> float:
    cases = definition.cases
    return AGREEMENT if cases is None or cases.agreement_at_least is None else cases.agreement_at_least


def _disagreement(fact: FieldAgreementFact, limit: float) -> Fault:
    return Fault(
        path=("cases", "agreement_at_least"),
        values={"k": fact.n_agreed, "n": fact.n, "m": fact.n - fact.n_agreed},
        expected=f"agreement of at least {limit:g}",
        found=f"at most {fact.upper:.3g}",
    )


def _not_shown(fact: FieldAgreementFact, limit: float) -> Iterator[Fault]:
    values = {"k": fact.n_agreed, "n": fact.n, "m": fact.n - fact.n_agreed, "limit": f"{limit:g}"}
    path = ("cases", "agreement_at_least")
    if fact.lower < limit:
        found = f"lower bound {fact.lower:.3g}"
        yield Fault(path=path, variant="unproven", values=values, expected=f"at least {limit:g}", found=found)
    elif fact.beyond_chance_lower is None or fact.beyond_chance_lower < limit:
        lower = "not known: all answers are the same" if fact.beyond_chance_lower is None else None
        values |= {"measure": fact.measure, "lb": lower or f"{fact.beyond_chance_lower:.3g}"}
        expected = f"{fact.measure} of at least {limit:g}"
        yield Fault(path=path, variant="chance", values=values, expected=expected, found=str(values["lb"]))


@rule("IO11")
def declared_inputs_are_enough(definition: Definition, current: Current, _now: datetime) -> Outcome:
    """Who sees only the declared inputs comes to what was decided with everything at hand."""
    found = current.agreement
    if not isinstance(found, AgreementFact):
        return found.unknown()
    path = ("inputs", "fields")
    if found.known_lower is None or found.known_upper is None or found.n_known < FEWEST_ANSWERED_TWICE:
        return Unknown(
            why=f"{found.n_known} cases with a known answer were answered again from the declared inputs; "
            f"{FEWEST_ANSWERED_TWICE} are needed",
            mend=f"remit cases label {definition.id} --as PERSON --again 100",
            path=path,
        )
    limit = _limit(definition)
    values = {"p": f"{found.n_same_as_known} of {found.n_known}", "limit": f"{limit:g}"}
    if found.known_upper < limit:
        bound = f"at most {found.known_upper:.3g}"
        return Failed(faults=(Fault(path=path, values=values, expected=f"at least {limit:g}", found=bound),))
    if found.known_lower >= limit:
        return PASS
    bound = f"lower bound {found.known_lower:.3g}"
    fault = Fault(path=path, variant="unproven", values=values, expected=f"at least {limit:g}", found=bound)
    return Unknown(faults=(fault,))


@rule("WD15")
def error_rate_today_is_measured(definition: Definition, current: Current, _now: datetime) -> Outcome:
    """Who does the work today was held against at least a hundred cases, and the written rate is that one."""
    incumbents = {one.name for one in current.project.executors if one.incumbent} if current.project else set()
    proved = [one for one in current.proofs if one.executor in incumbents]
    mend = f"remit prove {definition.id} --executor {min(incumbents, default='X')}"
    path = ("today", "error_rate")
    if not proved:
        who = "an executor with `incumbent: true`" if not incumbents else ", ".join(sorted(incumbents))
        return Unknown(why=f"not measured yet: the answers of {who} on the cases", mend=mend, path=path)
    most = max(proved, key=lambda one: one.n_judged)
    if most.n_judged < FEWEST_PAST_ITEMS:
        values = {"n": most.n_judged, "who": most.executor}
        expected = f"at least {FEWEST_PAST_ITEMS}"
        fault = Fault(path=path, variant="few", values=values, expected=expected, found=str(most.n_judged))
        return Failed(faults=(fault,))
    return _as_written(definition, most)


def _as_written(definition: Definition, proof: ProofFacts) -> Outcome:
    written = definition.today.error_rate if definition.today is not None else None
    measured = f"{proof.n_wrong} of {proof.n_judged}"
    path = ("today", "error_rate")
    if not isinstance(written, float | int):
        fault = Fault(path=path, variant="unwritten", values={"k": measured}, expected=measured, found="unknown")
        return Failed(faults=(fault,))
    if better_than_rate(proof, written) is TargetVerdict.UNPROVEN:
        return PASS
    values = {"a": f"{written:g}", "k": measured}
    return Failed(faults=(Fault(path=path, variant="other", values=values, expected=measured, found=f"{written:g}"),))
