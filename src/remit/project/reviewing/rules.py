"""What a work asks of its reviews, from its definition and its executor files."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from remit.errors import NotFound
from remit.project.delivering.outbox import effect_senders
from remit.project.items import effects_after_review
from remit.project.parts.made_of import authors_of
from remit.project.watching.watched import advance_work

if TYPE_CHECKING:
    from remit.project.work import Work
    from remit.runtime.review import ReviewRules
    from remit.store.connections import Writing
    from remit.store.decisions import DecisionRecord
    from remit.store.reviews import Truth

__all__ = ["rules_of"]


def rules_of(work: Work) -> ReviewRules:
    """What ``work`` asks of its reviews.

    Raises:
        InvalidInput: the definition can't be used.
    """
    from remit.runtime.review import ReviewRules, person_check, wrong_by_person

    definition = work.definition

    def authors(record: DecisionRecord) -> frozenset[str]:
        if record.executor is None:
            return frozenset()
        with suppress(NotFound):  # whoever built what is gone can't be asked for
            return authors_of(work, work.executor_file(record.executor).spec)
        return frozenset()

    def learned(writing: Writing, truth: Truth, record: DecisionRecord) -> None:
        """What the evidence says from now on counts from now on: in the transaction that brought it."""
        del truth
        if record.executor is not None:
            advance_work(work, writing, only=frozenset({record.executor}))

    return ReviewRules(
        check=person_check(work.prepared),
        effects=effects_after_review(work),
        wrong=wrong_by_person(work.prepared),
        four_eyes=None if definition.obligations is None else definition.obligations.four_eyes,
        accountable=None if definition.accountable is None else definition.accountable.role,
        authors=authors,
        learned=learned,
        senders=effect_senders(work.project, work.id),
    )
