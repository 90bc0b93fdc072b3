"""Tokens: what lets a machine or a person in, as far as anything of it is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from remit.ledger import instant_text, json_text, read_instant
from remit.store.connections import Reader, Row, Writing
from remit.store.statements import insert_into, prepare
from remit.store.tables import tokens

__all__ = ["Token", "add_token", "every_token", "has_tokens", "revoke_token", "token_by_hash", "token_by_id"]

_value = sa.bindparam
_ADD = insert_into(tokens)
_BY_HASH = prepare(sa.select(tokens).where(tokens.c.hash == _value("hash")))
_BY_ID = prepare(sa.select(tokens).where(tokens.c.id == _value("id")))
_EVERY = prepare(sa.select(tokens).order_by(tokens.c.made_at, tokens.c.id))
_COUNT = prepare(sa.select(sa.func.count()).select_from(tokens))
_REVOKE = prepare(
    sa.update(tokens)
    .where(tokens.c.id == _value("token"), tokens.c.revoked_at.is_(None))
    .values(revoked_at=_value("new_revoked_at"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token without the token itself: ``hash`` is its SHA-256 in hexadecimal digits, all that is kept of it.

    ``roles`` are roles of access.  ``work`` narrows it to one work; None: every work.
    """

    id: str
    person: str
    roles: tuple[str, ...]
    work: str | None
    made_at: datetime
    made_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    hash: str = field(repr=False)


def add_token(writing: Writing, token: Token) -> None:
    """Write a new token."""
    writing.insert(
        _ADD,
        (
            token.id,
            token.hash,
            token.person,
            json_text(list(token.roles)),
            token.work,
            instant_text(token.made_at),
            token.made_by,
            None if token.expires_at is None else instant_text(token.expires_at),
            None if token.revoked_at is None else instant_text(token.revoked_at),
        ),
    )


def token_by_hash(reader: Reader, hash: str) -> Token | None:  # noqa: A002
    """The token of that SHA-256; None where nobody made it."""
    found = reader.rows(_BY_HASH, hash=hash)
    return _token(found[0]) if found else None


def token_by_id(reader: Reader, token_id: str) -> Token | None:
    """The token of that id; None where there is none."""
    found = reader.rows(_BY_ID, id=token_id)
    return _token(found[0]) if found else None


def every_token(reader: Reader) -> tuple[Token, ...]:
    """Every token ever made, oldest first."""
    return tuple(map(_token, reader.rows(_EVERY)))


def has_tokens(reader: Reader) -> bool:
    """Whether any token was ever made, whatever became of it."""
    ((n,),) = reader.rows(_COUNT)
    return bool(n)


def revoke_token(writing: Writing, token_id: str, *, at: datetime) -> bool:
    """Revoke a token; False where there is none that still counts as not revoked."""
    return writing.update(_REVOKE, token=token_id, new_revoked_at=instant_text(at)) > 0


def _token(row: Row) -> Token:
    id_, hash_, person, roles, work, made_at, made_by, expires_at, revoked_at = row
    return Token(
        id=id_,
        hash=hash_,
        person=person,
        roles=tuple(json.loads(roles)),
        work=work,
        made_at=read_instant(made_at),
        made_by=made_by,
        expires_at=None if expires_at is None else read_instant(expires_at),
        revoked_at=None if revoked_at is None else read_instant(revoked_at),
    )
