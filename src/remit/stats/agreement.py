"""How far people agree with each other, or with an executor: shown, never a verdict by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from remit.stats.arguments import FloatArray, IntArray, count, open_share, refuse, same_length

__all__ = ["Agreement", "LatentTruth", "cohen_kappa", "dawid_skene", "krippendorff_alpha"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A measure of agreement with a bootstrap interval; 1 is full agreement, 0 what chance would give.

    ``value``, ``lower`` and ``upper`` are None where chance alone would give full agreement: nothing is measured then.
    """

    value: float | None
    lower: float | None
    upper: float | None
    n_cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentTruth:
    """The most probable truth behind several labellers.

    ``answers`` (k,) are the distinct answers; ``probability`` (n, k) how likely each is the truth of each case;
    ``confusion`` (r, k, k) how labeller r answers (last axis) when the truth is the middle axis.
    """

    answers: tuple[str, ...]
    probability: FloatArray
    confusion: FloatArray


def cohen_kappa(
    first: Sequence[str],
    second: Sequence[str],
    *,
    rng: np.random.Generator,
    delta: float = 0.05,
    n_boot: int = 500,
) -> Agreement:
    """Agreement of two labellers on the same cases, beyond chance.

    Args:
        first: shape (n,), the answers of one labeller.
        second: shape (n,), those of the other.
        rng: draws the bootstrap samples.
        delta: half of it lies outside the interval on each side, in (0, 1).
        n_boot: number of bootstrap samples, whole, >= 20.

    Returns:
        Agreement.

    Raises:
        ArgumentInvalid: empty, or of unequal length.

    **Guarantee**: none; the interval is approximate.
    **Assumes**: independent cases; neither saw the answers of the other (or a suggestion).
    **Source**: Cohen 1960; percentile bootstrap over cases.
    **Cost**: ``n_boot`` passes.

    >>> cohen_kappa(["a", "a", "b", "b"], ["a", "b", "b", "b"], rng=np.random.default_rng(1)).value
    0.5
    """
    same_length("first", len(first), "second", len(second))
    _, codes = _coded("first", [first, second])
    return _bootstrapped(codes, lambda chosen: _kappa(chosen[0], chosen[1]), rng, delta, n_boot)


def krippendorff_alpha(
    labels: Sequence[Sequence[str | None]],
    *,
    rng: np.random.Generator,
    delta: float = 0.05,
    n_boot: int = 500,
) -> Agreement:
    """Agreement of any number of labellers, some answers missing, beyond chance.

    Args:
        labels: shape (r, n): one row of answers a labeller, None where there is none.
        rng: draws the bootstrap samples.
        delta: half of it lies outside the interval on each side, in (0, 1).
        n_boot: number of bootstrap samples, whole, >= 20.

    Returns:
        Agreement.

    Raises:
        ArgumentInvalid: fewer than two labellers, empty, or rows of unequal length.

    **Guarantee**: none; the interval is approximate.
    **Assumes**: independent cases; answers without an order.
    **Source**: Krippendorff 2011, nominal metric; percentile bootstrap over cases.
    **Cost**: ``n_boot`` passes.

    >>> labels = [["a", "a", "b", "b", None], ["a", "b", "b", "b", "a"]]
    >>> round(krippendorff_alpha(labels, rng=np.random.default_rng(1)).value, 4)
    0.5333
    """
    if len(labels) < 2:
        raise refuse("labels", f"{len(labels)} rows long", "at least two rows long")
    for row, answers in enumerate(labels):
        same_length("labels[0]", len(labels[0]), f"labels[{row}]", len(answers))
    answers_seen, codes = _coded("labels", labels)
    return _bootstrapped(codes, lambda chosen: _alpha(chosen, len(answers_seen)), rng, delta, n_boot)


