"""What came back from an executor, turned into an answer that everything after it can rely on.

Whatever is no JSON object, no number in [0, 1], or no answer at all becomes a fault: nothing is guessed or repaired
beyond the types that stand for the same JSON value (numpy scalars and arrays, tuples, dates, enumerations).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from itertools import islice
from math import isfinite
from typing import Any

from remit.items import Answer, Fault, FaultKind, JsonObject

__all__ = ["MAX_TEXT", "accept", "describe_error", "no_answer"]

MAX_TEXT = 300
"""How long the text of a fault may be, in characters."""

_MAX_DEPTH = 32
_MAX_PATH = 80
_MAX_TEXT = 1_000_000
_MAX_INT = 10**300  # what a double can still hold
_MAX_VALUES = 100_000
_MAX_LEAVES = 10_000
_SHINGLE = 16


class _NotPlain(Exception):
    """A value that is no JSON; the text says which."""


def no_answer(kind: FaultKind, text: str, *, seconds: float = 0.0, cost: float | None = None) -> Answer:
    """The answer where there is none."""
    return Answer(output=None, seconds=seconds, cost=cost, fault=Fault(kind=kind, text=text[:MAX_TEXT]))


def accept(answer: object, *, seconds: float, cost: float | None = None) -> Answer:
    """Check what an executor returned.

    Args:
        answer: what came; an :class:`Answer` if the executor keeps to the protocol.
        seconds: how long it took, as measured; an executor may report more (a queue), never less.
        cost: what an item costs where the answer does not say, in the currency of the project.

    Returns:
        An answer whose output is plain JSON and whose confidence is None or a float in [0, 1], or one with a fault.
    """
    if not isinstance(answer, Answer):
        return _rubbish(f"the executor returned {_type_name(answer)} instead of an answer", seconds, cost)
    try:
        return _accept(answer, seconds, cost)
    except _NotPlain as fault:
        return _rubbish(str(fault), seconds, cost)


def _accept(answer: Answer, seconds: float, cost: float | None) -> Answer:
    seconds = max(seconds, _amount(answer.seconds, "seconds"))
    if answer.cost is not None:
        cost = _amount(answer.cost, "cost")
    fault = answer.fault
    if fault is not None:
        text = _text(fault.text, "fault.text", MAX_TEXT) or fault.kind.value
        return Answer(
            output=None,
            seconds=seconds,
            cost=cost,
            fault=Fault(kind=fault.kind, text=text),
            signals=_signals(answer.signals) if answer.signals else {},
            trace=None if answer.trace is None else _text(answer.trace, "trace", 2000),
        )
    return Answer(
        output=_plain_object(answer.output),
        confidence=None if answer.confidence is None else _confidence(answer.confidence),
        seconds=seconds,
        cost=cost,
        signals=_signals(answer.signals) if answer.signals else {},
        trace=None if answer.trace is None else _text(answer.trace, "trace", 2000),
    )


def _rubbish(text: str, seconds: float, cost: float | None) -> Answer:
    return no_answer(FaultKind.RUBBISH, text, seconds=seconds, cost=cost)


def _plain_object(output: object) -> dict[str, Any]:
    if output is None:
        raise _NotPlain("the executor gave no output")
    if not isinstance(output, Mapping):
        raise _NotPlain(f"the output is {_type_name(output)}, not an object with the fields of the work")
    if type(output) is dict and all(_is_plain(name, value) for name, value in output.items()):
        return output.copy()
    found: dict[str, Any] = _Plain().copy(output, "output", _MAX_DEPTH)
    return found


def _is_plain(name: object, value: object) -> bool:
    """Whether a field is plain already: the usual case, asked first because it is cheap."""
    if type(name) is not str or not name.isascii():
        return False
    kind = type(value)
    if kind is str:
        return value.isascii() and len(value) <= _MAX_TEXT  # type: ignore[attr-defined, arg-type]
    if kind is int:
        return -_MAX_INT <= value <= _MAX_INT  # type: ignore[operator]
    return kind is bool or value is None or (kind is float and isfinite(value))  # type: ignore[arg-type]


class _Plain:
    """Copies one value into plain JSON types, with a bound on its size."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = _MAX_VALUES

    def copy(self, value: object, path: str, depth: int) -> Any:
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is int:
            return _bounded(value, path)  # type: ignore[arg-type]
        if kind is str:
            return _unicode(value, path)  # type: ignore[arg-type]
        if kind is float:
            return _finite(value, path)  # type: ignore[arg-type]
        return self._other(value, path, depth)

    def _other(self, value: object, path: str, depth: int) -> Any:
        if depth == 0:
            raise _NotPlain(f"{path} is nested more than {_MAX_DEPTH} levels deep")
        if isinstance(value, Mapping):
            return self._object(value, path, depth)
        if isinstance(value, list | tuple):
            self._spend(len(value), path)
            return [self.copy(one, _below(path, f"[{i}]"), depth - 1) for i, one in enumerate(value)]
        plain = _same_in_json(value)
        if plain is None:
            raise _NotPlain(f"{path} is {_type_name(value)}, which is no JSON value")
        return self.copy(plain, path, depth - 1)

    def _object(self, value: Mapping[Any, Any], path: str, depth: int) -> dict[str, Any]:
        self._spend(len(value), path)
        made: dict[str, Any] = {}
        for name, one in value.items():
            if not isinstance(name, str):
                raise _NotPlain(f"{path} has a field name that is {_type_name(name)}, not text")
            plain_name = _unicode(str.__str__(name), path)
            made[plain_name] = self.copy(one, _below(path, f".{plain_name}"), depth - 1)
        return made

    def _spend(self, n: int, path: str) -> None:
        self.left -= n
        if self.left < 0:
            raise _NotPlain(f"{path} makes the output larger than {_MAX_VALUES} values")


