"""Who may close an alert or have something sent again: who is accountable, an admin, or with a role of the work."""

from __future__ import annotations

import shutil

import pytest
from starlette.testclient import TestClient
from tests.docs.test_serve_page import said
from tests.integration.serving.conftest import HERE, Served

from remit.api.application import application
from remit.api.service import Service
from remit.project import Project
from remit.store.operations.alerts import AlertKind, open_alerts, raise_alert

EXTRA = """\
  - {id: sam, roles: [author]}
  - {id: ron, roles: [reviewer]}
  - {id: liv, roles: [leader, Head of Refunds]}
"""
WITHOUT_WORK = {"author": "sam", "reviewer": "ron", "leader": "lea"}
WITH_WORK = {"author": "mira", "reviewer": "tarek", "leader": "liv"}


@pytest.fixture
def alarmed(served_once, tmp_path):
    root = tmp_path / "shop"
    shutil.copytree(served_once, root)
    with (root / "remit.yaml").open("a", encoding="utf-8") as file:
        file.write(EXTRA)
    with Project.open(root) as project:
        service = Service(project, own_machine=True)
        client = TestClient(application(service), base_url=HERE, raise_server_exceptions=False)
        yield Served(root=root, project=project, service=service, client=client)


def settled(served, person):
    id_ = f"alert-{person}"
    with served.project.store.writing() as writing:
        raise_alert(
            writing,
            id=id_,
            work="refunds",
            kind=AlertKind.VOLUME,
            about=person,
            text="x",
            contact=None,
            now=served.project.ambient.now(),
        )
    status = served.client.post(f"/v1/alerts/{id_}/settle", json={}, headers=served.headers(person)).status_code
    assert (id_ in [one.id for one in open_alerts(served.project.store)]) is (status != 200)
    return status == 200


def test_the_page_says_of_each_role_what_the_server_does(alarmed):
    for role, cell in said()["settle alerts"].items():
        if cell == "of the work":
            assert settled(alarmed, WITH_WORK[role]), role
            assert not settled(alarmed, WITHOUT_WORK[role]), role
        else:
            assert settled(alarmed, {"accountable": "jonas", "admin": "ops"}[role]), role
    assert not settled(alarmed, "audrey")
    assert not settled(alarmed, "shop")
