"""Settle and answer: decisions, reviews and grants as one transaction each."""
