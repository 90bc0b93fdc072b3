"""What running showed, as frozen values: drills, the use of escalation paths, load, reviewers, records, value.

Counts are over a window of recent records, never over all history.  Bounds are exact and one-sided, each at the delta
of the definition; a pair of them that is compared is at half of it each.  Whatever depends on the definition or on an
executor carries the digests it is true for, a drill carries its moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = [
    "AlarmDrillFact",
    "AskedBackFact",
    "DriftFact",
    "FieldDrift",
    "LoadFact",
    "ModeRate",
    "OperationFacts",
    "OutcomeFact",
    "PathLoad",
    "PlantedFact",
    "RecordsFact",
    "ReplayFact",
    "Share",
    "SignalFact",
    "SkillFact",
    "StopDrillFact",
    "UseFact",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """``k`` of ``n``, with the exact bounds of the share behind it."""

    k: int
    n: int
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDrillFact:
    """The newest drill of the stop of the whole work: whether it held, and after how many seconds nothing acted."""

    at: datetime
    works: bool
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UseFact:
    """How an escalation path, or the response to a failure mode, was used in the window.

    ``n`` people's decisions, drills among them, of which ``n_in_time`` came in time, the newest of those at
    ``in_time_at``.  ``slowest_s`` is the longest that one took, ``n_waiting`` how many are not decided yet.
    """

    id: str
    n: int
    n_in_time: int
    in_time_at: datetime | None = None
    slowest_s: float | None = None
    n_waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayFact:
    """The newest replay: recorded items answered once more by the very executor that had answered them.

    ``same`` counts those with the same output and the same route; ``sample`` names decisions that came out otherwise.
    """

    at: datetime
    executor: str
    executor_digest: str
    evidence_digest: str
    same: Share
    sample: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsFact:
    """How many of the items that the source system says it sent have no whole record. ``source`` names that system."""

    at: datetime
    source: str
    missing: Share
    sample: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmDrillFact:
    """The newest drill of the alarm. ``delivered_at`` is when it had left for the contact; None: it did not."""

    at: datetime
    delivered_at: datetime | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PathLoad:
    """What came to one path, sent through a desk that takes ``capacity_per_hour``: 95 % were done in ``p95_s``."""

    path: str
    n: int
    capacity_per_hour: float
    p95_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadFact:
    """How much came, and how much of it to people, on the definition as it is.

    ``asked`` is the share that went to people of what could have been acted on; None where nothing could.
    ``n_days`` are whole days (UTC) between the first and the last item, ``per_day`` the items on each of them.
    """

    evidence_digest: str
    asked: Share | None
    peak_per_hour: int
    n_days: int
    per_day: float | None = None
    paths: tuple[PathLoad, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedBackFact:
    """How many reviews came back with a question, and the newest of the questions."""

    asked: Share
    question: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedFact:
    """Planted cases in which a person saw a wrong suggestion.

    ``caught`` counts those who did not take it.  ``approved_s`` is the middle of the seconds that those took who did,
    ``review_s`` that of all reviews with a suggestion, ``solo_fifth_s`` the 5 % quantile of the seconds of reviews
    without one; None where nobody measured.
    """

    caught: Share
    approved_s: float | None = None
    review_s: float | None = None
    solo_fifth_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillFact:
    """How often people missed planted cases that they answered alone: in the earlier half of them, and the later."""

    before: Share
    now: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalFact:
    """How often one executor was wrong where it acted, by audits, and where it went to people, by their answers."""

    executor: str
    executor_digest: str
    evidence_digest: str
    acted: Share
    escalated: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeRate:
    """How often one failure mode was noticed live among the items on the definition as it is."""

    mode: str
    evidence_digest: str
    noticed: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDrift:
    """The population stability index of one input field: 0 is the same, above 0.2 is another."""

    field: str
    stability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftFact:
    """How far the inputs of recent items lie from those of the prove set."""

    case_set_digest: str
    n_cases: int
    n_items: int
    fields: tuple[FieldDrift, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFact:
    """The values of the measure that the intent names, as they were recorded since ``first_at``.

    ``better`` counts the values after the first that lie on the target's side of the baseline.
    """

    measure: str
    first_at: datetime
    last_at: datetime
    last: float
    better: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationFacts:
    """Everything that running showed of one work when it was last measured.

    ``interrupted_stop`` is when a drill pressed a stop that still stands.  ``evidence_at`` is when the newest truth,
    proof, grant or drill came; ``signed_at`` when a person last signed the definition as it is, ``used_since`` when it
    was first used.
    """

    measured_at: datetime
    stop_drill: StopDrillFact | None = None
    interrupted_stop: datetime | None = None
    paths: tuple[UseFact, ...] = ()
    modes: tuple[UseFact, ...] = ()
    replays: tuple[ReplayFact, ...] = ()
    records: RecordsFact | None = None
    alarm: AlarmDrillFact | None = None
    load: LoadFact | None = None
    asked_back: AskedBackFact | None = None
    planted: PlantedFact | None = None
    skill: SkillFact | None = None
    signals: tuple[SignalFact, ...] = ()
    rates: tuple[ModeRate, ...] = ()
    drift: DriftFact | None = None
    outcome: OutcomeFact | None = None
    evidence_at: datetime | None = None
    definition_digest: str | None = None
    signed_at: datetime | None = None
    used_since: datetime | None = None
