"""Rules computed from real items, as they came."""

from __future__ import annotations

from datetime import datetime

from remit.definition.model import Definition
from remit.readiness.current import Current
from remit.readiness.facts import RealItemsFact
from remit.readiness.outcome import PASS, Failed, Fault, Outcome, Unknown
from remit.readiness.registry import rule

__all__ = ["real_items_fit"]

MOST_REFUSED = 0.01


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
