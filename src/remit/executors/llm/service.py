"""The one place that speaks to a model, through pydantic-ai: one client, one call at a time, no retries of its own."""

from __future__ import annotations

import json
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Final

from remit.errors import ExecutorInvalid, Location
from remit.executors.llm.failures import failed, not_its_protocol
from remit.executors.llm.logprobs import tokens_of
from remit.executors.llm.prompt import Prompt
from remit.executors.llm.reply import Reply, Usage
from remit.executors.llm.settings import Confidence, LlmSettings, OutputMode
from remit.executors.perform.call_failed import CallFailed
from remit.executors.perform.call_loop import call_loop
from remit.executors.perform.outside import ModelCall, note_call
from remit.executors.remote.keys import Key

if TYPE_CHECKING:
    import httpx2
    from pydantic_ai.messages import ModelResponse
    from pydantic_ai.models import Model, ModelRequestParameters

__all__ = ["Service"]

_ADDRESSES: Final = {
    "openai": "https://api.openai.com/v1",
    "openai-chat": "https://api.openai.com/v1",
    "openai-responses": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
}
"""Written out, because the libraries would else take another address from the environment."""

_NO_KEY: Final = "no-key"
_TOOL: Final = "answer"
_IDLE_S: Final = 30.0
_MOST_BYTES: Final = 8_000_000
_LEAST_LISTED, _MOST_LISTED = 10, 20
"""How many likeliest tokens are asked for: twice as many as there are alternatives, at most what OpenAI gives."""


