"""Rules computed from real items, as they came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from remit.definition.model import Definition
from remit.readiness.current import Current
from remit.readiness.facts import MessinessFact, RealItemsFact
from remit.readiness.outcome import PASS, Failed, Fault, Outcome, Unknown
from remit.readiness.registry import rule

__all__ = ["cases_are_as_messy", "real_items_fit"]

MOST_REFUSED = 0.01
FEWEST_COMPARED = 100


@rule("IO10")
def real_items_fit(definition: Definition, current: Current, _now: datetime) -> Outcome:
    """Next to no real item would be refused because it does not fit the inputs."""
    found = current.real_items
    if not isinstance(found, RealItemsFact):
        return found.unknown()
    if found.refused_upper <= MOST_REFUSED:
        return PASS
    values = {"p": f"{100 * found.n_refused / found.n:.3g}", "n": found.n, "why": found.most or "not known"}
    path, expected = ("inputs",), f"at most {MOST_REFUSED:g} of them"
    if found.refused_lower > MOST_REFUSED:
        fault = Fault(path=path, values=values, expected=expected, found=f"at least {found.refused_lower:.3g}")
        return Failed(faults=(fault,))
    why = f"{found.n_refused} of {found.n} items would be refused: at most {found.refused_upper:.3g} is shown, not 0.01"
    return Unknown(why=why, mend=f"remit cases check {definition.id} --items FILE, with more items", path=path)


@rule("TT15")
def cases_are_as_messy(definition: Definition, current: Current, _now: datetime) -> Outcome:
    """Real items do not tend to be messier than the cases, by rank tests with Holm over the measures."""
    found = current.real_items
    if not isinstance(found, RealItemsFact):
        return found.unknown()
    again = f"remit cases check {definition.id} --items FILE"
    if not found.messiness:
        return Unknown(why="there are no cases that real items could be compared with", mend=again, path=("cases",))
    delta = 1 - (definition.quality.assurance if definition.quality is not None else 0.95)
    messier = tuple(_messier(found.messiness, delta))
    if messier:
        fault = Fault(path=("cases",), values={"stat": "; ".join(messier)}, expected="cases as they come", found="less")
        return Failed(faults=(fault,))
    n_real = found.n - found.n_refused
    if min(found.n_cases, n_real) < FEWEST_COMPARED:
        why = f"{found.n_cases} cases and {n_real} real items are too few to tell: {FEWEST_COMPARED} of each are needed"
        return Unknown(why=why, mend=f"{again}, with more of both", path=("cases",))
    return PASS


def _messier(measured: tuple[MessinessFact, ...], delta: float) -> Iterator[str]:
    """The measures of which real items tend to have more, as Holm's procedure allows to say it of all at once."""
    ordered = sorted(measured, key=lambda one: one.p_value)
    for at, one in enumerate(ordered):
        if one.p_value > delta / (len(ordered) - at):
            return
        yield f"{one.measure} {one.real_mean:.3g} on average, {one.cases_mean:.3g} in the cases"
