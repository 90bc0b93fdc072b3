"""The frozen case set of a definition, kept beside its case file as ``<id>.frozen.json``."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from remit.cases.case import CaseUse
from remit.cases.freeze import CaseSet, Frozen
from remit.definition.flaws import json_fault, json_found
from remit.errors import DocumentInvalid, FrozenChanged, Location
from remit.files.atomic import write_text
from remit.files.text_file import read_text

__all__ = ["frozen_path", "read_frozen", "write_frozen"]

_FORMAT: Final = 1
_MAX_BYTES: Final = 100_000
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_KIND: Final = "frozen cases"


def frozen_path(case_file: Path, work: str) -> Path:
    """Where the frozen set of ``work`` is kept: beside its case file."""
    return case_file.with_name(f"{work}.frozen.json")


def write_frozen(path: Path, frozen: Frozen, *, replace: bool = False) -> None:
    """Keep what was frozen, wholly or not at all.

    Raises:
        FrozenChanged: another set was frozen there, and ``replace`` does not allow another one.
        FileUnreadable: it can't be written.
    """
    before = read_frozen(path)
    if before is not None and not replace and before.prove != frozen.prove:
        raise FrozenChanged(
            "another prove set is frozen already",
            where=Location(file=str(path)),
            expected=f"digest {before.prove.digest[:12]}, frozen {before.frozen_at.date().isoformat()}",
            found=f"digest {frozen.prove.digest[:12]}",
            mend="restore the cases, or say that a new set takes its place: what was proved on the old one is void",
        )
    document = {
        "remit": _FORMAT,
        "kind": _KIND,
        "work": frozen.work,
        "frozen_at": frozen.frozen_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "schemas_digest": frozen.schemas_digest,
        **{one.use.value: {"n": one.n, "digest": one.digest} for one in (frozen.tune, frozen.prove)},
    }
    write_text(path, json.dumps(document, indent=2) + "\n")


def read_frozen(path: Path) -> Frozen | None:
    """What was frozen; None where nothing was.

    Raises:
        DocumentInvalid: the file is of another version, or was changed by hand.
        FileUnreadable: it can't be read.
    """
    if not path.exists():
        return None
    try:
        return _read(json.loads(read_text(path, limit_bytes=_MAX_BYTES)))
    except (ValueError, TypeError, RecursionError) as error:
        raise DocumentInvalid(
            f"{path.name} is no frozen case set that can be read",
            where=Location(file=str(path)),
            expected=f'what `remit cases freeze` writes ("remit": {_FORMAT}, "kind": "{_KIND}")',
            found=json_fault(error)[:100],
            mend="restore the file, or freeze the cases again",
        ) from error


def _read(document: Any) -> Frozen:
    for name, known in (("remit", _FORMAT), ("kind", _KIND)):
        if _part(document, name) != known:
            raise _wrong(name, document[name])
    work = _text(document, "work")
    return Frozen(
        work=work,
        tune=_case_set(document, work, CaseUse.TUNE),
        prove=_case_set(document, work, CaseUse.PROVE),
        frozen_at=_moment(document, "frozen_at"),
        schemas_digest=_digest(document, "schemas_digest"),
    )


def _case_set(document: Any, work: str, use: CaseUse) -> CaseSet:
    part = _part(document, use.value)
    n = _part(part, "n")
    if type(n) is not int or n < 0:
        raise _wrong("n", n)
    return CaseSet(work=work, use=use, digest=_digest(part, "digest"), n=n)


def _part(document: Any, name: str) -> Any:
    if not isinstance(document, dict):
        raise TypeError(json_found(document))
    if name not in document:
        message = f"no `{name}`"
        raise ValueError(message)
    return document[name]


def _text(document: Any, name: str) -> str:
    value = _part(document, name)
    if not isinstance(value, str):
        raise _wrong(name, value)
    return value


def _digest(document: Any, name: str) -> str:
    value = _text(document, name)
    if not _DIGEST.match(value):
        raise _wrong(name, value)
    return value


def _moment(document: Any, name: str) -> datetime:
    value = _text(document, name)
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise _wrong(name, value) from None
    if at.tzinfo is None:
        raise _wrong(name, value)
    return at


def _wrong(name: str, value: Any) -> ValueError:
    return ValueError(f"`{name}` is {json_found(value)}")
