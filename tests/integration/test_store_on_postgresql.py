"""What can happen to a store on a server, and what its user is told: nothing is ever half recorded."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime

import psycopg
import pytest
import sqlalchemy as sa
from tests.by_hand import found_by_hand, tamper
from tests.postgres_server import PostgresServer

from remit.errors import StoreError, StoreOutdated
from remit.ledger import Verified
from remit.runtime.stop import stop
from remit.runtime.verify import verify_ledger
from remit.store import Store, open_store, shown_place, store_status, upgrade_store
from remit.store.connections import RowRefused, Writing
from remit.store.definitions import KeptDefinition, keep_definition, kept_definitions
from remit.store.grants import stops_now
from remit.store.migrations import HEAD
from remit.store.postgresql.address import read_address
from remit.store.postgresql.connections import WRITING_LOCK
from remit.store.statements import insert_into, prepare
from remit.store.tables import leases

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
LEASE = insert_into(leases)
COUNT = prepare(sa.select(sa.func.count()).select_from(leases))


@pytest.fixture
def url(postgres_server: PostgresServer) -> Iterator[str]:
    made = postgres_server.make_store()
    yield made
    postgres_server.drop_database(made)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with open_store(url, busy_s=0.1) as opened:
        yield opened


def database(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


def by_hand(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def n(store: Store) -> int:
    return int(store.rows(COUNT)[0][0])


def n_stops(store: Store) -> int:
    return len(stops_now(store, work="triage"))


def end_connections(url: str) -> None:
    with by_hand(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def only_problem(found: pytest.ExceptionInfo[StoreError]) -> str:
    (problem,) = found.value.problems
    assert problem.mend
    shown, error = repr(problem), found.value
    while error is not None:
        shown += "".join(traceback.format_exception_only(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    assert "opensesame" not in shown
    return problem.message


class TestOpening:
    def test_an_empty_database_becomes_a_store_and_is_found_again(self, postgres_url):
        assert store_status(postgres_url).current is None
        with open_store(postgres_url) as store:
            stop(store, "triage", by="ann", reason="odd", now=NOW)
        with open_store(postgres_url.replace("+psycopg", "")) as store:
            assert n_stops(store) == 1
        assert store_status(postgres_url).current == upgrade_store(postgres_url).current == HEAD

    def test_several_processes_may_make_the_same_store_at_once(self, postgres_url):
        code = "import sys; from remit.store import open_store; open_store(sys.argv[1]).close(); print('made')"
        started = [
            subprocess.Popen(
                [sys.executable, "-c", code, postgres_url],
                env={"PYTHONPATH": os.pathsep.join(sys.path)},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(3)
        ]
        ended = [process.communicate(timeout=60) for process in started]
        assert [out.strip() for out, _ in ended] == ["made"] * 3, ended

    def test_the_database_of_another_program_is_left_alone(self, postgres_url):
        with by_hand(postgres_url) as other:
            other.execute("CREATE TABLE customers (id int)")
        for use in (open_store, upgrade_store, store_status):
            with pytest.raises(StoreError) as found:
                use(postgres_url)
            assert "no store of Remit" in only_problem(found)
        with by_hand(postgres_url) as other:
            assert other.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (1,)

    def test_the_tables_of_an_extension_are_nobodys(self, postgres_url):
        with by_hand(postgres_url) as other:
            other.execute("CREATE TABLE spatial (id int)")
            other.execute("ALTER EXTENSION plpgsql ADD TABLE spatial")
        open_store(postgres_url).close()

    @pytest.mark.parametrize(("revision", "mend"), [("0000", "db upgrade"), ("9999", "install")])
    def test_a_store_of_another_version_is_not_touched(self, store, url, revision, mend):
        tamper(store, f"UPDATE remit_revision SET version_num = '{revision}'")
        with pytest.raises(StoreOutdated) as found:
            open_store(url)
        assert mend in found.value.problems[0].mend
        assert store_status(url).current == revision

    def test_a_newer_store_is_not_upgraded_downwards(self, store, url):
        tamper(store, "UPDATE remit_revision SET version_num = '9999'")
        with pytest.raises(StoreOutdated):
            upgrade_store(url)

    def test_a_database_that_can_not_hold_every_text_is_refused(self, postgres_server):
        postgres_server.run("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
        url = postgres_server.url("latin")
        with pytest.raises(StoreError) as found:
            open_store(url)
        assert "every text" in only_problem(found)
        postgres_server.drop_database(url)

    def test_a_database_that_is_not_there_is_said(self, postgres_server):
        with pytest.raises(StoreError) as found:
            open_store(postgres_server.url("nowhere"))
        assert only_problem(found) == "there is no such database"

    def test_a_user_who_may_not_come_in_or_not_make_tables_is_told_so(self, postgres_server, postgres_url):
        with pytest.raises(StoreError) as found:
            open_store(postgres_url.replace("postgres:opensesame@", "nobody:opensesame@"))
        assert "does not let" in only_problem(found)
        postgres_server.run("CREATE ROLE guest LOGIN")
        with pytest.raises(StoreError) as found:
            open_store(postgres_url.replace("postgres:opensesame@", "guest:opensesame@"))
        assert "may not" in only_problem(found)
        postgres_server.run("DROP ROLE guest")

    def test_a_database_that_is_only_read_is_said(self, url, postgres_server):
        postgres_server.run(f"ALTER DATABASE {database(url)} SET default_transaction_read_only = on")
        with open_store(url) as store:
            assert n_stops(store) == 0
            with pytest.raises(StoreError) as found:
                stop(store, "triage", by="ann", reason="odd", now=NOW)
            assert "can't be written" in only_problem(found)

    def test_the_driver_that_is_missing_is_named_with_the_command_that_brings_it(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "psycopg", None)
        for use in (open_store, upgrade_store, store_status):
            with pytest.raises(StoreError) as found:
                use("postgresql://localhost/remit")
            assert found.value.problems[0].mend == 'pip install "remit[postgres]"'

    def test_every_text_sorts_by_its_signs_as_it_does_on_sqlite(self, store):
        found = found_by_hand(
            store,
            "SELECT DISTINCT collation_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type = 'text'",
        )
        assert found == [("C",)]
        for id_ in ("b", "ä", "B", "_"):
            keep_definition(store, KeptDefinition(digest=id_, work="triage", text="{}", at=NOW))
        assert [one.digest for one in kept_definitions(store, "triage")] == ["B", "_", "b", "ä"]


class TestSecrets:
    def test_the_password_is_in_no_error_no_name_and_no_picture_of_the_store(self, store):
        assert "opensesame" not in repr(store) + store.place + repr(store._writer.address)
        assert store.place.startswith("postgresql://postgres@/test_")

    def test_a_server_that_can_not_be_reached_is_said_without_the_password(self):
        with pytest.raises(StoreError) as found:
            open_store("postgresql://ann:opensesame@127.0.0.1:1/remit")
        assert "can't be reached" in only_problem(found)
        assert found.value.problems[0].where.file == "postgresql://ann@127.0.0.1:1/remit"

    @pytest.mark.parametrize("bad", ["postgresql://ann:open/opensesame@h/remit", "postgresql://ann@h:opensesame/remit"])
    def test_an_address_that_can_not_be_read_is_not_shown(self, bad):
        with pytest.raises(StoreError) as found:
            open_store(bad)
        only_problem(found)

    def test_an_option_that_the_driver_does_not_know_is_said_without_the_password(self, url):
        with pytest.raises(StoreError) as found:
            open_store(f"{url}&nonsense=opensesame")
        only_problem(found)

    @pytest.mark.parametrize(
        ("where", "shown"),
        [
            ("postgresql+psycopg://ann:opensesame@h:5/r?sslmode=require", "postgresql://ann@h:5/r"),
            ("postgresql://h/r?password=opensesame", "postgresql://h/r"),
            ("sqlite:///x.db", "sqlite:///x.db"),
            ("x.db", "x.db"),
        ],
    )
    def test_a_place_is_shown_without_its_password(self, where, shown):
        assert shown_place(where) == shown

    def test_what_the_driver_says_is_cleaned_of_the_password(self):
        address = read_address("postgresql://ann:opensesame@h/r")
        assert address.without_password("password opensesame is wrong") == "password *** is wrong"
        assert read_address("postgresql://h/r").without_password("as it is") == "as it is"


class TestOneWriter:
    def test_a_transaction_holds_the_one_lock_until_it_ends(self, store, url):
        with by_hand(url) as other:
            ask = f"SELECT pg_try_advisory_xact_lock({WRITING_LOCK})"
            with store.writing():
                assert other.execute(ask).fetchone() == (False,)
            assert other.execute(ask).fetchone() == (True,)

    def test_a_lock_that_is_not_given_in_time_is_said_and_all_works_again_afterwards(self, store, url):
        with open_store(url) as other, other.writing():
            with pytest.raises(StoreError) as found:
                stop(store, "triage", by="ann", reason="odd", now=NOW)
            assert "locked for too long: nothing of this was recorded" in only_problem(found)
            assert n_stops(store) == 0  # reading does not wait
        stop(store, "triage", by="ann", reason="odd", now=NOW)
        assert n_stops(store) == 1

    def test_a_transaction_sees_all_that_was_committed_before_its_turn(self, store, url, postgres_server):
        postgres_server.run(f"ALTER DATABASE {database(url)} SET default_transaction_isolation = 'serializable'")
        with open_store(url, busy_s=30) as first, open_store(url, busy_s=30) as second:
            entered, seen = threading.Event(), []

            def write() -> None:
                entered.set()
                with second.writing() as writing:
                    seen.append(writing.rows(COUNT))

            thread = threading.Thread(target=write)
            with first.writing() as writing:
                thread.start()
                assert entered.wait(30)
                writing.insert(LEASE, ("a", "ann", "x"))
            thread.join(30)
            assert seen == [[(1,)]]
            with second.writing():
                levels = second._writer.cursor().execute(b"SHOW transaction_isolation").fetchall()
                assert levels == [("read committed",)]

    def test_what_is_committed_is_on_the_disk_whatever_the_server_prefers(self, url, postgres_server):
        for setting, expected in (("off", "on"), ("local", "on"), ("remote_apply", "remote_apply")):
            postgres_server.run(f"ALTER DATABASE {database(url)} SET synchronous_commit = {setting}")
            with open_store(url) as store:
                assert store._writer.cursor().execute(b"SHOW synchronous_commit").fetchall() == [(expected,)]

    def test_threads_share_a_store_without_losing_anything(self, url):
        with open_store(url) as store:
            faults = []

            def work(name: str) -> None:
                try:
                    for i in range(10):
                        stop(store, name, executor=f"e{i}", by="ann", reason="odd", now=NOW)
                        stops_now(store, work=name)
                except Exception as error:  # noqa: BLE001
                    faults.append(error)

            threads = [threading.Thread(target=work, args=(f"w{i % 2}",)) for i in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=60)
            assert faults == []
            assert [len(stops_now(store, work=work)) for work in ("w0", "w1")] == [10, 10]
            assert {type(one.result) for one in verify_ledger(store)} == {Verified}


class TestFailing:
    @pytest.mark.parametrize("kind", [RuntimeError, KeyboardInterrupt])
    def test_a_block_that_raises_records_nothing(self, store, kind):
        def write() -> None:
            with store.writing() as writing:
                writing.insert(LEASE, ("a", "ann", "x"))
                raise kind

        with pytest.raises(kind):
            write()
        assert n(store) == 0
        with store.writing() as writing:
            writing.insert(LEASE, ("a", "ann", "x"))
        assert n(store) == 1

    def look_away(self, store: Store, write: Callable[[Writing], object]) -> None:
        with store.writing() as writing:
            writing.insert(LEASE, ("a", "ann", "x"))
            with pytest.raises(RowRefused) as refused:
                write(writing)
            assert not refused.value.missing

    def test_a_refused_row_ends_its_transaction_even_for_who_does_not_look(self, store):
        for write in (
            lambda writing: writing.insert(LEASE, ("a", "bob", "x")),
            lambda writing: writing.insert_many(LEASE, [("b", "bob", "x"), ("a", "bob", "x")]),
        ):
            with pytest.raises(StoreError) as found:
                self.look_away(store, write)
            assert "nothing of this was recorded" in only_problem(found)
            assert n(store) == 0

    def test_no_rows_are_no_fault(self, store):
        with store.writing() as writing:
            assert writing.insert_many(LEASE, []) == 0

    def test_a_sign_that_the_database_can_not_keep_is_said(self, store):
        with pytest.raises(StoreError) as found, store.writing() as writing:
            writing.insert(LEASE, ("a\0", "ann", "x"))
        assert "U+0000" in found.value.problems[0].mend
        assert n(store) == 0

    def test_a_connection_that_ends_in_the_middle_leaves_nothing_and_the_next_write_works(self, store, url):
        def write() -> None:
            with store.writing() as writing:
                writing.insert(LEASE, ("a", "ann", "x"))
                end_connections(url)
                writing.insert(LEASE, ("b", "ann", "x"))

        with pytest.raises(StoreError) as found:
            write()
        assert "connection to the store was lost: nothing of this was recorded" in only_problem(found)
        assert n(store) == 0
        with store.writing() as writing:
            writing.insert(LEASE, ("b", "ann", "x"))
        assert n(store) == 1

    def test_a_lost_connection_that_nobody_looked_at_records_nothing(self, store, url):
        def write() -> None:
            with store.writing() as writing:
                writing.insert(LEASE, ("a", "ann", "x"))
                end_connections(url)
                with pytest.raises(StoreError):
                    writing.rows(COUNT)

        with pytest.raises(StoreError) as found:
            write()
        assert "nothing of this was recorded" in only_problem(found)
        assert n(store) == 0

    def test_connections_that_ended_while_nobody_used_them_are_made_again_without_a_word(self, store, url):
        assert n(store) == 0
        end_connections(url)
        with store.writing() as writing:
            writing.insert(LEASE, ("a", "ann", "x"))
        end_connections(url)
        assert n(store) == 1

    def test_a_connection_that_ends_while_it_commits_is_said_to_be_unknown(self, store, url):
        with by_hand(url) as other:
            other.execute(
                "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
                " $$BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END$$"
            )
            other.execute(
                "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON leases DEFERRABLE INITIALLY DEFERRED"
                " FOR EACH ROW EXECUTE FUNCTION die()"
            )
        with pytest.raises(StoreError) as found, store.writing() as writing:
            writing.insert(LEASE, ("a", "ann", "x"))
        assert "not known whether this was recorded" in only_problem(found)
        assert "same key" in found.value.problems[0].mend
        assert n(store) == 0
        with by_hand(url) as other:
            other.execute("DROP TRIGGER die ON leases")
        with store.writing() as writing:
            writing.insert(LEASE, ("a", "ann", "x"))

    def test_a_commit_that_the_database_refuses_is_said(self, store, url):
        with by_hand(url) as other:
            other.execute("CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE disk_full; END$$")
            other.execute(
                "CREATE CONSTRAINT TRIGGER no AFTER INSERT ON leases DEFERRABLE INITIALLY DEFERRED"
                " FOR EACH ROW EXECUTE FUNCTION no()"
            )
        with pytest.raises(StoreError) as found, store.writing() as writing:
            writing.insert(LEASE, ("a", "ann", "x"))
        assert "disk is full" in only_problem(found)
        assert n(store) == 0

    def test_a_closed_store_says_so(self, store):
        store.close()
        for use in (lambda: n(store), store.writing):
            with pytest.raises(StoreError, match="closed"):
                use()


def test_a_server_that_goes_and_comes_back_is_used_again_by_itself():
    server = PostgresServer()
    try:
        with open_store(server.make_store(), busy_s=1) as store:
            stop(store, "triage", by="ann", reason="odd", now=NOW)
            assert n_stops(store) == 1
            server.stop()
            for use in (lambda: n_stops(store), lambda: stop(store, "other", by="ann", reason="odd", now=NOW)):
                with pytest.raises(StoreError) as found:
                    use()
                assert "nothing of this was recorded" in only_problem(found)
            server.start()
            assert n_stops(store) == 1
            stop(store, "other", by="ann", reason="odd", now=NOW)
            assert {type(one.result) for one in verify_ledger(store)} == {Verified}
        with closing(by_hand(server.url("postgres"))) as other:
            assert other.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'remit'"
            ).fetchone() == (0,)
    finally:
        server.remove()
