"""Many items in one transaction: each is decided and answered as if it were alone, and all share one commit."""
