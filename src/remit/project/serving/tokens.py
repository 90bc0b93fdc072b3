"""Tokens of the people of a project: made once and shown once, and who comes with one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from remit.errors import Conflict, NotAllowed, NotFound, UsageError
from remit.project.people import ACCESS_ROLES, person_of, who

if TYPE_CHECKING:
    from remit.project.folder import Project
    from remit.store.operations.tokens import Token

__all__ = ["PREFIX", "MadeToken", "hash_of", "make_token", "refusal_of", "revoke_token", "token_of", "tokens_made"]

PREFIX = "remit_"
"""How every token begins, so that people and secret scanners know one when they see it."""

MOST_DAYS = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeToken:
    """A new token, and the only sight of its ``secret``."""

    token: Token
    secret: str


def hash_of(secret: str) -> str:
    """All that is kept of a token. It holds 256 random bits, so that a plain SHA-256 can't be turned round."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def make_token(
    project: Project, person: str, *, roles: Sequence[str], work: str | None, days: int | None, by: str | None
) -> MadeToken:
    """Make a token for a person of the project.

    Args:
        project: the project.
        person: an id from ``people`` in remit.yaml.
        roles: roles of access that the person has; all of them when none is named.
        work: the only work that it is good for; None: every work.
        days: after how many days it expires; None: never.
        by: who makes it; None where the setting ``REMIT_BY`` says it, or there is only one person.

    Raises:
        NotAllowed: the project does not know the person, or they have none of these roles.
        NotFound: there is no such work.
        UsageError: a role is no role of access, ``days`` is outside its domain, or nobody knows who makes it.
    """
    from remit.store.operations.tokens import Token, add_token

    holder = person_of(project.file, person)
    maker = who(project, by)
    if work is not None:
        _ = project.work(work)
    now = project.ambient.now()
    secret = PREFIX + secrets.token_urlsafe(32)
    made = Token(
        id=project.ambient.new_id(),
        person=holder.id,
        roles=_roles(holder.id, holder.roles, roles),
        work=work,
        made_at=now,
        made_by=maker.id,
        expires_at=None if days is None else now + _days(days),
        revoked_at=None,
        hash=hash_of(secret),
    )
    with project.store.writing() as writing:
        add_token(writing, made)
    return MadeToken(token=made, secret=secret)


def tokens_made(project: Project) -> tuple[Token, ...]:
    """Every token that was ever made, oldest first."""
    from remit.store.operations.tokens import every_token

    return every_token(project.store)


def revoke_token(project: Project, token_id: str) -> Token:
    """Revoke a token: whoever comes with it is refused from now on.

    Raises:
        NotFound: there is none of that id.
        Conflict: it was revoked before.
    """
    from remit.store.operations.tokens import revoke_token as revoke
    from remit.store.operations.tokens import token_by_id

    with project.store.writing() as writing:
        done = revoke(writing, token_id, at=project.ambient.now())
        found = token_by_id(writing, token_id)
    if found is None:
        raise NotFound(f"there is no token {token_id}", mend="`remit token list` shows them")
    if not done:
        raise Conflict(f"the token {token_id} was revoked before", mend="nothing is left to do")
    return found


def token_of(project: Project, secret: str) -> Token | None:
    """The token that ``secret`` is, whether it still counts or not; None where nobody made it."""
    from remit.store.operations.tokens import token_by_hash

    given = hash_of(secret)
    found = token_by_hash(project.store, given)
    return found if found is not None and hmac.compare_digest(found.hash, given) else None


def refusal_of(token: Token | None, *, now: datetime) -> str | None:
    """Why a token lets nobody in; None where it does."""
    if token is None:
        return "this token is not known"
    if token.revoked_at is not None:
        return "this token was revoked"
    if token.expires_at is not None and now >= token.expires_at:
        return "this token has expired"
    return None


def _roles(person: str, held: Sequence[str], asked: Sequence[str]) -> tuple[str, ...]:
    usable = tuple(role for role in ACCESS_ROLES if role in held)
    for role in asked:
        if role not in ACCESS_ROLES:
            raise UsageError(f"`{role}` is no role of access", expected="one of " + ", ".join(ACCESS_ROLES), found=role)
        if role not in usable:
            raise NotAllowed(
                f"{person} is not {role}",
                expected="one of " + ", ".join(usable) if usable else "a role of access in remit.yaml",
                found=role,
                mend=f"give {person} that role in remit.yaml first",
            )
    if not usable:
        raise NotAllowed(
            f"{person} has no role of access, so a token would let them do nothing",
            expected="one of " + ", ".join(ACCESS_ROLES),
            found=", ".join(held) or "no role",
            mend=f"add one to the roles of {person} in remit.yaml",
        )
    return tuple(role for role in usable if role in asked) if asked else usable


def _days(days: int) -> timedelta:
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(
            "a token can't be good for so long", expected=f"1 to {MOST_DAYS} days", found=str(days), mend="--days 90"
        )
    return timedelta(days=days)
