"""What the project asks of telemetry. Whoever is watched knows this and no library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

__all__ = ["NOTHING", "OFF", "Attributes", "Kind", "Seeing", "Telemetry"]

Attributes = Mapping[str, str | int | float | bool | tuple[str, ...] | None]
NOTHING: Attributes = MappingProxyType({})


class Kind(StrEnum):
    """Which way a span looks."""

    INTERNAL = "internal"
    SERVER = "server"
    CLIENT = "client"


class Seeing(Protocol):
    """A span that is going on."""

    def note(self, attributes: Attributes) -> None:
        """Add attributes; those that are None, or not on the list, are left out."""
        ...

    def fail(self, kind: str) -> None:
        """Mark it as failed, by the class of an error or the kind of a fault; never by its words."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """What a request to somebody else carries along, so that it belongs to this span: ``traceparent``."""
        ...

    @property
    def trace_id(self) -> str | None:
        """The id of its trace; None where nothing is watched."""
        ...


class Telemetry(Protocol):
    """Takes spans and numbers. Nothing it does may raise or wait."""

    @property
    def on(self) -> bool:
        """Whether anybody watches. Where not, whoever is watched spares the trouble."""
        ...

    def clock(self) -> int:
        """Nanoseconds since 1970, as spans count them."""
        ...

    def span(
        self,
        name: str,
        attributes: Attributes = NOTHING,
        *,
        kind: Kind = Kind.INTERNAL,
        carrier: Mapping[str, str] | None = None,
        within: Seeing | None = None,
    ) -> AbstractContextManager[Seeing]:
        """A span for the length of a ``with`` block; an exception that leaves it marks it as failed.

        Args:
            name: of :data:`~remit.project.telemetry.names.SPANS`.
            attributes: known at its beginning.
            kind: which way it looks.
            carrier: headers of a caller, whose trace it continues.
            within: the span that it belongs to; the one that is going on in this context when not given.
        """
        ...

    def past(
        self,
        name: str,
        begun: int,
        ended: int,
        attributes: Attributes = NOTHING,
        *,
        kind: Kind = Kind.INTERNAL,
        within: Seeing | None = None,
        fault: str | None = None,
    ) -> Seeing:
        """A span that is over, for others to be within; ``begun`` and ``ended`` by :meth:`clock`."""
        ...

    def count(self, metric: str, n: int, attributes: Attributes = NOTHING) -> None:
        """Add to a counter."""
        ...

    def measure(self, metric: str, value: float, attributes: Attributes = NOTHING) -> None:
        """Add a value to a histogram."""
        ...

    def gauge(self, metric: str, ask: Callable[[], Iterable[tuple[float, Attributes]]]) -> None:
        """Have a gauge asked for its values whenever numbers are sent."""
        ...

    def close(self) -> None:
        """Send what is left, in bounded time."""
        ...


class _Unseen:
    __slots__ = ()

    def note(self, attributes: Attributes) -> None:
        del attributes

    def fail(self, kind: str) -> None:
        del kind

    @property
    def headers(self) -> Mapping[str, str]:
        return {}

    @property
    def trace_id(self) -> str | None:
        return None


_UNSEEN = _Unseen()
_NO_SPAN: AbstractContextManager[Seeing] = nullcontext(_UNSEEN)


class _Off:
    """Nobody watches."""

    __slots__ = ()
    on = False

    def clock(self) -> int:
        return 0

    def span(
        self,
        name: str,
        attributes: Attributes = NOTHING,
        *,
        kind: Kind = Kind.INTERNAL,
        carrier: Mapping[str, str] | None = None,
        within: Seeing | None = None,
    ) -> AbstractContextManager[Seeing]:
        del name, attributes, kind, carrier, within
        return _NO_SPAN

    def past(
        self,
        name: str,
        begun: int,
        ended: int,
        attributes: Attributes = NOTHING,
        *,
        kind: Kind = Kind.INTERNAL,
        within: Seeing | None = None,
        fault: str | None = None,
    ) -> Seeing:
        del name, begun, ended, attributes, kind, within, fault
        return _UNSEEN

    def count(self, metric: str, n: int, attributes: Attributes = NOTHING) -> None:
        del metric, n, attributes

    def measure(self, metric: str, value: float, attributes: Attributes = NOTHING) -> None:
        del metric, value, attributes

    def gauge(self, metric: str, ask: Callable[[], Iterable[tuple[float, Attributes]]]) -> None:
        del metric, ask

    def close(self) -> None:
        return None


OFF: Telemetry = _Off()
