"""Running works over HTTP: audits, truths, outcomes, drills, what leaves, what is recorded, what is erased."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
from tests.integration.small_project import ITEM

from remit.definition.levels import Level
from remit.project import system
from remit.store.operations.alerts import AlertKind, raise_alert
from remit.store.operations.outbox import OutgoingState

WORK = "/v1/definitions/refunds"


@pytest.fixture
def acting(opened):
    """The desk acts alone, and every item that it acts on is audited."""
    served = opened(ambient=replace(system(), draw=lambda: 0.0))
    served.hold(Level.SUPERVISED)
    return served


def post(served, where, role, **body):
    return served.client.post(where, json=body, headers=served.of(role))


def get(served, where, role="auditor"):
    return served.client.get(where, headers=served.of(role))


def decided(served, key="order-1", role="service", **more):
    return post(served, f"{WORK}/decide", role, input=ITEM, key=key, **more)


def waits(served):
    """An item that waits for a person, as software has no grant to act."""
    answer = decided(served)
    assert answer.status_code == 202, answer.text
    return answer.json()


def rows(served):
    with sqlite3.connect(served.project.store.path) as connection:
        return list(connection.iterdump())


def test_an_audit_shows_nobody_the_answer_before_it_is_decided(acting):
    answer = decided(acting)
    assert (answer.status_code, answer.json()["route"]) == (200, "act")
    assert answer.json()["output"] == {"refund": "yes"}  # who asked has to know
    audits = get(acting, "/v1/audits").json()
    (audit,) = audits["audits"]
    assert (audit["is_audit"], audit["state"], audits["next"]) == (True, "open", None)
    seen = [
        get(acting, "/v1/audits", role) for role in ("reviewer", "accountable", "leader", "auditor", "author", "admin")
    ]
    seen += [get(acting, "/v1/reviews", "reviewer"), get(acting, f"/v1/reviews/{audit['id']}", "reviewer")]
    seen += [get(acting, f"{WORK}/items/order-1", role) for role in ("auditor", "accountable", "author")]
    seen += [get(acting, f"/v1/decisions/{answer.json()['id']}", role) for role in ("auditor", "accountable")]
    clerk = acting.of("reviewer")
    seen.append(acting.client.post(f"/v1/reviews/{audit['id']}/claim", json={}, headers=clerk))
    for one in seen:
        assert one.status_code == 200, one.text
        assert '"yes"' not in one.text
    story = get(acting, f"{WORK}/items/order-1").json()
    assert (story["truths"], story["effects"], story["decision"]["answer"]) == (None, None, None)
    unsent = f"/v1/outbox?state={OutgoingState.NOT_OURS.value}"
    for role in ("accountable", "admin"):
        (row,) = get(acting, unsent, role).json()["rows"]
        told = (row["id"], row["effect"])
        assert told == ((None, None) if role == "accountable" else (f"{answer.json()['id']}/paid", "paid"))
    taken = acting.client.post(f"/v1/reviews/{audit['id']}/decide", json={"accept": True}, headers=clerk)
    assert (taken.status_code, taken.json()["problems"][0]["where"]["path"]) == (422, "accept")
    done = acting.client.post(f"/v1/reviews/{audit['id']}/decide", json={"output": {"refund": "no"}}, headers=clerk)
    assert done.status_code == 200, done.text
    found = done.json()["review"]["finding"]
    assert (found["acted_on"], found["wrong"]) == ({"refund": "yes"}, True)
    assert [one["effect"] for one in get(acting, unsent, "accountable").json()["rows"]] == ["paid"]
    story = get(acting, f"{WORK}/items/order-1").json()
    assert [one["output"] for one in story["truths"]] == [{"refund": "no"}]
    assert [one["effect"] for one in story["effects"]] == ["paid"]
    assert [one["kind"] for one in story["entries"]] == ["decision", "audit"]
    assert get(acting, "/v1/audits?state=open").json()["audits"] == []
    assert get(acting, "/v1/ledger/verify").json()["verifies"]


def test_the_story_of_an_item_is_told_by_its_key_whatever_it_holds_or_by_its_decision(served):
    made = decided(served, key="a/b c?").json()
    by_key = get(served, f"{WORK}/items/a/b%20c%3F").json()
    by_id = get(served, f"{WORK}/items/{made['id']}").json()
    assert by_key == by_id
    assert (by_key["key"], by_key["decision"]["id"]) == ("a/b c?", made["id"])
    assert [one["id"] for one in by_key["reviews"]] == [made["review"]]
    assert get(served, f"{WORK}/items/none").status_code == 404
    assert get(served, f"/v1/definitions/returns/items/{made['id']}").status_code == 404


def test_truths_are_recorded_once_all_of_them_or_none(acting):
    decided(acting, "k1")
    decided(acting, "k2")
    right = {"key": "k1", "expected": {"refund": "yes"}, "seen": False}
    wrong = {"key": "k9", "expected": {"refund": "perhaps"}}
    n_truths = len([line for line in rows(acting) if 'INSERT INTO "truths"' in line])
    refused = post(acting, f"{WORK}/truths", "author", truths=[right, wrong])
    assert refused.status_code == 422
    assert {one["where"]["path"] for one in refused.json()["problems"]} == {"truths.1"}
    assert len([line for line in rows(acting) if 'INSERT INTO "truths"' in line]) == n_truths == 0
    said = post(acting, f"{WORK}/truths", "author", truths=[right]).json()
    assert (said["n_new"], said["n_known"], said["n_wrong"]) == (1, 0, 0)
    assert post(acting, f"{WORK}/truths", "author", truths=[right]).json()["n_known"] == 1
    named = post(acting, f"{WORK}/truths", "author", truths=[{**right, "by": "jonas"}])
    assert named.status_code == 422  # nobody speaks for somebody else


def test_an_outcome_is_recorded_under_the_name_of_who_sends_it(served):
    said = post(served, f"{WORK}/outcomes", "accountable", value=3.1, day="2026-05-01", note="May").json()
    assert (said["outcome"]["value"], said["outcome"]["by"]) == (3.1, "jonas")
    assert post(served, f"{WORK}/outcomes", "accountable", value=3.1, day="9999-01-01").status_code == 400


def test_figures_on_reviewers_count_what_they_decided(served):
    made = waits(served)
    post(served, f"/v1/reviews/{made['review']}/decide", "reviewer", output={"refund": "no"})
    found = get(served, f"{WORK}/reviewers").json()
    assert (found["kind"], found["overall"]["n"]) == ("review statistics", 1)


def test_reading_autonomy_writes_nothing_even_where_a_level_has_to_fall(acting):
    acting.hold(Level.SUPERVISED, days_ago=400)  # its time is over
    before = rows(acting), sorted((acting.root / ".remit").rglob("*.json"))
    stamps = [path.stat().st_mtime_ns for path in before[1]]
    said = get(acting, f"{WORK}/autonomy")
    assert said.status_code == 200, said.text
    without = [line for line in rows(acting) if "tokens" not in line]
    assert without == [line for line in before[0] if "tokens" not in line]
    assert [path.stat().st_mtime_ns for path in before[1]] == stamps


def test_drills_are_done_and_recorded(served):
    assert get(served, f"{WORK}/drills").json()["operation"]["stop_drill"] is None
    stopped = post(served, f"{WORK}/drills/stop", "accountable").json()
    assert (stopped["drill"], stopped["works"]) == ("stop", True)
    waits(served)
    both = post(served, f"{WORK}/drills/path", "author", path="E1", mode="F1")
    assert both.status_code == 422
    opened = post(served, f"{WORK}/drills/path", "author").json()["reviews"]
    assert opened
    status = get(served, f"{WORK}/drills").json()
    assert status["operation"]["stop_drill"] is not None
    assert {one["id"] for one in status["waiting"]} == {one["id"] for one in opened}
    assert served.client.get(f"{WORK}/drills", headers=served.of("reviewer")).status_code == 403
    replayed = post(served, f"{WORK}/drills/replay", "author", executor="desk", n=5).json()
    assert (replayed["drill"], replayed["n"]) == ("replay", replayed["n_same"])


def test_proofs_are_listed_and_given_as_they_were_stored(served):
    assert get(served, f"{WORK}/proofs").json()["proofs"] == []
    assert get(served, f"{WORK}/proofs/1").status_code == 404
    served.project.work("refunds").prove("desk")
    (one,) = get(served, f"{WORK}/proofs").json()["proofs"]
    assert (one["n"], one["executor"]) == (1, "desk")
    document = get(served, f"{WORK}/proofs/1").json()
    assert (document["remit"], document["kind"]) == (1, "proof")
    assert get(served, f"{WORK}/plan").json()["kind"] == "plan"


def test_the_record_is_read_a_page_at_a_time_and_holds_no_content(served):
    for n in range(5):
        decided(served, f"k{n}")
    found, after = [], 0
    while after is not None:
        page = get(served, f"{WORK}/ledger?after={after}&limit=2").json()
        found += page["entries"]
        after = page["next"]
    assert [one["seq"] for one in found] == list(range(1, page["head"]["seq"] + 1))
    assert "web" not in str(found)
    from remit.project.ledger.keeping import seal_all

    seal_all(served.project)
    seals = get(served, f"{WORK}/seals?limit=1").json()
    assert (seals["seals"][0]["n"], seals["seals"][0]["last_seq"], seals["next"]) == (1, len(found), None)


def test_content_is_erased_by_who_may_and_an_effect_that_remit_does_not_send_holds_it_not(acting):
    decided(acting)
    audit = get(acting, "/v1/audits").json()["audits"][0]["id"]
    asked = {"item": "order-1", "reason": "asked for on 3 May"}
    assert post(acting, f"{WORK}/erase", "author", **asked).status_code == 403
    assert post(acting, f"{WORK}/erase", "admin", **asked).status_code == 409  # the audit is open
    post(acting, f"/v1/reviews/{audit}/decide", "reviewer", output={"refund": "no"})
    done = post(acting, f"{WORK}/erase", "admin", **asked)
    assert (done.status_code, done.json()["act"]["by"]) == (200, "ops")
    gone = get(acting, f"{WORK}/items/order-1")
    assert "erased on" in gone.json()["detail"]
    assert get(acting, "/v1/ledger/verify").json()["verifies"]


def test_alerts_are_listed_and_settled_once(served):
    now = served.project.ambient.now()
    with served.project.store.writing() as writing:
        raise_alert(
            writing, id="a1", work="refunds", kind=AlertKind.VOLUME, about="", text="too few", contact=None, now=now
        )
    assert [one["id"] for one in get(served, "/v1/alerts", "leader").json()["alerts"]] == ["a1"]
    other = served.headers("lea", work="returns")
    assert served.client.post("/v1/alerts/a1/settle", json={}, headers=other).status_code == 404
    assert post(served, "/v1/alerts/a1/settle", "leader").status_code == 403  # neither accountable nor of the work
    assert post(served, "/v1/alerts/a1/settle", "accountable").json()["alert"]["settled_by"] == "jonas"
    assert post(served, "/v1/alerts/a1/settle", "accountable").status_code == 409
    assert get(served, "/v1/alerts").json()["alerts"] == []


SENDERS = "senders:\n  desk: {webhook: 'http://127.0.0.1:1/in', secret_env: DESK_SECRET}\n"


def test_an_answer_goes_back_to_a_sender_that_is_there_and_is_held_until_somebody_decides(opened):
    served = opened()
    path = served.root / "remit.yaml"
    path.write_text(path.read_text() + SENDERS)
    served.service.served._looked_at -= 2  # a second later
    refused = decided(served, callback="none")
    assert (refused.status_code, refused.json()["code"]) == (422, "E309"), refused.text
    made = decided(served, callback="desk").json()
    (held,) = get(served, "/v1/outbox?state=held").json()["rows"]
    assert (held["id"], held["sender"]) == (f"{made['id']}/remit:answer", "desk")
    text = served.client.get("/metrics", headers=served.of("auditor")).text
    assert "\nremit_outbox_held 1\n" in text
    assert "\nremit_outbox_waiting 0\n" in text
    assert '\nremit_commit_items_bucket{le="1"} 1\n' in text
    again = served.client.post(f"/v1/outbox/{held['id']}/replay", json={}, headers=served.of("admin"))
    assert again.status_code == 409  # it was not given up on
    with sqlite3.connect(served.project.store.path) as connection:
        connection.execute("UPDATE outbox SET dead_at = created_at")
    assert [one["state"] for one in get(served, "/v1/outbox").json()["rows"]] == ["dead"]
    assert served.client.get("/v1/outbox", headers=served.headers("audrey", work="returns")).json()["rows"] == []
    foreign = served.headers("ops", work="returns")
    assert served.client.post(f"/v1/outbox/{held['id']}/replay", json={}, headers=foreign).status_code == 404
    assert post(served, "/v1/outbox/replay", "admin").json()["ids"] == [held["id"]]
    assert post(served, "/v1/outbox/replay", "admin").json()["ids"] == []
