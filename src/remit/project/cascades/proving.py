"""What proving a cascade takes beyond proving any executor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from remit.errors import ExecutorInvalid, Location, Problem
from remit.executors.cascade import CascadeExecutor
from remit.executors.cascade.tuned import tuned_name
from remit.items import Executor, ExecutorKind, Route
from remit.proof.cascade.document import Beside, ProvedPart

if TYPE_CHECKING:
    from remit.project.measuring import FrozenSet
    from remit.project.work import Work
    from remit.proof.document import ProofDocument
    from remit.proof.tally import Tally

__all__ = ["beside_of", "is_tuned", "proved_parts", "refuse_old_tuning"]


def refuse_old_tuning(work: Work, executor: Executor, frozen: FrozenSet) -> None:
    """Refuse to prove a cascade whose limits were found for other parts, or when other cases were to be proved with.

    Raises:
        ExecutorInvalid: with what has changed since.
    """
    if not isinstance(executor, CascadeExecutor) or executor.tuned is None:
        return
    tuned, name = executor.tuned, executor.spec.name
    file = tuned_name(name)
    mend = f"`remit tune {work.id} --executor {name}`"
    problems = [
        Problem(
            message=f"`{part.executor}` is not the one any more that `{name}` was tuned with",
            where=Location(file=file),
            expected=f"digest {part.digest[:12]}",
            found=f"digest {member.executor.digest[:12]}",
            mend=mend,
        )
        for part, member in zip(tuned.parts, executor.members, strict=False)
        if member.executor is not None and member.executor.digest != part.digest
    ]
    if tuned.prove_digest != frozen.digest:
        problems.append(
            Problem(
                message=f"`{name}` was tuned while another prove set was frozen: its tune cases may be prove cases now",
                where=Location(file=file),
                expected=f"prove set {frozen.digest[:12]}",
                found=f"prove set {tuned.prove_digest[:12]}",
                mend=mend,
            )
        )
    if problems:
        raise ExecutorInvalid(problems=problems)


def proved_parts(executor: Executor) -> tuple[ProvedPart, ...]:
    """The parts of a cascade for its proof; none for other kinds."""
    if not isinstance(executor, CascadeExecutor):
        return ()
    return tuple(
        ProvedPart(
            name=one.name,
            kind=(ExecutorKind.PERSON if one.executor is None else one.executor.spec.kind).value,
            at_least=one.at_least,
            is_person=one.executor is None,
        )
        for one in executor.members
    )


def is_tuned(executor: Executor) -> bool:
    """Whether what an executor is made of was tuned."""
    return isinstance(executor, CascadeExecutor) and executor.tuned is not None


def beside_of(work: Work, tally: Tally, document: ProofDocument) -> Beside:
    """Another executor that was proved on the same cases, for the table of cost against coverage."""
    today = work.definition.today
    review = today.cost_per_item if today is not None else None
    certificate = document.certificate
    paid = np.asarray(tally.cost, dtype=np.float64)
    cap = document.executor.cost_per_item
    paid = np.where(np.isnan(paid), np.nan if cap is None else cap, paid)
    cost = float(paid.sum()) / tally.n_cases if tally.n_cases and not bool(np.isnan(paid).any()) else None
    if cost is not None and isinstance(review, float):
        n_refused = sum(row.n for row in document.routes if row.route == Route.REJECT.value)
        n_acted = certificate.n_acted if certificate is not None else 0
        cost += review * (tally.n_cases - n_refused - n_acted) / tally.n_cases
    return Beside(
        name=document.executor.name,
        n=len(tally.wrong),
        n_wrong=tally.n_wrong,
        coverage=certificate.coverage if certificate is not None else None,
        cost=cost,
    )
