"""What a readiness rule says of itself: its card."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from remit.definition.levels import Level
from remit.readiness.finding import Dimension, RuleKind, Severity

__all__ = ["RuleCard", "filled"]

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCard:
    """One rule of the catalogue as data.

    ``message`` and ``mend`` have slots in braces that are filled with what was found; ``variants`` are messages for
    the other ways in which the same rule fails, by name.  ``since`` is the level from which the rule counts; where it
    depends on what was found, ``since_text`` says how and the result carries the level.  ``unmeasured`` says of a rule
    that nobody judges yet why that is so, and what comes near to it.
    """

    id: str
    dimension: Dimension
    kind: RuleKind
    severity: Severity
    since: Level
    title: str
    how: str
    message: str
    mend: str
    source: str
    variants: Mapping[str, str] = field(default_factory=dict)
    since_text: str | None = None
    unmeasured: str | None = None


def filled(template: str, values: Mapping[str, object]) -> str:
    """``template`` with its slots filled; braces around anything but one word are left as they are.

    Raises:
        KeyError: a slot has no value, which is a defect of the rule.
    """
    return _SLOT.sub(lambda slot: str(values[slot[1]]), template)
