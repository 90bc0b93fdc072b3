"""A drill of the stop that never sees its stop, as a process that can be killed in the middle."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

from remit.runtime.drilling.stopping import DrillClock, drill_stop
from remit.runtime.terms import Provenance
from remit.store import open_store


def main(path: str, elsewhere: str) -> None:
    of = Provenance(work="refunds", definition_digest="d", evidence_digest="e", executor=None, executor_digest=None)
    clock = DrillClock(now=lambda: datetime.now(UTC), monotonic=time.monotonic, pause=time.sleep)  # noqa: TID251
    with open_store(path) as store, open_store(elsewhere) as blind:
        drill_stop(store, blind, of, executor=None, by="jonas", drill="drill-1", clock=clock)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
