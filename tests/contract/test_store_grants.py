from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from remit.deciding.decide import Stopped
from remit.definition.levels import Level
from remit.errors import GrantRefused, NotFound, Problem
from remit.ledger import LedgerKind
from remit.runtime.grant import Circumstances, grant, revoke
from remit.runtime.stop import EVERYTHING, resume, stop
from remit.runtime.terms import standing
from remit.runtime.verify import verify_ledger
from remit.store.grants import grant_now, grants_of, stops_now
from remit.store.ledger_entries import recorded


@pytest.fixture
def allowed(desk):
    return Circumstances(
        of=desk.of,
        case_set_digest="c" * 64,
        accountable="Head of Support",
        roles=("Head of Support", "clerk"),
        authors={"carl"},
        four_eyes=None,
        ceiling=Level.SUPERVISED,
        missing=(),
    )


def test_a_grant_is_kept_with_its_certificate_and_has_its_entry(store, desk, allowed):
    desk.hold(desk.grant(Level.SUGGEST))
    asked = desk.grant(Level.SUGGEST, certificate=desk.certificate(), until=desk.now + timedelta(days=90))
    assert grant(store, asked, allowed) == asked
    assert grant_now(store, work="triage", executor="clerk") == asked
    assert grant_now(store, work="triage", executor="other") is None
    assert grants_of(store, "triage") == (desk.grant(Level.SUGGEST), asked)
    last = list(recorded(store, "triage"))[-1].entry
    assert (last.kind, last.actor, last.subject) == (LedgerKind.GRANT, "ann", "clerk")
    assert last.digests["case set"] == "c" * 64


def test_the_terms_follow_the_grant_the_digests_and_the_calendar(store, desk, allowed):
    assert standing(store, desk.of, now=desk.now).terms.level is Level.MANUAL
    grant(store, desk.grant(Level.SHADOW), allowed)
    now = standing(store, desk.of, now=desk.now)
    assert (now.terms.level, now.terms.certified, now.grant) == (Level.SHADOW, False, desk.grant(Level.SHADOW))
    desk.hold(desk.grant(Level.SUPERVISED, certificate=desk.certificate(), until=desk.now + timedelta(days=1)))
    terms = standing(store, desk.of, now=desk.now).terms
    assert (terms.level, terms.certified, terms.threshold) == (Level.SUPERVISED, True, 0.8)
    assert standing(store, desk.of, now=desk.now + timedelta(days=1)).terms.level is Level.SUGGEST
    changed = standing(store, replace(desk.of, executor_digest="y"), now=desk.now).terms
    assert (changed.level, changed.because) == (Level.SHADOW, "the executor changed since the grant")
    assert standing(store, replace(desk.of, executor=None, executor_digest=None), now=desk.now).grant is None


def test_what_was_seen_before_counts_until_something_changes(store, desk):
    desk.hold(desk.grant(Level.SUPERVISED, certificate=desk.certificate(), until=desk.now + timedelta(days=1)))
    seen = standing(store, desk.of, now=desk.now)
    assert standing(store, desk.of, now=desk.now, seen=seen) == seen
    assert standing(store, desk.of, now=desk.now + timedelta(days=1), seen=seen).terms.level is Level.SUGGEST
    stop(store, "triage", by="ann", reason="odd", now=desk.now)
    stopped = standing(store, desk.of, now=desk.now, seen=seen)
    assert stopped.stopped is Stopped.WORK
    revoke(store, work="triage", executor="clerk", by="ann", reason="odd", now=desk.now)
    assert standing(store, desk.of, now=desk.now, seen=stopped).terms.level is Level.MANUAL


def test_a_refused_grant_is_not_recorded_and_says_everything_at_once(store, desk, allowed):
    asked = replace(desk.grant(Level.AUTONOMOUS), by="carl", reason=" ", executor_digest="y")
    with pytest.raises(GrantRefused) as refused:
        grant(store, asked, replace(allowed, roles=("clerk",), missing=(Problem(message="AU02: too early"),)))
    messages = " | ".join(problem.message for problem in refused.value.problems)
    for part in ("answer for", "made this", "reason", "ceiling", "straight", "version of the executor", "AU02"):
        assert part in messages
    assert grants_of(store, "triage") == ()


def test_revoking_leads_to_manual_and_needs_something_to_revoke(store, desk, allowed):
    with pytest.raises(NotFound):
        revoke(store, work="triage", executor="clerk", by="ann", reason="odd", now=desk.now)
    grant(store, desk.grant(), allowed)
    taken = revoke(store, work="triage", executor="clerk", by="eve", reason="odd", now=desk.now)
    assert (taken.level, taken.by) == (Level.MANUAL, "eve")
    assert standing(store, desk.of, now=desk.now).terms.level is Level.MANUAL
    assert list(recorded(store, "triage"))[-1].entry.kind is LedgerKind.LEVEL_CHANGE
    with pytest.raises(NotFound):
        revoke(store, work="triage", executor="clerk", by="eve", reason="odd", now=desk.now)
    assert grant(store, desk.grant(), allowed) == grant_now(store, work="triage", executor="clerk")


@pytest.mark.parametrize(
    ("work", "executor", "stopped"),
    [
        ("triage", None, Stopped.WORK),
        (EVERYTHING, None, Stopped.WORK),
        ("triage", "clerk", Stopped.EXECUTOR),
        ("triage", "other", None),
        ("refunds", None, None),
    ],
)
def test_a_stop_reaches_what_it_names_until_it_is_resumed(store, desk, work, executor, stopped):
    stop(store, work, executor=executor, by="ann", reason="odd answers", now=desk.now)
    assert standing(store, desk.of, now=desk.now).stopped is stopped
    resume(store, work, executor=executor, by="ann", reason="mended", now=desk.now)
    assert standing(store, desk.of, now=desk.now).stopped is None
    stop(store, work, executor=executor, by="ann", reason="again", now=desk.now)
    assert standing(store, desk.of, now=desk.now).stopped is stopped


def test_stops_of_different_reach_do_not_end_each_other(store, desk):
    for executor in (None, "clerk"):
        stop(store, "triage", executor=executor, by="ann", reason="odd", now=desk.now)
    assert standing(store, desk.of, now=desk.now).stopped is Stopped.WORK
    resume(store, "triage", by="ann", reason="mended", now=desk.now)
    assert [(one.work, one.executor, one.reason) for one in stops_now(store, work="triage")] == [
        ("triage", "clerk", "odd")
    ]
    with pytest.raises(NotFound, match="everything"):
        resume(store, EVERYTHING, by="ann", reason="mended", now=desk.now)
    with pytest.raises(NotFound, match="other on triage"):
        resume(store, "triage", executor="other", by="ann", reason="mended", now=desk.now)


def test_grants_and_stops_are_part_of_the_verified_record(store, desk, allowed):
    grant(store, desk.grant(), allowed)
    revoke(store, work="triage", executor="clerk", by="eve", reason="odd", now=desk.now)
    stop(store, "triage", by="ann", reason="odd", now=desk.now)
    stop(store, EVERYTHING, by="ann", reason="odd", now=desk.now)
    assert [(one.work, one.result.n) for one in verify_ledger(store)] == [("*", 1), ("triage", 3)]
