"""The tables are the same everywhere: on SQLite, on a real PostgreSQL, and in the stores of old releases."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from tests.by_hand import tamper

from remit.errors import StoreOutdated
from remit.ledger import Verified
from remit.reviews import Outcome, ReviewState
from remit.runtime.verify import verify_ledger
from remit.store import (
    answers,
    attempts,
    open_store,
    proof_document,
    store_status,
    upgrade_store,
)
from remit.store.decisions import decision
from remit.store.grants import stops_now
from remit.store.migrations import HEAD, VERSION_TABLE, status, upgrade
from remit.store.reviews import review_output, reviews_in, truths_of
from remit.store.tables import decisions, ledger, metadata, payloads, proof_answers, proofs

KEPT = Path(__file__).parents[1] / "data" / "stores"


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    url = f"sqlite:///{tmp_path / 'remit.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made = sa.create_engine(url)
    yield made
    made.dispose()


def test_the_migrations_make_exactly_the_tables_that_the_code_knows(engine):
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_an_upgrade_brings_a_store_to_the_newest_revision_once(engine):
    assert (status(engine).current, status(engine).pending[-1]) == (None, HEAD)
    assert upgrade(engine) == upgrade(engine) == status(engine)
    assert (status(engine).current, status(engine).pending) == (HEAD, ())


def test_rows_come_back_as_they_went_in(engine):
    upgrade(engine)
    entry = {
        "work": "triage",
        "seq": 2**40,
        "at": "2026-07-01T09:30:00.000000Z",
        "kind": "decision",
        "actor": "ann",
        "subject": "d1",
        "digests": '{"a":"\\u0000\\ud800"}',
        "body_digest": bytes(range(32)),
        "previous": bytes(32),
        "hash": bytes(32),
    }
    texts = [column.name for column in decisions.c if isinstance(column.type, sa.Text)]
    decided = dict.fromkeys(texts, "x") | {
        "seq": 1,
        "eligible": True,
        "confidence": 0.1,
        "seconds": 1e-9,
        "cost": None,
        "inclusion": 0.05,
    }
    run = dict.fromkeys([column.name for column in proofs.c if isinstance(column.type, sa.Text)], "p")
    answered = {
        "proof_id": "p",
        "case_id": "c1",
        "output": "{}",
        "fault": None,
        "confidence": None,
        "seconds": 0.30000000000000004,
        "cost": None,
        "said": None,
    }
    content = {"id": "x", "salt": b"\x00\xff", "input": "{}", "admitted": None, "output": None, "said": None}
    given = (
        (ledger, entry),
        (decisions, decided),
        (payloads, content),
        (proofs, run | {"attempt": 1, "answers_from": None}),
        (proof_answers, answered),
    )
    with engine.begin() as connection:
        for table, row in given:
            connection.execute(sa.insert(table), row)
    with engine.connect() as connection:
        for table, row in given:
            assert dict(connection.execute(sa.select(table)).mappings().one()) == row


@pytest.mark.parametrize(
    ("table", "changes"),
    [(decisions, {"id": "other"}), (decisions, {"key": "other"}), (proof_answers, {})],
)
def test_what_may_be_there_once_only_is_held_by_the_database_itself(engine, table, changes):
    upgrade(engine)
    row = {
        column.name: "x" if isinstance(column.type, sa.Text) else True if isinstance(column.type, sa.Boolean) else 1
        for column in table.c
    }
    with engine.begin() as connection:
        if table is proof_answers:
            run = dict.fromkeys([column.name for column in proofs.c if isinstance(column.type, sa.Text)], "x")
            connection.execute(sa.insert(proofs), run | {"attempt": 1, "answers_from": None})
        connection.execute(sa.insert(table), row)
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(sa.insert(table), row | changes)


def test_an_upgrade_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    from alembic.operations import Operations

    made = Operations.create_table

    def fail(self, name, *columns, **options):
        if name == "reviews":
            raise RuntimeError("in the middle")
        return made(self, name, *columns, **options)

    path = tmp_path / "remit.db"
    with monkeypatch.context() as patched:
        patched.setattr(Operations, "create_table", fail)
        with pytest.raises(RuntimeError):
            open_store(path)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()
    open_store(path).close()


def test_the_newest_revision_is_the_one_the_code_names_and_a_store_of_each_is_kept():
    from remit.store import migrations

    folder = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert folder.get_heads() == [HEAD]
    assert {one.stem for one in KEPT.glob("*.db")} == {one.revision for one in folder.walk_revisions()}


@pytest.mark.parametrize("kept", sorted(KEPT.glob("*.db")), ids=lambda path: path.stem)
def test_the_store_of_every_release_opens_in_this_one_with_all_that_is_in_it(kept, tmp_path):
    path = tmp_path / "remit.db"
    shutil.copy(kept, path)
    upgrade_store(path)
    assert store_status(path).current == HEAD
    with open_store(path) as store:
        assert [(one.work, type(one.result), one.result.n) for one in verify_ledger(store)] == [("triage", Verified, 5)]
        assert decision(store, "d1").decision.answer.output == {"team": "fraud"}
        assert decision(store, "d1").input == {"subject": "Grüße 1", "amount": 0.5}
        (decided,) = reviews_in(store, work="triage", state=ReviewState.DECIDED)
        assert (decided.outcome, review_output(store, decided)) == (Outcome.ANSWERED, {"team": "returns"})
        assert [output for _, output in truths_of(store, "d1")] == [{"team": "returns"}]
        assert [one.id for one in reviews_in(store, work="triage", state=ReviewState.OPEN)] == ["r2", "r3"]
        assert [(one.executor, one.reason) for one in stops_now(store, work="triage")] == [("clerk", "odd answers")]
        (run,) = attempts(store, work="triage", executor="clerk", case_set_digest="c" * 64)
        assert [one.case_id for one in answers(store, run)] == ["c1", "c2"]
        assert proof_document(store, run) == '{"remit":1}'


@pytest.mark.parametrize("version", ["0001", "0099"])
def test_a_process_that_opened_the_store_before_it_got_another_version_writes_nothing(desk, store, version):
    desk.settle("before")
    tamper(store, f"UPDATE {VERSION_TABLE} SET version_num = '{version}'")
    for _ in range(2):
        with pytest.raises(StoreOutdated, match="older" if version < HEAD else "newer"):
            desk.settle("after")
    tamper(store, f"UPDATE {VERSION_TABLE} SET version_num = '{HEAD}'")
    assert not desk.settle("after").repeated
    assert desk.settle("before").repeated


def test_a_store_without_its_version_is_not_written(desk, store):
    tamper(store, f"DELETE FROM {VERSION_TABLE}")
    with pytest.raises(StoreOutdated):
        desk.settle("after")
