"""JSON documents: every ``--json`` answer and every ``document.json``, versioned, and the proof read back.

A document is one object that begins with ``{"remit": 1, "kind": ...}``. Keys stand in a fixed order, everything is
there (absent is ``null``), times are RFC 3339 in UTC, and a number that is none (NaN) is refused. A proof carries the
digest of its own content, so that a change by hand shows.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from remit.definition.flaws import json_fault, json_found
from remit.definition.levels import LEVELS
from remit.definition.positions import Path, dotted
from remit.errors import DocumentInvalid, Location, Problem

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from remit.deciding.decision import Decision
    from remit.proof.document import ProofDocument
    from remit.readiness.finding import Readiness, RuleResult

__all__ = [
    "DOCUMENT_VERSION",
    "decision_document",
    "document_digest",
    "document_text",
    "from_json",
    "from_text",
    "plain",
    "readiness_document",
    "to_json",
    "versioned",
]

DOCUMENT_VERSION: Final = 1

_Json = Any
_DIGEST_KEY: Final = "document_digest"
_AS_THEY_ARE: Final = frozenset({str, int, bool, type(None)})
_MOST_PROBLEMS: Final = 20
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def versioned(kind: str, content: Mapping[str, object]) -> dict[str, _Json]:
    """A document of any ``kind``: ``{"remit": 1, "kind": kind, **content}``, made plain by :func:`plain`."""
    return {"remit": DOCUMENT_VERSION, "kind": kind, **{key: plain(value) for key, value in content.items()}}


def document_text(document: Mapping[str, _Json], *, indent: int | None = 2) -> str:
    """A document as text: indented by two spaces, or on one line; UTF-8 as it is, no line end at the end.

    Half characters (lone surrogates), which no encoder takes, are written as JSON escapes.

    Raises:
        DocumentInvalid: when a number in it is not finite.
    """
    try:
        text = json.dumps(document, indent=indent, ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise DocumentInvalid(f"the document can't be written as JSON: {error}") from error
    return _SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def plain(value: object) -> _Json:
    """``value`` as JSON types: a dataclass becomes an object with all its fields in their order.

    Raises:
        DocumentInvalid: when a number is not finite, a time has no zone, or a type has no place in a document.
    """
    if type(value) in _AS_THEY_ARE:  # most of every document
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):  # its fields have names: a list would lose them
        return plain(value._asdict())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return _leaf(value)


def _leaf(value: object) -> _Json:
    match value:
        case None | bool() | int() | str():
            return value
        case float() if math.isfinite(value):
            return value
        case float():
            raise DocumentInvalid(f"{value} is no number that a document can hold")
        case datetime():
            return _rfc3339(value)
        case date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case bytes():  # digests and signatures
            return value.hex()
        case _:
            raise DocumentInvalid(f"a {type(value).__name__} has no place in a document")


def _rfc3339(at: datetime) -> str:
    if at.tzinfo is None:
        raise DocumentInvalid(f"{at.isoformat()} has no time zone; times in a document are in UTC")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def to_json(document: ProofDocument) -> dict[str, _Json]:
    """A proof as its document, with all digests and the digest of the document itself.

    Raises:
        DocumentInvalid: when a number is not finite or a time has no zone.
    """
    made = versioned("proof", plain(document))
    return {**made, _DIGEST_KEY: _digest(made)}


def document_digest(document: ProofDocument) -> str:
    """The digest that :func:`to_json` writes into the document (SHA-256, hexadecimal)."""
    return str(to_json(document)[_DIGEST_KEY])


def from_json(data: object) -> ProofDocument:
    """The proof that a document holds; strict, so that nothing is guessed.

    Raises:
        DocumentInvalid: with every problem found, each with its path: another version or kind, a key that is not
            known, a value of another type, a count or share outside its domain, a digest that does not fit.
    """
    content = _content(data)
    body = {key: value for key, value in content.items() if key not in ("remit", "kind", _DIGEST_KEY)}
    document = _validated(body)
    problems = tuple(_outside_domain(document)) or tuple(_unknown_keys(body, plain(document)))
    if problems:
        raise DocumentInvalid(problems=problems[:_MOST_PROBLEMS])
    said, is_now = content.get(_DIGEST_KEY), _digest(content)
    if said != is_now:
        raise DocumentInvalid(
            "the document was changed after it was written",
            where=Location(path=_DIGEST_KEY),
            expected=is_now,
            found=_brief(said),
            mend="take the document as `remit prove` wrote it, or prove again",
        )
    return document


def from_text(text: str) -> ProofDocument:
    """The proof in the text of a document; see :func:`from_json`.

    Raises:
        DocumentInvalid: the text is not JSON, or not a proof that :func:`from_json` reads.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DocumentInvalid(
            "the document is not JSON", expected="one JSON object", found=json_fault(error), mend="prove again"
        ) from error
    return from_json(data)


def _content(data: object) -> dict[str, _Json]:
    if not isinstance(data, Mapping):
        raise DocumentInvalid("a document is one JSON object", expected="an object", found=json_found(data))
    version, kind = data.get("remit"), data.get("kind")
    if type(version) is not int or version != DOCUMENT_VERSION:
        raise DocumentInvalid(
            "the document is of a version that this Remit does not know",
            where=Location(path="remit"),
            expected=str(DOCUMENT_VERSION),
            found=_brief(version),
            mend="use the version of Remit that wrote it, or prove again",
        )
    if kind != "proof":
        raise DocumentInvalid(
            "the document is not a proof", where=Location(path="kind"), expected="proof", found=_brief(kind)
        )
    return dict(data)


