"""Executors that are made of others of the same work: who their parts are, and what is fixed from the tune cases."""
