"""Ledger entries, their chain, seals over it, and verification. Pure."""

from remit.ledger.chain import (
    Break,
    Broken,
    Verified,
    append,
    body_digest,
    check_link,
    hash_of,
    hash_of_texts,
    payload_digest,
    verify,
)
from remit.ledger.entry import GENESIS, Head, LedgerEntry, LedgerKind
from remit.ledger.keys import SealAlgorithm, SealKey, SealKeys, key_text, public_text, read_keys
from remit.ledger.merkle import inclusion_path, root_by_path, root_of
from remit.ledger.seal import Inclusion, Seal, SealHead, SealPass, SealsVerified, holds, make_seal
from remit.ledger.text import instant_text, json_text, read_instant

__all__ = [
    "GENESIS",
    "Break",
    "Broken",
    "Head",
    "Inclusion",
    "LedgerEntry",
    "LedgerKind",
    "Seal",
    "SealAlgorithm",
    "SealHead",
    "SealKey",
    "SealKeys",
    "SealPass",
    "SealsVerified",
    "Verified",
    "append",
    "body_digest",
    "check_link",
    "hash_of",
    "hash_of_texts",
    "holds",
    "inclusion_path",
    "instant_text",
    "json_text",
    "key_text",
    "make_seal",
    "payload_digest",
    "public_text",
    "read_instant",
    "read_keys",
    "root_by_path",
    "root_of",
    "verify",
]
