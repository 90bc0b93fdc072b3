"""One item on its way through a cascade: who is asked next, and what the answer of the whole is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from remit.executors.cascade.tuned import Step, rank
from remit.executors.perform.accept import MAX_TEXT, no_answer
from remit.items import Answer, Executor, ExecutorSpec, Fault, FaultKind

__all__ = ["PART", "Member", "Walk", "part_signal"]

PART = "part"
"""The signal that names the part whose answer was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One part of a cascade, loaded.

    ``executor`` is None for a person, who is asked by a review.  ``at_least`` is in [0, 1]; None where whatever it
    answers is taken.  ``steps`` say how sure the whole is by its answers; None where nothing was tuned.
    """

    name: str
    executor: Executor | None
    at_least: float | None = None
    steps: tuple[Step, ...] | None = None

    @property
    def gives_confidence(self) -> bool:
        """Whether its answers come with a confidence of its own."""
        return self.executor is not None and self.executor.gives_confidence

    def takes(self, answer: Answer) -> bool:
        """Whether an answer of this part stands."""
        if answer.output is None:
            return False
        return self.at_least is None or (answer.confidence is not None and answer.confidence >= self.at_least)

    def whole(self, answer: Answer) -> float | None:
        """The confidence of the whole by an answer of this part; None where the part says that it has none."""
        if self.steps is None or (self.gives_confidence and answer.confidence is None):
            return answer.confidence
        return rank(self.steps, answer.confidence if self.gives_confidence else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    member: Member
    answer: Answer


def part_signal(part: str, what: str) -> str:
    """The name of the signal that says something of one part that was asked: ``seconds``, ``cost``, ``fault``, ..."""
    return f"{part}.{what}"


class Walk:
    """Asks nobody itself: :meth:`next` says whom to ask, :meth:`take` is given what came, until nobody is left."""

    __slots__ = ("_asked", "_ended", "_members", "_next", "_taken")

    def __init__(self, members: tuple[Member, ...]) -> None:
        self._members = members
        self._asked: list[_Asked] = []
        self._next = 0
        self._taken: _Asked | None = None
        self._ended: Answer | None = None

    @property
    def seconds(self) -> float:
        """How long the parts that were asked took."""
        return sum(one.answer.seconds for one in self._asked)

    def next(self) -> Member | None:
        """Who is to be asked now; None where the answer is there, or only a person could give it."""
        if self._taken is not None or self._ended is not None or self._next >= len(self._members):
            return None
        member = self._members[self._next]
        return None if member.executor is None else member

    def take(self, answer: Answer) -> None:
        """What came from the part that was to be asked."""
        asked = _Asked(member=self._members[self._next], answer=answer)
        self._asked.append(asked)
        self._next += 1
        if asked.member.takes(answer):
            self._taken = asked

    def end_of_time(self, spec: ExecutorSpec) -> None:
        """Nobody is asked any more, because the deadline of the whole is used up."""
        tried = ", ".join(f"`{one.member.name}`" for one in self._asked)
        text = f"no answer within {spec.deadline.total_seconds():g} s: there was no time left after {tried}"
        self._ended = no_answer(FaultKind.TIMEOUT, text)

    def answer(self) -> Answer:
        """The answer of the whole, once :meth:`next` names nobody any more."""
        last = self._asked[-1] if self._asked else None
        if self._taken is not None:
            return self._told(
                replace(self._taken.answer, confidence=self._taken.member.whole(self._taken.answer)),
                part=self._taken.member.name,
            )
        if self._ended is not None or last is None:
            return self._told(self._ended or no_answer(FaultKind.ERROR, "no part was asked"), part=None)
        if last.answer.output is None:
            return self._told(_fault_of(last), part=None)
        # Only a person is left: what the last part said is a suggestion, without a confidence that could be enough.
        return self._told(replace(last.answer, confidence=None), part=self._members[-1].name)

    def _told(self, answer: Answer, *, part: str | None) -> Answer:
        costs = [_cost(one) for one in self._asked]
        known = [cost for cost in costs if cost is not None]
        return replace(
            answer,
            seconds=sum(one.answer.seconds for one in self._asked),
            cost=sum(known) if len(known) == len(costs) else None,
            signals=self._signals(part),
            trace="; ".join([*map(_sentence, self._asked), *([f"{part} decides"] if self._is_person(part) else [])]),
        )

    def _is_person(self, part: str | None) -> bool:
        return part is not None and self._taken is None

    def _signals(self, part: str | None) -> dict[str, bool | float | str]:
        found: dict[str, bool | float | str] = {}
        for one in self._asked:
            for name, value in one.answer.signals.items():
                if found.get(name) is not True:  # what one part noticed, another one does not take back
                    found[name] = value
        for one in self._asked:
            name, answer, cost = one.member.name, one.answer, _cost(one)
            found[part_signal(name, "seconds")] = round(answer.seconds, 6)
            if cost is not None:
                found[part_signal(name, "cost")] = cost
            if answer.confidence is not None:
                found[part_signal(name, "confidence")] = answer.confidence
            if answer.fault is not None:
                found[part_signal(name, "fault")] = answer.fault.kind.value
        if part is not None:
            found[PART] = part
        return found


def _cost(asked: _Asked) -> float | None:
    """What asking cost; nobody is paid for not being there."""
    answer = asked.answer
    if answer.cost is None and answer.fault is not None and answer.fault.kind is FaultKind.UNAVAILABLE:
        return 0.0
    return answer.cost


def _fault_of(asked: _Asked) -> Answer:
    """The fault of the last part that was asked is that of the whole: nobody is left who could make up for it."""
    fault = asked.answer.fault
    kind = fault.kind if fault is not None else FaultKind.ERROR
    text = fault.text if fault is not None else "no answer"
    return Answer(output=None, fault=Fault(kind=kind, text=f"{asked.member.name}: {text}"[:MAX_TEXT]))


def _sentence(asked: _Asked) -> str:
    """What came from one part, in words."""
    name, answer = asked.member.name, asked.answer
    if answer.fault is not None:
        return f"{name}: no answer ({answer.fault.text})"
    sure = "" if answer.confidence is None else f" at {answer.confidence:.4g}"
    limit = asked.member.at_least
    if not asked.member.takes(answer):
        below = f", below {limit:.4g}" if answer.confidence is not None else " without a confidence"
        return f"{name}: not sure enough{sure}{below}"
    return f"{name}: taken{sure}" + (f" ({answer.trace})" if answer.trace else "")
