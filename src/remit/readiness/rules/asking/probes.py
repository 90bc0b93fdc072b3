"""Rules computed from probes: asked again, without a field, with another value, what does the executor do?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from remit.definition.model import Definition, Metric
from remit.readiness.current import Current
from remit.readiness.facts import ProbeFact
from remit.readiness.outcome import PASS, Failed, Fault, NotApplicable, Outcome, Unknown, verdict
from remit.readiness.registry import rule

__all__ = ["answers_repeat", "inputs_are_used", "missing_is_as_declared"]

FEWEST_PROBED = 30

ProbeRule = Callable[[Definition, ProbeFact], Outcome]


def _about_probe(id_: str) -> Callable[[ProbeRule], ProbeRule]:
    """Bind a rule that asks only the probe of the candidate; without a current one it is unknown."""

    def bind(function: ProbeRule) -> ProbeRule:
        def asked(definition: Definition, current: Current, _now: datetime) -> Outcome:
            found = current.probe
            return function(definition, found) if isinstance(found, ProbeFact) else found.unknown()

        rule(id_)(asked)
        return function

    return bind


def _again(definition: Definition, found: ProbeFact) -> str:
    return f"remit prove {definition.id} --executor {found.executor} --probe 100"


@_about_probe("FM11")
def answers_repeat(definition: Definition, found: ProbeFact) -> Outcome:
    """Cases that are asked again get the same answer, in as many cases as the target says; else in all of them."""
    targets = definition.quality.targets if definition.quality is not None else ()
    limits = [one.at_least for one in targets if one.metric is Metric.CONSISTENCY and one.at_least is not None]
    limit = max(limits, default=None)
    values = {"n": found.n_changed, "m": found.n_cases, "sample": ", ".join(found.changed)}
    path = ("quality", "targets")
    if (limit is None and found.n_changed) or (limit is not None and found.same_upper < limit):
        expected = "the same answer every time" if limit is None else f"in at least {limit:g}"
        return Failed(faults=(Fault(path=path, values=values, expected=expected, found=str(found.n_changed)),))
    if found.n_cases < FEWEST_PROBED or (limit is not None and found.same_lower < limit):
        why = (
            f"{found.n_cases} cases were asked {found.repeats} times, {found.n_changed} changed: that shows too little"
        )
        return Unknown(why=why, mend=_again(definition, found), path=path)
    return PASS


@_about_probe("IO12")
def missing_is_as_declared(definition: Definition, found: ProbeFact) -> Outcome:
    """Without each field it comes to what `when_missing` says; without an optional one there is an answer that fits."""
    faults = tuple(
        Fault(
            path=("inputs", "when_missing"),
            values={"f": one.field, "declared": one.declared, "n": one.n_other, "m": one.n},
            expected=one.declared,
            found=one.found,
        )
        for one in found.missing
        if one.n_other
    )
    if faults:
        return Failed(faults=faults)
    never = [one.field for one in found.missing if not one.n]
    if never or not found.missing:
        what = f"no probed case has {', '.join(never)}" if never else "there are no fields to leave out"
        return Unknown(why=what, mend=_again(definition, found), path=("inputs",))
    return PASS


@_about_probe("IO14")
def inputs_are_used(definition: Definition, found: ProbeFact) -> Outcome:
    """Every field changes an answer somewhere, when it takes the value of another case."""
    if not found.swapped:
        return NotApplicable(why="there are no fields")
    unused = [one for one in found.swapped if one.n >= FEWEST_PROBED and not one.n_changed]
    if unused:
        return verdict(
            Fault(
                path=("inputs", "fields", one.field),
                values={"f": one.field, "n": one.n},
                expected="an answer that depends on it",
                found="none",
            )
            for one in unused
        )
    open_ = [one.field for one in found.swapped if not one.n_changed]
    if open_:
        why = f"{', '.join(open_)} changed nothing, in fewer than {FEWEST_PROBED} cases"
        return Unknown(why=why, mend=_again(definition, found), path=("inputs",))
    return PASS
