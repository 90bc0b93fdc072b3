"""What holds for every test: seeded properties, and no test passes by being skipped without a reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.language_model import LanguageModel
    from tests.postgres_server import PostgresServer

settings.register_profile("remit", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("remit")

NO_REASON = ("unconditional skip", "could not import", "got empty parameter set")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL, started for the first test that needs one."""
    from tests.postgres_server import PostgresServer

    server = PostgresServer()
    yield server
    server.remove()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of an empty database of its own."""
    url = postgres_server.make_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(scope="session")
def language_model() -> Iterator[LanguageModel]:
    """A real, small language model behind the OpenAI protocol, started for the first test that needs one."""
    from tests.language_model import LanguageModel, model_file

    path = model_file()
    if path is None:
        pytest.skip("the small language model is not installed: `make test` installs requirements/carried-files.txt")
    server = LanguageModel(path)
    yield server
    server.stop()


def skips(terminalreporter: pytest.TerminalReporter) -> list[tuple[str, str]]:
    """Every skipped test with the reason it gave, empty where it gave none."""
    found = []
    for report in terminalreporter.stats.get("skipped", []):
        text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reason = text.removeprefix("Skipped:").strip()
        found.append((report.nodeid, "" if any(words in reason for words in NO_REASON) else reason))
    return found


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    unexplained = reporter is not None and any(not reason for _, reason in skips(reporter))
    if unexplained and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    found = skips(terminalreporter)
    terminalreporter.write_line(f"skipped: {len(found)}" if found else "skipped: none")
    for test, reason in found:
        terminalreporter.write_line(f"  {test}: {reason or 'NO REASON GIVEN'}")
