"""What the parts of a definition say of each other: names that name something, ids used once, one of two choices.

Every check works on the data as it is, so that a fault in one place hides none in another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeGuard

from remit.definition.flaws import Flaw, found, listing, shortened, unknown_name
from remit.definition.model import Metric
from remit.definition.positions import Path
from remit.definition.reading.known import Entry, Known, PlacedText, at, entries, known_names, texts
from remit.definition.reading.table import table_flaws
from remit.definition.schemas import SchemaCheck, SchemaFault, answers, leaf

__all__ = ["MAX_ENTRIES", "reference_flaws"]

MAX_ENTRIES: Final = 1000
MAX_RULES: Final = 10_000

_ALL: Final = "*"
_LISTS_WITH_IDS: Final[Mapping[Path, str]] = {
    ("outputs", "effects"): "id",
    ("decisions",): "id",
    ("constraints",): "id",
    ("quality", "targets"): "id",
    ("quality", "error_costs"): "kind",
    ("failure_modes",): "id",
    ("escalation", "paths"): "id",
}
_OF_A_CLASS: Final = (Metric.PRECISION, Metric.RECALL, Metric.F1)
_SHARES: Final = (
    *_OF_A_CLASS,
    Metric.ACCURACY,
    Metric.ERROR_RATE,
    Metric.FIELD_MATCH,
    Metric.REVIEW_RATE,
    Metric.CONSISTENCY,
)


def reference_flaws(data: Any) -> Iterator[Flaw]:
    """Every flaw between the parts of a definition."""
    known = known_names(data)
    yield from known.inputs.flaws
    yield from known.outputs.flaws
    for check in _CHECKS:
        yield from check(data, known)


def _lengths(data: Any, _known: Known) -> Iterator[Flaw]:
    """No list is longer than anybody reads; tables and enumerations may be."""
    pending: list[tuple[Path, Any]] = [((), data)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, Mapping):
            pending += [((*path, key), below) for key, below in value.items() if not _has_own_limits((*path, key))]
        elif isinstance(value, list | tuple):
            most = MAX_RULES if path[-1:] == ("rules",) else MAX_ENTRIES
            if len(value) > most:
                yield Flaw(path=path, message="the list is too long", expected=f"at most {most}", found=f"{len(value)}")
            else:
                pending += [((*path, i), below) for i, below in enumerate(value)]


def _has_own_limits(path: Path) -> bool:
    return path[0] in ("inputs", "outputs") and path[1:] in (("fields",), ("schema",))


def _ids(data: Any, _known: Known) -> Iterator[Flaw]:
    for path, key in _LISTS_WITH_IDS.items():
        named = (
            PlacedText(path=(*entry.path, key), value=entry.value[key])
            for entry in entries(data, *path)
            if isinstance(entry.value.get(key), str)
        )
        yield from _twice(named, f"`{path[-1]}`")


def _plain_lists(data: Any, _known: Known) -> Iterator[Flaw]:
    """A name stands once in each list of names."""
    lists: list[Path] = [("quality", "slices"), ("scope", "related"), ("cases", "labelled_by")]
    lists += [("escalation", "stop", "who")]
    lists += [(*entry.path, key) for entry in entries(data, "inputs", "sources") for key in ("fields", "personal_data")]
    lists += [(*entry.path, "show") for entry in entries(data, "escalation", "paths")]
    lists += [(*entry.path, "of") for entry in entries(data, "failure_modes")]
    lists += [(*entry.path, "table", key) for entry in entries(data, "decisions") for key in ("in", "out")]
    for path in lists:
        yield from _twice(texts(data, *path), f"`{path[-1]}`")


def _twice(named: Iterable[PlacedText], where: str) -> Iterator[Flaw]:
    seen: set[str] = set()
    for name in named:
        if name.value in seen:
            yield Flaw(
                path=name.path,
                message=f"`{shortened(name.value)}` stands twice in {where}",
                expected="each once",
                found=found(name.value),
                mend="give it another name, or take it away",
            )
        seen.add(name.value)


def _not_applicable(data: Any, _known: Known) -> Iterator[Flaw]:
    """No kind of failure is set aside twice."""
    named = (
        PlacedText(path=(*entry.path, "not_applicable", kind), value=str(kind))
        for entry in entries(data, "failure_modes")
        if isinstance(entry.value.get("not_applicable"), Mapping)
        for kind in entry.value["not_applicable"]
    )
    yield from _twice(named, "`not_applicable`")


def _related(data: Any, _known: Known) -> Iterator[Flaw]:
    own = at(data, "id")
    for related in texts(data, "scope", "related"):
        if related.value == own:
            yield Flaw(path=related.path, message="the work is related to itself", expected="another work's id")


def _volume(data: Any, _known: Known) -> Iterator[Flaw]:
    low, high = at(data, "observe", "volume_between", 0), at(data, "observe", "volume_between", 1)
    if _is_number(low) and _is_number(high) and low > high:
        yield Flaw(
            path=("observe", "volume_between"),
            message="the volume ends before it begins",
            expected="the lower number first",
            found=f"{low} to {high}",
            mend=f"write [{high}, {low}]",
        )


def _inputs(data: Any, known: Known) -> Iterator[Flaw]:
    names = known.inputs.names
    if names is None:
        return
    for source in entries(data, "inputs", "sources"):
        yield from _unknown(texts(data, *source.path, "fields"), "input field", names, also=(_ALL,))
        yield from _unknown(texts(data, *source.path, "personal_data"), "input field", names, also=(_ALL,))
    for escalation in entries(data, "escalation", "paths"):
        yield from _unknown(texts(data, *escalation.path, "show"), "input field", names, also=(_ALL,))
    missing = at(data, "inputs", "when_missing")
    for name, what in missing.items() if isinstance(missing, Mapping) else ():
        path = ("inputs", "when_missing", name)
        if name not in (*names, _ALL):
            yield unknown_name(path, name, "input field", (*names, _ALL), at_key=True)
        elif known.inputs.schema is not None and name != _ALL and isinstance(what, Mapping) and "use" in what:
            yield from _unfit(known.inputs.schema, name, what["use"], (*path, "use"))


def _unknown(
    named: Iterable[PlacedText], what: str, known: Sequence[str], *, also: Sequence[str] = ()
) -> Iterator[Flaw]:
    for name in named:
        if name.value not in known and name.value not in also:
            yield unknown_name(name.path, name.value, what, (*known, *also))


def _unfit(schema: Mapping[str, Any], name: str, value: Any, path: Path) -> Iterator[Flaw]:
    """The flaws of a value that has to fit one field of a schema."""
    for fault in SchemaCheck({**schema, "required": []}).faults({name: value}):
        if fault.path[:1] == (name,):
            yield _flaw_of(replace(fault, path=fault.path[1:]), path)


def _flaw_of(fault: SchemaFault, above: Path) -> Flaw:
    return Flaw(
        path=(*above, *fault.path),
        message=fault.message,
        expected=fault.expected,
        found=fault.found,
        mend=fault.mend,
    )


def _decisions(data: Any, known: Known) -> Iterator[Flaw]:
    names = known.outputs.names
    for entry in entries(data, "decisions"):
        id_ = entry.value.get("id")
        if isinstance(id_, str) and names is not None and id_ not in names:
            yield unknown_name((*entry.path, "id"), id_, "output field", names)
        if isinstance(id_, str) and id_ in known.effects:
            yield Flaw(
                path=(*entry.path, "id"),
                message=f"`{shortened(id_)}` is a decision and an effect",
                expected="different ids, so that `of` names one of them",
                mend="give the effect another id",
            )
        if isinstance(entry.value.get("table"), Mapping):
            yield from table_flaws(Entry(path=(*entry.path, "table"), value=entry.value["table"]), id_, known)


def _targets(data: Any, known: Known) -> Iterator[Flaw]:
    for target in entries(data, "quality", "targets"):
        yield from _exactly_one(target, "at_least", "at_most")
        yield from _limit(target)
        of, metric = target.value.get("of"), target.value.get("metric")
        allowed = known.decisions
        if metric == Metric.FIELD_MATCH and known.outputs.names is not None:
            allowed = tuple(dict.fromkeys((*known.decisions, *known.outputs.names)))
        if isinstance(of, str) and of not in allowed:
            yield unknown_name((*target.path, "of"), of, "decision", allowed)
        yield from _class(target, known)


def _limit(target: Entry) -> Iterator[Flaw]:
    for key in ("at_least", "at_most"):
        limit = target.value.get(key)
        if target.value.get("metric") in _SHARES and _is_number(limit) and not 0 <= limit <= 1:
            yield Flaw(
                path=(*target.path, key),
                message=f"`{key}` of {target.value['metric']} must be a number from 0 to 1",
                expected="a number from 0 to 1",
                found=found(limit),
                mend=f"write `{limit / 100:.12g}`" if 1 < limit <= 100 else None,
            )


def _class(target: Entry, known: Known) -> Iterator[Flaw]:
    metric, class_ = target.value.get("metric"), target.value.get("class")
    path = (*target.path, "class")
    if metric not in _OF_A_CLASS:
        if class_ is not None and metric in list(Metric):
            yield Flaw(
                path=path,
                message=f"{metric} is not about one answer",
                expected=f"`class` only with {listing(_OF_A_CLASS)}",
                found=found(class_),
                mend="take `class` away, or choose another metric",
                at_key=True,
            )
        return
    decision = target.value.get("of", known.decisions[0] if len(known.decisions) == 1 else None)
    allowed = (
        answers(known.outputs.schema, decision)
        if isinstance(decision, str) and known.outputs.schema is not None
        else None
    )
    options = listing(_said(option) for option in allowed) if allowed is not None else "one answer of the decision"
    if class_ is None:
        yield Flaw(path=path, message=f"{metric} is about one answer, and `class` is missing", expected=options)
    elif allowed is not None and not any(_same(class_, option) for option in allowed):
        flaw = unknown_name(path, _said(class_), f"answer of `{decision}`", map(_said, allowed))
        if _said(class_) in map(_said, allowed):
            flaw = replace(flaw, mend="take the quotes away" if isinstance(class_, str) else "put quotes around it")
        yield replace(flaw, found=found(class_))


def _said(value: Any) -> str:
    return value if isinstance(value, str) else str(value).lower()


def _same(one: Any, other: Any) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _modes(data: Any, known: Known) -> Iterator[Flaw]:
    names = (*known.decisions, *known.effects)
    for mode in entries(data, "failure_modes"):
        yield from _unknown(texts(data, *mode.path, "of"), "decision or effect", names)


def _slices(data: Any, _known: Known) -> Iterator[Flaw]:
    for name in texts(data, "quality", "slices"):
        if not name.value.strip():
            yield Flaw(
                path=name.path, message="a slice has no name", expected="an input field or a column of the cases"
            )


def _escalation(data: Any, known: Known) -> Iterator[Flaw]:
    for path in entries(data, "escalation", "paths"):
        timeout = path.value.get("on_timeout")
        if not isinstance(timeout, Mapping):
            continue
        place = Entry(path=(*path.path, "on_timeout"), value=timeout)
        yield from _exactly_one(place, "reassign", "answer")
        answer = timeout.get("answer")
        if isinstance(answer, Mapping) and known.outputs.schema is not None:
            for fault in SchemaCheck(known.outputs.schema).faults(answer):
                yield _flaw_of(fault, (*place.path, "answer"))


def _caps(data: Any, known: Known) -> Iterator[Flaw]:
    for cap in entries(data, "autonomy", "caps"):
        yield from _exactly_one(cap, "items", "sum")
        of = cap.value.get("of")
        if cap.value.get("sum") is not None and of is None:
            yield Flaw(path=(*cap.path, "of"), message="a sum of which field?", expected="`of`, an input field")
        if cap.value.get("sum") is None and of is not None:
            yield Flaw(
                path=(*cap.path, "of"), message="`of` goes with `sum` only", expected="`sum` and `of`", at_key=True
            )
        if isinstance(of, str):
            yield from _number_field((*cap.path, "of"), of, known)


def _number_field(path: Path, name: str, known: Known) -> Iterator[Flaw]:
    if known.inputs.names is None:
        return
    if name not in known.inputs.names:
        yield unknown_name(path, name, "input field", known.inputs.names)
        return
    node = leaf(known.inputs.schema, name) if known.inputs.schema is not None else None
    type_ = node.get("type") if node is not None else None
    if isinstance(type_, str) and type_ not in ("number", "integer"):
        yield Flaw(
            path=path,
            message=f"`{shortened(name)}` can't be summed",
            expected="an input field that holds a number",
            found=f"a field of the type {type_}",
        )


def _exactly_one(entry: Entry, one: str, other: str) -> Iterator[Flaw]:
    given = [key for key in (one, other) if entry.value.get(key) is not None]
    if len(given) != 1:
        yield Flaw(
            path=(*entry.path, other) if given else entry.path,
            message=f"`{one}` and `{other}` exclude each other" if given else f"neither `{one}` nor `{other}` is there",
            expected=f"exactly one of `{one}` and `{other}`",
            found="both" if given else "neither",
            at_key=bool(given),
        )


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


_CHECKS: Final[tuple[Callable[[Any, Known], Iterator[Flaw]], ...]] = (
    _lengths,
    _ids,
    _plain_lists,
    _not_applicable,
    _related,
    _inputs,
    _decisions,
    _targets,
    _modes,
    _slices,
    _escalation,
    _caps,
    _volume,
)
