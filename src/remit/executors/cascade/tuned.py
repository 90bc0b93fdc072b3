"""What was fixed from the tune cases: each part's limit, and how sure an answer of it makes the whole.

It lies beside the executor file, ``executors/<name>.tuned.json``, written by ``remit tune`` and read as it is: nothing
is tuned while items are decided or cases are proved.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from remit.errors import ExecutorInvalid, Location
from remit.items import Json

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = ["KIND", "Step", "Tuned", "TunedPart", "rank", "read_tuned", "tuned_name"]

KIND: Final = "tuned cascade"

_TIES: Final = 1e-3  # below what some hundred cases can tell, above what is rounded away where it is shown
_LIMIT_BYTES: Final = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From confidence ``at`` on, up to the next step, ``right`` of the answers are expected to be right."""

    at: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TunedPart:
    """What was found for one part.

    ``at_least`` is None where it takes whatever it answers.  ``steps`` are in order of ``at``; one of them, from 0 on,
    for a part without confidence.  It was asked ``n_asked`` tune cases and its answer taken in ``n_taken``, of which
    ``n_wrong`` were wrong.  ``digest`` is of the executor that was asked.
    """

    executor: str
    digest: str
    at_least: float | None
    steps: tuple[Step, ...]
    n_asked: int
    n_taken: int
    n_wrong: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """What was fixed for one cascade, and from which cases.

    ``prove_digest`` is of the prove set that was frozen then: for another one the tune cases may be prove cases.
    """

    work: str
    executor: str
    tune_digest: str
    prove_digest: str
    error_budget: float | None
    n_cases: int
    parts: tuple[TunedPart, ...]

    def meaning(self) -> Json:
        """What of it decides answers, for the digest of the cascade."""
        return [[one.executor, one.at_least, [[step.at, step.right] for step in one.steps]] for one in self.parts]


def tuned_name(executor: str) -> str:
    """The path in the project of what was tuned for an executor."""
    return f"executors/{executor}.tuned.json"


def rank(steps: tuple[Step, ...], confidence: float | None) -> float:
    """How sure the whole is by an answer of one part: the same scale for every part.

    Where parts differ it is the share of right answers that the tune cases let expect; within one part it grows with
    the part's own confidence, so that no order is lost.

    Args:
        steps: of the part.
        confidence: of its answer, in [0, 1]; None for a part that gives none.

    Returns:
        A number in [0, 1].
    """
    if confidence is None:
        return steps[0].right
    at = max(bisect_right([step.at for step in steps], confidence) - 1, 0)
    return (1.0 - _TIES) * steps[at].right + _TIES * confidence


def read_tuned(root: Path, executor: str) -> Tuned | None:
    """What was tuned for an executor; None where nothing was.

    Raises:
        ExecutorInvalid: the file can't be used.
    """
    path = root / tuned_name(executor)
    try:
        if path.stat().st_size > _LIMIT_BYTES:
            raise _unusable(executor, "more than 2 MB")
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise _unusable(executor, type(error).__name__) from None
    if not isinstance(data, Mapping) or data.get("remit") != 1 or data.get("kind") != KIND:
        raise _unusable(executor, "another document")
    return _checked(executor, {key: value for key, value in data.items() if key not in ("remit", "kind")})


def _checked(executor: str, data: Mapping[str, Any]) -> Tuned:
    from pydantic import ValidationError

    try:
        tuned = _adapter().validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _unusable(executor, f"{where}: {first['msg']}"[:200]) from None
    shares = [number for part in tuned.parts for step in part.steps for number in (step.at, step.right)]
    limits = [part.at_least for part in tuned.parts if part.at_least is not None]
    ordered = all(
        list(part.steps) == sorted(part.steps, key=lambda step: step.at) and part.steps for part in tuned.parts
    )
    if not ordered or not all(0.0 <= number <= 1.0 for number in (*shares, *limits)):
        raise _unusable(executor, "steps out of order, or numbers outside 0 to 1")
    return tuned


@cache
def _adapter() -> TypeAdapter[Tuned]:
    from pydantic import TypeAdapter

    return TypeAdapter(Tuned)


def _unusable(executor: str, found: str) -> ExecutorInvalid:
    name = tuned_name(executor)
    return ExecutorInvalid(
        f"{name} can't be used",
        where=Location(file=name),
        expected="what `remit tune` wrote",
        found=found,
        mend="restore it, or tune again: that makes another executor of it, which has to be proved",
    )
