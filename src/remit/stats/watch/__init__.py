"""Watching work that is being done: true however often one looks."""
