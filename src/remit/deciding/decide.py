"""One item, from its arrival to its route: steps 0 to 5, in their order, each a small function.

stop, admit, keep, perform, check, route.  No step reaches back, nothing here touches a store, and every door, every
proof and every simulation comes through this module: a second copy of this path is a defect.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC
from enum import StrEnum
from typing import assert_never

from remit.autonomy.route import Objection, Terms, route
from remit.deciding.decision import NOTHING_FOUND, Checked, Decision
from remit.deciding.prepare import Prepared, Rule
from remit.definition.expressions import Activation, NotEvaluated, activation
from remit.definition.levels import Level
from remit.definition.model import FailureKind, UseValue
from remit.definition.positions import dotted
from remit.items import Answer, Fault, FaultKind, Item, JsonObject, Reason, ReasonKind, Route

__all__ = ["Stopped", "check_output", "decide", "decide_again", "decide_async"]


class Stopped(StrEnum):
    """What is stopped: the executor alone, or the work (or everything)."""

    EXECUTOR = "executor"
    WORK = "work"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Admitted:
    """An item that may go on, or what stands against it already."""

    input: JsonObject
    objections: tuple[Objection, ...]


def decide(
    work: Prepared,
    item: Item,
    *,
    perform: Callable[[JsonObject], Answer],
    terms: Terms,
    stopped: Stopped | None = None,
) -> Decision:
    """What becomes of one item.

    Args:
        work: the prepared definition.
        item: what came.
        perform: asks the executor; must never raise (``remit.executors.perform``).
        terms: the level that counts now, with its limits.
        stopped: what is stopped, if anything.
    """
    kept = _keep(work, item, _admit(work, item), terms, stopped)
    answer = None if kept.objections or terms.level is Level.MANUAL else perform(kept.input)
    return _conclude(work, item, kept, answer, terms)


async def decide_async(
    work: Prepared,
    item: Item,
    *,
    perform: Callable[[JsonObject], Awaitable[Answer]],
    terms: Terms,
    stopped: Stopped | None = None,
) -> Decision:
    """The async twin of :func:`decide`."""
    kept = _keep(work, item, _admit(work, item), terms, stopped)
    answer = None if kept.objections or terms.level is Level.MANUAL else await perform(kept.input)
    return _conclude(work, item, kept, answer, terms)


def decide_again(decision: Decision, *, terms: Terms, stopped: Stopped | None) -> Decision:
    """What remains of an ``act`` when the terms are looked at again before it is recorded; others stay as they are.

    Nothing stood against the item itself, so all that can change is what the terms and a stop say.
    """
    if decision.route is not Route.ACT:
        return decision
    confidence = None if decision.answer is None else decision.answer.confidence
    objections = () if stopped is None else (_stopped_meanwhile(stopped),)
    routed = route(objections, confidence=confidence, terms=terms)
    if routed.route is Route.ACT:
        return decision
    return replace(decision, route=routed.route, level=terms.level, reasons=(*routed.reasons, *decision.reasons))


def _stopped_meanwhile(stopped: Stopped) -> Objection:
    work = stopped is Stopped.WORK
    text = f"{'the work' if work else 'the executor'} was stopped while this item was decided"
    return Objection(
        reason=Reason(kind=ReasonKind.STOPPED, text=text), route=Route.STOPPED if work else Route.INCUMBENT
    )


def _admit(work: Prepared, item: Item) -> _Admitted:
    """Step 1: the input against its schema; what is missing (absent or null) is treated as declared, never guessed."""
    given = {name: value for name, value in item.input.items() if value is not None}
    objections: list[Objection] = []
    for name in work.may_be_missing:
        if name in given:
            continue
        match work.when_missing.get(name, work.when_missing.get("*")):
            case UseValue(use=value):
                given[name] = value
            case "review":
                objections.append(_refused(f"`{name}` is missing: a person decides", name, Route.REVIEW))
            case _:
                objections.append(_refused(f"`{name}` is missing: the item is refused", name, Route.REJECT))
    if objections:
        return _Admitted(input=given, objections=tuple(objections))
    if work.input_check.is_valid(given):
        return _Admitted(input=work.admit_input(given), objections=())
    return _Admitted(
        input=given,
        objections=tuple(
            _refused(
                f"the input does not fit: {dotted(fault.path) or 'input'}: {fault.message}",
                dotted(fault.path),
                Route.REJECT,
            )
            for fault in work.input_check.faults(given)
        ),
    )


def _refused(text: str, id_: str, to: Route) -> Objection:
    return Objection(reason=Reason(kind=ReasonKind.INPUT_REFUSED, text=text, id=id_), route=to)


def _keep(work: Prepared, item: Item, admitted: _Admitted, terms: Terms, stopped: Stopped | None) -> _Admitted:
    """Steps 0 and 2: what is stopped, and the rules that keep an item for a person before anything runs."""
    speaks_of_input = work.excludes or work.keep_never or work.keep_modes
    if stopped is None and (admitted.objections or not speaks_of_input):
        return admitted
    objections = list(_stop(work, stopped))
    if admitted.objections or stopped is Stopped.WORK or terms.level is Level.MANUAL:
        return _Admitted(input=admitted.input, objections=(*objections, *admitted.objections))
    if speaks_of_input:
        values = activation(input=admitted.input, item=_item_values(item))
        objections.extend(_kept(work, values))
    return _Admitted(input=admitted.input, objections=tuple(objections))


def _stop(work: Prepared, stopped: Stopped | None) -> Iterator[Objection]:
    match stopped:
        case None:
            return
        case Stopped.WORK:
            stop = work.definition.escalation.stop if work.definition.escalation else None
            safe = stop.safe_state if stop is not None else None
            then = "the item is refused" if safe == "reject" else "a person decides"
            yield Objection(
                reason=Reason(kind=ReasonKind.STOPPED, text=f"this work is stopped: {then}"), route=Route.STOPPED
            )
        case Stopped.EXECUTOR:
            yield Objection(
                reason=Reason(kind=ReasonKind.STOPPED, text="this executor is stopped: the incumbent does the work"),
                route=Route.INCUMBENT,
            )
        case _:
            assert_never(stopped)


def _kept(work: Prepared, values: Activation) -> Iterator[Objection]:
    for rule, exclusion in work.excludes:
        if rule.expression.holds(values) is True:
            yield Objection(
                reason=Reason(kind=ReasonKind.OUT_OF_SCOPE, text=f"out of scope: {exclusion.what}", id=rule.id),
                route=Route.REJECT if exclusion.then == "reject" else Route.REVIEW,
            )
    for rule in work.keep_never:
        if rule.expression.holds(values) is not False:
            yield Objection(reason=_reason(ReasonKind.NEVER_INPUT, rule, "never automated"))
    for rule in work.keep_modes:
        if rule.expression.holds(values) is True:
            yield Objection(reason=_reason(ReasonKind.FAILURE_MODE, rule, "noticed"))


def _reason(kind: ReasonKind, rule: Rule, lead: str) -> Reason:
    return Reason(kind=kind, text=f"{lead}: {rule.text}", id=rule.id, blocks=rule.blocks)


def _conclude(work: Prepared, item: Item, kept: _Admitted, answer: Answer | None, terms: Terms) -> Decision:
    """Steps 4 and 5: check the answer, then route."""
    checked = None
    objections = kept.objections
    if answer is not None:
        faults = _output_faults(work, answer)
        if answer.output is not None and not faults and work.output_has_numbers:
            answer = replace(answer, output=work.admit_output(answer.output))
        checked = _check(work, item, kept.input, answer, faults)
        if checked is not NOTHING_FOUND or answer.fault is not None:
            objections = (*objections, *_objections(work, answer, checked))
    routed = route(objections, confidence=None if answer is None else answer.confidence, terms=terms)
    return Decision(
        route=routed.route,
        reasons=routed.reasons,
        level=terms.level,
        input=kept.input,
        answer=answer,
        checked=checked,
        eligible=routed.eligible and answer is not None,
    )


def check_output(work: Prepared, item: Item, given: JsonObject, answer: Answer) -> Checked:
    """Step 4 alone: the answer of a person is held against the same schema and constraints as an executor's."""
    faults = _output_faults(work, answer)
    if answer.output is not None and not faults:
        answer = replace(answer, output=work.admit_output(answer.output))
    return _check(work, item, given, answer, faults)


