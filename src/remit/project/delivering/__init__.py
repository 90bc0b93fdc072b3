"""Sending what leaves, and looking at what has not left; alerts; both for one project."""
