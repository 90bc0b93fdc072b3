"""Drills: the stop, the escalation paths, replay and alarm are tried in earnest, and what came of it is recorded."""
