"""What a service answered, read with every doubt: bounded, JSON by its own word, from the version that was proved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NoReturn

from remit.executors.perform.call_failed import CallFailed
from remit.items import Answer, ExecutorSpec, FaultKind

if TYPE_CHECKING:
    import httpx2

__all__ = ["MAX_BYTES", "VERSION_HEADER", "answer_of", "body_of"]

MAX_BYTES: Final = 4_000_000
"""How large an answer may be."""

VERSION_HEADER: Final = "X-Remit-Version"
"""Where a service says which version of it answers; or ``version`` in its answer."""

_MAX_SHOWN: Final = 60


async def body_of(response: httpx2.Response) -> bytes:
    """The whole body of an answer that says it is JSON, no more than :data:`MAX_BYTES` of it.

    Raises:
        CallFailed: it says it is something else, is packed, or too large.
    """
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not (kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))):
        raise _rubbish(f"the service answered with {_shown(kind) or 'an unnamed kind of content'} instead of JSON")
    if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise _rubbish("the service packed its answer, though it was asked not to")
    said = response.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and int(said) > MAX_BYTES:
        raise _too_large()
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > MAX_BYTES:
            raise _too_large()
    return bytes(body)


def answer_of(body: bytes, headers: Mapping[str, str], spec: ExecutorSpec) -> Answer:
    """The answer in a body; what is in it is checked further by ``accept``, as every executor's answer is.

    Raises:
        CallFailed: it is no JSON object with an ``output``, or another version than the file names answered.
    """
    try:
        content: Any = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise _rubbish("the service answered with what is no JSON, though it says so") from None
    if not isinstance(content, dict):
        raise _rubbish("the service answered with JSON that is no object")
    version = _version(headers.get(VERSION_HEADER), content.get("version"), spec)
    if "output" not in content:
        raise _rubbish("the service answered without an `output`")
    signals = content.get("signals")
    return Answer(
        output=content["output"],
        confidence=None if spec.confidence == "none" else content.get("confidence"),
        cost=content.get("cost"),
        signals={} if signals is None else signals,
        trace=None if version is None else f"version {version}",
    )


def _version(in_header: object, in_body: object, spec: ExecutorSpec) -> str | None:
    """The version that answered, as the service says; None where it says none."""
    said = [_shown(str(one)) for one in (in_header, in_body) if one is not None]
    for one in said:
        if spec.version is not None and one != spec.version:
            raise CallFailed(
                f"version `{one}` of the service answered, and `{spec.version}` is what its file names: "
                "what is known about one version says nothing about another"
            )
    return said[0] if said else None


def _shown(text: str) -> str:
    """What a service said, as far as it may be repeated: a short word, or nothing."""
    plain = text if text.isascii() and text.isprintable() else "unreadable"
    return plain[:_MAX_SHOWN]


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and infinities are no JSON


def _rubbish(text: str) -> CallFailed:
    return CallFailed(text, kind=FaultKind.RUBBISH, absent=False)


def _too_large() -> CallFailed:
    return _rubbish(f"the service answered with more than {MAX_BYTES:,} bytes")
