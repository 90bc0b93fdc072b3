"""A process that decides items one after another and says which are committed: for tests that kill it.

``python deciding_process.py STORE NAME FIRST N``: every third item goes to a review, every third is acted on.
"""

from __future__ import annotations

import hashlib
import sys
from datetime import UTC, datetime

from remit.deciding.decision import Decision
from remit.definition.levels import Level
from remit.items import Answer, Item, Reason, ReasonKind, Route
from remit.runtime.settle import Settlement, settle
from remit.runtime.terms import Provenance, standing
from remit.store import open_store

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
OF = Provenance(work="triage", definition_digest="d", evidence_digest="e", executor="clerk", executor_digest="x")
ROUTES = (Route.ACT, Route.REVIEW, Route.INCUMBENT)


def main(path: str, name: str, first: int, n: int) -> None:
    with open_store(path, busy_s=30.0) as store:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        seen = standing(store, OF, now=NOW)
        for i in range(first, first + n):
            given = {"text": "x" * 500, "n": i}
            decision = Decision(
                route=ROUTES[i % 3],
                reasons=(Reason(kind=ReasonKind.WITHIN_LIMITS, text="every check holds"),),
                level=Level.SUPERVISED,
                input=given,
                answer=Answer(output={"team": "fraud"}, confidence=0.9),
            )
            settlement = Settlement(
                provenance=OF,
                standing=seen,
                actor=name,
                id=f"{name}-d{i}",
                review_id=f"{name}-r{i}",
                salt=hashlib.sha256(f"{name}{i}".encode()).digest(),
                now=NOW,
                ask=lambda _: None,
                effects=lambda _: ("queued", "told"),
            )
            settled = settle(store, Item(key=f"k{i}", input=given), decision, settlement)
            sys.stdout.write(f"k{i} {settled.record.id}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
