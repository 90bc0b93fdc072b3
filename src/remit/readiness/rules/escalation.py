"""Human escalation exists: who gets what the software does not decide, how soon, and who can stop it?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from remit.definition.expressions import Expression, activation
from remit.definition.model import Definition, EscalationPath, Metric, OnTimeout
from remit.errors import ExpressionInvalid
from remit.items import ReasonKind
from remit.readiness.current import Current
from remit.readiness.outcome import PASS, Failed, Fault, NotApplicable, Outcome, Unknown, verdict
from remit.readiness.registry import rule
from remit.readiness.rules.failures import SEVERE, modes_at

__all__ = [
    "capacity_suffices",
    "every_doubt_goes_somewhere",
    "paths_are_complete",
    "receiver_is_another",
    "stop_exists",
]

_HINDSIGHT = frozenset({"expected", "case"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doubt:
    """A reason why an item may need a person, in the words that ``escalation.paths.when`` sees."""

    kind: ReasonKind
    id: str
    words: str


def _paths(definition: Definition) -> tuple[EscalationPath, ...]:
    return definition.escalation.paths if definition.escalation else ()


def _doubts(definition: Definition) -> Iterator[_Doubt]:
    if definition.uncertainty is not None and definition.uncertainty.review_when is not None:
        yield _Doubt(kind=ReasonKind.REVIEW_WHEN, id="review_when", words="the answer is too uncertain")
    for constraint in definition.constraints:
        yield _Doubt(kind=ReasonKind.CONSTRAINT, id=constraint.id, words=f"constraint {constraint.id} is broken")
    for at in modes_at(definition):
        if at.mode.detect is not None and _is_live(at.mode.detect):
            yield _Doubt(kind=ReasonKind.FAILURE_MODE, id=at.mode.id, words=f"`{at.mode.mode}` is noticed")
    for i, never in enumerate(definition.autonomy.never if definition.autonomy else ()):
        kind = ReasonKind.NEVER_OUTPUT if _reads(never.when) & {"output", "answer"} else ReasonKind.NEVER_INPUT
        yield _Doubt(kind=kind, id=f"never[{i}]", words=f"never rule {i + 1} holds")
    for i, exclusion in enumerate(definition.scope.excludes if definition.scope else ()):
        if exclusion.when is not None and exclusion.then == "review":
            yield _Doubt(
                kind=ReasonKind.OUT_OF_SCOPE, id=f"excludes[{i}]", words=f"it is out of scope: {exclusion.what}"
            )
    for name, treatment in (definition.inputs.when_missing if definition.inputs else {}).items():
        if treatment == "review":
            words = "an input is missing" if name == "*" else f"`{name}` is missing"
            yield _Doubt(kind=ReasonKind.INPUT_REFUSED, id="" if name == "*" else name, words=words)
    yield _Doubt(kind=ReasonKind.FAULT, id="", words="there is no answer")
    yield _Doubt(kind=ReasonKind.TIMEOUT, id="", words="the answer is late")
    yield _Doubt(kind=ReasonKind.OUTPUT_INVALID, id="", words="the answer does not fit the outputs")
    yield _Doubt(kind=ReasonKind.LEVEL, id="", words="the level lets nothing act alone")
    yield _Doubt(kind=ReasonKind.CONFIDENCE, id="", words="the confidence is below the limit")
    yield _Doubt(kind=ReasonKind.CAP, id="", words="a cap is reached")
    yield _Doubt(kind=ReasonKind.BUDGET, id="", words="the error budget is spent")


def _reads(source: str) -> frozenset[str]:
    try:
        return Expression(source).roots
    except ExpressionInvalid:
        return frozenset()


def _is_live(detect: str) -> bool:
    roots = _reads(detect)
    return bool(roots) and not roots & _HINDSIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """A path with its condition compiled. Without a condition a path takes everything; a broken one takes nothing."""

    path: EscalationPath
    when: Expression | None
    broken: bool = False

    def takes(self, doubt: _Doubt) -> bool:
        if self.when is None:
            return not self.broken
        reason = {"kind": doubt.kind.value, "id": doubt.id, "text": doubt.words}
        return self.when.holds(activation(reason=reason)) is True


def _ways(definition: Definition) -> tuple[_Way, ...]:
    return tuple(_way(path) for path in _paths(definition))


def _way(path: EscalationPath) -> _Way:
    try:
        return _Way(path=path, when=None if path.when is None else Expression(path.when))
    except ExpressionInvalid:
        return _Way(path=path, when=None, broken=True)


@rule("HE01")
def every_doubt_goes_somewhere(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Every uncertain or violated case matches a path."""
    ways = _ways(definition)
    if not ways:
        expected = "at least one path with role, within, show and on_timeout"
        return Failed(faults=(Fault(path=("escalation", "paths"), variant="none", expected=expected),))
    return verdict(
        Fault(
            path=("escalation", "paths"),
            values={"x": doubt.words},
            expected=f"a path whose `when` is true for kind '{doubt.kind.value}'"
            + (f" and id '{doubt.id}'" if doubt.id else ""),
        )
        for doubt in _doubts(definition)
        if not any(way.takes(doubt) for way in ways)
    )


