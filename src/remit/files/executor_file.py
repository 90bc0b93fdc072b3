"""``executors/<name>.yaml``: who or what does the work, apart from what the work is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, WithJsonSchema

from remit.definition.durations import parse_duration
from remit.definition.flaws import Flaw, found
from remit.definition.model import Cel, Duration, Json, Name, NotNegative, Slug, Text, record
from remit.definition.positions import SourceMap
from remit.definition.reading.shape import Shape
from remit.errors import ExecutorInvalid
from remit.files.shapes import read_as
from remit.files.yaml_reader import read_yaml
from remit.items import ExecutorKind, ExecutorSpec

__all__ = ["ExecutorFile", "load_executor"]

_MAX_RETRIES: Final = 10
_LONGEST: Final = timedelta(hours=24)

_BUILT: Final = [
    ExecutorKind.PERSON,
    ExecutorKind.TABLE,
    ExecutorKind.FUNCTION,
    ExecutorKind.MODEL,
    ExecutorKind.HTTP,
    ExecutorKind.LLM,
    ExecutorKind.CASCADE,
]
"""The kinds that are offered; the others are known words, and loading them says that they come later."""

_NEEDED: Final[Mapping[ExecutorKind, Mapping[str, str]]] = {
    ExecutorKind.FUNCTION: {"entry": "the function (`module:name`)"},
    ExecutorKind.MODEL: {"file": "the model's file"},
    ExecutorKind.HTTP: {"settings": "the address of the service (`{url: https://...}`)"},
    ExecutorKind.LLM: {"settings": "the model and its key (`{model: ..., key_from: ...}`)"},
    ExecutorKind.CASCADE: {"settings": "its parts: {parts: [{executor: NAME, at_least: 0.9}, {executor: NAME}]}"},
}
"""The keys that a kind of executor can't be without, and what each holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorFile:
    """An executor as it is described, with the place of everything that the file says."""

    spec: ExecutorSpec
    source: SourceMap
    path: Path


@record
class _Written:
    """What may stand in the file."""

    for_: Annotated[Slug, Field(alias="for")]
    kind: Annotated[ExecutorKind, WithJsonSchema({"enum": _BUILT})]
    entry: Text | None = None
    file: Text | None = None
    files: Annotated[tuple[Text, ...], Field(max_length=1000)] = ()
    settings: Mapping[str, Json] = field(default_factory=dict)
    version: Text | None = None
    deadline: Duration = "30s"
    retries: Annotated[int, Field(ge=0, le=_MAX_RETRIES)] = 0
    cost_per_item: NotNegative | None = None
    confidence: Text | None = None
    incumbent: bool = False
    assumes: Annotated[tuple[Cel, ...], Field(max_length=1000)] = ()
    author: Text | None = None


_SHAPE: Final = Shape(_Written, what="executor")
_NAME: Final = Shape(Name, what="name")


def load_executor(path: Path) -> ExecutorFile:
    """Read one executor file; its name is the name of the file.

    What the file points to is not opened here, and whether the kind knows the settings is for the executor to say.

    Raises:
        FileUnreadable: it can't be read.
        YamlInvalid: it is not plain YAML.
        ExecutorInvalid: with every unknown or missing key and wrong value, and what the kind can't be without.
    """
    yaml = read_yaml(path)
    written = read_as(_SHAPE, yaml.data, yaml.source, ExecutorInvalid, _flaws(yaml.data, path.stem))
    spec = ExecutorSpec(
        name=path.stem,
        work=written.for_,
        kind=written.kind,
        entry=written.entry,
        file=written.file,
        files=written.files,
        settings=written.settings,
        version=written.version,
        deadline=_duration(written.deadline),
        retries=written.retries,
        cost_per_item=written.cost_per_item,
        confidence=written.confidence,
        incumbent=written.incumbent,
        assumes=written.assumes,
        author=written.author,
    )
    return ExecutorFile(spec=spec, source=yaml.source, path=path)


def _duration(text: str) -> timedelta:
    parsed = parse_duration(text)
    assert parsed is not None  # noqa: S101  # the shape was checked
    return parsed


def _flaws(data: Mapping[str, Any], name: str) -> Iterator[Flaw]:
    if _NAME.read(name).value is None:
        yield Flaw(
            path=(),
            message="the name of the file can't be the name of an executor",
            expected="letters, digits, `_` and `-`, beginning with a letter, at most 64",
            found=found(name),
            mend="rename the file",
        )
    kind = data.get("kind")
    needed = next((keys for known, keys in _NEEDED.items() if known == kind), {})
    for key, what in needed.items():
        if data.get(key) is None:
            yield Flaw(
                path=(key,),
                message=f"an executor of kind `{kind}` needs `{key}`",
                expected=what,
                found="nothing",
                mend=f"add `{key}: ...`",
            )
    deadline = data.get("deadline")
    length = parse_duration(deadline) if isinstance(deadline, str) else None
    if length is not None and length > _LONGEST:
        yield Flaw(
            path=("deadline",),
            message="the deadline is too far away",
            expected="at most `24h` for one item",
            found=found(deadline),
        )
