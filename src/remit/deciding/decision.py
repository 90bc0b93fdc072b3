"""The value that steps 0 to 5 come to for one item."""

from __future__ import annotations

from dataclasses import dataclass

from remit.definition.levels import Level
from remit.items import Answer, JsonObject, Reason, Route

__all__ = ["NOTHING_FOUND", "Checked", "Decision"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What step 4 found in one answer.

    ``output_faults`` are breaches of the output schema (``path: what``); ``violated`` the ids of the constraints that
    do not hold; ``modes`` the ids of the failure modes noticed live; ``never`` the reasons of the ``never`` rules that
    are true on the output; ``not_evaluated`` the expressions that failed to evaluate, with the reason.
    """

    output_faults: tuple[str, ...] = ()
    violated: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    review_when: bool = False
    not_evaluated: tuple[str, ...] = ()


NOTHING_FOUND = Checked()
"""Every check holds: the usual case, always this very value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of one item, and every reason that was found, the first of them decisive.

    ``input`` is the input as it was admitted (what was missing replaced as declared); ``answer`` is None where no
    executor ran; ``eligible`` says that nothing but level, confidence, caps and budget stood against acting alone,
    which is what a certificate is about.
    """

    route: Route
    reasons: tuple[Reason, ...]
    level: Level
    input: JsonObject
    answer: Answer | None = None
    checked: Checked | None = None
    eligible: bool = False

    @property
    def reason(self) -> Reason:
        """The decisive reason."""
        return self.reasons[0]
