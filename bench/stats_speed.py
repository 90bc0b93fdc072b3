"""How long certificates, monitors and queues take. MAPIE stands beside where it is installed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from importlib.util import find_spec

import numpy as np

from bench.figure import Figure
from bench.measure import cpu_seconds
from remit.stats import (
    ErrorMonitor,
    PromotionTest,
    Shape,
    audit_error_rate,
    certify,
    confidence_sequence,
    levels_for,
    simulate_queue,
)

ALPHA = 0.05


def figures() -> Iterable[Figure]:
    """CPU time on one core."""
    rng = np.random.default_rng(1)
    for n, goal in ((300, 0.5), (3000, 0.8), (1_000_000, 8.0)):
        yield Figure(name=f"table of levels, {n:,} cases", unit="s", ours=_table(n), goal=goal)
    yield from _certify(rng)
    yield from _watch(rng)
    n = 1_000_000
    arrivals, service = np.cumsum(rng.exponential(0.1, n)), rng.exponential(0.25, n)
    taken = cpu_seconds(lambda: simulate_queue(arrivals, service, reviewers=3), repeats=3)
    yield Figure(name="queue, 1,000,000 arrivals", unit="s", ours=taken, goal=1.0)
    due = arrivals + rng.exponential(2.0, n)
    taken = cpu_seconds(lambda: simulate_queue(arrivals, service, reviewers=3, due_at=due), repeats=3)
    yield Figure(name="queue by due time, 1,000,000 arrivals", unit="s", ours=taken)


def _table(n: int) -> float:
    # Tables are remembered, so each time it is a hardly different one.
    centres = iter(np.linspace(0.35, 0.3501, 10))

    def fresh() -> None:
        levels_for(ALPHA, 0.05, n, shape=Shape(centre=float(next(centres))))

    return cpu_seconds(fresh, repeats=1 if n > 10_000 else 3)


def _certify(rng: np.random.Generator) -> Iterable[Figure]:
    n = 1_000_000
    confidence, wrong = _cases(n, rng)
    levels = levels_for(ALPHA, 0.05, n)
    taken = cpu_seconds(lambda: certify(confidence, wrong, alpha=ALPHA, levels=levels))
    yield Figure(name="certify 1,000,000 cases, every threshold, table at hand", unit="s", ours=taken, goal=0.35)
    n = 20_000
    confidence, wrong = _cases(n, rng)
    taken = cpu_seconds(lambda: certify(confidence, wrong, alpha=ALPHA, method="fixed_sequence"))
    yield Figure(
        name="certify 20,000 cases, every threshold against 200",
        unit="s",
        ours=taken,
        baseline=_mapie(confidence, wrong) if find_spec("mapie") else None,
        baseline_name="MAPIE",
    )


def _watch(rng: np.random.Generator) -> Iterable[Figure]:
    wrong = rng.random(1_000_000) < 0.02
    taken = cpu_seconds(lambda: confidence_sequence(wrong), repeats=3)
    yield Figure(name="confidence sequence, 1,000,000 steps", unit="s", ours=taken, goal=1.0)
    items = wrong[:100_000].tolist()
    yield Figure(name="ErrorMonitor.update", unit="us", ours=_each(ErrorMonitor(0.02).update, items), goal=2.0)
    weighted = ErrorMonitor(0.02)
    taken = _each(lambda error: weighted.update(error, 0.1), items)
    yield Figure(name="ErrorMonitor.update, weighted", unit="us", ours=taken)
    yield Figure(name="PromotionTest.update", unit="us", ours=_each(PromotionTest(0.02).update, items))
    chance = np.full(100_000, 0.1)
    seen = np.where(rng.random(100_000) < chance, wrong[:100_000], np.nan)
    taken = cpu_seconds(lambda: audit_error_rate(seen, chance, least=0.05, rng=rng), repeats=1)
    yield Figure(name="bounds from audits of 100,000 items", unit="s", ours=taken)


def _each(update: Callable[[bool], object], items: list[bool]) -> float:
    """Microseconds for one item."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        for item in items:
            update(item)
        taken.append(time.process_time() - start)
    return min(taken) / len(items) * 1e6


def _cases(n: int, rng: np.random.Generator):
    u = rng.random(n)
    return u, rng.random(n) < 0.9 / (1.0 + np.exp(9.0 * u - 2.2))


def _mapie(confidence, wrong) -> float:
    import warnings

    from mapie.risk_control import BinaryClassificationController

    controller = BinaryClassificationController(
        lambda cases: np.column_stack([1.0 - cases[:, 0], cases[:, 0]]),
        "precision",
        1.0 - ALPHA,
        0.95,
        list_predict_params=np.linspace(0.99, 0.01, 200),
        fwer_method="fixed_sequence",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return cpu_seconds(lambda: controller.calibrate(confidence[:, None], (~wrong).astype(int)), repeats=3)
