"""Rows changed, deleted and reordered directly in the database are found, and the entry is named."""

from __future__ import annotations

import tracemalloc

import pytest
from tests.by_hand import tamper

from remit.definition.levels import Level
from remit.items import Route
from remit.ledger import Break, Broken, Head, LedgerKind, Verified, append, body_digest
from remit.runtime.stop import stop
from remit.runtime.verify import Noted, verify_ledger
from remit.store.grants import add_stop
from remit.store.ledger_entries import add_entry, head_of, recorded


@pytest.fixture
def told(store, desk):
    """Eight entries: five decisions, a review of the third, a grant, a stop."""
    for key in ("k1", "k2", "k3", "k4", "k5"):
        desk.settle(key, Route.REVIEW if key == "k3" else Route.INCUMBENT)
    desk.decide("r3", {"team": "returns"})
    desk.hold(desk.grant(Level.SHADOW))
    stop(store, "triage", by="ann", reason="odd", now=desk.now)
    assert [type(one.result) for one in verify_ledger(store)] == [Verified]
    return store


def broken(store, **heads):
    (one,) = verify_ledger(store, noted={work: [Noted(head=head)] for work, head in heads.items()})
    assert isinstance(one.result, Broken), one
    return one.result.seq, one.result.what


def test_an_untouched_record_verifies_to_its_end(told):
    (one,) = verify_ledger(told)
    assert (one.work, one.result) == ("triage", Verified(n=8, head=head_of(told, "triage")))


def test_an_empty_store_has_nothing_to_verify(store):
    assert verify_ledger(store) == ()


@pytest.mark.parametrize(
    "change",
    [
        "at = '2026-07-01T09:30:01.000000Z'",
        "at = 'yesterday'",
        "kind = 'review'",
        "kind = 'something'",
        "actor = 'api:eve'",
        "subject = 'd2'",
        "digests = '{}'",
        "digests = '[]'",
        "digests = 'no json'",
        "body_digest = x'00'",
        "body_digest = 'text'",
        "previous = x'00'",
        "hash = x'00'",
    ],
)
def test_a_changed_entry_is_named(told, change):
    tamper(told, f"UPDATE ledger SET {change} WHERE seq = 4")
    assert broken(told) == (4, Break.CHANGED)


@pytest.mark.parametrize("seq", [1, 4, 7])
def test_a_removed_entry_is_named(told, seq):
    tamper(told, f"DELETE FROM ledger WHERE seq = {seq}")
    assert broken(told) == (seq, Break.REMOVED)


def test_a_removed_entry_is_named_where_the_rest_moved_up(told):
    tamper(
        told,
        "DELETE FROM ledger WHERE seq = 4",
        "UPDATE ledger SET seq = -seq WHERE seq > 4",
        "UPDATE ledger SET seq = -seq - 1 WHERE seq < 0",
    )
    assert broken(told)[0] == 4


def test_reordered_entries_are_named(told):
    tamper(
        told,
        "UPDATE ledger SET seq = -2 WHERE seq = 2",
        "UPDATE ledger SET seq = 2 WHERE seq = 4",
        "UPDATE ledger SET seq = 4 WHERE seq = -2",
    )
    assert broken(told) == (2, Break.REORDERED)


def test_an_entry_written_anew_with_its_hash_does_not_link(told, desk):
    entries = [one.entry for one in recorded(told, "triage")]
    forged = append(
        entries[1].head,
        work="triage",
        at=desk.now,
        kind=entries[2].kind,
        actor="eve",
        subject=entries[2].subject,
        digests=entries[2].digests,
        body_digest=entries[2].body_digest,
    )
    tamper(told, f"UPDATE ledger SET actor = 'eve', hash = x'{forged.hash.hex()}' WHERE seq = 3")
    assert broken(told) == (4, Break.UNLINKED)


def test_entries_cut_off_at_the_end_are_noticed_by_the_records_they_leave(told):
    tamper(told, "DELETE FROM ledger WHERE seq > 6")
    assert broken(told) == (7, Break.TRUNCATED)


def test_a_whole_chain_that_is_gone_is_noticed_by_the_records_it_leaves(told):
    tamper(told, "DELETE FROM ledger")
    assert broken(told) == (1, Break.TRUNCATED)


def test_a_cut_with_everything_it_spoke_of_is_noticed_by_the_head_noted_elsewhere(told):
    noted = head_of(told, "triage")
    tamper(told, "DELETE FROM ledger WHERE seq = 8", "DELETE FROM stops")
    assert [type(one.result) for one in verify_ledger(told)] == [Verified]
    assert broken(told, triage=noted) == (8, Break.TRUNCATED)
    assert broken(told, triage=Head(seq=5, hash=bytes(32))) == (5, Break.UNLINKED)


def test_a_chain_of_which_only_the_noted_head_is_left_is_truncated(store):
    assert broken(store, triage=Head(seq=5, hash=bytes(32))) == (1, Break.TRUNCATED)


@pytest.mark.parametrize(
    "change",
    [
        "route = 'act'",
        "reasons = '[]'",
        "confidence = 0.99",
        "eligible = 1",
        "actor = 'eve'",
        "level = 'supervised'",
        "executor_digest = NULL",
        "key = 'k9'",
        "confidence = x'00'",
    ],
)
def test_a_changed_decision_is_named(told, change):
    tamper(told, f"UPDATE decisions SET {change} WHERE id = 'd4'")
    assert broken(told) == (4, Break.RECORD_CHANGED)


