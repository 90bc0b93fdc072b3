"""A project that can't be written: what only reads works, and what has to write says so before it begins."""

import ctypes
import subprocess
import sys

import pytest
from tests.integration.small_project import ITEM, Small, Spoken, environment

from remit.errors import FileUnreadable, StoreError
from remit.store import open_store, store_status

PR_CAPBSET_DROP = 24
OVERRIDES = (1, 2, 3)  # what lets root write where nobody may: CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER


def as_anybody() -> None:
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    for capability in OVERRIDES if prctl is not None else ():
        prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def process(small: Small, *arguments: str) -> Spoken:
    done = subprocess.run(
        [sys.executable, "-m", "remit", *arguments],
        cwd=small.root,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=as_anybody,
    )
    return Spoken(code=done.returncode, out=done.stdout, err=done.stderr)


def locked(*paths):
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)


@pytest.fixture
def used(frozen):
    """The project after a proof and a decision, read-only for the time of the test."""
    with frozen.opened() as work:
        work.prove("desk")
        work.decide(ITEM, key="k1")
    everything = [frozen.root, *frozen.root.rglob("*")]
    locked(*everything)
    yield frozen
    for path in everything:
        path.chmod(0o755 if path.is_dir() else 0o644)


def test_what_only_reads_works_where_nothing_can_be_written(used):
    for command in (["review", "list"], ["ledger", "verify"], ["db", "status"], ["plan", "refunds"], ["check"]):
        spoken = process(used, *command)
        assert spoken.code == 0, (command, spoken.err)
        assert spoken.out


def test_facts_that_cannot_be_kept_are_an_aside(used):
    spoken = process(used, "cases", "check", "refunds")
    assert (spoken.code, spoken.out[:9]) == (0, "200 cases")
    assert "facts.json can't be written" in spoken.err


def test_what_has_to_write_says_so(used):
    stopped = process(used, "stop", "refunds", "--by", "jonas", "--reason", "odd")
    assert stopped.code == 6
    assert "E600 the store can't be written" in stopped.err
    granted = process(
        used, "grant", "refunds", "--executor", "desk", "--level", "shadow", "--by", "jonas", "--reason", "x"
    )
    assert granted.code == 3
    assert "nothing is granted on facts that can't be renewed" in granted.err


def test_a_proof_that_cannot_be_kept_asks_nothing(frozen):
    frozen.write("proofs", "a file in the place of the folder")
    with frozen.opened() as work, pytest.raises(FileUnreadable, match="proofs"):
        work.prove("desk", on_progress=lambda done: pytest.fail("a case was asked"))


def test_a_proof_is_made_where_its_facts_cannot_be_kept(frozen):
    with frozen.opened() as work:
        work.prove("desk")
        (frozen.root / ".remit" / "facts.json").unlink()
        (frozen.root / ".remit" / "facts.json").mkdir()
        assert work.prove("desk").document.certificate is not None
        assert "can't be written" in work.project.not_kept[0]


def test_a_log_that_is_left_is_never_passed_over(tmp_path):
    store = open_store(tmp_path / "remit.db")
    store.close()
    (tmp_path / "remit.db-wal").write_bytes(b"what another process wrote last")
    code = (
        "import sys, sqlite3; from pathlib import Path; from remit.store.sqlite.opening import _connect_to_read\n"
        "try: _connect_to_read(Path(sys.argv[1]), 0.1, sqlite3.OperationalError('why'))\n"
        "except sqlite3.OperationalError as error: print(error)"
    )
    locked(tmp_path / "remit.db", tmp_path / "remit.db-wal", tmp_path)
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "remit.db")],
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            preexec_fn=as_anybody,
        )
    finally:
        tmp_path.chmod(0o755)
    assert done.stdout == "why\n", done.stderr


def test_a_store_that_is_not_there_is_not_made_to_look_at(tmp_path):
    with pytest.raises(StoreError):
        store_status(tmp_path / "remit.db")
    assert list(tmp_path.iterdir()) == []
