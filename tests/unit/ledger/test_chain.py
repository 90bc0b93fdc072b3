from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from remit.errors import ArgumentInvalid
from remit.ledger import (
    GENESIS,
    Break,
    Broken,
    Head,
    LedgerEntry,
    LedgerKind,
    Verified,
    append,
    body_digest,
    hash_of,
    instant_text,
    json_text,
    payload_digest,
    read_instant,
    verify,
)

AT = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)


def chain(n: int) -> list[LedgerEntry]:
    made: list[LedgerEntry] = []
    for i in range(n):
        made.append(
            append(
                made[-1].head if made else None,
                work="triage",
                at=AT + timedelta(seconds=i),
                kind=LedgerKind.DECISION,
                actor="ann",
                subject=f"d{i + 1}",
                digests={"payload": f"{i:064x}"},
                body_digest=bytes([i % 256]) * 32,
            )
        )
    return made


def where(found: Verified | Broken) -> tuple[int, Break]:
    assert isinstance(found, Broken)
    return found.seq, found.what


def test_a_chain_verifies_and_says_how_long_it_is_and_where_it_ends():
    entries = chain(20)
    assert verify(entries) == Verified(n=20, head=entries[-1].head)
    assert verify(iter(entries), head=entries[-1].head) == Verified(n=20, head=entries[-1].head)
    assert verify(entries, head=entries[9].head) == Verified(n=20, head=entries[-1].head)
    assert verify([]) == Verified(n=0, head=None)


def test_entries_count_from_one_and_each_holds_the_hash_of_the_one_before():
    entries = chain(3)
    assert [one.seq for one in entries] == [1, 2, 3]
    assert [one.previous for one in entries] == [GENESIS, entries[0].hash, entries[1].hash]


def test_the_hash_can_be_computed_by_anybody_from_the_documented_text():
    one = chain(1)[0]
    text = json.dumps(
        [
            "remit-ledger-1",
            "triage",
            1,
            "2026-07-01T09:30:00.000000Z",
            "decision",
            "ann",
            "d1",
            {"payload": "0" * 64},
            "00" * 32,
            "00" * 32,
        ],
        separators=(",", ":"),
        sort_keys=True,
    )
    assert one.hash == hashlib.sha256(text.encode()).digest()


CHANGES = {
    "work": "refunds",
    "at": AT + timedelta(days=1),
    "kind": LedgerKind.GRANT,
    "actor": "eve",
    "subject": "d77",
    "digests": {"payload": "f" * 64},
    "body_digest": b"\x01" * 32,
    "previous": b"\x02" * 32,
    "hash": b"\x03" * 32,
}


@pytest.mark.parametrize("field", sorted(CHANGES))
@pytest.mark.parametrize("seq", [1, 5, 9])
def test_a_change_of_any_field_of_any_entry_is_found_at_that_entry(field, seq):
    assert {one.name for one in fields(LedgerEntry)} == {*CHANGES, "seq"}
    entries = chain(9)
    entries[seq - 1] = replace(entries[seq - 1], **{field: CHANGES[field]})
    assert where(verify(entries)) == (seq, Break.CHANGED)


@pytest.mark.parametrize("seq", [1, 5, 8])
def test_a_removed_entry_is_found(seq):
    entries = chain(9)
    del entries[seq - 1]
    assert where(verify(entries)) == (seq, Break.REMOVED)


@pytest.mark.parametrize(("a", "b"), [(1, 2), (4, 5), (2, 9)])
def test_entries_in_another_order_are_found(a, b):
    entries = chain(9)
    entries[a - 1], entries[b - 1] = entries[b - 1], entries[a - 1]
    assert where(verify(entries)) == (a, Break.REORDERED)


@pytest.mark.parametrize(("a", "b"), [(1, 2), (4, 5), (2, 9)])
def test_entries_that_were_given_each_others_number_are_found(a, b):
    entries = chain(9)
    one, other = entries[a - 1], entries[b - 1]
    entries[a - 1], entries[b - 1] = replace(other, seq=a), replace(one, seq=b)
    found = verify(entries)
    assert where(found) == (a, Break.REORDERED)
    assert isinstance(found, Broken)
    assert found.found == f"what was entry {b}"


