"""Certify a confidence threshold: above it an executor may act alone within its error budget."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from remit.stats.arguments import IntArray, binary, choice, count, open_share, refuse, same_length
from remit.stats.bounds import binomial_upper
from remit.stats.certification.blocks import Blocks, bad_tip, blocks_of
from remit.stats.certification.certified import Certified, NotEnoughEvidence, SliceResult
from remit.stats.certification.levels import Levels, levels_for, shared_size
from remit.stats.certification.shape import Shape
from remit.stats.certification.steps import Found, fixed_sequence, single_step, step_down
from remit.stats.planning import cases_for

__all__ = ["METHOD", "certify", "certify_slices"]

METHOD = "step_down"
"""How thresholds are searched where no method is named."""

_METHODS = (METHOD, "single_step", "fixed_sequence")
_ASSUMPTIONS = (
    "cases are independent and drawn like the items to come",
    "the number of cases was fixed before the answers were judged",
    "the executor and its confidence were frozen before these cases were used",
    "one attempt on these cases; each further one needs a share of delta of its own",
)
_NO_BAD_BAND = (
    "above the lowest threshold within the budget there is no other threshold that breaks it; "
    "each further band of confidences that breaks it adds at most delta to the chance of a wrong certificate"
)
_OVERALL_ONLY = "holds overall, not for each slice"


def certify(
    confidence: ArrayLike | None,
    wrong: ArrayLike,
    *,
    alpha: float,
    delta: float = 0.05,
    method: str = METHOD,
    shape: Shape | None = None,
    slices: Sequence[str] | None = None,
    n_cases: int | None = None,
    levels: Levels | None = None,
    cache: MutableMapping[str, Levels] | None = None,
) -> Certified | NotEnoughEvidence:
    """Find the lowest confidence at which an executor may act alone with an error rate of at most ``alpha``.

    Args:
        confidence: shape (n,), any finite numbers, larger is surer; None for an executor without confidence, which
            is one tie block: everything or nothing.
        wrong: shape (n,), 0 or 1, of the cases that may be acted on at all.
        alpha: the error budget, in (0, 1).
        delta: allowed failure probability, in (0, 1).
        method: ``step_down``, the most coverage; ``single_step``, which assumes nothing about the shape of the risk;
            ``fixed_sequence``, one test after the other from a planned start until the first failure.
        shape: how the levels are spread, fixed without these cases (``shape_from`` reads it from others); the default
            one when not given. Not for ``fixed_sequence``.
        slices: shape (n,), the slice of each case; one certificate more for each, all slices sharing ``delta`` by
            Holm. Without it the certificate holds overall only.
        n_cases: all cases, also those that may never be acted on; coverage is a share of these. n when not given.
        levels: the table of levels, for at least n cases; computed when not given.
        cache: where tables are looked up and kept when ``levels`` is not given, see ``levels_for``. With it a table is
            shared by similar numbers of cases: it may be for up to a twentieth more, which is as good.

    Returns:
        Certified, or NotEnoughEvidence with the further error-free cases needed at least.

    Raises:
        ArgumentInvalid: NaN, infinite, empty, unequal lengths, errors other than 0 and 1, shares outside (0, 1), a
            table of levels for something else.

    **Guarantee**: P(certified, and the population's error rate above the threshold is > alpha) <= delta, n fixed in
    advance, for every distribution with ``single_step``. With ``step_down``: if no threshold above the lowest one
    within the budget breaks it; each such bad band adds at most delta, one at the handover twice that. With
    ``fixed_sequence``: as ``step_down`` from the start on; and for every shape the same for the mean error probability
    at the confidences that were acted on.
    **Assumes**: independent cases, n fixed in advance, the confidence function frozen, one attempt (a second one on
    the same cases needs its own delta).
    **Source**: coupling of the errors with a Bernoulli(alpha) walk and its exact crossing probabilities (closed testing
    over "the budget is first broken after the m most confident cases"); Learn-then-Test, Angelopoulos et al. 2021,
    arXiv 2110.01052, for ``fixed_sequence``.
    **Cost**: one sort and a few passes, .3 s for a million cases, and the table of levels once: .2 s for 300 cases,
    .5 s for 3,000, 3 s for a million.

    >>> found = certify(np.linspace(0.9, 0.5, 200), [0] * 180 + [1] * 20, alpha=0.05)
    >>> found.n_acted, found.n_wrong, round(found.threshold, 3)
    (184, 4, 0.532)
    """
    alpha, delta = open_share("alpha", alpha), open_share("delta", delta)
    method = choice("method", method, _METHODS)
    blocks = blocks_of(confidence, wrong)
    total = blocks.n_eligible if n_cases is None else count("n_cases", n_cases, least=blocks.n_eligible)
    if levels is not None:
        _check_levels(levels, alpha, delta, blocks.n_eligible, shape)
    found = _certified(blocks, alpha, delta, method, total, shape, levels, cache)
    if slices is None:
        return found
    names = np.asarray(slices, dtype=str)
    same_length("wrong", np.size(wrong), "slices", names.size)
    parts = {str(name): names == name for name in np.unique(names)}
    by_slice = certify_slices(
        confidence, wrong, parts, alpha=alpha, delta=delta, method=method, shape=shape, cache=cache
    )
    return replace(found, slices=by_slice)


def certify_slices(
    confidence: ArrayLike | None,
    wrong: ArrayLike,
    slices: Mapping[str, ArrayLike],
    *,
    alpha: float,
    delta: float = 0.05,
    method: str = METHOD,
    shape: Shape | None = None,
    cache: MutableMapping[str, Levels] | None = None,
) -> tuple[SliceResult, ...]:
    """Certify slices of the cases singly, all of them together at ``delta``.

    Slices with too few cases for any certificate at their share of delta have none of it: their sizes alone say so.
    A slice that is certified whole hands its share on to the others (Holm).

    Args:
        confidence: shape (n,), as for ``certify``.
        wrong: shape (n,), 0 or 1.
        slices: for each slice by its name which cases are in it, shape (n,), 0 or 1, at least one case. Slices may
            overlap.
        alpha: the error budget, in (0, 1).
        delta: allowed failure probability of all slices together, in (0, 1).
        method: as for ``certify``.
        shape: as for ``certify``.
        cache: as for ``certify``.

    Returns:
        One result for each slice, in the order of ``slices``, with the share of delta that it had.

    Raises:
        ArgumentInvalid: as ``certify``; a slice without a case.

    **Guarantee**: P(any slice is certified whose error rate above its threshold is > alpha) <= delta, each slice on
    the terms of ``certify``.
    **Assumes**: as ``certify``; what is a slice was fixed before the answers were judged.
    **Source**: Holm 1979 over the certificates of the slices.
    **Cost**: as ``certify`` for each slice; slices of similar size share a table in ``cache``.

    >>> wrong, half = np.arange(400) % 100 == 99, np.arange(400) < 200
    >>> found = certify_slices(None, wrong, {"first": half, "second": ~half}, alpha=0.05)
    >>> [(one.name, one.result.n_acted, one.result.delta) for one in found]
    [('first', 200, 0.025), ('second', 200, 0.025)]
    """
    alpha, delta = open_share("alpha", alpha), open_share("delta", delta)
    method = choice("method", method, _METHODS)
    scores, errors = None if confidence is None else np.asarray(confidence), np.asarray(wrong)
    blocks: list[Blocks] = []
    for name, chosen in slices.items():
        inside = binary(f"slices[{name}]", chosen)
        same_length("wrong", errors.size, f"slices[{name}]", inside.size)
        blocks.append(blocks_of(None if scores is None else scores[inside], errors[inside]))
    results: dict[int, Certified | NotEnoughEvidence] = {}
    waiting = _large_enough([one.n_eligible for one in blocks], alpha, delta)
    # The largest of the others could not be certified at this share, or it would be among those that wait.
    share = delta / (len(waiting) + 1)
    for i in set(range(len(blocks))).difference(waiting):
        results[i] = _certified(blocks[i], alpha, share, method, blocks[i].n_eligible, shape, None, cache)
    while waiting:
        share = delta / len(waiting)
        for i in waiting:
            results[i] = _certified(blocks[i], alpha, share, method, blocks[i].n_eligible, shape, None, cache)
        left = [i for i in waiting if not _whole(results[i])]
        if len(left) == len(waiting):
            break
        waiting = left
    return tuple(SliceResult(name=name, result=results[i]) for i, name in enumerate(slices))


def _large_enough(sizes: Sequence[int], alpha: float, delta: float) -> list[int]:
    """The most slices, the largest first, that could each be certified at an equal share of delta, by their index."""
    falling = sorted(range(len(sizes)), key=lambda i: -sizes[i])
    for n_kept in range(len(sizes), 0, -1):
        if sizes[falling[n_kept - 1]] >= int(cases_for(0, alpha, delta / n_kept)[0]):
            return sorted(falling[:n_kept])
    return []


def _certified(
    blocks: Blocks,
    alpha: float,
    delta: float,
    method: str,
    n_cases: int,
    shape: Shape | None,
    levels: Levels | None,
    cache: MutableMapping[str, Levels] | None,
) -> Certified | NotEnoughEvidence:
    tip = bad_tip(blocks, alpha, delta)
    warnings = () if tip is None else (tip,)
    found = _search(blocks, alpha, delta, method, shape, levels, cache)
    if found.index is None:
        return _not_enough(blocks, alpha, delta, n_cases, method, warnings)
    acted, errors = int(blocks.n_acted[found.index]), int(blocks.n_wrong[found.index])
    one_block = blocks.thresholds is None or blocks.thresholds.size == 1
    shaped = () if method == "single_step" or one_block else (_NO_BAD_BAND,)
    return Certified(
        threshold=blocks.threshold(found.index),
        n_acted=acted,
        n_wrong=errors,
        n_cases=n_cases,
        coverage=acted / n_cases,
        alpha=alpha,
        delta=delta,
        level=found.level,
        upper_bound=min(alpha, binomial_upper(errors, acted, found.level)),
        method=method,
        assumptions=(*_ASSUMPTIONS, *shaped, _OVERALL_ONLY),
        warnings=warnings,
    )


def _search(
    blocks: Blocks,
    alpha: float,
    delta: float,
    method: str,
    shape: Shape | None,
    levels: Levels | None,
    cache: MutableMapping[str, Levels] | None,
) -> Found:
    if blocks.n_acted.size == 1 or method == "fixed_sequence":
        # One block is one test: there is nothing to search and nothing to pay for.
        return fixed_sequence(blocks, alpha, delta)
    if blocks.n_eligible < int(cases_for(0, alpha, delta)[0]):
        return Found(index=None, level=delta)
    if levels is None:
        n = blocks.n_eligible if cache is None else shared_size(blocks.n_eligible)
        levels = levels_for(alpha, delta, n, shape=shape, cache=cache)
    return single_step(blocks, levels) if method == "single_step" else step_down(blocks, levels)


def _whole(result: Certified | NotEnoughEvidence) -> bool:
    return isinstance(result, Certified) and result.n_acted == result.n_cases


def _not_enough(
    blocks: Blocks, alpha: float, delta: float, n_cases: int, method: str, warnings: tuple[str, ...]
) -> NotEnoughEvidence:
    best = _ends_of_error_counts(blocks)
    acted, errors = blocks.n_acted[best], blocks.n_wrong[best]
    missing = cases_for(errors, alpha, delta) - acted
    nearest = int(np.argmin(missing))
    needed, n, k = max(1, int(missing[nearest])), int(acted[nearest]), int(errors[nearest])
    of = "cases" if n == blocks.n_eligible else "most confident cases"
    errors_seen = "no error" if k == 0 else f"{k:,} error{'s' if k > 1 else ''}"
    does = "do" if k > 1 else "does"
    among = f"{errors_seen} among the {n:,} {of}"
    if missing[nearest] > 0:
        why = f"{among} {does} not show an error rate of at most {100 * alpha:g} %"
    else:
        why = f"{among} would be few enough for {100 * alpha:g} % at the only threshold looked at, not at one of many"
    return NotEnoughEvidence(
        needed_error_free=needed,
        n_cases=n_cases,
        alpha=alpha,
        delta=delta,
        method=method,
        why=why,
        warnings=warnings,
    )


def _ends_of_error_counts(blocks: Blocks) -> IntArray:
    """The last block end with each number of errors, for at most 500 numbers of errors, evenly spread."""
    ends = np.flatnonzero(np.append(np.diff(blocks.n_wrong) > 0, True))
    return ends[np.unique(np.linspace(0, ends.size - 1, 500).astype(np.int64))]


def _check_levels(levels: Levels, alpha: float, delta: float, n: int, shape: Shape | None) -> None:
    if (levels.alpha, levels.delta) != (alpha, delta):
        raise refuse("levels", f"for alpha {levels.alpha} and delta {levels.delta}", f"for {alpha} and {delta}")
    if levels.n < n:
        raise refuse("levels", f"for {levels.n} cases", f"for at least {n} cases")
    if shape is not None and shape != levels.shape:
        raise refuse("levels", f"of the shape {levels.shape}", f"of the shape {shape}")
