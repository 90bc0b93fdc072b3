"""Files that change while a server runs are served as they are, and wrong ones are not taken."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.integration.small_project import ITEM

from remit.project import Project, system
from remit.project.serving.reopening import EVERY_S
from remit.project.serving.reopening import Served as Reopened

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


def test_a_new_work_is_there_and_one_whose_file_is_gone_is_served_as_it_was_and_said_to_be_gone(served, clock, caplog):
    caplog.set_level("INFO", logger="remit.events")
    text = (served.root / "work/refunds.yaml").read_text()
    (served.root / "work/gifts.yaml").write_text(text.replace("id: refunds", "id: gifts", 1))
    kept = (served.root / "work/returns.yaml").read_text()
    (served.root / "work/returns.yaml").unlink()
    clock[0] += EVERY_S
    found = served.client.get("/v1/definitions", headers=served.of("author")).json()["definitions"]
    assert [one["id"] for one in found] == ["gifts", "refunds", "returns"]
    said = served.client.get("/readyz").json()
    assert (said["gone"], said["files"]) == (["work/returns.yaml"], "some are gone, and served as they were")
    assert events(caplog) == [("files.taken", {"works": ("gifts",)}), ("work.vanished", {"work": "returns"})]
    decided = served.client.post(
        "/v1/definitions/returns/decide", json={"input": ITEM}, headers=served.headers("shop", work="returns")
    )
    assert decided.status_code == 202, decided.text
    (served.root / "work/returns.yaml").write_text(kept)
    clock[0] += EVERY_S
    said = served.client.get("/readyz").json()
    assert (said["gone"], said["files"]) == ([], "as they are")
    assert events(caplog)[-2:] == [("files.taken", {"works": ()}), ("work.back", {"work": "returns"})]


def test_an_executor_whose_file_is_gone_or_wrong_goes_on_as_it_was(served, clock, caplog):
    caplog.set_level("INFO", logger="remit.events")
    path = served.root / "executors/desk.yaml"
    text = path.read_text()
    path.unlink()
    headers = served.of("service")
    clock[0] += EVERY_S
    decided = served.client.post(f"{WORK}/decide", json={"input": ITEM, "executor": "desk"}, headers=headers)
    assert decided.status_code == 202, decided.text
    assert events(caplog)[-1] == ("executor.vanished", {"executor": "desk"})
    path.write_text(text + "nonsense: [")
    clock[0] += EVERY_S
    assert "log says why" in ready(served)
    path.write_text(text)
    clock[0] += EVERY_S
    assert ready(served) == "as they are"
    assert events(caplog)[-2:] == [("files.mended", {"works": ()}), ("executor.back", {"executor": "desk"})]


def test_a_work_that_was_wrong_from_the_start_is_said_to_be_mended_and_holds_up_no_change(opened, clock, caplog):
    caplog.set_level("INFO", logger="remit.events")
    served = opened(ambient=replace(system(), monotonic=lambda: clock[0]))
    path = served.root / "work/returns.yaml"
    text = path.read_text()
    path.write_text("id: returns\n")
    project = Project.open(served.root, ambient=served.project.ambient)
    starting = Reopened(project)
    change(served, clock, "alert: mira", "alert: jonas")
    assert starting.look() is None
    assert starting.fault is None
    path.write_text(text)
    clock[0] += EVERY_S
    assert starting.look() is None
    assert events(caplog) == [
        ("files.taken", {"works": ("refunds",)}),
        ("files.taken", {"works": ("returns",)}),
        ("work.mended", {"work": "returns"}),
    ]
    project.close()


def events(caplog):
    """What was said by now of files, with its fields."""
    found = [(one.event, one.fields) for one in caplog.records if one.name == "remit.events"]
    return [one for one in found if one[0].partition(".")[0] in ("files", "work", "executor")]


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
    caplog.set_level("INFO", logger="remit.events")
    before = digest(served)
    change(served, clock, old, new, name)
    assert digest(served) == before
    assert "log says why" in ready(served)
    (said,) = events(caplog)
    assert said[0] == "files.refused"
    assert name in said[1]["why"] or "names another store" in said[1]["why"]
    clock[0] += EVERY_S
    digest(served)
    assert len(events(caplog)) == 1
    change(served, clock, new, old, name)
    assert digest(served) == before
    assert ready(served) == "as they are"
    assert events(caplog)[1:] == [("files.mended", {"works": ()})]


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
