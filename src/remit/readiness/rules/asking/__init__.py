"""Rules computed from what people and executors said when they were asked on purpose: labelled, again, otherwise."""

from remit.readiness.rules.asking import items, people, probes

__all__ = ["items", "people", "probes"]
