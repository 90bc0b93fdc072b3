"""What the file of a cascade says: which executors, in which order, and from which confidence on each is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from remit.definition.flaws import found
from remit.definition.similar import did_you_mean
from remit.errors import ExecutorInvalid, Location, NotFound, Problem
from remit.executors.fingerprint import only
from remit.items import Executor, ExecutorKind, ExecutorSpec, Json

__all__ = ["MOST_PARTS", "TUNED", "Part", "Siblings", "checked_specs", "place", "read_parts"]

MOST_PARTS: Final = 8
TUNED: Final = "tuned"

_KEYS: Final = ("at_least", "executor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One executor of a cascade.

    ``at_least`` is in [0, 1]; None where the file gives no number.  ``is_tuned`` says that it asks for one that is
    found from the tune cases, in so many words.
    """

    executor: str
    at_least: float | None = None
    is_tuned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Siblings:
    """The other executors of the same work, by name: what their files say, loaded, and by their digest alone.

    ``spec`` raises NotFound where there is none for this work.
    """

    spec: Callable[[str], ExecutorSpec]
    executor: Callable[[str], Executor]
    digest: Callable[[str], str]


def place(index: int, key: str = "executor") -> Location:
    """Where a key of a part stands in the file."""
    return Location(path=f"settings.parts[{index}].{key}")


def read_parts(spec: ExecutorSpec) -> tuple[Part, ...]:
    """The parts that the file of a cascade names, in the order in which they are asked.

    Raises:
        ExecutorInvalid: with everything that is no list of parts.
    """
    only(spec, settings=("parts", "tune_where"))
    problems = [*_not_its_own(spec), *_no_condition(spec.settings.get("tune_where"))]
    given = spec.settings.get("parts")
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_PARTS:
        problems.append(
            Problem(
                message="a cascade needs its parts",
                where=Location(path="settings.parts"),
                expected=f"a list of 1 to {MOST_PARTS}: [{{executor: NAME, at_least: 0.9}}, ...]",
                found=f"{len(given)} parts" if isinstance(given, list) else found(given),
                mend="name the executors in the order in which they are asked",
            )
        )
        given = []
    for index, one in enumerate(given):
        problems.extend(_flaws(index, one))
    if not problems:
        problems.extend(_named_twice([one["executor"] for one in given]))
    if problems:
        raise ExecutorInvalid(problems=problems)
    return tuple(_part(one) for one in given)


def _part(given: Mapping[str, Json]) -> Part:
    at_least = given.get("at_least")
    if at_least is None or at_least == TUNED:
        return Part(executor=given["executor"], is_tuned=at_least == TUNED)
    return Part(executor=given["executor"], at_least=float(at_least))


def _not_its_own(spec: ExecutorSpec) -> Iterator[Problem]:
    """Keys that a cascade has from its parts."""
    for key, given, why in (
        ("cost_per_item", spec.cost_per_item, "it costs what the parts cost that were asked"),
        ("retries", spec.retries or None, "each part is tried again as its own file says"),
        ("confidence", spec.confidence, "it is as sure as the part that answered"),
    ):
        if given is not None:
            yield Problem(
                message=f"a cascade has no `{key}` of its own: {why}",
                where=Location(path=key),
                found=found(given),
                mend=f"take `{key}` out; write it in the files of the parts",
            )


def _no_condition(given: Json) -> Iterator[Problem]:
    if given is not None and not isinstance(given, str):
        yield Problem(
            message="`tune_where` is no expression",
            where=Location(path="settings.tune_where"),
            expected="an expression over input, expected and case",
            found=found(given),
        )


def _flaws(index: int, given: Json) -> Iterator[Problem]:
    if not isinstance(given, Mapping):
        yield Problem(
            message="this is no part of a cascade",
            where=Location(path=f"settings.parts[{index}]"),
            expected="{executor: NAME}, with `at_least` where it has a limit",
            found=found(given),
        )
        return
    for key in given:
        if key not in _KEYS:
            near = did_you_mean(str(key), _KEYS)
            yield Problem(
                message=f"a part of a cascade has no `{key}`",
                where=place(index, str(key)),
                expected="`executor` and `at_least`",
                found=str(key),
                mend=f"did you mean `{near}`?" if near else "take it out",
            )
    if not isinstance(given.get("executor"), str):
        yield Problem(
            message="a part of a cascade names an executor",
            where=place(index),
            expected="the name of a file in executors/",
            found=found(given.get("executor")),
        )
    at_least = given.get("at_least")
    if at_least is not None and at_least != TUNED and not _is_share(at_least):
        yield Problem(
            message="`at_least` is no confidence",
            where=place(index, "at_least"),
            expected="a number from 0 to 1, or `tuned`",
            found=found(at_least),
        )


def _is_share(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.0 <= value <= 1.0


def _named_twice(names: Sequence[str]) -> Iterator[Problem]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Problem(
                message=f"`{name}` is asked twice",
                where=place(index),
                expected="each executor once",
                found=name,
                mend="take one of them out",
            )


def checked_specs(spec: ExecutorSpec, parts: Sequence[Part], siblings: Siblings) -> tuple[ExecutorSpec, ...]:
    """What the files of the parts say, where they can be parts at all.

    Raises:
        ExecutorInvalid: a part is not there or for other work, is a cascade itself, or a person before the end.
        InvalidInput: the file of a part is wrong.
    """
    specs: list[ExecutorSpec | None] = []
    problems: list[Problem] = []
    for index, part in enumerate(parts):
        try:
            specs.append(siblings.spec(part.executor))
        except NotFound as absent:
            one = absent.problems[0]
            specs.append(None)
            problems.append(
                Problem(message=one.message, where=place(index), expected=one.expected, found=one.found, mend=one.mend)
            )
    for index, described in enumerate(specs):
        if described is not None:
            problems.extend(_unfit(index, described, spec.name, parts))
    if not problems and all(one is not None and one.kind is ExecutorKind.PERSON for one in specs):
        problems.append(
            Problem(
                message="a cascade of people only has nobody to ask",
                where=place(0),
                expected="an executor that answers by itself before the person",
                mend="put a table, a function or a model first",
            )
        )
    if problems:
        raise ExecutorInvalid(problems=problems)
    return tuple(one for one in specs if one is not None)


def _unfit(index: int, one: ExecutorSpec, name: str, parts: Sequence[Part]) -> Iterator[Problem]:
    if one.kind is ExecutorKind.CASCADE:
        yield Problem(
            message="a cascade can't ask itself" if one.name == name else f"`{one.name}` is a cascade itself",
            where=place(index),
            expected="an executor that answers by itself",
            found=f"kind: {one.kind}",
            mend="take it out" if one.name == name else "write its parts here, in their order",
        )
    if one.kind is not ExecutorKind.PERSON:
        return
    if index + 1 < len(parts):
        yield Problem(
            message=f"`{one.name}` is a person, and people come last: whoever stands behind them is never asked",
            where=place(index),
            expected="a person at the end, or none",
            found=f"part {index + 1} of {len(parts)}",
            mend="put the person at the end: what no part is sure of goes to review",
        )
    if parts[index].at_least is not None or parts[index].is_tuned:
        yield Problem(
            message="a person has no confidence that a limit could be held against",
            where=place(index, "at_least"),
            expected="no `at_least`",
            mend="take it out",
        )