def _below(path: str, part: str) -> str:
    """A path one level deeper, bounded, so that what is said of it still fits into the text of a fault."""
    if path.endswith("…"):
        return path
    deeper = path + part
    return deeper if len(deeper) <= _MAX_PATH else f"{deeper[: _MAX_PATH - 1]}…"


def _same_in_json(value: object) -> Any:
    """What stands for ``value`` in JSON, None where nothing does."""
    match value:
        case Enum():
            return value.value
        case str():
            return str.__str__(value)
        case int():
            return int(value)
        case float():
            return float(value)
        case datetime():
            return None if value.tzinfo is None else value.isoformat()
        case date():
            return value.isoformat()
        case _:
            return _from_numpy(value)


def _from_numpy(value: object) -> Any:
    """The plain value of a numpy scalar or array, None for everything else; numpy is never imported for this."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    if isinstance(value, numpy.ndarray) and value.size <= _MAX_VALUES:
        return value.tolist()
    return value.item() if isinstance(value, numpy.generic) else None


def _bounded(number: int, path: str) -> int:
    if not -_MAX_INT <= number <= _MAX_INT:
        raise _NotPlain(f"{path} is a whole number beyond 10^{len(str(_MAX_INT)) - 1}")
    return number


def _unicode(text: str, path: str) -> str:
    if len(text) > _MAX_TEXT:
        raise _NotPlain(f"{path} is a text of more than {_MAX_TEXT:,} characters")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise _NotPlain(f"{path} holds half a character (a lone surrogate)") from None
    return text


def _finite(number: float, path: str) -> float:
    if not isfinite(number):
        raise _NotPlain(f"{path} is {number}, which is no JSON number")
    return number


def _number(value: object, path: str) -> float:
    if type(value) is not float:
        plain = value if isinstance(value, int | float) else _from_numpy(value)
        if isinstance(plain, bool) or not isinstance(plain, int | float):
            raise _NotPlain(f"{path} is {_type_name(value)}, not a number")
        value = float(plain)
    return _finite(value, path)


def _confidence(value: object) -> float:
    number = _number(value, "confidence")
    if not 0.0 <= number <= 1.0:
        raise _NotPlain(f"confidence is {number}, not in [0, 1]")
    return number


def _amount(value: object, path: str) -> float:
    number = _number(value, path)
    if number < 0.0:
        raise _NotPlain(f"{path} is {number}, below zero")
    return number


def _signals(signals: object) -> dict[str, bool | float | str]:
    if not isinstance(signals, Mapping):
        raise _NotPlain(f"signals is {_type_name(signals)}, not names with values")
    made: dict[str, bool | float | str] = _Plain().copy(signals, "signals", 2)
    for name, value in made.items():
        if not isinstance(value, bool | float | int | str):
            raise _NotPlain(f"signals.{name[:64]} is {_type_name(value)}, not a yes or no, a number or text")
    return made


def _text(value: object, path: str, limit: int) -> str:
    if not isinstance(value, str):
        raise _NotPlain(f"{path} is {_type_name(value)}, not text")
    return _unicode(str.__str__(value)[:limit], path)


def _type_name(value: object) -> str:
    return "nothing" if value is None else f"a {type(value).__name__[:64]}"


def describe_error(error: BaseException, given: JsonObject) -> str:
    """Type and message of an exception, on one line, without what the item holds.

    A field of the input that the message repeats is replaced by its name; a message that still shares
    16 characters in a row with a text of the input is left out.
    """
    name = type(error).__name__[:64]
    try:
        message = " ".join(str(error).split())[: 2 * MAX_TEXT]
    except Exception:  # noqa: BLE001 - an exception whose own text fails is still only a fault
        return f"{name} (its message can't be read)"
    if not message:
        return name
    texts: list[str] = []
    for path, text in islice(_texts(given, "input", _MAX_DEPTH), _MAX_LEAVES):
        for shape in {text, " ".join(text.split()), repr(text)[1:-1]}:
            message = _hidden(message, shape, path)
        texts.append(" ".join(text.split()))
    if any(message[i : i + _SHINGLE] in text for text in texts for i in range(len(message) - _SHINGLE + 1)):
        return f"{name} (its message repeats the item and is left out)"
    return f"{name}: {message}"[:MAX_TEXT]


def _hidden(message: str, shape: str, path: str) -> str:
    if len(shape) > 3:
        return message.replace(shape, f"<{path}>")
    return message.replace(repr(shape), f"<{path}>") if shape else message


def _texts(value: object, path: str, depth: int) -> Iterable[tuple[str, str]]:
    """Every leaf of the input that says something, as text, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, repr(value)
    elif depth and isinstance(value, Mapping):
        for name, one in value.items():
            yield from _texts(one, f"{path}.{name}", depth - 1)
    elif depth and isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one, f"{path}[]", depth - 1)
