"""Acts: recorded once with their ledger entry; whoever changes, adds or removes one is found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.by_hand import tamper

from remit.ledger import Break, Broken, LedgerKind, Verified
from remit.runtime.verify import verify_ledger
from remit.store.operations.acts import acts_of, add_act

BODY = {"what": "rehearsed", "seconds": 0.25, "of": ["E1", "Ünï \ud800"]}


def act(desk, kind=LedgerKind.DRILL, subject="stop", body=BODY):
    with desk.store.writing() as writing:
        return add_act(writing, work="triage", at=desk.now, by="ann", kind=kind, subject=subject, body=body)


def result(desk):
    (found,) = verify_ledger(desk.store)
    return found.result


def test_an_act_comes_back_as_it_went_in_and_its_chain_holds(desk):
    first = act(desk)
    desk.now += timedelta(hours=1)
    second = act(desk, subject="path")
    other = act(desk, kind=LedgerKind.OUTCOME, body={"what": "value", "value": 4.5})
    assert acts_of(desk.store, work="triage", kind=LedgerKind.DRILL) == (first, second)
    assert acts_of(desk.store, work="triage", kind=LedgerKind.DRILL, after=first.seq) == (second,)
    assert acts_of(desk.store, work="triage", kind=LedgerKind.OUTCOME) == (other,)
    assert acts_of(desk.store, work="other", kind=LedgerKind.DRILL) == ()
    assert [one.seq for one in (first, second, other)] == [1, 2, 3]
    assert isinstance(result(desk), Verified)


@pytest.mark.parametrize(
    ("by_hand", "what"),
    [
        ("UPDATE acts SET body = '{}' WHERE seq = 1", Break.RECORD_CHANGED),
        ("DELETE FROM acts WHERE seq = 1", Break.RECORD_MISSING),
        ("UPDATE acts SET seq = 9 WHERE seq = 2", Break.RECORD_MISSING),
        ("INSERT INTO acts SELECT work, 3, at, by, kind, subject, body FROM acts WHERE seq = 2", Break.TRUNCATED),
    ],
)
def test_an_act_that_somebody_touched_is_found(desk, by_hand, what):
    act(desk)
    act(desk)
    tamper(desk.store, by_hand)
    found = result(desk)
    assert isinstance(found, Broken)
    assert found.what is what
