"""Any Python callable as an executor, sync or async; and the decorator that marks one without changing it."""

from __future__ import annotations

import asyncio
import inspect
import typing
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from remit.definition.model import Definition
from remit.definition.schemas import output_schema
from remit.errors import ArgumentInvalid, ExecutorInvalid, Location
from remit.executors.fingerprint import digest_of_executor, digest_of_file, digests_of_files, only
from remit.executors.perform.accept import no_answer
from remit.executors.source import load_callable, read_sources
from remit.items import Answer, ExecutorKind, ExecutorSpec, FaultKind, Json, JsonObject

__all__ = [
    "INCUMBENT",
    "AsyncFunctionExecutor",
    "FunctionExecutor",
    "answer_from",
    "bind",
    "copied",
    "executor",
    "load_function",
    "spec_of",
]

F = TypeVar("F", bound=Callable[..., Any])
INCUMBENT = "__remit_incumbent__"
"""The attribute with the function itself, of one that is recorded beside what it does."""

_MARK = "__remit_executor__"
_NO_CONFIDENCE = "none"
_NESTED = frozenset({dict, list})


def executor(
    work: str,
    *,
    name: str | None = None,
    version: str | None = None,
    incumbent: bool = False,
    deadline: timedelta = timedelta(seconds=30),
    retries: int = 0,
    cost_per_item: float | None = None,
    confidence: str | None = None,
    files: Sequence[str] = (),
    settings: Mapping[str, Json] | None = None,
    assumes: Sequence[str] = (),
    author: str | None = None,
) -> Callable[[F], F]:
    """Mark a function as an executor of one work definition.

    The function itself comes back, with its signature and its speed; the mark is an attribute of it, and nothing is
    registered anywhere else.

    Args:
        work: the id of the work definition.
        name: the name of the executor; the function's own, with ``-`` for ``_``, where it is left out.
        version: raise it where behaviour changes in a way that the source does not show.
        incumbent: whether this function does the work today.
        deadline: how long one item may take.
        retries: how often a transient fault is tried again.
        cost_per_item: what one item costs, at most, in the currency of the project.
        confidence: what its confidence is, in words; ``none`` where it gives none.
        files: what else it is made of, as paths in the project.
        settings: keyword arguments it is called with.
        assumes: CEL over input: what it takes for granted.
        author: who made it.

    Raises:
        ArgumentInvalid: what is marked is no plain function.
    """

    def mark(function: F) -> F:
        if not inspect.isfunction(function):
            raise ArgumentInvalid(
                "only a function can be marked as an executor",
                expected="a function made with def",
                found=type(function).__name__,
                mend="use remit.executors.bind for other callables",
            )
        spec = ExecutorSpec(
            name=name or function.__name__.strip("_").replace("_", "-"),
            work=work,
            kind=ExecutorKind.FUNCTION,
            version=version,
            incumbent=incumbent,
            deadline=deadline,
            retries=retries,
            cost_per_item=cost_per_item,
            confidence=confidence,
            files=tuple(files),
            settings=dict(settings or {}),
            assumes=tuple(assumes),
            author=author,
        )
        setattr(function, _MARK, spec)
        return function

    return mark


def spec_of(function: Callable[..., Any]) -> ExecutorSpec | None:
    """What ``@executor`` said of a function; None where it is not marked."""
    found = getattr(function, _MARK, None)
    return found if isinstance(found, ExecutorSpec) else None


class FunctionExecutor:
    """A callable that is given a copy of the input, as a dict, and the settings as keyword arguments.

    It may return an output dict, a bare value where the work has exactly one output field, a pair of either and a
    confidence, or an :class:`~remit.items.Answer`.
    """

    __slots__ = ("_fields", "_function", "_silent", "digest", "gives_confidence", "spec")

    def __init__(
        self, function: Callable[..., Any], *, spec: ExecutorSpec, digest: str, definition: Definition
    ) -> None:
        function = getattr(function, INCUMBENT, function)  # asked as an executor, it is not recorded once more
        self.spec = spec
        self.digest = digest
        self.gives_confidence = _gives_confidence(function, spec)
        self._silent = spec.confidence == _NO_CONFIDENCE
        self._function = partial(function, **spec.settings) if spec.settings else function
        self._fields = tuple(output_schema(definition).get("properties", {}))

    def answer(self, given: JsonObject) -> Answer:
        """Answer one input; raises what the function raises."""
        return self._answer_from(self._function(copied(given)))

    def _answer_from(self, returned: object) -> Answer:
        return answer_from(returned, fields=self._fields, silent=self._silent)


