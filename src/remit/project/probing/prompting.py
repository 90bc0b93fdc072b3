"""What a language model would be sent about one item, without sending it: no key, no call, no library."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from remit.autonomy.route import Terms
from remit.cases.case import Case
from remit.deciding.decide import decide
from remit.definition.levels import Level
from remit.errors import ItemInvalid, NotFound, UsageError
from remit.items import Answer, ExecutorKind, Fault, FaultKind, Item, JsonObject
from remit.project.measuring import case_file, frozen_cases
from remit.project.refusals import located

if TYPE_CHECKING:
    from remit.executors.llm.executor import Written
    from remit.project.work import Work

__all__ = ["ShownPrompt", "show_prompt"]

_ASKED_NOBODY = Answer(output=None, fault=Fault(kind=FaultKind.UNAVAILABLE, text="nobody was asked"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPrompt:
    """What is sent: the instructions, the message about the item (None where none was named), the schema.

    ``settings`` is what goes with it, ``digest`` is of the executor.
    """

    executor: str
    digest: str
    instructions: str
    message: str | None
    schema: dict[str, Any]
    settings: dict[str, Any]


def show_prompt(work: Work, executor: str, *, case: str | None = None, given: JsonObject | None = None) -> ShownPrompt:
    """The prompt of an executor of kind ``llm``, word for word as it would be sent.

    The item goes the way of every item first, so that what is kept for a person is not shown as if it were sent.

    Raises:
        NotFound: there is no such executor, or no such case.
        UsageError: it is no language model.
        ExecutorInvalid: its file can't be used.
        ItemInvalid: this item would not be sent to anybody, and why.
    """
    from remit.executors.llm.executor import written_prompt

    file = work.executor_file(executor)
    if file.spec.kind is not ExecutorKind.LLM:
        raise UsageError(
            f"{executor} is no language model: it has no prompt",
            expected="an executor of kind `llm`",
            found=f"kind: {file.spec.kind.value}",
        )
    with located(file.source):
        written = written_prompt(
            file.spec, root=work.project.root, definition=work.definition, cases=partial(frozen_cases, work)
        )
    if case is not None:
        given = _case(work, case).input
    return ShownPrompt(
        executor=executor,
        digest=written.digest,
        instructions=written.prompt.instructions,
        message=None if given is None else written.prompt.ask(_admitted(work, given)),
        schema=dict(written.prompt.schema),
        settings=_settings(written),
    )


def _settings(written: Written) -> dict[str, Any]:
    one = written.settings
    return {
        "provider": one.provider,
        "model": one.model,
        "base_url": one.base_url,
        "output": one.output.value,
        "temperature": one.temperature,
        "seed": one.seed,
        "max_tokens": one.max_tokens,
        "confidence": one.confidence.value,
        "answers": one.k,
        "examples": len(written.prompt.examples),
    }


def _case(work: Work, id_: str) -> Case:
    from remit.files.case_file import stream_cases

    path = case_file(work)
    for one in stream_cases(path, definition=work.definition):
        if isinstance(one, Case) and one.id == id_:
            return one
    raise NotFound(
        f"there is no case `{id_[:100]}`",
        expected=f"the id of a case in {path.name}",
        found=id_[:100],
        mend=f"`remit cases check {work.id}` says whether its row can be read",
    )


def _admitted(work: Work, given: JsonObject) -> JsonObject:
    """The input as an executor would be given it."""
    asked: list[JsonObject] = []

    def note(one: JsonObject) -> Answer:
        asked.append(one)
        return _ASKED_NOBODY

    item = Item(key="shown", input=given, received_at=work.project.ambient.now())
    decision = decide(work.prepared, item, perform=note, terms=Terms(level=Level.SHADOW))
    if not asked:
        raise ItemInvalid(
            f"this item would not be sent: {'; '.join(one.text for one in decision.reasons)[:500]}",
            expected="an item that an executor is asked about",
            found="one that is kept for a person or refused before",
        )
    return asked[0]
