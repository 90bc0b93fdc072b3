"""People decide: what waits for whom, planted cases, and what is known of those who decide."""

from remit.project.reviewing.desk import ReviewDesk

__all__ = ["ReviewDesk"]