def answer_from(returned: object, *, fields: Sequence[str], silent: bool = False) -> Answer:
    """The answer that a function gave by what it returned.

    Args:
        returned: an output dict, a bare value where there is one field, a pair of either and a confidence, an Answer.
        fields: the output fields of the work.
        silent: whether a confidence is left out.
    """
    if isinstance(returned, Answer):
        return returned if not silent or returned.confidence is None else _silenced(returned)
    output, confidence = returned, None
    if isinstance(returned, tuple) and len(returned) == 2:
        output, confidence = returned
        confidence = None if silent else confidence
    if not isinstance(output, Mapping):
        if output is None or inspect.isawaitable(output) or len(fields) != 1:
            return _rubbish(output, fields)
        output = {fields[0]: output}
    return Answer(output=output, confidence=confidence)


def _rubbish(output: object, fields: Sequence[str]) -> Answer:
    if inspect.iscoroutine(output):
        output.close()
        return no_answer(FaultKind.RUBBISH, "the function returned a coroutine: write it with async def")
    if output is None:
        return no_answer(FaultKind.RUBBISH, "the function returned nothing")
    said = ", ".join(fields) or "none"
    what = type(output).__name__
    return no_answer(FaultKind.RUBBISH, f"the function returned a {what}, not a dict with the output fields ({said})")


class AsyncFunctionExecutor(FunctionExecutor):
    """A coroutine function. ``performer`` runs it on one event loop that it keeps."""

    __slots__ = ()

    def answer(self, given: JsonObject) -> Answer:
        """Answer one input on an event loop of its own."""
        return asyncio.run(self.answer_async(given))

    def answer_async(self, given: JsonObject) -> Coroutine[Any, Any, Answer]:
        """Answer one input; raises what the function raises."""
        return self._awaited(copied(given))

    async def _awaited(self, given: dict[str, Json]) -> Answer:
        return self._answer_from(await self._function(given))


def _silenced(answer: Answer) -> Answer:
    return Answer(
        output=answer.output,
        seconds=answer.seconds,
        cost=answer.cost,
        fault=answer.fault,
        signals=answer.signals,
        trace=answer.trace,
    )


def copied(given: JsonObject) -> dict[str, Json]:
    """A copy that nobody else changes."""
    made = dict(given)
    for name, value in given.items():
        if type(value) in _NESTED:
            made[name] = _copy_nested(value)
    return made


def _copy_nested(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _copy_nested(one) for name, one in value.items()}
    return [_copy_nested(one) for one in value] if isinstance(value, list) else value


def load_function(spec: ExecutorSpec, *, root: Path, definition: Definition) -> FunctionExecutor:
    """The executor that an executor file with an ``entry`` describes.

    Its digest covers the file, every file of the project that it imports, ``files``, settings and version.

    Raises:
        ExecutorInvalid: the entry can't be used.
    """
    only(spec, entry=True, files=True, confidence=True)
    if spec.entry is None:
        raise ExecutorInvalid(
            "an executor of kind `function` needs an `entry`",
            where=Location(path="entry"),
            expected="`path/to/file.py:name` or `module:name`",
            mend="say which function it is",
        )
    loaded = load_callable(spec.entry, root=root)
    files = {**loaded.sources.digests, **digests_of_files(root, spec.files)}
    return _made(loaded.function, spec, {"entry": spec.entry, "files": files}, definition)


