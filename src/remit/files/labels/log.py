"""A label file: one line for each thing that was said, only ever added to, each on the disk before the next."""

from __future__ import annotations

import fcntl
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from remit.cases.labelling.label import Label, LabelCheck, Said
from remit.definition.flaws import json_fault, json_found, shortened
from remit.errors import CasesInvalid, FileUnreadable, Location, Problem, RunInProgress
from remit.files.atomic import make_folder, sync_folder
from remit.files.rows.jsonl_file import MAX_LINE, parse_line

__all__ = ["LabelLog", "read_labels"]

_MAX_BYTES: Final = 500_000_000
_MAX_PROBLEMS: Final = 20


def read_labels(path: Path, check: LabelCheck) -> tuple[Label, ...]:
    """Every line of a label file, in its order; none where there is no file.

    A last line that was not written to its end (the power went) is no line: nobody was told that it is kept.

    Raises:
        CasesInvalid: what is wrong, line by line.
        FileUnreadable: it can't be read, or is too large.
    """
    labels: list[Label] = []
    problems: list[Problem] = []
    for number, raw in enumerate(_content(path).splitlines(keepends=True), 1):
        if not raw.strip() or (not raw.endswith(b"\n") and not _is_whole(raw)):
            continue
        found = _line(path, number, raw, check)
        if isinstance(found, Label):
            labels.append(found)
        else:
            problems += found
        if len(problems) >= _MAX_PROBLEMS:
            break
    if problems:
        raise CasesInvalid(problems=problems[:_MAX_PROBLEMS])
    return tuple(labels)


class LabelLog:
    """A label file that is open to be added to, by one process at a time.

    Raises:
        RunInProgress: another process has it open.
        FileUnreadable: it can't be made or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        make_folder(path.parent)
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        except OSError as error:
            raise self._refused(error) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._mend_end()
            sync_folder(path.parent)
        except BlockingIOError:
            os.close(self._file)
            raise RunInProgress(
                f"{path.name} is open in another terminal",
                where=Location(file=str(path)),
                expected="one process at a time",
                found="two",
                mend="go on there, or end it first",
            ) from None
        except OSError as error:
            os.close(self._file)
            raise self._refused(error) from error

    def add(self, label: Label) -> None:
        """Write one line. When this returns, it is on the disk.

        Raises:
            FileUnreadable: the disk does not take it. Then it is not kept.
        """
        line = _written(label)
        try:
            before = os.fstat(self._file).st_size
            n_written = os.write(self._file, line)
            if n_written == len(line):
                os.fsync(self._file)
                return
            os.ftruncate(self._file, before)
        except OSError as error:
            raise self._refused(error) from error
        raise self._refused(OSError(None, "the disk is full"))

    def close(self) -> None:
        """Let the next process have it."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _mend_end(self) -> None:
        """Take away a last line that was cut off, or end one whose line end an editor took."""
        content = _content(self._path)
        if not content or content.endswith(b"\n"):
            return
        last = content.rsplit(b"\n", 1)[-1]
        if _is_whole(last):
            os.write(self._file, b"\n")
        else:
            os.ftruncate(self._file, len(content) - len(last))
        os.fsync(self._file)

    def _refused(self, error: OSError) -> FileUnreadable:
        return FileUnreadable(
            f"{self._path} can't be written: {error.strerror or error}",
            where=Location(file=str(self._path)),
            mend="check that the folder is writable, and on a disk with room",
        )


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise FileUnreadable(
                f"{path} is too large", where=Location(file=str(path)), expected=f"at most {_MAX_BYTES:,} bytes"
            )
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise FileUnreadable(f"{path} can't be read: {error.strerror}", where=Location(file=str(path))) from error


def _is_whole(raw: bytes) -> bool:
    try:
        parse_line(raw)
    except (ValueError, RecursionError):
        return False
    return True


def _line(path: Path, number: int, raw: bytes, check: LabelCheck) -> Label | tuple[Problem, ...]:
    where = Location(file=str(path), line=number)
    expected = f'a line that {check.written_by} writes: {{"case": ..., "answer": {{...}}, ...}}'
    if len(raw) > MAX_LINE:
        return (Problem(message="the line is too long", where=where, expected=f"at most {MAX_LINE:,} bytes"),)
    try:
        values = parse_line(raw)
    except (ValueError, RecursionError) as error:
        return (
            Problem(
                message=f"the line is no JSON that can be used: {json_fault(error)}",
                where=where,
                expected=expected,
                found=shortened(raw.decode("utf-8", "replace")),
                mend=check.mend,
            ),
        )
    if not isinstance(values, dict):
        return (Problem(message="the line is no object", where=where, expected=expected, found=json_found(values)),)
    return check.label(values, number)


def _written(label: Label) -> bytes:
    values: dict[str, object] = {"case": label.case}
    match label.said:
        case Said.ANSWER:
            values["answer"] = dict(label.output or {})
        case Said.QUESTION:
            values["question"] = label.note
        case Said.SKIP | Said.UNDO:
            values[label.said.value] = True
    if label.by is not None:
        values["by"] = label.by
    if label.seconds is not None:
        values["seconds"] = round(label.seconds, 1)
    values |= {"asked": label.asked, "at": _instant(label.at)}
    return (json.dumps(values, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
