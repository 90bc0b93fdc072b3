"""What may be seen of a decision, and by whom: the answer stays hidden where somebody is to answer without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from remit.deciding.decision import Decision
from remit.definition.levels import Level
from remit.items import Route
from remit.reviews import Review, ReviewKind

__all__ = ["Shown", "as_shown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A decision as far as it may be seen; ``hidden`` where an answer was left out."""

    decision: Decision
    hidden: bool


def as_shown(decision: Decision, reviews: Sequence[Review], *, to_asker: bool) -> Shown:
    """A decision without the answer that nobody may see, and without the reasons that speak of it.

    Below ``suggest`` the answer is only compared, later; at ``suggest`` some reviews are blind, and audits always are
    until they are decided.

    Args:
        decision: the decision as it is recorded.
        reviews: the reviews and audits that it led to.
        to_asker: it is shown to who asked for it, who has to know an answer that is acted on.
    """
    acted = decision.route is Route.ACT
    blind = any(one.waits and (one.kind is not ReviewKind.REVIEW or not one.ask.shows_answer) for one in reviews)
    unseen = not acted and not decision.level.at_least(Level.SUGGEST)
    if decision.answer is None or not (unseen or (blind and not (acted and to_asker))):
        return Shown(decision=decision, hidden=False)
    left = replace(decision, answer=None, checked=None, eligible=False, reasons=decision.reasons[:1])
    return Shown(decision=left, hidden=True)
