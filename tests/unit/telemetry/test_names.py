"""The names of telemetry are those of the conventions, or ours; off costs nothing and imports nothing."""

from __future__ import annotations

import subprocess
import sys
import warnings

import pytest
from tests.integration.small_project import environment

from remit.errors import UsageError
from remit.project.telemetry import OFF
from remit.project.telemetry.configured import telemetry_of_settings
from remit.project.telemetry.names import ATTRIBUTES, METRICS


def constants(module):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package says where the GenAI conventions have moved to
        __import__(module)
        return {value for value in vars(sys.modules[module]).values() if isinstance(value, str)}


def test_every_attribute_is_of_the_conventions_or_our_own():
    known = (
        constants("opentelemetry.semconv._incubating.attributes.gen_ai_attributes")
        | constants("opentelemetry.semconv.attributes.http_attributes")
        | constants("opentelemetry.semconv.attributes.error_attributes")
    )
    assert [name for name in ATTRIBUTES if not name.startswith("remit.") and name not in known] == []
    assert not {name for name in ATTRIBUTES if "message" in name or "prompt" in name or "content" in name}


def test_every_metric_is_of_the_conventions_or_our_own():
    known = constants("opentelemetry.semconv._incubating.metrics.gen_ai_metrics") | constants(
        "opentelemetry.semconv.metrics.http_metrics"
    )
    assert [name for name in METRICS if not name.startswith("remit.") and name not in known] == []


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"OTEL_SERVICE_NAME": "shop"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"},
        {
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1",
            "OTEL_TRACES_EXPORTER": "none",
            "OTEL_METRICS_EXPORTER": "none",
        },
    ],
)
def test_it_is_off_unless_an_endpoint_is_named(settings):
    assert telemetry_of_settings(settings.get, new_id=lambda: "1") is OFF


@pytest.mark.parametrize(
    "settings",
    [
        {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
        {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"},
        {"OTEL_TRACES_EXPORTER": "console"},
    ],
)
def test_what_it_cannot_speak_is_refused_and_not_passed_over(settings):
    with pytest.raises(UsageError):
        telemetry_of_settings({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", **settings}.get, new_id=lambda: "1")


def test_a_server_without_an_endpoint_imports_nothing_of_it():
    script = (
        "import sys; import remit.api.serving, remit.project.telemetry.configured, remit.project.items\n"
        "from remit.project.telemetry.configured import telemetry_of_settings\n"
        "telemetry_of_settings({}.get, new_id=str)\n"
        "heavy = ('opentelemetry.sdk', 'opentelemetry.exporter', 'remit.project.telemetry.otel')\n"
        "print([name for name in sys.modules if name.startswith(heavy)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
