"""Draw tune cases, ask an executor about them in other ways, and mirror what came of it for readiness."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from remit.cases.case import Case, CaseUse
from remit.cases.labelling.order import drawn
from remit.errors import DocumentInvalid, NotEnough, UsageError
from remit.items import ExecutorKind
from remit.project.measuring import case_file, measure_cases, refuse_invalid
from remit.project.state.mirror import Mirrored, read_mirror, write_mirror

if TYPE_CHECKING:
    from remit.project.work import Work
    from remit.readiness.facts import ProbeFact

__all__ = ["probe_work"]

SEED = 7


def probe_work(work: Work, executor: str, *, n: int, on_progress: Callable[[int], None] | None = None) -> ProbeFact:
    """Ask ``executor`` about ``n`` tune cases again, without each field, and with values of other cases.

    Raises:
        UsageError: it is a person, whose answers are recorded.
        NotEnough: there is no tune case.
    """
    from remit.executors.perform import performer
    from remit.files.case_file import stream_cases
    from remit.proof.probing import probe

    found = work.executor(executor)
    if found.spec.kind is ExecutorKind.PERSON:
        raise UsageError(
            f"{executor} is a person: what they answered is recorded, and nothing is asked again",
            expected="an executor that answers by itself",
            found="kind: person",
            mend=f"`remit cases label {work.id}` asks people",
        )
    refuse_invalid(work, measure_cases(work).coverage)
    path = case_file(work)
    cases = {
        one.id: one
        for one in stream_cases(path, definition=work.definition)
        if isinstance(one, Case) and one.use is CaseUse.TUNE
    }
    if not cases:
        raise NotEnough(
            f"`{work.id}` has no tune case to probe with",
            expected="cases with `split` tune: prove cases are not for trying",
            found="none",
            mend=f"`remit cases split {work.id} --seed 7`",
        )
    with performer(found, clock=time.perf_counter, jitter=work.project.ambient.draw, patient=True) as asking:
        fact = probe(
            work.prepared,
            [cases[id_] for id_ in drawn(cases, n, seed=SEED)],
            performer=asking,
            executor=found,
            at=work.project.ambient.now(),
            on_progress=on_progress,
        )
    others = tuple(one for one in _mirrored(work).probes if one.executor != fact.executor)
    write_mirror(work.project.state, work.id, probes=(*others, fact))
    return replace(fact)


def _mirrored(work: Work) -> Mirrored:
    try:
        return read_mirror(work.project.state, work.id)
    except DocumentInvalid:  # derived data: it is made anew
        return Mirrored()
