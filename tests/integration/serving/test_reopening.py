"""Files that change while a server runs are served as they are, and wrong ones are not taken."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.integration.small_project import ITEM

from remit.project import system
from remit.project.serving.reopening import EVERY_S

WORK = "/v1/definitions/refunds"


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def served(opened, clock):
    return opened(ambient=replace(system(), monotonic=lambda: clock[0]))


def change(served, clock, old, new, name="work/refunds.yaml"):
    path = served.root / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    clock[0] += EVERY_S


def digest(served):
    return served.client.get(WORK, headers=served.of("author")).json()["digest"]


def ready(served):
    return served.client.get("/readyz").json()["files"]


def test_a_changed_definition_is_served_a_second_later_and_not_before(served, clock):
    before = digest(served)
    path = served.root / "work/refunds.yaml"
    path.write_text(path.read_text().replace("delta:", "delta: ", 1).replace("alert: mira", "alert: jonas", 1))
    assert digest(served) == before
    clock[0] += EVERY_S
    assert digest(served) != before
    assert ready(served) == "as they are"


def test_a_new_work_is_there_and_one_that_is_taken_away_is_not(served, clock):
    text = (served.root / "work/refunds.yaml").read_text()
    (served.root / "work/gifts.yaml").write_text(text.replace("id: refunds", "id: gifts", 1))
    (served.root / "work/returns.yaml").unlink()
    clock[0] += EVERY_S
    found = served.client.get("/v1/definitions", headers=served.of("author")).json()["definitions"]
    assert [one["id"] for one in found] == ["gifts", "refunds"]


def test_somebody_who_left_the_project_is_refused(served, clock):
    headers = served.of("leader")
    assert served.client.get("/v1/session", headers=headers).status_code == 200
    change(served, clock, "  - {id: lea, roles: [leader]}\n", "", "remit.yaml")
    assert served.client.get("/v1/session", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("work/refunds.yaml", "id: refunds", "id: [refunds"),
        ("work/refunds.yaml", "when: \"output.refund == 'yes'\"", "when: \"output.nothing == 'yes'\""),
        ("remit.yaml", "currency: EUR", "currency: [EUR"),
        ("remit.yaml", "currency: EUR", "currency: EUR\nstore: elsewhere.db"),
    ],
)
def test_what_is_wrong_is_not_taken_and_said_until_it_is_mended(served, clock, name, old, new, caplog):
    before = digest(served)
    change(served, clock, old, new, name)
    assert digest(served) == before
    assert "log says why" in ready(served)
    assert "changed files are not taken" in caplog.text
    clock[0] += EVERY_S
    digest(served)
    assert caplog.text.count("changed files are not taken") == 1
    change(served, clock, new, old, name)
    assert digest(served) == before
    assert ready(served) == "as they are"


def test_whoever_is_inside_finishes_with_the_files_as_they_were(opened, clock):
    machine = system()  # what groups items waits for real time to go by
    served = opened(ambient=replace(machine, monotonic=lambda: machine.monotonic() + clock[0]))
    headers = served.of("service")
    first = served.client.post(f"{WORK}/decide", json={"input": ITEM}, headers=headers)
    assert first.status_code == 202
    inside = served.service.served.enter()
    change(served, clock, "alert: mira", "alert: jonas")
    after = served.client.post(f"{WORK}/decide", json={"input": ITEM}, headers=headers)
    assert after.status_code == 202
    assert served.service.project is not inside
    assert served.service.project.store is inside.store
    assert inside.group_sizes == {1: 1}  # it is still there for whoever is inside
    served.service.served.leave(inside)
    clock[0] += EVERY_S
    digest(served)
    assert inside.group_sizes == {}
    assert served.service.served.group_sizes == {1: 2}
    served.service.served.close()
