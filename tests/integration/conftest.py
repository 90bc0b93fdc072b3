"""The small project, made once and copied into every test that wants one."""

import shutil

import pytest
from tests.integration.small_project import Small, Terminal, make


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """The project as its owner would commit it, and the same with its cases split and frozen."""
    folder = tmp_path_factory.mktemp("small")
    make(folder / "plain")
    make(folder / "frozen").split_and_freeze()
    return folder


@pytest.fixture
def small(made_once, tmp_path):
    """A small project whose cases have no use yet."""
    return _copied(made_once / "plain", tmp_path)


@pytest.fixture
def frozen(made_once, tmp_path):
    """A small project with frozen cases: 120 to prove, 80 to tune."""
    return _copied(made_once / "frozen", tmp_path)


def _copied(source, folder):
    shutil.copytree(source, folder / "shop")
    return Small(folder / "shop")


@pytest.fixture
def remit(capsys, monkeypatch, request):
    """The command line in this process, in the folder of the project of the test."""
    for name in ("REMIT_STORE", "REMIT_BY", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    name = "small" if "small" in request.fixturenames else "frozen"
    return Terminal(capsys, monkeypatch, request.getfixturevalue(name).root)
