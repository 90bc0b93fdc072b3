"""Drills of one work: the stop, the escalation paths, replay, records and the alarm, each recorded and measured."""

from remit.project.drilling.alarms import drill_alarm
from remit.project.drilling.drills import PathsDrilled, drill_paths, drill_replay, drill_stop, waiting_drills
from remit.project.drilling.records import RecordsCounted, drill_records

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
