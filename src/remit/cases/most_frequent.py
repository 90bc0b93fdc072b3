"""The most frequent right answer of some cases: what somebody would say who never looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from remit.cases.case import Case
from remit.definition.digests import canonical_json
from remit.items import JsonObject

__all__ = ["MostFrequent"]

MOST_OUTPUTS = 1000


class MostFrequent:
    """Counts the right answers of cases.

    The decisions count together; of the cases that share the most frequent answer to all of them, the most frequent
    whole output is taken.  Ties go to the first in the order of the canonical JSON, so that the order of the cases
    plays no part, as long as no answer to the decisions comes with more than a thousand different outputs.

    Args:
        decisions: the output fields that hold the decisions; the whole output counts where there are none.
    """

    def __init__(self, decisions: Sequence[str]) -> None:
        self._decisions = tuple(decisions)
        self._decided: Counter[bytes] = Counter()
        self._whole: dict[bytes, Counter[bytes]] = {}
        self._outputs: dict[bytes, JsonObject] = {}

    def add(self, case: Case) -> None:
        """Count one case."""
        full = canonical_json(case.expected)
        names = self._decisions
        key = canonical_json({name: case.expected.get(name) for name in names}) if names else full
        self._decided[key] += 1
        whole = self._whole.setdefault(key, Counter())
        if full in whole or len(whole) < MOST_OUTPUTS:  # an open field must not fill the memory
            whole[full] += 1
            self._outputs.setdefault(full, case.expected)

    def output(self) -> JsonObject | None:
        """The most frequent answer; None where no case was counted."""
        if not self._decided:
            return None
        return self._outputs[_first(self._whole[_first(self._decided)])]


def _first(counter: Counter[bytes]) -> bytes:
    return min(counter, key=lambda key: (-counter[key], key))
