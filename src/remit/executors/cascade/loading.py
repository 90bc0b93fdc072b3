"""From the file of a cascade, and its parts, to one executor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from remit.errors import ExecutorInvalid, Location, Problem
from remit.executors.cascade.executor import AsyncCascadeExecutor, CascadeExecutor, WaitingCascadeExecutor
from remit.executors.cascade.parts import Part, Siblings, checked_specs, place, read_parts
from remit.executors.cascade.tuned import Tuned, read_tuned, tuned_name
from remit.executors.cascade.walk import Member
from remit.executors.fingerprint import digest_of_executor
from remit.executors.perform.attempts import AsyncExecutor
from remit.executors.perform.elsewhere import AnswersElsewhere
from remit.items import Executor, ExecutorKind, ExecutorSpec

__all__ = ["cascade_digest", "load_cascade", "members_untuned"]


def cascade_digest(spec: ExecutorSpec, *, root: Path, siblings: Siblings) -> str:
    """The digest of a cascade without loading its parts: over their digests, their order, limits and what was tuned.

    Raises:
        ExecutorInvalid: it can't be a cascade, or something that a part is made of is missing.
    """
    parts = read_parts(spec)
    specs = checked_specs(spec, parts, siblings)
    digests = [_PERSON if one.kind is ExecutorKind.PERSON else siblings.digest(one.name) for one in specs]
    return _digest(spec, digests, read_tuned(root, spec.name))


_PERSON = "a person"  # whoever reviews: what people recorded for proofs does not change what is asked of them


def _digest(spec: ExecutorSpec, digests: Sequence[str], tuned: Tuned | None) -> str:
    return digest_of_executor(spec, {"parts": list(digests), "tuned": None if tuned is None else tuned.meaning()})


def load_cascade(spec: ExecutorSpec, *, root: Path, siblings: Siblings) -> CascadeExecutor:
    """The executor that an executor file of kind ``cascade`` describes.

    Raises:
        ExecutorInvalid: a part can't be one, a limit has no meaning, or one is to be tuned and nothing was.
        InvalidInput: a part can't be loaded.
    """
    parts, loaded, full = _loaded(spec, siblings)
    tuned = read_tuned(root, spec.name)
    if problems := list(_limits(spec, parts, loaded, tuned)):
        raise ExecutorInvalid(problems=problems)
    members = [
        Member(
            name=part.executor,
            executor=one,
            at_least=tuned.parts[i].at_least if tuned is not None and one is not None else part.at_least,
            steps=tuned.parts[i].steps if tuned is not None and one is not None else None,
        )
        for i, (part, one) in enumerate(zip(parts, loaded, strict=True))
    ]
    digest = _digest(spec, [_PERSON if one is None else one.digest for one in loaded], tuned)
    made = _kind(loaded)
    return made(members, spec=full, digest=digest, tuned=tuned)


def members_untuned(spec: ExecutorSpec, *, siblings: Siblings) -> tuple[tuple[Part, Executor | None], ...]:
    """The parts of a cascade with their executors (None: a person), for whoever is to find their limits.

    Raises:
        ExecutorInvalid: a part can't be one, or a limit has no meaning.
        InvalidInput: a part can't be loaded.
    """
    parts, loaded, _ = _loaded(spec, siblings)
    if problems := list(_without_meaning(parts, loaded)):
        raise ExecutorInvalid(problems=problems)
    return tuple(zip(parts, loaded, strict=True))


def _kind(loaded: Sequence[Executor | None]) -> type[CascadeExecutor]:
    if any(isinstance(one, AnswersElsewhere) for one in loaded):
        return WaitingCascadeExecutor
    return AsyncCascadeExecutor if any(isinstance(one, AsyncExecutor) for one in loaded) else CascadeExecutor


def _loaded(spec: ExecutorSpec, siblings: Siblings) -> tuple[tuple[Part, ...], list[Executor | None], ExecutorSpec]:
    parts = read_parts(spec)
    specs = checked_specs(spec, parts, siblings)
    loaded = [None if one.kind is ExecutorKind.PERSON else siblings.executor(one.name) for one in specs]
    asked = [one.spec for one in loaded if one is not None]
    costs = [one.cost_per_item for one in asked if one.cost_per_item is not None]
    full = replace(
        spec,
        cost_per_item=sum(costs) if len(costs) == len(asked) else None,
        assumes=tuple(dict.fromkeys((*spec.assumes, *(text for one in asked for text in one.assumes)))),
    )
    return parts, loaded, full


def _without_meaning(parts: Sequence[Part], loaded: Sequence[Executor | None]) -> Iterator[Problem]:
    """Limits that nothing can be held against, or that nobody comes after."""
    for index, (part, one) in enumerate(zip(parts, loaded, strict=True)):
        if one is None or (part.at_least is None and not part.is_tuned):
            continue
        if not one.gives_confidence:
            yield Problem(
                message=f"`{part.executor}` gives no confidence that a limit could be held against",
                where=place(index, "at_least"),
                expected="no `at_least`: its answer is taken whenever it gives one",
                found=part.executor,
                mend="take it out, or put an executor with a confidence here",
            )
        elif index + 1 == len(parts):
            yield Problem(
                message=f"`{part.executor}` is the last part: its answer stands, however sure it is",
                where=place(index, "at_least"),
                expected="no `at_least`; the certificate of the whole says from where on it may act alone",
                mend="take it out, or put whoever is to be asked next behind it",
            )


def _limits(
    spec: ExecutorSpec, parts: Sequence[Part], loaded: Sequence[Executor | None], tuned: Tuned | None
) -> Iterator[Problem]:
    wrong = list(_without_meaning(parts, loaded))
    yield from wrong
    if wrong:
        return
    again = f"`remit tune {spec.work} --executor {spec.name}`"
    if tuned is not None:
        written = [(part.executor, part.at_least) for part, one in zip(parts, loaded, strict=True) if one is not None]
        kept = [(one.executor, one.at_least) for one in tuned.parts]
        same = len(written) == len(kept) and all(
            name == other and (limit is None or limit == was)
            for (name, limit), (other, was) in zip(written, kept, strict=True)
        )
        if not same or tuned.work != spec.work or tuned.executor != spec.name:
            yield Problem(
                message="the parts are not those that were tuned",
                where=Location(path="settings.parts"),
                expected=", ".join(one.executor for one in tuned.parts) + f", as in {tuned_name(spec.name)}",
                found=", ".join(name for name, _ in written),
                mend=again,
            )
        return
    for index, (part, one) in enumerate(zip(parts, loaded, strict=True)):
        is_last = index + 1 == len(parts)
        if one is not None and one.gives_confidence and part.at_least is None and not is_last:
            yield Problem(
                message=f"from which confidence on `{part.executor}` is taken was not tuned yet",
                where=place(index, "at_least" if part.is_tuned else "executor"),
                expected=f"{tuned_name(spec.name)}, or a number as `at_least`",
                found="neither",
                mend=f"{again}, or write `at_least: 0.9`",
            )
