"""How messy an item is: what people leave out, how long they write, and with which signs."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from remit.items import Json, JsonObject

__all__ = ["MEASURES", "messiness"]

MEASURES = ("missing fields", "length of texts", "unusual signs", "letters beyond a to z")
"""What is measured of an item, in the order of :func:`messiness`."""

_USUAL = frozenset(" .,;:!?'\"()-/\n")


def messiness(given: JsonObject, *, fields: Collection[str]) -> tuple[float, float, float, float]:
    """The measures of one admitted item, larger where it is messier.

    Args:
        given: the input.
        fields: every field that an input may have.

    Returns:
        Missing fields; characters in all texts; the share of characters that are neither letters, digits nor usual
        punctuation; the share of letters outside a to z. Shares are 0 without a character.
    """
    texts = "".join(_texts(given))
    letters = [sign for sign in texts if sign.isalpha()]
    odd = sum(1 for sign in texts if not sign.isalnum() and sign not in _USUAL)
    foreign = sum(1 for sign in letters if not sign.isascii())
    return (
        float(sum(1 for name in fields if given.get(name) is None)),
        float(len(texts)),
        odd / len(texts) if texts else 0.0,
        foreign / len(letters) if letters else 0.0,
    )


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for below in value.values():
            yield from _texts(below)
    elif isinstance(value, list):
        for below in value:
            yield from _texts(below)
