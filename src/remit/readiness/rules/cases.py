"""Rules computed from the case set: do the cases fit, are there enough, and are they still proof?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from remit.definition.model import Definition, Json, Metric, Target
from remit.definition.schemas import answers, output_schema
from remit.items import ExecutorKind
from remit.readiness.current import Current
from remit.readiness.facts import AgreementFact, CaseFacts, ProofFacts
from remit.readiness.outcome import PASS, Failed, Fault, NotApplicable, Outcome, Unknown, verdict
from remit.readiness.registry import rule
from remit.readiness.rules.failures import SEVERE, modes_at
from remit.readiness.rules.testing import delta_of_first_attempt, n_faultless

__all__ = [
    "cases_fit",
    "classes_have_cases",
    "labels_are_independent",
    "labels_look_right",
    "modes_have_cases",
    "nothing_leaked",
]

FEWEST_OF_A_CLASS = 5
FEWEST_OF_A_MODE = 10
FEWEST_OF_A_SEVERE_MODE = 30
MOST_LEAKED = 0.01


@rule("TT06")
def cases_fit(_definition: Definition, current: Current, _now: datetime) -> Outcome:
    """Cases exist and fit the schemas."""
    cases = current.cases
    if not isinstance(cases, CaseFacts):
        return cases.unknown()
    path = ("cases", "path")
    if cases.n_rows == 0:
        return Failed(faults=(Fault(path=path, variant="none", expected="at least one case"),))
    if cases.n_invalid == 0:
        return PASS
    line = cases.first_invalid_line
    values = {"n": cases.n_invalid, "l": "not known" if line is None else line}
    expected = "every case valid against inputs and outputs"
    return Failed(faults=(Fault(path=path, values=values, expected=expected, found=cases.first_invalid),))


@rule("TT07")
def classes_have_cases(definition: Definition, current: Current, _now: datetime) -> Outcome:
    """Enough cases of every answer, and of a guarded one enough to show its target."""
    schema = output_schema(definition)
    allowed = {
        decision.id: found for decision in definition.decisions if (found := answers(schema, decision.id)) is not None
    }
    if not allowed:
        return NotApplicable(why="no decision has a list of answers")
    cases = current.cases
    if not isinstance(cases, CaseFacts):
        return cases.unknown()
    return verdict(
        fault
        for decision, values in allowed.items()
        for value in values
        for fault in _too_few(definition, cases, decision, value)
    )


def _too_few(definition: Definition, cases: CaseFacts, decision: str, answer: Json) -> Iterator[Fault]:
    n = cases.classes.get(decision, {}).get(_text(answer), 0)
    needed = max(FEWEST_OF_A_CLASS, _needed_to_show(definition, decision, answer))
    if n < needed:
        yield Fault(
            path=("cases", "path"),
            values={"c": f"{decision} = {_text(answer)}", "n": n, "m": needed},
            expected=f"at least {needed} cases in the prove set",
            found=str(n),
        )


def _text(answer: Json) -> str:
    """An answer as the case facts write it: text as it is, whole numbers without a point, the rest as JSON."""
    if isinstance(answer, float) and answer.is_integer():
        return str(int(answer))
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)


def _needed_to_show(definition: Definition, decision: str, answer: Json) -> int:
    quality = definition.quality
    guards = [
        n_faultless(target.at_least, delta_of_first_attempt(definition))
        for target in (quality.targets if quality else ())
        if quality is not None
        and target.metric is Metric.RECALL
        and target.at_least is not None
        and target.class_ == answer
        and (target.of == decision or (target.of is None and len(definition.decisions) == 1))
    ]
    return max((n for n in guards if n is not None), default=0)


@rule("TT08")
def labels_are_independent(_definition: Definition, current: Current, _now: datetime) -> Outcome:
    """Who labelled the cases is not who is tested with them, nor who built that."""
    cases = current.cases
    if not isinstance(cases, CaseFacts):
        return cases.unknown()
    if current.project is None:
        return Unknown(why="not measured yet: the executors of the project were not read", mend="remit check")
    n_labelled = sum(cases.labellers.values())
    under_test = {one.name for one in current.project.executors if one.kind is not ExecutorKind.PERSON} | {
        one.author for one in current.project.asked(current.executor) if one.author
    }
    partial = {
        name: n for name, n in cases.labellers.items() if name.casefold() in {one.casefold() for one in under_test}
    }
    path = ("cases", "labelled_by")
    if partial:
        n, names = sum(partial.values()), ", ".join(sorted(partial))
        values = {"p": f"{100 * n / max(n_labelled + cases.n_unlabelled, 1):.3g}"}
        expected = "labels by people who did not build an executor"
        return Failed(faults=(Fault(path=path, values=values, expected=expected, found=names),))
    if cases.n_unlabelled or not n_labelled:
        return Unknown(
            why=f"{cases.n_unlabelled} cases do not say who labelled them"
            if cases.n_unlabelled
            else "no case says who labelled it",
            mend="Fill the column labelled_by.",
            path=path,
        )
    return PASS


@rule("TT09")
def nothing_leaked(definition: Definition, current: Current, _now: datetime) -> Outcome:
    """Next to no case of the prove set is a case of the tune set too."""
    cases = current.cases
    if not isinstance(cases, CaseFacts):
        return cases.unknown()
    if cases.n_prove == 0:
        return Unknown(why="there is no prove set yet", mend=f"remit cases split {definition.id}")
    n_seen = cases.n_seen_in_tune + cases.n_near_in_tune
    if n_seen / cases.n_prove < MOST_LEAKED:
        return PASS
    values = {"n": n_seen, "m": cases.n_near_in_tune}
    expected = f"less than {MOST_LEAKED:g} of {cases.n_prove}"
    fault = Fault(path=("cases", "path"), values=values, expected=expected, found=str(n_seen))
    if cases.n_near_in_tune:
        fault = replace(fault, variant="near", mend="`remit cases check` lists them: take them out of the tune set.")
    return Failed(faults=(fault,))


@rule("TT10")
def labels_look_right(definition: Definition, current: Current, _now: datetime) -> Outcome:
    """However many of the doubtful labels are wrong, the targets can still be met by whoever answers rightly."""
    targets = definition.quality.targets if definition.quality is not None else ()
    limits = [limit for one in targets if (limit := _least_accuracy(one)) is not None]
    if not limits:
        return NotApplicable(why="no target says how many answers must be right")
    cases, proof = current.cases, current.candidate
    if not isinstance(cases, CaseFacts):
        return cases.unknown()
    if not isinstance(proof, ProofFacts):
        return proof.unknown()
    if cases.n_prove == 0:
        return Unknown(why="there is no prove set yet", mend=f"remit cases split {definition.id}")
    if proof.n_doubtful is None:
        mend = "Prove an executor that says how sure it is."
        return Unknown(why=f"not measured yet: {proof.executor} gave no confidence, or was proved before", mend=mend)
    share = _n_doubtful(current, cases, proof) / cases.n_prove
    if 1 - share >= max(limits):
        return PASS
    values = {"p": f"{100 * share:.3g}", "x": f"{1 - share:.3g}", "id": definition.id}
    expected = f"labels that let a perfect executor reach {max(limits):g}"
    return Failed(faults=(Fault(path=("cases", "path"), values=values, expected=expected, found=f"{1 - share:.3g}"),))


def _least_accuracy(target: Target) -> float | None:
    """The share of right answers that a target over all cases asks for."""
    if target.where is not None:
        return None
    if target.metric is Metric.ACCURACY:
        return target.at_least
    if target.metric is Metric.ERROR_RATE and target.at_most is not None:
        return 1 - target.at_most
    return None


def _n_doubtful(current: Current, cases: CaseFacts, proof: ProofFacts) -> int:
    """Prove cases whose label looks wrong, by their names where all names are kept; those confirmed do not count."""
    confirmed = set(current.agreement.confirmed) if isinstance(current.agreement, AgreementFact) else set()
    by_executor = set(proof.doubtful) - confirmed
    not_named = (proof.n_doubtful or 0) - len(proof.doubtful) + cases.n_contradictory - len(cases.contradictory)
    return len(by_executor | set(cases.contradictory) - confirmed) + not_named


@rule("FM06")
def modes_have_cases(definition: Definition, current: Current, _now: datetime) -> Outcome:
    """Each failure mode has cases that carry its tag."""
    tagged = [at for at in modes_at(definition) if at.mode.tag is not None]
    if not tagged:
        return NotApplicable(why="no failure mode has a tag")
    cases = current.cases
    if not isinstance(cases, CaseFacts):
        return cases.unknown()
    faults = []
    for at in tagged:
        severe = at.mode.severity is not None and at.mode.severity >= SEVERE
        needed = FEWEST_OF_A_SEVERE_MODE if severe else FEWEST_OF_A_MODE
        n = cases.tags.get(at.mode.tag or "", 0)
        if n < needed:
            expected = f"at least {needed} cases tagged `{at.mode.tag}` in the prove set"
            faults.append(
                Fault(path=(*at.path, "tag"), values={"m": at.mode.mode, "n": n}, expected=expected, found=str(n))
            )
    return verdict(faults)
