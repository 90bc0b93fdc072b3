"""Numbers that a person typed: the whole answer is one number in words that are known, or it is refused."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

__all__ = ["AnswerRefused", "cost_in", "count_in", "minutes_in", "plain", "share_in"]

_ABOUT: Final = r"(?:(?:about|around|roughly|some|approximately|approx\.?|ca\.?|~) ?)?"
_NUMBER: Final = r"-?[0-9][0-9.,' ]*(?<! )|-?[.,][0-9]+"
_MONEY: Final = r"€|\$|£|eur|euros?|usd|dollars?|gbp|pounds?|chf|francs?"
_COUNT: Final = re.compile(
    rf"{_ABOUT}(?P<n>{_NUMBER})(?: (?:items?|cases?))?(?: ?(?:a|per|each|every|/|on a) ?(?:usual |normal )?day| daily)?"
)
_MINUTES: Final = re.compile(
    rf"{_ABOUT}(?P<n>{_NUMBER}|an?|one) ?(?P<unit>s|secs?|seconds?|m|mins?|minutes?|h|hours?)?(?: each| per item)?"
)
_COST: Final = re.compile(rf"{_ABOUT}(?:(?:{_MONEY}) ?)?(?P<n>{_NUMBER})(?: ?(?:{_MONEY}))?")
_PERCENT: Final = re.compile(rf"{_ABOUT}(?P<n>{_NUMBER}) ?(?:%|percent|per cent)")
_RATIO: Final = re.compile(rf"{_ABOUT}(?P<n>{_NUMBER}) ?(?:in|of|out of|/) ?(?P<of>{_NUMBER})")
_BARE: Final = re.compile(rf"{_ABOUT}(?P<n>{_NUMBER})")

_PLAIN: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_THOUSANDS: Final = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?|[1-9][0-9]{0,2}(?: [0-9]{3})+(?:\.[0-9]+)?")
_EITHER: Final = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_COMMA: Final = re.compile(r"[0-9]+,[0-9]+")
_MOST: Final = 10**12
_WHOLE: Final = "How many of 100, from 0 to below 100: 95, or 19 of 20. All of them can't be proved."


class AnswerRefused(Exception):
    """An answer can't be read as what was asked for; the message says what would do."""


def count_in(answer: str) -> float | int:
    """How many a day.

    Raises:
        AnswerRefused: the whole answer is no number, or one that can be read in two ways.
    """
    found = _COUNT.fullmatch(answer.casefold())
    if found is None:
        raise AnswerRefused(
            "One number of items a day, please: 400, or 2.5. A guess is fine; `don't know` is better than a wrong one."
        )
    return _value(_number(found["n"]))


def minutes_in(answer: str) -> float | int:
    """How many minutes; hours and seconds are turned into minutes.

    Raises:
        AnswerRefused: the whole answer is no time, or one that can be read in two ways.
    """
    found = _MINUTES.fullmatch(answer.casefold())
    if found is None or (found["n"] in {"a", "an", "one"} and not found["unit"]):
        raise AnswerRefused(
            "One number of minutes, please: 5, 2.5, 30 seconds, 2 hours. A guess is fine; `don't know` is better than "
            "a wrong one."
        )
    number = Decimal(1) if found["n"] in {"a", "an", "one"} else _number(found["n"])
    match (found["unit"] or "m")[0]:
        case "s":
            return _value(round(number / 60, 4) if number >= 1 else number / 60)
        case "h":
            return _value(number * 60)
        case _:
            return _value(number)


def cost_in(answer: str) -> float | int:
    """How much, in whole units of money.

    Raises:
        AnswerRefused: the whole answer is no amount, or one that can be read in two ways.
    """
    found = _COST.fullmatch(answer.casefold())
    if found is None:
        raise AnswerRefused(
            "One amount in plain figures, please: 9, 0.5, 2000000. A guess is fine; `don't know` is better than a "
            "wrong one."
        )
    return _value(_number(found["n"]))


def share_in(answer: str) -> float:
    """A share from 0 to below 1, of ``4``, ``4 of 100``, ``4 %`` or ``1 in 25``.

    Raises:
        AnswerRefused: the whole answer is no share, or one that can be read in two ways.
    """
    text = answer.casefold()
    if found := _PERCENT.fullmatch(text):
        share = _number(found["n"], most=Decimal(100)) / 100
    elif found := _RATIO.fullmatch(text):
        whole = _number(found["of"])
        if not whole:
            raise AnswerRefused(f"Nothing can be so many of 0. {_WHOLE}")
        share = _number(found["n"], most=whole) / whole
    elif found := _BARE.fullmatch(text):
        number = _number(found["n"], most=Decimal(100))
        if 0 < number < 1:
            raise AnswerRefused(
                f"That can mean two things. Write `{plain(number)} of 100` or `{plain(number * 100)} of 100`."
            )
        share = number / 100
    else:
        raise AnswerRefused("One number of 100, please: 4, 0.5 of 100, 99.5 %, 1 in 200; or `don't know`.")
    if float(share) >= 1:
        raise AnswerRefused(_WHOLE)
    return float(share)


def plain(number: float | Decimal) -> str:
    """A number in figures, without an exponent and without zeros at its end."""
    text = f"{number if isinstance(number, Decimal) else Decimal(str(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(text: str, *, most: Decimal | None = None) -> Decimal:
    """The number that ``text`` is.

    Args:
        text: digits and the signs between them.
        most: what the number can't exceed, which tells whether a point stands before thousands or before a fraction.
    """
    if text.startswith("-"):
        raise AnswerRefused("It can't be below 0.")
    if _EITHER.fullmatch(text) and (most is None or Decimal(text.replace(".", "")) <= most):
        raise AnswerRefused(
            f"That can mean two numbers. Write {text.replace('.', '')} or {plain(Decimal(text))}, whichever it is."
        )
    if _THOUSANDS.fullmatch(text):
        number = Decimal(text.replace(",", "").replace(" ", ""))
    elif _PLAIN.fullmatch(text):
        number = Decimal(text)
    elif _COMMA.fullmatch(text):
        raise AnswerRefused(f"A fraction has a point here, no comma: write {plain(Decimal(text.replace(',', '.')))}.")
    else:
        raise AnswerRefused("That is not one number in plain figures. Write 1500, 1,500 or 1.5.")
    if number > _MOST:
        raise AnswerRefused("That is more than a million million. Write the plain number.")
    return number


def _value(number: Decimal) -> float | int:
    return int(number) if number == int(number) else float(number)
