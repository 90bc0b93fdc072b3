"""Telemetry that is kept in memory, and one receiver that reads what is sent as a collector would."""

from __future__ import annotations

import gzip
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tests.integration.serving.conftest import opened, served_once

from remit.project.telemetry.otel import OpenTelemetry

__all__ = ["opened", "served_once"]


@dataclass
class Kept:
    """Telemetry whose spans and numbers stay here."""

    telemetry: OpenTelemetry
    exporter: InMemorySpanExporter
    reader: InMemoryMetricReader

    @property
    def spans(self):
        return self.exporter.get_finished_spans()

    def named(self, name):
        return [one for one in self.spans if one.name == name]

    def only(self, name):
        (one,) = self.named(name)
        return one

    def within(self, parent):
        """The spans that are directly within a span, in the order of their beginning."""
        inside = [one for one in self.spans if one.parent is not None and one.parent.span_id == parent.context.span_id]
        return sorted(inside, key=lambda one: one.start_time)

    def values(self, metric):
        """The points of a metric by their attributes: counts of histograms, values of the others."""
        found = {}
        read = self.reader.get_metrics_data()
        for resource in read.resource_metrics if read is not None else ():
            for scope in resource.scope_metrics:
                for one in scope.metrics:
                    if one.name == metric:
                        for point in one.data.data_points:
                            key = tuple(sorted(point.attributes.items()))
                            found[key] = getattr(point, "count", None) or getattr(point, "value", None)
        return found


@pytest.fixture
def kept():
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers, meters = TracerProvider(shutdown_on_exit=False), MeterProvider([reader], shutdown_on_exit=False)
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    yield Kept(telemetry=OpenTelemetry(tracers, meters, version="1"), exporter=exporter, reader=reader)
    tracers.shutdown()
    meters.shutdown()


@dataclass
class Collector:
    """Reads OTLP over HTTP, as a collector does, and keeps the bytes too."""

    url: str = ""
    spans: list = field(default_factory=list)
    metrics: list = field(default_factory=list)
    resources: list = field(default_factory=list)
    bodies: list = field(default_factory=list)
    faults: list = field(default_factory=list)

    def take(self, path: str, headers, body: bytes) -> bytes:
        if headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        assert headers["Content-Type"] == "application/x-protobuf"
        self.bodies.append(body)
        if path == "/v1/traces":
            for one in ExportTraceServiceRequest.FromString(body).resource_spans:
                self.resources.append(one.resource)
                self.spans += [span for scope in one.scope_spans for span in scope.spans]
            return ExportTraceServiceResponse().SerializeToString()
        assert path == "/v1/metrics"
        for one in ExportMetricsServiceRequest.FromString(body).resource_metrics:
            self.resources.append(one.resource)
            self.metrics += [metric for scope in one.scope_metrics for metric in scope.metrics]
        return ExportMetricsServiceResponse().SerializeToString()


@pytest.fixture
def collector():
    made = Collector()

    class Reading(BaseHTTPRequestHandler):
        def do_POST(self):
            try:
                answer = made.take(self.path, self.headers, self.rfile.read(int(self.headers["Content-Length"])))
            except Exception as fault:  # noqa: BLE001 - the test looks at it
                made.faults.append(fault)
                self.send_error(400)
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Reading)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()
