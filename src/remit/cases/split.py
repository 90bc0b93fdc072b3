"""Dividing cases into those for tuning and those for proving: once, by a seed, and never both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from remit.cases.case import Case, CaseUse
from remit.cases.freeze import folded_key
from remit.definition.digests import canonical_json
from remit.errors import ArgumentInvalid

__all__ = ["split"]


@dataclass(slots=True)
class _Unit:
    """Cases with the same input: they are never parted. The first id in the order of the alphabet stands for them."""

    ids: list[str] = field(default_factory=list)
    first: str = ""
    stratum: bytes = b""


def split(
    cases: Iterable[Case], *, seed: int, share_prove: float, by: Sequence[str] | None = None
) -> Mapping[str, CaseUse]:
    """Which case is for tuning and which for proving.

    Every stratum gives its share to the prove set, within one case; what rounding leaves over is carried on to the
    next, so that the whole comes out within one case too.  Cases whose input is the same, white space and case of
    letters aside, stay together, so that nothing proved was seen in tuning; a stratum may then be off by as many.
    The order of the cases plays no part; the same seed and the same cases give the same division.

    Args:
        cases: the cases; their ids are unique. What ``use`` says of them is not looked at.
        seed: chooses among all divisions. Choose it before looking.
        share_prove: the share of the cases to prove with, in (0, 1).
        by: expected fields, slices or inputs whose values make a stratum; the whole expected answer where left out.

    Raises:
        ArgumentInvalid: the share is not inside (0, 1).
    """
    if not 0.0 < share_prove < 1.0:
        raise ArgumentInvalid(
            "share_prove is outside its domain", expected="a share above 0 and below 1", found=str(share_prove)
        )
    strata: dict[bytes, list[_Unit]] = {}
    for unit in _units(cases, by).values():
        strata.setdefault(unit.stratum, []).append(unit)
    uses: dict[str, CaseUse] = {}
    owed = 0.0
    for stratum in sorted(strata):
        units = sorted(strata[stratum], key=lambda unit: _draw(seed, unit.first))
        owed += share_prove * sum(len(unit.ids) for unit in units)
        for unit in units:
            n = len(unit.ids)
            proves = owed >= n / 2
            owed -= n if proves else 0
            uses |= dict.fromkeys(unit.ids, CaseUse.PROVE if proves else CaseUse.TUNE)
    return uses


def _units(cases: Iterable[Case], by: Sequence[str] | None) -> dict[int, _Unit]:
    units: dict[int, _Unit] = {}
    for case in cases:
        unit = units.setdefault(folded_key(case), _Unit())
        unit.ids.append(case.id)
        if not unit.first or case.id < unit.first:
            unit.first, unit.stratum = case.id, _stratum(case, by)
    return units


def _stratum(case: Case, by: Sequence[str] | None) -> bytes:
    values = (
        case.expected
        if by is None
        else {name: case.expected.get(name, case.slices.get(name, case.input.get(name))) for name in by}
    )
    return blake2b(canonical_json(values), digest_size=16).digest()


def _draw(seed: int, text: str) -> bytes:
    return blake2b(text.encode(), key=str(seed).encode()[:64], digest_size=16).digest()
