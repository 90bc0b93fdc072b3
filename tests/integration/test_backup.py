"""A store is copied into one file and comes back on either database; a broken file restores nothing."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.by_hand import found_by_hand, tamper

from remit.errors import FileUnreadable, StoreError, StoreOutdated
from remit.ledger import Verified
from remit.runtime.stop import stop
from remit.runtime.verify import verify_ledger
from remit.store import open_store, store_status
from remit.store.backup import back_up, restore
from remit.store.decisions import decision
from remit.store.grants import stops_now
from remit.store.migrations import HEAD
from remit.store.opening import transaction
from remit.store.statements import insert_into, prepare
from remit.store.tables import metadata, stops, usage

KEPT = Path(__file__).parents[1] / "data" / "stores"
NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
COUNT = sa.select(sa.func.count()).select_from(stops)
BY = ("--by", "jonas")
BOTH = ["sqlite", "postgresql"]

NewPlace = Callable[[str], str]


@pytest.fixture
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewPlace]:
    """Where there is no store yet, on a database of that name."""
    made: list[str] = []

    def place(kind: str) -> str:
        if kind == "sqlite":
            made.append(str(tmp_path / f"{len(made)}.db"))
        else:
            made.append(request.getfixturevalue("postgres_server").make_database())
        return made[-1]

    yield place
    for url in made:
        if "://" in url:
            request.getfixturevalue("postgres_server").drop_database(url)


@pytest.fixture
def kept(tmp_path: Path) -> str:
    """A store with decisions, reviews, truths, a stop, a proof and its answers."""
    shutil.copy(KEPT / f"{HEAD}.db", tmp_path / "kept.db")
    with open_store(tmp_path / "kept.db") as store, store.writing() as writing:
        writing.insert(insert_into(usage), ("triage", "clerk", "day", "x", 0.1 + 0.2))
    return str(tmp_path / "kept.db")


@pytest.fixture
def file(kept: str, tmp_path: Path) -> Path:
    back_up(kept, tmp_path / "whole.backup", now=NOW)
    return tmp_path / "whole.backup"


def sound(place: str) -> None:
    with open_store(place) as store:
        assert [(one.work, type(one.result), one.result.n) for one in verify_ledger(store)] == [("triage", Verified, 5)]
        assert decision(store, "d1").input == {"subject": "Grüße 1", "amount": 0.5}
        assert len(stops_now(store, work="triage")) == 1
        stop(store, "refunds", by="ann", reason="odd", now=NOW)


def is_empty(place: str) -> bool:
    with open_store(place) as store:
        counts = (prepare(sa.select(sa.func.count()).select_from(table)) for table in metadata.sorted_tables)
        return not any(store.rows(count)[0][0] for count in counts)


@pytest.mark.parametrize("source", BOTH)
@pytest.mark.parametrize("target", BOTH)
def test_a_store_comes_back_as_it_was_whichever_database_it_goes_to(file, tmp_path, new_place, source, target):
    first, second = new_place(source), new_place(target)
    restore(first, file)
    header = back_up(first, tmp_path / "again.backup", now=NOW)
    restore(second, tmp_path / "again.backup")
    back_up(second, tmp_path / "third.backup", now=NOW)
    assert file.read_bytes() == (tmp_path / "again.backup").read_bytes() == (tmp_path / "third.backup").read_bytes()
    assert {table.name for table in header.tables} == set(metadata.tables)
    assert header.n_rows > 20
    sound(first)
    sound(second)


@pytest.mark.parametrize("target", BOTH)
@pytest.mark.parametrize("release", sorted(KEPT.glob("*.db")), ids=lambda path: path.stem)
def test_a_store_of_any_release_is_copied_as_it_is_and_restored_into_this_one(tmp_path, new_place, release, target):
    shutil.copy(release, tmp_path / "old.db")
    header = back_up(tmp_path / "old.db", tmp_path / "old.backup", now=NOW)
    assert header.revision == release.stem
    place = new_place(target)
    open_store(place).close()  # its tables may be there already
    restore(place, tmp_path / "old.backup")
    assert store_status(place).current == HEAD
    sound(place)


@pytest.mark.parametrize("kind", BOTH)
class TestInUse:
    def test_what_is_not_committed_is_not_copied_and_nobody_waits(self, new_place, tmp_path, kind):
        place = new_place(kind)
        with open_store(place) as store:
            stop(store, "triage", by="ann", reason="odd", now=NOW)
            with store.writing() as writing:
                writing.insert(insert_into(usage), ("triage", "clerk", "day", "x", 1.0))
                header = back_up(place, tmp_path / "a.backup", now=NOW)
        assert {table.name: table.n_rows for table in header.tables if table.n_rows} == {"ledger": 1, "stops": 1}

    def test_all_is_seen_as_it_was_at_one_moment(self, new_place, kind):
        place = new_place(kind)
        with open_store(place) as store:
            with transaction(place, to_write=False) as connection:
                before = connection.execute(COUNT).scalar()
                stop(store, "triage", by="ann", reason="odd", now=NOW)
                assert connection.execute(COUNT).scalar() == before == 0
            assert len(stops_now(store, work="triage")) == 1

    def test_a_store_that_is_not_empty_is_left_alone(self, new_place, file, kind):
        place = new_place(kind)
        with open_store(place) as store:
            stop(store, "triage", by="ann", reason="odd", now=NOW)
        with pytest.raises(StoreError, match="not empty"):
            restore(place, file)
        with open_store(place) as store:
            assert found_by_hand(store, "SELECT count(*) FROM ledger") == [(1,)]

    def test_a_place_without_a_store_has_nothing_to_copy(self, new_place, tmp_path, kind):
        with pytest.raises(StoreError, match="no store yet"):
            back_up(new_place(kind), tmp_path / "a.backup", now=NOW)
        assert not (tmp_path / "a.backup").exists()


def test_a_newer_store_is_not_copied(kept, tmp_path):
    with open_store(kept) as store:
        tamper(store, "UPDATE remit_revision SET version_num = '9999'")
    with pytest.raises(StoreOutdated):
        back_up(kept, tmp_path / "a.backup", now=NOW)


class TestTheFile:
    def test_only_its_owner_may_read_it_and_none_is_written_over(self, kept, file):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        content = file.read_bytes()
        with pytest.raises(FileUnreadable, match="there already"):
            back_up(kept, file, now=NOW)
        assert file.read_bytes() == content

    def test_a_folder_that_is_missing_is_said_and_nothing_is_left(self, kept, tmp_path):
        with pytest.raises(FileUnreadable):
            back_up(kept, tmp_path / "none" / "a.backup", now=NOW)
        assert not list(tmp_path.glob("**/*.part"))

    def test_any_program_can_read_it(self, file):
        header, *rows, last = [json.loads(line) for line in lines_of(file)]
        assert (header["kind"], header["format"], header["revision"]) == ("remit backup", 1, HEAD)
        assert len(rows) == sum(table["n_rows"] for table in header["tables"])
        assert list(last) == ["sha256"]


def lines_of(file: Path) -> list[bytes]:
    return gzip.decompress(file.read_bytes()).splitlines(keepends=True)


def written(file: Path, change: Callable[[list], object]) -> Path:
    """The backup with its lines changed by somebody who knows the format."""
    lines = [json.loads(line) for line in lines_of(file)][:-1]
    change(lines)
    content = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    content += json.dumps({"sha256": hashlib.sha256(content).hexdigest()}).encode() + b"\n"
    made = file.with_name("changed.backup")
    made.write_bytes(gzip.compress(content))
    return made


def refused(place: str, file: Path, error: type[StoreError] = StoreError) -> str:
    with pytest.raises(error) as found:
        restore(place, file)
    (problem,) = found.value.problems
    assert problem.mend
    assert problem.where.file
    assert is_empty(place)
    return f"{problem.message}: {problem.found}"


def table_of(lines: list, name: str) -> dict:
    return next(table for table in lines[0]["tables"] if table["name"] == name)


def row_of(lines: list, name: str) -> list:
    """The first row of a table."""
    first = 1
    for table in lines[0]["tables"]:
        if table["name"] == name:
            return lines[first]
        first += table["n_rows"]
    raise AssertionError(name)


LOST_PROOF = "the answers are of a run that is not there"
SPOILED = {
    "a table more": lambda lines: lines[0]["tables"].append({"name": "x", "columns": ["a"], "n_rows": 0}),
    "a table twice": lambda lines: lines[0]["tables"].append(lines[0]["tables"][0] | {"n_rows": 0}),
    "a table less": lambda lines: lines[0]["tables"].remove(table_of(lines, "denials")),
    "a column of another name": lambda lines: table_of(lines, "stops")["columns"].__setitem__(0, "x); DROP TABLE a"),
    "a row more than it says": lambda lines: lines.append(lines[-1]),
    "a row less than it says": lambda lines: lines.pop(),
    "a row that is too short": lambda lines: lines[-1].pop(),
    "a row that is an object": lambda lines: lines.__setitem__(-1, {}),
    "a value that is a list": lambda lines: row_of(lines, "stops").__setitem__(0, []),
    "bytes that are none": lambda lines: row_of(lines, "payloads").__setitem__(1, {"hex": "zz"}),
    "nothing where something has to be": lambda lines: row_of(lines, "stops").__setitem__(4, None),
    "a number that no database takes": lambda lines: row_of(lines, "stops").__setitem__(1, 2**70),
    LOST_PROOF: lambda lines: row_of(lines, "proof_answers").__setitem__(0, "nobody"),
    "a number of rows below nothing": lambda lines: table_of(lines, "denials").update(n_rows=-1),
    "no tables": lambda lines: lines[0].pop("tables"),
    "another kind of file": lambda lines: lines[0].update(kind="something"),
    "a first line that is a list": lambda lines: lines.__setitem__(0, []),
}


@pytest.mark.parametrize("kind", BOTH)
class TestBroken:
    @pytest.mark.parametrize("spoil", list(SPOILED))
    def test_a_file_that_somebody_made_wrongly_restores_nothing(self, file, new_place, kind, spoil):
        assert "no whole backup: nothing was restored" in refused(new_place(kind), written(file, SPOILED[spoil]))

    def test_a_file_that_was_cut_anywhere_restores_nothing(self, file, new_place, kind):
        place, content = new_place(kind), file.read_bytes()
        for n in (0, 1, 9, 15, len(content) // 2, len(content) - 9, len(content) - 1):
            file.write_bytes(content[:n])
            assert "no whole backup" in refused(place, file)

    def test_a_file_that_was_cut_after_a_line_restores_nothing(self, file, new_place, kind):
        place, lines = new_place(kind), lines_of(file)
        for n in (1, 4, len(lines) - 1):
            file.write_bytes(gzip.compress(b"".join(lines[:n])))
            assert "no whole backup" in refused(place, file)

    def test_a_changed_value_or_byte_is_noticed(self, file, new_place, kind):
        place, whole = new_place(kind), file.read_bytes()
        content = gzip.decompress(whole)
        file.write_bytes(gzip.compress(content.replace(b"odd answers", b"all is well")))
        assert "digest differs" in refused(place, file)
        file.write_bytes(gzip.compress(content + b"{}\n"))
        assert "follows after its end" in refused(place, file)
        file.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
        assert "no whole backup" in refused(place, file)


class TestNoBackup:
    def test_what_is_no_file_or_no_backup_is_said(self, kept, tmp_path, new_place):
        place = new_place("sqlite")
        for wrong in (tmp_path / "none", tmp_path):
            assert "can't be read" in refused(place, wrong)
        assert "no whole backup" in refused(place, Path(kept))

    def test_a_backup_of_a_newer_release_is_said(self, file, new_place):
        place = new_place("sqlite")
        refused(place, written(file, lambda lines: lines[0].update(revision="9999")), StoreOutdated)
        assert "newer" in refused(place, written(file, lambda lines: lines[0].update(format=2)))


class TestCommand:
    def test_backup_and_restore_across_databases_never_show_the_password(self, small, remit, monkeypatch, postgres_url):
        remit("stop", "--reason", "odd", *BY)
        made = remit("db", "backup", "my.backup")
        assert made.code == 0, made
        assert "2 rows in 2 tables" in made.out
        monkeypatch.setenv("REMIT_STORE", postgres_url)
        told = [remit("db", "restore", "my.backup", "--json"), remit("db", "status"), remit("db", "status", "--json")]
        assert [one.code for one in told] == [0, 0, 0], told
        assert told[0].document["n_rows"] == 2
        refused = remit("db", "restore", "my.backup")
        assert (refused.code, "not empty" in refused.err) == (6, True)
        assert "postgresql://postgres@/" in told[1].out
        assert not any("opensesame" in one.out + one.err for one in (*told, refused))

    def test_a_record_that_does_not_verify_is_restored_and_said(self, small, remit, monkeypatch):
        remit("stop", "--reason", "odd", *BY)
        with open_store(small.root / ".remit" / "remit.db") as store:
            tamper(store, "UPDATE stops SET reason = 'no'")
        remit("db", "backup", "my.backup")
        monkeypatch.setenv("REMIT_STORE", "other.db")
        told = remit("db", "restore", "my.backup")
        assert (told.code, "does not verify" in told.err) == (6, True)
        with open_store(small.root / "other.db") as store:
            assert found_by_hand(store, "SELECT reason FROM stops") == [("no",)]
