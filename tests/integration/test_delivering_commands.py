"""`remit outbox`, `remit alerts` and `remit decide --callback`, from the definition to the receiver."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.integration.small_project import ITEM, PROJECT, environment
from tests.unit.delivering.receiver import OK, Receiver, status

from remit import verify_webhook
from remit.cli.main import run
from remit.project import Project
from remit.project.ambient import system
from remit.project.delivering.outbox import Postroom, delivery_task, volume_task
from remit.store.operations.alerts import AlertKind, raise_alert

SECRET = "a secret of the help desk"
FILE = """\
import json
from pathlib import Path

print("loading")


def send(effect):
    print("sending")
    with Path(__file__).with_name("sent.jsonl").open("a") as file:
        file.write(json.dumps(effect) + "\\n")
"""


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running


@pytest.fixture
def shop(small, receiver, monkeypatch):
    """The project with a webhook, a function, an effect for each, and one that somebody else sees to."""
    monkeypatch.setenv("DESK_SECRET", SECRET)
    small.write(
        "remit.yaml",
        PROJECT + "senders:\n"
        f"  desk: {{webhook: '{receiver.url}', secret_env: DESK_SECRET, timeout: 5s}}\n"
        "  archive: {entry: 'senders/file.py:send'}\n"
        "alerts: {sender: desk}\n",
    )
    small.write("senders/file.py", FILE)
    effects = (
        "  effects:\n"
        "    - {id: tell, what: the customer is told, reversible: true, sender: desk}\n"
        "    - {id: keep, what: it is filed, reversible: true, sender: archive}\n"
        "    - {id: paid, what: the money goes back, reversible: true}\n"
    )
    text = small.read("work/refunds.yaml")
    there = next(line for line in text.split("\n") if "id: paid" in line)
    small.change("work/refunds.yaml", f"  effects:\n{there}\n", effects)
    small.write("item.json", json.dumps(ITEM))
    return small


def a_minute_ago(remit, *arguments):
    """A command that ran a minute ago, so that the time to undo what it did is over."""
    remit.monkeypatch.chdir(remit.cwd)
    remit.capsys.readouterr()
    code = run(list(arguments), ambient=replace(system(), now=lambda: system().now() - timedelta(minutes=1)))
    said = remit.capsys.readouterr()
    assert code == 0, said.out + said.err
    return json.loads(said.out)


def decided(remit, *more, key="k1", by="tarek"):
    """An item that a person decided."""
    found = a_minute_ago(remit, "decide", "refunds", "--input", "item.json", "--key", key, "--json", *more)
    a_minute_ago(remit, "review", "decide", found["review"], "--by", by, "--output", '{"refund": "yes"}', "--json")


def somebody_joins(shop):
    """Somebody joins the project who has nothing to do with this work."""
    shop.change("remit.yaml", "people:\n", "people:\n  - {id: kim, name: Kim Li, roles: [packer]}\n")


def states(remit, *options):
    return {
        row["id"].split("/")[1]: row["state"] for row in remit("outbox", "list", "--json", *options).document["rows"]
    }


def test_effects_leave_for_their_senders_and_the_others_stay(remit, shop, receiver):
    decided(remit, "--callback", "desk")
    assert states(remit) == {
        "tell": "waiting",
        "keep": "waiting",
        "paid": "not sent by Remit",
        "remit:answer": "waiting",
    }
    done = remit("outbox", "deliver", "--once", "--json")
    assert (done.code, done.document["n_sent"]) == (0, 3)
    assert "loading" not in done.out
    assert "sending" not in done.out
    assert sorted(request.content["effect"] for request in receiver.requests) == ["remit:answer", "tell"]
    for request in receiver.requests:
        assert verify_webhook(request.body, request.headers["remit-signature"], SECRET, system().now())
    assert json.loads(shop.read("senders/sent.jsonl"))["output"] == {"refund": "yes"}
    assert states(remit) == {"paid": "not sent by Remit"}
    assert set(states(remit, "--sent")) == {"tell", "keep", "remit:answer"}
    assert "paid" in remit("outbox", "list").out


def test_a_caller_that_waits_for_a_person_is_shown_as_held(remit, shop):
    assert remit("decide", "refunds", "--input", "item.json", "--callback", "desk").code == 0
    assert states(remit, "--held") == {"remit:answer": "held"}
    assert states(remit, "--waiting") == {}


def test_a_callback_that_is_no_sender_is_refused_before_anything_is_decided(remit, shop):
    found = remit("decide", "refunds", "--input", "item.json", "--callback", "dsek")
    assert found.code == 3
    assert "did you mean `desk`?" in found.err
    assert remit("review", "list").out.startswith("Nothing waits")


def test_what_was_given_up_on_is_listed_alerted_and_sent_again(remit, shop, receiver):
    receiver.answers[:] = [status(404), OK]
    decided(remit)
    assert "1 given up on" in remit("outbox", "deliver", "--once").out
    listed = remit("outbox", "list", "--dead")
    assert "HTTP 404" in listed.out
    assert "remit outbox replay DECISION/EFFECT --by PERSON" in listed.out
    (row,) = remit("outbox", "list", "--dead", "--json").document["rows"]
    assert "given up on (HTTP 404)" in remit("alerts", "list").out
    somebody_joins(shop)
    assert remit("outbox", "replay", row["id"], "--by", "kim").code == 8
    assert remit("outbox", "replay", "--dead", "--by", "kim").code == 8
    again = remit("outbox", "replay", row["id"], "--by", "mira")
    assert (again.code, again.out) == (0, "1 will be sent again\n")
    assert remit("outbox", "replay", row["id"], "--by", "mira").code == 5
    assert remit("outbox", "replay", "--dead", "--by", "mira").out == "nothing was given up on\n"
    assert remit("outbox", "deliver", "--once").code == 0
    keys = [
        request.headers["idempotency-key"]
        for request in receiver.requests
        if "tell" in request.line + str(request.body)
    ]
    assert set(keys) >= {row["id"]}
    assert states(remit, "--dead") == {}
    assert "no alert is open" in remit("alerts", "list").out
    assert remit("ledger", "verify").code == 0


def test_an_alert_is_listed_sent_and_settled(remit, shop, receiver):
    with Project.open(shop.root) as project, project.store.writing() as writing:
        raise_alert(
            writing,
            id="a1",
            work="refunds",
            kind=AlertKind.VOLUME,
            about="",
            text="too few items",
            contact="mira@shop.example",
            now=project.ambient.now(),
        )
    assert "not yet" in remit("alerts", "list").out
    assert "alerts: 1 sent" in remit("outbox", "deliver", "--once").out
    assert receiver.requests[0].content["effect"] == "remit:alert"
    (alert,) = remit("alerts", "list", "--json").document["alerts"]
    assert alert["sent_at"] is not None
    somebody_joins(shop)
    assert remit("alerts", "settle", "a1", "--by", "kim").code == 8
    assert remit("alerts", "settle", "a1", "--by", "mira").out == "settled by mira: too few items\n"
    assert "no alert is open" in remit("alerts", "list").out
    assert remit("alerts", "settle", "a1", "--by", "mira").code == 5
    assert remit("alerts", "settle", "a9", "--by", "mira").code == 5


def test_a_sender_without_its_secret_is_told_after_the_others_did_their_work(remit, shop, receiver, monkeypatch):
    decided(remit)
    monkeypatch.delenv("DESK_SECRET")
    found = remit("outbox", "deliver", "--once")
    assert found.code == 3
    assert "1 sent" in found.out
    assert "DESK_SECRET" in found.err
    assert receiver.requests == []
    assert states(remit, "--waiting") == {"tell": "waiting"}


def test_an_effect_with_an_unknown_sender_is_refused_at_its_place(remit, shop):
    shop.change("work/refunds.yaml", "sender: desk", "sender: dsek")
    for command in (("check", "refunds"), ("decide", "refunds", "--input", "item.json")):
        found = remit(*command)
        assert found.code == 3, found.out
        said = found.out + found.err
        assert "there is no sender `dsek` in remit.yaml" in said
        assert "did you mean `desk`?" in said
        assert "work/refunds.yaml:" in said


def test_secrets_are_nowhere_in_the_store_nor_in_what_is_said(remit, shop, receiver, monkeypatch):
    receiver.answers[:] = [status(500, f"X-Echo: {SECRET}", body=SECRET.encode()), status(404, body=SECRET.encode())]
    decided(remit)
    said = [remit("outbox", "deliver", "--once", "--debug"), remit("outbox", "list"), remit("alerts", "list", "--json")]
    assert not any(SECRET in one.out + one.err for one in said)
    files = [path for path in shop.root.joinpath(".remit").rglob("*") if path.is_file()]
    assert files
    assert not any(SECRET.encode() in path.read_bytes() for path in files)


@pytest.mark.parametrize("arguments", [(), ("x/y", "--dead")])
def test_what_to_send_again_is_said_one_way(remit, shop, arguments):
    assert remit("outbox", "replay", *arguments).code == 2


def test_one_part_of_the_outbox_is_listed_at_a_time(remit, shop):
    assert remit("outbox", "list", "--dead", "--sent").code == 2
    assert remit("outbox", "list").out.startswith("Nothing in the outbox")


def test_the_tasks_of_the_sweeper_deliver_and_look_at_the_volume(remit, shop, receiver):
    decided(remit)
    with Project.open(shop.root) as project, Postroom(project) as postroom:
        now = project.ambient.now()
        assert delivery_task(lambda: postroom)(project.store, now) == 2
        assert delivery_task(lambda: postroom)(project.store, now) == 0
        assert volume_task(project)(project.store, now + timedelta(days=2)) in (0, 1)


def test_delivering_goes_on_until_it_is_told_to_end(shop, receiver, remit):
    decided(remit)
    process = subprocess.Popen(
        [sys.executable, "-m", "remit", "outbox", "deliver", "--json"],
        cwd=shop.root,
        env=environment(DESK_SECRET=SECRET),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        first = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert first["n_sent"] == 2
    assert process.returncode == 0, err
