"""How numbers are written, everywhere: one way for every kind of number.

Absent is written ``not measured``, never as 0.  A bound is rounded to its safe side, so that what is written is never
stronger than what was proved.  A share is never rounded to 0 % or 100 % unless it is exactly that.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Final

from remit.errors import ArgumentInvalid

__all__ = [
    "NOT_MEASURED",
    "Rounding",
    "about",
    "at_least_phrase",
    "at_most_phrase",
    "chance_percent",
    "confidence_text",
    "counted",
    "day",
    "duration",
    "given_percent",
    "moment",
    "money",
    "number",
    "p_value_text",
    "percent",
    "relative_time",
    "sure_text",
    "thousands",
    "wrong_of",
]

NOT_MEASURED: Final = "not measured"

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HUNDRED: Final = Decimal(100)
_NOISE: Final = Decimal(1).scaleb(-12)
_MOST_PLACES: Final = 4
_TINY: Final = Decimal("0.000001")


class Rounding(StrEnum):
    """Which way a number is rounded: a lower bound down, an upper bound up, an estimate to the nearest."""

    NEAREST = ROUND_HALF_EVEN
    DOWN = ROUND_FLOOR
    UP = ROUND_CEILING


def percent(share: float | None, rounding: Rounding = Rounding.NEAREST) -> str:
    """A measured share in [0, 1] as percent: one decimal, more of them close to 0 % and to 100 %.

    >>> percent(0.016), percent(0.00412), percent(0.9996), percent(0.0), percent(None)
    ('1.6 %', '0.41 %', '99.960 %', '0 %', 'not measured')
    >>> percent(0.01601, Rounding.UP)
    '1.7 %'

    Raises:
        ArgumentInvalid: when ``share`` is no number in [0, 1].
    """
    if share is None:
        return NOT_MEASURED
    exact = _percent(share)
    if exact in (0, _HUNDRED):
        return f"{exact:.0f} %"
    step = Decimal(1).scaleb(-_places(min(exact, _HUNDRED - exact)))
    shown = exact.quantize(step, rounding=rounding.value)
    if shown == 0 and rounding is not Rounding.DOWN:
        return f"less than {step} %"
    if shown == _HUNDRED and rounding is not Rounding.UP:
        return f"more than {_HUNDRED - step} %"
    return f"{shown.normalize():f} %" if shown in (0, _HUNDRED) else f"{shown:f} %"


def given_percent(share: float | None) -> str:
    """A share that somebody wrote down (a limit, a budget) as percent, just as it was written.

    >>> given_percent(0.05), given_percent(0.995), given_percent(0.9)
    ('5 %', '99.5 %', '90 %')

    Raises:
        ArgumentInvalid: when ``share`` is no number in [0, 1].
    """
    if share is None:
        return NOT_MEASURED
    return f"{_plain(_percent(share), 10)} %"


def chance_percent(delta: float) -> str:
    """The chance that a bound fails, as percent, rounded up to three decimals, or more where it is smaller still.

    >>> chance_percent(0.05), chance_percent(0.0125), chance_percent(0.05 / 64)
    ('5 %', '1.25 %', '0.079 %')

    Raises:
        ArgumentInvalid: when ``delta`` is no number in [0, 1].
    """
    exact = _percent(delta)
    return f"{_plain(exact.quantize(_unit_of(exact), rounding=ROUND_CEILING), 10)} %"


def sure_text(delta: float) -> str:
    """How sure a bound is that fails with a chance of at most ``delta``, rounded down, never to 100 %.

    >>> sure_text(0.05), sure_text(0.025), sure_text(0.05 / 1024)
    ('95 % sure', '97.5 % sure', '99.9951 % sure')

    Raises:
        ArgumentInvalid: when ``delta`` is no number in [0, 1].
    """
    exact = _percent(delta)
    return f"{_plain(_HUNDRED - exact.quantize(_unit_of(exact), rounding=ROUND_CEILING), 10)} % sure"


def _unit_of(chance: Decimal) -> Decimal:
    return Decimal(1).scaleb(min(-3, chance.adjusted() - 1)) if chance else Decimal("0.001")


def confidence_text(confidence: float | None) -> str:
    """A confidence in [0, 1] with two to four decimals, and more only where 0 or 1 would be a lie.

    >>> confidence_text(0.87), confidence_text(0.87345), confidence_text(0.999987)
    ('0.87', '0.8734', '0.999987')

    Raises:
        ArgumentInvalid: when ``confidence`` is no number in [0, 1].
    """
    if confidence is None:
        return NOT_MEASURED
    exact = _percent(confidence) / _HUNDRED
    if exact in (0, 1):
        return f"{exact:.2f}"
    places = 4
    while exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN) in (0, 1):
        places += 1
        if places > 9:
            return "less than 0.000001" if exact < 1 - exact else "more than 0.999999"
    places += 1 if places > 4 else 0  # two digits that count, once four decimals are not enough
    text = f"{exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN):f}".rstrip("0")
    return text + "0" * max(0, 4 - len(text))


def thousands(n: int | None) -> str:
    """A count with thousands separators. ``thousands(12034)`` is ``12,034``."""
    return NOT_MEASURED if n is None else f"{n:,}"


def about(n: int, one: str) -> str:
    """A count that is a forecast, with its noun: rounded up to two digits that count.

    >>> about(134792, "more case"), about(171, "more case"), about(60, "more case")
    ('about 140,000 more cases', 'about 180 more cases', 'about 60 more cases')
    """
    step = 10 ** max(0, len(str(n)) - 2)
    return f"about {counted(-(-n // step) * step, one)}"


def counted(n: int, one: str, many: str | None = None) -> str:
    """A count with its noun. ``counted(1, "case")`` is ``1 case``, ``counted(2000, "case")`` ``2,000 cases``."""
    return f"{n:,} {one if n == 1 else (many or one + 's')}"


def number(value: float | None, rounding: Rounding = Rounding.NEAREST, *, digits: int = 4) -> str:
    """A plain number with ``digits`` digits that count and thousands separators, without an exponent.

    >>> number(1234.5678), number(0.012345), number(9.0), number(None)
    ('1,235', '0.01234', '9', 'not measured')

    Raises:
        ArgumentInvalid: when ``value`` is not finite.
    """
    if value is None:
        return NOT_MEASURED
    exact = _finite(value)
    if exact == 0:
        return "0"
    if abs(exact) < _TINY:
        return f"{value:.1e}"
    places = max(0, digits - 1 - exact.adjusted())
    shown = exact.quantize(Decimal(1).scaleb(-places), rounding=rounding.value)
    return f"{_plain(shown, places, grouped=True)}"


def money(amount: float | None, currency: str | None, rounding: Rounding = Rounding.NEAREST) -> str:
    """An amount with its currency: two decimals, more below 0.10.

    >>> money(1234.5, "EUR"), money(0.0042, "EUR"), money(6, None)
    ('1,234.50 EUR', '0.0042 EUR', '6.00')

    Raises:
        ArgumentInvalid: when ``amount`` is not finite.
    """
    if amount is None:
        return NOT_MEASURED
    exact = _finite(amount)
    unit = f" {currency}" if currency else ""
    if 0 < abs(exact) < _TINY:
        return f"less than {_TINY:f}{unit}"
    places = 2 if exact == 0 or abs(exact) >= Decimal("0.1") else 1 - exact.adjusted()
    shown = f"{exact.quantize(Decimal(1).scaleb(-places), rounding=rounding.value):,f}"
    return shown + unit


def duration(seconds: float | None, rounding: Rounding = Rounding.NEAREST) -> str:
    """A time span in its two largest units.

    >>> duration(0.0123), duration(1.24), duration(75), duration(7500), duration(277200)
    ('12.3 ms', '1.24 s', '1 min 15 s', '2 h 5 min', '3 d 5 h')

    Raises:
        ArgumentInvalid: when ``seconds`` is negative or not finite.
    """
    if seconds is None:
        return NOT_MEASURED
    exact = _finite(seconds)
    if exact < 0:
        raise ArgumentInvalid(f"seconds is {seconds}: a duration is not negative")
    if exact == 0:
        return "0 s"
    if exact < Decimal("0.9995"):
        return f"{number(float(exact * 1000), rounding, digits=3)} ms"
    if exact < Decimal("59.95"):
        return f"{number(float(exact), rounding, digits=3)} s"
    whole = int(exact.quantize(Decimal(1), rounding=rounding.value))
    units = ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s"))
    size, unit, part, part_unit = next(row for row in units if whole >= row[0])
    rest = whole % size // part
    return f"{whole // size:,} {unit}" + (f" {rest} {part_unit}" if rest else "")


def moment(at: datetime | None) -> str:
    """A point in time, in UTC, in words that no country reads differently: ``29 Oct 2026 10:24 UTC``.

    Raises:
        ArgumentInvalid: when ``at`` has no time zone.
    """
    if at is None:
        return NOT_MEASURED
    utc = _utc(at)
    return f"{day(utc)} {utc:%H:%M} UTC"


def day(at: datetime) -> str:
    """A day in UTC: ``29 Oct 2026``.

    Raises:
        ArgumentInvalid: when ``at`` has no time zone.
    """
    utc = _utc(at)
    return f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year}"


def relative_time(then: datetime, *, now: datetime) -> str:
    """How far ``then`` is from ``now``, in its largest unit: ``2 h ago``, ``in 36 min``, ``now``.

    Raises:
        ArgumentInvalid: when one of the two has no time zone.
    """
    seconds = (_utc(then) - _utc(now)).total_seconds()
    size = abs(seconds)
    if size < 1:
        return "now"
    unit_s, unit = next(row for row in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")) if size >= row[0])
    n = int(size // unit_s)
    return f"in {n:,} {unit}" if seconds > 0 else f"{n:,} {unit} ago"


def error_bound_text(upper: float, *, searched: bool) -> str:
    """The bound of the error rate above a threshold; ``searched`` says that the threshold was found among many.

    The search pays for every threshold it looked at, so its bound often is the budget itself, where the bound of the
    same cases alone would be lower.
    """
    bound = percent(upper, Rounding.UP)
    return f"at most {bound} by the search over thresholds" if searched else f"upper bound {bound}"


def wrong_of(n_wrong: int, n: int) -> str:
    """``9 wrong of 1,000``."""
    return f"{n_wrong:,} wrong of {n:,}"


def at_most_phrase(upper: float | None, *, assurance: float, n_wrong: int, n: int) -> str:
    """An error rate as it is always written: ``at most 1.6 % (95 % sure), 9 wrong of 1,000``.

    ``upper`` is the one-sided upper bound at ``assurance``; without one only the count is said.
    """
    if upper is None:
        return f"{NOT_MEASURED}, {wrong_of(n_wrong, n)}"
    return f"at most {percent(upper, Rounding.UP)} ({given_percent(assurance)} sure), {wrong_of(n_wrong, n)}"


def at_least_phrase(lower: float | None, *, assurance: float, n_right: int, n: int) -> str:
    """A success rate as it is always written: ``at least 90.3 % (95 % sure), 1,828 right of 2,000``."""
    if lower is None:
        return f"{NOT_MEASURED}, {n_right:,} right of {n:,}"
    return f"at least {percent(lower, Rounding.DOWN)} ({given_percent(assurance)} sure), {n_right:,} right of {n:,}"


def p_value_text(p_value: float) -> str:
    """A p-value with two digits that count, rounded up, never 0: ``p = 0.032``, ``p < 0.0001``."""
    exact = _percent(p_value) / _HUNDRED
    if exact < Decimal("0.0001"):
        return "p < 0.0001"
    if exact == 1:
        return "p = 1"
    places = min(4, 1 - exact.adjusted())
    shown = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_CEILING)
    return f"p = {_plain(shown, places)}"


def _percent(share: float) -> Decimal:
    exact = _finite(share)
    if not 0 <= exact <= 1:
        raise ArgumentInvalid(f"{share} is no share: a share is a number from 0 to 1")
    return exact * _HUNDRED


def _finite(value: float) -> Decimal:
    if not math.isfinite(value):
        raise ArgumentInvalid(f"{value} is no number that can be written down")
    exact = Decimal(str(value))
    # Sums of floats end in noise (0.05000000000000001), which a rounding to the safe side would blow up.
    near = exact.quantize(_NOISE) if abs(exact) < 10**9 else exact
    return near if near != 0 else exact


def _places(edge: Decimal) -> int:
    return min(_MOST_PLACES, max(1, 1 - edge.adjusted()))


def _plain(value: Decimal, places: int, *, grouped: bool = False) -> str:
    shown = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    text = f"{shown:,f}" if grouped else f"{shown:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ArgumentInvalid(f"{at.isoformat()} has no time zone; times are aware, in UTC")
    return at.astimezone(UTC)
