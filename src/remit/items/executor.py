"""Who can answer: the description of an executor and what every executor does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from remit.items.answer import Answer
from remit.items.item import Json, JsonObject

__all__ = ["Executor", "ExecutorKind", "ExecutorSpec"]


class ExecutorKind(StrEnum):
    """The kinds of executor."""

    PERSON = "person"
    TABLE = "table"
    FUNCTION = "function"
    MODEL = "model"
    HTTP = "http"
    LLM = "llm"
    AGENT = "agent"
    CASCADE = "cascade"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorSpec:
    """What ``executors/<name>.yaml`` says of one executor of one work definition.

    ``files`` are paths relative to the project that the executor is made of; they are part of its digest, with
    ``settings``, ``version`` and, for a function, its source.  ``cost_per_item`` is also the cap of what one item may
    cost.  ``assumes`` is CEL over input.
    """

    name: str
    work: str
    kind: ExecutorKind
    entry: str | None = None
    file: str | None = None
    files: tuple[str, ...] = ()
    settings: Mapping[str, Json] = field(default_factory=dict)
    version: str | None = None
    deadline: timedelta = timedelta(seconds=30)
    retries: int = 0
    cost_per_item: float | None = None
    confidence: str | None = None
    incumbent: bool = False
    assumes: tuple[str, ...] = ()
    author: str | None = None


class Executor(Protocol):
    """Anything that answers items of one work definition.

    ``digest`` is over all that the executor is made of: the same digest means the same behaviour as far as Remit can
    know.  ``answer`` may raise: ``remit.executors.perform`` turns everything into an :class:`Answer`.
    """

    @property
    def spec(self) -> ExecutorSpec:
        """What the executor file says."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256, hexadecimal, over all that the executor is made of."""
        ...

    @property
    def gives_confidence(self) -> bool:
        """Whether answers come with a confidence."""
        ...

    def answer(self, given: JsonObject) -> Answer:
        """Answer one input, already admitted. Must not change ``given``."""
        ...
