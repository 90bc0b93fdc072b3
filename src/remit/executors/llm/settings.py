"""What ``settings`` of an executor of kind ``llm`` may say, read strictly: nothing is ignored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import Field

from remit.definition.flaws import listing, suggestion
from remit.definition.model import NotNegative, Text, record
from remit.definition.reading.shape import Shape
from remit.errors import ExecutorInvalid, Location
from remit.executors.fingerprint import only
from remit.executors.remote import Limits
from remit.executors.remote.keys import VariableName, refuse_secrets
from remit.executors.remote.settings import read_settings
from remit.items import ExecutorSpec

__all__ = ["Confidence", "LlmSettings", "OutputMode", "Prices", "llm_settings"]

_SPEAKS_OPENAI: Final = frozenset({"openai", "openai-chat", "vllm", "deepseek", "together", "fireworks", "ollama"})
"""Providers whose protocol has log-probabilities (OpenAI's chat completions)."""
_MANY_ANSWERS: Final = 5


class OutputMode(StrEnum):
    """How the answer is forced into the schema of the outputs."""

    NATIVE = "native"  # the service holds the model to the schema
    TOOL = "tool"  # the schema is that of a tool which the model has to call
    PROMPTED = "prompted"  # the schema stands in the prompt and is only checked afterwards


class Confidence(StrEnum):
    """Where the confidence comes from."""

    LOGPROBS = "logprobs"
    CONSISTENCY = "consistency"
    NONE = "none"


@record
class Prices:
    """What a million tokens cost, in the currency of the project."""

    input_per_million: NotNegative
    output_per_million: NotNegative


@record
class _Consistency:
    k: Annotated[int, Field(ge=2, le=20)] = _MANY_ANSWERS


@record
class _Written:
    """What may stand under ``settings``."""

    model: Text
    provider: Text | None = None
    key_from: VariableName | None = None
    base_url: Text | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=100_000)] = 2000
    output: OutputMode = OutputMode.NATIVE
    instructions: Text | None = None
    examples: Annotated[int, Field(ge=0, le=200)] = 0
    consistency: _Consistency | None = None
    prices: Prices | None = None
    max_input_characters: Annotated[int, Field(ge=1, le=10_000_000)] = 100_000
    reported_model: Text | None = None
    limits: Limits = Limits()


_SHAPE: Final = Shape(_Written, what="settings")


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmSettings:
    """The settings of one model, with everything that was left out filled in.

    ``temperature`` is None where none is sent.  ``k`` is the number of answers that are asked for: 1, except for
    ``confidence: consistency``.
    """

    provider: str
    model: str
    key_from: str | None
    base_url: str | None
    temperature: float | None
    seed: int | None
    max_tokens: int
    output: OutputMode
    instructions: str | None
    examples: int
    confidence: Confidence
    k: int
    prices: Prices | None
    max_input_characters: int
    reported_model: str | None
    limits: Limits


def llm_settings(spec: ExecutorSpec) -> LlmSettings:
    """What the executor file says, complete.

    Raises:
        ExecutorInvalid: every unknown or missing setting and wrong value, and what does not go together.
    """
    only(spec, confidence=True)
    refuse_secrets(spec.settings, texts=frozenset({"instructions"}))
    written = read_settings(_SHAPE, spec.settings)
    provider, model = _named(written)
    _check_address(written)
    confidence = _confidence(spec, written, provider)
    many = confidence is Confidence.CONSISTENCY
    k = (written.consistency or _Consistency()).k if many else 1
    return LlmSettings(
        provider=provider,
        model=model,
        key_from=written.key_from,
        base_url=written.base_url,
        temperature=_temperature(spec, written, many=many),
        seed=written.seed,
        max_tokens=written.max_tokens,
        output=written.output,
        instructions=written.instructions,
        examples=written.examples,
        confidence=confidence,
        k=k,
        prices=written.prices,
        max_input_characters=written.max_input_characters,
        reported_model=written.reported_model,
        limits=_limits(written.limits, k),
    )


