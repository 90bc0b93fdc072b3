"""A range of the ledger as a file that verifies by itself."""

from remit.runtime.exporting.lines import Export, begin_export, export_lines
from remit.runtime.exporting.verify import FileVerified, verify_lines

__all__ = ["Export", "FileVerified", "begin_export", "export_lines", "verify_lines"]
