"""Names of DMN as field ids: `Guest Count` becomes `Guest_Count`, and what became of a name is told."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from remit.definition.schemas.field_types import FieldRefused, check_name

__all__ = ["FEEL_WORDS", "FieldIds", "slug_of"]

FEEL_WORDS: Final = frozenset(
    [
        "and",
        "between",
        "else",
        "every",
        "external",
        "false",
        "for",
        "function",
        "if",
        "in",
        "instance",
        "not",
        "null",
        "of",
        "or",
        "return",
        "satisfies",
        "some",
        "then",
        "true",
    ]
)
"""Words that FEEL reads as its own, never as a name."""

_MAX_CHARACTERS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    id: str
    name: str


class FieldIds:
    """Field ids for names, each name the same id, and no two names the same."""

    def __init__(self) -> None:
        self._of: dict[str, str] = {}
        self._used: set[str] = set()
        self._numbers: dict[str, int] = {}

    def id_of(self, name: str) -> str:
        """The field id of a name."""
        name = " ".join(name.split())
        if name not in self._of:
            self._of[name] = self._unused(_plain(name))
            self._used.add(self._of[name])
        return self._of[name]

    def _unused(self, plain: str) -> str:
        found = plain
        while found in self._used:
            self._numbers[plain] = self._numbers.get(plain, 1) + 1
            ending = f"_{self._numbers[plain]}"
            found = plain[: _MAX_CHARACTERS - len(ending)] + ending
        return found

    @property
    def changed(self) -> tuple[_Named, ...]:
        """The names that are no field ids themselves, with what they became."""
        return tuple(_Named(id=id_, name=name) for name, id_ in self._of.items() if id_ != name)


def _plain(name: str) -> str:
    ascii_ = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"\W+", "_", ascii_).strip("_")[:_MAX_CHARACTERS] or "field"
    try:
        check_name(plain)
    except FieldRefused:
        plain = f"field_{plain}"[:_MAX_CHARACTERS]
    return plain


def slug_of(name: str) -> str:
    """A name as the id of a work: lower case, with hyphens."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", _plain(name))
    slug = re.sub(r"[^a-z0-9]+", "-", spaced.lower()).strip("-")[:_MAX_CHARACTERS].strip("-")
    return slug if slug[:1].isalpha() else f"work-{slug}"[:_MAX_CHARACTERS].strip("-")
