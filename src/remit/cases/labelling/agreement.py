"""How far people agree who answered the same items by themselves, where they split, and what came of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from remit.cases.cells import answer_text
from remit.items import JsonObject
from remit.stats import Agreement as Measure
from remit.stats import binomial_lower, binomial_upper, cohen_kappa, krippendorff_alpha

__all__ = ["Agreement", "Answered", "FieldAgreement", "PersonRecord", "agreement_of", "same_answer"]

_MANY = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One item and what people said: ``answers`` by person, ``settled`` by the accountable person where they split.

    ``known`` is the right answer that was in the case file before, from whoever may have seen more than the declared
    inputs.
    """

    case: str
    answers: Mapping[str, JsonObject]
    settled: JsonObject | None = None
    known: JsonObject | None = None

    def is_split(self, fields: Sequence[str]) -> bool:
        """Whether somebody said something else than somebody else, or than what was known."""
        said = [*self.answers.values(), *([self.known] if self.known is not None else [])]
        return len(said) > 1 and not _all_same(said, fields)

    def right(self, fields: Sequence[str]) -> JsonObject | None:
        """What counts as right: what was settled, else what was known, else what two people or more agree on."""
        if self.settled is not None:
            return self.settled
        if self.known is not None:
            return self.known
        if len(self.answers) > 1 and not self.is_split(fields):
            return next(iter(self.answers.values()))
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldAgreement:
    """Agreement on one field of the answer, over the items that at least two people answered.

    ``n_agreed`` counts those on which all gave the same, ``lower`` and ``upper`` are its exact bounds, each at full
    delta.  ``kappa`` is None with more than two people; a measure without a value says that chance alone would give
    full agreement.
    """

    field: str
    n: int
    n_agreed: int
    lower: float
    upper: float
    kappa: Measure | None
    alpha: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """One person: how many items they answered, how many of them are settled or agreed, and how many of those wrong.

    ``lower`` and ``upper`` are exact bounds of the share of wrong ones, each at full delta; None without any.
    """

    person: str
    n_answers: int
    n_judged: int
    n_wrong: int
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What the answers of several people say about the definition, and about them.

    ``n`` counts the items that at least two people answered, ``n_agreed`` those on which they gave the same whole
    answer; ``split`` are the items on which people differ, from each other or from what was known.  ``n_known`` counts
    answers to items whose right answer was there before, ``n_same_as_known`` those that equal it; ``confirmed`` are the
    items whose known answer everybody gave.
    """

    people: tuple[str, ...]
    delta: float
    n: int
    n_agreed: int
    lower: float | None
    upper: float | None
    fields: tuple[FieldAgreement, ...]
    records: tuple[PersonRecord, ...]
    split: tuple[Answered, ...] = field(default=())
    n_known: int = 0
    n_same_as_known: int = 0
    known_lower: float | None = None
    known_upper: float | None = None
    confirmed: tuple[str, ...] = ()


def agreement_of(
    answered: Iterable[Answered], *, fields: Sequence[str], delta: float, rng: np.random.Generator
) -> Agreement:
    """How far people agree.

    Args:
        answered: every item that somebody answered.
        fields: the fields of an answer that are compared; two answers are the same when all of these are.
        delta: what each bound may be wrong by, in (0, 1).
        rng: draws the bootstrap samples of kappa and alpha, which are shown and decide nothing by themselves.
    """
    items = list(answered)
    twice = [one for one in items if len(one.answers) > 1]
    people = tuple(sorted({person for one in items for person in one.answers}))
    n, n_agreed = len(twice), sum(_all_same(one.answers.values(), fields) for one in twice)
    known = [(one.known, answer) for one in items if one.known is not None for answer in one.answers.values()]
    n_same = sum(same_answer(known_one, answer, fields) for known_one, answer in known)
    return Agreement(
        people=people,
        delta=delta,
        n=n,
        n_agreed=n_agreed,
        lower=binomial_lower(n_agreed, n, delta) if n else None,
        upper=binomial_upper(n_agreed, n, delta) if n else None,
        fields=tuple(_on_field(name, twice, delta, rng) for name in fields) if twice else (),
        records=tuple(_record(person, items, fields, delta) for person in people),
        split=tuple(one for one in items if one.is_split(fields)),
        n_known=len(known),
        n_same_as_known=n_same,
        known_lower=binomial_lower(n_same, len(known), delta) if known else None,
        known_upper=binomial_upper(n_same, len(known), delta) if known else None,
        confirmed=tuple(one.case for one in items if one.known is not None and not one.is_split(fields)),
    )


def same_answer(a: JsonObject, b: JsonObject, fields: Sequence[str]) -> bool:
    """Whether two answers are the same in all of these fields; 5 and 5.0 are."""
    return all(_text(a, name) == _text(b, name) for name in fields)


def _text(answer: JsonObject, name: str) -> str:
    return answer_text(answer.get(name))


def _all_same(answers: Iterable[JsonObject], fields: Sequence[str]) -> bool:
    first, *others = answers
    return all(same_answer(first, other, fields) for other in others)


def _on_field(name: str, twice: Sequence[Answered], delta: float, rng: np.random.Generator) -> FieldAgreement:
    n, n_agreed = len(twice), sum(_all_same(one.answers.values(), (name,)) for one in twice)
    n_boot = 500 if n <= _MANY else 100
    people = sorted({person for one in twice for person in one.answers})
    labels = [[_text(one.answers[who], name) if who in one.answers else None for one in twice] for who in people]
    kappa = None
    if len(people) == 2:
        pairs = [(_text(one.answers[people[0]], name), _text(one.answers[people[1]], name)) for one in twice]
        kappa = cohen_kappa([a for a, _ in pairs], [b for _, b in pairs], rng=rng, delta=delta, n_boot=n_boot)
    return FieldAgreement(
        field=name,
        n=n,
        n_agreed=n_agreed,
        lower=binomial_lower(n_agreed, n, delta),
        upper=binomial_upper(n_agreed, n, delta),
        kappa=kappa,
        alpha=krippendorff_alpha(labels, rng=rng, delta=delta, n_boot=n_boot),
    )


def _record(person: str, items: Sequence[Answered], fields: Sequence[str], delta: float) -> PersonRecord:
    mine = [one for one in items if person in one.answers]
    judged = [(one.answers[person], right) for one in mine if (right := one.right(fields)) is not None]
    n_wrong = sum(not same_answer(answer, right, fields) for answer, right in judged)
    return PersonRecord(
        person=person,
        n_answers=len(mine),
        n_judged=len(judged),
        n_wrong=n_wrong,
        lower=binomial_lower(n_wrong, len(judged), delta) if judged else None,
        upper=binomial_upper(n_wrong, len(judged), delta) if judged else None,
    )
