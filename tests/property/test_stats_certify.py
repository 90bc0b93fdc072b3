"""Certifying gives what the plain definition of its procedure gives, on any data."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from remit import stats
from remit.stats.certification.blocks import blocks_of
from remit.stats.certification.levels import levels_for
from remit.stats.certification.steps import step_down

TABLES = [levels_for(0.1, 0.1, 150), levels_for(0.1, 0.1, 150, shape=stats.Shape.flat()), levels_for(0.2, 0.1, 90)]


def look_of(levels, k):
    return int(np.searchsorted(levels.looks, k, side="right")) - 1


def plainly_rejected(levels, ends, wrong, m, most):
    """Is "the budget is first broken after m cases" rejected by a block end beyond m, up to ``most``?"""
    if m < levels.handover:
        row = max(0, int(np.searchsorted(levels.starts, max(look_of(levels, m + 1), 0), side="right")) - 1)

        def limit(k):
            return levels.approach[row, look_of(levels, k)]
    else:
        begin = look_of(levels, m + 1)

        def limit(k):
            # Within reach: the boundary of the walk that started with the look of m + 1, held after each look.
            steps = range(min(look_of(levels, k) - begin, levels.ahead.shape[1] - 1) + 1)
            here = look_of(levels, k) - begin
            return levels.ahead[begin + here, here] if here in steps else -1

    return any(w <= limit(k) for k, w in zip(ends, wrong, strict=True) if m < k <= most and k >= levels.looks[0])


def plain_step_down(levels, ends, wrong):
    for i, m in enumerate([0, *ends[:-1]]):
        if not plainly_rejected(levels, ends, wrong, m, ends[-1]):
            if i == 0:
                return None
            first_near = m >= levels.handover and (i == 1 or ends[i - 2] < levels.handover)
            if not first_near:
                return m
            for j, earlier in enumerate([0, *ends[: i - 1]]):
                if not plainly_rejected(levels, ends, wrong, earlier, m):
                    return earlier if j else None
            return m
    return ends[-1]


@given(
    table=st.integers(0, 2),
    seed=st.integers(0, 2**32),
    steepness=st.floats(0, 8),
    n_values=st.sampled_from([5, 12, 40, 10_000]),
)
@settings(max_examples=300, deadline=None)
def test_step_down_rejects_one_after_the_other(table, seed, steepness, n_values):
    levels = TABLES[table]
    rng = np.random.default_rng(seed)
    confidence = np.floor(rng.random(levels.n) * n_values)
    wrong = rng.random(levels.n) < 0.6 * (1 - confidence / n_values) ** steepness
    blocks = blocks_of(confidence, wrong)
    if n_values < 100 and levels.ahead.shape[1]:
        return  # coarse confidences are judged block by block, see the next test
    found = step_down(blocks, levels).index
    expected = plain_step_down(levels, blocks.n_acted.tolist(), blocks.n_wrong.tolist())
    assert (None if found is None else int(blocks.n_acted[found])) == expected


@given(seed=st.integers(0, 2**32), n_values=st.integers(2, 6), share=st.floats(0, 0.3))
@settings(max_examples=200, deadline=None)
def test_no_certificate_passes_a_budget_that_a_plain_test_of_its_own_cases_would_not(seed, n_values, share):
    rng = np.random.default_rng(seed)
    confidence = rng.integers(0, n_values, 150)
    wrong = rng.random(150) < share
    for method in ("step_down", "single_step", "fixed_sequence"):
        found = stats.certify(confidence, wrong, alpha=0.1, delta=0.1, method=method)
        if isinstance(found, stats.Certified):
            assert stats.binomial_p_value(found.n_wrong, found.n_acted, 0.1) <= 0.1
        else:
            assert found.needed_error_free >= 1


@given(seed=st.integers(0, 2**32), scale=st.floats(0.01, 100), shift=st.floats(-100, 100))
@settings(max_examples=50, deadline=None)
def test_only_the_order_of_confidences_counts(seed, scale, shift):
    rng = np.random.default_rng(seed)
    confidence = rng.integers(0, 1000, 150) / 1000
    wrong = rng.random(150) < 0.3 * (1 - confidence)
    found = stats.certify(confidence, wrong, alpha=0.1, delta=0.1)
    moved = stats.certify(confidence * scale + shift, wrong, alpha=0.1, delta=0.1)
    if isinstance(found, stats.Certified):
        assert (moved.n_acted, moved.n_wrong, moved.level) == (found.n_acted, found.n_wrong, found.level)
    else:
        assert moved == found
