"""Beside a second person: how often two people disagree, and how the executor does on the same cases, in words."""

from __future__ import annotations

from typing import assert_never

from remit.proof.document import ProofDocument, SecondPerson
from remit.readiness.facts import TargetVerdict
from remit.report.numbers import Rounding, counted, number, p_value_text, percent, sure_text, thousands, wrong_of
from remit.report.proof_view.rows import Line, SecondPersonView

__all__ = ["second_person_view"]

_CAVEAT = (
    "Both are measured against the first person's answer, which may be wrong itself: whoever is right there counts as "
    "wrong. So this says how often they differ from the first person, not how often they err."
)


def second_person_view(document: ProofDocument) -> SecondPersonView | None:
    """What the cases with two people's answers say; None where there are none."""
    found = document.second_person
    if found is None:
        return None
    disagreed = f"{found.n_disagree:,} of {counted(found.n, 'case')}"
    share = percent(found.n_disagree / found.n)
    bounds = f"at least {percent(found.lower, Rounding.DOWN)}, at most {percent(found.upper, Rounding.UP)}"
    return SecondPersonView(
        lines=(
            Line(label="Labelled by two people", value=thousands(found.n)),
            Line(
                label="They disagreed on",
                value=f"{disagreed} ({share}); {bounds} (each {sure_text(document.delta_full)})",
            ),
            Line(label="Cohen's kappa", value=_kappa(found)),
            Line(
                label="The executor there",
                value=f"{wrong_of(found.n_wrong, found.n)}; only it wrong {found.only_executor_wrong:,}, "
                f"only the second person wrong {found.only_second_wrong:,}; {p_value_text(found.p_value)}: "
                f"{_better(found.better)}",
            ),
        ),
        caveat=_CAVEAT,
        short=f"two people disagreed on {disagreed} ({bounds}); the executor: {wrong_of(found.n_wrong, found.n)}, "
        f"{_better(found.better)}",
    )


def _kappa(found: SecondPerson) -> str:
    if found.kappa is None:
        return "not measured: chance alone would give full agreement"
    interval = (
        f", bootstrap interval {number(found.kappa_lower, digits=2)} to {number(found.kappa_upper, digits=2)}"
        if found.kappa_lower is not None and found.kappa_upper is not None
        else ""
    )
    return f"{number(found.kappa, digits=2)}{interval}; shown, never a verdict"


def _better(verdict: TargetVerdict) -> str:
    match verdict:
        case TargetVerdict.MET:
            return "proven to differ from the first person less often than the second person does"
        case TargetVerdict.MISSED:
            return "proven to differ from the first person more often than the second person does"
        case TargetVerdict.UNPROVEN:
            return "not proven to do better or worse than the second person"
        case _:
            assert_never(verdict)
