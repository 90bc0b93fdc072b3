"""Case sets with a fixed digest: proof needs cases that nobody touched since they were frozen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b, sha256
from typing import Any

from remit.cases.case import Case, CaseUse
from remit.definition.digests import digest_of
from remit.definition.model import Definition
from remit.definition.schemas import input_schema, output_schema
from remit.errors import FrozenChanged

__all__ = ["CaseSet", "CaseSetDigest", "Frozen", "check_frozen", "folded_key", "freeze", "schemas_digest"]

_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSet:
    """The cases of one work definition with one use: how many, and one digest over all of them."""

    work: str
    use: CaseUse
    digest: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """What was frozen, when, and of which schemas."""

    work: str
    tune: CaseSet
    prove: CaseSet
    frozen_at: datetime
    schemas_digest: str


class CaseSetDigest:
    """SHA-256 over the sorted digests of the cases: the order of the rows plays no part.

    Each case adds 32 bytes; they are kept by their first byte, so that sorting never needs more than a small part of
    them at once.  A case is its id, input, expected answer, tags, labellers, slices and second answer; its row and its
    use are not.
    """

    __slots__ = ("_buckets", "n")

    def __init__(self) -> None:
        self._buckets = tuple(bytearray() for _ in range(256))
        self.n = 0

    def add(self, case: Case) -> None:
        """Take one case in."""
        said = [case.id, case.input, case.expected, sorted(case.tags), sorted(case.labelled_by), case.slices]
        if case.second:  # only then, so that sets that were frozen before there were second answers stay the same
            said.append(case.second)
        one = sha256(_dumps(said).encode()).digest()
        self._buckets[one[0]].extend(one)
        self.n += 1

    def digest(self) -> str:
        """The digest of all cases so far, hexadecimal."""
        whole = sha256()
        for bucket in self._buckets:
            for one in sorted(bytes(bucket[i : i + _BYTES]) for i in range(0, len(bucket), _BYTES)):
                whole.update(one)
        return whole.hexdigest()


_dumps = json.JSONEncoder(
    ensure_ascii=True, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=False, default=dict
).encode


def freeze(
    cases: Iterable[Case],
    *,
    definition: Definition,
    at: datetime,
) -> Frozen:
    """The case sets for tuning and proving as they are now; cases without a use are in neither.

    Args:
        cases: the cases, in any order, read once.
        definition: the definition they are for.
        at: now, aware UTC.
    """
    digests = {use: CaseSetDigest() for use in CaseUse}
    for case in cases:
        if case.use is not None:
            digests[case.use].add(case)
    return Frozen(
        work=definition.id,
        tune=_case_set(definition.id, CaseUse.TUNE, digests),
        prove=_case_set(definition.id, CaseUse.PROVE, digests),
        frozen_at=at,
        schemas_digest=schemas_digest(definition),
    )


def _case_set(work: str, use: CaseUse, digests: Mapping[CaseUse, CaseSetDigest]) -> CaseSet:
    return CaseSet(work=work, use=use, digest=digests[use].digest(), n=digests[use].n)


def schemas_digest(definition: Definition) -> str:
    """The digest of the schemas of input and output: under other schemas the same rows are other cases."""
    return digest_of({"input": input_schema(definition), "output": output_schema(definition)})


def check_frozen(frozen: Frozen, now: Frozen) -> None:
    """Hold a frozen case set against the cases as they are now.

    Raises:
        FrozenChanged: the prove set or the schemas are not what they were.
    """
    if now.prove != frozen.prove:
        raise FrozenChanged(
            "the prove set is not what it was when it was frozen",
            expected=f"{frozen.prove.n} cases, digest {frozen.prove.digest[:12]}",
            found=f"{now.prove.n} cases, digest {now.prove.digest[:12]}",
            mend="restore the file, or freeze a new set with other cases",
        )
    if now.schemas_digest != frozen.schemas_digest:
        raise FrozenChanged(
            "inputs or outputs of the definition changed after the cases were frozen",
            expected=f"schemas with digest {frozen.schemas_digest[:12]}",
            found=f"digest {now.schemas_digest[:12]}",
            mend="freeze the cases again",
        )


def folded_key(case: Case) -> int:
    """64 bits that are the same for inputs that differ only in white space and in the case of letters."""
    text = _dumps(_folded(case.input))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def _folded(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.casefold().split())
    if isinstance(value, dict):
        return {name: _folded(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_folded(one) for one in value]
    return value