def dawid_skene(labels: Sequence[Sequence[str | None]], *, rounds: int = 50) -> LatentTruth:
    """The most probable truth behind three or more labellers, and how each of them errs.

    Args:
        labels: shape (r, n): one row of answers a labeller, None where there is none.
        rounds: rounds of the algorithm, whole, >= 1.

    Returns:
        LatentTruth.

    Raises:
        ArgumentInvalid: fewer than three labellers, empty, or rows of unequal length.

    **Guarantee**: none; a local maximum of the likelihood from the majority on.
    **Assumes**: labellers err independently of each other given the truth.
    **Source**: Dawid & Skene 1979, Appl. Statist. 28, 20-28 (EM), with a tenth of an answer added to each cell.
    **Cost**: ``rounds`` passes over all answers.

    >>> labels = [["a", "b", "a", "b"], ["a", "b", "a", "b"], ["b", "b", "a", "a"]]
    >>> dawid_skene(labels).probability.argmax(axis=1).tolist()
    [0, 1, 0, 1]
    """
    if len(labels) < 3:
        raise refuse("labels", f"{len(labels)} rows long", "at least three rows long")
    for row, each in enumerate(labels):
        same_length("labels[0]", len(labels[0]), f"labels[{row}]", len(each))
    answers, codes = _coded("labels", labels)
    rounds = count("rounds", rounds, least=1)
    given = (codes[:, :, None] == np.arange(len(answers))).astype(np.float64)
    probability = given.sum(axis=0) + 1e-9
    probability /= probability.sum(axis=1, keepdims=True)
    confusion = np.empty((codes.shape[0], len(answers), len(answers)))
    for _ in range(rounds):
        confusion = np.einsum("nk,rna->rka", probability, given) + 0.1
        confusion /= confusion.sum(axis=2, keepdims=True)
        share = probability.mean(axis=0) + 1e-12
        log_likelihood = np.log(share) + np.einsum("rna,rka->nk", given, np.log(confusion))
        probability = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True))
        probability /= probability.sum(axis=1, keepdims=True)
    return LatentTruth(answers=answers, probability=probability, confusion=confusion)


def _coded(argument: str, labels: Sequence[Sequence[str | None]]) -> tuple[tuple[str, ...], IntArray]:
    """The distinct answers in order, and their numbers, shape (r, n); -1 where there is none."""
    if not labels[0]:
        raise refuse(argument, "empty", "at least one answer")
    answers = tuple(sorted({answer for row in labels for answer in row if answer is not None}))
    number_of: dict[str | None, int] = {None: -1, **{answer: i for i, answer in enumerate(answers)}}
    return answers, np.array([[number_of[answer] for answer in row] for row in labels], dtype=np.int64)


def _kappa(first: IntArray, second: IntArray) -> float | None:
    k = int(max(first.max(), second.max())) + 1
    agreed = float((first == second).mean())
    by_chance = float((np.bincount(first, minlength=k) * np.bincount(second, minlength=k)).sum()) / first.size**2
    return None if by_chance >= 1.0 else (agreed - by_chance) / (1.0 - by_chance)


def _alpha(codes: IntArray, n_answers: int) -> float | None:
    given = (codes[:, :, None] == np.arange(n_answers)).sum(axis=0).astype(np.float64)
    per_case = given.sum(axis=1)
    pairable = per_case >= 2
    given, per_case = given[pairable], per_case[pairable]
    totals = given.sum(axis=0)
    n = totals.sum()
    expected = n * n - (totals**2).sum()
    if expected <= 0.0:
        return None
    disagreed = ((per_case**2 - (given**2).sum(axis=1)) / (per_case - 1.0)).sum()
    return float(1.0 - (n - 1.0) * disagreed / expected)


def _bootstrapped(
    codes: IntArray,
    measure: Callable[[IntArray], float | None],
    rng: np.random.Generator,
    delta: float,
    n_boot: int,
) -> Agreement:
    delta = open_share("delta", delta)
    n_boot = count("n_boot", n_boot, least=20)
    n = codes.shape[1]
    value = measure(codes)
    drawn = [measure(codes[:, rng.integers(0, n, n)]) for _ in range(n_boot)]
    known = [each for each in drawn if each is not None]
    if value is None or not known:
        return Agreement(value=None, lower=None, upper=None, n_cases=n)
    lower, upper = np.quantile(known, [delta / 2.0, 1.0 - delta / 2.0])
    return Agreement(value=value, lower=float(lower), upper=float(upper), n_cases=n)
