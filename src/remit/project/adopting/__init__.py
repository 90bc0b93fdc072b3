"""Adoption in a service that runs already: its function stays in charge, and what it does is recorded beside it."""

from remit.project.adopting.decorator import executor

__all__ = ["executor"]
