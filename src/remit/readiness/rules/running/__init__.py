"""Rules computed from how the work runs: drills, the use of its paths, its reviewers, its records, its value."""

from remit.readiness.rules.running import failures, inputs, paths, people, records, value

__all__ = ["failures", "inputs", "paths", "people", "records", "value"]