def _named(written: _Written) -> tuple[str, str]:
    """The provider and the model: ``provider:model`` in one, or in two settings."""
    if written.provider is not None:
        return written.provider, written.model
    provider, colon, model = written.model.partition(":")
    if not (provider and colon and model):
        raise _refused(
            "model",
            "`model` does not say whose model it is",
            expected="`provider:model` (`openai:...`, `anthropic:...`), or a `provider` beside it",
            found=written.model,
            mend=f"write `model: openai:{written.model}` where a service speaks OpenAI's protocol",
        )
    return provider, model


def _check_address(written: _Written) -> None:
    if written.base_url is None:
        if written.key_from is None:
            raise _refused(
                "key_from",
                "`key_from` is missing: a service wants a key",
                expected="the name of an environment variable that holds the key",
                found="nothing",
                mend="add `key_from: ..._API_KEY`; a server of your own without keys has a `base_url`",
            )
        return
    try:
        address = urlsplit(written.base_url)
        is_address = address.scheme in ("http", "https") and bool(address.hostname) and (address.port or 1) > 0
    except ValueError:
        is_address = False
        address = urlsplit("")
    if not is_address:
        raise _refused(
            "base_url",
            "`base_url` is no address of a service",
            expected="http:// or https://, a host, and mostly /v1",
            found=written.base_url.partition("?")[0][:200],
        )
    if "@" in address.netloc or address.query or address.fragment:
        raise _refused(
            "base_url",
            "`base_url` holds more than an address",
            expected="no user, password, query or fragment: a key stands in an environment variable",
            found="what may be a secret",
            mend="name the variable in `key_from`",
        )


def _confidence(spec: ExecutorSpec, written: _Written, provider: str) -> Confidence:
    """Where the confidence comes from, as far as the file alone tells."""
    has_logprobs = provider in _SPEAKS_OPENAI and written.output is not OutputMode.TOOL
    if spec.confidence is None:
        found = Confidence.LOGPROBS if has_logprobs else Confidence.NONE
    else:
        known = [one.value for one in Confidence]
        if spec.confidence not in known:
            raise ExecutorInvalid(
                f"a language model has no confidence `{spec.confidence}`",
                where=Location(path="confidence"),
                expected=listing(known),
                found=spec.confidence,
                mend=suggestion(spec.confidence, known),
            )
        found = Confidence(spec.confidence)
    if found is Confidence.LOGPROBS and not has_logprobs:
        why = "the arguments of a tool come without them" if provider in _SPEAKS_OPENAI else f"`{provider}` gives none"
        raise ExecutorInvalid(
            f"there are no log-probabilities here: {why}",
            where=Location(path="confidence"),
            expected=f"{listing(sorted(_SPEAKS_OPENAI))} with `output: native` or `prompted`",
            found="logprobs",
            mend="`confidence: consistency` asks several times, `none` gives none",
        )
    if written.consistency is not None and found is not Confidence.CONSISTENCY:
        raise _refused(
            "consistency",
            "`consistency` is said, and the confidence does not come from it",
            expected="`confidence: consistency` beside `settings`",
            found=found.value,
            mend="add it, or take `consistency` out",
        )
    return found


def _temperature(spec: ExecutorSpec, written: _Written, *, many: bool) -> float | None:
    """What is sent: 0 where nothing is said, so that the same item gets the same answer as far as the model can."""
    if many:
        if written.temperature == 0.0:
            raise _refused(
                "temperature",
                "at temperature 0 all answers are the same, and that they agree says nothing",
                expected="above 0, for `confidence: consistency`",
                found="0",
                mend="take it out: the model's own is used",
            )
        return written.temperature
    return written.temperature if "temperature" in spec.settings else 0.0


def _limits(limits: Limits, k: int) -> Limits:
    """The limits on items, where every item is ``k`` calls: they are made one after the other."""
    if limits.per_minute is None or k == 1:
        return limits
    if limits.per_minute < k:
        raise _refused(
            "limits.per_minute",
            f"one item is {k} calls, more than there may be in a minute",
            expected=f"at least {k}",
            found=f"{limits.per_minute}",
        )
    return replace(limits, per_minute=limits.per_minute // k)


def _refused(name: str, message: str, *, expected: str, found: str, mend: str | None = None) -> ExecutorInvalid:
    return ExecutorInvalid(message, where=Location(path=f"settings.{name}"), expected=expected, found=found, mend=mend)
