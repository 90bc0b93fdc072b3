"""One review as a person sees it, and the figures on those who decide, for a terminal."""

from remit.report.terminal.reviewing.figures import render_review_statistics
from remit.report.terminal.reviewing.view import listed, render_view

__all__ = ["listed", "render_review_statistics", "render_view"]
