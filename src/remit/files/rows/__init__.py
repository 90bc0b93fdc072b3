"""Rows of a file, one at a time, whatever they are: cases, items, truths or answers; CSV, JSONL or Parquet."""

from remit.files.rows.kind import RowKind, Rows
from remit.files.rows.stream import stream_rows
from remit.files.rows.twice import unique

__all__ = ["RowKind", "Rows", "stream_rows", "unique"]
