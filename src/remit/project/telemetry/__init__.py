"""Telemetry: spans and numbers for whoever watches, by OpenTelemetry; off unless an endpoint is set."""

from remit.project.telemetry.port import OFF, Kind, Seeing, Telemetry

__all__ = ["OFF", "Kind", "Seeing", "Telemetry"]
