"""Files beside the ledger: the key that seals it, and the anchors that note its ends."""
