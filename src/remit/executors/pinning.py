"""The digest of an executor without loading it: no user code runs, no model is unpacked.

``remit check`` asks this after every key stroke.  The digest is the one that the loaded executor has.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from remit.definition.model import Definition
from remit.errors import ExecutorInvalid, Location
from remit.executors.fingerprint import digest_of_executor, digest_of_file, digests_of_files, inside, library_versions
from remit.items import ExecutorKind, ExecutorSpec

if TYPE_CHECKING:
    from remit.executors.cascade import Siblings
    from remit.executors.llm.examples import ReadCases

__all__ = ["pinned_digest"]


def pinned_digest(
    spec: ExecutorSpec,
    *,
    root: Path,
    definition: Definition,
    cases: ReadCases | None = None,
    siblings: Siblings | None = None,
) -> str:
    """The digest of the executor that ``spec`` describes.

    ``cases`` reads the frozen cases, for examples in a prompt; ``siblings`` are the others of its work, for a cascade.

    Raises:
        ExecutorInvalid: something it is made of is missing, or its kind can't be pinned by this release.
    """
    match spec.kind:
        case ExecutorKind.FUNCTION:
            from remit.executors.source import entry_path, read_sources

            sources = read_sources(entry_path(_given(spec.entry, "entry"), root=root), root=root)
            files = {**sources.digests, **digests_of_files(root, spec.files)}
            return digest_of_executor(spec, {"entry": spec.entry, "files": files})
        case ExecutorKind.MODEL:
            path = inside(root, _given(spec.file, "file"), key="file")
            files = {_given(spec.file, "file"): digest_of_file(path)}
            return digest_of_executor(spec, {"files": files, **library_versions()})
        case ExecutorKind.TABLE | ExecutorKind.PERSON:
            from remit.executors.loading import load  # nothing of these is anybody's code

            return load(spec, root=root, definition=definition).digest
        case ExecutorKind.HTTP:
            from remit.executors.http.settings import http_digest

            return http_digest(spec)
        case ExecutorKind.LLM:
            from remit.executors.llm.executor import written_prompt

            return written_prompt(spec, root=root, definition=definition, cases=cases).digest
        case ExecutorKind.CASCADE:
            from remit.executors.cascade import cascade_digest
            from remit.executors.loading import alone

            return cascade_digest(spec, root=root, siblings=siblings if siblings is not None else alone())
        case ExecutorKind.AGENT:
            raise ExecutorInvalid(
                f"executors of kind `{spec.kind}` come in a later release", where=Location(path="kind")
            )
        case _:
            assert_never(spec.kind)


def _given(value: str | None, key: str) -> str:
    if value is None:
        raise ExecutorInvalid(f"`{key}` is missing", where=Location(path=key))
    return value
