"""What looking after every item does to rules in use today: who is promoted, and who is stopped for nothing.

Simulated, seeded; a rule is asked after each item.  `python tools/evidence_pages.py` puts the two tables and the
figures into docs/explanation, a test holds them there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc

from bench.figure import Figure
from remit.stats import ErrorMonitor, items_to_promotion, plan

__all__ = [
    "ALARM_BUDGET",
    "BAR",
    "DELTA",
    "MOST_ITEMS",
    "Alarmed",
    "Promoted",
    "Rule",
    "alarm_table",
    "alarms",
    "monitored",
    "passes_by",
    "promotion_rules",
    "promotion_table",
    "promotions",
]

BAR, DELTA = 0.05, 0.05
MOST_ITEMS = 2000
RUNS = 10_000
ALARM_BUDGET = 0.02
LOOKS = 5000
ALARM_RUNS = 1000
N_GOOD = 3000
_CHUNK = 2000
_Z = 1.6448536269514722  # one-sided 95 %
_LEAST_AUDITS = 30

Errors = NDArray[np.bool_]
Passes = Callable[[Errors], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule: its name, and for errors of shape (runs, items) whether it says yes after each item."""

    name: str
    says_yes: Passes
    is_ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Promoted:
    """What a rule did: the share promoted at 6 % and at exactly 5 % wrong, and how good ones fared.

    ``half_at_2`` and ``half_at_1`` are the items after which half of the runs at 2 % and 1 % wrong were promoted; None
    where fewer than half were within 2,000.
    """

    name: str
    bad: float
    at_the_bar: float
    at_2: float
    half_at_2: int | None
    half_at_1: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarmed:
    """What a rule did: the share of false alarms at exactly the budget, and audits until a real break was noticed.

    ``half`` is the median after a good time; None where more than half of the breaks went unnoticed for 5,000 audits.
    """

    name: str
    false: float
    half: int | None


def _window(size: int, most_wrong: int) -> Passes:
    """At most ``most_wrong`` wrong among the last ``size``."""

    def passes(errors: Errors) -> NDArray[np.bool_]:
        return (np.arange(errors.shape[1]) >= size - 1) & (_last(errors, size) <= most_wrong)

    return passes


def _last(errors: Errors, size: int) -> NDArray[np.int32]:
    total = np.cumsum(errors, axis=1, dtype=np.int32)
    total[:, size:] = total[:, size:] - total[:, :-size]
    return total


def _counts(limits: NDArray[np.int64]) -> Passes:
    """At most ``limits[n - 1]`` wrong among the first n."""
    return lambda errors: np.cumsum(errors, axis=1, dtype=np.int32) <= limits[: errors.shape[1]]


def _once(n: int, most_wrong: int) -> Passes:
    limits = np.full(MOST_ITEMS, -1)
    limits[n - 1] = most_wrong
    return _counts(limits)


def _limits(is_shown: Callable[[NDArray[np.float64], NDArray[np.int64]], NDArray[np.bool_]]) -> NDArray[np.int64]:
    """The most errors with which ``is_shown(errors, n)`` still holds, for every n; -1 where none do."""
    n = np.arange(1, MOST_ITEMS + 1)
    most = np.full(MOST_ITEMS, -1)
    for k in range(int(2 * BAR * MOST_ITEMS)):
        most[is_shown(np.full(MOST_ITEMS, float(k)), n) & (n >= k)] = k
    return most


def _wilson_upper(k: NDArray[np.float64], n: NDArray[np.int64]) -> NDArray[np.float64]:
    share = np.clip(k / n, 0.0, 1.0)
    half = _Z * np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return (share + _Z**2 / (2 * n) + half) / (1 + _Z**2 / n)


def _ours(attempt: int | None = None) -> NDArray[np.int64]:
    """The most errors with which the promotion test passes, for every n: as the only try, or as one of several."""
    needed = np.array([items_to_promotion(k, BAR, DELTA, attempt=attempt) for k in range(int(BAR * MOST_ITEMS))])
    return np.searchsorted(needed, np.arange(1, MOST_ITEMS + 1), side="right") - 1


