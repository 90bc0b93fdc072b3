"""Seal the ledger, and show that an entry is under a seal."""

from remit.runtime.sealing.seals import SEAL_AFTER, SEAL_EVERY, inclusion_of, seal_due, seal_work

__all__ = ["SEAL_AFTER", "SEAL_EVERY", "inclusion_of", "seal_due", "seal_work"]
