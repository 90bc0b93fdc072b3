"""The stores that the contract holds for: one line more when PostgreSQL is written too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from remit.store import Store, open_store


@pytest.fixture(params=["sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    assert request.param == "sqlite"
    with open_store(tmp_path / "remit.db") as opened:
        yield opened
