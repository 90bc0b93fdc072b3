"""A store in memory of a test, an executor at work in it, and the truths that come in, row by row."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from remit.autonomy.certificate import Certificate, Grant
from remit.autonomy.watch import WatchTerms
from remit.deciding.decision import Checked, Decision
from remit.definition.levels import Level
from remit.items import Answer, Reason, ReasonKind, Route
from remit.ledger import LedgerKind, append, body_digest, json_text
from remit.reviews import Ask, Review, ReviewKind, open_review
from remit.runtime.grant import Circumstances, grant
from remit.runtime.recording import record_grant
from remit.runtime.terms import Provenance
from remit.runtime.watching import Watching, advance, evidence_now, rebuild
from remit.runtime.watching.alarms import alarming
from remit.store import Store, open_store
from remit.store.decisions import DecisionRecord, Payload, add_decision, add_payload, decision_payload, decision_row
from remit.store.grants import grant_now
from remit.store.ledger_entries import add_entry, head_of
from remit.store.operations.acts import acts_of
from remit.store.operations.alerts import open_alerts
from remit.store.reviews import Truth, TruthSource, add_review, add_truth, truth_row

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)

TERMS = WatchTerms(
    evidence_digest="e",
    executor_digest="x",
    delta=0.05,
    deadline=timedelta(days=2),
    budget=0.05,
    min_items=20,
    min_days=3,
    audit_share=0.1,
    ceiling=Level.AUTONOMOUS,
)

CERTIFICATE = Certificate(
    threshold=0.8,
    alpha=0.05,
    delta=0.05,
    n_acted=300,
    n_wrong=2,
    n_cases=500,
    coverage=0.6,
    upper_bound=0.04,
    method="step_down",
    assumptions=(),
    evidence_digest="e",
    executor_digest="x",
    case_set_digest="c",
    made_at=NOW,
)


@dataclass
class Watched:
    """One executor of one work, with a clock that a test moves."""

    store: Store
    now: datetime = NOW
    terms: WatchTerms = field(default_factory=lambda: replace(TERMS, certificate=CERTIFICATE))
    n: int = 0
    critical: object = None
    told: list = field(default_factory=list)
    noticed: float = 1.0

    @property
    def watching(self) -> Watching:
        return Watching(
            work="triage",
            executor="clerk",
            terms=self.terms,
            critical=self.critical,
            tell=self._tell,
            noticed=lambda: self.noticed,
        )

    def _tell(self, writing, change, now) -> None:
        self.told.append(change)
        ids = (f"a{n}" for n in count(len(self.told) * 100))
        alarming(contact="ops@shop.example", new_id=lambda: next(ids))(writing, change, now)

    @property
    def alerts(self) -> list:
        return [(alert.kind, alert.about) for alert in open_alerts(self.store)]

    @property
    def of(self) -> Provenance:
        return Provenance(
            work="triage",
            definition_digest="d",
            evidence_digest=self.terms.evidence_digest,
            executor="clerk",
            executor_digest=self.terms.executor_digest,
        )

    @property
    def level(self) -> Level:
        held = grant_now(self.store, work="triage", executor="clerk")
        return Level.MANUAL if held is None else held.level

    @property
    def held(self) -> Grant:
        return grant_now(self.store, work="triage", executor="clerk")

    def wait(self, **parts) -> Watched:
        self.now += timedelta(**parts)
        return self

    def asked(self, level: Level, **changes) -> Grant:
        acts = level.at_least(Level.SUPERVISED)
        made = Grant(
            work="triage",
            executor="clerk",
            level=level,
            by="ann",
            reason="it is proved",
            definition_digest="d",
            evidence_digest=self.terms.evidence_digest,
            executor_digest=self.terms.executor_digest,
            granted_at=self.now,
            certificate=self.terms.certificate if acts else None,
        )
        return replace(made, **changes)

    def hold(self, level: Level, **changes) -> Watched:
        """Let the executor hold a level, however it came by it, and look at it."""
        with self.store.writing() as writing:
            record_grant(writing, self.asked(level, **changes), LedgerKind.GRANT)
        self.advance()
        return self

    def grant(self, level: Level, **changes) -> Grant:
        """Ask for a level as a person does."""
        circumstances = Circumstances(
            of=self.of,
            case_set_digest="c",
            accountable="head",
            roles=("head",),
            authors={"carl"},
            four_eyes=None,
            ceiling=self.terms.ceiling,
            missing=(),
            watching=self.watching,
        )
        return grant(self.store, self.asked(level, **changes), circumstances)

    def advance(self, *, anew: bool = False):
        with self.store.writing() as writing:
            return advance(writing, self.watching, now=self.now, anew=anew)

    def seen(self):
        return evidence_now(self.store, work="triage", executor="clerk").look()

    def is_the_same_again(self) -> bool:
        """Whether what is kept is what the ledger alone gives."""
        again = rebuild(self.store, self.watching, now=self.now)
        kept = evidence_now(self.store, work="triage", executor="clerk")
        if again is None or kept is None:
            return again is kept
        read = {"fed_seq": 0}  # how far the ledger was read: acts of the watch itself stand at its end
        return again.to_json() | read == kept.to_json() | read

    def acts(self, what: str):
        found = acts_of(self.store, work="triage", kind=LedgerKind.WATCH)
        return [act for act in found if act.body["what"] == what]

    def decide(
        self,
        *,
        level: Level | None = None,
        act: bool | None = None,
        confidence: float | None = 0.9,
        inclusion: float | None = None,
        audited: bool = False,
        blind: bool = True,
        eligible: bool = True,
        given: dict | None = None,
        output: dict | None = None,
        checked: Checked | None = None,
    ) -> str:
        """Record a decision at the level that is held, with the review or the audit that goes with it."""
        self.n += 1
        level = self.level if level is None else level
        acts = level.at_least(Level.SUPERVISED) if act is None else act
        route = Route.ACT if acts else Route.REVIEW if level.at_least(Level.SUGGEST) else Route.INCUMBENT
        id_ = f"d{self.n}"
        reason = Reason(kind=ReasonKind.WITHIN_LIMITS if acts else ReasonKind.LEVEL, text="so")
        given = given or {"subject": "where"}
        with self.store.writing() as writing:
            head = head_of(writing, "triage")
            record = DecisionRecord(
                id=id_,
                work="triage",
                seq=1 if head is None else head.seq + 1,
                key=f"k{self.n}",
                at=self.now,
                actor="test",
                received_at=self.now,
                input=given,
                decision=Decision(
                    route=route,
                    reasons=(reason,),
                    level=level,
                    input=given,
                    answer=Answer(output=output or {"team": "orders"}, confidence=confidence, seconds=0.1),
                    checked=checked,
                    eligible=eligible,
                ),
                effects=(),
                executor="clerk",
                definition_digest="d",
                evidence_digest=self.terms.evidence_digest,
                executor_digest=self.terms.executor_digest,
                inclusion=(self.terms.audit_share if inclusion is None else inclusion) if acts else None,
            )
            payload = decision_payload(record, json_text(given), bytes(16))
            row = decision_row(record)
            add_decision(writing, row)
            add_payload(writing, id_, payload)
            self._entry(writing, LedgerKind.DECISION, id_, row, payload.digest)
            if not acts or audited:
                kind = ReviewKind.AUDIT if acts else ReviewKind.REVIEW
                shows = not (acts or blind or level is Level.SHADOW)
                add_review(writing, self._review(id_, f"r-{id_}", reason, kind=kind, shows=shows))
        return id_

    def _review(self, decision: str, id_: str, reason: Reason, *, kind: ReviewKind, shows: bool, **more) -> Review:
        opened = open_review(
            id=id_,
            work="triage",
            decision_id=decision,
            reason=reason,
            ask=Ask(shows_answer=shows),
            now=self.now,
        )
        return replace(opened, kind=kind, **more)

    def follow(self, decision: str, *, undone: str) -> str:
        """Undo the decision of a review: a new one follows it."""
        id_ = f"{undone}+"
        reason = Reason(kind=ReasonKind.LEVEL, text="so")
        with self.store.writing() as writing:
            review = self._review(decision, id_, reason, kind=ReviewKind.AUDIT, shows=False, follows=undone)
            add_review(writing, review)
        return id_

    def plant(self, decision: str) -> str:
        """A planted case on the item of a decision."""
        reason = Reason(kind=ReasonKind.LEVEL, text="so")
        with self.store.writing() as writing:
            review = self._review(decision, f"p-{decision}", reason, kind=ReviewKind.PLANTED, shows=False)
            add_review(writing, review)
        return review.id

    def learn(
        self,
        decision: str,
        *,
        wrong: bool | None,
        seen: bool = False,
        review: str | None = None,
        imported: bool = False,
        expected: dict | None = None,
    ) -> None:
        """Record a truth of a decision: of its review or audit, or imported."""
        self.n += 1
        payload_id = f"t{self.n}" if imported else review or f"r-{decision}"
        payload = Payload(salt=bytes(16), output=json_text(expected or {"team": "returns" if wrong else "orders"}))
        with self.store.writing() as writing:
            head = head_of(writing, "triage")
            row = truth_row(
                Truth(
                    work="triage",
                    seq=1 if head is None else head.seq + 1,
                    decision_id=decision,
                    at=self.now,
                    by="bob",
                    source=TruthSource.IMPORT if imported else TruthSource.AUDIT,
                    answer_seen=seen,
                    payload_id=payload_id,
                    wrong=wrong,
                )
            )
            add_truth(writing, row)
            add_payload(writing, payload_id, payload)
            self._entry(writing, LedgerKind.TRUTH, payload_id, row, payload.digest)

    def _entry(self, writing, kind: LedgerKind, subject: str, row, payload: str) -> None:
        entry = append(
            head_of(writing, "triage"),
            work="triage",
            at=self.now,
            kind=kind,
            actor="test",
            subject=subject,
            digests={"payload": payload},
            body_digest=body_digest(row),
        )
        add_entry(writing, entry)


def new_watched(folder: Path, empty: Path) -> Watched:
    """A store of its own, as a copy of an empty one."""
    shutil.copy(empty, folder / "remit.db")
    return Watched(store=open_store(folder / "remit.db"))
