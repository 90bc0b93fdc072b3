"""When to try again."""

from __future__ import annotations

from datetime import timedelta

__all__ = ["MOST_TRIES", "next_try"]

MOST_TRIES = 12
"""How often something is tried before it is given up on: over about three days, so that a weekend is survived."""

_FIRST_S = 15.0
_FACTOR = 3.0
_LONGEST_S = 18 * 3600.0
_SPREAD = 0.25
_LONGEST_ASKED_S = 24 * 3600.0


def next_try(n_tries: int, *, draw: float, asked_s: float | None = None) -> timedelta:
    """How long to wait after a try failed: three times as long each time, from 15 seconds up to 18 hours.

    Args:
        n_tries: how many failed by now, 1 or more.
        draw: a random number in [0, 1); it spreads the wait by a quarter, so that not all come back at once.
        asked_s: how many seconds the receiver asked for; that counts then, from 1 second up to a day, and a quarter
            more at most.
    """
    if asked_s is not None:
        return timedelta(seconds=min(max(asked_s, 1.0), _LONGEST_ASKED_S) * (1.0 + _SPREAD * draw))
    exponent = min(max(n_tries, 1), MOST_TRIES) - 1
    wait_s = min(_FIRST_S * _FACTOR**exponent, _LONGEST_S)
    return timedelta(seconds=wait_s * (1.0 - _SPREAD + 2.0 * _SPREAD * draw))
