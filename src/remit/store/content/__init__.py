"""Content apart from its record: what is left of it once it is erased."""
