"""Asking an executor about the same cases in other ways: again, without a field, with another case's value."""

from remit.proof.probing.probe import probe

__all__ = ["probe"]
