"""Testable and observable behaviour: how would anybody know that it goes wrong, and for how long can it be told?"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta

from remit.definition.durations import parse_duration
from remit.definition.model import Definition, Metric, Observe, OnTimeout
from remit.readiness.current import Current
from remit.readiness.lexicons import MAIL_ADDRESS
from remit.readiness.outcome import PASS, Failed, Fault, NotApplicable, Outcome, Unknown, verdict
from remit.readiness.registry import rule
from remit.readiness.rules.testing import CORRECTNESS, n_faultless

__all__ = [
    "alert_reaches_a_person",
    "audits_suffice",
    "records_live_long_enough",
    "retention_fits_obligations",
    "targets_have_signals",
]

SIX_MONTHS = timedelta(days=183)

_HIGH_RISK = re.compile(r"(?<!not )(?<!no )\bhigh[\s-]risk\b", re.IGNORECASE)


def _observe(definition: Definition) -> Observe:
    return definition.observe if definition.observe is not None else Observe()


def _time(text: str | None) -> timedelta | None:
    return parse_duration(text) if text is not None else None


@rule("OB01")
def records_live_long_enough(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Records are kept for the window and the longest time in which an effect can be undone."""
    observe = _observe(definition)
    retain, window = _time(observe.retain), _time(observe.window)
    faults = [
        Fault(path=("observe", name), values={"f": name}, expected="a duration")
        for name, value in (("retain", retain), ("window", window))
        if value is None
    ]
    if retain is not None and window is not None:
        effects = definition.outputs.effects if definition.outputs else ()
        undo = max((_time(effect.undo_within) or timedelta() for effect in effects), default=timedelta())
        if retain < window + undo:
            expected = f"at least {_days(window + undo)}: the window and the longest undo_within"
            values = {"f": "a longer `retain`"}
            faults.append(Fault(path=("observe", "retain"), values=values, expected=expected, found=observe.retain))
    return verdict(faults)


def _days(time: timedelta) -> str:
    return f"{math.ceil(time / timedelta(days=1))}d"


@rule("OB02")
def targets_have_signals(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Every target about right and wrong has audits that would show it after release."""
    targets = definition.quality.targets if definition.quality else ()
    if not targets:
        return NotApplicable(why="there are no targets yet")
    if _observe(definition).audit_share is not None:
        return PASS
    return verdict(
        Fault(path=("quality", "targets", i), values={"q": target.id}, expected="observe.audit_share")
        for i, target in enumerate(targets)
        if target.metric in CORRECTNESS
    )


@rule("OB03")
def audits_suffice(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """The audits of one window could show that the work keeps its limit."""
    observe = _observe(definition)
    allowed = _allowed_error(definition)
    window = _time(observe.window)
    if allowed is None:
        return NotApplicable(why="no error budget and no target says how much may be wrong")
    if observe.audit_share is None or window is None:
        mend = "Write observe.audit_share and observe.window."
        return Unknown(why="the size of the audit sample is not written", mend=mend, path=("observe",))
    volume = definition.today.volume_per_day if definition.today else None
    if not isinstance(volume, float | int):
        return Unknown(why="the volume per day is not known", mend="Count it.", path=("today", "volume_per_day"))
    acted = volume * (window / timedelta(days=1)) * (1 - _review_share(definition))
    delta = definition.quality.delta if definition.quality else 0.05
    needed = n_faultless(1 - allowed, delta)
    audits = math.floor(acted * observe.audit_share)
    if needed is not None and audits >= needed:
        return PASS
    values = {"n": audits, "window": observe.window, "b": f"{allowed:g}"}
    expected = "a limit above 0" if needed is None else f"at least {needed} audits in a window"
    found = f"{audits} audits in {observe.window}"
    path = ("observe", "audit_share")
    if needed is None or acted < needed:
        mend = "Even auditing everything is too little: widen the window or the limit."
    else:
        mend = f"Audit at least {math.ceil(1000 * needed / acted) / 1000:g} of what is acted on."
    return Failed(faults=(Fault(path=path, values=values, expected=expected, found=found, mend=mend),))


def _allowed_error(definition: Definition) -> float | None:
    """The tightest limit on the share of wrong items, in [0, 1], None where none is written."""
    limits: list[float] = []
    if definition.autonomy is not None and definition.autonomy.error_budget is not None:
        limits.append(definition.autonomy.error_budget)
    for target in definition.quality.targets if definition.quality else ():
        if target.metric is Metric.ACCURACY and target.at_least is not None and 0 <= target.at_least <= 1:
            limits.append(1 - target.at_least)
        if target.metric is Metric.ERROR_RATE and target.at_most is not None and 0 <= target.at_most <= 1:
            limits.append(target.at_most)
    return min(limits, default=None)


def _review_share(definition: Definition) -> float:
    targets = definition.quality.targets if definition.quality else ()
    shares = [one.at_most for one in targets if one.metric is Metric.REVIEW_RATE and one.at_most is not None]
    return min((share for share in shares if 0 <= share <= 1), default=0.0)


@rule("OB04")
def alert_reaches_a_person(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """An alert goes to a mail address or to a role that the definition knows."""
    alert = _observe(definition).alert
    path = ("observe", "alert")
    expected = "a mail address, or a role of this definition"
    if alert is None:
        return Failed(faults=(Fault(path=path, expected=expected),))
    known = MAIL_ADDRESS.match(alert) or alert.casefold() in {role.casefold() for role in _roles(definition)}
    return verdict(() if known else (Fault(path=path, expected=expected, found=alert),))


def _roles(definition: Definition) -> set[str]:
    found = {one.role for one in (definition.owner, definition.accountable) if one is not None}
    if (escalation := definition.escalation) is not None:
        found |= {path.role for path in escalation.paths if path.role is not None}
        found |= {
            path.on_timeout.reassign
            for path in escalation.paths
            if isinstance(path.on_timeout, OnTimeout) and path.on_timeout.reassign is not None
        }
        found |= set(escalation.stop.who if escalation.stop else ())
    return found


@rule("OB05")
def retention_fits_obligations(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Logs are kept for six months where the AI Act asks for it."""
    named = definition.obligations.eu_ai_act if definition.obligations else None
    if named is None or not _HIGH_RISK.search(named):
        return NotApplicable(why="no obligation of a high-risk system is written")
    retain = _time(_observe(definition).retain)
    if retain is not None and retain >= SIX_MONTHS:
        return PASS
    found = _observe(definition).retain or "not at all"
    values = {"d": found, "e": f"{SIX_MONTHS.days}d"}
    return Failed(faults=(Fault(path=("observe", "retain"), values=values, expected="at least 183d", found=found),))
