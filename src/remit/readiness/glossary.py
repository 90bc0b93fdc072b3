"""The words of Remit: one word, one meaning. The page of words holds the same, word for word."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from remit.definition.levels import Level

__all__ = ["LEVEL_MEANINGS", "WORDS"]

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "intent": "a strategy statement: why, and by which measure we would see it",
        "work definition": "one file that says what one unit of work is",
        "item": "one real piece of work to be done: one message, one application",
        "case": "an item with its known right answer, used to prove",
        "case set": "cases with a fixed digest and a stated use: `tune` or `prove`",
        "executor": "who or what does the work: a person, table, function, model, service or agent",
        "cascade": "several executors as one: each, a part of it, is asked where those before it were not sure enough",
        "answer": "what an executor returns for one item: output, confidence, trace",
        "route": "what becomes of an item: `act`, `review`, `reject`, `incumbent` (its answer stands), `stopped`",
        "review": "a person decides an item",
        "audit": "a person re-checks, blind, an item that was acted on",
        "truth": "the right answer learned later, with who said so and when",
        "target": "a number that the work must reach",
        "proof": "the verdict on every target for one executor on one case set",
        "verdict": (
            "of a target: `met`, `missed` or `unproven`; of a readiness rule: `pass`, `fail`, `unknown` or "
            "`not applicable`"
        ),
        "incumbent": "who does the work today: people, or software that stays in charge until a grant says otherwise",
        "candidate": "an executor that wants to take over from the incumbent",
        "certificate": "how far an executor may act alone, by one proof",
        "grant": "a person's permission for an executor to work at one autonomy level under a certificate",
        "error budget": "the share of acted-on items that may be wrong",
        "ledger": "the append-only record of everything decided",
        "readiness": "six dimensions, each `pass`, `fail` or `unknown`; unknown is not pass",
        "alpha": "the error budget: which share of what it does alone may be wrong",
        "delta": (
            "the chance with which a claim may be wrong: 1 - assurance for all attempts together, half of it "
            "for the first"
        ),
        "exact bound": (
            "the least or most that a share may be with these counts, by the binomial distribution itself "
            "(Clopper-Pearson), also for few cases"
        ),
        "betting bound": (
            "the least or most that the mean of amounts may be, such as costs, which may differ from case to "
            "case in any way"
        ),
        "band": (
            "a stretch of confidences. A *bad band* is one above the certified limit at which more is wrong "
            "than the budget allows, while below it all is well again"
        ),
        "Holm": (
            "a way to make several claims at once so that all of them together are wrong with a chance of at most delta"
        ),
        "McNemar's test": (
            "two executors on the same cases: of the cases that only one got wrong, how lopsided are they, "
            "held against a fair coin"
        ),
        "expected calibration error": (
            "how far confidence and the share that was right lie apart, on average over the answers: 0.05 "
            "means five points"
        ),
        "bootstrap interval": "a range for a number, by drawing the same cases again and again with replacement",
        "inclusion": (
            "the chance with which an item was to be audited: with an inclusion of half, what is found counts twice"
        ),
    }
)
"""What each word means, in the order of the page."""

LEVEL_MEANINGS: Mapping[Level, str] = MappingProxyType(
    {
        Level.MANUAL: "the incumbent does the work; no candidate runs",
        Level.SHADOW: "the candidate answers too; nobody sees it and nothing depends on it",
        Level.SUGGEST: "a person sees the answer and decides; a random share is decided without seeing it",
        Level.SUPERVISED: "it acts alone where certificate, budget, constraints and caps allow; the rest is a review",
        Level.AUTONOMOUS: "the same limits, fewer audits, and the grant renews itself from evidence",
    }
)
"""What happens at each autonomy level."""
