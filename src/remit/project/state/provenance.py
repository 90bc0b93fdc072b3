"""With what decisions of a work are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remit.definition.digests import definition_digest, evidence_digest

if TYPE_CHECKING:
    from remit.project.work import Work
    from remit.runtime.terms import Provenance

__all__ = ["provenance"]


def provenance(work: Work, executor: str | None) -> Provenance:
    """With what decisions are made: the digests of the definition and of the executor."""
    from remit.project.parts.made_of import parts_of
    from remit.runtime.terms import Provenance

    return Provenance(
        work=work.id,
        definition_digest=definition_digest(work.definition),
        evidence_digest=evidence_digest(work.definition),
        executor=executor,
        executor_digest=work.executor_digest(executor) if executor is not None else None,
        parts=tuple(one.name for one in parts_of(work, work.executor_file(executor).spec))
        if executor is not None
        else (),
    )
