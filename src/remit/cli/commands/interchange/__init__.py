"""``remit import`` and ``remit export``: a module for each format."""
