"""Two versions of a definition, wherever they are: in files, in git, or in the store."""

from remit.project.comparing.versions import compare_files, compare_work

__all__ = ["compare_files", "compare_work"]
