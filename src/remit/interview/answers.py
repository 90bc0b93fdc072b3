"""What a person typed, as the value that the language has for it; or why it can't be, in plain words."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from remit.definition.durations import parse_duration
from remit.definition.schemas.fields import build_fields
from remit.interview.numbers import AnswerRefused, cost_in, count_in, minutes_in, plain, share_in

__all__ = ["AnswerKind", "AnswerRefused", "as_name", "is_unknown", "understood", "value_of"]

MAX_CHARACTERS: Final = 2000


class AnswerKind(StrEnum):
    """What an answer is read as."""

    TEXT = "text"
    TEXTS = "texts"
    ROLE = "role"
    COUNT = "count"
    MINUTES = "minutes"
    COST = "cost"
    SHARE = "share"
    DURATION = "duration"
    FIELDS = "fields"
    OUTPUT = "output"
    CHOICE = "choice"
    YES = "yes"


_UNKNOWN: Final = re.compile(
    r"(?:i |we )?(?:do not|don['’]?t|dont) know(?: yet)?|unknown|no idea|not sure|nobody knows|dk|\?\?+", re.IGNORECASE
)
_UNITS: Final = {
    "minute": "m",
    "minutes": "m",
    "min": "m",
    "hour": "h",
    "hours": "h",
    "day": "d",
    "days": "d",
    "week": "w",
    "weeks": "w",
    "second": "s",
    "seconds": "s",
}
_TYPES: Final = {
    "": "text <= 2000",
    "text": "text <= 2000",
    "words": "text <= 2000",
    "number": "number",
    "amount": "number >= 0",
    "money": "number >= 0",
    "whole number": "integer",
    "integer": "integer",
    "count": "integer >= 0",
    "date": "date",
    "day": "date",
    "time": "datetime",
    "date and time": "datetime",
    "yes/no": "yes/no",
    "yes or no": "yes/no",
}
_ROLE: Final = re.compile(r"(?P<role>[^,;<]+?)\s*[,;<]\s*(?P<contact>[^>]+?)>?")
_MORE_THAN_ONE: Final = re.compile(r"[^\W_]\s*(?:/|&|\band\b)\s*[^\W_]", re.IGNORECASE)


def is_unknown(answer: str) -> bool:
    """Whether a person says that they don't know."""
    return _UNKNOWN.fullmatch(answer.strip().rstrip(".!")) is not None


def value_of(kind: AnswerKind, answer: str) -> Any:  # noqa: C901 - one branch for each kind
    """The value that ``answer`` is.

    Raises:
        AnswerRefused: it is none of this kind.
    """
    answer = " ".join(answer.split())
    if not any(char.isalnum() for char in answer):
        raise AnswerRefused("There is no word in that. Say it in your own words, or `don't know`.")
    if len(answer) > MAX_CHARACTERS:
        raise AnswerRefused(f"That is {len(answer):,} characters; {MAX_CHARACTERS:,} are the most.")
    match kind:
        case AnswerKind.TEXT:
            return answer
        case AnswerKind.TEXTS:
            return list(dict.fromkeys(_parts(answer, ";") if ";" in answer else _parts(answer, ",")))
        case AnswerKind.ROLE:
            return _role(answer)
        case AnswerKind.COUNT:
            return count_in(answer)
        case AnswerKind.MINUTES:
            return minutes_in(answer)
        case AnswerKind.COST:
            return cost_in(answer)
        case AnswerKind.SHARE:
            return share_in(answer)
        case AnswerKind.DURATION:
            return _duration(answer)
        case AnswerKind.FIELDS:
            return _fields(answer)
        case AnswerKind.OUTPUT:
            return _output(answer)
        case AnswerKind.CHOICE:
            return answer.casefold().rstrip(".")
        case AnswerKind.YES:
            return _yes(answer)


def understood(kind: AnswerKind, answer: str) -> str | None:
    """What is read back to a person whose answer has a number in it, so that a misreading is seen; else None.

    Raises:
        AnswerRefused: the answer is none of this kind.
    """
    match kind:
        case AnswerKind.COUNT:
            return f"That is {plain(value_of(kind, answer))} a day."
        case AnswerKind.MINUTES:
            minutes = plain(value_of(kind, answer))
            return f"That is {minutes} minute{'' if minutes == '1' else 's'}."
        case AnswerKind.COST:
            return f"That is {plain(value_of(kind, answer))} in money."
        case AnswerKind.SHARE:
            share = plain(value_of(kind, answer))
            return f"That is {plain(Decimal(share) * 100)} %: {share}."
        case AnswerKind.DURATION:
            return f"That is {value_of(kind, answer)}."
        case _:
            return None


