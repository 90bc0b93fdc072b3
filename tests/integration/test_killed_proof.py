"""A proof that is killed goes on where it was: nothing is recorded twice, and little is asked again."""

import json
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from tests.integration.small_project import environment, make

from remit.report.documents import from_json
from remit.store import answers, proofs_of

SECONDS_A_CASE = 0.006
KEPT_EVERY_S = 0.5
HANDED_OVER_S = 0.1  # what may be on its way between the executor and the store, and then some
MOST_ASKED_AGAIN = int((KEPT_EVERY_S + HANDED_OVER_S) / SECONDS_A_CASE)

# Answers slowly, writes down what it is asked, and ends its own process as a file beside it says: after so many calls,
# so many seconds later, in whatever the process is at then.
DESK = f'''\
"""A slow desk that may be struck by lightning."""

import os
import signal
import threading
import time
from pathlib import Path

HERE = Path(__file__).parent
CALLS = []


def note(name: str, line: str) -> None:
    """One more line in a file, whoever else writes there."""
    file = os.open(HERE / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, line.encode() + b"\\n")
    os.close(file)


def meet() -> None:
    """Wait until two processes are here."""
    note("met.log", str(os.getpid()))
    until = time.monotonic() + 30
    while len((HERE / "met.log").read_text().split()) < 2 and time.monotonic() < until:
        time.sleep(0.005)


def answer(given: dict) -> tuple[dict, float]:
    """The refund, and how sure it is."""
    if not CALLS and (HERE / "meet").exists():
        meet()
    CALLS.append(given["note"])
    note("calls.log", given["note"])
    plan = HERE / "lightning"
    if plan.exists():
        after, seconds = plan.read_text().split()
        if len(CALLS) == int(after):
            threading.Timer(float(seconds), os.kill, (os.getpid(), signal.SIGKILL)).start()
    time.sleep({SECONDS_A_CASE})
    amount = given["amount"]
    near = min(abs(amount - 60.0), abs(amount - 120.0))
    refund = "yes" if amount < 60.0 else "ask" if amount < 120.0 else "no"
    return {{"refund": refund}}, min(0.99, 0.6 + near / 100.0)
'''

PROVE = ("prove", "refunds", "--executor", "desk")


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    """Two projects that are the same, with a slow desk and 240 cases to prove on."""
    folder = tmp_path_factory.mktemp("slow")
    made = []
    for name in ("struck", "spared", "shared"):
        small = make(folder / name, n_cases=400)
        small.write("functions/desk.py", DESK)
        made.append(small.split_and_freeze())
    return dict(zip(("struck", "spared", "shared"), made, strict=True))


def called(small) -> Counter:
    return Counter(small.read("functions/calls.log").splitlines())


def recorded(small) -> list[str]:
    """The ids of the cases that are recorded, as often as they are."""
    with small.opened() as work:
        (run,) = [one for one in proofs_of(work.project.store, "refunds") if one.answers_from is None]
        return [one.case_id for one in answers(work.project.store, run)]


def lasting(document):
    """A proof without what is measured by the clock."""
    certificate = None if document.certificate is None else replace(document.certificate, made_at=None)
    return replace(document, made_at=None, executor_seconds=0.0, certificate=certificate)


def test_a_proof_that_is_killed_again_and_again_comes_to_what_it_would_have_come_to(slow):
    struck, spared = slow["struck"], slow["spared"]
    rng = np.random.default_rng(9)
    n_called = n_kept = 0
    for after in (160, 5, 40):
        struck.write("functions/lightning", f"{after} {rng.uniform(0, 0.02):.4f}")
        assert struck.process(*PROVE).code == -signal.SIGKILL
        kept = recorded(struck)
        assert len(kept) == len(set(kept))
        lost = sum(called(struck).values()) - n_called - (len(kept) - n_kept)
        assert 0 <= lost <= MOST_ASKED_AGAIN
        n_called, n_kept = sum(called(struck).values()), len(kept)
    assert n_kept >= 160 - MOST_ASKED_AGAIN
    (struck.root / "functions" / "lightning").unlink()
    said = struck.process(*PROVE, "--json")
    assert said.code == 0
    assert f"{n_kept:,} answers were recorded before and not asked for again" in said.err
    found = from_json(said.document)

    with spared.opened() as work:
        whole = work.prove("desk").document
    n_asked = whole.n_cases - whole.n_kept
    assert lasting(found) == lasting(whole)
    assert sorted(recorded(struck)) == sorted(recorded(spared))
    assert len(recorded(struck)) == n_asked
    calls = called(struck)
    assert len(calls) == n_asked
    assert sum(calls.values()) == n_called + n_asked - n_kept


def test_two_processes_at_the_same_proof_come_to_one_result_and_double_nothing(slow):
    shared = slow["shared"]
    shared.write("functions/meet", "")
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "remit", *PROVE, "--json"],
            cwd=shared.root,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [(process.communicate(timeout=120), process.returncode) for process in both]
    assert sorted(code for _, code in said) == [0, 5]
    documents = {code: json.loads(out) for (out, _), code in said}
    assert documents[5]["code"] == "E504"
    document = from_json(documents[0])
    kept = recorded(shared)
    assert len(kept) == len(set(kept)) == document.n_cases - document.n_kept
    with shared.opened() as work:
        (run,) = proofs_of(work.project.store, "refunds")
        assert run.finished_at is not None
    assert from_json(json.loads(shared.read("proofs/refunds/desk.json"))) == document
