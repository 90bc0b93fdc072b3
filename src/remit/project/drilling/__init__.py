"""Drills of one work: the stop, the escalation paths, replay, records and alarm, each recorded and measured."""

from remit.project.drilling.drills import (
    PathsDrilled,
    RecordsCounted,
    drill_alarm,
    drill_paths,
    drill_records,
    drill_replay,
    drill_stop,
    waiting_drills,
)

__all__ = [
    "PathsDrilled",
    "RecordsCounted",
    "drill_alarm",
    "drill_paths",
    "drill_records",
    "drill_replay",
    "drill_stop",
    "waiting_drills",
]
