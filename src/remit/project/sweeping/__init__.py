"""What happens by itself in a project."""

from remit.project.sweeping.sweeper import Sweeper

__all__ = ["Sweeper"]
