"""The ledger of a project: its key, its seals, its anchors, what leaves it and what is erased."""