def _output_faults(work: Prepared, answer: Answer) -> tuple[str, ...]:
    if answer.output is None or work.output_check.is_valid(answer.output):
        return ()
    return tuple(f"{dotted(one.path) or 'output'}: {one.message}" for one in work.output_check.faults(answer.output))


def _check(work: Prepared, item: Item, given: JsonObject, answer: Answer, faults: tuple[str, ...]) -> Checked:
    """Constraints, live failure modes, ``never`` and ``review_when`` on an answer.

    A constraint that can't be evaluated counts as violated, a ``never`` and ``review_when`` as true, a ``detect`` as
    not noticed; each is named in ``not_evaluated``.
    """
    usable = answer.output is not None and not faults
    roots: dict[str, JsonObject] = {"input": given}
    if "item" in work.mentioned:
        roots["item"] = _item_values(item)
    if "answer" in work.mentioned:
        roots["answer"] = _answer_values(answer)
    if usable and answer.output is not None:
        roots["output"] = answer.output
    silent: list[str] = []
    is_quiet = usable and work.quiet.holds(roots)
    if is_quiet and not work.apart:
        return NOTHING_FOUND
    values = activation(**roots)
    if is_quiet:
        return Checked(modes=tuple(_true(work.apart, values, silent)), not_evaluated=tuple(silent))
    review_when = work.review_when
    return Checked(
        output_faults=faults,
        violated=tuple(_not_true(work.constraints, values, silent)) if usable else (),
        never=tuple(_not_false(work.never, values, silent)) if usable else (),
        modes=tuple(_true(work.modes, values, silent)),
        review_when=usable and review_when is not None and bool(list(_not_false((review_when,), values, silent))),
        not_evaluated=tuple(silent),
    )


