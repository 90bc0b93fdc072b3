"""Batches and proofs on a Ray cluster: each worker opens the project and goes the same way as one process alone."""
