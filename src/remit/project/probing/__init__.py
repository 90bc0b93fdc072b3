"""Probing an executor of a work on its tune cases."""

from remit.project.probing.asking import probe_work

__all__ = ["probe_work"]
