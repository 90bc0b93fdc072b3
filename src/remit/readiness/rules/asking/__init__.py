"""Rules computed from what people and executors said when they were asked on purpose: labelled, again, otherwise."""

from remit.readiness.rules.asking import people, probes

__all__ = ["people", "probes"]
