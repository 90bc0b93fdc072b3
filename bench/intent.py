"""How many sentences of strategies are read in a second."""

from __future__ import annotations

from collections.abc import Iterator

from bench.figure import Figure
from bench.measure import cpu_seconds
from remit.intent import read_intent

SENTENCES = (
    "We want to leverage AI across the organization.",
    "Reduce the time to approve a loan application from nine days to two.",
    "Classify each incoming support ticket.",
    (
        "For each supplier invoice received, compare amount and bank account with the purchase order and return "
        "approve, query or reject; at most 1 in 200 approvals wrong; if the account changed, it goes to a person; the "
        "Finance Director is accountable."
    ),
)


def figures() -> Iterator[Figure]:
    """Read sentences of all kinds, short and long."""
    seconds = cpu_seconds(lambda: [read_intent(one) for one in SENTENCES * 50])
    yield Figure(
        name="remit intent, sentences read", unit="1/s", ours=50 * len(SENTENCES) / seconds, goal=1000, at_least=True
    )