def as_name(text: str) -> str:
    """A name that expressions can say, made of words: ``Days late`` is ``days_late``. Empty where there are none."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", text.strip()).strip("_").lower()[:64].strip("_")
    return f"n_{name}"[:64] if name[:1].isdigit() else name


def _parts(text: str, sign: str) -> list[str]:
    return [part.strip() for part in text.split(sign) if part.strip()]


def _role(answer: str) -> dict[str, str]:
    found = _ROLE.fullmatch(answer)
    if _MORE_THAN_ONE.search(found["role"] if found is not None else answer):
        raise AnswerRefused("That is more than one role. When two answer for it, nobody does: name one.")
    if found is None:
        raise AnswerRefused(
            "And how are they reached? Head of Claims, claims@example.org (or: Head of Claims, don't know)"
        )
    role, contact = found["role"], found["contact"].strip()
    if is_unknown(contact):
        return {"role": role}
    if "@" not in contact and not any(char.isdigit() for char in contact):
        raise AnswerRefused("What stands behind the comma is no address. Write: Head of Claims, claims@example.org")
    return {"role": role, "contact": contact}


def _duration(answer: str) -> str:
    found = re.fullmatch(r"(?:within |in )?([0-9]+|an?|one)\s*([a-z]+)", answer.casefold())
    if found is not None:
        number = found[1] if found[1].isdigit() else "1"
        text = f"{number}{_UNITS.get(found[2], found[2])}"
        if parse_duration(text) is not None:
            return text
    raise AnswerRefused("A time, please: 30 minutes, 4 hours, 2 days.")


def _fields(answer: str) -> dict[str, Any]:
    parts = _split_outside_brackets(answer)
    fields: dict[str, Any] = {}
    for part in parts:
        said, _, type_ = part.partition(":")
        name = as_name(said)
        if not name:
            raise AnswerRefused(f"`{part}` has no name in the letters a to z. Write: name, or name: number")
        if name in fields:
            raise AnswerRefused(f"`{name}` is there twice.")
        fields[name] = _type(type_.strip(), name)
    return fields


def _type(type_: str, name: str) -> Any:
    known = _TYPES.get(type_.casefold())
    if known is not None:
        return known
    text = type_.removeprefix("one of").strip()
    if "/" in text and "[" not in text:
        return _parts(text, "/")
    field = _parts(text.strip("[]"), ",") if text.startswith("[") else text
    faults = build_fields({name: field}).flaws
    if faults:
        raise AnswerRefused(
            f"I can't read `{type_}` as what `{name}` is. Say text, number, whole number, date, date and time, yes/no, "
            "or the values it can have: small/large"
        )
    return field


def _output(answer: str) -> dict[str, Any]:
    said, colon, values = answer.partition(":")
    name = as_name(said)
    if not colon or not name or not values.strip():
        raise AnswerRefused("Write its name, a colon, and the answers: desk: late, loss, damage")
    known = _TYPES.get(values.strip().casefold())
    if known is not None and not known.startswith("text"):
        return {name: known}
    parts = _parts(values.replace(" or ", ", ").rstrip("."), ",")
    if len(parts) > 1 and len(set(parts)) == len(parts):
        return {name: parts}
    if len(parts) == 1 and not build_fields({name: parts[0]}).flaws and not parts[0].startswith("text"):
        return {name: parts[0]}
    raise AnswerRefused("Two different answers at least, with commas: desk: late, loss, damage")


def _split_outside_brackets(text: str) -> list[str]:
    parts, depth = [""], 0
    for char in text:
        depth += (char in "[{") - (char in "]}")
        if char in ",;" and depth <= 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts if part.strip()]


def _yes(answer: str) -> bool:
    word = answer.casefold().rstrip(".!")
    if word in {"yes", "y", "yes please", "right", "ok", "correct"}:
        return True
    if word in {"no", "n", "not yet", "wrong"}:
        return False
    raise AnswerRefused("Yes or no, please.")