def test_an_entry_that_is_there_twice_is_found():
    entries = chain(5)
    assert where(verify([*entries[:3], entries[2], *entries[3:]])) == (4, Break.REORDERED)


def test_an_entry_made_anew_is_found_by_the_one_that_follows():
    entries = chain(9)
    old = entries[3]
    entries[3] = append(
        entries[2].head,
        work=old.work,
        at=old.at,
        kind=old.kind,
        actor="eve",
        subject=old.subject,
        digests=old.digests,
        body_digest=old.body_digest,
    )
    assert where(verify(entries)) == (5, Break.UNLINKED)


def test_an_earlier_end_is_found_only_with_the_end_that_was_noted():
    entries = chain(9)
    assert verify(entries[:6]) == Verified(n=6, head=entries[5].head)
    assert where(verify(entries[:6], head=entries[8].head)) == (7, Break.TRUNCATED)
    assert where(verify([], head=entries[8].head)) == (1, Break.TRUNCATED)


def test_another_entry_where_the_end_was_noted_is_found():
    entries = chain(9)
    assert where(verify(entries, head=Head(seq=4, hash=bytes(32)))) == (4, Break.UNLINKED)


def test_an_instant_is_27_characters_of_utc_that_sort_like_times():
    cet = timezone(timedelta(hours=2))
    assert instant_text(datetime(2026, 7, 1, 9, 30, tzinfo=cet)) == "2026-07-01T07:30:00.000000Z"
    assert instant_text(datetime(2026, 7, 1, 9, 30, 0, 5, tzinfo=UTC)) == "2026-07-01T09:30:00.000005Z"
    assert read_instant("2026-07-01T09:30:00.000005Z") == datetime(2026, 7, 1, 9, 30, 0, 5, tzinfo=UTC)
    with pytest.raises(ArgumentInvalid):
        instant_text(datetime(2026, 7, 1, 9, 30))  # noqa: DTZ001


def test_the_hour_that_comes_twice_in_autumn_is_two_instants():
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 2, 30, tzinfo=berlin)
    assert instant_text(first) == "2026-10-25T00:30:00.000000Z"
    assert instant_text(first.replace(fold=1)) == "2026-10-25T01:30:00.000000Z"


def test_json_has_one_spelling_in_ascii():
    assert json_text({"b": 1.0, "a": ["ü", "\ud800", "\x00", None, True]}) == (
        '{"a":["\\u00fc","\\ud800","\\u0000",null,true],"b":1.0}'
    )
    for wrong in (float("nan"), float("inf"), {"a": {1}}, b"x", {"a": object()}):
        with pytest.raises(ArgumentInvalid):
            json_text(wrong)


def test_a_body_digest_does_not_see_columns_added_later():
    assert body_digest(("a", 1, 0.5, None)) == body_digest(("a", 1, 0.5)) == body_digest(("a", 1, 0.5, None, None))
    assert body_digest(()) == body_digest((None,))
    assert body_digest(("a", None, 1)) != body_digest(("a", 1))
    assert body_digest(("a", "1")) != body_digest(("a", 1))


def test_a_payload_digest_tells_apart_every_way_to_cut_the_content_and_needs_the_salt():
    digests = [
        payload_digest(b"s", ("ab", None)),
        payload_digest(b"s", (None, "ab")),
        payload_digest(b"s", ("a", "b")),
        payload_digest(b"s", ("ab", "")),
        payload_digest(b"s", ("", "ab")),
        payload_digest(b"t", ("ab", None)),
        payload_digest(b"s", ("2:ab", None)),
    ]
    assert len(set(digests)) == len(digests)
    assert len(digests[0]) == 64


def test_the_hash_is_over_the_number_too():
    values = {
        "work": "w",
        "at": AT,
        "kind": LedgerKind.STOP,
        "actor": "a",
        "subject": "s",
        "digests": {},
        "body_digest": b"",
        "previous": GENESIS,
    }
    assert hash_of(seq=1, **values) != hash_of(seq=2, **values)
