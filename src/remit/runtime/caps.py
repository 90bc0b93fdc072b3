"""Caps: how much an executor may do alone in one hour or day (``autonomy.caps``)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from remit.definition.model import Autonomy, Cap, Definition
from remit.items import Json, JsonObject

__all__ = ["CapUse", "capping", "sentence", "since"]

_CLOSE = 1e-9  # sums of decimal fractions are off by less


@dataclass(frozen=True, slots=True, kw_only=True)
class CapUse:
    """What acting on one item would use of one cap.

    ``what`` names the counter, the same for every item, and not the limit, which may change.  ``amount`` is at least
    0; None where the input has no number there, and then the cap can't be kept.
    """

    what: str
    per: Literal["hour", "day"]
    limit: float
    amount: float | None
    of: str | None = None


def capping(definition: Definition) -> Callable[[JsonObject], tuple[CapUse, ...]]:
    """What acting on an item would use of every cap of a work, told from its admitted input."""
    caps = (definition.autonomy or Autonomy()).caps

    def uses(given: JsonObject) -> tuple[CapUse, ...]:
        return tuple(_use(cap, given) for cap in caps)

    return uses


def since(per: Literal["hour", "day"], now: datetime) -> datetime:
    """When the hour or day of ``now`` began, in UTC: the same instant always falls into the same one."""
    began = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return began if per == "hour" else began.replace(hour=0)


def sentence(use: CapUse, before: float) -> str | None:
    """Why acting would exceed the cap, where ``before`` is used up already; None where it would not."""
    if use.amount is None:
        return f"`{use.of}` is no number here: whether the cap of {use.limit:,g} a {use.per} holds can't be told"
    after = before + use.amount
    if after <= use.limit or math.isclose(after, use.limit, rel_tol=_CLOSE):
        return None
    if use.of is None:
        return f"this would be item {after:,.0f} of this {use.per}, and the cap is {use.limit:,g}"
    return f"with this item `{use.of}` would come to {after:,g} in this {use.per}, and the cap is {use.limit:,g}"


def _use(cap: Cap, given: JsonObject) -> CapUse:
    if cap.items is not None:
        return CapUse(what=f"items per {cap.per}", per=cap.per, limit=float(cap.items), amount=1.0)
    of = cap.of or ""
    limit = math.inf if cap.sum is None else float(cap.sum)  # reading refuses a cap that limits nothing
    return CapUse(what=f"sum of {of} per {cap.per}", per=cap.per, limit=limit, amount=_amount(given, of), of=of)


def _amount(given: Mapping[str, Json], of: str) -> float | None:
    value = given.get(of)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        amount = float(value)
    except OverflowError:
        return math.inf
    return None if math.isnan(amount) else max(amount, 0.0)  # what is taken back gives no room for more
