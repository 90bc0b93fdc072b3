"""What was judged in a proof, as rows: targets, slices, the certificate, and every comparison. Worst first."""

from __future__ import annotations

from collections.abc import Iterable

from remit.autonomy.certificate import Certificate
from remit.proof.document import ProofDocument, SliceCertificate
from remit.readiness.facts import ComparisonFact, TargetFact, TargetVerdict
from remit.report.numbers import (
    NOT_MEASURED,
    Rounding,
    about,
    confidence_text,
    counted,
    error_bound_text,
    given_percent,
    money,
    number,
    p_value_text,
    percent,
    sure_text,
    thousands,
    wrong_of,
)
from remit.report.proof_view.rows import VerdictRow
from remit.report.states import Shown, shown_state

__all__ = ["asked_text", "metric_name", "slice_certificate_rows", "slice_rows", "target_amount", "verdict_rows"]

_METRICS = {
    "accuracy": "accuracy",
    "error_rate": "error rate",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "field_match": "field match",
    "review_rate": "review rate",
    "consistency": "consistency",
    "seconds_p95": "answers in time",
    "cost_per_item": "cost per item",
    "expected_cost": "expected cost",
}


def verdict_rows(document: ProofDocument, *, stale: bool) -> tuple[VerdictRow, ...]:
    """Every verdict of the proof but those of slices."""
    targets = (_target_row(fact, document, stale=stale) for fact in document.targets)
    comparisons = _comparison_rows(document, stale=stale)
    return _worst_first([*targets, _certificate_row(document, stale=stale), *comparisons])


def slice_rows(document: ProofDocument, *, stale: bool) -> tuple[VerdictRow, ...]:
    """The verdicts of the targets on every slice."""
    return _worst_first(_target_row(fact, document, stale=stale) for fact in document.slices)


def slice_certificate_rows(document: ProofDocument, *, stale: bool) -> tuple[VerdictRow, ...]:
    """What each slice certifies by itself."""
    return _worst_first(_slice_certificate_row(one, document, stale=stale) for one in document.slice_certificates)


def _slice_certificate_row(one: SliceCertificate, document: ProofDocument, *, stale: bool) -> VerdictRow:
    if one.coverage is None:
        state, found = Shown.UNPROVEN, "no certificate"
        more = one.needed_error_free
        note = f"at least {counted(more, 'further error-free case')} of this slice needed" if more is not None else ""
    else:
        above = f", confidence {confidence_text(one.threshold)} or more" if one.threshold is not None else ""
        bound = (
            ""
            if one.upper_bound is None
            else f", {error_bound_text(one.upper_bound, searched=one.threshold is not None)}"
        )
        state, note = Shown.MET, f"{wrong_of(one.n_wrong, one.n_acted)}{bound}"
        found = f"acts alone on {percent(one.coverage)} of it{above}"
    return VerdictRow(
        state=Shown.STALE if stale else state,
        id="",
        what=f"{one.column} = {one.value}",
        asked=f"at most {given_percent(document.error_budget)} wrong"
        if document.error_budget is not None
        else "not set",
        found=found,
        n=thousands(one.n_cases),
        note=note,
    )


def target_amount(
    metric: str, value: float | None, *, currency: str | None, rounding: Rounding = Rounding.NEAREST
) -> str:
    """A measured value of ``metric`` in its unit: a cost as money, everything else as percent.

    For ``seconds_p95`` the value is the share of answers that came later than the limit.
    """
    match metric:
        case "cost_per_item" | "expected_cost":
            return money(value, currency, rounding)
        case _:
            return percent(value, rounding)


def metric_name(metric: str) -> str:
    """What a metric is called on screen."""
    return _METRICS.get(metric, metric.replace("_", " "))


def asked_text(metric: str, limit: float, *, at_least: bool, currency: str | None) -> str:
    """What a target asks for: ``at least 93 %``."""
    side = "at least" if at_least else "at most"
    match metric:
        case "seconds_p95":
            return f"95 % within {number(limit)} s"
        case "cost_per_item" | "expected_cost":
            small = f"{number(limit)} {currency}" if currency else number(limit)
            amount = money(limit, currency) if limit >= 0.1 else small
            return f"{side} {amount}"
        case _:
            # A limit is what somebody wrote; one that is no share (90 for 90 %) is shown, not crashed on.
            is_share = 0 <= limit <= 1
            return f"{side} {given_percent(limit) if is_share else number(limit)}"


