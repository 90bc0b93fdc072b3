"""Rows spread over a cluster in chunks: each is done by somebody, whatever becomes of the processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Generic, TypeVar

from remit.errors import RemitError
from remit.runtime.scaling.cluster import Cluster, WorkerDied

__all__ = ["Chunk", "Refused", "spread"]

T = TypeVar("T")
R = TypeVar("R")

_CHUNK_S: Final = 1.0  # so long a chunk should take: what a worker that dies takes with it, and little to hand over
_FIRST: Final = 4
_GROWTH: Final = 4
_MOST: Final = 2000
_TRIES: Final = 2  # a chunk, before it is cut; cut in so many parts
_PARTS: Final = 8
_TRIES_ALONE: Final = 3
_AHEAD: Final = 2  # chunks for each worker, so that none waits for the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk(Generic[R]):
    """What a worker made of a chunk: a result for each row, and how long the rows took it."""

    results: Sequence[R]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why a worker does nothing for us."""

    error: RemitError


def spread(
    on: Cluster, call: Callable[[Any, Sequence[T]], Chunk[R] | Refused], given: object, rows: Iterable[T]
) -> Iterator[tuple[Sequence[T], Sequence[R] | None]]:
    """Have ``call(given, rows)`` called in workers; chunks come out with their results as they are done.

    A chunk whose worker dies is tried again and then cut, until the row is found on which workers die: that comes out
    with None.  ``rows`` is read so far ahead only as keeps the workers busy.

    Args:
        on: the cluster.
        call: a function of a module.  Calling it again for rows that it was called for must do no harm.
        given: what it is given beside the rows.
        rows: the rows.

    Raises:
        RemitError: what a worker refused.
        OutsideError: the cluster failed.
    """
    coming = iter(rows)
    cut: deque[list[T]] = deque()
    running: dict[Any, list[T]] = {}
    size = _FIRST
    while True:
        while len(running) < _AHEAD * on.n_workers:
            chunk = cut.popleft() if cut else list(islice(coming, size))
            if not chunk:
                break
            tries = _TRIES if len(chunk) > 1 else _TRIES_ALONE
            running[on.submit(call, given, chunk, tries=tries)] = chunk
        if not running:
            return
        done = on.first_done(running)
        chunk = running.pop(done)
        try:
            found = on.result(done)
        except WorkerDied:
            if len(chunk) == 1:
                yield chunk, None
            else:
                cut.extend(_parts(chunk))
            continue
        if isinstance(found, Refused):
            raise found.error
        size = _next_size(size, len(chunk), found.seconds)
        yield chunk, found.results


def _parts(chunk: list[T]) -> Iterator[list[T]]:
    step = -(-len(chunk) // _PARTS)
    return (chunk[start : start + step] for start in range(0, len(chunk), step))


def _next_size(size: int, n: int, seconds: float) -> int:
    """Not many times as many as before, and as many as should be done in time."""
    in_time = int(n * _CHUNK_S / seconds) if seconds > 0 else _MOST
    return max(1, min(_GROWTH * size, in_time, _MOST))
