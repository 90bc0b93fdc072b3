"""Ledger entries, their chain, and verification. Pure."""

from remit.ledger.chain import Break, Broken, Verified, append, body_digest, hash_of, payload_digest, verify
from remit.ledger.entry import GENESIS, Head, LedgerEntry, LedgerKind
from remit.ledger.text import instant_text, json_text, read_instant

__all__ = [
    "GENESIS",
    "Break",
    "Broken",
    "Head",
    "LedgerEntry",
    "LedgerKind",
    "Verified",
    "append",
    "body_digest",
    "hash_of",
    "instant_text",
    "json_text",
    "payload_digest",
    "read_instant",
    "verify",
]
