"""Whom to ask about an item: the escalation path that its reason leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from remit.deciding.decision import Decision
from remit.definition.durations import parse_duration
from remit.definition.expressions import Expression, activation
from remit.definition.levels import Level
from remit.definition.model import Definition, EscalationPath, OnTimeout, Promote
from remit.items import Json, Reason, Route
from remit.reviews import Ask
from remit.runtime.settle import AUDITED

__all__ = ["ask_on_path", "asking", "auditors"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Path:
    path: EscalationPath
    when: Expression | None


def asking(
    definition: Definition, *, people_are_incumbent: bool, draw: Callable[[], float]
) -> Callable[[Decision], Ask | None]:
    """Who is asked about a decision on this work.

    A person is asked about an item on route ``review``, about stopped work whose safe state is ``review``, and, where
    people are the incumbent, about an item that is theirs anyway.  The first path whose ``when`` is true for the
    reason counts, and one whose ``when`` can't be evaluated counts too; without any the review waits for whoever
    looks.  Below ``suggest`` nobody sees what the candidate answered; at ``suggest`` a share of the items
    (``autonomy.promote.hidden_share``) is decided without seeing it, chosen by ``draw``, a number in [0, 1).

    Raises:
        ExpressionInvalid: a ``when`` of a path does not compile.
    """
    paths = _paths(definition)
    stop = definition.escalation.stop if definition.escalation else None
    promote = definition.autonomy.promote if definition.autonomy else None
    hidden_share = promote.hidden_share if promote is not None else Promote().hidden_share
    stopped_waits = stop is None or stop.safe_state != "reject"

    def ask(decision: Decision) -> Ask | None:
        match decision.route:
            case Route.REVIEW:
                asked = True
            case Route.STOPPED:
                asked = stopped_waits
            case Route.INCUMBENT:
                asked = people_are_incumbent
            case _:
                asked = False
        if not asked:
            return None
        shows = decision.level.at_least(Level.SUGGEST)
        if decision.level is Level.SUGGEST:
            shows = draw() >= hidden_share
        return _ask(_first(paths, decision.reason), shows_answer=shows)

    return ask


def auditors(definition: Definition) -> Callable[[], Ask]:
    """Of whom an audit asks: the first path whose ``when`` holds for a reason of the kind ``audit``; blind.

    Raises:
        ExpressionInvalid: a ``when`` of a path does not compile.
    """
    ask = _ask(_first(_paths(definition), AUDITED), shows_answer=False)
    if ask.on_timeout is not None and "answer" in ask.on_timeout:  # the item was acted on: no safe answer is needed
        ask = replace(ask, on_timeout=None)
    return lambda: ask


def _paths(definition: Definition) -> tuple[_Path, ...]:
    return tuple(
        _Path(path=path, when=None if path.when is None else Expression(path.when))
        for path in (definition.escalation.paths if definition.escalation else ())
    )


def _first(paths: tuple[_Path, ...], reason: Reason) -> EscalationPath | None:
    values = activation(reason={"kind": reason.kind.value, "id": reason.id, "text": reason.text})
    return next((one.path for one in paths if one.when is None or one.when.holds(values) is not False), None)


def _ask(path: EscalationPath | None, *, shows_answer: bool) -> Ask:
    if path is None:
        return Ask(shows_answer=shows_answer)
    return Ask(
        path=path.id,
        role=path.role,
        queue=path.queue,
        within=None if path.within is None else parse_duration(path.within),
        show=path.show,
        on_timeout=_on_timeout(path.on_timeout),
        shows_answer=shows_answer,
    )


def _on_timeout(said: OnTimeout | str | None) -> dict[str, Json] | None:
    if not isinstance(said, OnTimeout):
        return None
    if said.answer is not None:
        return {"answer": dict(said.answer)}
    return {"reassign": said.reassign}


def ask_on_path(path: EscalationPath) -> Ask:
    """What a path asks of its people, whatever the reason; nobody sees an answer."""
    return _ask(path, shows_answer=False)
