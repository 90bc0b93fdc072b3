"""The stores that the contract holds for: SQLite and a real PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from remit.autonomy.certificate import Certificate, Grant
from remit.deciding.decision import Checked, Decision
from remit.definition.levels import Level
from remit.items import Answer, Item, Reason, ReasonKind, Route
from remit.ledger import LedgerKind, append, body_digest
from remit.reviews import Ask, OutputCheck
from remit.runtime.review import PersonsAnswer, ReviewRules, decide_review
from remit.runtime.settle import Settled, Settlement, settle
from remit.runtime.terms import Provenance, standing
from remit.store import Store, open_store
from remit.store.grants import add_grant, grant_row
from remit.store.ledger_entries import add_entry, head_of

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def new_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store, migrated once: a copy of it is as good as a new one."""
    path = tmp_path_factory.mktemp("store") / "remit.db"
    open_store(path).close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where an empty store is."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("new_store"), tmp_path / "remit.db")
        yield str(tmp_path / "remit.db")
        return
    server = request.getfixturevalue("postgres_server")
    url = server.make_store()
    yield url
    server.drop_database(url)


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    with open_store(place) as opened:
        yield opened


@dataclass
class Desk:
    """One work, one executor, and what comes in."""

    store: Store
    now: datetime = NOW
    of: Provenance = field(
        default_factory=lambda: Provenance(
            work="triage",
            definition_digest="d" * 64,
            evidence_digest="e" * 64,
            executor="clerk",
            executor_digest="x" * 64,
        )
    )
    n: int = 0

    def item(self, key: str = "k1", **given: object) -> Item:
        return Item(key=key, input=given or {"subject": "Ünïcode \ud800", "amount": 5.0}, received_at=self.now)

    def decision(self, route: Route = Route.REVIEW, **changes: object) -> Decision:
        made = Decision(
            route=route,
            reasons=(
                Reason(kind=ReasonKind.CONSTRAINT, text="constraint broken: a stolen card", id="C1", blocks=True),
            ),
            level=Level.SUGGEST,
            input={"subject": "Ünïcode \ud800", "amount": 5.0},
            answer=Answer(output={"team": "fraud"}, confidence=0.875, seconds=0.25, cost=0.5),
            checked=Checked(violated=("C1",)),
        )
        return replace(made, **changes)

    def settlement(self, **changes: object) -> Settlement:
        self.n += 1
        made = Settlement(
            provenance=self.of,
            standing=standing(self.store, self.of, now=self.now),
            actor="cli:ann",
            id=f"d{self.n}",
            review_id=f"r{self.n}",
            salt=bytes([self.n % 256]) * 16,
            now=self.now,
            ask=lambda _: None,
            effects=lambda _: (),
        )
        return replace(made, **changes)

    def settle(self, key: str = "k1", route: Route = Route.REVIEW, **changes: object) -> Settled:
        return settle(self.store, self.item(key), self.decision(route), self.settlement(**changes))

    def certificate(self) -> Certificate:
        return Certificate(
            threshold=0.8,
            alpha=0.05,
            delta=0.025,
            n_acted=300,
            n_wrong=2,
            n_cases=500,
            coverage=0.6,
            upper_bound=0.04,
            method="fixed_sequence",
            assumptions=("cases like the work",),
            evidence_digest=self.of.evidence_digest,
            executor_digest=self.of.executor_digest or "",
            case_set_digest="c" * 64,
            made_at=self.now,
        )

    def grant(self, level: Level = Level.SHADOW, **changes: object) -> Grant:
        made = Grant(
            work=self.of.work,
            executor=self.of.executor or "",
            level=level,
            by="ann",
            reason="it is proved",
            definition_digest=self.of.definition_digest,
            evidence_digest=self.of.evidence_digest,
            executor_digest=self.of.executor_digest or "",
            granted_at=self.now,
        )
        return replace(made, **changes)

    def hold(self, grant: Grant) -> None:
        """Let the executor hold a grant, however it came by it."""
        with self.store.writing() as writing:
            head = head_of(writing, grant.work)
            row = grant_row(grant, 1 if head is None else head.seq + 1)
            entry = append(
                head,
                work=grant.work,
                at=grant.granted_at,
                kind=LedgerKind.GRANT,
                actor=grant.by,
                subject=grant.executor,
                digests={},
                body_digest=body_digest(row),
            )
            add_grant(writing, row)
            add_entry(writing, entry)

    def answer(self, output: dict[str, object] | None, comment: str | None = None, by: str = "bob") -> PersonsAnswer:
        self.n += 1
        later = self.now + timedelta(minutes=10)
        salt = bytes([self.n % 256]) * 16
        return PersonsAnswer(by=by, output=output, comment=comment, salt=salt, next_id=f"next{self.n}", now=later)

    def decide(self, review_id: str, output: dict[str, object] | None, comment: str | None = None, by: str = "bob"):
        return decide_review(
            self.store,
            review_id,
            self.answer(output, comment, by),
            rules=self.rules(),
        )

    def rules(self, **changes: object) -> ReviewRules:
        made = ReviewRules(check=lambda *_: OutputCheck(), effects=lambda *_: ("queued",))
        return replace(made, **changes)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store=store)


@pytest.fixture
def ask() -> Ask:
    return Ask(
        path="E1",
        role="senior clerk",
        queue="triage",
        within=timedelta(minutes=30),
        show=("subject",),
        on_timeout={"reassign": "team lead"},
    )
