"""Work defined: is it written down what the work is, who answers for it, and when it would be stopped?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from remit.definition.expressions import Expression
from remit.definition.model import UNKNOWN, Definition
from remit.definition.model import Outcome as Measure
from remit.definition.schemas import input_schema, leaf, output_schema, properties
from remit.errors import ExpressionInvalid
from remit.readiness.current import Current
from remit.readiness.lexicons import COLLECTIVES, MAIL_ADDRESS, ROLE_NOUNS
from remit.readiness.outcome import PASS, Failed, Fault, NotApplicable, Outcome, Unknown, verdict
from remit.readiness.registry import rule
from remit.readiness.rules.schema_walk import is_closed

__all__ = [
    "accountable_is_one_role",
    "boundaries_on_both_sides",
    "decisions_are_closed",
    "linked_work_exists",
    "no_open_question_blocks",
    "outcome_is_measured",
    "stop_rule_exists",
    "work_is_small",
]

MOST_DECISIONS = 3
MOST_INPUTS = 15
MOST_IRREVERSIBLE = 1

_PURPOSE = re.compile(r"\s(?:of|for)\s", re.IGNORECASE)
_SEVERAL = re.compile(r"\b(?:and|or)\b|[,/&;+]", re.IGNORECASE)
_ANOTHER_ROLE = re.compile(
    rf"(?:\b(?:and|or)\b|[,/&;+])\s*(?:the\s+)?(?:{'|'.join(sorted(ROLE_NOUNS))})\b", re.IGNORECASE
)


@rule("WD03")
def decisions_are_closed(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Every decision has a question and a closed answer set."""
    if not definition.decisions:
        return Failed(faults=(Fault(path=("decisions",), variant="absent", expected="at least one decision"),))
    return verdict(_open_decisions(definition))


def _open_decisions(definition: Definition) -> Iterator[Fault]:
    schema = output_schema(definition)
    for i, decision in enumerate(definition.decisions):
        values = {"id": decision.id}
        if decision.question is None:
            yield Fault(
                path=("decisions", i, "question"),
                variant="question",
                values=values,
                expected="the question that is answered",
                mend="Write the question as you would put it to a person.",
            )
        field = leaf(schema, decision.id)
        if field is None:
            yield Fault(path=("decisions", i, "id"), variant="field", values=values, expected="a field of the outputs")
        elif not is_closed(field, schema):
            yield Fault(
                path=(*_outputs_path(definition), decision.id),
                values=values,
                expected="a list of answers, yes/no, or a number with both ends",
                found=_short_form(definition, decision.id),
            )


def _outputs_path(definition: Definition) -> tuple[str, ...]:
    short = definition.outputs is not None and definition.outputs.fields is not None
    return ("outputs", "fields") if short else ("outputs", "schema", "properties")


def _short_form(definition: Definition, name: str) -> str | None:
    fields = definition.outputs.fields if definition.outputs else None
    return str(fields[name]) if fields is not None and name in fields else None


