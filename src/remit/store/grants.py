"""What is allowed: grants, and stops. Both are only ever added to; the newest counts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa

from remit.autonomy.certificate import Certificate, Grant
from remit.definition.levels import Level
from remit.ledger import instant_text, json_text, read_instant
from remit.store.connections import Reader, Row, Writing
from remit.store.statements import insert_into, prepare
from remit.store.tables import EVERYTHING, grants, stops

__all__ = [
    "StopChange",
    "add_grant",
    "add_stop",
    "grant_now",
    "grant_row",
    "grants_of",
    "stop_row",
    "stops_now",
]

_value = sa.bindparam
_ADD_GRANT = insert_into(grants)
_GRANTS = prepare(sa.select(grants).where(grants.c.work == _value("work")).order_by(grants.c.seq))
_GRANT_NOW = prepare(
    sa.select(grants)
    .where(grants.c.work == _value("work"), grants.c.executor == _value("executor"))
    .order_by(grants.c.seq.desc())
    .limit(_value("n"))
    .offset(_value("skip"))
)
_ADD_STOP = insert_into(stops)
_STOPS = prepare(sa.select(stops).where(sa.or_(stops.c.work == _value("work"), stops.c.work == _value("everything"))))


@dataclass(frozen=True, slots=True, kw_only=True)
class StopChange:
    """A stop, or its end.

    ``work`` is a work id or :data:`~remit.store.tables.EVERYTHING`; ``executor`` narrows it to one executor of the
    work.  ``seq`` is the place of its entry in the ledger.
    """

    work: str
    seq: int
    executor: str | None
    stopped: bool
    at: datetime
    by: str
    reason: str


def grant_row(grant: Grant, seq: int) -> Row:
    """A grant, a value a column; ``seq`` is its place in the ledger."""
    certificate = grant.certificate
    return (
        grant.work,
        seq,
        grant.executor,
        grant.level.value,
        grant.by,
        grant.reason,
        instant_text(grant.granted_at),
        None if grant.until is None else instant_text(grant.until),
        grant.definition_digest,
        grant.evidence_digest,
        grant.executor_digest,
        None if certificate is None else _certificate_text(certificate),
    )


def add_grant(writing: Writing, row: Row) -> None:
    """Write a grant."""
    writing.insert(_ADD_GRANT, row)


def grant_now(reader: Reader, *, work: str, executor: str) -> Grant | None:
    """The newest grant of ``executor`` for ``work``; None where there never was one."""
    found = reader.rows(_GRANT_NOW, work=work, executor=executor, n=1, skip=0)
    return _grant(found[0]) if found else None


def grants_of(reader: Reader, work: str) -> tuple[Grant, ...]:
    """Every grant ever given for ``work``, oldest first."""
    return tuple(map(_grant, reader.rows(_GRANTS, work=work)))


def stop_row(change: StopChange) -> Row:
    """A stop or its end, a value a column."""
    at = instant_text(change.at)
    return (change.work, change.seq, change.executor, int(change.stopped), at, change.by, change.reason)


def add_stop(writing: Writing, row: Row) -> None:
    """Write a stop or its end."""
    writing.insert(_ADD_STOP, row)


def stops_now(reader: Reader, *, work: str) -> tuple[StopChange, ...]:
    """The stops that hold for ``work`` now: of everything, of the work, of its executors."""
    found = reader.rows(_STOPS, work=work, everything=EVERYTHING)
    if not found:  # sorted here, because it is asked under every lock and nearly always empty
        return ()
    changes = sorted(map(_stop, found), key=lambda change: (change.work, change.seq))
    newest = {(change.work, change.executor): change for change in changes}
    return tuple(change for change in newest.values() if change.stopped)


def _certificate_text(certificate: Certificate) -> str:
    return json_text(asdict(certificate) | {"made_at": instant_text(certificate.made_at)})


def _certificate(text: str) -> Certificate:
    said = json.loads(text)
    said["made_at"] = read_instant(said["made_at"])
    said["assumptions"] = tuple(said["assumptions"])
    return Certificate(**said)


@lru_cache(maxsize=256)  # looked at again under every lock, and hardly ever another one
def _grant(row: Row) -> Grant:
    work, _, executor, level, by, reason, granted_at, until, definition, evidence, made_of, certificate = row
    return Grant(
        work=work,
        executor=executor,
        level=Level(level),
        by=by,
        reason=reason,
        granted_at=read_instant(granted_at),
        until=None if until is None else read_instant(until),
        definition_digest=definition,
        evidence_digest=evidence,
        executor_digest=made_of,
        certificate=None if certificate is None else _certificate(certificate),
    )


def _stop(row: Row) -> StopChange:
    work, seq, executor, stopped, at, by, reason = row
    at = read_instant(at)
    return StopChange(work=work, seq=seq, executor=executor, stopped=bool(stopped), at=at, by=by, reason=reason)
