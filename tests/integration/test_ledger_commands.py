"""The sealed record by commands only: seal, verify, note elsewhere, take out, erase."""

from __future__ import annotations

import json
import sqlite3
import stat

import pytest

from remit.ledger import SealAlgorithm, key_text, public_text, read_keys

ITEM = {"amount": 20.0, "days_since": 3, "note": "zebra-striped lamp"}


def changed(small, statement):
    with sqlite3.connect(small.root / ".remit" / "remit.db") as database:
        database.execute(statement)
    database.close()


@pytest.fixture
def decided(small, remit):
    """Three items decided and nothing sealed yet; people do this work."""
    file = str(small.write("item.json", json.dumps(ITEM)))
    for n in range(3):
        assert remit("decide", "refunds", "--input", file, "--key", f"k{n}").code == 0
    return small


def head(remit, *more):
    (chain,) = remit("ledger", "verify", *more, "--json").document["chains"]
    return chain


def test_sealing_makes_a_key_that_only_its_owner_reads(decided, remit):
    assert head(remit)["n_seals"] == 0
    assert "refunds: seal 1 over entries 1 to 3" in remit("ledger", "seal").out
    assert "nothing to seal" in remit("ledger", "seal").out
    key = decided.root / ".remit" / "seal.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert (head(remit)["n_seals_checked"], head(remit)["sealed_to"]) == (1, 3)
    kept = key.read_text(encoding="utf-8")
    key.unlink()
    said = remit("ledger", "verify")
    assert said.code == 0
    assert "not checked" in said.out
    elsewhere = decided.write("kept.key", kept)
    assert head(remit, "--key", str(elsewhere))["n_seals_checked"] == 1


def test_a_record_whose_seals_are_gone_says_that_none_is_there_and_since_when(decided, remit):
    assert "No seal is there over refunds" in remit("ledger", "verify").out
    assert "though there is a key here" not in remit("ledger", "verify").out
    assert remit("ledger", "seal").code == 0
    assert "No seal" not in remit("ledger", "verify").out
    changed(decided, "DELETE FROM seals")
    said = remit("ledger", "verify")
    assert said.code == 0
    told = " ".join(said.out.split())
    assert "No seal is there over refunds: it is not sealed since entry 1, of " in told
    assert "though there is a key here" in told
    (chain,) = remit("ledger", "verify", "--json").document["chains"]
    assert (chain["unsealed"]["first_seq"], chain["unsealed"]["key_known"]) == (1, True)


def test_the_setting_gives_the_key_and_a_public_half_verifies(decided, remit, monkeypatch):
    secret = key_text(SealAlgorithm.ED25519, b"s" * 32)
    public = decided.write("public.key", str(public_text(read_keys(secret, where="here").sealing)))
    monkeypatch.setenv("REMIT_SEAL_KEY", secret)
    assert remit("ledger", "seal").code == 0
    monkeypatch.delenv("REMIT_SEAL_KEY")
    assert not (decided.root / ".remit" / "seal.key").exists()
    assert head(remit, "--key", str(public))["n_seals_checked"] == 1
    monkeypatch.setenv("REMIT_SEAL_KEY", public.read_text(encoding="utf-8"))
    refused = remit("ledger", "seal")
    assert refused.code == 2
    monkeypatch.setenv("REMIT_SEAL_KEY", key_text(SealAlgorithm.HMAC_SHA256, b"o" * 32))
    assert "seal forged" in remit("ledger", "verify").out