def test_a_changed_decision_is_named_even_where_a_later_end_was_noted(told):
    noted = head_of(told, "triage")
    tamper(told, "UPDATE decisions SET route = 'act' WHERE id = 'd4'")
    assert broken(told, triage=noted) == (4, Break.RECORD_CHANGED)
    tamper(told, "UPDATE ledger SET actor = 'eve' WHERE seq = 2")
    assert broken(told, triage=noted) == (2, Break.CHANGED)


@pytest.mark.parametrize(
    "change", ['output = \'{"team":"other"}\'', "input = NULL", "salt = x'01'", "said = '{}'", "output = x'00'"]
)
def test_changed_content_is_named(told, change):
    tamper(told, f"UPDATE payloads SET {change} WHERE id = 'd2'")
    seq, what = broken(told)
    assert (seq, what.value[:7]) == (2, "content")


def test_lost_content_is_named(told):
    tamper(told, "DELETE FROM payloads WHERE id = 'd2'")
    assert broken(told) == (2, Break.CONTENT_MISSING)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("DELETE FROM decisions WHERE id = 'd4'", (4, Break.RECORD_MISSING)),
        ("UPDATE reviews SET decided_by = 'eve' WHERE id = 'r3'", (6, Break.RECORD_CHANGED)),
        ("UPDATE reviews SET state = 'open', seq = NULL WHERE id = 'r3'", (6, Break.RECORD_CHANGED)),
        ("DELETE FROM reviews WHERE id = 'r3'", (6, Break.RECORD_MISSING)),
        ("UPDATE payloads SET output = '{}' WHERE id = 'r3'", (6, Break.CONTENT_CHANGED)),
        ("DELETE FROM truths", (6, Break.RECORD_MISSING)),
        ("UPDATE truths SET answer_seen = 0", (6, Break.RECORD_CHANGED)),
        ("UPDATE grants SET level = 'autonomous'", (7, Break.RECORD_CHANGED)),
        ("DELETE FROM grants", (7, Break.RECORD_MISSING)),
        ("UPDATE stops SET stopped = 0", (8, Break.RECORD_CHANGED)),
        ("DELETE FROM stops", (8, Break.RECORD_MISSING)),
    ],
)
def test_a_changed_or_lost_record_of_any_kind_is_named(told, statement, found):
    tamper(told, statement)
    assert broken(told) == found


@pytest.mark.parametrize(
    ("table", "changes", "found"),
    [
        ("decisions WHERE id = 'd1'", "id = 'd9', key = 'k9'", (1, Break.RECORD_ADDED)),
        ("decisions WHERE id = 'd1'", "id = 'd9', key = 'k9', seq = 9", (9, Break.TRUNCATED)),
        ("reviews", "id = 'r9'", (6, Break.RECORD_ADDED)),
        ("grants", "seq = 3, level = 'autonomous'", (3, Break.RECORD_ADDED)),
        ("grants", "seq = 7, work = 'refunds'", (1, Break.TRUNCATED)),
        ("stops", "seq = 3, stopped = 0", (3, Break.RECORD_ADDED)),
        ("stops", "seq = 9, stopped = 0", (9, Break.TRUNCATED)),
        ("truths", "seq = 2, answer_seen = 0", (2, Break.RECORD_ADDED)),
    ],
)
def test_a_record_that_somebody_added_is_named(told, table, changes, found):
    tamper(
        told,
        f"CREATE TEMP TABLE copy AS SELECT * FROM {table}",
        f"UPDATE copy SET {changes}",
        f"INSERT INTO {table.split()[0]} SELECT * FROM copy",
    )
    (result,) = [one.result for one in verify_ledger(told) if isinstance(one.result, Broken)]
    assert (result.seq, result.what) == found


def test_a_waiting_review_that_is_gone_is_named(store, desk):
    desk.settle("k1", Route.INCUMBENT)
    desk.settle("k2", Route.REVIEW)
    tamper(store, "DELETE FROM reviews")
    assert broken(store) == (2, Break.RECORD_MISSING)


def test_each_chain_is_judged_by_itself(told, desk):
    desk.of = type(desk.of)(work="refunds", definition_digest="d", evidence_digest="e")
    desk.settle("k1", Route.INCUMBENT)
    tamper(told, "UPDATE decisions SET route = 'act' WHERE work = 'triage' AND seq = 1")
    assert [(one.work, type(one.result)) for one in verify_ledger(told)] == [("refunds", Verified), ("triage", Broken)]


def test_verifying_many_entries_keeps_memory_flat(store, desk):
    with store.writing() as writing:
        head = None
        for n in range(4000):
            row = ("triage", n + 1, None, 1, "2026-07-01T09:30:00.000000Z", "ann", "r" * 1000)
            entry = append(
                head,
                work="triage",
                at=desk.now,
                kind=LedgerKind.STOP,
                actor="ann",
                subject="triage",
                digests={},
                body_digest=body_digest(row),
            )
            add_stop(writing, row)
            add_entry(writing, entry)
            head = entry.head
    tracemalloc.start()
    try:
        (one,) = verify_ledger(store)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert one.result.n == 4000
    assert peak < 4_000_000, peak


@pytest.mark.parametrize("state", ["decided", "expired"])
def test_a_review_that_somebody_brought_to_an_end_by_hand_is_found(store, desk, state):
    desk.settle("k1")
    desk.settle("k2")
    assert isinstance(verify_ledger(store)[0].result, Verified)
    tamper(store, f"UPDATE reviews SET state = '{state}', decided_by = 'noor' WHERE decision_id = 'd2'")
    found = verify_ledger(store)[0].result
    assert (found.seq, found.what) == (2, Break.RECORD_ADDED)
