"""An executor of kind ``http`` that asks a service on loopback."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from remit.executors.http.executor import load_http
from remit.executors.perform import performer
from remit.executors.remote import Surroundings
from remit.items import ExecutorKind

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def asking(spec, tmp_path, request):
    """Makes a performer for a service, with the environment that it is given."""
    ids = Counter()

    def new_id() -> str:
        ids["n"] += 1
        return f"item-{ids['n']}"

    @contextmanager
    def make(url, *, environment=None, deadline_s=10.0, root: Path = tmp_path, breaker=None, settings=None, **given):
        made = load_http(
            spec(
                kind=ExecutorKind.HTTP,
                deadline=timedelta(seconds=deadline_s),
                settings={"url": url, **(settings or {})},
                **given,
            ),
            root=root,
            surroundings=Surroundings(
                home=request.node.nodeid,
                setting=(environment or {}).get,
                now=lambda: NOW,
                monotonic=time.monotonic,
                new_id=new_id,
                purse=lambda: pytest.fail("no cap was set"),
            ),
        )
        with performer(made, clock=time.perf_counter, jitter=lambda: 0.0, breaker=breaker) as perform:
            yield perform

    return make
