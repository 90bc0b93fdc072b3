"""Everything that people said about the items and cases of a work, read and checked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from remit.cases.case import Case
from remit.cases.labelling.label import Label, LabelCheck, Said, asked_digest, standing
from remit.errors import CasesInvalid, Problem
from remit.project.measuring import named_case_file
from remit.project.state.case_file_digest import case_file_digest

if TYPE_CHECKING:
    from pathlib import Path

    from remit.cases.labelling.agreement import Answered
    from remit.project.work import Work

__all__ = ["Heard", "answers_digest", "cases_named", "heard"]


FIRST, SECOND = "first person", "second person"
"""Who answered a case that came with two answers: their names were not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What stands of what people said about the work as it is defined now.

    ``said`` holds the last word by person and case, ``settled`` what the accountable person settled by case.  ``items``
    wait for an answer or had one; ``cases`` are those of the case file that somebody was asked about again, ``pairs``
    those that came with a second person's answer and that nobody was asked about.
    ``n_before`` counts answers that were given to another question, ``n_gone`` those about items that are there no
    more.
    """

    items: Mapping[str, Case]
    cases: Mapping[str, Case]
    pairs: Mapping[str, Case]
    said: Mapping[str, Mapping[str, Label]]
    settled: Mapping[str, Label]
    n_before: int
    n_gone: int

    def answered(self) -> Iterator[Answered]:
        """Every item that somebody answered, in the order of their names."""
        from remit.cases.labelling.agreement import Answered

        ids = {case for labels in self.said.values() for case, one in labels.items() if one.said is Said.ANSWER}
        for case in sorted(ids):
            if case not in self.items and case not in self.cases:
                continue
            answers = {
                person: labels[case].output or {}
                for person, labels in self.said.items()
                if case in labels and labels[case].said is Said.ANSWER
            }
            settled = self.settled.get(case)
            known = None if case in self.items else self.cases[case].expected
            yield Answered(case=case, answers=answers, settled=None if settled is None else settled.output, known=known)
        for case, one in self.pairs.items():
            yield Answered(case=case, answers={FIRST: one.expected, SECOND: one.second})

    def questions(self) -> tuple[tuple[str, Label], ...]:
        """Who said of which item that it can't be answered, and why."""
        found = ((who, one) for who, labels in self.said.items() for one in labels.values())
        return tuple((who, one) for who, one in found if one.said is Said.QUESTION)

    def one(self, case: str) -> Case:
        """The item or case of that name."""
        return next(known[case] for known in (self.items, self.cases, self.pairs) if case in known)


def heard(work: Work) -> Heard:
    """Read every file in which somebody said something.

    Raises:
        CasesInvalid: lines that can't be used, in the items, the labels, or the case file.
    """
    from remit.files.labels.items_file import read_items
    from remit.files.labels.log import read_labels
    from remit.files.labels.places import items_path, label_paths, settled_path

    definition, case_file = work.definition, named_case_file(work)
    items = {one.id: one for one in read_items(items_path(case_file, work.id), definition)}
    lines = {
        path.stem: read_labels(path, LabelCheck(definition, file=str(path))) for path in label_paths(case_file, work.id)
    }
    path = settled_path(case_file, work.id)
    asked = asked_digest(definition)
    settled = standing(read_labels(path, LabelCheck(definition, file=str(path), settled=True)), asked=asked)
    said = {person: standing(labels, asked=asked) for person, labels in lines.items()}
    named = {case for labels in said.values() for case in labels} - items.keys()
    kept = _cases_of(work, lambda one: one.id in named or (bool(one.second) and one.id not in items))
    cases = {id_: one for id_, one in kept.items() if id_ in named}
    return Heard(
        items=items,
        cases=cases,
        pairs={id_: one for id_, one in kept.items() if id_ not in named},
        said=said,
        settled=settled,
        n_before=sum(one.asked != asked and one.said is Said.ANSWER for labels in lines.values() for one in labels),
        n_gone=len(named - cases.keys()),
    )


def cases_named(work: Work, names: Collection[str]) -> dict[str, Case]:
    """The cases of the case file with these names; none where there is no such file.

    Raises:
        CasesInvalid: with the first problems of the file.
    """
    return _cases_of(work, lambda one: one.id in names) if names else {}


def _cases_of(work: Work, wanted: Callable[[Case], bool]) -> dict[str, Case]:
    from remit.files.case_file import stream_cases
    from remit.files.text_file import is_file

    path = named_case_file(work)
    if not is_file(path):
        return {}
    found: dict[str, Case] = {}
    problems: list[Problem] = []
    for one in stream_cases(path, definition=work.definition):
        if isinstance(one, Problem):
            problems.append(one)
        elif wanted(one):
            found[one.id] = one
    if problems:
        raise CasesInvalid(problems=problems)
    return found


def answers_digest(case_file: Path, work: str) -> str | None:
    """One digest over everything that was said, and the case file; None where nobody said anything."""
    from remit.files.labels.places import items_path, label_paths, settled_path
    from remit.files.text_file import is_file

    labels = label_paths(case_file, work)
    if not labels and not is_file(case_file):
        return None
    whole = hashlib.sha256()
    for path in (case_file, items_path(case_file, work), settled_path(case_file, work), *labels):
        if is_file(path):
            whole.update(f"{path.name} {case_file_digest(path)}\n".encode())
    return whole.hexdigest()
