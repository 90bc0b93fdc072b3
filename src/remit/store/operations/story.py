"""Where one item is in the ledger: every entry that speaks of it."""

from __future__ import annotations

import sqlalchemy as sa

from remit.ledger import LedgerEntry, LedgerKind
from remit.store.connections import Reader
from remit.store.ledger_entries import entries_between
from remit.store.operations.acts import acts_about
from remit.store.operations.outbox import outgoing_of
from remit.store.statements import prepare
from remit.store.tables import decisions, reviews, truths

__all__ = ["entries_of"]

_of_decision: sa.BindParameter[str] = sa.bindparam("decision")
_DECIDED = prepare(sa.select(decisions.c.seq).where(decisions.c.id == _of_decision))
_REVIEWED = prepare(
    sa.select(reviews.c.id, reviews.c.seq).where(reviews.c.decision_id == _of_decision).order_by(reviews.c.id)
)
_KNOWN = prepare(sa.select(truths.c.seq).where(truths.c.decision_id == _of_decision).order_by(truths.c.seq))


def entries_of(reader: Reader, work: str, decision_id: str) -> tuple[LedgerEntry, ...]:
    """The entries on one decision, its reviews and their steps, its truths, what was sent again, and its erasing.

    What was erased because its time was over is not among them: that is one entry for many items.
    """
    decided = [seq for (seq,) in reader.rows(_DECIDED, decision=decision_id)]
    if not decided:
        return ()
    reviewed = reader.rows(_REVIEWED, decision=decision_id)
    seqs = {
        *decided,
        *(seq for _, seq in reviewed if seq is not None),
        *(seq for (seq,) in reader.rows(_KNOWN, decision=decision_id)),
    }
    about = [
        (LedgerKind.ERASE, decision_id),
        *((LedgerKind.REVIEW_STEP, id_) for id_, _ in reviewed),
        *((LedgerKind.DELIVERY, one.id) for one in outgoing_of(reader, decision_id)),
    ]
    for kind, subject in about:
        seqs |= {act.seq for act in acts_about(reader, work=work, kind=kind, subject=subject, after=decided[0])}
    return tuple(entry for seq in sorted(seqs) for entry in entries_between(reader, work, seq, seq))
