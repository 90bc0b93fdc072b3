"""Writing answers into a case file: cells of some cases, and new rows at the end; every other byte stays."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final

from remit.cases.case import Case
from remit.cases.cells import answer_text
from remit.definition.flaws import listing, shortened
from remit.errors import CasesInvalid, Location
from remit.files.atomic import write_bytes
from remit.files.case_file.splicing import Lines, cell_text, row_text, spliced
from remit.files.rows.csv_file import raise_cell_limit
from remit.files.rows.jsonl_file import parse_line
from remit.files.rows.opening import open_file
from remit.files.text_file import is_file
from remit.items import Json

__all__ = ["Filled", "write_answers"]

_LISTS: Final = {"tags": " ", "labelled_by": ";"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What is written of one case: columns by their names (``expected.team``), values in their types."""

    case: str
    values: Mapping[str, Json]


def write_answers(path: Path, *, changed: Sequence[Filled], added: Sequence[Case], columns: Sequence[str]) -> None:
    """Write answers into the rows of some cases, and add rows for items that are cases from now on.

    In CSV and JSONL every byte of the other cells and lines stays as it is; columns that are missing are added at the
    end.  The new file takes the place of the old one wholly or not at all; where there was none, it is made.

    Args:
        path: a ``.csv`` or ``.jsonl`` file that ``stream_cases`` reads without problems, or a new one.
        changed: cells of cases that are in the file.
        added: cases that are not.
        columns: every column that a new file has.

    Raises:
        FileUnreadable: it can't be read or written.
        CasesInvalid: it is neither CSV nor JSONL, or some of the changed cases are not in it.
    """
    left = {one.case: one.values for one in changed}
    match path.suffix.lower():
        case ".csv":
            content = "".join(_csv(path, left, [_flat(case) for case in added], columns)).encode()
        case ".jsonl":
            content = b"".join(_jsonl(path, left, added))
        case other:
            raise CasesInvalid(
                f"answers can't be written into {path.name}",
                where=Location(file=str(path)),
                expected="a case file that ends with .csv or .jsonl",
                found=other or "no ending",
                mend="save the cases as CSV or JSONL, and name that file in cases.path",
            )
    if left:
        names = listing(shortened(one) for one in sorted(left)[:5])
        raise CasesInvalid(f"{len(left)} cases are not in the file", where=Location(file=str(path)), found=names)
    write_bytes(path, content)


def _flat(case: Case) -> dict[str, Json]:
    """A case by the columns of a case file."""
    flat: dict[str, Json] = {"case": case.id}
    for part, fields in (("input", case.input), ("expected", case.expected), ("second", case.second)):
        flat |= {f"{part}.{name}": value for name, value in fields.items()}
    flat |= {name: list(value) for name, value in (("tags", case.tags), ("labelled_by", case.labelled_by)) if value}
    return {**flat, **case.slices}


def _cell(column: str, value: Json) -> str:
    if value is None:
        return ""
    if column in _LISTS and isinstance(value, list):
        return _LISTS[column].join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return answer_text(value)


def _csv(
    path: Path, left: dict[str, Mapping[str, Json]], added: Sequence[Mapping[str, Json]], columns: Sequence[str]
) -> Iterator[str]:
    if not is_file(path):
        yield row_text(columns) + "\n"
        yield from (row_text([_cell(name, row.get(name)) for name in columns]) + "\n" for row in added)
        return
    raise_cell_limit()
    wanted = dict.fromkeys(name for one in (*left.values(), *added) for name in one)
    with open_file(path) as binary:
        text = TextIOWrapper(binary, encoding="utf-8", newline="")
        bom = "\ufeff" if text.read(1) == "\ufeff" else ""
        text.seek(len(bom.encode()))
        yield bom
        lines = Lines(text)
        names: list[str] = []
        raw, end, n_before = "", "\n", 0
        for row in csv.reader(lines, strict=True):
            raw = lines.taken()
            end = _line_end(raw) or end
            if not any(row):
                yield raw
            elif not names:
                names = [name.strip() for name in row]
                n_before = len(names)
                names += [name for name in wanted if name not in names]
                yield spliced(raw, {at: cell_text(names[at]) for at in range(n_before, len(names))})
            else:
                cells = dict.fromkeys(range(n_before, len(names)), "")
                values = left.pop(row[names.index("case")], {})
                cells |= {names.index(name): cell_text(_cell(name, value)) for name, value in values.items()}
                yield spliced(raw, cells)
        if added and not _line_end(raw):
            yield end
        yield from (row_text([_cell(name, one.get(name)) for name in names]) + end for one in added)


def _line_end(raw: str) -> str:
    return raw[len(raw.rstrip("\r\n")) :]


def _jsonl(path: Path, left: dict[str, Mapping[str, Json]], added: Sequence[Case]) -> Iterator[bytes]:
    last = b"\n"
    if is_file(path):
        with open_file(path) as file:
            for number, raw in enumerate(file, 1):
                last = raw
                bom = b"\xef\xbb\xbf" if number == 1 and raw.startswith(b"\xef\xbb\xbf") else b""
                values = parse_line(raw.removeprefix(bom)) if raw.strip() else {}
                changes = left.pop(str(values.get("case")), None) if values else None
                end = raw[len(raw.rstrip()) :]
                yield raw if changes is None else bom + _dumped(_with_values(values, changes)) + end
    if added and not last.endswith(b"\n"):
        yield b"\n"
    for case in added:
        yield _dumped(_document(case)) + b"\n"


def _with_values(values: dict[str, Any], changes: Mapping[str, Json]) -> dict[str, Any]:
    """The values of a line with some changed; they go where the line has them, nested or not."""
    changed = dict(values)
    for column, value in changes.items():
        part, dot, name = column.partition(".")
        if not dot or column in changed:
            changed[column] = value
        else:
            nested = changed.get(part)
            changed[part] = {**(nested if isinstance(nested, dict) else {}), name: value}
    return changed


def _document(case: Case) -> dict[str, Any]:
    document: dict[str, Any] = {"case": case.id, "input": dict(case.input), "expected": dict(case.expected)}
    document |= {"second": dict(case.second)} if case.second else {}
    document |= {name: list(value) for name, value in (("tags", case.tags), ("labelled_by", case.labelled_by)) if value}
    return {**document, **case.slices}


def _dumped(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode()
