"""Record a grant, or a change of level, with its entry in the ledger."""

from __future__ import annotations

from remit.autonomy.certificate import Grant
from remit.ledger import LedgerKind, append, body_digest
from remit.store.connections import Writing
from remit.store.grants import add_grant, grant_row
from remit.store.ledger_entries import add_entry, head_of

__all__ = ["record_grant"]


def record_grant(writing: Writing, given: Grant, kind: LedgerKind) -> None:
    """Write ``given`` at the end of the chain of its work: it is what counts from now on."""
    head = head_of(writing, given.work)
    row = grant_row(given, 1 if head is None else head.seq + 1)
    digests = {
        "definition": given.definition_digest,
        "evidence": given.evidence_digest,
        "executor": given.executor_digest,
    }
    if given.certificate is not None:
        digests["case set"] = given.certificate.case_set_digest
    entry = append(
        head,
        work=given.work,
        at=given.granted_at,
        kind=kind,
        actor=given.by,
        subject=given.executor,
        digests=digests,
        body_digest=body_digest(row),
    )
    add_grant(writing, row)
    add_entry(writing, entry)