def _target_row(fact: TargetFact, document: ProofDocument, *, stale: bool) -> VerdictRow:
    what = metric_name(fact.metric)
    if fact.about:
        what += f" of {fact.about}"
    if fact.slice_column is not None:
        what += f", {fact.slice_column} = {fact.slice_value if fact.slice_value is not None else 'empty'}"
    return VerdictRow(
        state=shown_state(fact.verdict, stale=stale),
        id=fact.id,
        what=what,
        asked=asked_text(fact.metric, fact.limit, at_least=fact.at_least, currency=document.currency),
        found=_target_found(fact, document),
        n=thousands(fact.n),
        note=_target_note(fact),
    )


def _target_found(fact: TargetFact, document: ProofDocument) -> str:
    def shown(value: float | None, rounding: Rounding = Rounding.NEAREST) -> str:
        return target_amount(fact.metric, value, currency=document.currency, rounding=rounding)

    if fact.value is None and fact.lower is None and fact.upper is None:
        return NOT_MEASURED
    sure = sure_text(document.delta)
    each = f"each {sure}"
    if fact.slice_column is not None:  # the slices of a target share the delta of the attempt
        sure, each = f"together {sure}", f"each side, together {sure}"
    lower, upper = shown(fact.lower, Rounding.DOWN), shown(fact.upper, Rounding.UP)
    proves_low = fact.at_least == (fact.verdict is TargetVerdict.MET)
    if fact.verdict is TargetVerdict.UNPROVEN and fact.lower is not None and fact.upper is not None:
        bound = f"at least {lower}, at most {upper} ({each})"
    elif fact.lower is not None and (proves_low or fact.upper is None):
        bound = f"at least {lower} ({sure})"
    elif fact.upper is not None:
        bound = f"at most {upper} ({sure})"
    else:
        bound = "no bound"
    late = " late" if fact.metric == "seconds_p95" else ""
    return f"{shown(fact.value)}{late}; {bound}" if fact.value is not None else bound


def _target_note(fact: TargetFact) -> str:
    notes = [fact.why] if fact.why else []
    if fact.verdict is TargetVerdict.UNPROVEN:
        if fact.n_more is not None:
            notes.append(f"{about(fact.n_more, 'more case')} would decide it")
        elif not notes:
            notes.append("more cases alone would not decide it")
    return "; ".join(notes)


def _certificate_row(document: ProofDocument, *, stale: bool) -> VerdictRow:
    certificate, budget = document.certificate, document.error_budget
    if certificate is not None:
        state, found, n, note = Shown.MET, _acted_found(certificate), thousands(certificate.n_acted), ""
    elif budget is None:
        state, found, n, note = Shown.NOT_RUN, NOT_MEASURED, None, "the definition names no error budget"
    else:
        more = document.needed_error_free
        state, found, n = Shown.UNPROVEN, "no certificate", thousands(document.n_cases)
        note = f"at least {counted(more, 'further error-free case')} needed" if more is not None else ""
    return VerdictRow(
        state=Shown.STALE if stale else state,
        id="",
        what="errors when it acts alone",
        asked=f"at most {given_percent(certificate.alpha if certificate is not None else budget)}"
        if certificate is not None or budget is not None
        else "not set",
        found=found,
        n=n,
        note=note,
    )


def _acted_found(certificate: Certificate) -> str:
    share = f" ({percent(certificate.n_wrong / certificate.n_acted)})" if certificate.n_acted else ""
    bound = error_bound_text(certificate.upper_bound, searched=certificate.threshold is not None)
    return f"{certificate.n_wrong:,} wrong{share}; {bound}"


def _comparison_rows(document: ProofDocument, *, stale: bool) -> list[VerdictRow]:
    if not document.comparisons:
        return [
            VerdictRow(
                state=Shown.STALE if stale else Shown.NOT_RUN,
                id="",
                what="errors compared with a simple way",
                asked="fewer",
                found=NOT_MEASURED,
                n=None,
                note="nothing else was proved on the same cases",
            )
        ]
    return [_comparison_row(fact, document, stale=stale) for fact in document.comparisons]


def _comparison_row(fact: ComparisonFact, document: ProofDocument, *, stale: bool) -> VerdictRow:
    differ = fact.only_this_wrong + fact.only_other_wrong
    return VerdictRow(
        state=shown_state(fact.better, stale=stale),
        id="",
        what=f"errors compared with {fact.against}" + (" (baseline)" if fact.baseline else ""),
        asked="fewer",
        found=f"only it wrong {fact.only_this_wrong:,}, only {fact.against} wrong {fact.only_other_wrong:,}; "
        f"{p_value_text(fact.p_value)}",
        n=thousands(document.n_cases - document.n_kept),
        note=f"{counted(differ, 'case')} tell them apart",
    )


def _worst_first(rows: Iterable[VerdictRow]) -> tuple[VerdictRow, ...]:
    return tuple(sorted(rows, key=lambda row: row.state.rank))
