"""Settle and answer: decisions, reviews, grants and stops as one transaction each; and the record held to account."""
