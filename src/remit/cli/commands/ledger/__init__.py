"""``remit ledger`` and ``remit erase``."""
