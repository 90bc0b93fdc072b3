"""A whole project with the trivial work of ``bench.trivial``, and an executor that may act alone in it.

Its grant is written straight into the store: what is measured here is deciding, not proving.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.trivial import DEFINITION
from remit.autonomy.certificate import Certificate, Grant
from remit.definition.levels import Level
from remit.ledger import LedgerKind
from remit.project import Project, Work
from remit.project.items import provenance
from remit.runtime.recording import record_grant

__all__ = ["GOVERNED", "make_project", "opened_work"]

GOVERNED: dict[str, Any] = DEFINITION | {
    "outputs": {
        "fields": {"decision": ["approve", "deny"]},
        "effects": [{"id": "file", "what": "it goes to the archive"}],
    }
}
CLERK = {
    "for": "trivial",
    "kind": "table",
    "version": "1",
    "deadline": "2s",
    "cost_per_item": 0,
    "author": "sam",
    "settings": {
        "hit_policy": "FIRST",
        "in": ["input.ratio"],
        "out": ["decision"],
        "rules": [["< 50", "approve"], ["-", "deny"]],
    },
}


def make_project(root: Path, store: str = "remit.db") -> Path:
    """A project in ``root`` whose executor ``clerk`` holds a grant to act alone."""
    for name, content in (
        ("remit.yaml", {"store": store, "people": [{"id": "ann", "roles": ["accountable"]}]}),
        ("work/trivial.yaml", GOVERNED),
        ("executors/clerk.yaml", CLERK),
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    with opened_work(root) as work:
        work.keep_definition()
        _grant(work)
    return root


@contextmanager
def opened_work(root: Path) -> Iterator[Work]:
    """The work of the project, as a program opens it."""
    with Project.open(root) as project:
        yield project.work("trivial")


def _grant(work: Work) -> None:
    of = provenance(work, "clerk")
    now = datetime.now(UTC)
    certificate = Certificate(
        threshold=None,
        alpha=0.05,
        delta=0.05,
        n_acted=500,
        n_wrong=2,
        n_cases=500,
        coverage=1.0,
        upper_bound=0.04,
        method="step_down",
        assumptions=(),
        evidence_digest=of.evidence_digest,
        executor_digest=of.executor_digest or "",
        case_set_digest="c" * 64,
        made_at=now,
    )
    given = Grant(
        work=work.id,
        executor="clerk",
        level=Level.SUPERVISED,
        by="ann",
        reason="to measure",
        definition_digest=of.definition_digest,
        evidence_digest=of.evidence_digest,
        executor_digest=of.executor_digest or "",
        granted_at=now,
        until=now + timedelta(days=90),
        certificate=certificate,
    )
    with work.project.store.writing() as writing:
        record_grant(writing, given, LedgerKind.GRANT)
