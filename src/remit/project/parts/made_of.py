"""Which executors an executor asks, and who made them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from remit.errors import InvalidInput, NotFound
from remit.items import ExecutorKind, ExecutorSpec

if TYPE_CHECKING:
    from remit.executors.cascade import Siblings
    from remit.project.work import Work

__all__ = ["authors_of", "parts_of", "siblings_of"]


def siblings_of(work: Work) -> Siblings:
    """The executors of a work, for those that are made of them."""
    from remit.executors.cascade import Siblings

    return Siblings(
        spec=lambda name: work.executor_file(name).spec, executor=work.executor, digest=work.executor_digest
    )


def parts_of(work: Work, spec: ExecutorSpec) -> tuple[ExecutorSpec, ...]:
    """What the files of the executors say that a cascade asks, people left out; none for other kinds.

    Parts that are not there are left out: loading the cascade refuses them.
    """
    if spec.kind is not ExecutorKind.CASCADE:
        return ()
    from remit.executors.cascade import read_parts

    found: list[ExecutorSpec] = []
    with suppress(InvalidInput):
        for part in read_parts(spec):
            with suppress(InvalidInput, NotFound):
                one = work.executor_file(part.executor).spec
                if one.kind is not ExecutorKind.PERSON:
                    found.append(one)
    return tuple(found)


def authors_of(work: Work, spec: ExecutorSpec) -> frozenset[str]:
    """Who made an executor, or a part of it."""
    return frozenset(one.author for one in (spec, *parts_of(work, spec)) if one.author is not None)
