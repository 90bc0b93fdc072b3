"""The names that the parts of a definition may refer to, as far as the data says them, faulty or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from remit.definition.flaws import Flaw
from remit.definition.positions import Path
from remit.definition.schemas.fields import build_fields
from remit.definition.schemas.look import properties
from remit.definition.schemas.validity import schema_flaws

__all__ = ["Known", "Section", "at", "entries", "known_names", "texts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What ``inputs`` or ``outputs`` say of their fields. ``schema`` and ``names`` are None where that is unknown."""

    schema: Mapping[str, Any] | None = None
    names: tuple[str, ...] | None = None
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The names of a definition."""

    inputs: Section
    outputs: Section
    decisions: tuple[str, ...]
    effects: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One mapping of the document, with its path."""

    path: Path
    value: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedText:
    """One text of the document, with its path."""

    path: Path
    value: str


def at(data: Any, *path: str | int) -> Any:
    """The value at ``path``; None where there is none."""
    for part in path:
        if isinstance(part, str):
            data = data.get(part) if isinstance(data, Mapping) else None
        else:
            data = data[part] if isinstance(data, list | tuple) and part < len(data) else None
    return data


def entries(data: Any, *path: str | int) -> Iterator[Entry]:
    """The mappings in the list at ``path``; nothing where there is no list."""
    found = at(data, *path)
    for i, value in enumerate(found if isinstance(found, list | tuple) else ()):
        if isinstance(value, Mapping):
            yield Entry(path=(*path, i), value=value)


def texts(data: Any, *path: str | int) -> Iterator[PlacedText]:
    """The texts in the list at ``path``; nothing where there is no list."""
    found = at(data, *path)
    for i, value in enumerate(found if isinstance(found, list | tuple) else ()):
        if isinstance(value, str):
            yield PlacedText(path=(*path, i), value=value)


def known_names(data: Any) -> Known:
    """The names that ``data`` says."""
    return Known(
        inputs=_section(data, "inputs"),
        outputs=_section(data, "outputs"),
        decisions=_ids(data, "decisions"),
        effects=_ids(data, "outputs", "effects"),
    )


def _ids(data: Any, *path: str) -> tuple[str, ...]:
    return tuple(entry.value["id"] for entry in entries(data, *path) if isinstance(entry.value.get("id"), str))


def _section(data: Any, name: str) -> Section:
    fields, schema = at(data, name, "fields"), at(data, name, "schema")
    if fields is not None and schema is not None:
        flaw = Flaw(
            path=(name, "schema"),
            message=f"`{name}` has both `fields` and `schema`",
            expected="one of them",
            found="both",
            mend="keep `schema` and take `fields` away, or the other way round",
            at_key=True,
        )
        return Section(flaws=(flaw,))
    if isinstance(fields, Mapping):
        built = build_fields(fields)
        names = tuple(str(field) for field in fields)
        return Section(
            schema=built.schema, names=names, flaws=tuple(flaw.inside((name, "fields")) for flaw in built.flaws)
        )
    if isinstance(schema, Mapping):
        flaws = tuple(flaw.inside((name, "schema")) for flaw in schema_flaws(schema))
        if flaws:
            return Section(flaws=flaws)
        return Section(schema=schema, names=tuple(properties(schema)) or None)
    return Section()
