"""From a proof document to all that is shown of it, in the order in which it is read."""

from __future__ import annotations

from remit.proof.document import Baseline, BudgetOutlook, CostPer1000, ProofDocument, RouteCount, WrongCase
from remit.report.numbers import (
    NOT_MEASURED,
    Rounding,
    about,
    chance_percent,
    confidence_text,
    counted,
    duration,
    given_percent,
    moment,
    money,
    percent,
    sure_text,
    thousands,
    wrong_of,
)
from remit.report.proof_view.cascade import cascade_view
from remit.report.proof_view.claim import claim_of, tiles_of
from remit.report.proof_view.rows import (
    BaselineRow,
    ConfusionRow,
    CostRow,
    ExpectedNotice,
    Line,
    Matrix,
    MatrixRow,
    OutlookRow,
    ProofView,
    RouteRow,
    WrongRow,
)
from remit.report.proof_view.second_person import second_person_view
from remit.report.proof_view.verdicts import slice_certificate_rows, slice_rows, verdict_rows
from remit.report.text import sentence

__all__ = ["proof_view"]

_MOST_MATRIX_LABELS = 12
_NO_ANSWER = "no answer"


def proof_view(
    document: ProofDocument,
    *,
    stale: str | None = None,
    notice: ExpectedNotice | None = None,
    most_wrong: int = 100,
    most_confusions: int = 20,
) -> ProofView:
    """The view model of ``document``.

    ``stale`` says in a clause why the proof no longer counts ("the definition changed in what the evidence is
    about"); every verdict is then ``stale``. ``notice`` is what the audits of this work are expected to notice, where
    somebody computed it.
    """
    is_stale = stale is not None
    wrong = sorted(document.wrong_cases, key=_most_confident_first)
    return ProofView(
        heading=f"Proof of {document.executor.name} for {document.title or document.work}",
        subheading=f"{document.work} · {document.executor.kind} · {moment(document.made_at)}",
        claim=claim_of(document, stale=stale, notice=notice),
        tiles=tiles_of(document),
        verdicts=verdict_rows(document, stale=is_stale),
        slices=slice_rows(document, stale=is_stale),
        slice_certificates=slice_certificate_rows(document, stale=is_stale),
        second_person=second_person_view(document),
        cascade=cascade_view(document),
        baselines=tuple(_baseline_row(baseline, document) for baseline in document.baselines),
        outlook=tuple(_outlook_row(row, document) for row in sorted(document.outlook, key=lambda row: row.alpha)),
        routes=_route_rows(document),
        costs=tuple(_cost_row(cost, document) for cost in document.costs),
        matrices=_matrices(document),
        confusions=_confusion_rows(document)[:most_confusions],
        wrong=tuple(_wrong_row(case) for case in wrong[:most_wrong]),
        n_wrong_left_out=max(0, document.n_wrong - min(len(wrong), most_wrong)),
        facts=_facts(document),
        digests=_digests(document),
        method=tuple(sentence(text) for text in document.method),
        assumptions=tuple(sentence(text) for text in _assumptions(document)),
        limits=tuple(sentence(text) for text in document.limits),
        reproduce=document.reproduce,
        sure=sure_text(document.delta_full),
    )


def _baseline_row(baseline: Baseline, document: ProofDocument) -> BaselineRow:
    right = 1 - baseline.n_wrong / baseline.n if baseline.n else None
    return BaselineRow(
        name=baseline.name,
        what=baseline.what,
        wrong=wrong_of(baseline.n_wrong, baseline.n),
        accuracy=f"{percent(right)}; at least {percent(baseline.lower, Rounding.DOWN)}, at most "
        f"{percent(baseline.upper, Rounding.UP)} (each {sure_text(document.delta_full)})",
    )


def _outlook_row(row: BudgetOutlook, document: ProofDocument) -> OutlookRow:
    certified = row.coverage is not None
    if certified:
        allows = f"acts alone on {percent(row.coverage)}"
    elif row.n_more is not None:
        allows = f"nothing yet; {about(row.n_more, 'more case')} would likely do"
    else:
        allows = "nothing; at these rates no number of cases would do"
    return OutlookRow(
        budget=f"at most {given_percent(row.alpha)}",
        allows=allows,
        threshold=confidence_text(row.threshold) if row.threshold is not None else None,
        wrong=wrong_of(row.n_wrong, row.n_acted) if certified else "–",
        is_budget=row.alpha == document.error_budget,
        certified=certified,
    )


def _route_rows(document: ProofDocument) -> tuple[RouteRow, ...]:
    n_all = sum(row.n for row in document.routes)
    return tuple(
        RouteRow(
            route=row.route,
            reason=_route_reason(row),
            n=thousands(row.n),
            share=percent(row.n / n_all) if n_all else NOT_MEASURED,
        )
        for row in sorted(document.routes, key=lambda row: -row.n)
    )


def _route_reason(row: RouteCount) -> str:
    named = f" ({row.reason_id})" if row.reason_id not in ("", row.reason) else ""
    return row.reason.replace("_", " ") + named + (f": {row.about}" if row.about else "")


def _cost_row(cost: CostPer1000, document: ProofDocument) -> CostRow:
    return CostRow(
        policy=cost.policy,
        estimate=money(cost.estimate, document.currency),
        upper=money(cost.upper, document.currency, Rounding.UP),
        note=cost.why_not or "",
    )


