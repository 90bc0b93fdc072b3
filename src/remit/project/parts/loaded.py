"""One executor of a work: its file, its digest, and the executor itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from remit.definition.similar import mend_of_name
from remit.errors import InvalidInput, NotFound
from remit.items import Executor
from remit.project.refusals import located, refuse_assumptions

if TYPE_CHECKING:
    from remit.files.executor_file import ExecutorFile
    from remit.project.work import Work

__all__ = ["digest_of_executor", "executor_file_of", "loaded_executor"]


def executor_file_of(work: Work, name: str) -> ExecutorFile:
    """The file of one executor.

    Raises:
        NotFound: there is none of that name for this work.
        InvalidInput: its file is wrong.
    """
    project = work.project
    there = name in project.executor_names
    file = project.executor_file(name) if there else None
    if file is not None and file.spec.work == work.id:
        return file
    known = _usable_executors(work)
    mend = mend_of_name(name, known, folder="executors")
    raise NotFound(
        f"there is no executor `{name}` for `{work.id}`",
        expected="one of " + ", ".join(known) if known else f"a file executors/<name>.yaml with `for: {work.id}`",
        found=name if file is None else f"executors/{name}.yaml, which is for `{file.spec.work}`",
        mend=mend if file is None else f"name one of `{work.id}`, or write another file with `for: {work.id}`",
    )


def _usable_executors(work: Work) -> tuple[str, ...]:
    """The names of the executors for this work whose files can be read."""
    found: list[str] = []
    for name in work.project.executor_names:
        with suppress(InvalidInput):
            if work.project.executor_file(name).spec.work == work.id:
                found.append(name)
    return tuple(found)


def loaded_executor(work: Work, name: str | Callable[..., Any]) -> Executor:
    """One executor, loaded: by the name of its file, or a function under ``@remit.executor``.

    Raises:
        NotFound: there is none of that name.
        ExecutorInvalid: it can't be loaded, or the function is for another work.
    """
    if not isinstance(name, str):
        from remit.executors.function import bind

        return bind(name, definition=work.definition, root=work.project.root)
    from remit.executors.loading import load
    from remit.project.parts.made_of import siblings_of
    from remit.project.surroundings import surroundings_of

    file = work.executor_file(name)
    refuse_assumptions(work.definition, file)
    with located(file.source):
        return load(
            file.spec,
            root=work.project.root,
            definition=work.definition,
            surroundings=surroundings_of(work),
            cases=work.frozen_cases,
            siblings=siblings_of(work),
        )


def digest_of_executor(work: Work, name: str) -> str:
    """The digest of one executor, without loading it.

    Raises:
        NotFound: there is none of that name.
        ExecutorInvalid: something it is made of is missing.
    """
    from remit.executors.pinning import pinned_digest
    from remit.project.parts.made_of import siblings_of

    file = work.executor_file(name)
    with located(file.source):
        return pinned_digest(
            file.spec,
            root=work.project.root,
            definition=work.definition,
            cases=work.frozen_cases,
            siblings=siblings_of(work),
        )
