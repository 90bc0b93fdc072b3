"""How far the inputs of recent items lie from those of the prove set."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from remit.cases.case import Case, CaseUse
from remit.errors import InvalidInput
from remit.project.state.mirror import read_mirror
from remit.readiness.operation.facts import DriftFact, FieldDrift

if TYPE_CHECKING:
    from remit.project.work import Work

__all__ = ["drift_of", "stability"]

MOST_ITEMS = 2_000
FEWEST = 300
_FEW_VALUES = 20


def drift_of(work: Work, *, n_entries: int) -> DriftFact | None:
    """The drift of each field against the first 2,000 prove cases; None where there are too few items or no cases."""
    from remit.files.case_file import stream_cases
    from remit.files.text_file import is_file
    from remit.store.figures.recent import recent_inputs

    path = work.case_path
    if path is None or not is_file(path):
        return None
    items = recent_inputs(work.project.store, work.id, n=MOST_ITEMS, n_entries=n_entries)
    if len(items) < FEWEST:
        return None
    try:
        known = read_mirror(work.project.state, work.id).cases
        prove = (
            one.input
            for one in stream_cases(path, definition=work.definition, measured=True)
            if isinstance(one, Case) and one.use is CaseUse.PROVE
        )
        cases = list(islice(prove, MOST_ITEMS))
    except InvalidInput:  # checking the cases says what is wrong with them
        return None
    if known is None or known.prove_digest is None or not cases:
        return None
    names = sorted({name for one in cases for name in one})
    fields = ((name, stability([one.get(name) for one in cases], [one.get(name) for one in items])) for name in names)
    return DriftFact(
        case_set_digest=known.prove_digest,
        n_cases=len(cases),
        n_items=len(items),
        fields=tuple(FieldDrift(field=name, stability=value) for name, value in fields if value is not None),
    )


def stability(reference: Sequence[object], recent: Sequence[object]) -> float | None:
    """The population stability index of one field, at least 0; None where its values can't be put in order.

    Numbers are compared by tenths of the reference, texts of many values by their length, all else value by value;
    that a value is missing is a value too.
    """
    values = [*reference, *recent]
    if any(isinstance(one, list | dict) for one in values):
        return None
    if all(_is_number(one) for one in values) and len(set(reference)) > _FEW_VALUES:
        return _of_numbers([float(one) for one in reference], [float(one) for one in recent])  # type: ignore[arg-type]
    if len({one for one in reference if isinstance(one, str)}) > _FEW_VALUES:
        return _of_numbers([float(len(str(one))) for one in reference], [float(len(str(one))) for one in recent])
    return _of_values([repr(one) for one in reference], [repr(one) for one in recent])


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _of_numbers(reference: Sequence[float], recent: Sequence[float]) -> float:
    from remit.stats.watch.drift import population_stability

    return float(population_stability(reference, recent))


def _of_values(reference: Sequence[str], recent: Sequence[str]) -> float:
    before, now = Counter(reference), Counter(recent)
    names = {*before, *now}
    n, m = len(reference) + 0.5 * len(names), len(recent) + 0.5 * len(names)
    shares = (((before[name] + 0.5) / n, (now[name] + 0.5) / m) for name in names)
    return sum((p - q) * math.log(p / q) for p, q in shares)