def _matrices(document: ProofDocument) -> tuple[Matrix, ...]:
    found = []
    for decision in dict.fromkeys(cell.decision for cell in document.confusion):
        cells = [cell for cell in document.confusion if cell.decision == decision]
        expected = sorted({cell.expected for cell in cells})
        answered = {cell.answered for cell in cells}
        others = sorted(answer for answer in answered if answer is not None and answer not in expected)
        answers = [*expected, *others, *([None] if None in answered else [])]
        if len(answers) > _MOST_MATRIX_LABELS:
            continue
        counts = {(cell.expected, cell.answered): cell.n for cell in cells}
        rows = [
            MatrixRow(expected=right, counts=(row := tuple(counts.get((right, a), 0) for a in answers)), n=sum(row))
            for right in expected
        ]
        shown = tuple(answer if answer is not None else _NO_ANSWER for answer in answers)
        found.append(Matrix(decision=decision, answers=shown, rows=tuple(rows)))
    return tuple(found)


def _confusion_rows(document: ProofDocument) -> tuple[ConfusionRow, ...]:
    wrong = [cell for cell in document.confusion if cell.answered != cell.expected and cell.n]
    return tuple(
        ConfusionRow(
            decision=cell.decision,
            expected=cell.expected,
            answered=cell.answered if cell.answered is not None else _NO_ANSWER,
            n=thousands(cell.n),
        )
        for cell in sorted(wrong, key=lambda cell: -cell.n)
    )


def _most_confident_first(case: WrongCase) -> tuple[float, str]:
    return (-case.confidence if case.confidence is not None else 2.0, case.case)


def _wrong_row(case: WrongCase) -> WrongRow:
    answered = case.answered if case.answered is not None else _NO_ANSWER
    return WrongRow(
        case=case.case,
        expected=case.expected,
        answered=f"{answered} ({case.fault})" if case.fault else answered,
        confidence=confidence_text(case.confidence) if case.confidence is not None else "none",
    )


def _facts(document: ProofDocument) -> tuple[Line, ...]:
    executor = document.executor
    lines = [
        Line(
            label="Executor",
            value=f"{executor.name}, {executor.kind}"
            + (f", version {executor.version}" if executor.version else "")
            + (f", by {executor.author}" if executor.author else ""),
        ),
        Line(label="Confidence", value="given" if executor.gives_confidence else "not given"),
        Line(
            label="Cost per item",
            value=("at most " if document.cascade is not None else "")
            + money(executor.cost_per_item, document.currency)
            if executor.cost_per_item is not None
            else "nobody knows it",
        ),
        Line(label="Cases", value=_cases(document)),
        Line(label="Errors that fit no failure mode", value=_unlisted(document)),
        Line(label="Calibration", value=_calibration(document)),
        Line(label="Attempt", value=_attempt(document)),
        Line(label="Time to answer", value=f"{duration(document.executor_seconds)}, all cases together"),
    ]
    return tuple(lines)


def _cases(document: ProofDocument) -> str:
    n_asked = document.n_cases - document.n_kept
    kept = f", {document.n_kept:,} of them kept for people before anything runs" if document.n_kept else ""
    return (
        f"{counted(document.n_cases, 'case')}{kept}; {wrong_of(document.n_wrong, n_asked)}, among these "
        f"{counted(document.n_errors, 'error')}, {counted(document.n_timeouts, 'time-out')}, "
        f"{counted(document.n_invalid_outputs, 'invalid output')}"
    )


def _attempt(document: ProofDocument) -> str:
    if document.attempt == 0:
        return "none: a baseline spends nothing"
    return (
        f"number {document.attempt}; it spent {chance_percent(document.delta)} of the "
        f"{given_percent(document.delta_full)} that all attempts together may be wrong by"
    )


def _unlisted(document: ProofDocument) -> str:
    if not document.n_unlisted:
        return "none"
    sample = ", ".join(document.unlisted_sample)
    n_more = document.n_unlisted - len(document.unlisted_sample)
    more = f" and {n_more:,} more" if sample and n_more > 0 else ""
    return f"{document.n_unlisted:,} of {document.n_wrong:,} wrong" + (f": {sample}{more}" if sample else "")


def _calibration(document: ProofDocument) -> str:
    calibration = document.calibration
    if calibration is None:
        return NOT_MEASURED
    return (
        f"confidence is off by {percent(calibration.error)} on average (expected calibration error), "
        "bootstrap interval up to "
        f"{percent(calibration.upper, Rounding.UP)}, n = {calibration.n:,}; shown, never a verdict"
    )


def _digests(document: ProofDocument) -> tuple[Line, ...]:
    return (
        Line(label="Definition", value=document.definition_digest, exact=True),
        Line(label="Evidence", value=document.evidence_digest, exact=True),
        Line(label="Executor", value=document.executor.digest, exact=True),
        Line(label="Case set", value=document.case_set_digest, exact=True),
    )


def _assumptions(document: ProofDocument) -> tuple[str, ...]:
    certificate = document.certificate
    own = certificate.assumptions if certificate is not None else ()
    return tuple(dict.fromkeys((*document.assumptions, *own)))
