"""What a server counts, as text that Prometheus reads."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from remit.store.figures.waiting import Waiting

__all__ = ["MEDIA_TYPE", "Metrics", "metrics_text"]

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_BOUNDS_ITEMS = (1, 2, 5, 10, 20, 50, 100)


class Metrics:
    """Counts of this process since it started."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.decisions: Counter[tuple[str, str]] = Counter()
        self.requests: Counter[tuple[str, str]] = Counter()
        self.n_slower = [0] * (len(_BOUNDS_S) + 1)
        self.seconds = 0.0

    def decided(self, work: str, route: str, seconds: float) -> None:
        """One item was decided, and answered after so many seconds."""
        with self._lock:
            self.decisions[work, route] += 1
            self.n_slower[bisect_left(_BOUNDS_S, seconds)] += 1
            self.seconds += seconds

    def answered(self, method: str, status: int) -> None:
        """One request was answered."""
        known = method if method in ("GET", "POST", "DELETE", "HEAD", "OPTIONS") else "other"
        with self._lock:
            self.requests[known, str(status)] += 1


def metrics_text(
    metrics: Metrics, waiting: Waiting, *, n_inside: int, group_sizes: Mapping[int, int], now: datetime
) -> str:
    """Everything that is counted, and what waits in the store now."""
    lines = (*_counted(metrics, n_inside), *_groups(group_sizes), *_waiting(waiting, now))
    return "\n".join(lines) + "\n"


def _counted(metrics: Metrics, n_inside: int) -> Iterator[str]:
    yield from _family("remit_decisions_total", "counter", "Items decided by this process.")
    for (work, route), n in sorted(metrics.decisions.items()):
        yield _line("remit_decisions_total", n, {"work": work, "route": route})
    yield from _histogram(metrics)
    yield from _family("remit_requests_total", "counter", "Requests answered by this process.")
    for (method, status), n in sorted(metrics.requests.items()):
        yield _line("remit_requests_total", n, {"method": method, "status": status})
    yield from _family("remit_requests_inside", "gauge", "Requests being answered.")
    yield _line("remit_requests_inside", n_inside, {})


def _waiting(waiting: Waiting, now: datetime) -> Iterator[str]:
    yield from _family("remit_reviews_waiting", "gauge", "Reviews that nobody decided yet.")
    for one in waiting.reviews:
        yield _line("remit_reviews_waiting", one.n, {"work": one.work})
    yield from _family(
        "remit_reviews_overdue_seconds", "gauge", "How long the first review is overdue; below 0: not yet."
    )
    for one in waiting.reviews:
        if one.first_due_at is not None:
            yield _line("remit_reviews_overdue_seconds", (now - one.first_due_at).total_seconds(), {"work": one.work})
    yield from _family("remit_outbox_waiting", "gauge", "Effects and answers that are still to be sent.")
    yield _line("remit_outbox_waiting", waiting.n_effects, {})
    yield from _family("remit_outbox_held", "gauge", "Answers to callers that wait for a person.")
    yield _line("remit_outbox_held", waiting.n_held, {})
    yield from _family("remit_outbox_dead", "gauge", "Effects and answers that were given up on.")
    yield _line("remit_outbox_dead", waiting.n_dead, {})


def _groups(sizes: Mapping[int, int]) -> Iterator[str]:
    name = "remit_commit_items"
    yield from _family(name, "histogram", "Items recorded together in one transaction of this process.")
    for bound in _BOUNDS_ITEMS:
        yield _line(f"{name}_bucket", sum(n for size, n in sizes.items() if size <= bound), {"le": str(bound)})
    yield _line(f"{name}_bucket", sum(sizes.values()), {"le": "+Inf"})
    yield _line(f"{name}_sum", sum(size * n for size, n in sizes.items()), {})
    yield _line(f"{name}_count", sum(sizes.values()), {})


def _histogram(metrics: Metrics) -> Iterator[str]:
    name = "remit_decide_seconds"
    yield from _family(name, "histogram", "From asking to answering, for items decided by this process.")
    total = 0
    for bound, n in zip((*map(str, _BOUNDS_S), "+Inf"), metrics.n_slower, strict=True):
        total += n
        yield _line(f"{name}_bucket", total, {"le": bound})
    yield _line(f"{name}_sum", metrics.seconds, {})
    yield _line(f"{name}_count", total, {})


def _family(name: str, kind: str, what: str) -> Iterator[str]:
    yield f"# HELP {name} {what}"
    yield f"# TYPE {name} {kind}"


def _line(name: str, value: float, labels: Mapping[str, str]) -> str:
    said = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"{name}{{{said}}} {value!r}" if said else f"{name} {value!r}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
