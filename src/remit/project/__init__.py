"""A project folder, opened: the one place that joins files, store, executors, clock and randomness."""

from remit.project.ambient import Ambient, system
from remit.project.folder import Project
from remit.project.work import Work

__all__ = ["Ambient", "Project", "Work", "system"]
