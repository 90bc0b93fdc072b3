"""The digest by which what was measured of a case file is known to be about this very content."""

from __future__ import annotations

import hashlib
from pathlib import Path

__all__ = ["case_file_digest"]

_HASHED_BYTES = 1 << 20


def case_file_digest(path: Path) -> str:
    """SHA-256 of the bytes of a file, hexadecimal."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_HASHED_BYTES):
            found.update(block)
    return found.hexdigest()
