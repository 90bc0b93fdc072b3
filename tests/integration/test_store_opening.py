"""What can be wrong with the file of a store, and what its user is told."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from remit.errors import StoreError, StoreOutdated
from remit.runtime.stop import stop
from remit.store import open_store, store_status, upgrade_store
from remit.store.grants import stops_now
from remit.store.sqlite.faults import store_error

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)


def refused(path: Path, error: type[StoreError] = StoreError) -> str:
    with pytest.raises(error) as found:
        open_store(path, busy_s=0.05)
    (problem,) = found.value.problems
    assert problem.where.file == str(path)
    assert problem.mend
    return problem.message


def test_a_store_that_is_not_there_is_made_and_found_again(tmp_path):
    path = tmp_path / "remit.db"
    with open_store(path) as store:
        stop(store, "triage", by="ann", reason="odd", now=NOW)
    with open_store(f"sqlite:///{path}") as store:
        assert len(stops_now(store, work="triage")) == 1


def test_an_empty_file_is_a_store_to_be_made(tmp_path):
    (tmp_path / "remit.db").touch()
    with open_store(tmp_path / "remit.db") as store:
        assert stops_now(store, work="triage") == ()


def test_what_is_committed_is_on_the_disk_and_references_are_held(tmp_path):
    with open_store(tmp_path / "remit.db") as store:
        for connection in (store._writer, store._reader):
            settings = {
                name: connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
            assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_a_folder_that_is_missing_is_said_and_not_made(tmp_path):
    assert "folder" in refused(tmp_path / "none" / "remit.db")
    assert not (tmp_path / "none").exists()


def test_a_folder_is_no_store(tmp_path):
    assert "folder" in refused(tmp_path)


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    path = tmp_path / "remit.db"
    path.write_text("a,b\n1,2\n" * 1000)
    assert refused(path) == "this file is not a database"
    assert path.read_text() == "a,b\n1,2\n" * 1000


def test_the_database_of_another_program_is_left_alone(tmp_path):
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE customers (id)")
    other.commit()
    assert "no store of Remit" in refused(path)
    assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("customers",)]
    other.close()


@pytest.mark.parametrize(
    "url",
    ["postgres://localhost/remit", "postgresql+asyncpg://localhost/remit", "mysql://x", "sqlite://", "sqlite:///"],
)
def test_a_store_of_another_kind_is_refused_in_words(url):
    with pytest.raises(StoreError, match="kind"):
        open_store(url)


def change_revision(path: Path, revision: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE remit_revision SET version_num = ?", (revision,))
    connection.commit()
    connection.close()


@pytest.mark.parametrize(("revision", "word", "mend"), [("0000", "older", "db upgrade"), ("9999", "newer", "install")])
def test_a_store_of_another_version_is_not_touched(tmp_path, revision, word, mend):
    path = tmp_path / "remit.db"
    open_store(path).close()
    change_revision(path, revision)
    with pytest.raises(StoreOutdated, match=word) as found:
        open_store(path)
    assert mend in found.value.problems[0].mend


def test_a_newer_store_is_not_upgraded_downwards(tmp_path):
    path = tmp_path / "remit.db"
    open_store(path).close()
    change_revision(path, "9999")
    with pytest.raises(StoreOutdated):
        upgrade_store(path)
    assert store_status(path).current == "9999"


def test_the_status_of_a_store_is_told_and_nothing_is_made(tmp_path):
    with pytest.raises(StoreError, match="no store yet"):
        store_status(tmp_path / "remit.db")
    assert not (tmp_path / "remit.db").exists()
    open_store(tmp_path / "remit.db").close()
    status = store_status(tmp_path / "remit.db")
    assert (status.current, status.pending) == (status.head, ())


def test_a_full_disk_records_nothing_and_says_so(tmp_path):
    with open_store(tmp_path / "remit.db") as store:
        pages = store._writer.execute("PRAGMA page_count").fetchone()[0]
        store._writer.execute(f"PRAGMA max_page_count={pages}")
        with pytest.raises(StoreError, match="disk is full"):
            stop(store, "triage", by="ann", reason="r" * 100_000, now=NOW)
        store._writer.execute(f"PRAGMA max_page_count={pages + 100}")
        assert stops_now(store, work="triage") == ()
        stop(store, "triage", by="ann", reason="r" * 100_000, now=NOW)
        assert len(stops_now(store, work="triage")) == 1


def test_a_store_that_stays_locked_is_said_and_works_again_afterwards(tmp_path):
    path = tmp_path / "remit.db"
    with open_store(path, busy_s=0.05) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked for too long"):
            stop(store, "triage", by="ann", reason="odd", now=NOW)
        assert stops_now(store, work="triage") == ()
        other.execute("COMMIT")
        other.close()
        stop(store, "triage", by="ann", reason="odd", now=NOW)
        assert len(stops_now(store, work="triage")) == 1


def test_reading_does_not_wait_for_writing(tmp_path):
    with open_store(tmp_path / "remit.db", busy_s=0.05) as store, store.writing():
        assert stops_now(store, work="triage") == ()


def test_a_store_that_can_not_be_written_is_said(tmp_path):
    path = tmp_path / "remit.db"
    open_store(path).close()
    reading = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    with pytest.raises(sqlite3.OperationalError) as found:
        reading.execute("DELETE FROM stops")
    reading.close()
    assert "can't be written" in str(store_error(found.value, path))


def test_a_fault_that_nobody_foresaw_is_still_a_store_error(tmp_path):
    error = store_error(sqlite3.OperationalError("something odd"), tmp_path)
    assert (type(error), error.problems[0].found) == (StoreError, "something odd")


def test_threads_share_a_store_without_losing_anything(tmp_path):
    with open_store(tmp_path / "remit.db") as store:
        faults = []

        def work(name: str) -> None:
            try:
                for n in range(10):
                    stop(store, name, executor=f"e{n}", by="ann", reason="odd", now=NOW)
                    stops_now(store, work=name)
            except Exception as error:  # noqa: BLE001
                faults.append(error)

        threads = [threading.Thread(target=work, args=(f"w{i % 2}",)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert faults == []
        assert [len(stops_now(store, work=work)) for work in ("w0", "w1")] == [10, 10]


OPENING = "import sys; from remit.store import open_store; open_store(sys.argv[1]).close(); print('made')"


def test_several_processes_may_make_the_same_store_at_once(tmp_path):
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", OPENING, str(tmp_path / "remit.db")]
    started = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    ended = [process.communicate(timeout=60) for process in started]
    assert [out.strip() for out, _ in ended] == ["made"] * 3, ended


def test_a_copy_of_the_file_of_a_closed_store_is_a_backup(tmp_path):
    path = tmp_path / "remit.db"
    with open_store(path) as store:
        stop(store, "triage", by="ann", reason="odd", now=NOW)
    assert not Path(f"{path}-wal").exists()
    shutil.copy(path, tmp_path / "copy.db")
    with open_store(tmp_path / "copy.db") as store:
        assert len(stops_now(store, work="triage")) == 1