class Service:
    """One model of one service.

    Made without a call, and without opening a connection; everything that can be known to be wrong without a call is
    refused here.  Its coroutines run on one event loop, on which it keeps its connections.

    Raises:
        ExecutorInvalid: pydantic-ai or what it needs for this provider is not installed, the provider is not known, or
            can't do what the settings ask for.
    """

    def __init__(self, settings: LlmSettings, prompt: Prompt, key: Key | None, *, n_alternatives: int) -> None:
        self._settings = settings
        self._n_listed = min(max(2 * n_alternatives, _LEAST_LISTED), _MOST_LISTED)
        self._key = key
        self._pid = os.getpid()
        self._client: httpx2.AsyncClient | None = None
        self._model = self._made()
        self.samples = _samples(self._model)
        self._refuse_what_it_cannot()
        self._parameters = _parameters(prompt, settings.output)
        self._sent = self._model_settings()

    async def ask(self, text: str, *, left_s: float, nth: int = 0) -> Reply:
        """One call.

        Args:
            text: the message about the item.
            left_s: how many seconds there are.
            nth: which of several answers to the same item; each has a seed of its own.

        Raises:
            CallFailed: no reply, with what follows from it.
        """
        from pydantic_ai.messages import ModelRequest, UserPromptPart

        model = self._open()
        sent: dict[str, Any] = {**self._sent, "timeout": max(left_s, 0.001)}
        if nth and "seed" in sent:
            sent["seed"] += nth
        started = time.perf_counter()
        try:
            response = await model.request([ModelRequest(parts=[UserPromptPart(text)])], sent, self._parameters)  # type: ignore[arg-type]
            reply = self._reply(response)
        except CallFailed as error:
            self._note(time.perf_counter() - started, fault=type(error).__name__)
            raise
        except Exception as error:  # noqa: BLE001 - whatever a library makes of what came
            self._note(time.perf_counter() - started, fault=type(error).__name__)
            raise failed(error, model=self._settings.model) from None  # nor the request, with its key
        self._note(time.perf_counter() - started, reply=reply)
        return reply

    def _note(self, seconds: float, *, reply: Reply | None = None, fault: str | None = None) -> None:
        """Tell whoever watches that the model was called, and nothing of what was said."""
        usage = Usage() if reply is None else reply.usage
        note_call(
            ModelCall(
                provider=self._settings.provider,
                model=self._settings.model,
                answered_by=None if reply is None else reply.model,
                finish_reasons=() if reply is None else ("length",) if reply.cut else ("stop",),
                n_input=usage.tokens_in,
                n_output=usage.tokens_out,
                seconds=seconds,
                fault=fault,
            )
        )

    @property
    def address(self) -> str:
        """Where calls go."""
        return str(self._model.base_url or "")

    async def close(self) -> None:
        """Let go of the connections; a later call makes new ones."""
        client, self._client = self._client, None
        if client is not None and self._pid == os.getpid():
            await client.aclose()

    def leave(self) -> None:
        """Let go of them some time soon: nobody uses this any more."""
        if self._client is not None and self._pid == os.getpid():
            with suppress(RuntimeError):  # the loop ended before
                call_loop().submit(self.close())

    def _open(self) -> Model:
        if self._client is None or self._pid != os.getpid():  # closed, or copied by a fork
            self._pid = os.getpid()
            self._model = self._made()
        return self._model

    def _made(self) -> Model:
        try:
            import httpx2
            from pydantic_ai.models import infer_model
        except ImportError as error:
            raise ExecutorInvalid(
                "language models need pydantic-ai, which is not installed",
                where=Location(path="kind"),
                expected="the extra `llm`",
                found="not installed",
                mend="pip install 'remit[llm]'",
            ) from error
        settings = self._settings
        most = settings.limits.at_a_time
        self._client = httpx2.AsyncClient(
            headers={"Accept-Encoding": "identity"},
            event_hooks={"response": [_bound]},
            follow_redirects=False,
            trust_env=False,  # nothing of the machine may send a key another way
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            limits=httpx2.Limits(max_connections=most, max_keepalive_connections=most, keepalive_expiry=_IDLE_S),
        )
        kind = "openai-chat" if settings.provider == "openai" else settings.provider
        try:
            return infer_model(f"{kind}:{settings.model}", provider_factory=lambda _: self._provider())
        except ExecutorInvalid:
            raise
        except Exception as error:  # each provider has refusals of its own
            raise _unknown(settings, error) from error

    def _provider(self) -> Any:
        from inspect import signature

        from pydantic_ai.providers import infer_provider_class

        settings = self._settings
        try:
            made = infer_provider_class(settings.provider)
        except ImportError as error:
            raise ExecutorInvalid(
                f"`{settings.provider}` needs a library that is not installed",
                where=Location(path="settings.model"),
                expected=f"the extra `{settings.provider}` of pydantic-ai-slim",
                found="not installed",
                mend=f"pip install 'pydantic-ai-slim[{settings.provider}]'",
            ) from error
        takes = signature(made.__init__).parameters
        given = {
            "api_key": self._key.reveal() if self._key is not None else _NO_KEY,
            "http_client": self._client,
            "base_url": settings.base_url or _ADDRESSES.get(settings.provider),
        }
        for name, path in (("api_key", "settings.key_from"), ("base_url", "settings.base_url")):
            if name not in takes and (name == "api_key" or settings.base_url is not None):
                raise ExecutorInvalid(
                    f"`{settings.provider}` is not opened with `{path.rpartition('.')[2]}`",
                    where=Location(path=path),
                    expected="a provider that takes it: `openai`, `anthropic` and most others",
                    found=settings.provider,
                )
        provider = made(**{name: value for name, value in given.items() if name in takes and value is not None})
        client: Any = getattr(provider, "client", None)
        if hasattr(client, "max_retries"):
            client.max_retries = 0  # retries are counted and bounded in one place, and that is not here
        return provider

    def _refuse_what_it_cannot(self) -> None:
        settings, profile = self._settings, self._model.profile
        needs = {OutputMode.NATIVE: "supports_json_schema_output", OutputMode.TOOL: "supports_tools"}
        need = needs.get(settings.output)
        if need is not None and not profile.get(need, False):
            others = {OutputMode.NATIVE: "tool", OutputMode.TOOL: "native"}
            raise ExecutorInvalid(
                f"`{settings.model}` can't be held to a schema in the way `{settings.output}`",
                where=Location(path="settings.output"),
                expected=f"`{others[settings.output]}` or `prompted`",
                found=settings.output.value,
                mend=f"`output: {others[settings.output]}`",
            )

    def _model_settings(self) -> dict[str, Any]:
        settings = self._settings
        sent: dict[str, Any] = {"max_tokens": settings.max_tokens, "parallel_tool_calls": False}
        if settings.temperature is not None and self.samples:
            sent["temperature"] = settings.temperature
        if settings.seed is not None:
            sent["seed"] = settings.seed
        if settings.confidence is Confidence.LOGPROBS and self.samples:
            sent |= {"openai_logprobs": True, "openai_top_logprobs": self._n_listed}
        return sent

    def _reply(self, response: ModelResponse) -> Reply:
        from pydantic_ai.messages import TextPart, ToolCallPart

        if self._settings.output is OutputMode.TOOL:
            calls = [one.args for one in response.parts if isinstance(one, ToolCallPart)]
            texts = [one if isinstance(one, str) else json.dumps(one) for one in calls]
        else:
            said = "".join(one.content for one in response.parts if isinstance(one, TextPart))
            texts = [said] if said else []
        details = response.provider_details or {}
        usage = response.usage
        known = bool(usage.input_tokens or usage.output_tokens)
        return Reply(
            texts=texts,
            cut=response.finish_reason == "length",
            refused=response.finish_reason == "content_filter" or "refusal" in details,
            tokens=tokens_of(details.get("logprobs")),
            usage=Usage(tokens_in=usage.input_tokens, tokens_out=usage.output_tokens) if known else Usage(),
            model=response.model_name,
        )