def _validated(body: dict[str, _Json]) -> ProofDocument:
    from pydantic import ValidationError

    try:
        text = json.dumps(body, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise DocumentInvalid(f"the document is not JSON: {error}") from error
    try:
        return _proof_adapter().validate_json(text, strict=True)
    except ValidationError as error:
        problems = [
            Problem(
                message=str(fault["msg"])[0].lower() + str(fault["msg"])[1:],
                where=Location(path=dotted(fault["loc"]) or None),
                found=_brief(fault["input"]) if fault["type"] != "missing" else "nothing",
            )
            for fault in error.errors(include_url=False, include_context=False)
        ]
        raise DocumentInvalid(problems=problems[:_MOST_PROBLEMS]) from error


@cache
def _proof_adapter() -> TypeAdapter[ProofDocument]:
    from pydantic import TypeAdapter

    from remit.proof.document import ProofDocument

    return TypeAdapter(ProofDocument)


def _unknown_keys(given: _Json, known: _Json, path: Path = ()) -> Iterator[Problem]:
    """Keys that the reader passed over: what is in ``given`` and not in what it was read as."""
    if isinstance(given, Mapping) and isinstance(known, Mapping):
        for key, value in given.items():
            if key in known:
                yield from _unknown_keys(value, known[key], (*path, key))
            else:
                yield Problem(
                    message=f"'{key}' is no key of a proof document",
                    where=Location(path=dotted((*path, key))),
                    expected=", ".join(known),
                    found=key,
                )
    elif isinstance(given, list) and isinstance(known, list):
        for index, (one, other) in enumerate(zip(given, known, strict=True)):
            yield from _unknown_keys(one, other, (*path, index))


def _outside_domain(document: ProofDocument) -> Iterator[Problem]:
    """Counts below 0, shares outside [0, 1], times without a zone: what types alone do not refuse."""
    for path, value in _leaves(document, ()):
        name = str(path[-1])
        if isinstance(value, datetime) and value.tzinfo is None:
            yield _outside(path, value, "a time with its zone (2026-10-29T10:24:00Z)")
        elif isinstance(value, int) and not isinstance(value, bool) and value < 0:
            yield _outside(path, value, "a count, 0 or more")
        elif name in _SHARES and isinstance(value, float) and not 0 <= value <= 1:
            yield _outside(path, value, "a share from 0 to 1")


_SHARES: Final = frozenset(
    {"alpha", "assurance", "coverage", "delta", "delta_full", "error_budget", "p_value", "rate", "threshold"}
)


def _outside(path: Path, value: object, expected: str) -> Problem:
    return Problem(
        message="the value is outside its domain",
        where=Location(path=dotted(path)),
        expected=expected,
        found=str(value),
    )


def _leaves(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _leaves(getattr(value, field.name), (*path, field.name))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    else:
        yield path, value


def _brief(value: object) -> str:
    text = json.dumps(value, ensure_ascii=True, default=str)
    return text if len(text) <= 80 else text[:79] + "…"


def _digest(document: Mapping[str, _Json]) -> str:
    body = {key: _canonical(value) for key, value in document.items() if key != _DIGEST_KEY}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _canonical(value: _Json) -> _Json:
    """Numbers in one form: a program that writes 1.0 as 1 did not change the document."""
    match value:
        case float() if value.is_integer() and abs(value) < 2**53:
            return int(value)
        case dict():
            return {key: _canonical(item) for key, item in value.items()}
        case list():
            return [_canonical(item) for item in value]
        case _:
            return value


def readiness_document(readiness: Readiness) -> dict[str, _Json]:
    """What ``remit check --json`` prints: every rule with its findings, the dimensions, and what each level needs."""
    return versioned(
        "readiness",
        {
            "work": readiness.work,
            "for_level": readiness.for_level,
            "executor": readiness.executor,
            "reached": readiness.reached,
            "ceiling": readiness.ceiling,
            "ceiling_because": readiness.ceiling_because,
            "levels": [
                {"level": level, "reached": not readiness.missing[level], "missing": readiness.missing[level]}
                for level in LEVELS
                if level in readiness.missing
            ],
            "dimensions": [
                {"dimension": dimension, "state": state, "gate": dimension.is_gate}
                for dimension, state in readiness.dimensions.items()
            ],
            "rules": [_rule(result) for result in readiness.results],
        },
    )


def _rule(result: RuleResult) -> dict[str, _Json]:
    made: dict[str, _Json] = plain(result)
    for shown, finding in zip(made["findings"], result.findings, strict=True):
        shown["path"] = dotted(finding.path) or None
    return made


def decision_document(
    decision: Decision, *, work: str, key: str | None = None, executor: str | None = None, review: str | None = None
) -> dict[str, _Json]:
    """What ``remit decide --json`` prints: the route with every reason, the answer, and the review that follows."""
    about = {"work": work, "key": key, "executor": executor, "review": review}
    return versioned("decision", {**about, **plain(decision)})
