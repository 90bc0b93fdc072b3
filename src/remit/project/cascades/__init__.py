"""Cascades: what is fixed from the tune cases, and what proving one takes."""
