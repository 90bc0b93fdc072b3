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

PATTERNS: Final[tuple[tuple[tuple[str, ...], str], ...]] = (
    # set aside what was said before
    (
        ("ignore", "disregard", "forget", "override", "bypass"),
        (
            r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}"
            r"\b(?:previous|prior|above|earlier|preceding|all|your|the)\b.{0,20}"
            r"\b(?:instruction|prompt|rule|direction|guideline)"
        ),
    ),
    (
        ("ignoriere", "vergiss", "missachte"),
        (
            r"\b(?:ignoriere|vergiss|missachte)\b.{0,40}\b(?:vorherig|bisherig|obig|alle|deine|die)\w*\b.{0,20}"
            r"\b(?:anweisung|anleitung|regel|vorgabe)"
        ),
    ),
    (("ignore", "oubli"), r"\b(?:ignore[rz]?|oubli(?:e|ez|er))\b.{0,40}\b(?:instruction|consigne|règle)"),
    (("ignora", "olvida"), r"\b(?:ignora|olvida)\b.{0,40}\b(?:instruccion|regla|indicacion)"),
    (("instruction", "prompt"), r"\b(?:new|updated|real|actual)\s+(?:system\s+)?(?:instructions?|prompt)\s*:"),
    # take another part
    (("you are now",), r"\byou are now\b.{0,40}\b(?:a|an|the|in)\b"),
    (
        ("act as", "behave as", "respond as"),
        r"\b(?:act|behave|respond) as (?:if|though|an? (?:unrestricted|different|ai|assistant|admin))",
    ),
    ((" mode",), r"\b(?:developer|debug|admin|god|jailbreak|dan) mode\b"),
    # speak to the software that reads
    (
        (" to the ", " for the ", " to ai", " for ai", " to llm", " for llm"),
        (
            r"\b(?:note|message|attention|instructions?) (?:to|for) (?:the )?"
            r"(?:ai|llm|assistant|chat ?bot|classifier|(?:language )?model)\b"
        ),
    ),
    ((" ai", " llm", "language model"), r"\b(?:as|if you are) an? (?:ai|llm|language model)\b"),
    (
        ("answer", "respond", "reply", "output", "classify", "return", "choose"),
        (
            r"\b(?:always|only|must|please)\s+(?:answer|respond|reply|output|classify|return|choose)\b.{0,30}"
            r"\b(?:with|as|only)\b.{0,20}[\"'`{]"
        ),
    ),
    # draw out what is hidden
    (
        ("prompt", "instructions"),
        (
            r"\b(?:reveal|print|repeat|show|output|leak)\b.{0,30}"
            r"\b(?:system prompt|your (?:prompt|instructions)|hidden prompt)"
        ),
    ),
    # the marks that prompts are made of
    (("<",), r"<\|?/?(?:im_start|im_end|system|assistant|endoftext|eot_id|item|example)\|?>|<</?SYS>>"),
    (("inst]",), r"\[/?INST\]"),
    (("##",), r"^\s*#{2,}\s*(?:system|instruction|assistant)\b"),
    (("system", "assistant"), r"^\s*(?:system|assistant)\s*:"),
)
"""One trick each: texts of which one has to occur before the regular expression beside them is tried.

Both are looked for without regard to the case of letters.
"""

_TRICKS: Final = tuple((texts, re.compile(one, re.IGNORECASE | re.MULTILINE)) for texts, one in PATTERNS)
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
        part = text[:left]
        low = part.lower()
        if any(any(one in low for one in texts) and trick.search(part) for texts, trick in _TRICKS):
            return True
        left -= len(part)
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
