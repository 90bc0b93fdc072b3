"""The route of one item: the one place that says what becomes of it. Pure.

Everything found against acting alone comes in as objections; what level, certificate, caps and budget say is added
here.  The first reason in the order of :class:`~remit.items.ReasonKind` decides, and all of them are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remit.definition.levels import Level
from remit.items import Reason, ReasonKind, Route

__all__ = ["Objection", "Routed", "Terms", "limits", "route"]

_ORDER = {kind: place for place, kind in enumerate(ReasonKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which terms an executor works now.

    ``threshold`` is the certificate's; None with ``certified`` means all or nothing (an executor without confidence).
    ``because`` says why the level is lower than what was granted.  ``cap`` and ``budget`` are sentences, there where
    a cap is reached or the error budget is spent.
    """

    level: Level
    certified: bool = False
    threshold: float | None = None
    because: str | None = None
    cap: str | None = None
    budget: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """A reason against acting alone, with the route that it leads to."""

    reason: Reason
    route: Route = Route.REVIEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """The route, the reasons in their order (the first decides), and whether only the terms stood against acting."""

    route: Route
    reasons: tuple[Reason, ...]
    eligible: bool


_COVERED = Routed(
    route=Route.ACT,
    reasons=(
        Reason(
            kind=ReasonKind.WITHIN_LIMITS,
            text="the certificate covers every answer of this executor and every check holds",
        ),
    ),
    eligible=True,
)


def route(objections: Sequence[Objection], *, confidence: float | None, terms: Terms) -> Routed:
    """What becomes of an item.

    Args:
        objections: what steps 0 to 4 found, in any order.
        confidence: of the answer, in [0, 1], None where there is none.
        terms: the level that counts now and its limits.

    Under ``manual`` and ``shadow`` the incumbent's answer stands whatever was found, unless the work is stopped.
    """
    found = sorted(objections, key=lambda one: _ORDER[one.reason.kind]) if objections else []
    eligible = not found
    against = [Objection(reason=reason) for reason in limits(confidence, terms)]
    if eligible and not against:
        if terms.threshold is None or confidence is None:
            return _COVERED
        return Routed(route=Route.ACT, reasons=(_reached(confidence, terms.threshold),), eligible=True)
    reasons = tuple(one.reason for one in (*found, *against))
    if found and found[0].reason.kind is ReasonKind.STOPPED:
        return Routed(route=found[0].route, reasons=reasons, eligible=False)
    if not terms.level.at_least(Level.SUGGEST):
        level = _level_reason(terms)
        others = tuple(reason for reason in reasons if reason != level)
        return Routed(route=Route.INCUMBENT, reasons=(level, *others), eligible=eligible)
    decisive = (*found, *against)[0]
    return Routed(route=decisive.route, reasons=reasons, eligible=eligible)


def limits(confidence: float | None, terms: Terms) -> tuple[Reason, ...]:
    """What level, certificate, cap and budget say against acting on an answer; nothing where it may be acted on."""
    return tuple(_limits(confidence, terms))


def _limits(confidence: float | None, terms: Terms) -> Iterator[Reason]:
    if not terms.level.at_least(Level.SUPERVISED):
        yield _level_reason(terms)
        return
    if not terms.certified:
        yield Reason(kind=ReasonKind.CONFIDENCE, text="no certificate says that this executor may act alone")
    elif terms.threshold is not None and confidence is None:
        yield Reason(
            kind=ReasonKind.CONFIDENCE,
            text=f"the answer has no confidence, and the limit is {_share(terms.threshold)}",
        )
    elif terms.threshold is not None and confidence is not None and not confidence >= terms.threshold:
        yield Reason(
            kind=ReasonKind.CONFIDENCE,
            text=f"confidence {_share(confidence)} is below the limit {_share(terms.threshold)}",
        )
    if terms.cap is not None:
        yield Reason(kind=ReasonKind.CAP, text=terms.cap)
    if terms.budget is not None:
        yield Reason(kind=ReasonKind.BUDGET, text=terms.budget)


def _level_reason(terms: Terms) -> Reason:
    why = f" ({terms.because})" if terms.because else ""
    match terms.level:
        case Level.MANUAL:
            return Reason(kind=ReasonKind.LEVEL_MANUAL, text=f"the level is manual: the incumbent does the work{why}")
        case Level.SHADOW:
            text = f"the level is shadow: the answer is only compared, the incumbent's stands{why}"
        case _:
            text = f"the level is {terms.level.value}: a person decides{why}"
    return Reason(kind=ReasonKind.LEVEL, text=text)


def _reached(confidence: float, threshold: float) -> Reason:
    text = f"confidence {_share(confidence)} reaches the limit {_share(threshold)} and every check holds"
    return Reason(kind=ReasonKind.WITHIN_LIMITS, text=text)


def _share(value: float) -> str:
    text = f"{value:.4f}".rstrip("0")
    return f"{value:.2f}" if len(text) < 4 else text
