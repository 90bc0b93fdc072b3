"""Makes the store that tests open for ever: ``python tools/keep_store.py`` writes ``tests/data/stores/REVISION.db``.

Run it once when a release brings a new revision of the tables; what is there already is never made again.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from remit.deciding.decision import Checked, Decision
from remit.definition.levels import Level
from remit.items import Answer, Item, Reason, ReasonKind, Route
from remit.reviews import Ask, OutputCheck
from remit.runtime.review import PersonsAnswer, ReviewRules, decide_review
from remit.runtime.settle import Settlement, settle
from remit.runtime.stop import stop
from remit.runtime.terms import Provenance, standing
from remit.store import (
    ProofRun,
    Store,
    add_answers,
    begin_proof,
    finish_proof,
    open_store,
)
from remit.store.definitions import KeptDefinition, keep_definition
from remit.store.migrations import HEAD

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "data" / "stores"
NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
OF = Provenance(
    work="triage", definition_digest="d" * 64, evidence_digest="e" * 64, executor="clerk", executor_digest="x" * 64
)


def main() -> int:
    """0 where the store was made, 1 where there is one already."""
    path = FOLDER / f"{HEAD}.db"
    if path.exists():
        print(f"{path} is kept: it is not made again", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open_store(path) as store:
        _decide(store)
        _prove(store)
        stop(store, OF.work, executor="clerk", by="ann", reason="odd answers", now=NOW)
    print(path)
    return 0


def _decide(store: Store) -> None:
    reason = Reason(kind=ReasonKind.CONSTRAINT, text="constraint broken: a stolen card", id="C1", blocks=True)
    for n, route in enumerate((Route.REVIEW, Route.INCUMBENT, Route.REVIEW), start=1):
        given = {"subject": f"Grüße {n}", "amount": n / 2}
        decision = Decision(
            route=route,
            reasons=(reason,),
            level=Level.SUGGEST,
            input=given,
            answer=Answer(output={"team": "fraud"}, confidence=0.875, seconds=0.25, signals={"injection": True}),
            checked=Checked(violated=("C1",)),
        )
        settlement = Settlement(
            provenance=OF,
            standing=standing(store, OF, now=NOW),
            actor="cli:ann",
            id=f"d{n}",
            review_id=f"r{n}",
            salt=bytes([n]) * 16,
            now=NOW,
            ask=lambda _: Ask(path="E1", role="clerk", within=timedelta(minutes=30)),
            effects=lambda _: (),
        )
        settle(store, Item(key=f"k{n}", input=given, received_at=NOW), decision, settlement)
    answer = PersonsAnswer(
        by="bob", output={"team": "returns"}, comment="it says so", salt=bytes(16), next_id="r9", now=NOW
    )
    decide_review(
        store, "r1", answer, rules=ReviewRules(check=lambda *_: OutputCheck(), effects=lambda *_: ("queued",))
    )


def _prove(store: Store) -> None:
    keep_definition(store, KeptDefinition(digest="d" * 64, work=OF.work, text='{"id":"triage","remit":1}', at=NOW))
    run = begin_proof(
        store,
        ProofRun(
            id="p1",
            work=OF.work,
            executor="clerk",
            executor_digest="x" * 64,
            definition_digest="d" * 64,
            evidence_digest="e" * 64,
            case_set_digest="c" * 64,
            asked_digest="a" * 64,
            started_at=NOW,
        ),
    )
    given = Answer(output={"team": "fraud"}, confidence=0.5, seconds=0.1)
    add_answers(store, run, {"c1": given, "c2": None})
    finish_proof(store, run, document='{"remit":1}', at=NOW)


if __name__ == "__main__":
    sys.exit(main())
