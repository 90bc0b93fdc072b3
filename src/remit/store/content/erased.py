"""What is left of erased content: a mark in its place that names the act that erased it.

The mark is a payload with an empty salt whose ``said`` is ``{"erased":SEQ}``, the place of the act in the ledger of the
work.  A payload that is gone without a mark, or a mark whose act does not name it, is a break of the record.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import sqlalchemy as sa

from remit.errors import ContentErased, LedgerBroken, RemitError
from remit.ledger import LedgerKind, json_text, read_instant
from remit.store.connections import Reader, Writing
from remit.store.statements import prepare
from remit.store.tables import acts, payloads, reviews

__all__ = ["Erasures", "content_gone", "erase_contents", "erased_at", "still_there"]

_value = sa.bindparam
_ACT = prepare(sa.select(acts).where(acts.c.work == _value("work"), acts.c.seq == _value("seq")))
_SALT = prepare(sa.select(payloads.c.salt).where(payloads.c.id == _value("id")))
_ERASE = prepare(
    sa.update(payloads)
    .where(payloads.c.id == _value("payload"))
    .values(
        salt=_value("new_salt"),
        input=_value("nothing"),
        admitted=_value("nothing"),
        output=_value("nothing"),
        said=_value("mark"),
    )
)
_FORGET = prepare(
    sa.update(reviews)
    .where(reviews.c.decision_id == _value("decision"), reviews.c.seq.is_(None))
    .values(comment=_value("nothing"), question=_value("nothing"))
)
_MARK = re.compile(r'\{"erased":([1-9][0-9]{0,18})\}\Z')


def erase_contents(writing: Writing, ids: Sequence[str], *, seq: int) -> None:
    """Put the mark of the act at ``seq`` in the place of these payloads; the caller records the act.

    What was asked about a review that was withdrawn goes with the content of its decision: no entry speaks of it.
    """
    mark = json_text({"erased": seq})
    for one in ids:
        writing.update(_ERASE, payload=one, new_salt=b"", nothing=None, mark=mark)
        writing.update(_FORGET, decision=one, nothing=None)


def erased_at(salt: object, said: object) -> int | None:
    """The place of the act that a mark names; None where this is none."""
    if salt != b"" or not isinstance(said, str):
        return None
    found = _MARK.match(said)
    return None if found is None else int(found[1])


def content_gone(reader: Reader, *, work: str, what: str, payload: str, salt: object, said: object) -> RemitError:
    """The error to raise where content is not there: it was erased, or it is gone and should not be.

    Args:
        reader: the store.
        work: whose content it is.
        what: what it is the content of, for the sentence (`decision d1`).
        payload: the id of the content.
        salt: what is in its place.
        said: what is in its place.
    """
    seq = erased_at(salt, said)
    found = () if seq is None else reader.rows(_ACT, work=work, seq=seq)
    if not found or payload not in _ids(found[0]):
        return LedgerBroken(f"the content of {what} is gone", mend="`remit ledger verify` says more")
    _, _, at, by, _, _, body = found[0]
    why = json.loads(body).get("reason", "")
    return ContentErased(
        f"the content of {what} was erased on {read_instant(at).date().isoformat()} by {by} because: {why}",
        mend="the record of what was decided stays: `remit ledger verify` holds it against the ledger",
    )


def still_there(reader: Reader, ids: Sequence[str]) -> str | None:
    """The first of these payloads that holds content."""
    for one in ids:
        if any(salt != b"" for (salt,) in reader.rows(_SALT, id=one)):
            return one
    return None


class Erasures:
    """Which content of a work was erased, as far as its acts say. It keeps the last act in mind: memory stays flat."""

    def __init__(self, reader: Reader, work: str) -> None:
        self._reader = reader
        self._work = work
        self._seq = 0
        self._ids: frozenset[str] = frozenset()

    def covers(self, payload: str, seq: int) -> bool:
        """Whether the act at ``seq`` erased this content."""
        if seq != self._seq:
            found = self._reader.rows(_ACT, work=self._work, seq=seq)
            self._ids = _ids(found[0]) if found else frozenset()
            self._seq = seq
        return payload in self._ids


def _ids(act: Sequence[object]) -> frozenset[str]:
    """The payloads that an act names, where it is one that erases."""
    kind, body = act[4], act[6]
    if kind != LedgerKind.ERASE.value or not isinstance(body, str):
        return frozenset()
    try:
        said = json.loads(body)
    except ValueError:
        return frozenset()
    ids = said.get("ids") if isinstance(said, dict) else None
    return frozenset(one for one in ids if isinstance(one, str)) if isinstance(ids, list) else frozenset()
