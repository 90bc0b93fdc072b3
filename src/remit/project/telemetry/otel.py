"""OpenTelemetry: the one module that knows it. Imported only where somebody watches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.metrics import CallbackOptions, Counter, Histogram, MeterProvider, Observation
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from remit.project.telemetry.names import ATTRIBUTES, METRICS
from remit.project.telemetry.port import NOTHING, Attributes, Kind, Seeing

__all__ = ["OpenTelemetry"]

_KINDS = {
    Kind.INTERNAL: trace.SpanKind.INTERNAL,
    Kind.SERVER: trace.SpanKind.SERVER,
    Kind.CLIENT: trace.SpanKind.CLIENT,
}
_Sent = str | int | float | bool | tuple[str, ...]


class OpenTelemetry:
    """Gives spans and numbers to the providers of an application; attributes that are not on the list stay here.

    Args:
        tracers: makes spans.
        meters: makes counters, histograms and gauges.
        version: of Remit.
        end: sends what is left, and ends; nothing where somebody else owns the providers.
    """

    on = True

    def __init__(
        self,
        tracers: trace.TracerProvider,
        meters: MeterProvider,
        *,
        version: str,
        end: Callable[[], None] = lambda: None,
    ) -> None:
        self._tracer = tracers.get_tracer("remit", version)
        self._meter = meters.get_meter("remit", version)
        self._carriers = TraceContextTextMapPropagator()
        self._end = end
        self._counters: dict[str, Counter] = {}
        self._histograms: dict[str, Histogram] = {}
        for name, metric in METRICS.items():
            if metric.kind == "counter":
                self._counters[name] = self._meter.create_counter(name, unit=metric.unit, description=metric.what)
            elif metric.kind == "histogram":
                self._histograms[name] = self._meter.create_histogram(
                    name,
                    unit=metric.unit,
                    description=metric.what,
                    explicit_bucket_boundaries_advisory=list(metric.bounds),
                )

    def clock(self) -> int:
        """Nanoseconds since 1970."""
        return time.time_ns()

    @contextmanager
    def span(
        self,
        name: str,
        attributes: Attributes = NOTHING,
        *,
        kind: Kind = Kind.INTERNAL,
        carrier: Mapping[str, str] | None = None,
        within: Seeing | None = None,
    ) -> Iterator[Seeing]:
        """A span for the length of a ``with`` block, current in its context."""
        inside = _inside(within)
        if carrier is not None:
            inside = self._carriers.extract(carrier, context=contexts.Context())
        span = self._tracer.start_span(
            name,
            context=inside,
            kind=_KINDS[kind],
            attributes=_listed(attributes),
            record_exception=False,  # an exception's words may hold what an item holds
            set_status_on_exception=False,
        )
        seeing = _Seeing(span, self._carriers)
        token = contexts.attach(trace.set_span_in_context(span, inside))
        try:
            yield seeing
        except BaseException as error:
            seeing.fail(type(error).__name__)
            raise
        finally:
            contexts.detach(token)
            span.end()

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
        """A span that is over."""
        span = self._tracer.start_span(
            name, context=_inside(within), kind=_KINDS[kind], attributes=_listed(attributes), start_time=begun
        )
        seen = _Seeing(span, self._carriers)
        if fault is not None:
            seen.fail(fault)
        span.end(max(begun, ended))
        return seen

    def count(self, metric: str, n: int, attributes: Attributes = NOTHING) -> None:
        """Add to a counter."""
        self._counters[metric].add(n, _listed(attributes))

    def measure(self, metric: str, value: float, attributes: Attributes = NOTHING) -> None:
        """Add a value to a histogram."""
        self._histograms[metric].record(value, _listed(attributes))

    def gauge(self, metric: str, ask: Callable[[], Iterable[tuple[float, Attributes]]]) -> None:
        """Have a gauge asked for its values whenever numbers are sent."""

        def observe(options: CallbackOptions) -> Iterable[Observation]:
            del options
            return [Observation(value, _listed(attributes)) for value, attributes in ask()]

        of = METRICS[metric]
        self._meter.create_observable_gauge(metric, [observe], unit=of.unit, description=of.what)

    def close(self) -> None:
        """Send what is left, in bounded time."""
        self._end()


class _Seeing:
    """A span that is going on."""

    __slots__ = ("_carriers", "span")

    def __init__(self, span: trace.Span, carriers: TraceContextTextMapPropagator) -> None:
        self.span = span
        self._carriers = carriers

    def note(self, attributes: Attributes) -> None:
        self.span.set_attributes(_listed(attributes))

    def fail(self, kind: str) -> None:
        self.span.set_attribute("error.type", kind)
        self.span.set_status(trace.StatusCode.ERROR)

    @property
    def headers(self) -> Mapping[str, str]:
        carried: dict[str, str] = {}
        self._carriers.inject(carried, context=trace.set_span_in_context(self.span, contexts.Context()))
        return carried

    @property
    def trace_id(self) -> str | None:
        found = self.span.get_span_context()
        return trace.format_trace_id(found.trace_id) if found.is_valid else None


def _inside(within: Seeing | None) -> contexts.Context | None:
    return trace.set_span_in_context(within.span) if isinstance(within, _Seeing) else None


def _listed(attributes: Attributes) -> dict[str, _Sent]:
    return {name: value for name, value in attributes.items() if value is not None and name in ATTRIBUTES}
