from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from remit.errors import ArgumentInvalid, UsageError
from remit.ledger import (
    Break,
    Broken,
    Inclusion,
    SealAlgorithm,
    SealPass,
    SealsVerified,
    holds,
    inclusion_path,
    key_text,
    make_seal,
    public_text,
    read_keys,
    root_of,
)

AT = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
HASHES = [hashlib.sha256(bytes([n])).digest() for n in range(12)]
HMAC = key_text(SealAlgorithm.HMAC_SHA256, b"k" * 32)
PAIR = key_text(SealAlgorithm.ED25519, b"e" * 32)
OTHER = key_text(SealAlgorithm.HMAC_SHA256, b"o" * 32)


def keys(*texts):
    return read_keys("\n".join(texts), where="here")


def sealed(*ends, key=HMAC):
    made, first = [], 0
    for end in ends:
        made.append(
            make_seal(
                made[-1] if made else None,
                work="triage",
                hashes=HASHES[first:end],
                at=AT + timedelta(minutes=end),
                key=keys(key).sealing,
            )
        )
        first = end
    return made


def passed(seals, hashes=HASHES, **given):
    going = SealPass(iter(seals), keys=given.pop("keys", keys(HMAC)), **given)
    for one in hashes:
        if going.broken is not None or not going.follow(one):
            break
    return going.end()


def where(found):
    assert isinstance(found, Broken), found
    return found.seq, found.what


def test_seals_that_hold_say_how_far_they_reach():
    seals = sealed(5, 6, 11)
    expected = SealsVerified(n=3, last_seq=11, n_checked=3, head=seals[-1].head)
    assert passed(seals) == expected
    assert passed(seals, keys=None) == replace(expected, n_checked=0)
    assert passed([]) == SealsVerified(n=0, last_seq=0, n_checked=0, head=None)


def test_anybody_with_the_key_can_compute_a_seal_from_the_documented_text():
    (seal,) = sealed(5)
    root = root_of(HASHES[:5]).hex()
    zeros = "00" * 32
    text = (
        f'["remit-seal-1","triage",1,1,5,"{root}","{zeros}","2026-07-01T09:35:00.000000Z","hmac-sha256",'
        f'"{seal.key_id}"]'
    )
    assert seal.signature == hmac.digest(b"k" * 32, text.encode(), "sha256")
    assert seal.head.hash == hashlib.sha256(f"{text}\n{seal.signature.hex()}".encode()).digest()


CHANGES = {
    "work": "refunds",
    "first_seq": 7,
    "last_seq": 9,
    "root": b"r" * 32,
    "previous": b"p" * 32,
    "at": AT,
    "algorithm": "ed25519",
    "key_id": "0" * 16,
    "signature": b"s" * 32,
    "n": 7,
}


@pytest.mark.parametrize("field", sorted(CHANGES))
def test_a_change_of_any_field_of_a_seal_is_found_at_its_entries(field):
    seals = sealed(5, 8, 11)
    seals[1] = replace(seals[1], **{field: CHANGES[field]})
    seq, what = where(passed(seals))
    assert seq == 6
    assert what in {Break.SEAL_CHANGED, Break.SEAL_FORGED, Break.SEAL_REMOVED}


@pytest.mark.parametrize("field", sorted(CHANGES))
def test_without_the_key_a_changed_seal_is_found_by_the_one_that_follows(field):
    seals = sealed(5, 8, 11)
    seals[1] = replace(seals[1], **{field: CHANGES[field]})
    assert isinstance(passed(seals, keys=None), Broken)


def test_a_removed_seal_is_found():
    first, second, third = sealed(5, 8, 11)
    assert where(passed([first, third])) == (6, Break.SEAL_REMOVED)
    assert where(passed([second, third])) == (1, Break.SEAL_REMOVED)


def test_entries_that_are_not_those_that_were_sealed_are_found():
    hashes = [*HASHES[:6], b"x" * 32, *HASHES[7:]]
    assert where(passed(sealed(5, 8, 11), hashes)) == (6, Break.SEALED_OTHERWISE)


def test_entries_cut_off_behind_a_seal_are_found():
    assert where(passed(sealed(5, 8), HASHES[:7])) == (8, Break.TRUNCATED)
    assert where(passed(sealed(5), [])) == (1, Break.TRUNCATED)


def test_a_seal_by_another_key_is_forged():
    assert where(passed(sealed(5, key=OTHER))) == (1, Break.SEAL_FORGED)
    named = [replace(seal, key_id=keys(HMAC).sealing.id) for seal in sealed(5, key=OTHER)]
    assert where(passed(named)) == (1, Break.SEAL_CHANGED)


def test_a_seal_that_was_noted_elsewhere_has_to_be_there_and_the_same():
    seals = sealed(5, 8)
    assert isinstance(passed(seals, noted={2: seals[1].head.hash}), SealsVerified)
    assert where(passed(seals, noted={3: b"x" * 32})) == (9, Break.SEAL_REMOVED)
    assert where(passed([], noted={1: b"x" * 32})) == (1, Break.SEAL_REMOVED)
    assert where(passed(seals, noted={2: b"x" * 32})) == (6, Break.SEAL_FORGED)


def test_a_later_key_seals_and_earlier_ones_still_verify():
    both = keys(OTHER, HMAC)
    assert both.sealing.id == keys(HMAC).sealing.id
    assert isinstance(passed(sealed(5, key=OTHER), keys=both), SealsVerified)


def test_with_the_public_half_alone_anybody_verifies_and_nobody_seals():
    pair = keys(PAIR)
    public = keys(public_text(pair.sealing))
    assert public.sealing is None
    assert passed(sealed(5, 9, key=PAIR), keys=public).n_checked == 2
    changed = [replace(seal, at=AT) for seal in sealed(5, key=PAIR)]
    assert where(passed(changed, keys=public)) == (1, Break.SEAL_CHANGED)
    with pytest.raises(ArgumentInvalid):
        next(iter(public.known.values())).sign(b"anything")
    assert public_text(keys(HMAC).sealing) is None


def test_a_key_is_never_shown():
    assert (b"k" * 32).hex() not in repr(keys(HMAC))
    assert (b"e" * 32).hex() not in repr(keys(PAIR))


@pytest.mark.parametrize(
    "text",
    ["", "# nothing", "hmac-sha256:", "hmac-sha256:00", "md5:" + "00" * 32, "hmac-sha256:" + "0 " * 32, "00" * 32],
)
def test_what_is_no_key_is_refused_without_showing_it(text):
    with pytest.raises(UsageError) as caught:
        keys(text)
    assert "00" * 32 not in str(caught.value.problems)


def test_remarks_and_blank_lines_between_keys_are_passed_over():
    assert keys("# since July", "", OTHER, f"  {HMAC}  ").known.keys() == keys(HMAC, OTHER).known.keys()


def test_an_entry_is_shown_to_be_under_a_seal_by_a_short_path():
    seal = sealed(5, 11)[1]
    under = Inclusion(seq=8, hash=HASHES[7], path=inclusion_path(HASHES[5:11], 2), seal=seal)
    assert holds(under, keys(HMAC))
    assert not holds(replace(under, hash=HASHES[8]), keys(HMAC))
    assert not holds(replace(under, seq=9), keys(HMAC))
    assert not holds(under, keys(OTHER))
    assert not holds(replace(under, seal=replace(seal, at=AT)), keys(HMAC))


def test_nothing_can_not_be_sealed():
    with pytest.raises(ArgumentInvalid):
        make_seal(None, work="triage", hashes=[], at=AT, key=keys(HMAC).sealing)
