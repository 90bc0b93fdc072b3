"""Executors that are made of others of the same work: who these are, and who made them."""
