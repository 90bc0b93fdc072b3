"""A file of real items, as they came: would the definition let them in, and are the cases as messy as they are?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from remit.cases.case import Case
from remit.cases.messiness import MEASURES, messiness
from remit.definition.digests import evidence_digest
from remit.definition.schemas import input_schema, properties
from remit.errors import CasesInvalid
from remit.project.state.mirror import write_mirror
from remit.readiness.facts import MessinessFact, RealItemsFact

if TYPE_CHECKING:
    from remit.project.work import Work

__all__ = ["check_real_items"]

_MOST_REASONS = 1000
_MOST_MEASURED = 5000
_PERMUTATIONS = 999


def check_real_items(work: Work, file: Path) -> RealItemsFact:
    """Count the items of ``file`` that the definition would refuse, and compare the others with the cases; mirrored.

    Args:
        work: the work.
        file: items as they came, unfiltered, without answers: CSV, JSONL or Parquet.

    Raises:
        CasesInvalid: the file has columns that are no fields, or no item at all.
        FileUnreadable: it can't be read.
    """
    from remit.files.case_file import stream_cases
    from remit.stats import binomial_lower, binomial_upper

    quality = work.definition.quality
    delta = 1 - (quality.assurance if quality is not None else 0.95)
    fields = tuple(properties(input_schema(work.definition)))
    digest = evidence_digest(work.definition)
    rng = np.random.default_rng(int(digest[:15], 16))
    real = _Sample(fields, rng)
    n_valid = 0
    refused: set[int] = set()
    reasons: Counter[str] = Counter()
    for one in stream_cases(file, definition=work.definition, unlabelled=True, limit_problems=None):
        if isinstance(one, Case) or one.where.path == "case":  # what came twice, or without a name, came all the same
            n_valid += 1
            if isinstance(one, Case):
                real.add(one)
        elif one.where.line in (None, 1) and not n_valid and not refused:
            raise CasesInvalid(problems=(one,))
        elif one.where.line is not None and one.where.line not in refused:
            refused.add(one.where.line)
            reason = f"{one.where.path}: expected {one.expected}" if one.where.path else one.message
            if reason in reasons or len(reasons) < _MOST_REASONS:
                reasons[reason] += 1
    n, n_refused = n_valid + len(refused), len(refused)
    if not n:
        raise CasesInvalid(f"there is no item in {file.name}", expected="items as they came", found="none")
    cases = _sample_of_cases(work, fields, rng)
    fact = RealItemsFact(
        evidence_digest=digest,
        n=n,
        n_refused=n_refused,
        refused_lower=binomial_lower(n_refused, n, delta),
        refused_upper=binomial_upper(n_refused, n, delta),
        most=reasons.most_common(1)[0][0] if reasons else None,
        n_cases=cases.n,
        messiness=tuple(_compared(cases, real, rng)),
    )
    write_mirror(work.project.state, work.id, real_items=fact)
    return fact


class _Sample:
    """How messy some of many items are: at most ``_MOST_MEASURED``, each with the same chance."""

    def __init__(self, fields: Sequence[str], rng: np.random.Generator) -> None:
        self._fields, self._rng = fields, rng
        self.n = 0
        self.rows: list[tuple[float, ...]] = []

    def add(self, case: Case) -> None:
        """Look at one item."""
        self.n += 1
        if len(self.rows) < _MOST_MEASURED:
            self.rows.append(messiness(case.input, fields=self._fields))
        elif (at := int(self._rng.integers(self.n))) < _MOST_MEASURED:
            self.rows[at] = messiness(case.input, fields=self._fields)


def _sample_of_cases(work: Work, fields: Sequence[str], rng: np.random.Generator) -> _Sample:
    from remit.files.case_file import stream_cases
    from remit.files.text_file import is_file

    found = _Sample(fields, rng)
    path = work.case_path
    if path is not None and is_file(path):
        for one in stream_cases(path, definition=work.definition, limit_problems=None):
            if isinstance(one, Case):
                found.add(one)
    return found


def _compared(cases: _Sample, real: _Sample, rng: np.random.Generator) -> Iterator[MessinessFact]:
    from remit.stats import rank_test

    if not cases.rows or not real.rows:
        return
    for measure, of_cases, of_real in zip(MEASURES, np.array(cases.rows).T, np.array(real.rows).T, strict=True):
        yield MessinessFact(
            measure=measure,
            cases_mean=float(of_cases.mean()),
            real_mean=float(of_real.mean()),
            p_value=rank_test(of_cases, of_real, rng=rng, n_permutations=_PERMUTATIONS).p_value,
        )
