"""Cases that are nearly the same: the same text but for a few words, found by smallest hashes.

A text is taken as the set of its runs of eight bytes.  Of 64 orders of all such runs the first one of each is kept; two
texts agree in as many of them as their sets have in common (Jaccard).  Cases that agree in a few of them are compared.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from remit.cases.case import Case, CaseUse
from remit.cases.freeze import folded_key
from remit.definition.digests import canonical_json
from remit.definition.model import Definition
from remit.definition.schemas import input_schema, leaf, properties

__all__ = ["LEAST_TEXT", "MOST_SKETCHED", "NearCases", "Nearness", "text_fields"]

LEAST_TEXT: Final = 50
"""Shorter texts are only compared as equal: a few words are soon the same."""

MOST_SKETCHED: Final = 200_000
"""So many cases with text are compared; 256 bytes each."""

_SHINGLE: Final = 8
_ROWS: Final = 64
_BAND: Final = 4
_MOST_SHINGLES: Final = 512
_SAME_CASE: Final = 0.8
_SAME_QUESTION: Final = 0.9
_LOOKED_AT: Final = 4
_MOST_PAIRS: Final = 1000
_WORDS = np.random.default_rng(20261122)
_ORDERS: Final = _WORDS.integers(1, 2**63, size=(_ROWS, 1), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_POWERS: Final = _WORDS.integers(1, 2**63, size=_SHINGLE, dtype=np.uint64) * np.uint64(2) + np.uint64(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """What nearly equal cases say.

    ``n_near_in_tune`` counts prove cases that are nearly a tune case and not equal to one (white space and case of
    letters aside); ``near_in_tune`` are the first of them, each with the tune case.  ``contradictory`` are pairs with
    equal or nearly equal inputs and different expected answers, the first thousand; ``n_contradictory`` counts the
    prove cases in such pairs, ``contradictory_in_prove`` are the first thousand of them.
    """

    n_near_in_tune: int
    near_in_tune: tuple[tuple[str, str], ...]
    n_contradictory: int
    contradictory: tuple[tuple[str, str], ...]
    contradictory_in_prove: tuple[str, ...]


def text_fields(definition: Definition) -> tuple[str, ...]:
    """The inputs that hold free text, in their order."""
    schema = input_schema(definition)
    return tuple(
        name
        for name in properties(schema)
        if (node := leaf(schema, name) or {}).get("type") in ("string", ["string", "null"])
        and not {"enum", "const", "format"} & node.keys()
    )


class NearCases:
    """Takes cases in one by one, and then says which are nearly the same.

    About 300 bytes a case with text, 40 without; a text of 1,800 characters takes half a millisecond.
    """

    def __init__(self, definition: Definition) -> None:
        self._names = bytearray()
        self._fields = text_fields(definition)
        self._decisions = tuple(one.id for one in definition.decisions)
        self._ends = array("Q")
        self._keys = array("Q")
        self._answers = array("Q")
        self._uses = bytearray()
        self._sketched = array("Q")
        self._sketches = bytearray()

    def add(self, case: Case) -> None:
        """Take one case in."""
        if self._fields and len(self._sketched) < MOST_SKETCHED:
            text = _text(case.input, self._fields)
            if len(text) >= LEAST_TEXT:
                self._sketched.append(len(self._keys))
                self._sketches += _sketch(text).tobytes()
        self._names += case.id.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._names))
        self._keys.append(folded_key(case))
        answer = {name: case.expected.get(name) for name in self._decisions} if self._decisions else case.expected
        self._answers.append(_hash(canonical_json(answer)))
        self._uses.append(0 if case.use is None else 1 if case.use is CaseUse.TUNE else 2)

    def nearness(self) -> Nearness:
        """What there is among the cases so far."""
        near = self._near_in_tune()
        pairs = dict.fromkeys([*self._equal_contradictions(), *self._near_contradictions()])
        prove = sorted({i for pair in pairs for i in pair if self._uses[i] == 2})
        return Nearness(
            n_near_in_tune=len(near),
            near_in_tune=tuple((self._name(a), self._name(b)) for a, b in list(near.items())[:_MOST_PAIRS]),
            n_contradictory=len(prove),
            contradictory=tuple((self._name(a), self._name(b)) for a, b in list(pairs)[:_MOST_PAIRS]),
            contradictory_in_prove=tuple(self._name(i) for i in prove[:_MOST_PAIRS]),
        )

    def _name(self, i: int) -> str:
        start = self._ends[i - 1] if i else 0
        return self._names[start : self._ends[i]].decode("utf-8", "surrogatepass")

    def _bands(self) -> Iterable[npt.NDArray[np.uint64]]:
        sketches = self._rows()
        for start in range(0, _ROWS, _BAND):
            wide = sketches[:, start : start + _BAND].astype(np.uint64)
            with np.errstate(over="ignore"):
                yield (wide * _POWERS[:_BAND]).sum(axis=1, dtype=np.uint64)

    def _rows(self) -> npt.NDArray[np.uint32]:
        return np.frombuffer(bytes(self._sketches), dtype=np.uint32).reshape(-1, _ROWS)

    def _near_in_tune(self) -> dict[int, int]:
        """Prove cases that are nearly a tune case, by that case; those that equal one are counted elsewhere."""
        at = np.frombuffer(self._sketched, dtype=np.uint64).astype(np.int64)
        if not at.size:
            return {}
        uses = np.frombuffer(bytes(self._uses), dtype=np.uint8)[at]
        keys = np.frombuffer(self._keys, dtype=np.uint64)
        rows = self._rows()
        tune, prove = np.flatnonzero(uses == 1), np.flatnonzero(uses == 2)
        equal = np.isin(keys[at[prove]], keys[np.frombuffer(bytes(self._uses), dtype=np.uint8) == 1])
        prove = prove[~equal]
        found: dict[int, int] = {}
        for band in self._bands():
            if not tune.size or not prove.size:
                break
            order = tune[np.argsort(band[tune], kind="stable")]
            start = np.searchsorted(band[order], band[prove])
            for step in range(_LOOKED_AT):
                place = start + step
                inside = place < order.size
                a, b = prove[inside], order[place[inside]]
                same = band[a] == band[b]
                a, b = a[same], b[same]
                close = (rows[a] == rows[b]).mean(axis=1) >= _SAME_CASE
                for i, j in zip(at[a[close]].tolist(), at[b[close]].tolist(), strict=True):
                    found.setdefault(i, j)
        return dict(sorted(found.items()))

    def _equal_contradictions(self) -> list[tuple[int, int]]:
        keys = np.frombuffer(self._keys, dtype=np.uint64)
        return self._pairs(np.lexsort((np.frombuffer(self._answers, dtype=np.uint64), keys)), keys)

    def _near_contradictions(self) -> list[tuple[int, int]]:
        at = np.frombuffer(self._sketched, dtype=np.uint64).astype(np.int64)
        if not at.size:
            return []
        rows = self._rows()
        found: list[tuple[int, int]] = []
        for band in self._bands():
            answers = np.frombuffer(self._answers, dtype=np.uint64)[at]
            pairs = self._pairs(np.lexsort((answers, band)), band, answers)
            close = [(i, j) for i, j in pairs if (rows[i] == rows[j]).mean() >= _SAME_QUESTION]
            found += [(int(min(at[i], at[j])), int(max(at[i], at[j]))) for i, j in close]
        return found

    def _pairs(
        self, order: npt.NDArray[Any], keys: npt.NDArray[np.uint64], answers: npt.NDArray[np.uint64] | None = None
    ) -> list[tuple[int, int]]:
        """Neighbours in an order by key and answer that have the same key and another answer."""
        answers = np.frombuffer(self._answers, dtype=np.uint64) if answers is None else answers
        a, b = order[:-1], order[1:]
        split = (keys[a] == keys[b]) & (answers[a] != answers[b])
        return [(min(i, j), max(i, j)) for i, j in zip(a[split].tolist(), b[split].tolist(), strict=True)]


def _text(given: Any, fields: Sequence[str]) -> str:
    return " ".join(" ".join(value.casefold().split()) for name in fields if isinstance(value := given.get(name), str))


def _sketch(text: str) -> npt.NDArray[np.uint32]:
    """The smallest hash of the runs of a text in each of the orders; upper halves, which is enough to compare."""
    raw = np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8).astype(np.uint64)
    n = raw.size - _SHINGLE + 1
    with np.errstate(over="ignore"):
        runs = raw[:n] * _POWERS[0]
        for step in range(1, _SHINGLE):
            runs += raw[step : step + n] * _POWERS[step]
        runs ^= runs >> np.uint64(29)
        runs *= _POWERS[0]
        if runs.size > _MOST_SHINGLES:  # the smallest of all: the same ones wherever the text is the same
            runs = np.unique(runs)[:_MOST_SHINGLES]
        mixed = runs[None, :] * _ORDERS
        mixed ^= mixed >> np.uint64(32)
        mixed *= _POWERS[1]
        smallest: npt.NDArray[np.uint32] = (mixed.min(axis=1) >> np.uint64(32)).astype(np.uint32)
    return smallest


def _hash(raw: bytes) -> int:
    return int.from_bytes(blake2b(raw, digest_size=8).digest(), "big")
