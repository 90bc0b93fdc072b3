"""A plain heuristic for instructions hidden in the input: a list of wordings, and nothing cleverer.

It finds what copies a known trick word for word in English, German, French or Spanish.  It misses whatever is put in
other words, in another language, in an image or spread over fields, and it finds harmless texts that speak about such
tricks.  A signal of it is a reason to look, its silence is no evidence that an input is clean: how often such an input
gets its way is measured with cases (rule FM12), and what keeps harm small is that a person stands behind every doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from remit.items import Json, JsonObject

__all__ = ["PATTERNS", "looks_like_injection"]

PATTERNS: Final = (
    # set aside what was said before
    (
        r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:previous|prior|above|earlier|preceding|all|your|the)\b"
        r".{0,20}\b(?:instruction|prompt|rule|direction|guideline)"
    ),
    r"\b(?:ignoriere|vergiss|missachte)\b.{0,40}\b(?:anweisung|anleitung|regel|vorgabe)",
    r"\b(?:ignore[rz]?|oubli(?:e|ez|er))\b.{0,40}\b(?:instruction|consigne|règle)",
    r"\b(?:ignora|olvida|ignore)\b.{0,40}\b(?:instruccion|regla|indicacion)",
    r"\b(?:new|updated|real|actual)\s+(?:system\s+)?(?:instructions?|prompt)\s*:",
    # take another part
    r"\byou\s+are\s+now\b.{0,40}\b(?:a|an|the|in)\b",
    r"\b(?:act|behave|respond)\s+as\s+(?:if|though|an?\s+(?:unrestricted|different|ai|assistant|admin))",
    r"\b(?:developer|debug|admin|god|jailbreak|dan)\s+mode\b",
    # speak to the software that reads
    (
        r"\b(?:note|message|attention|instructions?)\s+(?:to|for)\s+(?:the\s+)?"
        r"(?:ai|llm|assistant|chat\s?bot|classifier|(?:language\s+)?model)\b"
    ),
    r"\b(?:as|if\s+you\s+are)\s+an?\s+(?:ai|llm|language\s+model)\b",
    (
        r"\b(?:always|only|must|please)\s+(?:answer|respond|reply|output|classify|return|choose)\b.{0,30}"
        r"\b(?:with|as|only)\b.{0,20}[\"'`{]"
    ),
    # draw out what is hidden
    r"\b(?:reveal|print|repeat|show|output|leak)\b.{0,30}\b(?:system\s+prompt|your\s+(?:prompt|instructions)|hidden\s+prompt)",
    # the marks that prompts are made of
    r"<\|?/?(?:im_start|im_end|system|assistant|endoftext|eot_id|item|/item)\|?>",
    r"\[/?INST\]|<</?SYS>>|^\s*#{2,}\s*(?:system|instruction|assistant)\b",
    r"^\s*(?:system|assistant)\s*:",
)
"""One regular expression for each trick, matched without regard to the case of letters."""

_ANY: Final = re.compile("|".join(f"(?:{one})" for one in PATTERNS), re.IGNORECASE | re.MULTILINE)
_MOST_CHARACTERS: Final = 200_000
_MAX_DEPTH: Final = 32


def looks_like_injection(given: JsonObject) -> bool:
    """Whether a text of the input holds a wording of :data:`PATTERNS`.

    At most the first 200,000 characters are looked at, so that a huge item costs no time.
    """
    left = _MOST_CHARACTERS
    for text in _texts(given, _MAX_DEPTH):
        if left <= 0:
            return False
        if _ANY.search(text, 0, left):
            return True
        left -= len(text)
    return False


def _texts(value: Json, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one, depth - 1)
    elif depth and isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one, depth - 1)
