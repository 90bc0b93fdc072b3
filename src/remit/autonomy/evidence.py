"""What has been seen of an executor at its level: counters and tests in flat memory, fed item by item.

A stretch of evidence begins when a level is taken, and is fixed beforehand to digests, budget, threshold and deadline
(:class:`Begun`).  What happens then comes in the order of the ledger, so that the same ledger gives the same evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from remit.definition.levels import Level
from remit.errors import ArgumentInvalid
from remit.stats.watch.monitor import ErrorMonitor, MonitorState
from remit.stats.watch.promotion import PromotionState, PromotionTest
from remit.stats.watch.slices import SliceMonitors

__all__ = ["RAISED", "Begun", "Decided", "Evidence", "Learned", "Phase", "Seen", "phase_of"]

RAISED = 5.0
"""How many times the audit share is raised while a warning is open; never above 1."""

_MOST_ATTEMPTS = 1000


class Phase(StrEnum):
    """What evidence is gathered for: acting alone is one phase, whether supervised or autonomous."""

    SHADOW = "shadow"
    SUGGEST = "suggest"
    ACTING = "acting"


def phase_of(level: Level) -> Phase | None:
    """The phase of a level; None for ``manual``, at which nothing is gathered."""
    match level:
        case Level.MANUAL:
            return None
        case Level.SHADOW:
            return Phase.SHADOW
        case Level.SUGGEST:
            return Phase.SUGGEST
        case _:
            return Phase.ACTING


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What a stretch of evidence is fixed to before any of it is seen.

    Items after ``counts_from`` in the ledger are counted, those after ``tests_from`` tested.  ``attempt`` is which try
    of this phase it is on the same evidence digest, from 1: try i spends delta / 2^i.  ``tested``: there are a budget
    and, at ``suggest``, a certificate; ``threshold`` is the certificate's (None: every answer).  ``deadline_s`` is how
    long an item waits for its truth.  ``slices`` are the slices watched.  ``budget_share`` narrows the budget of the
    promotion where people are known to miss errors: it is the share of errors that they notice at least, and its
    bound spends half of delta.
    """

    phase: Phase
    evidence_digest: str
    executor_digest: str
    delta: float
    counts_from: int = 0
    tests_from: int = 0
    attempt: int = 1
    tested: bool = False
    budget: float | None = None
    threshold: float | None = None
    deadline_s: float = 1_209_600.0
    audit_share: float | None = None
    slices: tuple[str, ...] = ()
    budget_share: float = 1.0

    def counts_like(self, other: Begun) -> bool:
        """Whether what was counted for ``other`` still counts: the same phase, definition and executor."""
        mine = (self.phase, self.evidence_digest, self.executor_digest)
        return mine == (other.phase, other.evidence_digest, other.executor_digest)

    def tests_like(self, other: Begun) -> bool:
        """Whether what was tested for ``other`` still counts: nothing differs that was fixed beforehand."""
        return self._fixed() == other._fixed()

    def _fixed(self) -> Begun:
        return replace(self, counts_from=0, tests_from=0, attempt=1, audit_share=None, budget_share=1.0)

    @property
    def promotion_delta(self) -> float:
        """What all tries of the promotion test together may spend: what the bound of ``budget_share`` leaves."""
        return self.delta if self.budget_share == 1.0 else self.delta / 2.0

    def to_json(self) -> dict[str, Any]:
        """All of it as a JSON object."""
        return asdict(self) | {"phase": self.phase.value, "slices": list(self.slices)}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Begun:
        """What :meth:`to_json` gave."""
        known = {name: said[name] for name in cls.__slots__ if name in said}
        return cls(**known | {"phase": Phase(said["phase"]), "slices": tuple(said["slices"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One item that the executor answered at its level.

    ``inclusion`` is the chance with which it was to be audited, ``audited`` whether the draw fell on it.  ``broken`` is
    the sentence for what should have kept it from being acted on.
    """

    seq: int
    at: datetime
    acted: bool
    inclusion: float | None = None
    audited: bool = False
    slices: tuple[str, ...] = ()
    broken: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """The first truth that counts of one item; ``critical`` is the sentence for an error that may never happen."""

    seq: int
    wrong: bool
    acted: bool
    inclusion: float | None = None
    audited: bool = False
    slices: tuple[str, ...] = ()
    critical: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the evidence says now.

    ``n_decided`` items were answered at this level on ``n_days`` days; of ``n_items`` the truth is known.  ``n_acted``
    were acted on alone, ``n_drawn`` of them drawn for an audit, ``n_audited`` audited by now; ``n_wrong`` of those were
    wrong.  ``n_since_renewal`` audits came since the grant was given or renewed.  ``promotion`` and ``monitor`` are the
    tests, None where none runs.
    """

    begun: Begun
    n_decided: int = 0
    n_days: int = 0
    n_items: int = 0
    n_acted: int = 0
    n_drawn: int = 0
    n_audited: int = 0
    n_wrong: int = 0
    n_since_renewal: int = 0
    n_never: int = 0
    promotion: PromotionState | None = None
    monitor: MonitorState | None = None
    alarm_needed: float | None = None
    slice_alarm: bool = False
    slices_alarmed: tuple[str, ...] = ()
    slices_warned: tuple[str, ...] = ()
    critical: str | None = None

    @property
    def alarm(self) -> bool:
        """Whether the error budget is shown to be broken, over all items or in a slice."""
        return self.slice_alarm or (self.monitor is not None and self.monitor.alarm)

    @property
    def warning(self) -> bool:
        """Whether the error budget may be broken, over all items or in a slice."""
        return bool(self.slices_warned) or (self.monitor is not None and self.monitor.warning)

    @property
    def budget_used(self) -> float | None:
        """The share of the error budget that the audits show as used; None before the first audit."""
        if self.begun.budget is None or not self.n_audited:
            return None
        return self.n_wrong / self.n_audited / self.begun.budget


class Evidence:
    """One stretch of evidence while it is gathered. Constant memory, whatever is fed."""

    __slots__ = (
        "_counts",
        "_last_day",
        "_monitor",
        "_promotion",
        "_slices",
        "begun",
        "critical",
        "fed_seq",
        "tested_seq",
    )

    def __init__(self, begun: Begun) -> None:
        self.begun = begun
        self.fed_seq = begun.counts_from
        self.critical: str | None = None
        self._counts = dict.fromkeys(_COUNTS, 0)
        self._last_day = ""
        self._start_tests()

    def _start_tests(self) -> None:
        begun = self.begun
        self.tested_seq = begun.tests_from
        self._promotion: PromotionTest | None = None
        self._monitor: ErrorMonitor | None = None
        self._slices: SliceMonitors | None = None
        nothing = begun.phase is Phase.SHADOW or not begun.tested
        if nothing or begun.budget is None or begun.attempt > _MOST_ATTEMPTS:
            return
        if begun.phase is Phase.SUGGEST:
            budget = begun.budget * begun.budget_share
            if budget > 0.0:
                self._promotion = PromotionTest(budget, begun.promotion_delta, attempt=begun.attempt)
            return
        delta = begun.delta / 2.0**begun.attempt
        if begun.slices:  # all of it and its slices share what this try may spend
            delta /= 2.0
            self._slices = SliceMonitors(begun.budget, begun.slices, delta)
        self._monitor = ErrorMonitor(begun.budget, delta)

    def test_anew(self, begun: Begun) -> None:
        """Go on counting, and test from ``begun.tests_from`` on under what is fixed now."""
        self.begun = begun
        self._start_tests()

    def decided(self, one: Decided) -> None:
        """Take in an item that was decided. Items come in the order of the ledger, with truths between them."""
        self.fed_seq = one.seq
        counts = self._counts
        counts["n_decided"] += 1
        day = one.at.date().isoformat()
        if day > self._last_day:
            self._last_day = day
            counts["n_days"] += 1
        if not one.acted:
            return
        counts["n_acted"] += 1
        counts["n_drawn"] += one.audited
        if one.broken is not None:
            counts["n_never"] += 1
            self.critical = self.critical or one.broken
        if not one.audited and self.varies(one.inclusion) and one.seq > self.begun.tests_from:
            self._audit(None, one.inclusion, one.slices)

    def learned(self, one: Learned) -> None:
        """Take in the truth of an item."""
        self.fed_seq = one.seq
        counts = self._counts
        counts["n_items"] += 1
        if not one.acted:
            return
        if one.critical is not None:
            self.critical = self.critical or one.critical
        if not one.audited:
            return
        counts["n_audited"] += 1
        counts["n_wrong"] += one.wrong
        counts["n_since_renewal"] += 1
        if one.seq > self.begun.tests_from:
            self._audit(one.wrong, one.inclusion if self.varies(one.inclusion) else None, one.slices)

    def noticed(self, seq: int, critical: str | None) -> None:
        """Take in a further truth of an item whose truth is known: only a critical failure still says anything."""
        self.fed_seq = seq
        self.critical = self.critical or critical

    def renewed(self, seq: int) -> None:
        """Note that the grant was given or renewed: a further renewal needs audits of its own."""
        self.fed_seq = seq
        self._counts["n_since_renewal"] = 0

    def passed_over(self, seq: int) -> None:
        """Note that the ledger was read as far as ``seq``."""
        self.fed_seq = seq

    def tested(self, seq: int, *, wrong: bool | None) -> None:
        """Take in the next item of the promotion test, in decision order; None where its truth never came."""
        self.tested_seq = seq
        if self._promotion is not None:
            self._promotion.update(wrong)

    def not_tested(self, seq: int) -> None:
        """Pass over an item that the promotion test is not about."""
        self.tested_seq = seq

    @property
    def is_testing(self) -> bool:
        """Whether a promotion test runs."""
        return self._promotion is not None

    def varies(self, inclusion: float | None) -> bool:
        """Whether the chance of an audit was this item's own, and not that of all items of its time."""
        share = self.begun.audit_share
        if inclusion is None or share is None:
            return inclusion is not None and inclusion < 1.0
        return inclusion < 1.0 and inclusion not in (share, min(1.0, RAISED * share))

    def _audit(self, wrong: bool | None, inclusion: float | None, slices: tuple[str, ...]) -> None:
        chance = 1.0 if inclusion is None else inclusion
        if self._monitor is not None:
            self._monitor.update(wrong, chance)
        if self._slices is not None:
            for name in slices:
                if name in self.begun.slices:
                    self._slices.update(name, wrong, chance)

    def look(self) -> Seen:
        """What the evidence says now."""
        monitor = None if self._monitor is None else self._monitor.state
        slices = None if self._slices is None else self._slices.state
        return Seen(
            begun=self.begun,
            **self._counts,
            promotion=None if self._promotion is None else self._promotion.state,
            monitor=monitor,
            alarm_needed=None if self._monitor is None else 1.0 / self._monitor.delta,
            slice_alarm=slices is not None and slices.alarm,
            slices_alarmed=() if slices is None else slices.alarmed,
            slices_warned=() if slices is None else slices.warned,
            critical=self.critical,
        )

    def to_json(self) -> dict[str, Any]:
        """All there is to know, as a JSON object; :meth:`from_json` continues with exactly the same results."""
        return {
            "begun": self.begun.to_json(),
            "counts": dict(self._counts),
            "last_day": self._last_day,
            "fed_seq": self.fed_seq,
            "tested_seq": self.tested_seq,
            "critical": self.critical,
            "promotion": None if self._promotion is None else self._promotion.to_json(),
            "monitor": None if self._monitor is None else self._monitor.to_json(),
            "slices": None if self._slices is None else self._slices.to_json(),
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Evidence:
        """Continue from what :meth:`to_json` gave.

        Raises:
            ArgumentInvalid: it is not that.
        """
        try:
            made = cls(Begun.from_json(said["begun"]))
            made._counts = {name: int(said["counts"][name]) for name in _COUNTS}
            made._last_day = str(said["last_day"])
            made.fed_seq, made.tested_seq = int(said["fed_seq"]), int(said["tested_seq"])
            made.critical = said["critical"]
            promotion, monitor, slices = said["promotion"], said["monitor"], said["slices"]
            made._promotion = None if promotion is None else PromotionTest.from_json(promotion)
            made._monitor = None if monitor is None else ErrorMonitor.from_json(monitor)
            made._slices = None if slices is None else SliceMonitors.from_json(slices)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ArgumentInvalid(
                f"the stored state of a watch is broken: {error}", mend="`remit sweep` makes it anew from the ledger"
            ) from error
        return made


_COUNTS = (
    "n_decided",
    "n_days",
    "n_items",
    "n_acted",
    "n_drawn",
    "n_audited",
    "n_wrong",
    "n_since_renewal",
    "n_never",
)
