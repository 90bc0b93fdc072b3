"""The shape of the small files of a project, read like a definition: closed, strict, every problem at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from remit.definition.flaws import Flaw, problems_of
from remit.definition.positions import SourceMap
from remit.definition.reading.shape import Shape
from remit.errors import RemitError

__all__ = ["read_as"]

T = TypeVar("T")


def read_as(shape: Shape[T], data: Any, source: SourceMap, refuse: type[RemitError], also: Iterable[Flaw] = ()) -> T:
    """``data`` as the record of ``shape``.

    Raises:
        RemitError: of the class ``refuse``, with the flaws of the shape and those in ``also``.
    """
    shaped = shape.read(data)
    flaws = (*shaped.flaws, *also)
    if shaped.value is None or flaws:
        raise refuse(problems=problems_of(flaws, source))
    return shaped.value
