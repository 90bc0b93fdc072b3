"""Telemetry as the settings of OpenTelemetry say: off unless an endpoint is named, and nothing leaves the machine."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING

from remit.errors import OutsideError, UsageError
from remit.project.telemetry.port import OFF, Telemetry

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource

__all__ = ["telemetry_of_settings"]

_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_PROTOCOL = "http/protobuf"
_END_S = 3.0

Setting = Callable[[str], str | None]


def telemetry_of_settings(setting: Setting, *, new_id: Callable[[], str]) -> Telemetry:
    """What ``OTEL_EXPORTER_OTLP_ENDPOINT`` and its kin ask for; :data:`OFF`, and nothing imported, where none is set.

    Args:
        setting: a setting of the environment by its name.
        new_id: names this process among those of the service.

    Raises:
        OutsideError: the libraries are not installed.
        UsageError: another protocol than OTLP over HTTP is asked for.
    """
    if (setting("OTEL_SDK_DISABLED") or "").strip().lower() == "true":
        return OFF
    traces, metrics = _is_wanted(setting, "TRACES"), _is_wanted(setting, "METRICS")
    if not traces and not metrics:
        return OFF
    try:
        return _made(setting, new_id, traces=traces, metrics=metrics)
    except ModuleNotFoundError as error:
        raise OutsideError(
            f"{error.name} is not installed",
            expected=f"the libraries of telemetry, because {_ENDPOINT} is set",
            mend="install Remit with them: remit[telemetry]",
        ) from error


def _is_wanted(setting: Setting, signal: str) -> bool:
    exporter = (setting(f"OTEL_{signal}_EXPORTER") or "otlp").strip().lower()
    if exporter == "none" or not (setting(f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT") or setting(_ENDPOINT)):
        return False
    if exporter != "otlp":
        raise UsageError(f"OTEL_{signal}_EXPORTER can't be {exporter[:40]!r}", expected="otlp or none", found=exporter)
    for name in (f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"):
        asked = (setting(name) or "").strip()
        if asked and asked != _PROTOCOL:
            raise UsageError(
                f"telemetry is sent by {_PROTOCOL} only", expected=f"{name}={_PROTOCOL}, or none", found=asked[:40]
            )
        if asked:
            break
    return True


def _made(setting: Setting, new_id: Callable[[], str], *, traces: bool, metrics: bool) -> Telemetry:
    from opentelemetry.metrics import NoOpMeterProvider
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.trace import NoOpTracerProvider

    from remit.project.telemetry.otel import OpenTelemetry

    resource = _resource(setting, new_id)
    ends: list[Callable[[], object]] = []
    tracers = NoOpTracerProvider()
    if traces:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        real = TracerProvider(resource=resource, shutdown_on_exit=False)
        real.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        ends.append(real.shutdown)
        tracers = real  # type: ignore[assignment]
    meters = NoOpMeterProvider()
    if metrics:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter

        measuring = MeterProvider(
            [PeriodicExportingMetricReader(OTLPMetricExporter())], resource=resource, shutdown_on_exit=False
        )
        ends.append(measuring.shutdown)
        meters = measuring  # type: ignore[assignment]

    return OpenTelemetry(tracers, meters, version=version("remit"), end=lambda: _end(ends))


def _end(ends: list[Callable[[], object]]) -> None:
    """Send what is left. A receiver that is away is tried again by the library, and not waited for any longer."""
    threads = [Thread(target=one, name="telemetry-end", daemon=True) for one in ends]
    for thread in threads:
        thread.start()
    over = monotonic() + _END_S
    for thread in threads:
        thread.join(max(0.0, over - monotonic()))


def _resource(setting: Setting, new_id: Callable[[], str]) -> Resource:
    from opentelemetry.sdk.resources import Resource

    named = setting("OTEL_SERVICE_NAME") or "service.name=" in (setting("OTEL_RESOURCE_ATTRIBUTES") or "")
    own = {"service.version": version("remit"), "service.instance.id": new_id()}
    return Resource.create(own if named else {"service.name": "remit", **own})
