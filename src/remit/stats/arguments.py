"""The domains of numbers and arrays that come from outside: every refusal names the argument, the index, the domain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remit.errors import ArgumentInvalid, Location

__all__ = [
    "BoolArray",
    "FloatArray",
    "IntArray",
    "binary",
    "choice",
    "count",
    "counts",
    "number",
    "numbers",
    "open_share",
    "refuse",
    "same_length",
    "truth",
]

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]
_Scalar = TypeVar("_Scalar", bound=np.generic)


def refuse(argument: str, found: object, expected: str, *, index: int | None = None) -> ArgumentInvalid:
    """The error for one argument outside its domain; ``index`` counts from 0 where the argument is an array."""
    where = argument if index is None else f"{argument}[{index}]"
    return ArgumentInvalid(
        f"{where} is {found}, but has to be {expected}",
        where=Location(path=where),
        expected=expected,
        found=str(found),
        mend=f"Give {argument} as {expected}.",
    )


def open_share(argument: str, value: float) -> float:
    """``value`` as a float strictly between 0 and 1, else ArgumentInvalid."""
    return number(argument, value, above=0.0, below=1.0)


def number(
    argument: str,
    value: float,
    *,
    least: float | None = None,
    most: float | None = None,
    above: float | None = None,
    below: float | None = None,
) -> float:
    """``value`` as one finite float inside the bounds given, else ArgumentInvalid."""
    expected = _domain(least, most, above, below)
    try:
        given = float(value)
    except (TypeError, ValueError):
        raise refuse(argument, repr(value), expected) from None
    inside = (
        math.isfinite(given)
        and (least is None or given >= least)
        and (most is None or given <= most)
        and (above is None or given > above)
        and (below is None or given < below)
    )
    if not inside:
        raise refuse(argument, value, expected)
    return given


def count(argument: str, value: int, *, least: int = 0, most: int | None = None) -> int:
    """``value`` as a whole number of at least ``least``, else ArgumentInvalid."""
    expected = f"a whole number of at least {least}" + ("" if most is None else f" and at most {most}")
    given: object = value
    whole = isinstance(given, int | np.integer) and not isinstance(given, bool)
    if not whole or value < least or (most is not None and value > most):
        raise refuse(argument, value, expected)
    return int(value)


def counts(argument: str, values: ArrayLike, *, least: int = 0) -> IntArray:
    """Whole numbers of at least ``least``, of any shape (also a scalar), else ArgumentInvalid with the index."""
    expected = f"a whole number of at least {least}"
    given = _floats(argument, values, expected)
    bad = ~np.isfinite(given) | (given < least) | (given != np.floor(given))
    _refuse_first(argument, given, bad, expected)
    return given.astype(np.int64)


def numbers(
    argument: str, values: ArrayLike, *, least: float | None = None, most: float | None = None, empty: bool = False
) -> FloatArray:
    """A one-dimensional array of finite floats within the bounds, else ArgumentInvalid with the index."""
    expected = _domain(least, most, None, None)
    given = _one_dimension(argument, _floats(argument, values, expected), empty=empty)
    bad = ~np.isfinite(given)
    if least is not None:
        bad |= given < least
    if most is not None:
        bad |= given > most
    _refuse_first(argument, given, bad, expected)
    return given


def binary(argument: str, values: ArrayLike, *, empty: bool = False) -> BoolArray:
    """A one-dimensional array of 0 and 1 (or of booleans) as booleans, else ArgumentInvalid with the index."""
    given = np.asarray(values)
    if given.dtype == np.bool_:
        return _one_dimension(argument, given, empty=empty)
    floats = _one_dimension(argument, _floats(argument, values, "0 or 1"), empty=empty)
    _refuse_first(argument, floats, (floats != 0.0) & (floats != 1.0), "0 or 1")
    return np.asarray(floats == 1.0)


def truth(argument: str, value: object) -> bool:
    """``value`` as a bool if it is True, False, 1 or 0, else ArgumentInvalid."""
    if isinstance(value, bool | np.bool_) or value in (0, 1):
        return bool(value)
    raise refuse(argument, repr(value), "True or False")


def same_length(first: str, n_first: int, second: str, n_second: int) -> None:
    """Refuse two arrays of unequal length."""
    if n_first != n_second:
        raise refuse(second, f"{n_second} values long", f"as long as {first}, which has {n_first}")


def choice(argument: str, value: str, allowed: Sequence[str]) -> str:
    """``value`` if it is one of the words allowed, else ArgumentInvalid."""
    if value not in allowed:
        raise refuse(argument, repr(value), "one of " + ", ".join(repr(word) for word in allowed))
    return value


def _floats(argument: str, values: ArrayLike, expected: str) -> FloatArray:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise refuse(argument, f"not made of numbers ({type(values).__name__})", expected) from None


def _one_dimension(argument: str, given: NDArray[_Scalar], *, empty: bool) -> NDArray[_Scalar]:
    if given.ndim != 1:
        raise refuse(argument, f"of {given.ndim} dimensions", "an array of one dimension")
    if not empty and given.size == 0:
        raise refuse(argument, "empty", "at least one value")
    return given


def _refuse_first(argument: str, given: FloatArray, bad: BoolArray, expected: str) -> None:
    if not bad.any():
        return
    if given.ndim == 0:
        raise refuse(argument, given.item(), expected)
    index = int(np.flatnonzero(bad)[0])
    raise refuse(argument, given.ravel()[index], expected, index=index)


def _domain(least: float | None, most: float | None, above: float | None, below: float | None) -> str:
    low = f"above {above:g}" if above is not None else ("" if least is None else f"at least {least:g}")
    high = f"below {below:g}" if below is not None else ("" if most is None else f"at most {most:g}")
    bounds = " and ".join(part for part in (low, high) if part)
    return f"a finite number {bounds}" if bounds else "a finite number"
