"""Executors that are a service of their own: JSON goes there, JSON comes back."""
