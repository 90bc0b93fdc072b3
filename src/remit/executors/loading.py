"""From an executor file to something that answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Never, assert_never

from remit.definition.model import Definition
from remit.errors import ExecutorInvalid, Location, NotFound
from remit.items import Executor, ExecutorKind, ExecutorSpec

if TYPE_CHECKING:
    from remit.executors.cascade import Siblings
    from remit.executors.llm.examples import ReadCases
    from remit.executors.remote import Surroundings

__all__ = ["alone", "load"]


def load(
    spec: ExecutorSpec,
    *,
    root: Path,
    definition: Definition,
    surroundings: Surroundings | None = None,
    cases: ReadCases | None = None,
    siblings: Siblings | None = None,
) -> Executor:
    """Make the executor that an executor file describes.

    Args:
        spec: what the file says.
        root: the folder of the project; nothing outside of it is read.
        definition: the work it is for.
        surroundings: what an executor that calls a service needs of its project; others need none.
        cases: reads the frozen cases, for examples in a prompt.
        siblings: the other executors of the work, for a cascade.

    Raises:
        ExecutorInvalid: the file, or what it points to, can't be used. Where the fault is in the user's own code,
            the place is that line; else ``where.path`` is the key of the executor file.
        TableInvalid: its table can't be used.
        CasesInvalid: the recorded answers of a person can't be used.
    """
    if spec.work != definition.id:
        raise ExecutorInvalid(
            f"`{spec.name}` is for `{spec.work}`, not for `{definition.id}`",
            where=Location(path="for"),
            expected=definition.id,
            found=spec.work,
        )
    match spec.kind:
        case ExecutorKind.PERSON:
            from remit.executors.person import load_person

            return load_person(spec, root=root, definition=definition)
        case ExecutorKind.TABLE:
            from remit.executors.table import load_table

            return load_table(spec, root=root, definition=definition)
        case ExecutorKind.FUNCTION:
            from remit.executors.function import load_function

            return load_function(spec, root=root, definition=definition)
        case ExecutorKind.MODEL:
            from remit.executors.model import load_model

            return load_model(spec, root=root, definition=definition)
        case ExecutorKind.HTTP:
            from remit.executors.http.executor import load_http

            return load_http(spec, root=root, surroundings=surroundings)
        case ExecutorKind.LLM:
            from remit.executors.llm.executor import load_llm

            return load_llm(spec, root=root, definition=definition, surroundings=surroundings, cases=cases)
        case ExecutorKind.CASCADE:
            from remit.executors.cascade import load_cascade

            return load_cascade(spec, root=root, siblings=siblings if siblings is not None else alone())
        case ExecutorKind.AGENT:
            raise ExecutorInvalid(
                f"executors of kind `{spec.kind}` come in a later release",
                where=Location(path="kind"),
                expected="person, table, function, model, http, llm or cascade",
                found=spec.kind.value,
                mend="call the service from a function executor",
            )
        case _:
            assert_never(spec.kind)


def alone() -> Siblings:
    """The other executors of a work that has none."""
    from remit.executors.cascade import Siblings

    def nobody(name: str) -> Never:
        raise NotFound(f"there is no executor `{name}`", mend="cascades are loaded by their project")

    return Siblings(spec=nobody, executor=nobody, digest=nobody)
