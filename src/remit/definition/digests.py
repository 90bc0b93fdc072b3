"""Digests: SHA-256 over the canonical JSON of what a definition means, not of how it is written.

Canonical JSON has sorted keys, no spaces, and one form for each number: 5 and 5.0 are the same number and give the
same bytes.  Values that equal their default are left out, so that a key that a later version of the language adds
changes no digest of a definition that does not use it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from remit.definition.model import Definition, Table
from remit.errors import ArgumentInvalid

__all__ = ["EVIDENCE", "as_json", "canonical_json", "definition_digest", "digest_of", "evidence_digest"]

_WORDING: Final = frozenset({"title", "questions"})
EVIDENCE: Final = ("inputs", "outputs", "decisions", "scope", "constraints", "quality")
"""The parts of a definition that evidence is about."""


def canonical_json(value: Any) -> bytes:
    """JSON in its one canonical form, as UTF-8.

    Tuples are lists, enumerations their value; a float that is a whole number is written as that whole number.

    Raises:
        ArgumentInvalid: what can't be JSON: NaN and infinities, keys that are no text, half characters, circles.
    """
    try:
        text = json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
        return text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise ArgumentInvalid(f"the value has no canonical JSON: {error}", found=type(value).__name__) from error


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {str.__str__(key): _plain(below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(below) for below in value]
    return value


def digest_of(value: Any) -> str:
    """SHA-256, hexadecimal, of the canonical JSON of ``value``. Raises as :func:`canonical_json`."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def definition_digest(definition: Definition) -> str:
    """The digest of everything that a definition means: all but ``title`` and ``questions``."""
    meaning = _meaning(definition)
    return digest_of({key: value for key, value in meaning.items() if key not in _WORDING})


def evidence_digest(definition: Definition) -> str:
    """The digest of what evidence is about: inputs, outputs, decisions with their tables, scope, constraints, quality.

    A proof, a certificate and a demotion are bound to it.
    """
    meaning = _meaning(definition)
    return digest_of({key: meaning[key] for key in EVIDENCE if key in meaning})


def _meaning(record: Any) -> dict[str, Any]:
    """A record as JSON by the keys of the language, without what equals its default."""
    meaning: dict[str, Any] = {}
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if value == _default(field) or (isinstance(record, Table) and field.name == "file"):
            continue  # the rules of a table are taken in: where they came from is no part of the meaning
        meaning[field.name.rstrip("_")] = as_json(value)
    return meaning


def _default(field: dataclasses.Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else field.default


def as_json(value: Any) -> Any:
    """A definition, or a part of one, as JSON by the keys of the language, without what equals its default.

    The rules of a table are in it, wherever they came from; reading it gives the same definition again.
    """
    if dataclasses.is_dataclass(value):
        return _meaning(value)
    if isinstance(value, list | tuple):
        return [as_json(below) for below in value]
    if isinstance(value, Mapping):
        return {key: as_json(below) for key, below in value.items()}
    return value
