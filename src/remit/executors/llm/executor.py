"""A language model as an executor: five lines of YAML, and the definition says the rest.

A reply is held to the schema of the outputs; what breaks it is a fault and never a guess.  The confidence is None, or
comes from the chances of the tokens (``logprobs.py``), or is the share of several answers that agree.
"""

from __future__ import annotations

import asyncio
import json
import weakref
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from remit.definition.digests import digest_of
from remit.definition.model import Definition
from remit.definition.schemas import SchemaCheck, answers, output_schema, properties
from remit.errors import ExecutorInvalid, Location
from remit.executors.fingerprint import digest_of_file, inside
from remit.executors.llm.examples import ReadCases, choose_examples
from remit.executors.llm.injection import PATTERNS, looks_like_injection
from remit.executors.llm.logprobs import confidence_of
from remit.executors.llm.prompt import Prompt, build_prompt, n_characters, names_for_templates
from remit.executors.llm.reply import Reply, usable
from remit.executors.llm.settings import Confidence, LlmSettings, Prices, llm_settings
from remit.executors.llm.template import read_template
from remit.executors.perform.call_failed import CallFailed
from remit.executors.perform.call_loop import call_loop
from remit.executors.remote import Surroundings, limited
from remit.executors.remote.keys import read_key
from remit.executors.remote.pinning import digest_of_remote
from remit.items import Answer, ExecutorSpec, Fault, FaultKind, Json, JsonObject

if TYPE_CHECKING:
    from remit.executors.llm.service import Service
    from remit.executors.perform.awaiting import Attempt

__all__ = ["LlmExecutor", "Written", "load_llm", "may_give_confidence", "written_prompt"]

