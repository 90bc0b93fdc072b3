"""Whether any item is without its record: the keys of the source system held against what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from remit.errors import FileUnreadable, Location, NotEnough
from remit.project.operating import measure_operation
from remit.project.people import who

if TYPE_CHECKING:
    from remit.project.work import Work

__all__ = ["RecordsCounted", "drill_records"]

MOST_KEYS = 1_000_000
LIMIT_BYTES = 200_000_000
_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsCounted:
    """How many of the ``n`` items that ``source`` says it sent have no whole record, with a few of their keys."""

    source: str
    n: int
    n_missing: int
    sample: tuple[str, ...]


def drill_records(work: Work, keys: Path, *, source: str, by: str | None) -> RecordsCounted:
    """Hold the keys of the items that a source system says it sent against the records.

    Args:
        work: the work.
        keys: a text file with one key a line, as the items were decided with; empty lines do not count.
        source: the system that they come from.
        by: who does it.

    Raises:
        FileUnreadable: the file can't be read, is too large, or is no text.
        NotEnough: it names no item.
    """
    from remit.runtime.drilling.record import record_drill
    from remit.store.figures.recent import n_recorded

    project, ambient = work.project, work.project.ambient
    person = who(project, by)
    names = _keys(keys)
    missing = [key for key in names if not n_recorded(project.store, work.id, key)]
    found = RecordsCounted(source=source, n=len(names), n_missing=len(missing), sample=tuple(missing[:_SHOWN]))
    record_drill(
        project.store,
        work=work.id,
        drill=ambient.new_id(),
        what="records",
        by=person.id,
        now=ambient.now(),
        found={"source": source, "n": found.n, "n_missing": found.n_missing, "sample": list(found.sample)},
    )
    measure_operation(work)
    return found


def _keys(file: Path) -> tuple[str, ...]:
    where = Location(file=str(file))
    mend = "name a text file in UTF-8, one key a line"
    try:
        if file.stat().st_size > LIMIT_BYTES:
            raise FileUnreadable(f"{file} is larger than {LIMIT_BYTES:,} bytes", where=where, mend="split it")
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "it is no UTF-8 text"
        raise FileUnreadable(f"{file} can't be read: {why}", where=where, mend=mend) from None
    names = tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not names:
        raise NotEnough(f"{file} names no item", where=where, expected="one key a line", found="none", mend=mend)
    if len(names) > MOST_KEYS:
        raise FileUnreadable(f"{file} names more than {MOST_KEYS:,} items", where=where, mend="split it")
    return names
