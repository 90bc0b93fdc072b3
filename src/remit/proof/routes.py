"""Where the cases would go, and why in the words of the definition."""

from __future__ import annotations

from collections import Counter
from textwrap import shorten

from remit.definition.model import Definition
from remit.items import ReasonKind, Route
from remit.proof.document import RouteCount
from remit.proof.tally import Tally

__all__ = ["route_counts"]

_MOST_ABOUT = 60


def route_counts(definition: Definition, tally: Tally, *, n_acted: int) -> tuple[RouteCount, ...]:
    """How many cases would take each route for each reason if ``n_acted`` of them were acted on, most first."""
    counts: Counter[tuple[str, str, str]] = Counter(tally.routes)
    n_eligible = sum(tally.eligible)
    if n_acted:
        counts[Route.ACT.value, ReasonKind.WITHIN_LIMITS.value, ""] += n_acted
    if n_eligible > n_acted:
        counts[Route.REVIEW.value, ReasonKind.CONFIDENCE.value, ""] += n_eligible - n_acted
    return tuple(
        RouteCount(route=route, reason=reason, reason_id=id_, n=n, about=_about(definition, ReasonKind(reason), id_))
        for (route, reason, id_), n in counts.most_common()
    )


def _about(definition: Definition, kind: ReasonKind, id_: str) -> str | None:
    words = _words(definition, kind).get(id_)
    if words is None:
        return None
    words = " ".join(words.split())
    # A first word longer than the whole room would leave nothing but the dots.
    return shorten(words, _MOST_ABOUT, placeholder=" …") if " " in words[:_MOST_ABOUT] else words[:_MOST_ABOUT]


def _words(definition: Definition, kind: ReasonKind) -> dict[str, str]:
    """By the id that a reason of this kind bears, what the definition says there."""
    match kind:
        case ReasonKind.FAILURE_MODE | ReasonKind.FAULT | ReasonKind.TIMEOUT | ReasonKind.OUTPUT_INVALID:
            return {mode.id: mode.mode for mode in definition.modes}
        case ReasonKind.CONSTRAINT:
            return {one.id: one.message or one.expr for one in definition.constraints}
        case ReasonKind.OUT_OF_SCOPE:
            excludes = definition.scope.excludes if definition.scope is not None else ()
            return {f"excludes[{i}]": one.what for i, one in enumerate(excludes)}
        case ReasonKind.NEVER_INPUT | ReasonKind.NEVER_OUTPUT:
            nevers = definition.autonomy.never if definition.autonomy is not None else ()
            return {f"never[{i}]": one.because or one.when for i, one in enumerate(nevers)}
        case ReasonKind.REVIEW_WHEN:
            when = definition.uncertainty.review_when if definition.uncertainty is not None else None
            return {"review_when": when} if when is not None else {}
        case _:
            return {}
