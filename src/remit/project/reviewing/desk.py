"""Where people decide: what waits for whom, and everything that may be done with it, with the roles that it takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from remit.errors import InvalidInput, NotAllowed, NotFound, UsageError
from remit.project.people import person_of, require_role, who
from remit.project.reviewing.views import view_in

if TYPE_CHECKING:
    from remit.files.project_file import Person
    from remit.items import JsonObject
    from remit.project.folder import Project
    from remit.project.work import Work
    from remit.reviews import Review, Reviewed, ReviewView

__all__ = ["CLAIM_FOR", "HANDED_FOR", "LATER_FOR", "ReviewDesk"]

CLAIM_FOR = timedelta(minutes=15)
"""How long a claim holds against others."""

HANDED_FOR = timedelta(hours=24)
"""How long a review lies on the desk of a person that it was handed to."""

LATER_FOR = timedelta(hours=1)
"""How long a person is not asked again about a review that they put off."""


class ReviewDesk:
    """The reviews of all works of a project, as people work on them. Made by :attr:`Project.review_desk`.

    ``by`` is an id from ``people`` in remit.yaml everywhere; the only person there when not given.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    def waiting(self, work: str | None = None, *, audits_only: bool = False) -> tuple[ReviewView, ...]:
        """What somebody still has to decide, what is due first on top, of one work or of all.

        Raises:
            NotFound: there is no such work.
        """
        now = self._project.ambient.now()
        found = [self._view(one, now) for one in self._waiting(work, audits_only=audits_only)]
        return tuple(sorted(found, key=lambda one: (one.due_at is None, one.due_at or now, one.opened_at, one.id)))

    def show(self, review_id: str) -> ReviewView:
        """One review as a person may see it now.

        Raises:
            NotFound: there is none of that id.
        """
        return self._view(self._review(review_id), self._project.ambient.now())

    def next(self, work: str | None = None, *, by: str | None, audits_only: bool = False) -> ReviewView | None:
        """Claim the first review that is due and that this person may decide; None where nothing waits for them.

        What they have on the desk already comes first.  What they put off comes when its time is over.

        Raises:
            NotFound: there is no such work.
        """
        from remit.errors import Conflict
        from remit.runtime.review import barred_from
        from remit.store.decisions import decision

        person, now = who(self._project, by), self._project.ambient.now()
        store = self._project.store
        waiting = sorted(
            (one for one in self._waiting(work, audits_only=audits_only) if _is_for(one, person, now)),
            key=lambda one: (one.held_by(now) is None, one.due_at is None, one.due_at or now, one.opened_at, one.id),
        )
        for one in waiting:
            rules = self._project.work(one.work).review_rules
            if not self._has_role(person, one) or person.id in barred_from(
                store, one, decision(store, one.decision_id), rules
            ):
                continue
            with suppress(Conflict):  # somebody else was faster: the next one, then
                return self.claim(one.id, by=person.id)
        return None

    def claim(self, review_id: str, *, by: str | None, expected_version: int | None = None) -> ReviewView:
        """Put a review on the desk of a person for 15 minutes.

        Raises:
            NotFound, AlreadyDecided, Conflict, NotAllowed: as they say.
        """
        from remit.runtime.review import claim_review

        person, one, now = self._who(by, review_id, what="decide this review")
        rules = self._project.work(one.work).review_rules
        claimed = claim_review(
            self._project.store,
            review_id,
            by=person.id,
            until=now + CLAIM_FOR,
            now=now,
            rules=rules,
            expected_version=expected_version,
        )
        return self._view(claimed, now)

    def release(self, review_id: str, *, by: str | None, expected_version: int | None = None) -> ReviewView:
        """Give a review back.

        Raises:
            NotFound, AlreadyDecided, Conflict: as they say.
        """
        from remit.runtime.reviewing.steps import release_review

        person, now = who(self._project, by), self._project.ambient.now()
        released = release_review(
            self._project.store, review_id, by=person.id, now=now, expected_version=expected_version
        )
        return self._view(released, now)

    def later(self, review_id: str, *, by: str | None, expected_version: int | None = None) -> ReviewView:
        """Put a review off for an hour: others may take it.

        Raises:
            NotFound, AlreadyDecided, Conflict, NotAllowed: as they say.
        """
        from remit.runtime.reviewing.steps import put_off_review

        person, _, now = self._who(by, review_id, what="put this review off")
        later = put_off_review(
            self._project.store,
            review_id,
            by=person.id,
            until=now + LATER_FOR,
            now=now,
            expected_version=expected_version,
        )
        return self._view(later, now)

    def decide(
        self,
        review_id: str,
        *,
        by: str | None,
        output: JsonObject | None,
        comment: str | None,
        seconds: float | None = None,
        n_edits: int | None = None,
        expected_version: int | None = None,
        work: str | None = None,
    ) -> Reviewed:
        """A person decides: the answer passes the same schema and constraints as an executor's.

        Raises:
            NotFound, AlreadyDecided, Conflict, ItemInvalid, OverrideRefused, NotAllowed: as they say.
        """
        from remit.project.watching.mirrored import mirror_grants
        from remit.runtime.review import PersonsAnswer, decide_review
        from remit.store.grants import grants_of

        ambient = self._project.ambient
        opened = self._review(review_id)
        if work is not None and opened.work != work:
            raise NotFound(f"there is no review {review_id} of `{work}`", mend=f"it belongs to `{opened.work}`")
        if seconds is not None and not 0 <= seconds < float("inf"):
            raise UsageError(f"{seconds} is no time that somebody took", expected="seconds, 0 or more")
        person, opened, now = self._who(by, review_id, what="decide this review")
        held = len(grants_of(self._project.store, opened.work))
        reviewed = decide_review(
            self._project.store,
            review_id,
            PersonsAnswer(
                by=person.id,
                output=output,
                comment=comment,
                salt=ambient.salt(),
                next_id=ambient.new_id(),
                now=now,
                seconds=_since_claimed(opened, person, now) if seconds is None else seconds,
                n_edits=n_edits,
                expected_version=expected_version,
            ),
            rules=self._project.work(opened.work).review_rules,
        )
        if len(grants_of(self._project.store, opened.work)) != held:  # what it showed took a level away
            mirror_grants(self._project.work(opened.work))
        return reviewed

    def ask(self, review_id: str, *, by: str | None, text: str, expected_version: int | None = None) -> ReviewView:
        """Send a review back with a question.

        Raises:
            NotFound, AlreadyDecided, Conflict, NotAllowed: as they say.
        """
        from remit.runtime.reviewing.steps import ask_about

        person, _, now = self._who(by, review_id, what="ask about this review")
        asked = ask_about(
            self._project.store, review_id, by=person.id, text=text, now=now, expected_version=expected_version
        )
        return self._view(asked, now)

    def answer(self, review_id: str, *, by: str | None, text: str, expected_version: int | None = None) -> ReviewView:
        """Answer the question with which a review was sent back: its owner, or anybody with the role.

        Raises:
            NotFound, AlreadyDecided, Conflict, NotAllowed: as they say.
        """
        from remit.runtime.reviewing.steps import answer_about

        person, _, now = self._who(by, review_id, what="answer about this review", or_owner=True)
        answered = answer_about(
            self._project.store, review_id, by=person.id, text=text, now=now, expected_version=expected_version
        )
        return self._view(answered, now)

    def reassign(
        self,
        review_id: str,
        *,
        by: str | None,
        reason: str,
        role: str | None = None,
        person: str | None = None,
        expected_version: int | None = None,
    ) -> ReviewView:
        """Hand a review to another role, or to one person for a day; the accountable person from any desk.

        Raises:
            NotFound, AlreadyDecided, Conflict, NotAllowed: as they say.
            UsageError: nobody has that role.
        """
        from remit.runtime.reviewing.steps import reassign_review

        giver, one, now = self._who(by, review_id, what="hand this review on", or_owner=True)
        work = self._project.work(one.work)
        if role is not None:
            self._require_known_role(role)
        taker = None if person is None else person_of(self._project.file, person)
        if taker is not None and not self._has_role(taker, one):
            raise NotAllowed(
                f"{taker.id} may not decide this review",
                expected=f"somebody who is {one.ask.role}",
                found=", ".join(taker.roles) or "no role",
                mend="hand it to a role of theirs: --to-role ROLE",
            )
        handed_on = reassign_review(
            self._project.store,
            review_id,
            by=giver.id,
            reason=reason,
            now=now,
            rules=work.review_rules,
            role=role,
            person=None if taker is None else taker.id,
            until=None if taker is None else now + HANDED_FOR,
            over_claims=_is_accountable(work, giver),
            expected_version=expected_version,
        )
        return self._view(handed_on, now)

    def undo(self, review_id: str, *, by: str | None, expected_version: int | None = None) -> ReviewView:
        """Take a decision back within 10 seconds; the item waits in a new review, which is the answer.

        Raises:
            NotFound, Conflict, NotAllowed: as they say.
        """
        from remit.runtime.reviewing.steps import undo_review

        ambient = self._project.ambient
        person, one, now = who(self._project, by), self._review(review_id), ambient.now()
        again = undo_review(
            self._project.store,
            review_id,
            by=person.id,
            is_accountable=_is_accountable(self._project.work(one.work), person),
            new_id=ambient.new_id(),
            now=now,
            expected_version=expected_version,
        )
        return self._view(again, now)

    def _waiting(self, work: str | None, *, audits_only: bool) -> Iterator[Review]:
        from remit.reviews import ReviewKind
        from remit.store.operations.reviewing import waiting_reviews

        works = self._project.work_ids if work is None else (self._project.work(work).id,)
        for one in works:
            for review in waiting_reviews(self._project.store, work=one):
                if not audits_only or review.kind is ReviewKind.AUDIT:
                    yield review

    def _review(self, review_id: str) -> Review:
        from remit.store.reviews import review

        return review(self._project.store, review_id)

    def _view(self, one: Review, now: datetime) -> ReviewView:
        definition = None
        with suppress(NotFound, InvalidInput):
            definition = self._project.work(one.work).definition
        return view_in(self._project.store, one, definition=definition, now=now)

    def _who(
        self, by: str | None, review_id: str, *, what: str, or_owner: bool = False
    ) -> tuple[Person, Review, datetime]:
        person, one = who(self._project, by), self._review(review_id)
        definition = self._project.work(one.work).definition
        owner = definition.owner.role if or_owner and definition.owner is not None and one.ask.role else None
        require_role(person, one.ask.role, owner, accountable=definition.accountable, what=what)
        return person, one, self._project.ambient.now()

    def _has_role(self, person: Person, one: Review) -> bool:
        definition = self._project.work(one.work).definition
        try:
            require_role(person, one.ask.role, accountable=definition.accountable, what="decide this review")
        except NotAllowed:
            return False
        return True

    def _require_known_role(self, role: str) -> None:
        known = sorted({one for person in self._project.file.people for one in person.roles})
        if role not in known:
            raise UsageError(
                f"nobody is {role}",
                expected="one of " + ", ".join(known) if known else "a role that somebody of remit.yaml has",
                found=role,
                mend="name a role as remit.yaml writes it, or a person: --to PERSON",
            )


def _is_for(one: Review, person: Person, now: datetime) -> bool:
    """Whether a review can be claimed by this person now, as far as desks and what was put off are concerned."""
    from remit.reviews import ReviewState

    match one.state:
        case ReviewState.OPEN:
            put_off = one.claimed_by == person.id and one.claimed_until is not None and now < one.claimed_until
            return not put_off
        case ReviewState.CLAIMED:
            return one.held_by(now) in (None, person.id)
        case _:
            return False


def _is_accountable(work: Work, person: Person) -> bool:
    accountable = work.definition.accountable
    return accountable is not None and accountable.role in person.roles


def _since_claimed(one: Review, person: Person, now: datetime) -> float | None:
    if one.held_by(now) != person.id or one.claimed_until is None:
        return None
    seconds = (now - (one.claimed_until - CLAIM_FOR)).total_seconds()
    return seconds if seconds >= 0 else None
