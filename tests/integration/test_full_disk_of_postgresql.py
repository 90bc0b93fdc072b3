"""The disk under the tables of PostgreSQL is full: whole items are refused, and it goes on once there is room."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace

import pytest
from tests.integration.small_project import ITEM, PROJECT, make

from remit.errors import StoreError
from remit.ledger import Verified
from remit.project import Project
from remit.project.ambient import system
from remit.store.ledger_entries import chains, recorded

ROOM_MB = 24
LEFT_BYTES = 400_000


@pytest.fixture
def small_disk(postgres_server):
    """A folder of the server with a file system of its own, of a few megabytes."""
    folder = postgres_server.folder / "small"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ROOM_MB}m", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        folder.rmdir()
        pytest.skip(f"this machine lets its user mount nothing: {done.stderr.strip()}")
    owner = (postgres_server.folder / "data").stat()
    os.chown(folder, owner.st_uid, owner.st_gid)
    folder.chmod(0o700)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


@pytest.fixture
def url(small_disk, postgres_server):
    """A store on that disk."""
    made = postgres_server.make_store()
    postgres_server.run(f"CREATE TABLESPACE small LOCATION '{small_disk}'")
    name = made.partition("@/")[2].partition("?")[0]
    postgres_server.run(f"ALTER DATABASE {name} SET TABLESPACE small")
    yield made
    postgres_server.drop_database(made)
    postgres_server.run("DROP TABLESPACE small")


def fill(work, key):
    """Decide items until the disk is full, and say how many were recorded."""
    for n in range(20_000):
        try:
            work.decide({**ITEM, "note": "x" * 150}, key=f"{key}{n}")
        except StoreError as fault:
            said = str(fault)
            break
    else:
        said = "the disk never was full"
    assert "disk is full" in said
    return n


def test_a_full_disk_refuses_whole_items_and_the_record_goes_on_once_there_is_room(url, small_disk, tmp_path):
    small = make(tmp_path / "shop")
    small.write("remit.yaml", PROJECT + f"store: {json.dumps(url)}\n")
    filler = small_disk / "filler"
    with Project.open(small.root, ambient=replace(system(), setting=lambda _: None)) as project:
        work = project.work("refunds")
        work.decide(ITEM, key="before")
        free = shutil.disk_usage(small_disk).free
        filler.write_bytes(b"\0" * (free - LEFT_BYTES))
        taken = fill(work, "k") + fill(work, "m")
        assert taken, "there was some room at first"
        filler.unlink()
        work.decide(ITEM, key="after")
        assert [type(one.result) for one in project.verify_ledger()] == [Verified]
        assert chains(project.store) == ("refunds",)
        kinds = [one.entry.kind.value for one in recorded(project.store, "refunds")]
        assert kinds.count("decision") == taken + 2, "what was refused is not there, what was taken is"
        assert work.decide(ITEM, key="before").repeated
