"""Erase the content of one item because somebody asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from remit.errors import ArgumentInvalid, Conflict, NotFound
from remit.ledger import LedgerKind
from remit.store.connections import Store
from remit.store.content.erased import erase_contents
from remit.store.content.of_items import ItemContent, content_of, decision_id_of
from remit.store.ledger_entries import head_of
from remit.store.operations.acts import Act, add_act

__all__ = ["Erased", "erase_item"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased: the content under ``ids`` (of the decision, its reviews, its truths), and the act of it."""

    decision_id: str
    ids: tuple[str, ...]
    act: Act


def erase_item(store: Store, work: str, item: str, *, reason: str, by: str, now: datetime) -> Erased:
    """Erase input, answers and what was said of one item, for good; the act names who, when and why.

    Its record stays, and the chain still verifies.  Effects that were given up on can't be sent again after.

    Args:
        store: the store.
        work: the work that decided it.
        item: its key, or the id of its decision.
        reason: why; it stays in the record, so it must not repeat what is erased.
        by: who asks for it.
        now: when.

    Raises:
        ArgumentInvalid: there is no reason.
        NotFound: no such item was decided, or its content is erased already.
        Conflict: a review of it is open, or an effect of it has not left.
    """
    if not reason.strip():
        raise ArgumentInvalid("content is erased for a reason", expected="--reason with a sentence", found="nothing")
    with store.writing() as writing:
        decision_id = decision_id_of(writing, work=work, item=item)
        if decision_id is None:
            raise NotFound(f"`{work}` decided no item `{item}`", expected="a key, or the id of a decision", found=item)
        found = content_of(writing, decision_id)
        _require_done(found)
        if not found.payloads:
            raise NotFound(f"the content of decision {decision_id} is erased already", mend="nothing is left to erase")
        head = head_of(writing, work)
        erase_contents(writing, found.payloads, seq=1 if head is None else head.seq + 1)
        act = add_act(
            writing,
            work=work,
            at=now,
            by=by,
            kind=LedgerKind.ERASE,
            subject=decision_id,
            body={"what": "erased", "reason": reason, "ids": list(found.payloads)},
        )
    store.forget()
    return Erased(decision_id=decision_id, ids=found.payloads, act=act)


def _require_done(found: ItemContent) -> None:
    if found.open_reviews:
        raise Conflict(
            f"a person still has to decide this item: review {found.open_reviews[0]} is open",
            expected="an item that is done with",
            found=f"{len(found.open_reviews)} open",
            mend="decide the review, or refuse the item, then erase it",
        )
    if found.unsent:
        raise Conflict(
            f"an effect of this item has not left yet: {', '.join(found.unsent)}",
            expected="an item that is done with",
            found=f"{len(found.unsent)} to deliver",
            mend="wait until it is delivered or given up on, then erase it",
        )