_NO_CHANGE_OF_ANSWERS: Final = ("key_from",)
_A_MILLION: Final = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Everything that an executor file comes to without a key and without a call."""

    settings: LlmSettings
    prompt: Prompt
    digest: str
    decisions: Mapping[str, tuple[Json, ...]]


class LlmExecutor:
    """One model with one prompt. It never blocks: see :class:`~remit.executors.perform.elsewhere.AnswersElsewhere`."""

    __slots__ = (
        "__weakref__",
        "_check",
        "_service",
        "_written",
        "at_a_time",
        "digest",
        "gives_confidence",
        "spec",
        "turns",
    )

    def __init__(
        self,
        spec: ExecutorSpec,
        written: Written,
        service: Service,
        *,
        outputs: SchemaCheck,
        surroundings: Surroundings,
    ) -> None:
        self.spec = spec
        self.digest = written.digest
        self.gives_confidence = written.settings.confidence is not Confidence.NONE
        self.at_a_time = written.settings.limits.at_a_time
        self.turns = limited(spec, written.settings.limits, surroundings)
        self._written = written
        self._service = service
        self._check = outputs
        weakref.finalize(self, service.leave).atexit = False

    @property
    def prompt(self) -> Prompt:
        """What is sent."""
        return self._written.prompt

    @property
    def address(self) -> str:
        """Where it is sent."""
        return self._service.address

    def begin(self, given: JsonObject) -> Attempt:
        """Make one item ready: what comes back asks once, and is called again for every retry.

        Raises:
            CallFailed: the item is larger than the settings allow; nothing is sent.
        """
        settings = self._written.settings
        injection = looks_like_injection(given)
        if n_characters(given) > settings.max_input_characters:
            raise _too_long(settings)
        text = self._written.prompt.ask(given)
        replies: list[Reply] = []

        async def attempt(left_s: float) -> Answer:
            clock = asyncio.get_running_loop().time
            until = clock() + left_s
            while len(replies) < settings.k:  # what has come is kept over a retry: it was paid for
                replies.append(await self._service.ask(text, left_s=until - clock(), nth=len(replies)))
            return self._concluded(replies, injection=injection)

        return attempt

    def answer(self, given: JsonObject) -> Answer:
        """Ask once and wait, without limits and retries: ``performer`` gives those.

        Raises:
            CallFailed: no answer.
        """

        async def once() -> Answer:
            return await self.begin(given)(self.spec.deadline.total_seconds())

        return call_loop().submit(once()).result()

    async def close(self) -> None:
        """Let go of the connections; a later call makes new ones."""
        await self._service.close()

    def _concluded(self, replies: Sequence[Reply], *, injection: bool) -> Answer:
        settings = self._written.settings
        found = [usable(one, self._check, output=settings.output, max_tokens=settings.max_tokens) for one in replies]
        signals = _signals(replies, settings, injection=injection)
        cost = _cost(replies, settings.prices)
        if settings.confidence is Confidence.CONSISTENCY:
            answer = self._agreed(found)
        elif isinstance(found[0], Fault):
            answer = Answer(output=None, fault=found[0])
        else:
            confidence, trace = self._certain(replies[0])
            answer = Answer(output=found[0], confidence=confidence, trace=trace)
        return replace(answer, cost=cost, signals=signals)

    def _certain(self, reply: Reply) -> tuple[float | None, str | None]:
        if self._written.settings.confidence is not Confidence.LOGPROBS:
            return None, None
        if reply.tokens is None:
            return None, "no confidence: the service told no log-probabilities"
        confidence = confidence_of(reply.texts[0], reply.tokens, self._written.decisions)
        if confidence is None:
            return None, "no confidence: the log-probabilities are not those of the answer"
        return confidence, "confidence from log-probabilities, over the alternatives of the decision"

    def _agreed(self, found: Sequence[JsonObject | Fault]) -> Answer:
        """The answer that most of the replies gave; the first one among equals. A fault agrees with nothing."""
        votes = Counter(self._vote(one) for one in found if not isinstance(one, Fault))
        if not votes:
            fault = next(one for one in found if isinstance(one, Fault))
            return Answer(output=None, fault=fault)
        best, n = votes.most_common(1)[0]
        output = next(one for one in found if not isinstance(one, Fault) and self._vote(one) == best)
        faults = len(found) - votes.total()
        trace = f"{n} of {len(found)} answers agree" + (f"; {faults} could not be used" if faults else "")
        return Answer(output=output, confidence=n / len(found), trace=trace)

    def _vote(self, output: JsonObject) -> str:
        decided = {name: output[name] for name in self._written.decisions if name in output}
        return json.dumps(decided or dict(output), sort_keys=True)


def load_llm(
    spec: ExecutorSpec,
    *,
    root: Path,
    definition: Definition,
    surroundings: Surroundings | None,
    cases: ReadCases | None = None,
) -> LlmExecutor:
    """The executor that an executor file of kind ``llm`` describes. No call is made.

    Args:
        spec: what the file says.
        root: the folder of the project.
        definition: the work it is for.
        surroundings: what it needs of its project.
        cases: reads the frozen cases, for examples.

    Raises:
        ExecutorInvalid: the file can't be used, the key is not there, or pydantic-ai is not installed.
    """
    from remit.executors.llm.service import Service

    written = written_prompt(spec, root=root, definition=definition, cases=cases)
    settings = written.settings
    if surroundings is None:
        raise ExecutorInvalid(
            "an executor that calls a service is loaded by its project",
            expected="the surroundings of a project",
            found="none",
            mend="use Project.open(...).work(...).executor(name)",
        )
    key = None
    if settings.key_from is not None:
        key = read_key(spec, settings.key_from, path="settings.key_from", setting=surroundings.setting)
    most = max(map(len, written.decisions.values()), default=0)
    service = Service(settings, written.prompt, key, n_alternatives=most)
    if not service.samples:
        written = replace(written, settings=_without_sampling(spec, settings))
    return LlmExecutor(
        spec, written, service, outputs=SchemaCheck(output_schema(definition)), surroundings=surroundings
    )


def written_prompt(
    spec: ExecutorSpec, *, root: Path, definition: Definition, cases: ReadCases | None = None
) -> Written:
    """Prompt, settings and digest of an executor file; needs no key, no library and no network.

    Raises:
        ExecutorInvalid: the file can't be used.
    """
    settings = llm_settings(spec)
    decisions = _decisions(definition)
    if settings.confidence is Confidence.LOGPROBS and not decisions:
        if spec.confidence is not None:
            raise ExecutorInvalid(
                "there are no alternatives to compare the chances of",
                where=Location(path="confidence"),
                expected="a decision with a list of allowed answers, or yes and no",
                found="none",
                mend="`confidence: consistency` asks several times",
            )
        settings = replace(settings, confidence=Confidence.NONE)
    template, files = None, {}
    if settings.instructions is not None:
        path = inside(root, settings.instructions, key="settings.instructions")
        template = read_template(path, name=settings.instructions, known=names_for_templates(definition))
        files[settings.instructions] = digest_of_file(path)
    chosen = choose_examples(cases, settings.examples, definition=definition)
    prompt = build_prompt(definition, output=settings.output, examples=chosen, template=template)
    made_of: dict[str, Json] = {
        "prompt": dict(prompt.made_of),
        "files": files,
        "signals": digest_of({"injection": [one for _, one in PATTERNS]}),
    }
    digest = digest_of_remote(spec, made_of, leaves_out=_NO_CHANGE_OF_ANSWERS)
    return Written(settings=settings, prompt=prompt, digest=digest, decisions=decisions)


def may_give_confidence(spec: ExecutorSpec) -> bool:
    """Whether answers may come with a confidence, as far as the file says.

    Raises:
        ExecutorInvalid: the file can't be used.
    """
    return llm_settings(spec).confidence is not Confidence.NONE


def _decisions(definition: Definition) -> dict[str, tuple[Json, ...]]:
    """What is decided with its allowed answers: the decisions, or all outputs where there are none."""
    schema = output_schema(definition)
    names = [one.id for one in definition.decisions] or list(properties(schema))
    return {name: allowed for name in names if (allowed := answers(schema, name)) is not None}


def _without_sampling(spec: ExecutorSpec, settings: LlmSettings) -> LlmSettings:
    """The settings of a model that takes no temperature and tells no log-probabilities.

    Raises:
        ExecutorInvalid: the file asks for them.
    """
    asked = "temperature" if spec.settings.get("temperature") is not None else None
    path = f"settings.{asked}" if asked else "confidence"
    if asked or spec.confidence == Confidence.LOGPROBS:
        raise ExecutorInvalid(
            f"`{settings.model}` takes no temperature" if asked else f"`{settings.model}` tells no log-probabilities",
            where=Location(path=path),
            expected=f"no `{asked}`" if asked else "`consistency` or `none`",
            found=str(spec.settings[asked]) if asked else "logprobs",
            mend="take it out, or use another model",
        )
    confidence = Confidence.NONE if settings.confidence is Confidence.LOGPROBS else settings.confidence
    return replace(settings, temperature=None, confidence=confidence)


def _too_long(settings: LlmSettings) -> CallFailed:
    return CallFailed(
        f"the item has more than {settings.max_input_characters:,} characters (`max_input_characters`), "
        "so it was not sent",
        kind=FaultKind.ERROR,
        absent=None,
        charged=False,
    )


def _signals(replies: Sequence[Reply], settings: LlmSettings, *, injection: bool) -> dict[str, bool | float | str]:
    found: dict[str, bool | float | str] = {"injection": injection}
    for name in ("tokens_in", "tokens_out"):
        counted = [getattr(one.usage, name) for one in replies]
        if all(isinstance(one, int) for one in counted):
            found[name] = sum(counted)
    models = sorted({one.model[:200] for one in replies if one.model})
    if models:
        found["model"] = ", ".join(models)
    if settings.reported_model is not None:
        found["model_changed"] = models != [settings.reported_model]
    return found


def _cost(replies: Sequence[Reply], prices: Prices | None) -> float | None:
    """What the calls cost; None where the prices or the numbers of tokens are not known. Nothing is guessed."""
    if prices is None:
        return None
    total = 0.0
    for one in replies:
        usage = one.usage
        if usage.tokens_in is None or usage.tokens_out is None:
            return None
        total += usage.tokens_in * prices.input_per_million + usage.tokens_out * prices.output_per_million
    return total / _A_MILLION
