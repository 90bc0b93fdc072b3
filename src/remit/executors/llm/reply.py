"""What one call to a model brought, free of any library, and what of it can be an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remit.definition.positions import dotted
from remit.definition.schemas import SchemaCheck
from remit.executors.llm.json_text import NotAnObject, read_object
from remit.executors.llm.logprobs import Token
from remit.executors.llm.settings import OutputMode
from remit.items import Fault, FaultKind, JsonObject

__all__ = ["Reply", "Usage", "usable"]

_FENCE = "```"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How many tokens a call took, as the service counts them; None where it does not say."""

    tokens_in: int | None = None
    tokens_out: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply. ``texts`` are what may be the answer: one of them, where all is well.

    ``cut`` says that it ran into the limit of its length, ``refused`` that the model or a filter of the service would
    not answer.  ``model`` is the model that the service says has answered.
    """

    texts: Sequence[str]
    cut: bool = False
    refused: bool = False
    tokens: tuple[Token, ...] | None = None
    usage: Usage = Usage()
    model: str | None = None


def usable(reply: Reply, check: SchemaCheck, *, output: OutputMode, max_tokens: int) -> JsonObject | Fault:
    """The output that a reply holds, or the fault that it is. Nothing is guessed, completed or repaired.

    Only with ``output: prompted``, where the service holds nothing to the schema, the marks of a code block round the
    whole answer are taken off.
    """
    if reply.refused:
        return _rubbish("the model refused to answer")
    if reply.cut:
        return _rubbish(f"the answer was cut off at its limit of {max_tokens:,} tokens (`max_tokens`)")
    if not reply.texts:
        missing = "the model did not call the tool that takes its answer" if output is OutputMode.TOOL else None
        return _rubbish(missing or "the model gave no answer")
    if len(reply.texts) > 1:
        return _rubbish(f"the model answered {len(reply.texts)} times at once")
    text = reply.texts[0]
    try:
        found = read_object(_unfenced(text) if output is OutputMode.PROMPTED else text)
    except NotAnObject as why:
        return _rubbish(f"the answer can't be read: {why}")
    faults = check.faults(found, limit=2)
    if faults:
        said = "; ".join(f"{dotted(one.path) or 'the answer'}: {one.message}" for one in faults)
        return _rubbish(f"the answer does not fit the outputs: {said}")
    return found


def _rubbish(text: str) -> Fault:
    return Fault(kind=FaultKind.RUBBISH, text=text[:300])


def _unfenced(text: str) -> str:
    stripped = text.strip()
    if not (stripped.startswith(_FENCE) and stripped.endswith(_FENCE) and len(stripped) > 2 * len(_FENCE)):
        return text
    first, newline, rest = stripped[len(_FENCE) : -len(_FENCE)].partition("\n")
    return rest if newline and first.strip().lower() in ("", "json") else text
