"""How far people agree, what the accountable person settles, and writing what came of it into the case file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Self

from remit.cases.case import Case
from remit.cases.labelling.label import Label, LabelCheck, Said, asked_fields
from remit.definition.digests import evidence_digest
from remit.errors import CasesInvalid, FrozenChanged
from remit.items import Json, JsonObject
from remit.project.labelling.gathering import Heard, answers_digest, heard
from remit.project.measuring import measure_cases, named_case_file
from remit.project.people import require_role, who
from remit.project.state.mirror import write_mirror
from remit.readiness.facts import AgreementFact, FieldAgreementFact

if TYPE_CHECKING:
    from pathlib import Path

    from remit.cases.labelling.agreement import Agreement, Answered
    from remit.project.work import Work

__all__ = ["Agreed", "Settlement", "Written", "agreement_of_work"]


_MOST_CONFIRMED = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """How far people agree, and what they said it from."""

    agreement: Agreement
    heard: Heard
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What went into the case file: new cases, cases with a second answer, and those whose expected answer changed."""

    path: Path
    n_new: int
    n_second: int
    n_changed: int


def agreement_of_work(work: Work) -> Agreed:
    """How far the people who labelled ``work`` agree; mirrored for readiness.

    Raises:
        CasesInvalid: a file that can't be used.
    """
    import numpy as np

    from remit.cases.labelling.agreement import agreement_of

    found = heard(work)
    fields = asked_fields(work.definition)
    quality = work.definition.quality
    delta = 1 - (quality.assurance if quality is not None else 0.95)
    agreement = agreement_of(found.answered(), fields=fields, delta=delta, rng=np.random.default_rng(7))
    write_mirror(
        work.project.state,
        work.id,
        agreement=_fact(work, agreement, len(found.questions())),
        answers_sha256=answers_digest(named_case_file(work), work.id),
    )
    return Agreed(agreement=agreement, heard=found, fields=fields)


def _fact(work: Work, found: Agreement, n_questions: int) -> AgreementFact | None:
    if not found.people:
        return None
    return AgreementFact(
        evidence_digest=evidence_digest(work.definition),
        n_people=len(found.people),
        fields=tuple(
            FieldAgreementFact(
                field=one.field,
                n=one.n,
                n_agreed=one.n_agreed,
                lower=one.lower,
                upper=one.upper,
                measure="alpha" if one.kappa is None else "kappa",
                beyond_chance=(one.kappa or one.alpha).value,
                beyond_chance_lower=(one.kappa or one.alpha).lower,
            )
            for one in found.fields
        ),
        n_split=found.n - found.n_agreed,
        n_questions=n_questions,
        n_answers_judged=sum(one.n_judged for one in found.records),
        n_answers_wrong=sum(one.n_wrong for one in found.records),
        n_known=found.n_known,
        n_same_as_known=found.n_same_as_known,
        known_lower=found.known_lower,
        known_upper=found.known_upper,
        confirmed=found.confirmed[:_MOST_CONFIRMED],
    )


