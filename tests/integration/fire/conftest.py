"""A project under fire on both databases, a receiver of its effects, and a maker of processes."""

from __future__ import annotations

import pytest
from tests.integration.fire.burning import SECRET, light
from tests.integration.fire.processes import Processes
from tests.unit.delivering.receiver import Receiver


@pytest.fixture(scope="session")
def maker(tmp_path_factory):
    with Processes(tmp_path_factory.mktemp("lives")) as made:
        yield made


@pytest.fixture
def processes(maker):
    """The maker; what a test left running is ended."""
    yield maker
    maker.end_all()


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    """The address of an empty store on a server; None where the store is a file."""
    if request.param == "sqlite":
        yield None
        return
    server = request.getfixturevalue("postgres_server")
    url = server.make_store()
    yield url
    server.drop_database(url)


@pytest.fixture
def burning(small, database, receiver, monkeypatch):
    monkeypatch.setenv("TILL_SECRET", SECRET)
    return light(small, database, receiver)
