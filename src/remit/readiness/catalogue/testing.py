"""Tasks testable: the cards of its rules."""

from __future__ import annotations

from remit.definition.levels import Level
from remit.readiness.catalogue.card import RuleCard
from remit.readiness.finding import Dimension, RuleKind, Severity

__all__ = ["CARDS"]

CARDS: tuple[RuleCard, ...] = (
    RuleCard(
        id="TT01",
        dimension=Dimension.TESTS,
        kind=RuleKind.STATIC,
        severity=Severity.BLOCKER,
        since=Level.SUGGEST,
        title="At least one quality target per decision",
        how="each decision is in `of` of a target about right and wrong, or one is about the whole item",
        message="{decision} has no number for good enough.",
        mend="Add metric and limit.",
        source="SLO; ML Test Score",
    ),
    RuleCard(
        id="TT02",
        dimension=Dimension.TESTS,
        kind=RuleKind.STATIC,
        severity=Severity.BLOCKER,
        since=Level.SUGGEST,
        title="Metric fits the answer type",
        how="metric × type of the answer, class among the answers, limit on the right side, shares in 0 to 1",
        message="{metric} can't be computed for {type}.",
        variants={
            "limit": "{metric} has no limit, so nothing can meet it.",
            "direction": "{metric} with {key} {limit} asks for bad work.",
            "share": "{metric} is a share: {limit} is not between 0 and 1.",
        },
        mend="Use {suggestion}.",
        source="–",
    ),
    RuleCard(
        id="TT03",
        dimension=Dimension.TESTS,
        kind=RuleKind.STATIC,
        severity=Severity.MAJOR,
        since=Level.SUPERVISED,
        title="Targets can be shown with the planned cases",
        how="minimum ≥ ln (δ/2) / ln target, with δ = 1 − assurance: the first attempt may spend half of δ",
        message="Even {n} perfect cases can only show {x}; you ask {t}.",
        variants={
            "unplanned": "Nobody planned how many cases show {target}.",
            "perfect": "No number of cases can show {target}: it asks for perfection.",
        },
        mend="Plan at least {m} cases, or lower the target.",
        source="exact binomial (M)",
    ),
    RuleCard(
        id="TT04",
        dimension=Dimension.TESTS,
        kind=RuleKind.STATIC,
        severity=Severity.MAJOR,
        since=Level.SUPERVISED,
        title="Costly error has its own target",
        how="each of error_costs ≥ 10 × the (lower) median has a recall/precision target",
        message="'{class}' costs {c} each time; no target guards it.",
        mend="Add a recall target for its class.",
        source="cost-sensitive evaluation",
    ),
    RuleCard(
        id="TT05",
        dimension=Dimension.TESTS,
        kind=RuleKind.STATIC,
        severity=Severity.MINOR,
        since=Level.AUTONOMOUS,
        title="Targets don't contradict",
        how="e.g. recall 1.0 with escalation 0",
        message="{a} and {b} can't both hold unless the work is perfect.",
        variants={"crossed": "{a} and {b} can't both hold: {found}."},
        mend="Relax one.",
        source="–",
    ),
    RuleCard(
        id="TT06",
        dimension=Dimension.TESTS,
        kind=RuleKind.EVIDENCE,
        severity=Severity.BLOCKER,
        since=Level.SUGGEST,
        title="Cases exist and parse",
        how="every case valid against input and output schema",
        message="{n} cases don't fit your own schema (first: line {l}).",
        variants={
            "none": "There is no case to prove anything with.",
        },
        mend="Fix the case or the schema.",
        source="JSON Schema",
    ),
    RuleCard(
        id="TT07",
        dimension=Dimension.TESTS,
        kind=RuleKind.EVIDENCE,
        severity=Severity.MAJOR,
        since=Level.SUPERVISED,
        title="Enough cases per class",
        how="each answer ≥ 5, guarded class ≥ what TT03 asks for its target",
        message="{c} has {n} cases; {m} needed.",
        mend="Label more, or merge the class.",
        source="ML Test Score Data",
    ),
    RuleCard(
        id="TT08",
        dimension=Dimension.TESTS,
        kind=RuleKind.EVIDENCE,
        severity=Severity.BLOCKER,
        since=Level.SUGGEST,
        title="Labels made by people who did not build it",
        how="labeller ids ≠ executor author, source ≠ executor output",
        message="{p} % of the expected answers were made by the thing under test.",
        mend="Have a person label blind.",
        source="data leakage",
    ),
    RuleCard(
        id="TT09",
        dimension=Dimension.TESTS,
        kind=RuleKind.EVIDENCE,
        severity=Severity.MAJOR,
        since=Level.SUGGEST,
        title="Duplicates and leakage",
        how=(
            "share of prove cases that are a tune case < 1 %: equal but for white space and case of letters, or free "
            "text of at least 50 characters that is the same in 80 % (estimated by 64 smallest hashes)"
        ),
        message="{n} proof cases were seen in tuning.",
        variants={"near": "{n} proof cases were seen in tuning, {m} of them nearly word by word."},
        mend="Remove or re-split.",
        source="ML Test Score",
    ),
    RuleCard(
        id="TT10",
        dimension=Dimension.TESTS,
        kind=RuleKind.EVIDENCE,
        severity=Severity.MAJOR,
        since=Level.AUTONOMOUS,
        title="Label errors",
        how=(
            "a perfect executor can still meet every accuracy target, even if each case has a wrong label that "
            "contradicts a (nearly) equal one, or that a confident executor answers otherwise; those confirmed by a "
            "re-check are not counted"
        ),
        message="About {p} % of labels look wrong; that caps any score at {x}.",
        mend="Ask people about them again: remit cases label {id} --as PERSON --doubtful.",
        source="Northcutt 2021",
    ),
    RuleCard(
        id="TT11",
        dimension=Dimension.TESTS,
        kind=RuleKind.EVIDENCE,
        severity=Severity.BLOCKER,
        since=Level.SUPERVISED,
        title="Proof set untouched",
        how=(
            "digest fixed before the first run; at most 3 attempts per candidate and definition, attempt "
            "i spends delta/2^i; baselines are free"
        ),
        message="This set has been used {n} times; it is no longer proof.",
        variants={
            "changed": "The prove set is not the one that was frozen; it is no longer proof.",
            "late": "The first run came before the prove set was frozen; it is no longer proof.",
        },
        mend="Freeze a new set.",
        source="holdout reuse",
    ),
    RuleCard(
        id="TT12",
        dimension=Dimension.TESTS,
        kind=RuleKind.EVIDENCE,
        severity=Severity.BLOCKER,
        since=Level.SUPERVISED,
        title="Target met on the bound",
        how="the valid one-sided bound ≥ target",
        message="{t}: {metric} {p} on {n} cases; the {side} bound is {lb}, the target {limit}.",
        variants={"late": "{t}: {p} of {n} answers took longer than {limit} s; the upper bound of that share is {lb}."},
        mend="Prove with more cases, or improve the work.",
        source="exact binomial; Argo inconclusive",
    ),
    RuleCard(
        id="TT13",
        dimension=Dimension.TESTS,
        kind=RuleKind.EVIDENCE,
        severity=Severity.MAJOR,
        since=Level.SUPERVISED,
        title="Target met on every slice ≥ 30",
        how="per-slice bound, Holm-corrected",
        message="Good on average, not for {slice}: {metric} {p} on {n} cases, {side} bound {lb}, target {limit}.",
        variants={
            "late": "Fast on average, not for {slice}: {p} of {n} answers took longer than {limit} s.",
            "unproven": "Not shown for {slice}: {metric} {p} on {n} cases, {side} bound {lb}, target {limit}.",
            "unproven late": "Not shown for {slice}: {p} of {n} answers took longer than {limit} s.",
        },
        mend="Exclude the slice or fix it.",
        source="model cards",
    ),
    RuleCard(
        id="TT14",
        dimension=Dimension.TESTS,
        kind=RuleKind.EVIDENCE,
        severity=Severity.MAJOR,
        since=Level.SUPERVISED,
        title="Beats the simple baselines",
        how=(
            "better than majority, keyword rule and today's error rate (paired test); not applicable to "
            "the definition's own table; where no human rate is measured that comparison is left out"
        ),
        message="A simple way does as well ({b}).",
        variants={"unproven": "Not shown to make fewer errors than {b}."},
        mend="Use the simple way, or improve the executor.",
        source="ML Test Score Model: simpler model",
    ),
    RuleCard(
        id="TT15",
        dimension=Dimension.TESTS,
        kind=RuleKind.EVIDENCE,
        severity=Severity.MINOR,
        since=Level.AUTONOMOUS,
        title="Cases are as messy as reality",
        how="one-sided rank tests with Holm: missing fields, length, unusual signs, letters beyond a to z, against a "
        "file of real items",
        message="Your cases are cleaner than your work: {stat}.",
        mend="Sample 100 from last week's log.",
        source="essay demos",
    ),
)