class Settlement:
    """The accountable person says what is right where people split. Each answer is on the disk at once.

    Raises:
        NotAllowed: it is somebody else.
        FrozenChanged: the cases are frozen: nothing may be written into them any more.
        RunInProgress: somebody settles in another terminal.
    """

    def __init__(self, work: Work, by: str | None) -> None:
        from remit.files.case_file import frozen_path, read_frozen
        from remit.files.labels.log import LabelLog
        from remit.files.labels.places import settled_path

        definition, case_file = work.definition, named_case_file(work)
        person = who(work.project, by)
        accountable = definition.accountable
        role = accountable.role if accountable is not None else None
        require_role(person, role or "accountable", accountable=None, what=f"settle answers of `{work.id}`")
        if read_frozen(frozen_path(case_file, work.id)) is not None:
            raise FrozenChanged(
                f"the cases of `{work.id}` are frozen: no answer of theirs changes any more",
                expected="cases that are not frozen",
                found="a frozen set",
                mend="collect new cases under a new path; `remit cases agree` without --settle still counts",
            )
        self.work, self.person = work, person
        path = settled_path(case_file, work.id)
        self._check = LabelCheck(definition, file=str(path), settled=True)
        self._log = LabelLog(path)
        try:
            self.agreed = agreement_of_work(work)
        except BaseException:
            self._log.close()
            raise
        self._open = [one for one in self.agreed.agreement.split if one.settled is None]
        self._settled: dict[str, Label] = {}

    @property
    def open(self) -> tuple[Answered, ...]:
        """The items that people split on and nobody settled."""
        return tuple(one for one in self._open if one.case not in self._settled)

    def settle(self, case: str, output: JsonObject) -> None:
        """Keep what is right for one of them.

        Raises:
            CasesInvalid: the answer does not fit the outputs of the definition.
        """
        problems = tuple(self._check.answer_faults(output))
        if problems:
            raise CasesInvalid(problems=problems)
        label = Label(
            case=case,
            said=Said.ANSWER,
            at=self.work.project.ambient.now(),
            asked=self._check.asked,
            output=output,
            by=self.person.id,
        )
        self._log.add(label)
        self._settled[case] = label

    def write(self) -> Written:
        """Write what is agreed or settled into the case file, which is made where it was not there.

        Raises:
            CasesInvalid: the case file has rows that do not fit, or is of a kind that can't be added to.
        """
        from remit.files.labels.items_file import alone_with

        path = named_case_file(self.work)
        with alone_with(path):
            written = _write(self.work, path, heard(self.work))
        measure_cases(self.work)
        return written

    def close(self) -> None:
        """End it; what was settled is kept."""
        self._log.close()
        agreement_of_work(self.work)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _write(work: Work, path: Path, found: Heard) -> Written:
    from remit.files.case_file import Filled, write_answers
    from remit.files.text_file import is_file
    from remit.project.labelling.gathering import cases_named

    fields = asked_fields(work.definition)
    answered = {one.case: one for one in found.answered()}
    there = cases_named(work, answered.keys())
    added: list[Case] = []
    changed: list[Filled] = []
    n_changed = 0
    for id_, one in answered.items():
        right = one.right(fields)
        if right is None:
            continue
        before = there.get(id_)
        after = _answered(before or found.one(id_), one, right, fields, found.settled.get(id_))
        if before is None:
            added.append(replace(after, row=None))
        elif values := _differing(before, after):
            n_changed += any(name.startswith("expected.") for name in values)
            changed.append(Filled(case=id_, values=values))
    if added or changed:
        write_answers(path, changed=changed, added=added, columns=() if is_file(path) else _columns(work, added))
    return Written(path=path, n_new=len(added), n_second=len(changed), n_changed=n_changed)


def _answered(case: Case, one: Answered, right: JsonObject, fields: tuple[str, ...], settled: Label | None) -> Case:
    """The case as it is from now on.

    The second answer is that of one person drawn by the name of the case: who is wrong more often is not drawn more
    often, so that a proof beside the second person sees what one person comes to.  Where the right answer was known,
    it is one of the others.
    """
    from remit.cases.labelling.agreement import same_answer

    people = sorted(one.answers)
    keeps = one.known is not None and settled is None
    others = [person for person in people if one.known is None or person not in case.labelled_by]
    draw = int.from_bytes(blake2b(one.case.encode(), digest_size=8).digest(), "big")
    second = one.answers[others[draw % len(others)]] if others else case.second
    if keeps:
        return replace(case, second=second)
    sided = [person for person in people if same_answer(one.answers[person], right, fields)]
    by = [settled.by] if settled is not None and settled.by is not None else []
    return replace(case, expected=right, second=second, labelled_by=tuple(dict.fromkeys((*sided, *by))))


def _differing(before: Case, after: Case) -> dict[str, Json]:
    values: dict[str, Json] = {}
    for part, old, new in (("expected", before.expected, after.expected), ("second", before.second, after.second)):
        values |= {f"{part}.{name}": new.get(name) for name in {**old, **new} if old.get(name) != new.get(name)}
    if before.labelled_by != after.labelled_by:
        values["labelled_by"] = list(after.labelled_by)
    return values


def _columns(work: Work, added: list[Case]) -> tuple[str, ...]:
    """The columns of a case file that is made from these cases."""
    from remit.definition.schemas import input_schema, properties

    inputs = tuple(properties(input_schema(work.definition)))
    outputs = dict.fromkeys((*asked_fields(work.definition), *(name for one in added for name in one.expected)))
    slices = work.definition.quality.slices if work.definition.quality is not None else ()
    columns = [
        "case",
        *(f"input.{name}" for name in inputs),
        *(f"expected.{name}" for name in outputs),
        *(f"second.{name}" for name in outputs),
        "tags",
        "labelled_by",
        *(name for name in slices if name not in inputs),
        *(name for one in added for name in one.slices),
    ]
    return tuple(dict.fromkeys(columns))
