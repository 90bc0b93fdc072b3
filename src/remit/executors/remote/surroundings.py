"""What an executor that calls a service is handed by the project: nothing is read from the machine here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from remit.executors.remote.spending import Purse

__all__ = ["Surroundings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Clock, settings and purse of a project, for one work of it.

    ``home`` names the project on this machine: executors of the same home, work and name share their limits.
    ``setting`` gives the value of an environment variable, ``now`` aware UTC, ``monotonic`` seconds that only grow,
    ``new_id`` an id that was never used.  ``purse`` gives where spending is kept; it is asked for at the first call
    of an executor with a cap, so that nothing opens a store before.
    """

    home: str
    setting: Callable[[str], str | None]
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    new_id: Callable[[], str]
    purse: Callable[[], Purse]
