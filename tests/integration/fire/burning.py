"""A project on either database whose desk acts alone, with a receiver of its effects, and what has to hold of it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from tests.by_hand import found_by_hand
from tests.integration.small_project import PROJECT, Small
from tests.unit.delivering.receiver import Receiver

from remit.autonomy.certificate import Certificate, Grant
from remit.definition.levels import Level
from remit.ledger import LedgerKind, Verified
from remit.project import Project
from remit.project.ambient import system
from remit.project.items import provenance
from remit.runtime.recording import record_grant
from remit.runtime.settle import Settled
from remit.store import open_store
from remit.store.sqlite.connections import SqliteStore

SECRET = "a secret of the till"
SENDERS = """\
senders:
  till: {{webhook: '{url}', secret_env: TILL_SECRET, timeout: 5s}}
alerts: {{sender: till}}
"""


def input_of(i: int) -> dict[str, object]:
    """The input of item ``i``: some are acted on, some are for people, some are refused."""
    return {
        "amount": 1.0 + i * 37 % (195 if i % 3 else 38),
        "channel": "web" if i % 3 else "shop",
        "dealer": i % 50 == 49,
    }


@dataclass
class Burning:
    """A project under fire. ``url`` is None on SQLite."""

    small: Small
    url: str | None
    receiver: Receiver
    told: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.small.root

    @property
    def env(self) -> dict[str, str]:
        return {"TILL_SECRET": SECRET, **({} if self.url is None else {"REMIT_STORE": self.url})}

    def opened(self, *, ahead: float = 0.0) -> Project:
        own = system()
        env = self.env
        return Project.open(
            self.root,
            ambient=replace(own, now=lambda: own.now() + timedelta(seconds=ahead), setting=env.get),
        )

    @property
    def place(self) -> str:
        return self.url or str(self.root / ".remit" / "remit.db")


def light(small: Small, url: str | None, receiver: Receiver) -> Burning:
    """Let the desk act alone, whoever it convinced."""
    small.write("remit.yaml", PROJECT + SENDERS.format(url=receiver.url))
    small.change("work/refunds.yaml", "id: paid,", "id: paid, sender: till,")
    small.change("work/refunds.yaml", "{reassign: Head of Refunds}", '{answer: {refund: "ask"}}')
    burning = Burning(small=small, url=url, receiver=receiver)
    with burning.opened() as project:
        hold(project, Level.SUPERVISED)
    return burning


def hold(project: Project, level: Level) -> None:
    """Let the desk hold a level."""
    of = provenance(project.work("refunds"), "desk")
    now = project.ambient.now()
    certificate = Certificate(
        threshold=0.8,
        alpha=0.10,
        delta=0.05,
        n_acted=300,
        n_wrong=2,
        n_cases=500,
        coverage=0.6,
        upper_bound=0.04,
        method="fixed_sequence",
        assumptions=(),
        evidence_digest=of.evidence_digest,
        executor_digest=of.executor_digest or "",
        case_set_digest="c" * 64,
        made_at=now,
    )
    given = Grant(
        work="refunds",
        executor="desk",
        level=level,
        by="jonas",
        reason="for this test",
        definition_digest=of.definition_digest,
        evidence_digest=of.evidence_digest,
        executor_digest=of.executor_digest or "",
        granted_at=now,
        certificate=certificate if level is Level.SUPERVISED else None,
    )
    with project.store.writing() as writing:
        record_grant(writing, given, LedgerKind.GRANT)


def is_act(settled: Settled) -> bool:
    return settled.record.decision.route == "act"


@dataclass(frozen=True)
class Held:
    """What held: ``routes`` counts the decisions, ``n_sent`` what left, ``n_again`` how often something left again."""

    routes: Counter[str]
    n_sent: int
    n_again: int


def hold_all(burning: Burning, keys: set[str]) -> Held:
    """Nothing told is lost, nothing is there twice or half, what was sent had left; every chain and seal verifies."""
    with burning.opened() as project:
        for chain in project.verify_ledger():
            assert isinstance(chain.result, Verified), chain
    with open_store(burning.place) as store:
        if isinstance(store, SqliteStore):
            assert found_by_hand(store, "PRAGMA integrity_check") == [("ok",)]
        decided = found_by_hand(store, "SELECT key, id, route, effects FROM decisions")
        paid = {row[0] for row in found_by_hand(store, "SELECT id FROM payloads")}
        asked = Counter(row[0] for row in found_by_hand(store, "SELECT decision_id FROM reviews WHERE follows IS NULL"))
        rows = found_by_hand(store, "SELECT decision_id, effect, sent_at, dead_at FROM outbox")
        entries = found_by_hand(store, "SELECT subject FROM ledger WHERE kind = 'decision'")
    ids = {id_ for _, id_, _, _ in decided}
    assert len(decided) == len({key for key, *_ in decided})
    assert {key for key, *_ in decided} <= keys
    assert burning.told.items() <= {(key, id_) for key, id_, _, _ in decided}
    assert ids <= paid
    assert sorted(entries) == sorted((id_,) for id_ in ids)
    for _, id_, route, effects in decided:
        assert asked[id_] == 1 if route == "review" else asked[id_] <= 1
        expected = {(id_, effect) for effect in (json.loads(effects) if route == "act" and effects else ())}
        assert {row[:2] for row in rows if row[0] == id_} >= expected
    whole = [one for one in burning.receiver.requests if len(one.body) == int(one.headers["content-length"])]
    came = Counter(request.content["id"] for request in whole)
    effects_came = {id_ for id_ in came if not id_.startswith("alert/")}
    sent = {f"{id_}/{effect}" for id_, effect, at, _ in rows if at is not None}
    assert sent <= effects_came <= {f"{id_}/{effect}" for id_, effect, *_ in rows}
    assert not any(dead for *_, dead in rows)
    assert all(request.headers["idempotency-key"] == request.content["id"] for request in whole)
    return Held(
        routes=Counter(route for _, _, route, _ in decided),
        n_sent=len(sent),
        n_again=sum(came[id_] - 1 for id_ in effects_came),
    )
