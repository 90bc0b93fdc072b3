"""Where items to label, labels and settled answers are kept: beside the case file, by the name of the work."""

from __future__ import annotations

from pathlib import Path

__all__ = ["items_path", "label_paths", "labels_folder", "labels_path", "settled_path"]


def items_path(case_file: Path, work: str) -> Path:
    """The items without a known answer: ``<work>.items.jsonl``."""
    return case_file.with_name(f"{work}.items.jsonl")


def labels_folder(case_file: Path, work: str) -> Path:
    """The folder of the label files: ``<work>.labels``."""
    return case_file.with_name(f"{work}.labels")


def labels_path(case_file: Path, work: str, person: str) -> Path:
    """What one person said: ``<work>.labels/<person>.jsonl``."""
    return labels_folder(case_file, work) / f"{person}.jsonl"


def label_paths(case_file: Path, work: str) -> tuple[Path, ...]:
    """The label files that are there, by the names of the people."""
    return tuple(sorted(path for path in labels_folder(case_file, work).glob("*.jsonl") if path.is_file()))


def settled_path(case_file: Path, work: str) -> Path:
    """What the accountable person settled: ``<work>.settled.jsonl``."""
    return case_file.with_name(f"{work}.settled.jsonl")
