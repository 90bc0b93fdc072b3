"""Writing the split back into a case file: the column ``split``, and nothing else, changes."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, Final

from remit.cases.case import CaseUse
from remit.definition.flaws import listing, shortened
from remit.errors import CasesInvalid, Location
from remit.files.atomic import write_bytes
from remit.files.case_file.splicing import Lines, spliced
from remit.files.rows.csv_file import raise_cell_limit
from remit.files.rows.jsonl_file import parse_line
from remit.files.rows.opening import not_utf8, open_file
from remit.files.rows.parquet_file import polars

__all__ = ["write_split"]

_SPLIT: Final = "split"
_WRITTEN = re.compile(r'"split"\s*:\s*(?:"[^"\\]*"|null)')


def write_split(path: Path, uses: Mapping[str, CaseUse]) -> None:
    """Write what each case is for into the column ``split``, which is added where it is missing.

    Everything else stays as it is: in CSV every other byte, quotes, line ends and order included.  The new file takes
    the place of the old one wholly or not at all.  Cases that ``uses`` does not name keep what they have.

    Args:
        path: a ``.csv``, ``.jsonl`` or ``.parquet`` file that ``stream_cases`` reads without problems.
        uses: the use of every case, by id.

    Raises:
        FileUnreadable: the file is missing, not UTF-8, or can't be written.
        CasesInvalid: it is no case file, or some of the cases are not in it.
        InvalidInput: it is Parquet, and polars is not installed.
    """
    left = set(uses)
    content = BytesIO()
    try:
        match path.suffix.lower():
            case ".csv":
                content.writelines(part.encode() for part in _csv(path, uses, left))
            case ".jsonl":
                content.writelines(_jsonl(path, uses, left))
            case ".parquet":
                _parquet(path, uses, left).write_parquet(content)
            case other:
                raise _invalid(path, f"{path} is no case file", found=other or "no ending")
    except UnicodeDecodeError as error:
        raise not_utf8(path) from error
    if left:
        names = listing(shortened(one) for one in sorted(left)[:5])
        raise _invalid(path, f"{len(left)} cases of the split are not in the file", found=names)
    write_bytes(path, content.getvalue())


def _invalid(path: Path, message: str, *, line: int | None = None, found: str | None = None) -> CasesInvalid:
    return CasesInvalid(
        message, where=Location(file=str(path), line=line), found=found, mend="see what remit cases check says"
    )


def _use(case: str, uses: Mapping[str, CaseUse], left: set[str]) -> str | None:
    left.discard(case)
    use = uses.get(case)
    return None if use is None else use.value


def _csv(path: Path, uses: Mapping[str, CaseUse], left: set[str]) -> Iterator[str]:
    raise_cell_limit()
    with open_file(path) as binary:
        text = TextIOWrapper(binary, encoding="utf-8", newline="")
        bom = "\ufeff" if text.read(1) == "\ufeff" else ""
        text.seek(len(bom.encode()))
        yield bom
        lines = Lines(text)
        reader = csv.reader(lines, strict=True)
        names: list[str] | None = None
        try:
            for row in reader:
                raw = lines.taken()
                if not any(row):
                    yield raw
                elif names is None:
                    names = [name.strip() for name in row]
                    if "case" not in names:
                        raise _invalid(path, "column `case` is missing", line=reader.line_num)
                    yield raw if _SPLIT in names else spliced(raw, {len(names): _SPLIT})
                elif len(row) != len(names):
                    raise _invalid(path, "the row has another number of cells", line=reader.line_num)
                else:
                    yield _with_use(raw, row, names, _use(row[names.index("case")], uses, left))
        except csv.Error as error:
            raise _invalid(path, f"the file is no CSV: {error}", line=reader.line_num) from error


def _with_use(raw: str, row: list[str], names: list[str], use: str | None) -> str:
    if _SPLIT not in names:
        return spliced(raw, {len(names): use or ""})
    at = names.index(_SPLIT)
    return raw if use is None or row[at] == use else spliced(raw, {at: use})


def _jsonl(path: Path, uses: Mapping[str, CaseUse], left: set[str]) -> Iterator[bytes]:
    with open_file(path) as file:
        for number, raw in enumerate(file, 1):
            if not raw.strip():
                yield raw
                continue
            bom = b"\xef\xbb\xbf" if number == 1 and raw.startswith(b"\xef\xbb\xbf") else b""
            try:
                values = parse_line(raw.removeprefix(bom))
            except UnicodeDecodeError:
                raise
            except (ValueError, RecursionError) as error:
                raise _invalid(path, "the line is no JSON", line=number) from error
            if not isinstance(values, dict):
                raise _invalid(path, "the line is no object", line=number)
            use = _use(str(values.get("case")), uses, left)
            same = use is None or values.get(_SPLIT) == use
            yield raw if same else bom + _with_key(raw.removeprefix(bom).decode(), values, str(use)).encode()


def _with_key(raw: str, values: dict[str, Any], use: str) -> str:
    end = raw[len(raw.rstrip()) :]
    body = raw.rstrip()
    if _SPLIT not in values:
        return f'{body[:-1].rstrip()}{", " if values else ""}"split": "{use}"}}{end}'
    if len(_WRITTEN.findall(body)) == 1:
        return _WRITTEN.sub(f'"split": "{use}"', body) + end
    return json.dumps({**values, _SPLIT: use}, ensure_ascii=False) + end


def _parquet(path: Path, uses: Mapping[str, CaseUse], left: set[str]) -> Any:
    pl = polars(path)
    try:
        frame = pl.read_parquet(path, glob=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _invalid(path, f"{path} is no Parquet that can be read") from error
    if "case" not in frame.columns:
        raise _invalid(path, "column `case` is missing")
    cases = frame["case"].cast(pl.String).to_list()
    before = frame[_SPLIT].to_list() if _SPLIT in frame.columns else [None] * len(cases)
    found = [_use(str(case), uses, left) or old for case, old in zip(cases, before, strict=True)]
    return frame.with_columns(pl.Series(_SPLIT, found, dtype=pl.String))