def test_a_cut_is_found_by_the_ends_that_were_noted(decided, remit, tmp_path):
    anchors = str(tmp_path / "anchors.jsonl")
    assert "refunds: entry 3, hash" in remit("ledger", "anchor", anchors).out
    assert "nothing new" in remit("ledger", "anchor", anchors).out
    remit("ledger", "seal")
    assert "seal 1" in remit("ledger", "anchor", anchors).out
    assert len((tmp_path / "anchors.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    for table in ("reviews", "decisions", "ledger"):
        which = "decision_id IN (SELECT id FROM decisions WHERE seq = 3)" if table == "reviews" else "seq = 3"
        changed(decided, f"DELETE FROM {table} WHERE {which}")
    changed(decided, "DELETE FROM seals")
    assert remit("ledger", "verify").code == 0
    said = remit("ledger", "verify", "--anchor", anchors)
    assert said.code == 6
    assert "truncated" in said.out
    before = (tmp_path / "anchors.jsonl").read_bytes()
    assert remit("ledger", "anchor", anchors).code == 6
    assert (tmp_path / "anchors.jsonl").read_bytes() == before


def test_a_line_that_is_no_anchor_is_named(decided, remit, tmp_path):
    (tmp_path / "anchors.jsonl").write_text('{"remit": 1}\n', encoding="utf-8")
    said = remit("ledger", "verify", "--anchor", str(tmp_path / "anchors.jsonl"))
    assert said.code == 3
    assert "anchors.jsonl:1" in said.err


def test_what_is_taken_out_verifies_without_a_project(decided, remit, tmp_path, monkeypatch):
    remit("ledger", "seal")
    out = tmp_path / "out" / "refunds.jsonl"
    out.parent.mkdir()
    said = remit("ledger", "export", "refunds", str(out), "--with-content", "--by", "jonas")
    assert "entries 1 to 3 of refunds, with content" in said.out
    assert remit("ledger", "export", "refunds", str(out), "--by", "jonas").code == 3
    assert remit("ledger", "export", "refunds", str(tmp_path / "x"), "--by", "tarek").code == 8
    assert not (tmp_path / "x").exists()
    assert head(remit)["n_entries"] == 4
    key = (decided.root / ".remit" / "seal.key").rename(out.parent / "seal.key")
    (decided.root / "remit.yaml").unlink()
    assert head(remit, "--file", str(out), "--key", str(key))["n_seals_checked"] == 1
    out.write_text(out.read_text(encoding="ascii").replace("zebra", "horse"), encoding="ascii")
    said = remit("ledger", "verify", "--file", str(out))
    assert said.code == 6
    assert "content changed" in said.out


def test_an_entry_is_shown_to_be_under_its_seal(decided, remit):
    assert remit("ledger", "path", "refunds", "2").code == 5
    remit("ledger", "seal")
    document = remit("ledger", "path", "refunds", "2", "--json").document
    assert len(document["path"]) == 2
    assert "root of seal 1" in remit("ledger", "path", "refunds", "2").out


def test_an_erased_item_says_so_and_the_record_still_verifies(decided, remit):
    first = remit("review", "list", "--json").document["reviews"][0]
    assert first["key"] == "k0"
    assert remit("review", "decide", first["id"], "--output", '{"refund": "yes"}', "--by", "tarek").code == 0
    erase = ("erase", "refunds", "--reason", "asked for on 3 May", "--by", "jonas")
    assert remit(*erase, "--item", "k1").code == 5
    said = remit(*erase, "--item", "k0")
    assert "2 contents" in said.out
    assert remit("erase", "refunds", "--item", "k2", "--reason", "no", "--by", "tarek").code == 8
    again = remit("decide", "refunds", "--input", str(decided.root / "item.json"), "--key", "k0")
    assert again.code == 5
    assert "because: asked for on 3 May" in again.err
    assert remit("ledger", "verify").code == 0


def test_a_sealed_record_is_not_sealed_by_a_new_key_and_goes_on_when_the_old_one_is_back(decided, remit):
    assert remit("ledger", "seal").code == 0
    key = decided.root / ".remit" / "seal.key"
    kept = key.rename(key.with_name("kept"))
    assert remit("stop", "refunds", "--by", "jonas", "--reason", "a try").code == 0
    refused = remit("ledger", "seal")
    assert refused.code == 2
    assert "sealed by a key that is not here" in " ".join(refused.err.split())
    assert not key.exists()
    kept.rename(key)
    assert remit("ledger", "seal").code == 0
    assert remit("ledger", "verify").code == 0
