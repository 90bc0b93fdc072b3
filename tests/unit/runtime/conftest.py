"""An executor at work, watched, in a store of its own."""

import pytest
from tests.unit.runtime.watched import new_watched

from remit.store import open_store


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory):
    path = tmp_path_factory.mktemp("empty") / "remit.db"
    open_store(path).close()
    return path


@pytest.fixture
def watched(tmp_path, empty_store):
    found = new_watched(tmp_path, empty_store)
    yield found
    found.store.close()
