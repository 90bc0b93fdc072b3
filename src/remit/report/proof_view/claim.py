"""May it act alone? The answer in one sentence, what it means, and the three numbers on top."""

from __future__ import annotations

import math
from collections.abc import Sequence

from remit.autonomy.certificate import Certificate
from remit.proof.document import ProofDocument
from remit.readiness.facts import TargetVerdict
from remit.report.numbers import (
    about,
    chance_percent,
    confidence_text,
    counted,
    error_bound_text,
    given_percent,
    percent,
    thousands,
    wrong_of,
)
from remit.report.proof_view.rows import Claim, ExpectedNotice, Tile
from remit.report.states import Shown
from remit.report.text import sentence

__all__ = ["claim_of", "leader_sentence", "tiles_of"]


def leader_sentence(
    *, alpha: float, delta: float, delta_attempt: float | None, notice: ExpectedNotice | None = None
) -> str:
    """The sentence that a leader reads, and nothing stronger.

    Without ``notice`` the sentence speaks of the evidence alone.

    Args:
        alpha: the error budget.
        delta: what all attempts, and all checks, together may be wrong about.
        delta_attempt: what this attempt may be wrong about; None for a baseline, which is no attempt.
        notice: after how many audits a worsening is expected to be noticed.
    """
    budget, chance = given_percent(alpha), given_percent(delta)
    if notice is None:
        this = "" if delta_attempt is None else f"{chance_percent(delta_attempt)} for this attempt and at most "
        whole = "" if delta_attempt is None else " over all attempts together"
        return (
            f"If its error rate on these items were at or above {budget}, the chance that evidence like this would "
            f"let it act alone is at most {this}{chance}{whole}. A proof does not notice when it gets worse later: "
            "audits do, once it acts, and `remit plan` says how soon."
        )
    days = f" ({counted(math.ceil(notice.days), 'day')} at your audit share)" if notice.days is not None else ""
    later = f"if it gets worse later we expect to notice after about {counted(notice.n_audits, 'audit')}{days}"
    return (
        f"If its error rate on these items is at or above {budget}, the chance that our checks ever let it act alone "
        f"is at most {chance}; while it is below, the chance that we ever stop it by mistake is at most {chance}; "
        f"{later}, and mistakes until then are real."
    )


def claim_of(document: ProofDocument, *, stale: str | None, notice: ExpectedNotice | None) -> Claim:
    """May it act alone, or why not and how many more cases. It is met only when every target is.

    ``stale`` says why the proof no longer counts.
    """
    certificate = document.certificate
    beware = tuple(sentence(f"Beware: {text}") for text in document.warnings)
    if certificate is None:
        state, headline, sentences = Shown.UNPROVEN, "It may not act alone yet.", (*_why_not(document), *beware)
        if document.error_budget is None:
            state = Shown.NOT_RUN
    else:
        missed, unproven = (_ids_of(document, verdict) for verdict in (TargetVerdict.MISSED, TargetVerdict.UNPROVEN))
        state = Shown.MISSED if missed else Shown.UNPROVEN if unproven else Shown.MET
        headline = " ".join([_may_act(certificate), *_but(missed, unproven)])
        sentences = (
            f"Of the cases it would have acted on: {_certificate_found(certificate)}.",
            *beware,
            leader_sentence(
                alpha=certificate.alpha,
                delta=document.delta_full,
                delta_attempt=None if document.attempt == 0 else document.delta,
                notice=notice,
            ),
        )
    if stale is not None:
        then = "It said: " if certificate is not None else ""
        return Claim(
            state=Shown.STALE,
            headline="This proof no longer counts.",
            sentences=(sentence(stale), f"{then}{headline}", *sentences),
        )
    return Claim(state=state, headline=headline, sentences=sentences)


def _ids_of(document: ProofDocument, verdict: TargetVerdict) -> tuple[str, ...]:
    return tuple(target.id for target in document.targets if target.verdict is verdict)


def _but(missed: Sequence[str], unproven: Sequence[str]) -> list[str]:
    # A certificate speaks of what it would act on alone; the targets are about all of the work.
    named = ((Shown.MISSED, missed), (Shown.UNPROVEN, unproven))
    said = "; ".join(f"{state} {', '.join(ids)}" for state, ids in named if ids)
    return [f"But not every target is met: {said}."] if said else []


def _may_act(certificate: Certificate) -> str:
    share = f"{percent(certificate.coverage)} of the cases"
    if certificate.threshold is None:
        return (
            f"It may act alone on {share}. It gives no confidence, so it is all or nothing: every item that the "
            "definition leaves to it."
        )
    return (
        f"It may act alone on {share}: those it answers with a confidence of "
        f"{confidence_text(certificate.threshold)} or more."
    )


def _certificate_found(certificate: Certificate) -> str:
    # The budget is what is guaranteed, by the leader's sentence; the bound says how far inside it the evidence is.
    n = certificate.n_acted
    rate = f"{percent(certificate.n_wrong / n)} wrong, " if n else ""
    bound = error_bound_text(certificate.upper_bound, searched=certificate.threshold is not None)
    return f"{rate}{bound}; {wrong_of(certificate.n_wrong, n)}"


def _why_not(document: ProofDocument) -> tuple[str, ...]:
    sentences = [sentence(document.no_certificate or "the evidence does not reach, and the proof does not say why")]
    if document.error_budget is None:
        return tuple(sentences)
    if document.needed_error_free is not None:
        sentences.append(
            f"At least {counted(document.needed_error_free, 'further case')} without an error would be needed to act "
            f"alone with at most {given_percent(document.error_budget)} wrong."
        )
    sentences.extend(
        f"If its rates stay what they are, {about(row.n_more, 'more case')} would make a certificate likely (80 %)."
        for row in document.outlook
        if row.alpha == document.error_budget and row.coverage is None and row.n_more is not None
    )
    return tuple(sentences)


def tiles_of(document: ProofDocument) -> tuple[Tile, ...]:
    """The three numbers on top: what may be wrong, what was found, and how much it may do alone."""
    certificate = document.certificate
    budget = document.error_budget
    tiles = [
        Tile(
            label="Error budget",
            value=f"at most {given_percent(budget)}" if budget is not None else "not set",
            note="of what it acts on alone may be wrong"
            if budget is not None
            else "the definition names no error budget",
        )
    ]
    if certificate is None:
        more = document.needed_error_free
        tiles.append(
            Tile(
                label="Found",
                value="not proven",
                note=f"{thousands(more)} more error-free cases at least" if more is not None else "see below why",
            )
        )
        tiles.append(Tile(label="Acts alone on", value="nothing", note=f"of {counted(document.n_cases, 'case')}"))
        return tuple(tiles)
    above = (
        f", confidence {confidence_text(certificate.threshold)} or more" if certificate.threshold is not None else ""
    )
    tiles.append(
        Tile(
            label="Found",
            value=f"{percent(certificate.n_wrong / certificate.n_acted)} wrong"
            if certificate.n_acted
            else "nothing to judge",
            note=f"{wrong_of(certificate.n_wrong, certificate.n_acted)}; "
            f"{error_bound_text(certificate.upper_bound, searched=certificate.threshold is not None)}",
        )
    )
    tiles.append(
        Tile(
            label="Acts alone on",
            value=percent(certificate.coverage),
            note=f"{certificate.n_acted:,} of {counted(certificate.n_cases, 'case')}{above}",
        )
    )
    return tuple(tiles)
