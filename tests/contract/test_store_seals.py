"""Seals over a chain, the ends that were noted elsewhere, and what is found with both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.by_hand import tamper

from remit.errors import LedgerBroken, NotFound
from remit.items import Route
from remit.ledger import Break, Broken, SealAlgorithm, Verified, append, holds, key_text, read_keys
from remit.runtime.sealing import SEAL_AFTER, SEAL_EVERY, inclusion_of, seal_due, seal_work
from remit.runtime.stop import stop
from remit.runtime.verify import Noted, Unsealed, verify_ledger
from remit.store.ledger_entries import chains, head_of, recorded
from remit.store.operations.seals import last_seal

KEYS = read_keys(key_text(SealAlgorithm.HMAC_SHA256, b"k" * 32), where="here")
OTHER = read_keys(key_text(SealAlgorithm.HMAC_SHA256, b"o" * 32), where="here")


def decided(desk, n):
    for _ in range(n):
        desk.settle(f"key{desk.n}", Route.INCUMBENT)


@pytest.fixture
def sealed(store, desk):
    """Ten decisions under three seals: 1 to 4, 5 to 7, 8 to 9; the tenth under none."""
    for n in (4, 3, 2):
        decided(desk, n)
        seal_work(store, "triage", key=KEYS.sealing, now=desk.now)
    decided(desk, 1)
    return store


def result(store, keys=KEYS, **given):
    (one,) = verify_ledger(store, keys=keys, **given)
    return one


def broken(store, keys=KEYS, **given):
    found = result(store, keys, **given).result
    assert isinstance(found, Broken), found
    return found.seq, found.what


def test_a_sealed_chain_verifies_and_says_how_far_it_is_sealed(sealed):
    one = result(sealed)
    assert isinstance(one.result, Verified)
    assert (one.result.n, one.seals.n, one.seals.last_seq, one.seals.n_checked) == (10, 3, 9, 3)
    assert result(sealed, keys=None).seals.n_checked == 0


def test_what_no_seal_covers_is_named_with_its_time(sealed, desk):
    assert result(sealed).unsealed == Unsealed(first_seq=10, since=desk.now, key_known=True)
    assert result(sealed, keys=None).unsealed.key_known is False
    seal_work(sealed, "triage", key=KEYS.sealing, now=desk.now)
    assert result(sealed).unsealed is None


def test_where_all_seals_are_gone_it_says_since_when_nothing_is_sealed(sealed, desk):
    tamper(sealed, "DELETE FROM seals")
    one = result(sealed)
    assert (one.seals.n, one.unsealed) == (0, Unsealed(first_seq=1, since=desk.now, key_known=True))


def test_sealing_again_seals_only_what_is_new(sealed, desk):
    (seal,) = seal_work(sealed, "triage", key=KEYS.sealing, now=desk.now)
    assert (seal.n, seal.first_seq, seal.last_seq) == (4, 10, 10)
    assert seal_work(sealed, "triage", key=KEYS.sealing, now=desk.now) == ()
    assert seal_work(sealed, "nothing", key=KEYS.sealing, now=desk.now) == ()


def test_a_chain_is_sealed_when_an_entry_is_old_enough_or_there_are_enough(store, desk):
    decided(desk, 1)
    due = {"key": KEYS.sealing}
    assert seal_due(store, now=desk.now + SEAL_AFTER - timedelta(seconds=1), **due) == 0
    assert seal_due(store, now=desk.now + SEAL_AFTER, **due) == 1
    assert seal_due(store, now=desk.now + SEAL_AFTER, **due) == 0
    for _ in range(SEAL_EVERY):
        stop(store, "triage", by="ann", reason="odd", now=desk.now)
    assert seal_due(store, now=desk.now, **due) == 1
    decided(desk, 1)
    assert seal_due(store, now=desk.now, **due) == 0
    assert last_seal(store, "triage").last_seq == 1 + SEAL_EVERY
    assert result(store).seals.n == 2


def test_a_chain_that_does_not_hold_is_not_sealed_and_the_others_are(store, desk):
    decided(desk, 3)
    stop(store, "refunds", by="ann", reason="odd", now=desk.now)
    tamper(store, "UPDATE ledger SET actor = 'eve' WHERE work = 'triage' AND seq = 2")
    with pytest.raises(LedgerBroken, match="triage is broken at entry 2"):
        seal_due(store, key=KEYS.sealing, now=desk.now + SEAL_AFTER)
    assert last_seal(store, "triage") is None
    assert last_seal(store, "refunds").last_seq == 1
    assert chains(store) == ("refunds", "triage")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE seals SET last_seq = 6 WHERE n = 2", (5, Break.SEAL_CHANGED)),
        ("UPDATE seals SET first_seq = 6 WHERE n = 2", (5, Break.SEAL_CHANGED)),
        ("UPDATE seals SET root = previous WHERE n = 2", (5, Break.SEAL_CHANGED)),
        ("UPDATE seals SET previous = root WHERE n = 2", (5, Break.SEAL_CHANGED)),
        ("UPDATE seals SET signature = root WHERE n = 2", (5, Break.SEAL_CHANGED)),
        ("UPDATE seals SET at = '2026-07-01T09:30:01.000000Z' WHERE n = 2", (5, Break.SEAL_CHANGED)),
        ("UPDATE seals SET at = 'yesterday' WHERE n = 2", (5, Break.SEAL_CHANGED)),
        ("UPDATE seals SET algorithm = 'ed25519' WHERE n = 2", (5, Break.SEAL_FORGED)),
        ("UPDATE seals SET key_id = 'another' WHERE n = 2", (5, Break.SEAL_FORGED)),
        ("UPDATE seals SET work = 'refunds' WHERE n = 3", (1, Break.SEAL_REMOVED)),
        ("DELETE FROM seals WHERE n = 1", (1, Break.SEAL_REMOVED)),
        ("DELETE FROM seals WHERE n = 2", (5, Break.SEAL_REMOVED)),
    ],
)
def test_a_changed_or_lost_seal_is_named(sealed, statement, found):
    tamper(sealed, statement)
    (one, *_) = [one.result for one in verify_ledger(sealed, keys=KEYS) if isinstance(one.result, Broken)]
    assert (one.seq, one.what) == found


def test_reordered_seals_are_named(sealed):
    tamper(
        sealed,
        "UPDATE seals SET n = -1 WHERE n = 1",
        "UPDATE seals SET n = 1 WHERE n = 2",
        "UPDATE seals SET n = 2 WHERE n = -1",
    )
    assert broken(sealed) == (1, Break.SEAL_CHANGED)


def rewrite(store, from_seq, actor="eve"):
    """What somebody without the key can do: make every entry anew from one on, so that the chain holds."""
    entries = [one.entry for one in recorded(store, "triage")]
    head = entries[from_seq - 2].head if from_seq > 1 else None
    for old in entries[from_seq - 1 :]:
        made = append(
            head,
            work=old.work,
            at=old.at,
            kind=old.kind,
            actor=actor,
            subject=old.subject,
            digests=old.digests,
            body_digest=old.body_digest,
        )
        tamper(
            store,
            f"UPDATE ledger SET actor = '{actor}', previous = x'{made.previous.hex()}', hash = x'{made.hash.hex()}' "
            f"WHERE work = 'triage' AND seq = {made.seq}",
        )
        head = made.head


def test_a_chain_that_was_written_anew_is_found_by_the_seal_over_it(sealed):
    rewrite(sealed, 6)
    assert broken(sealed) == (5, Break.SEALED_OTHERWISE)
    assert broken(sealed, keys=None) == (5, Break.SEALED_OTHERWISE)


def test_a_chain_written_anew_and_sealed_anew_with_another_key_is_found(sealed, desk):
    rewrite(sealed, 6)
    tamper(sealed, "DELETE FROM seals WHERE n > 1")
    seal_work(sealed, "triage", key=OTHER.sealing, now=desk.now)
    assert broken(sealed) == (5, Break.SEAL_FORGED)


def test_entries_cut_off_with_all_they_spoke_of_are_found_by_the_seal_over_them(sealed):
    tamper(
        sealed,
        "DELETE FROM payloads WHERE id IN (SELECT id FROM decisions WHERE seq > 8)",
        "DELETE FROM decisions WHERE seq > 8",
        "DELETE FROM ledger WHERE seq > 8",
    )
    assert broken(sealed) == (9, Break.TRUNCATED)


def test_what_no_seal_covers_and_what_is_cut_off_with_its_seal_is_found_by_what_was_noted(sealed):
    noted = [Noted(head=head_of(sealed, "triage"), seal=last_seal(sealed, "triage").head)]
    assert isinstance(result(sealed, noted={"triage": noted}).result, Verified)
    tamper(
        sealed,
        "DELETE FROM payloads WHERE id IN (SELECT id FROM decisions WHERE seq = 10)",
        "DELETE FROM decisions WHERE seq = 10",
        "DELETE FROM ledger WHERE seq = 10",
    )
    assert isinstance(result(sealed).result, Verified)
    assert broken(sealed, noted={"triage": noted}) == (10, Break.TRUNCATED)


def test_seals_that_are_all_gone_are_found_by_what_was_noted(sealed):
    noted = [Noted(head=head_of(sealed, "triage"), seal=last_seal(sealed, "triage").head)]
    tamper(sealed, "DELETE FROM seals")
    assert isinstance(result(sealed).result, Verified)
    assert broken(sealed, noted={"triage": noted}) == (1, Break.SEAL_REMOVED)


def test_every_noted_end_counts_not_only_the_last(sealed, desk):
    early = Noted(head=head_of(sealed, "triage"))
    decided(desk, 2)
    late = Noted(head=head_of(sealed, "triage"))
    assert isinstance(result(sealed, noted={"triage": [early, late]}).result, Verified)
    rewrite(sealed, 10)
    assert broken(sealed, noted={"triage": [early, late]}) == (10, Break.UNLINKED)


def test_seals_of_a_chain_that_is_gone_say_so(store, desk):
    stop(store, "triage", by="ann", reason="odd", now=desk.now)
    seal_work(store, "triage", key=KEYS.sealing, now=desk.now)
    tamper(store, "DELETE FROM ledger", "DELETE FROM stops")
    assert broken(store) == (1, Break.TRUNCATED)


def test_one_entry_is_shown_to_be_under_its_seal(sealed):
    under = inclusion_of(sealed, "triage", 6)
    assert (under.seal.n, len(under.path)) == (2, 2)
    assert holds(under, KEYS)
    with pytest.raises(NotFound, match="no seal covers entry 10"):
        inclusion_of(sealed, "triage", 10)


def test_only_the_named_work_is_verified(sealed, desk):
    stop(sealed, "refunds", by="ann", reason="odd", now=desk.now)
    assert [one.work for one in verify_ledger(sealed, keys=KEYS)] == ["refunds", "triage"]
    assert [one.work for one in verify_ledger(sealed, keys=KEYS, work="refunds")] == ["refunds"]
    with pytest.raises(NotFound):
        verify_ledger(sealed, work="nothing")
