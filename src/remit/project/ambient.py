"""What a project takes from the machine: clock, environment, randomness, who watches. Read here and nowhere else."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from remit.project.telemetry.port import OFF, Telemetry

__all__ = ["Ambient", "system"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambient:
    """Clock (aware UTC), monotonic seconds, new ids, salts, draws from [0, 1), settings, and who watches, if anybody.

    Tests give their own.
    """

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    new_id: Callable[[], str]
    salt: Callable[[], bytes]
    draw: Callable[[], float]
    setting: Callable[[str], str | None]
    telemetry: Telemetry = OFF


def system() -> Ambient:
    """The machine's own clock, randomness and environment."""
    return Ambient(
        now=lambda: datetime.now(UTC),  # noqa: TID251
        monotonic=time.monotonic,
        new_id=_new_id,
        salt=lambda: secrets.token_bytes(16),
        draw=lambda: secrets.randbits(53) / 2**53,
        setting=os.environ.get,  # noqa: TID251
    )


_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)  # two at a time: half the work


def _new_id() -> str:
    """26 characters that sort by time: 10 of milliseconds, 16 random (Crockford's base 32, the form of a ULID)."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)])
