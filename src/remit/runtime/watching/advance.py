"""Keep the evidence of one executor up to date, and do what it says, in one transaction.

Whoever wrote a truth calls it in the same transaction; the sweeper calls it for every work, so that deadlines and
expiries are noticed without any truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from remit.autonomy.certificate import Grant
from remit.autonomy.evidence import Begun, Evidence, Phase, Seen, phase_of
from remit.autonomy.watch import (
    EXPIRES_AFTER,
    MayPromote,
    MustDemote,
    Stay,
    WatchTerms,
    fixed_now,
    may_renew,
    watch,
)
from remit.definition.levels import Level
from remit.errors import ArgumentInvalid
from remit.items import JsonObject
from remit.ledger import LedgerKind
from remit.runtime.recording import record_grant
from remit.runtime.watching.critical import CriticalCheck
from remit.runtime.watching.feeding import Feeding
from remit.store.connections import Reader, Writing
from remit.store.ledger_entries import head_of
from remit.store.operations.acts import Act, acts_of, add_act
from remit.store.operations.watches import KeptWatch, PlacedGrant, keep_watch, levels_given, placed_grant, watch_of

__all__ = ["REMIT", "Change", "ChangeKind", "Watching", "advance", "evidence_now", "rebuild"]

REMIT = "remit"
"""Who acts where nobody has to: the actor of what the evidence itself brings about."""

ENDS_SOON = timedelta(days=7)
"""How long before a grant to act alone ends somebody is told."""

_MEASURED = "people measured"
_MOST_FALLS = 4  # there are no more levels to fall


class ChangeKind(StrEnum):
    """What an advance brought about."""

    DEMOTED = "demoted"
    RENEWED = "renewed"
    MAY_PROMOTE = "may promote"
    WARNED = "warning"
    SETTLED = "warning settled"
    CRITICAL = "critical failure"
    ENDING = "grant ends"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that an advance brought about, in a sentence; ``level`` is where the executor is, or may go."""

    work: str
    executor: str
    kind: ChangeKind
    level: Level
    sentence: str

    @property
    def alarms(self) -> bool:
        """Whether somebody is to be told."""
        return self.kind not in (ChangeKind.RENEWED, ChangeKind.SETTLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """Who is watched, and on which terms.

    ``critical`` makes the check for critical failures at its first use.  ``tell`` is called in the same transaction
    for every change, with the time.  ``noticed`` measures which share of errors people notice at least, 1 where nobody
    can say.
    """

    work: str
    executor: str
    terms: WatchTerms
    critical: Callable[[], CriticalCheck] | None = None
    tell: Callable[[Writing, Change, datetime], None] | None = None
    noticed: Callable[[], float] | None = None

    def budget_share(self, phase: Phase) -> float:
        """What a promotion tests against, as a share of the error budget."""
        return 1.0 if self.noticed is None or phase is not Phase.SUGGEST else self.noticed()


def advance(writing: Writing, watching: Watching, *, now: datetime, anew: bool = False) -> tuple[Change, ...]:
    """Take in what is new in the ledger, and do what the evidence says now.

    The level falls where it must (a grant of a lower level, by ``remit``, with the reason), however far; a warning is
    raised or settled; a promotion that may be granted is proposed, once; an ``autonomous`` grant renews itself.

    ``anew``: how much people notice is measured again, and the promotion test is held against it from its beginning.
    It is where a stretch of evidence begins, and has to be before a person grants on it.
    """
    changes: list[Change] = []
    for _ in range(_MOST_FALLS):
        held = placed_grant(writing, work=watching.work, executor=watching.executor)
        phase = None if held is None else phase_of(held.grant.level)
        if held is None or phase is None:
            break
        evidence = _current(writing, watching, held, phase, now, anew=anew)
        changes.extend(_warnings(writing, watching, held.grant, evidence.look(), now))
        ending = tuple(_ending(writing, watching, held, now))
        said = watch(watching.terms, held.grant, evidence.look(), now)
        _keep(writing, watching, held, evidence, now)
        match said:
            case MustDemote():
                changes.extend(_demote(writing, watching, held.grant, evidence.look(), said, now))
                continue
            case MayPromote():
                changes.extend(_propose(writing, watching, evidence, said, now))
            case Stay():
                pass
            case _:
                assert_never(said)
        changes.extend(tuple(_renew(writing, watching, held.grant, evidence, now)) or ending)
        break
    if watching.tell is not None:
        for change in changes:
            watching.tell(writing, change, now)
    return tuple(changes)


def evidence_now(reader: Reader, *, work: str, executor: str) -> Evidence | None:
    """The evidence as it was last kept; None where none was gathered."""
    kept = watch_of(reader, work=work, executor=executor)
    return None if kept is None else Evidence.from_json(kept.state)


def rebuild(reader: Reader, watching: Watching, *, now: datetime) -> Evidence | None:
    """The evidence made anew from the ledger alone; the same as what is kept, where that was kept up to ``now``."""
    begun = _last_begun(reader, watching)
    return None if begun is None else _feeding(reader, watching).anew(begun, now=now)


def _current(
    writing: Writing, watching: Watching, held: PlacedGrant, phase: Phase, now: datetime, *, anew: bool
) -> Evidence:
    """The evidence of the level that is held, up to date; begun where something differs that it was fixed to."""
    kept = watch_of(writing, work=watching.work, executor=watching.executor)
    feeding = _feeding(writing, watching)
    fixed = fixed_now(watching.terms, phase)
    evidence = None if kept is None else _kept_evidence(writing, watching, kept, now)
    if evidence is not None and not feeding.feed(evidence, now=now):
        evidence = feeding.anew(evidence.begun, now=now)
    goes_on = kept is not None and evidence is not None and evidence.begun.counts_like(fixed)
    if goes_on and kept is not None and _left(writing, watching, kept, held, phase):
        goes_on = False
    if evidence is not None and goes_on and evidence.begun.tests_like(fixed):
        share = watching.budget_share(phase) if anew else evidence.begun.budget_share
        if share != evidence.begun.budget_share:
            _act(writing, watching, {"what": _MEASURED, "budget_share": share}, now)
            evidence.test_anew(replace(evidence.begun, budget_share=share))
            feeding.feed(evidence, now=now)
        return evidence
    fixed = replace(fixed, budget_share=watching.budget_share(phase))
    head = head_of(writing, watching.work)
    here = held.seq if head is None else head.seq  # what was seen before a test was fixed is not tested
    if evidence is not None and goes_on:
        fixed = replace(fixed, counts_from=evidence.begun.counts_from, tests_from=here)
        evidence.test_anew(_begin(writing, watching, fixed, now))
    else:
        fixed = replace(fixed, counts_from=held.seq, tests_from=here)
        evidence = Evidence(_begin(writing, watching, fixed, now))
    feeding.feed(evidence, now=now)
    return evidence


def _kept_evidence(reader: Reader, watching: Watching, kept: KeptWatch, now: datetime) -> Evidence | None:
    """The evidence as it was kept; made anew from the ledger where that can't be read."""
    try:
        return Evidence.from_json(kept.state)
    except ArgumentInvalid:
        return rebuild(reader, watching, now=now)


def _left(reader: Reader, watching: Watching, kept: KeptWatch, held: PlacedGrant, phase: Phase) -> bool:
    """Whether the phase was left, and come back to, between the grant that was watched and the one that is held."""
    if kept.grant_seq == held.seq:
        return False
    between = levels_given(reader, work=watching.work, executor=watching.executor, after=kept.grant_seq, to=held.seq)
    return any(phase_of(level) is not phase for level in between)


def _begin(writing: Writing, watching: Watching, fixed: Begun, now: datetime) -> Begun:
    """Record what a new stretch of evidence is fixed to; where it tests, that is one more try."""
    n_before = sum(
        begun.tested and begun.phase is fixed.phase and begun.evidence_digest == fixed.evidence_digest
        for begun in map(_begun, _begun_acts(writing, watching))
    )
    begun = replace(fixed, attempt=n_before + 1)
    _act(writing, watching, {"what": "began", **begun.to_json()}, now)
    return begun


def _begun_acts(reader: Reader, watching: Watching) -> list[Act]:
    acts = acts_of(reader, work=watching.work, kind=LedgerKind.WATCH)
    return [act for act in acts if act.subject == watching.executor and act.body.get("what") == "began"]


def _begun(act: Act) -> Begun:
    return Begun.from_json(act.body)


def _last_begun(reader: Reader, watching: Watching) -> Begun | None:
    last: Begun | None = None
    for act in acts_of(reader, work=watching.work, kind=LedgerKind.WATCH):
        if act.subject != watching.executor:
            continue
        if act.body.get("what") == "began":
            last = _begun(act)
        elif last is not None and act.body.get("what") == _MEASURED:
            last = replace(last, budget_share=act.body["budget_share"])
    return last


def _feeding(reader: Reader, watching: Watching) -> Feeding:
    return Feeding(
        reader,
        work=watching.work,
        executor=watching.executor,
        slice_fields=watching.terms.slice_fields,
        critical=watching.critical,
    )


def _keep(writing: Writing, watching: Watching, held: PlacedGrant, evidence: Evidence, now: datetime) -> None:
    state = evidence.to_json() | {"warned": evidence.look().warning, "ending": _ends_soon(held.grant, now)}
    keep_watch(
        writing,
        KeptWatch(
            work=watching.work,
            executor=watching.executor,
            grant_seq=held.seq,
            fed_seq=evidence.fed_seq,
            state=state,
            at=now,
        ),
    )


def _warnings(writing: Writing, watching: Watching, held: Grant, seen: Seen, now: datetime) -> Iterator[Change]:
    kept = watch_of(writing, work=watching.work, executor=watching.executor)
    same = kept is not None and _tests_from(kept.state) == seen.begun.tests_from
    before = kept is not None and same and kept.state.get("warned") is True
    if before is seen.warning:
        return
    if seen.warning:
        where = f" where {seen.slices_warned[0]}" if seen.slices_warned else ""
        kind, sentence = ChangeKind.WARNED, f"the error budget may be broken{where}: more is audited until it settles"
    else:
        kind, sentence = ChangeKind.SETTLED, "the warning is settled"
    _act(writing, watching, {"what": kind.value, "sentence": sentence}, now)
    yield _change(watching, kind, held.level, sentence)


def _tests_from(state: JsonObject) -> object:
    begun = state.get("begun")
    return begun.get("tests_from") if isinstance(begun, dict) else None


def _ends_soon(held: Grant, now: datetime) -> bool:
    return held.level.at_least(Level.SUPERVISED) and held.until is not None and held.until - now <= ENDS_SOON


def _ending(reader: Reader, watching: Watching, held: PlacedGrant, now: datetime) -> Iterator[Change]:
    kept = watch_of(reader, work=watching.work, executor=watching.executor)
    is_told = kept is not None and kept.grant_seq == held.seq and kept.state.get("ending") is True
    if is_told or held.grant.until is None or not _ends_soon(held.grant, now):
        return
    sentence = (
        f"the grant of {watching.executor} for {held.grant.level.value} ends on {held.grant.until.date().isoformat()}"
    )
    yield _change(watching, ChangeKind.ENDING, held.grant.level, sentence)


def _propose(
    writing: Writing, watching: Watching, evidence: Evidence, said: MayPromote, now: datetime
) -> Iterator[Change]:
    acts = acts_of(writing, work=watching.work, kind=LedgerKind.WATCH, after=evidence.begun.counts_from)
    proposed = (
        act.body.get("what") == ChangeKind.MAY_PROMOTE.value
        and act.body.get("level") == said.to.value
        and act.subject == watching.executor
        for act in acts
    )
    if any(proposed):
        return
    sentence = f"{said.to.value} may be granted: {'; '.join(said.reasons)}"
    _act(writing, watching, {"what": ChangeKind.MAY_PROMOTE.value, "level": said.to.value, "sentence": sentence}, now)
    yield _change(watching, ChangeKind.MAY_PROMOTE, said.to, sentence)


def _demote(
    writing: Writing, watching: Watching, held: Grant, seen: Seen, said: MustDemote, now: datetime
) -> Iterator[Change]:
    reason = "; ".join(said.reasons)
    lower = replace(held, level=said.to, by=REMIT, reason=reason, granted_at=now, until=None, certificate=None)
    record_grant(writing, lower, LedgerKind.LEVEL_CHANGE)
    sentence = f"{watching.executor} went from {held.level.value} back to {said.to.value}: {reason}"
    yield _change(watching, ChangeKind.DEMOTED, said.to, sentence)
    if seen.critical is not None and seen.critical in said.reasons:
        yield _change(watching, ChangeKind.CRITICAL, said.to, seen.critical)


def _renew(writing: Writing, watching: Watching, held: Grant, evidence: Evidence, now: datetime) -> Iterator[Change]:
    reason = may_renew(watching.terms, held, evidence.look(), now)
    if reason is None:
        return
    renewed = replace(held, by=REMIT, reason=reason, granted_at=now, until=now + EXPIRES_AFTER)
    record_grant(writing, renewed, LedgerKind.LEVEL_CHANGE)
    placed = placed_grant(writing, work=watching.work, executor=watching.executor)
    if placed is not None:
        _feeding(writing, watching).feed(evidence, now=now)
        _keep(writing, watching, placed, evidence, now)
    yield _change(watching, ChangeKind.RENEWED, held.level, reason)


def _act(writing: Writing, watching: Watching, body: JsonObject, now: datetime) -> None:
    add_act(
        writing,
        work=watching.work,
        at=now,
        by=REMIT,
        kind=LedgerKind.WATCH,
        subject=watching.executor,
        body=body,
    )


def _change(watching: Watching, kind: ChangeKind, level: Level, sentence: str) -> Change:
    return Change(work=watching.work, executor=watching.executor, kind=kind, level=level, sentence=sentence)