@cache
def promotion_rules() -> tuple[Rule, ...]:
    """The rules that are compared, ours the last two."""
    n = np.arange(1, MOST_ITEMS + 1)
    planned = plan(BAR, DELTA).n_cases
    assert planned is not None
    allowed = int(np.flatnonzero(bdtr(np.arange(planned), planned, BAR) <= DELTA)[-1])
    return (
        Rule(name="the last 20 were all right", says_yes=_window(20, 0)),
        Rule(name="90 % of the last 25 were right", says_yes=_window(25, 2)),
        Rule(name="90 % of the first 25 were right, one look", says_yes=_once(25, 2)),
        Rule(name="at most 5 % wrong so far, from 100 items on", says_yes=_counts(np.where(n >= 100, n // 20, -1))),
        Rule(name="99 % of the last 1,000 were right", says_yes=_window(1000, 10)),
        Rule(name="Wilson bound at every item", says_yes=_counts(_limits(lambda k, n: _wilson_upper(k, n) <= BAR))),
        Rule(name="exact bound at every item", says_yes=_counts(_limits(lambda k, n: bdtr(k, n, BAR) <= DELTA))),
        Rule(name=f"exact bound once, at {planned} items as planned", says_yes=_once(planned, allowed)),
        Rule(name="Remit's promotion test, at every item", says_yes=_counts(_ours()), is_ours=True),
        Rule(name="the same, the first of several tries", says_yes=_counts(_ours(attempt=1)), is_ours=True),
    )


def passes_by(rule: Rule, rate: float, *, runs: int, seed: int) -> NDArray[np.int64]:
    """The item at which each run was first promoted; one more than 2,000 where it never was."""
    rng = np.random.default_rng(seed)
    first = []
    for start in range(0, runs, _CHUNK):
        errors = rng.random((min(_CHUNK, runs - start), MOST_ITEMS)) < rate
        yes = rule.says_yes(errors)
        first.append(np.where(yes.any(axis=1), yes.argmax(axis=1) + 1, MOST_ITEMS + 1))
    return np.concatenate(first)


@cache
def promotions(runs: int = RUNS) -> tuple[Promoted, ...]:
    """Every rule of promotion on the same simulated candidates."""
    found = []
    for rule in promotion_rules():
        at = {rate: passes_by(rule, rate, runs=runs, seed=round(1000 * rate)) for rate in (0.06, BAR, 0.02, 0.01)}
        share = {rate: float((items <= MOST_ITEMS).mean()) for rate, items in at.items()}
        found.append(
            Promoted(
                name=rule.name,
                bad=share[0.06],
                at_the_bar=share[BAR],
                at_2=share[0.02],
                half_at_2=_half(at[0.02], MOST_ITEMS),
                half_at_1=_half(at[0.01], MOST_ITEMS),
            )
        )
    return tuple(found)


def _half(items: NDArray[np.int64], most: int) -> int | None:
    middle = int(np.quantile(items, 0.5, method="higher"))
    return middle if middle <= most else None


def _alarm_rules() -> tuple[Rule, ...]:
    """Rules that say yes when the error rate is called too high; those that count from the start do so from 30 on."""
    n = np.arange(1, N_GOOD + LOOKS + 1)

    def by_counts(is_shown: Callable[[NDArray[np.float64], NDArray[np.int64]], NDArray[np.bool_]]) -> Passes:
        least = np.full(n.size, n.size, dtype=np.int64)
        for k in range(int(4 * ALARM_BUDGET * n.size), 0, -1):
            least[is_shown(np.full(n.size, float(k)), n)] = k
        least[: _LEAST_AUDITS - 1] = n.size
        return lambda errors: np.cumsum(errors, axis=1, dtype=np.int32) >= least[: errors.shape[1]]

    def last_hundred(errors: Errors) -> NDArray[np.bool_]:
        return _last(errors, 100) > 2 * ALARM_BUDGET * 100

    return (
        Rule(name="more than twice the budget in the last 100", says_yes=last_hundred),
        Rule(
            name="Wilson bound at every audit",
            says_yes=by_counts(lambda k, n: 1 - _wilson_upper(n - k, n) > ALARM_BUDGET),
        ),
        Rule(
            name="exact bound at every audit", says_yes=by_counts(lambda k, n: bdtrc(k - 1, n, ALARM_BUDGET) <= DELTA)
        ),
        Rule(name="Remit's monitor, at every audit", says_yes=monitored, is_ours=True),
    )


def monitored(errors: Errors) -> NDArray[np.bool_]:
    """What ``ErrorMonitor`` says after every audit, for many runs side by side."""
    if_wrong, if_right = (np.array(each) for each in ErrorMonitor(ALARM_BUDGET, DELTA).factors)
    bets = np.zeros((errors.shape[0], if_wrong.size))
    alarm = np.zeros(errors.shape, dtype=np.bool_)
    for t in range(errors.shape[1]):
        factors = np.where(errors[:, t, None], if_wrong, if_right)
        bets = np.minimum((bets + ErrorMonitor.restart_weight(t + 1)) * factors, 1e300)
        alarm[:, t] = bets.mean(axis=1) >= 1.0 / DELTA
    return alarm


@cache
def alarms(runs: int = ALARM_RUNS) -> tuple[Alarmed, ...]:
    """Every rule of alarm: at exactly the budget, and at three times of it after 3,000 audits at a quarter of it."""
    rng = np.random.default_rng(2)
    at_budget = rng.random((runs, LOOKS)) < ALARM_BUDGET
    fewer = runs // 4
    broken = np.concatenate(
        (rng.random((fewer, N_GOOD)) < ALARM_BUDGET / 4, rng.random((fewer, LOOKS)) < 3 * ALARM_BUDGET), axis=1
    )
    found = []
    for rule in _alarm_rules():
        false = float(rule.says_yes(at_budget).any(axis=1).mean())
        yes = rule.says_yes(broken)[:, N_GOOD:]
        noticed = np.where(yes.any(axis=1), yes.argmax(axis=1) + 1, LOOKS + 1)
        found.append(Alarmed(name=rule.name, false=false, half=_half(noticed, LOOKS)))
    return tuple(found)


def promotion_table() -> str:
    """The promotions as a Markdown table."""
    rows = [
        "| rule | promoted at 6 % wrong | at exactly 5 % | at 2 % wrong | at 2 %: half after | at 1 %: half after |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    rows += [
        f"| {one.name} | {_percent(one.bad)} | {_percent(one.at_the_bar)} | {_percent(one.at_2)} "
        f"| {_items(one.half_at_2)} | {_items(one.half_at_1)} |"
        for one in promotions()
    ]
    return "\n".join(rows) + "\n"


def alarm_table() -> str:
    """The alarms as a Markdown table."""
    rows = [
        "| rule | false alarms at exactly the budget | half of the real breaks noticed after |",
        "|---|---:|---:|",
    ]
    rows += [f"| {one.name} | {_percent(one.false)} | {_audits(one.half)} |" for one in alarms()]
    return "\n".join(rows) + "\n"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _items(n: int | None) -> str:
    return "not within 2,000" if n is None else f"{n:,}"


def _audits(n: int | None) -> str:
    return "not within 5,000" if n is None else f"{n:,}"


def figures() -> Iterable[Figure]:
    """The promotions of a bad candidate and the false alarms, ours beside the worst and the naive rule."""
    *others, ours = promotions()
    for name, value in (("6 % wrong", "bad"), ("exactly 5 % wrong", "at_the_bar")):
        for other in others:
            yield Figure(
                name=f"promoted within 2,000 at {name}, a look at every item",
                unit="",
                ours=getattr(ours, value),
                baseline=getattr(other, value),
                baseline_name=other.name,
                goal=DELTA + 0.006,
            )
    *watched, monitor = alarms()
    for rule in watched:
        yield Figure(
            name="false alarms at exactly the budget, 5,000 looks",
            unit="",
            ours=monitor.false,
            baseline=rule.false,
            baseline_name=rule.name,
            goal=DELTA + 0.01,
        )
