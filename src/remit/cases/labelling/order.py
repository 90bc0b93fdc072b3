"""In which order one person is asked: drawn by a seed, another one for everybody, the same each time."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

__all__ = ["drawn", "order_for"]


def order_for(person: str, cases: Iterable[str], *, seed: int) -> tuple[str, ...]:
    """The cases in the order in which ``person`` is asked about them.

    Everybody has an order of their own, so that what people learn on the way falls on other cases for each.  It does
    not depend on which other cases there are.
    """
    return tuple(sorted(cases, key=lambda case: _draw(f"{person}\n{case}", seed)))


def drawn(cases: Iterable[str], n: int, *, seed: int) -> tuple[str, ...]:
    """``n`` of the cases, or all where there are fewer: the same for everybody who draws with this seed."""
    return tuple(sorted(cases, key=lambda case: _draw(case, seed))[:n])


def _draw(text: str, seed: int) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), key=str(seed).encode()[:64], digest_size=16).digest()