def bind(
    function: Callable[..., Any],
    spec: ExecutorSpec | None = None,
    *,
    definition: Definition,
    root: Path | None = None,
) -> FunctionExecutor:
    """The executor that a callable already at hand is.

    The digest covers the file that holds its source and, inside ``root``, the files of the project which that file
    imports.  A callable whose behaviour its source does not tell (an object, a method, a lambda, a closure, a
    ``partial``, a C function) needs a ``version``, which then stands for it.

    Args:
        function: any callable, sync or async.
        spec: what an executor file would say; what ``@executor`` said where it is left out.
        definition: the work it does.
        root: the folder of the project, if there is one.

    Raises:
        ExecutorInvalid: it was not marked and has no spec, is for other work, or can't be pinned without a version.
    """
    spec = spec if spec is not None else spec_of(function)
    if spec is None:
        raise ExecutorInvalid(
            f"`{_name(function)}` is not marked as an executor",
            expected="a function under @remit.executor(...), or a spec",
            mend=f'put @remit.executor("{definition.id}") above it',
        )
    if spec.work != definition.id:
        raise ExecutorInvalid(
            f"`{spec.name}` is for `{spec.work}`, not for `{definition.id}`",
            where=Location(path="for"),
            expected=definition.id,
            found=spec.work,
        )
    made_of: dict[str, Json] = {"name": _name(function), "files": _source_digests(function, root)}
    if not made_of["files"] and spec.version is None:
        raise ExecutorInvalid(
            f"`{_name(function)}` can't be pinned by its source",
            where=Location(path="version"),
            expected="a version",
            found="none",
            mend="give a version, and raise it with every change of behaviour",
        )
    if spec.files:
        if root is None:
            raise ExecutorInvalid("`files` needs the folder of the project", where=Location(path="files"))
        made_of["files"] |= digests_of_files(root, spec.files)
    return _made(function, spec, made_of, definition)


def _name(function: Callable[..., Any]) -> str:
    of = inspect.unwrap(function)
    kind = type(of)
    module = getattr(of, "__module__", None) or kind.__module__
    return f"{module}.{getattr(of, '__qualname__', kind.__qualname__)}"


def _source_digests(function: Callable[..., Any], root: Path | None) -> dict[str, str]:
    """Digests of the files that tell what a function does; empty where its source does not tell it."""
    of = inspect.unwrap(function)
    if not inspect.isfunction(of) or of.__name__ == "<lambda>" or of.__closure__:
        return {}
    path = Path(of.__code__.co_filename)
    if not path.is_file():
        return {}
    path = path.resolve()
    if root is not None and path.is_relative_to(root.resolve()):
        return read_sources(path, root=root).digests
    return {path.name: digest_of_file(path)}


def _made(
    function: Callable[..., Any], spec: ExecutorSpec, made_of: Mapping[str, Json], definition: Definition
) -> FunctionExecutor:
    _check_call(function, spec)
    kind = AsyncFunctionExecutor if _is_async(function) else FunctionExecutor
    return kind(function, spec=spec, digest=digest_of_executor(spec, made_of), definition=definition)


def _is_async(function: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004


def _check_call(function: Callable[..., Any], spec: ExecutorSpec) -> None:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # written in C, with no signature to check
        return
    try:
        signature.bind({}, **spec.settings)
    except TypeError as error:
        what = "one input and the settings" if spec.settings else "one input"
        raise ExecutorInvalid(
            f"`{_name(function)}` can't be called with {what}: {error}",
            where=Location(path="settings" if spec.settings else "entry"),
            expected="one argument, the input as a dict; settings as keyword arguments",
            found=str(signature),
            mend="give the function one parameter, and one keyword parameter for each setting",
        ) from None


def _gives_confidence(function: Callable[..., Any], spec: ExecutorSpec) -> bool:
    """What the executor file declares, else what the return annotation says; a function that says neither: no."""
    if spec.confidence is not None:
        return spec.confidence != _NO_CONFIDENCE
    try:
        returns = typing.get_type_hints(inspect.unwrap(function)).get("return")
    except Exception:  # noqa: BLE001 - annotations of users may name anything
        return False
    return returns is Answer or typing.get_origin(returns) is tuple
