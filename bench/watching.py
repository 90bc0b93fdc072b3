"""How often monitors raise false alarms under a look at every item, and how soon they notice a break."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from bench.figure import Figure
from remit.stats import ErrorMonitor, audit_probabilities, binomial_upper, detection_delay, items_to_promotion

BUDGET, DELTA = 0.02, 0.05
RUNS = 2000


def figures() -> Iterable[Figure]:
    """False alarms at exactly the budget, delays after a break, promotions that should not be."""
    rng = np.random.default_rng(1)
    yield from _delays(rng)
    yield from _false_alarms(rng)
    yield from _false_promotions(rng)
    yield from _weighted(rng)


def _delays(rng: np.random.Generator) -> Iterable[Figure]:
    usual = detection_delay(BUDGET, 3 * BUDGET, good_rate=BUDGET / 4, n_good=3000, rng=rng, runs=RUNS)
    blind = _blind(3 * BUDGET, 3000, rng)
    yield Figure(
        name="audits to the alarm, threefold break after 3,000 good ones",
        unit="",
        ours=usual.median_to_alarm or np.inf,
        baseline=blind,
        baseline_name="the same bets without restarts",
        goal=360,
    )
    yield Figure(
        name="audits to the warning, 1 false one in 5,000", unit="", ours=usual.median_to_warning or np.inf, goal=160
    )
    quick = detection_delay(BUDGET, 3 * BUDGET, good_rate=BUDGET / 4, n_good=3000, rng=rng, run_length=1000, runs=RUNS)
    yield Figure(
        name="audits to the warning, 1 false one in 1,000", unit="", ours=quick.median_to_warning or np.inf, goal=100
    )
    start = detection_delay(BUDGET, 2 * BUDGET, good_rate=BUDGET, n_good=0, rng=rng, runs=RUNS)
    yield Figure(
        name="audits to the alarm, twofold from the start", unit="", ours=start.median_to_alarm or np.inf, goal=530
    )
    late = detection_delay(BUDGET, 3 * BUDGET, good_rate=BUDGET / 4, n_good=100_000, rng=rng, runs=200)
    yield Figure(
        name="audits to the alarm, threefold break after 100,000 good ones",
        unit="",
        ours=late.median_to_alarm or np.inf,
        goal=700,
    )


def _blind(rate: float, n_good: int, rng: np.random.Generator) -> float:
    """The median delay of the same bets, placed once at the start."""
    if_wrong, if_right = (np.log(each) for each in ErrorMonitor(BUDGET, DELTA).factors)
    n_wrong = rng.binomial(n_good, BUDGET / 4, 300)
    log_wealth = n_wrong[:, None] * if_wrong + (n_good - n_wrong)[:, None] * if_right
    delay = np.full(300, np.inf)
    for n in range(1, 6000):
        log_wealth += np.where((rng.random(300) < rate)[:, None], if_wrong, if_right)
        above = np.log(np.exp(np.minimum(log_wealth, 50.0)).mean(axis=1)) >= np.log(1.0 / DELTA)
        delay[above & np.isinf(delay)] = n
        if np.isfinite(delay).all():
            break
    return float(np.median(delay))


def _false_alarms(rng: np.random.Generator) -> Iterable[Figure]:
    runs, looks = 1000, 100_000
    alarmed, warned_at, naive = _watched(runs, looks, rng)
    yield Figure(
        name=f"false alarms at the budget, {looks:,} looks, 99 % bound",
        unit="",
        ours=binomial_upper(int(alarmed.sum()), runs, 0.01),
        baseline=float(naive.mean()),
        baseline_name="exact test at every look",
        goal=DELTA + 0.02,
    )
    yield Figure(
        name="items to the first false warning, asked for 5,000", unit="", ours=warned_at, goal=5000, at_least=True
    )


def _watched(runs: int, looks: int, rng: np.random.Generator):
    """Alarms, mean items to the first warning, and what a test at every look says, at exactly the budget."""
    monitor = ErrorMonitor(BUDGET, DELTA)
    if_wrong, if_right = (np.array(each) for each in monitor.factors)
    bets, warn = np.zeros((runs, 5)), np.zeros((runs, 5))
    alarmed, naive = np.zeros(runs, dtype=bool), np.zeros(runs, dtype=bool)
    warned_at = np.full(runs, looks)
    n_wrong = np.zeros(runs)
    for t in range(1, looks + 1):
        wrong = rng.random(runs) < BUDGET
        factors = np.where(wrong[:, None], if_wrong, if_right)
        bets = (bets + ErrorMonitor.restart_weight(t)) * factors
        warn = (warn + 1.0) * factors
        alarmed |= bets.mean(axis=1) >= 1.0 / DELTA
        warned = warn.mean(axis=1) >= monitor.run_length
        warned_at[warned & (warned_at == looks)] = t
        n_wrong += wrong
        if t <= 5000 and t % 5 == 0:
            from scipy.special import bdtrc

            naive |= bdtrc(n_wrong - 1.0, t, BUDGET) <= DELTA
    return alarmed, float(warned_at.mean()), naive


def _false_promotions(rng: np.random.Generator) -> Iterable[Figure]:
    """At exactly the budget, with a look at each of 100,000 items: errors come at geometric distances."""
    runs, looks = 10_000, 100_000
    budget = 0.05
    needed = np.array([items_to_promotion(k, budget, DELTA) for k in range(int(budget * looks * 1.3))])
    promoted = 0
    for _ in range(runs):
        next_error = np.cumsum(rng.geometric(budget, needed.size))
        # Before the (k + 1)-th error there are k: is the number needed reached by then?
        promoted += bool(((next_error - 1 >= needed) & (needed <= looks)).any())
    yield Figure(
        name=f"promotions at the budget, {looks:,} looks, 99 % bound",
        unit="",
        ours=binomial_upper(promoted, runs, 0.01),
        goal=DELTA + 0.008,
    )


def _weighted(rng: np.random.Generator) -> Iterable[Figure]:
    """Audits where more is expected to be wrong, against audits of a uniform share."""
    budget, share = 0.04, 0.1
    confidence = rng.beta(8, 1.2, 100_000)
    truth = 0.5 * (1.0 - confidence) ** 1.3
    truth *= budget / 2 / truth.mean()
    guess = np.clip(truth * rng.lognormal(0.0, 0.5, truth.size), 1e-4, 0.9)
    chance = audit_probabilities(guess, share, least=0.02)
    for name, broken, goal in (("sixfold", 6.0, None),):
        uniform, chosen = [], []
        for _ in range(100):
            items = rng.integers(0, truth.size, 20_000)
            wrong = rng.random(items.size) < np.minimum(broken * truth[items], 1.0)
            uniform.append(_audits(budget, wrong, np.full(items.size, share), rng, weighted=False))
            chosen.append(_audits(budget, wrong, chance[items], rng, weighted=True))
        yield Figure(
            name=f"audits to the alarm where risk guides them, {name} break",
            unit="",
            ours=float(np.median(chosen)),
            baseline=float(np.median(uniform)),
            baseline_name="a uniform share",
            goal=goal,
        )


def _audits(budget: float, wrong, chance, rng: np.random.Generator, *, weighted: bool) -> float:
    monitor = ErrorMonitor(budget, DELTA)
    drawn = rng.random(wrong.size) < chance
    for error, audited, inclusion in zip(wrong.tolist(), drawn.tolist(), chance.tolist(), strict=True):
        if weighted:
            state = monitor.update(error if audited else None, inclusion)
        elif audited:
            state = monitor.update(error)
        else:
            continue
        if state.alarm:
            return state.n
    return np.inf
