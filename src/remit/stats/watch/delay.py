"""How soon a monitor would notice that something broke."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from remit.stats.arguments import FloatArray, IntArray, count, number, open_share
from remit.stats.watch.monitor import RUN_LENGTH, ErrorMonitor

__all__ = ["DetectionDelay", "detection_delay"]

_MOST_AUDITS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionDelay:
    """How many audits after a break the monitor notices: half of the time, and in nine of ten.

    A value is None where it takes more than 20,000 audits. Days are None without a volume.
    """

    median_to_alarm: int | None
    p90_to_alarm: int | None
    median_to_warning: int | None
    p90_to_warning: int | None
    median_days_to_alarm: float | None
    p90_days_to_alarm: float | None
    median_days_to_warning: float | None
    share_alarmed_before: float
    runs: int


def detection_delay(
    budget: float,
    broken_rate: float,
    *,
    good_rate: float,
    n_good: int,
    rng: np.random.Generator,
    delta: float = 0.05,
    run_length: float = RUN_LENGTH,
    audit_share: float = 1.0,
    acted_per_day: float | None = None,
    runs: int = 400,
) -> DetectionDelay:
    """How long ``ErrorMonitor`` takes to notice that the error rate has risen, by simulation.

    Args:
        budget: the error budget, in (0, 1).
        broken_rate: the error rate after the break, in (0, 1).
        good_rate: the error rate before it, in [0, 1).
        n_good: audits before the break, whole, >= 0.
        rng: draws the outcomes.
        delta: as for ``ErrorMonitor``.
        run_length: as for ``ErrorMonitor``.
        audit_share: share of acted-on items that is audited, in (0, 1].
        acted_per_day: acted-on items a day, above 0; None where not known.
        runs: number of simulated histories, whole, >= 20.

    Returns:
        A DetectionDelay; quantiles over the histories that were not stopped before the break.

    Raises:
        ArgumentInvalid: outside the domain.

    **Guarantee**: none; an outlook, with the error of ``runs`` simulations.
    **Assumes**: independent audits at one rate before and one after the break.
    **Source**: simulation of the same recursions as ``ErrorMonitor``.
    **Cost**: .1 s for 3,000 audits before the break.

    >>> delay = detection_delay(0.02, 0.06, good_rate=0.005, n_good=3000, rng=np.random.default_rng(1))
    >>> 300 < delay.median_to_alarm < 400
    True
    """
    monitor = ErrorMonitor(budget, delta, run_length=run_length)
    broken_rate = open_share("broken_rate", broken_rate)
    good_rate = number("good_rate", good_rate, least=0.0, below=1.0)
    n_good = count("n_good", n_good)
    audit_share = number("audit_share", audit_share, above=0.0, most=1.0)
    a_day = None if acted_per_day is None else number("acted_per_day", acted_per_day, above=0.0) * audit_share
    runs = count("runs", runs, least=20)
    simulated = _Runs(monitor, runs)
    for _ in range(n_good):
        simulated.step(rng.random(runs) < good_rate)
    alarmed_before = simulated.alarmed
    simulated.keep(~alarmed_before)
    warned_at, alarmed_at = simulated.first_times(broken_rate, rng)
    alarm, late_alarm = _quantile(alarmed_at, 0.5), _quantile(alarmed_at, 0.9)
    warning, late_warning = _quantile(warned_at, 0.5), _quantile(warned_at, 0.9)
    return DetectionDelay(
        median_to_alarm=alarm,
        p90_to_alarm=late_alarm,
        median_to_warning=warning,
        p90_to_warning=late_warning,
        median_days_to_alarm=_days(alarm, a_day),
        p90_days_to_alarm=_days(late_alarm, a_day),
        median_days_to_warning=_days(warning, a_day),
        share_alarmed_before=float(alarmed_before.mean()),
        runs=runs,
    )


class _Runs:
    """Many monitors side by side."""

    def __init__(self, monitor: ErrorMonitor, runs: int) -> None:
        self.if_wrong, self.if_right = (np.array(each) for each in monitor.factors)
        self.to_alarm, self.to_warning = 1.0 / monitor.delta, monitor.run_length
        self.bets: FloatArray = np.zeros((runs, self.if_wrong.size))
        self.warn: FloatArray = np.zeros((runs, self.if_wrong.size))
        self.alarmed = np.zeros(runs, dtype=np.bool_)
        self.t = 0

    def step(self, wrong: np.ndarray) -> None:
        self.t += 1
        factors = np.where(wrong[:, None], self.if_wrong, self.if_right)
        self.bets = np.minimum((self.bets + ErrorMonitor.restart_weight(self.t)) * factors, 1e300)
        self.warn = np.minimum((self.warn + 1.0) * factors, 1e300)
        self.alarmed |= self.bets.mean(axis=1) >= self.to_alarm

    def keep(self, chosen: np.ndarray) -> None:
        self.bets, self.warn, self.alarmed = self.bets[chosen], self.warn[chosen], self.alarmed[chosen]

    def first_times(self, rate: float, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
        """Audits from now to the first warning and to the alarm; a number beyond the most where neither comes."""
        runs = self.alarmed.size
        warned_at = np.full(runs, _MOST_AUDITS + 1, dtype=np.int64)
        alarmed_at = warned_at.copy()
        for n in range(1, _MOST_AUDITS + 1):
            self.step(rng.random(runs) < rate)
            warned = self.warn.mean(axis=1) >= self.to_warning
            warned_at[warned & (warned_at > n)] = n
            alarmed_at[self.alarmed & (alarmed_at > n)] = n
            if (warned_at <= n).all() and (alarmed_at <= n).all():
                break
        return warned_at, alarmed_at


def _quantile(times: IntArray, share: float) -> int | None:
    if not times.size:
        return None
    found = int(np.quantile(times, share, method="higher"))
    return found if found <= _MOST_AUDITS else None


def _days(audits: int | None, a_day: float | None) -> float | None:
    return None if audits is None or a_day is None else audits / a_day
