"""What every call that leaves Remit by HTTP has in common: addresses, signatures, and when to try again."""
