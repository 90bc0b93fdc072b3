"""The work and its value in use: is as much done as written, is it alive, does it help, does anything move?"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from remit.definition.digests import definition_digest
from remit.definition.model import Definition
from remit.readiness.current import Current
from remit.readiness.operation.facts import OperationFacts, OutcomeFact
from remit.readiness.outcome import PASS, Failed, Fault, NotApplicable, Outcome, Unknown
from remit.readiness.rules.running.measured import about_running

__all__ = ["definition_is_alive", "evidence_is_new", "value_shows", "volume_is_as_written"]

MOST_OFF = 0.25
FEWEST_DAYS = 7
OLDEST_SIGNATURE = timedelta(days=180)
LONGEST_PAUSE = timedelta(days=30)
FEWEST_VALUES = 5


@about_running("WD13")
def volume_is_as_written(definition: Definition, found: OperationFacts, _current: Current, _now: datetime) -> Outcome:
    """As many items come in a day as somebody wrote, to within a quarter."""
    path = ("today", "volume_per_day")
    written = definition.today.volume_per_day if definition.today else None
    if not isinstance(written, float | int):
        return Unknown(why="the volume per day is not written", mend="Count it.", path=path)
    load = found.load
    if load is None or load.per_day is None or load.n_days < FEWEST_DAYS:
        n = 0 if load is None else load.n_days
        why = f"not measured yet: items were counted on {n} whole days, {FEWEST_DAYS} show a volume"
        return Unknown(why=why, mend=f"remit drill status {definition.id}, once it has run for a week", path=path)
    if abs(load.per_day - written) <= MOST_OFF * written:
        return PASS
    values = {"a": f"{written:g}", "b": f"{load.per_day:.4g}"}
    return Failed(faults=(Fault(path=path, values=values, expected="within 25 %", found=f"{load.per_day:.4g}"),))


@about_running("WD16")
def definition_is_alive(definition: Definition, found: OperationFacts, _current: Current, now: datetime) -> Outcome:
    """The definition was changed, or signed by a grant, within 180 days."""
    if found.definition_digest is not None and found.definition_digest != definition_digest(definition):
        return PASS  # it was changed since
    known = [at for at in (found.signed_at, found.used_since) if at is not None]
    if not known:
        return Unknown(
            why="not measured yet: nothing was decided, proved or granted with it", mend=f"remit grant {definition.id}"
        )
    age = now - max(known)
    if age <= OLDEST_SIGNATURE:
        return PASS
    return Failed(faults=(Fault(values={"d": age.days}, expected=f"at most {OLDEST_SIGNATURE.days} days"),))


def _no_outcome(definition: Definition, _current: Current) -> str | None:
    outcome = definition.intent.outcome if definition.intent else None
    return None if outcome is not None and outcome.by is not None else "there is no outcome with a date yet"


@about_running("LV01", unless=_no_outcome)
def value_shows(definition: Definition, found: OperationFacts, _current: Current, now: datetime) -> Outcome:
    """By half of its time the measure lies on the target's side of the baseline, more often than by chance."""
    outcome = definition.intent.outcome if definition.intent else None
    values = found.outcome
    if outcome is None or outcome.by is None or values is None or values.measure != outcome.measure:
        measure = "the measure" if outcome is None else outcome.measure
        why = f"not measured yet: no value of {measure} was recorded"
        return Unknown(why=why, mend=f"remit outcome add {definition.id} --value NUMBER", path=("intent", "outcome"))
    end = datetime.combine(date.fromisoformat(outcome.by), time(), tzinfo=UTC)
    half = values.first_at + (end - values.first_at) / 2
    if now < half:
        return NotApplicable(why=f"it is judged from half of its time on: {half.date().isoformat()}")
    return _moved(definition, values, now)


def _moved(definition: Definition, values: OutcomeFact, now: datetime) -> Outcome:
    if values.better.lower > 0.5:
        return PASS
    if values.better.n < FEWEST_VALUES:
        why = f"{values.better.n} values since the first: {FEWEST_VALUES} could show a change"
        return Unknown(why=why, mend=f"remit outcome add {definition.id} --value NUMBER", path=("intent", "outcome"))
    days = (now - values.first_at).days
    said = f"{values.better.k} of {values.better.n} values better than the baseline"
    return Failed(faults=(Fault(path=("intent", "outcome"), values={"d": days}, found=said),))


@about_running("LV03")
def evidence_is_new(definition: Definition, found: OperationFacts, _current: Current, now: datetime) -> Outcome:
    """A truth, a proof, a grant or a drill came within 30 days."""
    at = found.evidence_at
    if at is None:
        why = "not measured yet: there is no evidence, neither proof nor truth, grant or drill"
        return Unknown(why=why, mend=f"remit prove {definition.id}")
    if now - at <= LONGEST_PAUSE:
        return PASS
    next_step = f"remit check {definition.id} says what is missing for the next level"
    values = {"d": (now - at).days, "x": next_step}
    fault = Fault(
        values=values, expected=f"at most {LONGEST_PAUSE.days} days", mend=f"Next smallest step: {next_step}."
    )
    return Failed(faults=(fault,))
