"""``remit drill``."""
