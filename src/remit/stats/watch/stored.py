"""Reading back what a test stored of itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from remit.errors import ArgumentInvalid

__all__ = ["broken", "check_version", "stored_count", "stored_number", "stored_numbers"]


def check_version(state: Mapping[str, Any], kind: str, version: int) -> None:
    """Refuse a state of another kind or version."""
    found = (state.get("kind"), state.get("version"))
    if found != (kind, version):
        raise ArgumentInvalid(
            f"the state is of kind {found[0]!r}, version {found[1]!r}; this reads {kind!r}, version {version}",
            expected=f"kind {kind!r}, version {version}",
            found=f"kind {found[0]!r}, version {found[1]!r}",
            mend="Start a new one from the recorded truths.",
        )


def stored_number(state: Mapping[str, Any], key: str) -> float:
    """One finite number that is at least 0."""
    value = state.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value < math.inf:
        raise broken(key, value, "a finite number of at least 0")
    return float(value)


def stored_count(state: Mapping[str, Any], key: str) -> int:
    """One whole number of at least 0."""
    value = state.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise broken(key, value, "a whole number of at least 0")
    return value


def stored_numbers(state: Mapping[str, Any], key: str, n: int) -> tuple[float, ...]:
    """A list of n finite numbers of at least 0."""
    values = state.get(key)
    if not isinstance(values, list) or len(values) != n:
        raise broken(key, values, f"a list of {n} numbers")
    return tuple(stored_number({key: value}, key) for value in values)


def broken(key: str, found: object, expected: str) -> ArgumentInvalid:
    """The error for a stored state with something else in one of its places."""
    return ArgumentInvalid(
        f"the stored state is broken: {key} is {found!r}, but has to be {expected}",
        expected=expected,
        found=repr(found),
        mend="Start a new one from the recorded truths.",
    )
