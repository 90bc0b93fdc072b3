"""Executors that are made of others, for a terminal."""
