"""Has this text come before? Answered in about 16 bytes a text, so that a million cases stay small."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

__all__ = ["Seen"]

_FIRST_SLOTS = 1024
_BITS = 0xFFFFFFFFFFFFFFFF


class Seen:
    """A set of 64-bit numbers in one flat array (open addressing, at most half full).

    Made for hashes: two different texts are taken for the same with a chance of n² / 2⁶⁵, one in fifty million for a
    million texts.
    """

    __slots__ = ("_n", "_slots")

    def __init__(self) -> None:
        self._slots = array("Q", [0]) * _FIRST_SLOTS
        self._n = 0

    def __len__(self) -> int:
        return self._n

    def add(self, key: int) -> bool:
        """Remember ``key`` (any int; its low 64 bits count). Whether it was there already."""
        key = key & _BITS or 1
        slots = self._slots
        mask = len(slots) - 1
        at = _start(key) & mask
        while found := slots[at]:
            if found == key:
                return True
            at = (at + 1) & mask
        slots[at] = key
        self._n += 1
        if 2 * self._n > mask:
            self._grow()
        return False

    def __contains__(self, key: int) -> bool:
        key = key & _BITS or 1
        slots = self._slots
        mask = len(slots) - 1
        at = _start(key) & mask
        while slots[at]:
            if slots[at] == key:
                return True
            at = (at + 1) & mask
        return False

    def __iter__(self) -> Iterator[int]:
        return (key for key in self._slots if key)

    def _grow(self) -> None:
        before = self._slots
        self._slots = slots = array("Q", [0]) * (2 * len(before))
        mask = len(slots) - 1
        for key in before:
            if key:
                at = _start(key) & mask
                while slots[at]:
                    at = (at + 1) & mask
                slots[at] = key


def _start(key: int) -> int:
    """Where to look first; mixed, because neighbouring numbers may come one after the other."""
    return (key * 0x9E3779B97F4A7C15 & _BITS) >> 20