@rule("WD04")
def accountable_is_one_role(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """The accountable person is one named role with a contact."""
    values = {"decision": definition.decisions[0].id if definition.decisions else "answer"}
    someone = definition.accountable
    if someone is None:
        return Failed(faults=(Fault(path=("accountable",), values=values, expected="one role and its contact"),))
    faults = []
    if not _is_one_role(someone.role):
        expected = "one role that one person holds"
        faults.append(Fault(path=("accountable", "role"), values=values, expected=expected, found=someone.role))
    if someone.contact is None or not MAIL_ADDRESS.match(someone.contact):
        path, found = ("accountable", "contact"), someone.contact
        faults.append(Fault(path=path, values=values, expected="one mail address", found=found))
    return verdict(faults)


def _is_one_role(role: str) -> bool:
    head = _PURPOSE.split(role, maxsplit=1)[0]
    words = re.findall(r"\w[\w-]*", head.casefold())
    return bool(words) and words[-1] not in COLLECTIVES and not _SEVERAL.search(head) and not _ANOTHER_ROLE.search(role)


@rule("WD05")
def boundaries_on_both_sides(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """Boundaries on both sides."""
    scope = definition.scope
    includes, excludes = (scope.includes, scope.excludes) if scope else ((), ())
    faults = []
    if not includes:
        faults.append(Fault(path=("scope", "includes"), variant="includes", mend="Write what this work covers."))
    if not excludes:
        faults.append(Fault(path=("scope", "excludes"), expected="at least one thing that is out"))
    return verdict(faults)


@rule("WD08")
def outcome_is_measured(definition: Definition, _current: Current, now: datetime) -> Outcome:
    """Outcome has measure, baseline, target, date and source."""
    outcome = definition.intent.outcome if definition.intent else None
    path = ("intent", "outcome")
    parts: Mapping[str, object] = {
        "measure": outcome and outcome.measure,
        "baseline": outcome and outcome.baseline,
        "target": outcome and outcome.target,
        "by": outcome and outcome.by,
        "source": outcome and outcome.source,
    }
    faults = []
    if missing := [name for name, value in parts.items() if value is None]:
        faults.append(Fault(path=path, values={"missing": _listed(missing)}, expected="all of " + ", ".join(parts)))
    if outcome is not None:
        faults.extend(_outcome_faults(outcome, now))
    if not faults and parts["baseline"] == UNKNOWN:
        why = "today's value of the outcome is not known yet, so nobody could tell a success from before"
        return Unknown(why=why, mend="Measure today's value first.", path=(*path, "baseline"))
    return verdict(faults)


def _outcome_faults(outcome: Measure, now: datetime) -> Iterator[Fault]:
    path = ("intent", "outcome")
    if outcome.target is not None and outcome.target == outcome.baseline:
        values = {"target": f"{outcome.target:g}"}
        expected = f"another number than {outcome.target:g}"
        yield Fault(path=(*path, "target"), variant="same", values=values, expected=expected)
    if outcome.by is not None and date.fromisoformat(outcome.by) <= now.date():
        expected = f"a day after {now.date().isoformat()}"
        yield Fault(path=(*path, "by"), variant="past", values={"by": outcome.by}, expected=expected, found=outcome.by)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


@rule("WD09")
def stop_rule_exists(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """A stop rule exists, compiles and looks at the outcome."""
    stop_if = definition.intent.stop_if if definition.intent else None
    if stop_if is None:
        return Failed(faults=(Fault(path=("intent", "stop_if"), expected="after, when and then"),))
    path = ("intent", "stop_if", "when")
    try:
        roots = Expression(stop_if.when).roots
    except ExpressionInvalid as fault:
        message = fault.problems[0].message
        return Failed(faults=(Fault(path=path, expected="CEL over `outcome`", found=message),))
    expected = "an expression over outcome.value: outcome.value > 8.0"
    return verdict(() if "outcome" in roots else (Fault(path=path, expected=expected, found=stop_if.when),))


@rule("WD10")
def work_is_small(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """At most 3 decisions, 15 input fields and one irreversible effect."""
    effects = definition.outputs.effects if definition.outputs else ()
    n_inputs = len(properties(input_schema(definition)))
    n_final = sum(effect.reversible is False for effect in effects)
    if not definition.decisions and not n_inputs and not effects:
        return NotApplicable(why="no decision, input or effect is written yet")
    faults = []
    if len(definition.decisions) > MOST_DECISIONS:
        faults.append(_too_many(("decisions",), None, len(definition.decisions), MOST_DECISIONS))
    if n_inputs > MOST_INPUTS:
        faults.append(_too_many(("inputs",), "inputs", n_inputs, MOST_INPUTS))
    if n_final > MOST_IRREVERSIBLE:
        faults.append(_too_many(("outputs", "effects"), "effects", n_final, MOST_IRREVERSIBLE))
    return verdict(faults)


def _too_many(path: tuple[str, ...], variant: str | None, n: int, most: int) -> Fault:
    mend = "Leave out what no decision needs, or split the work." if variant == "inputs" else None
    return Fault(path=path, variant=variant, values={"n": n}, expected=f"at most {most}", found=str(n), mend=mend)


@rule("WD11")
def linked_work_exists(definition: Definition, current: Current, _now: datetime) -> Outcome:
    """Ids in `related` are there, and none leads back here."""
    related = definition.scope.related if definition.scope else ()
    if not related:
        return NotApplicable(why="no related work is named")
    if current.project is None:
        return Unknown(why="not measured yet: the other definitions of the project were not read", mend="remit check")
    known = {**current.project.related, definition.id: related}
    return verdict(_broken_links(definition.id, related, known))


def _broken_links(start: str, related: tuple[str, ...], known: Mapping[str, tuple[str, ...]]) -> Iterator[Fault]:
    for i, id_ in enumerate(related):
        path = ("scope", "related", i)
        if id_ not in known:
            yield Fault(path=path, values={"id": id_}, expected=f"a definition work/{id_}.yaml", found=id_)
        elif way := _way_back(start, id_, known):
            mend = "Take one of these links out: work that waits for itself never starts."
            values = {"id": id_, "way": " -> ".join((start, *way))}
            yield Fault(path=path, variant="circle", values=values, found=id_, mend=mend)


def _way_back(start: str, first: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The way from ``first`` back to ``start``, empty where there is none."""
    ways: list[tuple[str, ...]] = [(first,)]
    seen = set()
    while ways:
        way = ways.pop()
        if way[-1] == start:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways.extend((*way, one) for one in known.get(way[-1], ()))
    return ()


@rule("WD17")
def no_open_question_blocks(definition: Definition, _current: Current, _now: datetime) -> Outcome:
    """No open question blocks; counts from the lowest level that one of them blocks."""
    if not definition.questions:
        return NotApplicable(why="no question was asked")
    blocking = [
        (i, question, question.blocks)
        for i, question in enumerate(definition.questions)
        if question.answer is None and question.blocks is not None
    ]
    if not blocking:
        return PASS
    faults = tuple(
        Fault(
            path=("questions", i),
            values={"by": question.by or "Somebody", "text": question.text},
            expected="an answer",
            found=f"open; it blocks {level.value}",
        )
        for i, question, level in blocking
    )
    return Failed(faults=faults, since=min((level for _, _, level in blocking), key=lambda level: level.rank))
