"""Who is watched in a work, and on which terms, as definition, executor files and proofs say now."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from remit.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from remit.autonomy.certificate import Certificate
    from remit.project.work import Work
    from remit.runtime.terms import Provenance
    from remit.runtime.watching import Change, Watching
    from remit.runtime.watching.critical import CriticalCheck
    from remit.store.connections import Reader, Writing

__all__ = ["advance_work", "latest_certificate", "watched_executors", "watching_of"]


def watching_of(work: Work, executor: str) -> Watching:
    """How ``executor`` is watched.

    Raises:
        NotFound, InvalidInput: there is no such executor, or it can't be read.
    """
    from remit.autonomy.watch import watch_terms
    from remit.project.items import provenance
    from remit.runtime.watching import Watching
    from remit.runtime.watching.critical import CriticalCheck

    of = provenance(work, executor)

    @cache
    def critical() -> CriticalCheck:
        return CriticalCheck(work.prepared)

    return Watching(
        work=work.id,
        executor=executor,
        terms=watch_terms(
            work.definition,
            evidence_digest=of.evidence_digest,
            executor_digest=of.executor_digest or "",
            certificate=latest_certificate(work, of),
        ),
        critical=critical,
        tell=None,
    )


def watched_executors(reader: Reader, work: str) -> tuple[str, ...]:
    """The executors that ever held a grant for ``work``, sorted."""
    from remit.store.grants import grants_of

    return tuple(sorted({one.executor for one in grants_of(reader, work)}))


def advance_work(work: Work, writing: Writing, *, only: frozenset[str] | None = None) -> tuple[Change, ...]:
    """Take in what is new for every executor of a work (or for some), and do what the evidence says now.

    An executor that can't be read at the moment is passed over: it can't act either.
    """
    from remit.runtime.watching import advance

    changes: list[Change] = []
    for executor in watched_executors(writing, work.id):
        if only is not None and executor not in only:
            continue
        try:
            watching = watching_of(work, executor)
        except (NotFound, InvalidInput):
            continue
        changes.extend(advance(writing, watching, now=work.project.ambient.now()))
    return tuple(changes)


def latest_certificate(work: Work, of: Provenance) -> Certificate | None:
    """The certificate of the newest proof of this executor as it is now, if that proof gave one.

    A proof as the incumbent spent no attempt, however often it was tried: nobody may act alone on it.  One that is
    about another version of the definition or of the executor does not count.
    """
    from remit.report.documents import from_json
    from remit.store import proof_document, proofs_of

    store = work.project.store
    runs = [run for run in proofs_of(store, work.id) if run.executor == of.executor and run.finished_at is not None]
    text = proof_document(store, runs[-1]) if runs else None
    if text is None:
        return None
    document = from_json(json.loads(text))
    free = document.is_baseline and not document.is_own_table
    return None if free else document.certificate
