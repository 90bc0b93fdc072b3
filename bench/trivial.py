"""A trivial piece of work with five constraints: what it costs is overhead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["CONSTRAINTS", "DEFINITION", "answer", "broken", "cases"]

CONSTRAINTS = (
    "output.decision != 'approve' || input.ratio <= 60.0",
    "output.decision in ['approve', 'deny']",
    "answer.seconds < 30.0",
    "input.value < 1.5 && size(input.name) > 0",
    "input.purpose != 'c' || output.decision == 'deny' || input.n < 5",
)

DEFINITION: dict[str, Any] = {
    "remit": 1,
    "id": "trivial",
    "title": "Approve what is small",
    "inputs": {
        "fields": {
            "ratio": "number >= 0",
            "value": "number",
            "name": "text <= 100",
            "purpose": ["a", "b", "c"],
            "n": "integer",
        }
    },
    "outputs": {"fields": {"decision": ["approve", "deny"]}},
    "decisions": [{"id": "decision", "kind": "rule", "question": "Is it small?"}],
    "constraints": [
        {"id": f"C{number}", "expr": expression, "message": "never", "on_violation": "review"}
        for number, expression in enumerate(CONSTRAINTS, start=1)
    ],
    "quality": {"targets": [{"id": "Q1", "metric": "accuracy", "at_least": 0.9}]},
}


def cases(n: int) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """``n`` cases: id, input, expected output. The executor is wrong in 2 of 100."""
    for i in range(n):
        given = {"ratio": float(i % 100), "value": 0.8, "name": f"n{i}", "purpose": "abc"[i % 3], "n": i % 5}
        yield f"c{i}", given, {"decision": "approve" if i % 100 < 48 else "deny"}


def answer(given: dict[str, Any]) -> dict[str, Any]:
    """The executor: one comparison."""
    return {"decision": "approve" if given["ratio"] < 50 else "deny"}


def broken(given: dict[str, Any], output: dict[str, Any], seconds: float) -> list[str]:
    """The five constraints in plain Python: the ids of those that do not hold."""
    approve = output["decision"] == "approve"
    holds = (
        not approve or given["ratio"] <= 60.0,
        output["decision"] in ("approve", "deny"),
        seconds < 30.0,
        given["value"] < 1.5 and len(given["name"]) > 0,
        given["purpose"] != "c" or not approve or given["n"] < 5,
    )
    return [f"C{number}" for number, true in enumerate(holds, start=1) if not true]
