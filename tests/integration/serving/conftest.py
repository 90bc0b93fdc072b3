"""A small project behind the guard, in this process."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta

import pytest
from starlette.testclient import TestClient
from tests.integration.small_project import Small, make

from remit.api.application import application
from remit.api.service import Limits, Service
from remit.autonomy.certificate import Certificate, Grant
from remit.definition.levels import Level
from remit.ledger import LedgerKind
from remit.project import Project
from remit.project.items import provenance
from remit.project.people import ACCESS_ROLES
from remit.project.serving.tokens import make_token
from remit.runtime.recording import record_grant

HERE = "http://127.0.0.1:8321"

PEOPLE = """\
currency: EUR
people:
  - {id: mira, roles: [author, Head of Refunds]}
  - {id: jonas, roles: [accountable, Director of Sales]}
  - {id: tarek, roles: [reviewer, refund clerk]}
  - {id: lea, roles: [leader]}
  - {id: audrey, roles: [auditor]}
  - {id: shop, roles: [service]}
  - {id: ops, roles: [admin]}
  - {id: kim, roles: [reviewer, author, auditor, refund clerk]}
"""
WITH_ROLE = {
    "author": "mira",
    "reviewer": "tarek",
    "accountable": "jonas",
    "leader": "lea",
    "auditor": "audrey",
    "service": "shop",
    "admin": "ops",
}
assert set(WITH_ROLE) == set(ACCESS_ROLES)


@pytest.fixture(scope="session")
def served_once(tmp_path_factory):
    """Two works, frozen, with one candidate at shadow."""
    root = tmp_path_factory.mktemp("served") / "shop"
    small = make(root)
    small.write("remit.yaml", PEOPLE)
    small.write("work/returns.yaml", small.read("work/refunds.yaml").replace("id: refunds", "id: returns", 1))
    small.split_and_freeze()
    with small.opened() as work:
        work.grant("desk", level=Level.SHADOW, reason="a look at it", by="jonas")
    return root


@dataclass
class Served:
    """A project and its server."""

    root: object
    project: Project
    service: Service
    client: TestClient

    def token(self, person: str, *, roles=(), work=None, days=None) -> str:
        return make_token(self.project, person, roles=roles, work=work, days=days, by="ops").secret

    def headers(self, person: str, **narrowed) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(person, **narrowed)}"}

    def hold(self, level: Level, *, days_ago: int = 0) -> None:
        """Let the desk hold a level, however it came by it."""
        of = provenance(self.project.work("refunds"), "desk")
        now = self.project.ambient.now() - timedelta(days=days_ago)
        digests = {"evidence_digest": of.evidence_digest, "executor_digest": of.executor_digest}
        certificate = Certificate(
            threshold=0.5,
            alpha=0.05,
            delta=0.05,
            n_acted=300,
            n_wrong=0,
            n_cases=300,
            coverage=1.0,
            upper_bound=0.01,
            method="fixed_sequence",
            assumptions=(),
            case_set_digest="c" * 64,
            made_at=now,
            **digests,
        )
        given = Grant(
            work="refunds",
            executor="desk",
            level=level,
            by="jonas",
            reason="so",
            definition_digest=of.definition_digest,
            granted_at=now,
            certificate=certificate if level.at_least(Level.SUPERVISED) else None,
            **digests,
        )
        with self.project.store.writing() as writing:
            record_grant(writing, given, LedgerKind.GRANT)

    def of(self, role: str) -> dict[str, str]:
        return self.headers(WITH_ROLE[role])


@pytest.fixture
def opened(served_once, tmp_path):
    """Opens the server as it is asked for."""
    closing = []

    def open_(*, own_machine=True, limits=None, ambient=None) -> Served:
        root = tmp_path / f"shop{len(closing)}"
        shutil.copytree(served_once, root)
        project = Project.open(root, ambient=ambient)
        service = Service(project, own_machine=own_machine, limits=limits or Limits())
        client = TestClient(application(service), base_url=HERE, raise_server_exceptions=False)
        closing.append(project)
        return Served(root=root, project=project, service=service, client=client)

    yield open_
    for project in closing:
        project.close()


@pytest.fixture
def served(opened):
    return opened()


__all__ = ["Small"]
