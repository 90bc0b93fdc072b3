"""Whatever is changed or deleted in any row that the ledger speaks for: it is found."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.autonomy.certificate import Grant
from remit.deciding.decision import Checked, Decision
from remit.definition.levels import Level
from remit.items import Answer, Item, Reason, ReasonKind, Route
from remit.ledger import Broken, LedgerKind, SealAlgorithm, append, body_digest, key_text, read_keys
from remit.reviews import OutputCheck
from remit.runtime.erasing import erase_item
from remit.runtime.exporting import begin_export
from remit.runtime.review import PersonsAnswer, ReviewRules, decide_review
from remit.runtime.sealing import seal_work
from remit.runtime.settle import Settlement, settle
from remit.runtime.stop import stop
from remit.runtime.terms import Provenance, standing
from remit.runtime.verify import verify_ledger
from remit.store import open_store
from remit.store.decisions import Payload, add_payload
from remit.store.grants import add_grant, grant_row
from remit.store.ledger_entries import add_entry, head_of
from remit.store.operations.acts import add_act
from remit.store.reviews import Truth, TruthSource, add_truth, truth_row

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
KEYS = read_keys(key_text(SealAlgorithm.HMAC_SHA256, b"k" * 32), where="here")
OF = Provenance(
    work="triage", definition_digest="d" * 64, evidence_digest="e" * 64, executor="clerk", executor_digest="x" * 64
)
TABLES = ("ledger", "decisions", "payloads", "reviews", "truths", "acts", "grants", "stops", "seals")


def entry(writing, kind, row, subject, **digests):
    head = head_of(writing, "triage")
    of = {"work": "triage", "at": NOW, "actor": "ann", "kind": kind, "subject": subject}
    add_entry(writing, append(head, **of, digests=digests, body_digest=body_digest(row)))


def settled(store, n, route):
    decision = Decision(
        route=route,
        reasons=(Reason(kind=ReasonKind.CONSTRAINT, text="a stolen card", id="C1"),),
        level=Level.SUGGEST,
        input={"amount": 5.0},
        answer=Answer(output={"team": "fraud"}, confidence=0.875, seconds=0.25),
        checked=Checked(violated=("C1",)),
    )
    settlement = Settlement(
        provenance=OF,
        standing=standing(store, OF, now=NOW),
        actor="cli:ann",
        id=f"d{n}",
        review_id=f"r{n}",
        salt=bytes([n]) * 16,
        now=NOW,
        ask=lambda _: None,
        effects=lambda _: (),
    )
    settle(store, Item(key=f"k{n}", input={"amount": 5.0}, received_at=NOW), decision, settlement)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """One entry or more of every kind of record, all under two seals; the content of one item is erased."""
    with open_store(tmp_path_factory.mktemp("told") / "remit.db") as store:
        settled(store, 1, Route.INCUMBENT)
        settled(store, 2, Route.REVIEW)
        settled(store, 3, Route.INCUMBENT)
        answer = PersonsAnswer(
            by="bob", output={"team": "returns"}, comment="why", salt=b"r" * 16, next_id="n2", now=NOW
        )
        decide_review(
            store,
            "r2",
            answer,
            rules=ReviewRules(check=lambda *_: OutputCheck(), effects=lambda *_: ()),
        )
        seal_work(store, "triage", key=KEYS.sealing, now=NOW)
        with store.writing() as writing:
            seq = head_of(writing, "triage").seq + 1
            grant = Grant(
                work="triage",
                executor="clerk",
                level=Level.SHADOW,
                by="ann",
                reason="it is proved",
                definition_digest="d" * 64,
                evidence_digest="e" * 64,
                executor_digest="x" * 64,
                granted_at=NOW,
            )
            add_grant(writing, grant_row(grant, seq))
            entry(writing, LedgerKind.GRANT, grant_row(grant, seq), "clerk")
            payload = Payload(salt=b"t" * 16, output="{}")
            truth = Truth(
                work="triage",
                seq=seq + 1,
                decision_id="d3",
                at=NOW,
                by="ann",
                source=TruthSource.IMPORT,
                answer_seen=False,
                payload_id="t1",
                wrong=True,
            )
            add_payload(writing, "t1", payload)
            add_truth(writing, truth_row(truth))
            entry(writing, LedgerKind.TRUTH, truth_row(truth), "t1", payload=payload.digest)
            add_act(writing, work="triage", at=NOW, by="ann", kind=LedgerKind.DRILL, subject="stop", body={"what": "x"})
        stop(store, "triage", by="ann", reason="odd", now=NOW)
        erase_item(store, "triage", "k1", reason="asked for", by="ann", now=NOW)
        begin_export(store, "triage", first=None, last=None, with_content=False, by="ann", now=NOW)
        seal_work(store, "triage", key=KEYS.sealing, now=NOW)
        assert not breaks(store)
        yield store


def breaks(reader):
    return [one for one in verify_ledger(reader, keys=KEYS) if isinstance(one.result, Broken)]


class Undone(Exception):
    """Ends a transaction without a trace."""


def other_value(draw, old):
    match old:
        case None:
            return draw(st.sampled_from(["", "x", 0, 1.5, b"x"]))
        case int():
            return draw(st.sampled_from([old + 1, old - 1, old + 7, None, str(old) + "x"]))
        case float():
            return draw(st.sampled_from([old + 1e-9, -old, None]))
        case str():
            at = draw(st.integers(0, max(0, len(old) - 1)))
            return draw(st.sampled_from([None, "", "x", old + " ", old[:at], old[:at] + "\u0001" + old[at + 1 :]]))
        case _:
            at = draw(st.integers(0, max(0, len(old) - 1)))
            return draw(st.sampled_from([b"", bytes(32), old + b"x", old[:at] + b"\x01" + old[at + 1 :]]))


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_change_of_any_value_and_any_lost_row_is_found(told, data):
    table = data.draw(st.sampled_from(TABLES))
    with closing(sqlite3.connect(told.path)) as connection:
        rows = connection.execute(f"SELECT * FROM {table}").fetchall()
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        keys = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[5]]
    row = dict(zip(names, data.draw(st.sampled_from(rows)), strict=True))
    where = " AND ".join(f"{name} = :{name}" for name in keys)
    column = data.draw(st.sampled_from([None, *names]))
    values = {name: row[name] for name in keys}
    if column is None:
        statement = f"DELETE FROM {table} WHERE {where}"
    else:
        value = other_value(data.draw, row[column])
        if value == row[column] and type(value) is type(row[column]):
            return
        statement, values = f"UPDATE {table} SET {column} = :new WHERE {where}", {**values, "new": value}
    found: object = "the database lets nobody do this"
    try:
        with told.writing() as writing:
            writing._connection.execute("PRAGMA defer_foreign_keys=ON")
            try:
                writing._connection.execute(statement, values)
            except sqlite3.IntegrityError:
                raise Undone from None
            (after,) = writing._connection.execute(
                f"SELECT count(*) FROM {table} WHERE " + " AND ".join(f"{name} IS :{name}" for name in names), row
            ).fetchone()
            found = breaks(writing) or after  # the type of a column may make the old value of the new one
            raise Undone  # noqa: TRY301
    except Undone:
        assert found, (statement, values)
