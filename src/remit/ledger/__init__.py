"""Ledger entries, their chain, and verification. Pure."""