def _true(rules: tuple[Rule, ...], values: Activation, silent: list[str]) -> Iterator[str]:
    for rule in rules:
        if _asked(rule, values, silent) is True:
            yield rule.id


def _not_true(rules: tuple[Rule, ...], values: Activation, silent: list[str]) -> Iterator[str]:
    for rule in rules:
        if _asked(rule, values, silent) is not True:
            yield rule.id


def _not_false(rules: tuple[Rule, ...], values: Activation, silent: list[str]) -> Iterator[str]:
    for rule in rules:
        if _asked(rule, values, silent) is not False:
            yield rule.id


def _asked(rule: Rule, values: Activation, silent: list[str]) -> bool | None:
    found = rule.expression.holds(values)
    if isinstance(found, NotEvaluated):
        silent.append(f"{rule.id}: {found.reason}")
        return None
    return found


def _objections(work: Prepared, answer: Answer, checked: Checked) -> Iterator[Objection]:
    if answer.fault is not None:
        yield _fault(work, answer.fault)
    if checked.output_faults:
        text = f"the answer does not fit: {checked.output_faults[0]}"
        kinds = (FailureKind.MISSING, FailureKind.WRONG)
        yield Objection(reason=Reason(kind=ReasonKind.OUTPUT_INVALID, text=text, id=_mode_of_kind(work, kinds)))
    for kind, rules, found, lead in (
        (ReasonKind.NEVER_OUTPUT, work.never, checked.never, "never automated"),
        (ReasonKind.CONSTRAINT, work.constraints, checked.violated, "constraint broken"),
        (ReasonKind.FAILURE_MODE, work.modes, checked.modes, "noticed"),
    ):
        for rule in rules if found else ():
            if rule.id in found:
                yield Objection(reason=_reason(kind, rule, lead))
    if checked.review_when and work.review_when is not None:
        yield Objection(
            reason=Reason(kind=ReasonKind.REVIEW_WHEN, text=f"too uncertain: {work.review_when.text}", id="review_when")
        )


def _fault(work: Prepared, fault: Fault) -> Objection:
    late = fault.kind is FaultKind.TIMEOUT
    kinds = (FailureKind.LATE, FailureKind.UNAVAILABLE) if late else (FailureKind.UNAVAILABLE, FailureKind.MISSING)
    kind = ReasonKind.TIMEOUT if late else ReasonKind.FAULT
    return Objection(reason=Reason(kind=kind, text=f"no answer: {fault.text}", id=_mode_of_kind(work, kinds)))


def _mode_of_kind(work: Prepared, kinds: tuple[FailureKind, ...]) -> str:
    """The id of the failure mode that the owner declared for such a fault; empty where none is declared."""
    return next((mode.id for kind in kinds for mode in work.definition.modes if mode.kind is kind), "")


def _item_values(item: Item) -> JsonObject:
    received = "" if item.received_at is None else item.received_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return {"key": item.key, "received_at": received}


def _answer_values(answer: Answer) -> JsonObject:
    values: dict[str, object] = {
        "seconds": float(answer.seconds),
        "error": "" if answer.fault is None else answer.fault.text or answer.fault.kind.value,
        "signals": dict(answer.signals),
    }
    if answer.confidence is not None:
        values["confidence"] = float(answer.confidence)
    return values
