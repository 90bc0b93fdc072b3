"""``@remit.executor``: marks a function; one that does the work today is recorded beside what it does."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from remit.definition.schemas import output_schema
from remit.errors import ArgumentInvalid, RemitError, ReviewPending
from remit.executors.function import INCUMBENT, answer_from, copied, spec_of
from remit.executors.function import executor as marked
from remit.items import Answer, JsonObject, Route
from remit.project.adopting.recording import Done, Recording, opened_at

if TYPE_CHECKING:
    from remit.project.work import Work
    from remit.runtime.settle import Settled

__all__ = ["executor"]

F = TypeVar("F", bound=Callable[..., Any])
_PLAIN = (str, int, float, bool)
_PLAIN_NAMES = frozenset({"str", "int", "float", "bool"})


def executor(
    work: str,
    *,
    incumbent: bool = False,
    project: str | Path | None = None,
    key: Callable[..., str] | None = None,
    on_review: Literal["raise", "incumbent"] = "raise",
    **parts: Any,
) -> Callable[[F], F]:
    """Mark a function as an executor of one work definition.

    A function that is not the incumbent comes back as it is.  One that does the work today (``incumbent=True``) keeps
    its signature and its answer: what it did is recorded after it returned, by a thread of its own, and a candidate at
    ``shadow`` answers beside it.  From ``suggest`` on every call is decided first: on ``act`` the candidate's output
    is returned; what waits for a person raises :class:`~remit.errors.ReviewPending`, or is left to the function
    (``on_review="incumbent"``).  Where the store fails, the function answers.

    Args:
        work: the id of the work definition.
        incumbent: whether this function does the work today.
        project: the folder of the project; the one that the file of the function lies in when not given.
        key: gives the key of the item, from the same arguments; a new one for each call when not given.
        on_review: what becomes of a call whose item waits for a person.
        **parts: as :func:`remit.executors.executor` takes them: ``name``, ``version``, ``deadline``, ``settings``, ...

    Raises:
        ArgumentInvalid: what is marked is no plain function, or only an incumbent may say so.
    """
    if not incumbent and (project is not None or key is not None or on_review != "raise"):
        raise ArgumentInvalid(
            "only the incumbent has a project, a key or on_review",
            expected="incumbent=True",
            mend="leave them out, or say incumbent=True",
        )
    mark: Callable[[F], F] = marked(work, incumbent=incumbent, **parts)

    def adopt(function: F) -> F:
        made = mark(function)
        if not incumbent:
            return made
        adopted = _Adopted(made, work, project=project, key=key, on_review=on_review)
        wrapper: Any = adopted.awaited() if inspect.iscoroutinefunction(made) else adopted.called()
        setattr(wrapper, INCUMBENT, made)
        wrapper.remit = adopted.recording
        typed: F = wrapper
        return typed

    return adopt


@dataclass(frozen=True, slots=True)
class _Answered:
    """What the caller gets in the place of the incumbent's answer."""

    value: object


class _Adopted:
    """An incumbent function with all that goes on beside it."""

    def __init__(
        self,
        function: Callable[..., Any],
        work: str,
        *,
        project: str | Path | None,
        key: Callable[..., str] | None,
        on_review: Literal["raise", "incumbent"],
    ) -> None:
        spec = spec_of(function)
        self._function = function
        self._key = key
        self._leaves_reviews = on_review == "incumbent"
        self._signature = inspect.signature(function)
        returns = self._signature.return_annotation
        self._returns_value = returns in _PLAIN or returns in _PLAIN_NAMES
        source = Path(function.__code__.co_filename).parent
        path = None if project is None else Path(project)
        name = work if spec is None else spec.name
        self.recording = Recording(work, by=name, opened=opened_at(path, source), read=_read)

    def called(self) -> Callable[..., Any]:
        """The function as it is called."""
        function, recording = self._function, self.recording

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            done = self._taken(args, kwargs)
            if recording.is_above_shadow and done is not None:
                answered = self._in_its_place(done)
                return answered.value if answered is not None else function(*args, **kwargs)
            returned = function(*args, **kwargs)
            self._put(done, returned)
            return returned

        return call

    def awaited(self) -> Callable[..., Any]:
        """The same for a coroutine function."""
        function, recording = self._function, self.recording

        @functools.wraps(function)
        async def call(*args: Any, **kwargs: Any) -> Any:
            import asyncio

            done = self._taken(args, kwargs)
            if recording.is_above_shadow and done is not None:
                answered = await asyncio.to_thread(self._in_its_place, done)
                return answered.value if answered is not None else await function(*args, **kwargs)
            returned = await function(*args, **kwargs)
            self._put(done, returned)
            return returned

        return call

    def _taken(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Done | None:
        """The item that a call is, copied: the function may change what it was given."""
        try:
            if len(args) == 1 and not kwargs and isinstance(args[0], dict):
                given: JsonObject = copied(args[0])
            else:
                given = copied(self._signature.bind(*args, **kwargs).arguments)
            return Done(given=given, returned=None, key=None if self._key is None else self._key(*args, **kwargs))
        except Exception as fault:  # noqa: BLE001 - the function is called all the same, and says what is wrong itself
            self.recording.lost(repr(fault))
            return None

    def _put(self, done: Done | None, returned: object) -> None:
        if done is not None:
            said = copied(returned) if isinstance(returned, dict) else returned
            self.recording.put(Done(given=done.given, returned=said, key=done.key))

    def _in_its_place(self, done: Done) -> _Answered | None:
        """What the caller gets; None: the incumbent answers."""
        try:
            settled = self.recording.decide(done.given, done.key)
        except Exception as fault:  # noqa: BLE001 - the incumbent is there for it
            self.recording.lost(fault if isinstance(fault, RemitError) else repr(fault))
            return None
        decision = settled.record.decision
        if decision.route is Route.ACT and decision.answer is not None and decision.answer.output is not None:
            return _Answered(self._shaped(decision.answer.output))
        if decision.route is Route.INCUMBENT or self._leaves_reviews:
            return None
        raise _pending(settled)

    def _shaped(self, output: JsonObject) -> object:
        """An output as the function would return it: a bare value where it says that it returns one."""
        if self._returns_value and len(output) == 1:
            return next(iter(output.values()))
        return dict(output)


def _pending(settled: Settled) -> ReviewPending:
    record = settled.record
    reason = record.decision.reason.text
    if settled.review is None:
        return ReviewPending(f"nobody acts on item {record.key}: {reason}", found=record.id)
    return ReviewPending(
        f"item {record.key} waits for a person: {reason}",
        found=settled.review.id,
        mend=f"`remit review show {settled.review.id}` shows it",
    )


def _read(work: Work, returned: object) -> Answer:
    fields: Mapping[str, object] = output_schema(work.definition).get("properties", {})
    return answer_from(returned, fields=tuple(fields))
