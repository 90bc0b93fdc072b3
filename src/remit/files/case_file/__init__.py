"""Case files: CSV, JSONL and Parquet streamed into cases, the split written back, the frozen set kept beside."""

from remit.files.case_file.filling import Filled, write_answers
from remit.files.case_file.frozen import frozen_path, read_frozen, write_frozen
from remit.files.case_file.splitting import write_split
from remit.files.case_file.stream import stream_cases

__all__ = ["Filled", "frozen_path", "read_frozen", "stream_cases", "write_answers", "write_frozen", "write_split"]
