"""A definition that grows answer by answer."""

from remit.project.defining.draft import Draft, begin, home_of

__all__ = ["Draft", "begin", "home_of"]
