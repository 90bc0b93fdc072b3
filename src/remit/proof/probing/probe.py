"""What an executor does when the same case is asked again, without one field, or with a field of another case.

Every question goes through ``deciding``, as an item does.  Nothing here is a proof: tune cases are asked, nothing is
recorded, and no attempt is spent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from remit.cases.case import Case
from remit.cases.cells import answer_text
from remit.deciding.decide import decide
from remit.deciding.decision import Decision
from remit.deciding.judge_case import same_value
from remit.deciding.prepare import Prepared
from remit.definition.digests import evidence_digest
from remit.definition.model import UseValue
from remit.definition.schemas import input_schema, output_schema, properties
from remit.executors.perform import Performer
from remit.items import Executor, Item, Json, Route
from remit.proof.answers import HYPOTHETICAL
from remit.readiness.facts import MissingFieldFact, ProbeFact, SwappedFieldFact
from remit.stats import binomial_lower, binomial_upper

__all__ = ["REPEATS", "probe"]

REPEATS = 3
"""How often each case is asked as it is."""

_MOST_NAMED = 5


@dataclass(slots=True, kw_only=True)
class _Missing:
    n: int = 0
    n_other: int = 0
    found: str | None = None


@dataclass(slots=True, kw_only=True)
class _Swapped:
    n: int = 0
    n_changed: int = 0


@dataclass(slots=True, kw_only=True)
class _Counts:
    n: int = 0
    changed: list[str] = field(default_factory=list)
    missing: dict[str, _Missing] = field(default_factory=dict)
    swapped: dict[str, _Swapped] = field(default_factory=dict)


def probe(
    work: Prepared,
    cases: Sequence[Case],
    *,
    performer: Performer,
    executor: Executor,
    at: datetime,
    on_progress: Callable[[int], None] | None = None,
) -> ProbeFact:
    """Ask ``executor`` about each case three times as it is, once without each field, once with each field of another.

    Cases that are kept for a person before anything runs are left out.  A field is missing as declared where the route
    is the one of ``inputs.when_missing``, or, with a value to use or an optional field, where the executor gives an
    answer that fits the outputs.

    Args:
        work: the prepared definition.
        cases: tune cases, drawn at random.
        performer: asks the executor; never raises.
        executor: who is asked, for the fact.
        at: now, aware UTC.
        on_progress: called with the number of cases done.
    """
    names = tuple(properties(input_schema(work.definition)))
    counts = _Counts(missing={name: _Missing() for name in names}, swapped={name: _Swapped() for name in names})
    ask = partial(_decided, work, performer)
    for i, case in enumerate(cases):
        first = ask(case, case.input)
        if first.answer is not None:
            counts.n += 1
            again = [ask(case, case.input) for _ in range(REPEATS - 1)]
            if not all(_same(work, first, one) for one in again):
                counts.changed.append(case.id)
            for name in names:
                if name in case.input:
                    _without(work, ask, case, name, counts.missing[name])
                _with_another(work, ask, cases, i, name, first, counts.swapped[name])
        if on_progress is not None:
            on_progress(i + 1)
    return _fact(work, executor, counts, at)


def _decided(work: Prepared, performer: Performer, case: Case, given: Mapping[str, Json]) -> Decision:
    item = Item(key=case.id, input=dict(given))
    return decide(work, item, perform=partial(performer, case=case.id), terms=HYPOTHETICAL)


def _without(
    work: Prepared, ask: Callable[[Case, Mapping[str, Json]], Decision], case: Case, name: str, counted: _Missing
) -> None:
    decision = ask(case, {other: value for other, value in case.input.items() if other != name})
    counted.n += 1
    found = _other_than_declared(work, name, decision)
    if found is not None:
        counted.n_other += 1
        counted.found = counted.found or f"{case.id}: {found}"


def _other_than_declared(work: Prepared, name: str, decision: Decision) -> str | None:
    """What happened instead of what is declared for a missing field; None where it is as declared."""
    declared = _declared(work, name)
    if declared in ("reject", "review"):
        wanted = Route.REJECT if declared == "reject" else Route.REVIEW
        return None if decision.answer is None and decision.route is wanted else f"route {decision.route.value}"
    answer = decision.answer
    if answer is None:
        return None if decision.route is Route.REVIEW else f"route {decision.route.value}"
    if answer.fault is not None:
        return f"no answer: {answer.fault.text or answer.fault.kind.value}"
    if decision.checked is not None and decision.checked.output_faults:
        return f"an output that does not fit: {decision.checked.output_faults[0]}"
    return None


def _declared(work: Prepared, name: str) -> str:
    """What is declared for a missing field, in a word."""
    if name not in work.may_be_missing:
        return "an answer"
    match work.when_missing.get(name, work.when_missing.get("*")):
        case UseValue(use=value):
            return f"an answer with {answer_text(value)}"
        case "review":
            return "review"
        case _:
            return "reject"


def _with_another(
    work: Prepared,
    ask: Callable[[Case, Mapping[str, Json]], Decision],
    cases: Sequence[Case],
    i: int,
    name: str,
    first: Decision,
    counted: _Swapped,
) -> None:
    case = cases[i]
    others = (cases[(i + step) % len(cases)].input.get(name) for step in range(1, len(cases)))
    value = next((one for one in others if one is not None and not same_value(one, case.input.get(name))), None)
    if value is None:
        return
    decision = ask(case, {**case.input, name: value})
    if decision.answer is None:  # now it is out of scope: the field is used, before the executor
        counted.n_changed += 1
    else:
        counted.n_changed += not _same(work, first, decision)
    counted.n += 1


def _same(work: Prepared, a: Decision, b: Decision) -> bool:
    """Whether two answers say the same, by the decisions, or without decisions by every output."""
    one, other = (decision.answer.output if decision.answer is not None else None for decision in (a, b))
    if one is None or other is None:
        return one is other
    names = [decision.id for decision in work.definition.decisions] or list(properties(output_schema(work.definition)))
    return all(same_value(one.get(name), other.get(name)) for name in names)


def _fact(work: Prepared, executor: Executor, counts: _Counts, at: datetime) -> ProbeFact:
    definition = work.definition
    delta = 1 - (definition.quality.assurance if definition.quality is not None else 0.95)
    n_same = counts.n - len(counts.changed)
    return ProbeFact(
        executor=executor.spec.name,
        executor_digest=executor.digest,
        evidence_digest=evidence_digest(definition),
        asked_at=at,
        n_cases=counts.n,
        repeats=REPEATS,
        n_changed=len(counts.changed),
        changed=tuple(counts.changed[:_MOST_NAMED]),
        same_lower=binomial_lower(n_same, counts.n, delta) if counts.n else 0.0,
        same_upper=binomial_upper(n_same, counts.n, delta) if counts.n else 1.0,
        missing=tuple(
            MissingFieldFact(field=name, declared=_declared(work, name), n=one.n, n_other=one.n_other, found=one.found)
            for name, one in counts.missing.items()
        ),
        swapped=tuple(
            SwappedFieldFact(field=name, n=one.n, n_changed=one.n_changed) for name, one in counts.swapped.items()
        ),
    )
