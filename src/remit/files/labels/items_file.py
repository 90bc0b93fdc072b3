"""The items that wait to be labelled: one JSON object a line, as in a case file, without any answer."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from remit.cases.case import Case
from remit.definition.model import Definition
from remit.errors import CasesInvalid, FileUnreadable, Location, Problem, RunInProgress
from remit.files.atomic import make_folder, write_bytes
from remit.files.case_file import stream_cases
from remit.files.text_file import is_file

__all__ = ["add_items", "alone_with", "item_document", "read_items"]


@contextmanager
def alone_with(case_file: Path) -> Iterator[None]:
    """Change the files of a case set by one process at a time: who comes second is told so.

    Raises:
        RunInProgress: another process is at it.
        FileUnreadable: the folder can't be made or read.
    """
    folder = case_file.parent
    make_folder(folder)
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise FileUnreadable(f"{folder} can't be read: {error.strerror}", where=Location(file=str(folder))) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise RunInProgress(
            f"another process changes the cases in {folder}",
            where=Location(file=str(folder)),
            mend="wait until it is done",
        ) from None
    finally:
        os.close(descriptor)


def read_items(path: Path, definition: Definition) -> tuple[Case, ...]:
    """The items to be labelled, in their order, each without an expected answer; none where there is no file.

    Raises:
        CasesInvalid: with the first problems, each with its line.
        FileUnreadable: it can't be read.
    """
    if not is_file(path):
        return ()
    items: list[Case] = []
    problems: list[Problem] = []
    for one in stream_cases(path, definition=definition, unlabelled=True):
        if isinstance(one, Case):
            items.append(one)
        else:
            problems.append(one)
    if problems:
        raise CasesInvalid(problems=problems)
    return tuple(items)


def add_items(path: Path, items: Iterable[Case]) -> None:
    """Add items at the end of the file, all of them or none.

    Raises:
        FileUnreadable: it can't be written. What was there before is still there.
    """
    before = path.read_bytes() if path.exists() else b""
    if before and not before.endswith(b"\n"):
        before += b"\n"
    lines = "".join(json.dumps(item_document(one), ensure_ascii=False) + "\n" for one in items)
    write_bytes(path, before + lines.encode())


def item_document(item: Case) -> dict[str, object]:
    """An item as one line of JSONL says it."""
    document: dict[str, object] = {"case": item.id, "input": dict(item.input)}
    if item.tags:
        document["tags"] = list(item.tags)
    return {**document, **item.slices}
