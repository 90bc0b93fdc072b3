"""The mirror of facts and grants, ``.remit/facts.json``: what makes ``remit check`` need no database.

It is derived: deleting it loses nothing but the next ``remit cases check`` or ``remit prove`` writes it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remit.errors import DocumentInvalid, FileUnreadable, Location
from remit.readiness.facts import (
    AgreementFact,
    CaseFacts,
    GrantFact,
    ProbeFact,
    ProofFacts,
    RealItemsFact,
    SharedFailures,
)
from remit.readiness.operation_facts import OperationFacts

if TYPE_CHECKING:
    from remit.project.work import Work

__all__ = ["Mirrored", "mirror", "read_mirror", "write_mirror"]

_FORMAT = 1
_LIMIT_BYTES = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """What is mirrored of one work. ``case_file_sha256`` says which bytes ``cases`` was measured on.

    ``majority`` is the most frequent expected answer of the tune cases.  ``answers_sha256`` says which label files, and
    which case file, ``agreement`` was measured on.
    """

    cases: CaseFacts | None = None
    agreement: AgreementFact | None = None
    answers_sha256: str | None = None
    case_file_sha256: str | None = None
    majority: Mapping[str, Any] | None = None
    real_items: RealItemsFact | None = None
    proofs: tuple[ProofFacts, ...] = ()
    probes: tuple[ProbeFact, ...] = ()
    shared_failures: SharedFailures | None = None
    grants: tuple[GrantFact, ...] = ()
    operation: OperationFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mirror:
    remit: int = _FORMAT
    kind: str = "facts"
    works: Mapping[str, Mirrored] = field(default_factory=dict)


def read_mirror(state: Path, work: str) -> Mirrored:
    """What is mirrored of ``work``; nothing where there is no mirror.

    Raises:
        DocumentInvalid: the file is no mirror of this version.
    """
    return _read(state).works.get(work, Mirrored())


def mirror(work: Work, **changes: Any) -> None:
    """As :func:`write_mirror`; where it can't be written the project notes that: what is mirrored is derived."""
    try:
        write_mirror(work.project.state, work.id, **changes)
    except FileUnreadable as fault:
        work.project.not_kept.append(f"what `remit check` knows of `{work.id}` stays as it was: {fault}")


def write_mirror(state: Path, work: str, **changes: Any) -> Mirrored:
    """Put ``changes`` (fields of :class:`Mirrored`) into the mirror of ``work`` and write it whole."""
    from remit.files.atomic import make_own_folder, write_bytes

    try:
        mirror = _read(state)
    except DocumentInvalid:  # derived data: a broken mirror is made anew
        mirror = _Mirror()
    mirrored = replace(mirror.works.get(work, Mirrored()), **changes)
    make_own_folder(state)
    whole = replace(mirror, works={**mirror.works, work: mirrored})
    write_bytes(_path(state), _adapter().dump_json(whole, indent=1))
    return mirrored


def _path(state: Path) -> Path:
    return state / "facts.json"


def _read(state: Path) -> _Mirror:
    path = _path(state)
    try:
        if path.stat().st_size > _LIMIT_BYTES:
            raise _broken(path, f"it is larger than {_LIMIT_BYTES:,} bytes")
        data = path.read_bytes()
    except FileNotFoundError:
        return _Mirror()
    except OSError as fault:
        raise _broken(path, fault.strerror or str(fault)) from None
    from pydantic import ValidationError

    try:
        mirror: _Mirror = _adapter().validate_json(data, strict=True)
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise _broken(path, f"{place}: {first['msg']}" if place else first["msg"]) from None
    if mirror.remit != _FORMAT:
        raise _broken(path, f"it is of format {mirror.remit}, not {_FORMAT}")
    return mirror


def _broken(path: Path, why: str) -> DocumentInvalid:
    return DocumentInvalid(
        f"the mirror of facts can't be read: {why}",
        where=Location(file=str(path)),
        mend="delete it: `remit cases check` and `remit prove` write it again",
    )


@lru_cache(maxsize=1)
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(_Mirror)