@rule("HE02")
def paths_are_complete(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """A path says who, how soon, what is sent, and what happens when nobody answers."""
    paths = _paths(definition)
    if not paths:
        return NotApplicable(why="there are no paths yet")
    return verdict(fault for i, path in enumerate(paths) for fault in _path_gaps(i, path))


def _path_gaps(i: int, path: EscalationPath) -> Iterator[Fault]:
    parts = (
        ("role", path.role, "role", "Name the role that decides."),
        ("within", path.within, "time limit", "Write how soon it is decided: within: 30m."),
        ("show", path.show or None, "list of what is shown", "Name the fields in `show`."),
        (
            "on_timeout",
            path.on_timeout,
            "answer to a time-out",
            "Write on_timeout: keep, {reassign: role} or {answer: {...}}.",
        ),
    )
    for key, value, words, mend in parts:
        if value is None:
            yield Fault(
                path=("escalation", "paths", i, key),
                values={"id": path.id, "what": words},
                expected=key,
                mend=mend,
            )


@rule("HE03")
def receiver_is_another(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Who receives a case is not who let its time run out, and not the owner where it is severe."""
    ways = _ways(definition)
    if not ways:
        return NotApplicable(why="there are no paths yet")
    severe = tuple(
        _Doubt(kind=ReasonKind.FAILURE_MODE, id=at.mode.id, words=at.mode.mode)
        for at in modes_at(definition)
        if at.mode.severity is not None and at.mode.severity >= SEVERE
    )
    return verdict(fault for i, way in enumerate(ways) for fault in _same_people(definition, i, way, severe))


def _same_people(definition: Definition, i: int, way: _Way, severe: tuple[_Doubt, ...]) -> Iterator[Fault]:
    path = way.path
    at = ("escalation", "paths", i)
    if path.role is None:
        return
    reassign = path.on_timeout.reassign if isinstance(path.on_timeout, OnTimeout) else None
    if _same(reassign, path.role):
        expected = "another role than the one that did not answer"
        yield Fault(path=(*at, "on_timeout", "reassign"), variant="timeout", expected=expected, found=reassign)
    owner = definition.owner.role if definition.owner else None
    if _same(owner, path.role):
        for doubt in severe:
            if way.takes(doubt):
                expected = f"another role than the owner, because the severity of {doubt.id} is {SEVERE} or more"
                yield Fault(path=(*at, "role"), expected=expected, found=path.role)


def _same(left: str | None, right: str) -> bool:
    return left is not None and " ".join(left.casefold().split()) == " ".join(right.casefold().split())


@rule("HE04")
def stop_exists(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Somebody can stop the work, and it is said what then becomes of it."""
    stop = definition.escalation.stop if definition.escalation else None
    path = ("escalation", "stop")
    faults = []
    if stop is None or not stop.who:
        faults.append(Fault(path=(*path, "who"), expected="at least one role"))
    if stop is None or stop.safe_state is None:
        mend = "Write safe_state: review, or reject."
        faults.append(Fault(path=(*path, "safe_state"), variant="state", expected="review or reject", mend=mend))
    return verdict(faults)


@rule("HE05")
def capacity_suffices(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """At peak, people can take the share that is meant to come to them."""
    share = _review_share(definition)
    if share is None:
        return Unknown(
            why="nobody said which share of the items people may get: there is no review_rate target",
            mend="Add a target {metric: review_rate, at_most: ...}.",
            path=("quality", "targets"),
        )
    peak = definition.today.peak_per_hour if definition.today else None
    if not isinstance(peak, float | int):
        return Unknown(
            why="the peak per hour is not known", mend="Count the busiest hour.", path=("today", "peak_per_hour")
        )
    paths = _paths(definition)
    capacities = [path.capacity_per_hour for path in paths if path.capacity_per_hour is not None]
    escalated, capacity = share * peak, sum(capacities)
    if escalated <= capacity:
        return PASS
    if len(capacities) < len(paths):
        first = next(i for i, path in enumerate(paths) if path.capacity_per_hour is None)
        return Unknown(
            why=f"nobody said how many items an hour the people of {paths[first].id} can take",
            mend="Write capacity_per_hour of every path.",
            path=("escalation", "paths", first, "capacity_per_hour"),
        )
    fault = Fault(
        path=("escalation", "paths"),
        values={"a": f"{escalated:g}", "b": f"{capacity:g}"},
        expected=f"at least {escalated:g} an hour",
        found=f"{capacity:g} an hour",
    )
    return Failed(faults=(fault,))


def _review_share(definition: Definition) -> float | None:
    targets = definition.quality.targets if definition.quality else ()
    shares = [
        target.at_most
        for target in targets
        if target.metric is Metric.REVIEW_RATE and target.at_most is not None and target.where is None
    ]
    return min(shares, default=None)
