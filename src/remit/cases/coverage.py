"""What a case file covers: answers, tags, slices, labellers, and whether proving was kept apart from tuning."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from remit.cases.case import Case, CaseUse
from remit.cases.cells import answer_text
from remit.cases.freeze import CaseSet, CaseSetDigest, Frozen, folded_key, schemas_digest
from remit.cases.near import NearCases, Nearness
from remit.cases.seen import Seen
from remit.definition.digests import evidence_digest
from remit.definition.model import Definition
from remit.definition.schemas import answers, output_schema
from remit.errors import Problem

__all__ = ["Coverage", "cover"]

_MAX_VALUES = 1000
_OTHER = "(other)"
_MAX_PROBLEMS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What one case file holds, by the names that the facts of readiness have.

    ``classes`` counts the expected answers of the prove set by decision and answer (as text; an allowed answer that
    no case expects is there with 0), ``tags`` its tags, ``slices`` the values of every slice by column, ``labellers``
    who labelled how many of them and ``n_unlabelled`` how many say nobody.  ``n_seen_in_tune`` counts prove cases
    whose input, white space and case folded, is a tune case's too; ``nearness`` says which cases are nearly the same.
    ``first_invalid`` is the first problem in words, ``problems`` are the first twenty of all ``n_problems``.
    """

    n_rows: int
    n_invalid: int
    n_tune: int
    n_prove: int
    n_unused: int
    classes: Mapping[str, Mapping[str, int]]
    tags: Mapping[str, int]
    slices: Mapping[str, Mapping[str, int]]
    labellers: Mapping[str, int]
    n_unlabelled: int
    n_seen_in_tune: int
    tune: CaseSet
    prove: CaseSet
    evidence_digest: str
    schemas_digest: str
    nearness: Nearness
    first_invalid: str | None = None
    first_invalid_line: int | None = None
    problems: tuple[Problem, ...] = ()
    n_problems: int = 0

    def now(self, at: datetime) -> Frozen:
        """The case sets as they are, to be frozen or to be held against what was frozen."""
        return Frozen(
            work=self.prove.work, tune=self.tune, prove=self.prove, frozen_at=at, schemas_digest=self.schemas_digest
        )


def cover(found: Iterable[Case | Problem], *, definition: Definition) -> Coverage:
    """Read a case file once and say what it holds.

    Args:
        found: its cases and problems in their order, without a limit on the problems; problems of one row carry the
            same line.
        definition: what the cases are for.
    """
    counting = _Counting(definition)
    for one in found:
        if isinstance(one, Case):
            counting.case(one)
        else:
            counting.problem(one)
    return counting.coverage()


class _Counting:
    """Counts in one pass, in a few dozen bytes a case."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        schema = output_schema(definition)
        self._columns = definition.quality.slices if definition.quality is not None else ()
        self._n_valid = self._n_invalid = self._n_problems = self._n_unlabelled = 0
        self._last_line: int | None = None
        self._problems: list[Problem] = []
        self._digests = {use: CaseSetDigest() for use in CaseUse}
        self._classes: dict[str, Counter[str]] = {
            one.id: Counter(dict.fromkeys(map(answer_text, answers(schema, one.id) or ()), 0))
            for one in definition.decisions
        }
        self._tags: Counter[str] = Counter()
        self._labellers: Counter[str] = Counter()
        self._slices: dict[str, Counter[str]] = {name: Counter() for name in self._columns}
        self._tune_keys = Seen()
        self._prove_keys = array("Q")
        self._near = NearCases(definition)

    def problem(self, problem: Problem) -> None:
        line = problem.where.line
        if line is None or line != self._last_line:
            self._n_invalid += 1
        self._last_line = line
        self._n_problems += 1
        if len(self._problems) < _MAX_PROBLEMS:
            self._problems.append(problem)

    def case(self, case: Case) -> None:
        self._n_valid += 1
        self._near.add(case)
        if case.use is None:
            return
        self._digests[case.use].add(case)
        if case.use is CaseUse.TUNE:
            self._tune_keys.add(folded_key(case))
            return
        self._prove_keys.append(folded_key(case))
        self._tags.update(case.tags)
        self._labellers.update(case.labelled_by)
        self._n_unlabelled += not case.labelled_by
        for name, counter in self._classes.items():
            if name in case.expected:
                _count(counter, answer_text(case.expected[name]))
        for name, counter in self._slices.items():
            value = case.slices.get(name, case.input.get(name))
            if value is not None:
                _count(counter, answer_text(value))

    def coverage(self) -> Coverage:
        first = self._problems[0] if self._problems else None
        n_used = sum(digest.n for digest in self._digests.values())
        return Coverage(
            n_rows=self._n_valid + self._n_invalid,
            n_invalid=self._n_invalid,
            n_tune=self._digests[CaseUse.TUNE].n,
            n_prove=self._digests[CaseUse.PROVE].n,
            n_unused=self._n_valid - n_used,
            classes={name: dict(counter) for name, counter in self._classes.items()},
            tags=dict(self._tags),
            slices={name: dict(counter) for name, counter in self._slices.items()},
            labellers=dict(self._labellers),
            n_unlabelled=self._n_unlabelled,
            n_seen_in_tune=sum(key in self._tune_keys for key in self._prove_keys),
            tune=self._case_set(CaseUse.TUNE),
            prove=self._case_set(CaseUse.PROVE),
            evidence_digest=evidence_digest(self._definition),
            schemas_digest=schemas_digest(self._definition),
            nearness=self._near.nearness(),
            first_invalid=first.message if first is not None else None,
            first_invalid_line=first.where.line if first is not None else None,
            problems=tuple(self._problems),
            n_problems=self._n_problems,
        )

    def _case_set(self, use: CaseUse) -> CaseSet:
        found = self._digests[use]
        return CaseSet(work=self._definition.id, use=use, digest=found.digest(), n=found.n)


def _count(counter: Counter[str], text: str) -> None:
    """Count, but never more than a thousand different values: an open field must not fill the memory."""
    if text not in counter and len(counter) >= _MAX_VALUES:
        text = _OTHER
    counter[text] += 1