def _parameters(prompt: Prompt, output: OutputMode) -> ModelRequestParameters:
    from pydantic_ai.messages import InstructionPart
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.output import OutputObjectDefinition
    from pydantic_ai.tools import ToolDefinition

    schema = dict(prompt.schema)
    described = "The answer about the item."
    tool = ToolDefinition(name=_TOOL, parameters_json_schema=schema, description=described, kind="output")
    return ModelRequestParameters(
        output_mode=output.value,
        output_object=OutputObjectDefinition(json_schema=schema, name=_TOOL, description=described),
        output_tools=[tool] if output is OutputMode.TOOL else [],
        allow_text_output=output is not OutputMode.TOOL,
        prompted_output_template=False,  # what is sent is what `Prompt` says, and nothing else
        instruction_parts=[InstructionPart(content=prompt.instructions)],
    )


def _samples(model: Model) -> bool:
    """Whether the model takes a temperature and, where its protocol has them, tells log-probabilities.

    Those that think before they answer mostly do not, as pydantic-ai's profile of the model says.
    """
    profile: Mapping[str, Any] = model.profile
    if profile.get("anthropic_disallows_sampling_settings", False):
        return False
    if not profile.get("openai_supports_reasoning", False):
        return True
    may_not_think = profile.get("openai_supports_reasoning_effort_none", False)
    return bool(may_not_think and not profile.get("thinking_enabled_by_default", False))


def _unknown(settings: LlmSettings, error: Exception) -> ExecutorInvalid:
    return ExecutorInvalid(
        f"there is no provider `{settings.provider}` that can be used ({type(error).__name__})",
        where=Location(path="settings.provider" if ":" not in settings.model else "settings.model"),
        expected="a provider of pydantic-ai that is opened with a key: `openai`, `anthropic`, `mistral`, `groq`, ...",
        found=settings.provider,
        mend="a service that speaks OpenAI's protocol is `openai` with a `base_url`",
    )


async def _bound(response: httpx2.Response) -> None:
    """Refuse to read more of a reply than any answer needs, packed or not."""
    if response.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
        raise not_its_protocol("the reply of the service is packed, which it was asked not to be")
    stream: Any = response.stream
    response.stream = _bounded_stream(stream)


def _bounded_stream(stream: Any) -> httpx2.AsyncByteStream:
    import httpx2

    class Bounded(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            left = _MOST_BYTES
            async for chunk in stream:
                left -= len(chunk)
                if left < 0:
                    raise not_its_protocol(f"the reply of the service is larger than {_MOST_BYTES:,} bytes")
                yield chunk

        async def aclose(self) -> None:
            await stream.aclose()

    return Bounded()
