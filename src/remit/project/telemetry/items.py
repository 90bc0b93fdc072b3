"""What is seen of one item on its way from its arrival to its record: a span for each step, and what is counted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from remit.executors.perform.outside import NotedCall, Outside, going_outside
from remit.project.telemetry.port import Attributes, Kind, Seeing, Telemetry

if TYPE_CHECKING:
    from remit.deciding.decision import Decision
    from remit.items import Answer, ExecutorSpec, JsonObject
    from remit.runtime.settle import Settled

__all__ = ["ItemSeen", "asked_within", "seeing_item"]

P = TypeVar("P", bound=Callable[..., Any])


class ItemSeen(Protocol):
    """One item, watched."""

    def looked(self) -> None:
        """It is known what the item is, and on which terms it comes."""
        ...

    def asks(self, perform: P, spec: ExecutorSpec | None) -> P:
        """``perform``, watched."""
        ...

    def awaits(
        self, perform: Callable[[JsonObject], Awaitable[Answer]], spec: ExecutorSpec | None
    ) -> Callable[[JsonObject], Awaitable[Answer]]:
        """The async twin of :meth:`asks`."""
        ...

    def decided(self) -> None:
        """Its route is known."""
        ...

    def settled(self, settled: Settled) -> None:
        """It is recorded, now or before."""
        ...


def seeing_item(telemetry: Telemetry, work: str) -> AbstractContextManager[ItemSeen]:
    """Watch one item of ``work`` within a ``with`` block; costs next to nothing where telemetry is off."""
    return _Watched(telemetry, work) if telemetry.on else _UNWATCHED


def asked_within(telemetry: Telemetry, perform: P, spec: ExecutorSpec | None, within: Seeing, work: str) -> P:
    """``perform``, watched as a part of a group of items; itself where telemetry is off."""
    return _asks(telemetry, perform, spec, within, work, _nothing, _nothing) if telemetry.on else perform


class _Unwatched:
    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        return None

    def looked(self) -> None:
        return None

    def asks(self, perform: P, spec: ExecutorSpec | None) -> P:
        del spec
        return perform

    def awaits(
        self, perform: Callable[[JsonObject], Awaitable[Answer]], spec: ExecutorSpec | None
    ) -> Callable[[JsonObject], Awaitable[Answer]]:
        del spec
        return perform

    def decided(self) -> None:
        return None

    def settled(self, settled: Settled) -> None:
        del settled


_UNWATCHED = _Unwatched()


class _Watched:
    """One item, its span, and when the step that is going on began."""

    __slots__ = ("_began", "_scope", "_seeing", "_since", "_step", "_telemetry", "_work")

    def __init__(self, telemetry: Telemetry, work: str) -> None:
        self._telemetry = telemetry
        self._work = work
        self._scope = telemetry.span("decide", {"remit.work": work})

    def __enter__(self) -> Self:
        self._seeing = self._scope.__enter__()
        self._began = self._since = self._telemetry.clock()
        self._step = "look"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._scope.__exit__(kind, error, trace)

    def looked(self) -> None:
        self._next("admit")

    def asks(self, perform: P, spec: ExecutorSpec | None) -> P:
        return _asks(self._telemetry, perform, spec, self._seeing, self._work, self._asking, self._asked)

    def awaits(
        self, perform: Callable[[JsonObject], Awaitable[Answer]], spec: ExecutorSpec | None
    ) -> Callable[[JsonObject], Awaitable[Answer]]:
        telemetry, work = self._telemetry, self._work

        async def asked(given: JsonObject) -> Answer:
            self._asking()
            with telemetry.span("perform", _of(work, spec), within=self._seeing) as seeing:
                outside = Outside(headers=seeing.headers)
                with going_outside(outside):
                    answer = await perform(given)
                tell(telemetry, seeing, answer, outside.calls, work, spec)
            self._asked()
            return answer

        return asked

    def decided(self) -> None:
        self._next("settle")

    def settled(self, settled: Settled) -> None:
        if not settled.repeated:
            self._next("")
        record = settled.record
        decision: Decision = record.decision
        self._seeing.note(
            {
                "remit.executor": record.executor,
                "remit.decision.id": record.id,
                "remit.review.id": None if settled.review is None else settled.review.id,
                "remit.repeated": settled.repeated,
                "remit.route": decision.route.value,
                "remit.level": decision.level.value,
                "remit.reason": decision.reason.kind.value,
            }
        )
        if not settled.repeated:
            by = {"remit.work": self._work, "remit.route": decision.route.value}
            self._telemetry.count("remit.decisions", 1, by)
            self._telemetry.measure("remit.decide.duration", (self._telemetry.clock() - self._began) / 1e9, by)

    def _asking(self) -> None:
        self._next("perform")

    def _asked(self) -> None:
        self._since, self._step = self._telemetry.clock(), "check"

    def _next(self, step: str) -> None:
        """End the step that is going on, and begin the next one."""
        now = self._telemetry.clock()
        if self._step != "perform":  # that one has a span of its own
            self._telemetry.past(self._step, self._since, now, {"remit.work": self._work}, within=self._seeing)
        self._since, self._step = now, step


def _asks(
    telemetry: Telemetry,
    perform: P,
    spec: ExecutorSpec | None,
    within: Seeing,
    work: str,
    before: Callable[[], None],
    after: Callable[[], None],
) -> P:
    def asked(given: JsonObject, **more: Any) -> Answer:
        before()
        with telemetry.span("perform", _of(work, spec), within=within) as seeing:
            outside = Outside(headers=seeing.headers)
            with going_outside(outside):
                answer: Answer = perform(given, **more)
            tell(telemetry, seeing, answer, outside.calls, work, spec)
        after()
        return answer

    return asked  # type: ignore[return-value]


def tell(
    telemetry: Telemetry,
    seeing: Seeing,
    answer: Answer,
    calls: Iterable[NotedCall],
    work: str,
    spec: ExecutorSpec | None,
) -> None:
    """What an answer came to, and which language models were called for it."""
    by = _of(work, spec)
    telemetry.measure("remit.executor.duration", answer.seconds, by)
    if answer.fault is not None:
        kind = answer.fault.kind.value
        seeing.note({"remit.fault": kind})
        seeing.fail(kind)
        telemetry.count("remit.executor.faults", 1, {**by, "remit.fault": kind})
    for one in calls:
        _tell_call(telemetry, seeing, one)


def _tell_call(telemetry: Telemetry, seeing: Seeing, noted: NotedCall) -> None:
    """A call of a language model, in the words of the GenAI conventions."""
    call = noted.call
    short = {
        "gen_ai.operation.name": call.operation,
        "gen_ai.provider.name": call.provider,
        "gen_ai.request.model": call.model,
        "gen_ai.response.model": call.answered_by,
    }
    telemetry.past(
        f"{call.operation} {call.model}",
        noted.ended - int(call.seconds * 1e9),
        noted.ended,
        {
            **short,
            "gen_ai.response.id": call.answer_id,
            "gen_ai.response.finish_reasons": call.finish_reasons or None,
            "gen_ai.usage.input_tokens": call.n_input,
            "gen_ai.usage.output_tokens": call.n_output,
        },
        kind=Kind.CLIENT,
        within=seeing,
        fault=call.fault,
    )
    telemetry.measure("gen_ai.client.operation.duration", call.seconds, {**short, "error.type": call.fault})
    for what, n in (("input", call.n_input), ("output", call.n_output)):
        if n is not None:
            telemetry.measure("gen_ai.client.token.usage", n, {**short, "gen_ai.token.type": what})


def _of(work: str, spec: ExecutorSpec | None) -> Attributes:
    if spec is None:
        return {"remit.work": work}
    return {"remit.work": work, "remit.executor": spec.name, "remit.executor.kind": spec.kind.value}


def _nothing() -> None:
    return None
