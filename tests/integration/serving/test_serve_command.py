"""`remit serve` as a process: it starts light, ends in peace, and is refused where it would be open to all."""

from __future__ import annotations

import asyncio
import json
import re
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.integration.small_project import ITEM, environment

from remit.client import AsyncClient, Client
from remit.errors import (
    AlreadyDecided,
    Conflict,
    GrantRefused,
    ItemInvalid,
    KeyConflict,
    NotAllowed,
    NotFound,
    OutsideError,
)
from remit.project import Project
from remit.project.serving.tokens import make_token

LIMIT_MB = 120


@contextmanager
def serving(root, *arguments, **more):
    """The server in a process of its own, and where it is. Its log goes into ``serve.log`` of the project."""
    with (root / "serve.log").open("a") as log:  # a pipe that nobody reads would hold the server up
        process = subprocess.Popen(
            [sys.executable, "-m", "remit", "serve", "--port", "0", *arguments],
            cwd=root,
            env=environment(**more),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        ready, _, _ = select.select([process.stdout], [], [], 60)
        assert ready, "it never said that it serves"
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, line + log_of(root)
        yield process, found[0]
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def root(opened):
    served = opened()
    served.project.close()
    return served.root


def log_of(root):
    return (root / "serve.log").read_text()


def ended(process, how):
    process.send_signal(how)
    out, _ = process.communicate(timeout=30)
    return process.returncode, out


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_peace_when_it_is_told_to(root, how):
    with serving(root) as (process, url):
        with Client(url) as client:
            assert [one["id"] for one in client.definitions()["definitions"]] == ["refunds", "returns"]
        assert ended(process, how) == (0, "")
    assert [line.split()[2] for line in log_of(root).splitlines()] == ["started:", "request:", "ended:"]


def test_it_starts_light(root):
    with serving(root) as (process, url):
        with Client(url) as client:
            client.definitions()
        memory = Path(f"/proc/{process.pid}/status").read_text()
        maps = Path(f"/proc/{process.pid}/maps").read_text()
        kb = int(re.search(r"VmRSS:\s+(\d+) kB", memory)[1])
        assert kb / 1000 < LIMIT_MB
        assert not re.search(r"/(scipy|polars|sklearn)[/.]", maps)


def test_what_was_asked_before_the_end_is_answered(root):
    with serving(root) as (process, url):
        host, port = url.removeprefix("http://").split(":")
        body = json.dumps({"input": ITEM, "key": "last"}).encode()
        head = (
            f"POST /v1/definitions/refunds/decide HTTP/1.1\r\nHost: {host}:{port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            connection.sendall(head.encode() + body[:-1])
            while not n_inside(url):
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            connection.sendall(body[-1:])
            answer = connection.makefile("rb").readline()
        assert answer.startswith(b"HTTP/1.1 202"), answer
        assert process.wait(timeout=30) == 0
    with Project.open(root) as project:
        assert project.work("refunds").decide(ITEM, key="last").repeated


def n_inside(url):
    import httpx2

    text = httpx2.get(f"{url}/metrics").text
    return int(re.search(r"^remit_requests_inside (\d+)", text, re.M)[1]) > 1


def test_an_address_of_others_is_refused_without_a_token_with_the_line_that_says_how(root):
    said = run(root, "serve", "--host", "0.0.0.0", "--port", "0")
    assert said.returncode == 2
    assert "remit token make" in said.stderr
    assert "Traceback" not in said.stderr


def test_an_address_of_others_is_served_with_a_token_and_only_with_one(root):
    with Project.open(root) as project:
        secret = make_token(project, "lea", roles=(), work=None, days=1, by="ops").secret
    with serving(root, "--host", "0.0.0.0") as (_, url):
        here = url.replace("0.0.0.0", "127.0.0.1")
        with Client(here, secret) as client, Client(here) as nobody:
            assert client.definitions()
            with pytest.raises(NotAllowed):
                nobody.definitions()


def test_a_port_that_is_taken_is_named(root):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = run(root, "serve", "--port", str(taken.getsockname()[1]))
    assert said.returncode == 7
    assert "--port" in said.stderr


def test_a_broken_definition_keeps_no_other_work_back(root):
    (root / "work" / "returns.yaml").write_text("id: returns\n")
    with serving(root) as (process, url):
        with Client(url) as client:
            assert client.decide("refunds", ITEM)["kind"] == "decision"
        assert ended(process, signal.SIGTERM)[0] == 0
    (line,) = [line for line in log_of(root).splitlines() if "work.broken" in line]
    assert "error   work.broken" in line
    assert "work=returns" in line


def run(root, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "remit", *arguments],
        cwd=root,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def tokens(root):
    with Project.open(root) as project:
        return {
            person: make_token(project, person, roles=(), work=None, days=None, by="ops").secret
            for person in ("shop", "tarek", "jonas", "lea")
        }


def test_the_client_does_what_the_library_does_and_raises_what_it_raises(root):
    secret = tokens(root)
    with (
        serving(root) as (_, url),
        Client(url, secret["shop"]) as shop,
        Client(url, secret["tarek"]) as clerk,
        Client(url, secret["jonas"]) as owner,
    ):
        decided = shop.decide("refunds", ITEM, key="order-1")
        assert decided["waiting"]
        with pytest.raises(OutsideError, match="nobody decided"):
            shop.wait(decided["id"], timeout_s=0)
        with pytest.raises(KeyConflict):
            shop.decide("refunds", {**ITEM, "amount": 1.0}, key="order-1")
        with pytest.raises(NotAllowed):
            shop.stop(reason="no")
        (review,) = clerk.reviews(work="refunds", state="open")
        claimed = clerk.claim(review["id"], version=review["version"])
        assert claimed["claimed_by"] == "tarek"
        with pytest.raises(Conflict):
            clerk.claim(review["id"], version=review["version"])
        with pytest.raises(ItemInvalid) as wrong:
            clerk.decide_review(review["id"], output={"refund": "perhaps"})
        assert wrong.value.problems[0].where.path == "output.refund"
        done = clerk.decide_review(review["id"], output={"refund": "yes"}, version=claimed["version"])
        assert done["state"] == "decided"
        with pytest.raises(AlreadyDecided):
            clerk.decide_review(review["id"], output={"refund": "no"})
        assert shop.wait(decided["id"], timeout_s=5)["output"] == {"refund": "yes"}
        with pytest.raises(GrantRefused) as refused:
            owner.grant("refunds", executor="desk", level="autonomous", reason="at once")
        assert refused.value.problems[0].message
        owner.stop("refunds", executor="desk", reason="a look")
        owner.resume("refunds", executor="desk", reason="it was fine")
        assert owner.readiness("refunds", for_level="shadow")["kind"] == "readiness"
        assert owner.autonomy("refunds")["work"] == "refunds"
        assert owner.verify_ledger()["verifies"]
        with pytest.raises(NotFound):
            owner.review("none")


def test_many_clients_at_once_are_all_answered(root):
    secret = tokens(root)
    n = 200

    async def all_at_once(url):
        async with AsyncClient(url, secret["shop"], timeout_s=60) as client:
            return await asyncio.gather(*(client.decide("refunds", ITEM, key=f"k{i}") for i in range(n)))

    with serving(root) as (_, url):
        found = asyncio.run(all_at_once(url))
        with Client(url, secret["lea"]) as leader:
            assert leader.verify_ledger()["verifies"]
    assert len({one["id"] for one in found}) == n


def test_the_client_asks_again_where_that_does_no_harm_and_only_there():
    import httpx2

    asked = []

    def answer(request):
        asked.append((request.method, request.content))
        if len(asked) < 3:
            return httpx2.Response(503, headers={"Retry-After": "0"}, json={"code": "E504", "detail": "busy"})
        return httpx2.Response(200, json={"waiting": False})

    with Client("http://here", transport=httpx2.MockTransport(answer)) as client:
        client.decide("refunds", ITEM)
        assert len(asked) == 3
        assert len({body for _, body in asked}) == 1  # the same key each time
        asked.clear()
        with pytest.raises(Conflict):
            client.stop(reason="a test")
    assert len(asked) == 1


def test_an_address_where_no_remit_is_says_so():
    import httpx2

    page = httpx2.MockTransport(lambda _: httpx2.Response(200, text="<html>"))
    with Client("http://here", transport=page) as client, pytest.raises(OutsideError, match="nothing that a Remit"):
        client.definitions()

    def away(request):
        raise httpx2.ConnectError("refused", request=request)

    with (
        Client("http://here", tries=1, transport=httpx2.MockTransport(away)) as client,
        pytest.raises(OutsideError, match="can't be reached"),
    ):
        client.definitions()
