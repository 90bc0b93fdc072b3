"""Where the items of a file are decided: in this process, or by many."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from remit.errors import RemitError
from remit.items import FaultKind, Item, Route

if TYPE_CHECKING:
    from remit.files.arriving import ItemLine
    from remit.project.work import Work

__all__ = ["Done", "Engine", "LocalEngine", "decided_lines"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What one line came to: its route, or (None) why nothing of it was recorded.

    ``repeated``: it had been recorded before.  ``fault`` is why the executor that was asked gave no answer.
    """

    line: ItemLine
    route: Route | None
    why: str = ""
    repeated: bool = False
    fault: FaultKind | None = None


class Engine(Protocol):
    """Decides lines; each comes out once it is recorded, or could not be."""

    def decide(self, work: Work, lines: Iterable[ItemLine], *, actor: str, executor: str | None) -> Iterator[Done]:
        """Decide ``lines``, whatever their order is when they come out.

        Raises:
            StoreError: the store failed; what was recorded stays.
        """
        ...


class LocalEngine:
    """Decides in this process, in the order of the file."""

    def decide(self, work: Work, lines: Iterable[ItemLine], *, actor: str, executor: str | None) -> Iterator[Done]:
        """Decide ``lines``, as :meth:`Engine.decide` says."""
        return decided_lines(work, lines, actor=actor, executor=executor)


def decided_lines(work: Work, lines: Iterable[ItemLine], *, actor: str, executor: str | None) -> Iterator[Done]:
    """The one way from lines to what they came to, in whichever process it is gone."""
    from remit.runtime.groups.settle_group import NotSettled

    coming: deque[ItemLine] = deque()
    for outcome in work.decide_many(_items(lines, coming), actor=actor, executor=executor):
        line = coming.popleft()
        if isinstance(outcome, NotSettled):
            yield Done(line=line, route=None, why=_why(outcome.error))
        else:
            decision = outcome.record.decision
            fault = None if decision.answer is None or decision.answer.fault is None else decision.answer.fault.kind
            yield Done(line=line, route=decision.route, repeated=outcome.repeated, fault=fault)


def _items(lines: Iterable[ItemLine], coming: deque[ItemLine]) -> Iterator[Item]:
    for one in lines:
        coming.append(one)
        yield Item(key=one.key, input=dict(one.input))


def _why(error: Exception) -> str:
    return error.problems[0].message if isinstance(error, RemitError) else f"{type(error).__name__}: {error}"
