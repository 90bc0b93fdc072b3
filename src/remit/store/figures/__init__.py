"""Counts over what runs: what waits, what came lately, how much comes in a day."""
