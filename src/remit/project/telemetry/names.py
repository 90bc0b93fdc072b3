"""The spans, the numbers and the attributes there are. What is not listed here does not leave.

No attribute holds content: nothing of an input or an output, no key of an item, no token, no words of an error.

Names of LLM calls: OpenTelemetry's GenAI semantic conventions; of requests: its HTTP conventions; all others begin with
``remit.``.  A test holds them against the package of the conventions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["ATTRIBUTES", "METRICS", "SPANS", "Metric"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A number: ``kind`` is ``counter``, ``histogram`` or ``gauge``; ``unit`` as UCUM writes it."""

    kind: str
    unit: str
    what: str
    bounds: tuple[float, ...] = ()


_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_LLM_SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_TOKENS = (1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, 16384.0, 65536.0, 262144.0, 1048576.0)

SPANS: Mapping[str, str] = MappingProxyType(
    {
        "METHOD ROUTE": "one request to the server; continues the trace that its caller names by `traceparent`",
        "decide": "one item, from its arrival to its record",
        "look": "what is known of the item, and the terms that count now",
        "admit": "the input against its schema, and the rules that keep an item for a person",
        "perform": "the executor answers; retries and pauses are within",
        "check": "the output against its schema, constraints and rules, and the route",
        "settle": "the record, the review and the effects, in one transaction",
        "decide many": "one group of a batch",
        "OPERATION MODEL": "one call of a language model, within `perform`",
        "sweep": "one round of what happens by itself, where something was due",
        "task": "one task of a round that had something to do",
        "deliver": "one try to send one effect, answer or alert",
        "prove": "one proof",
    }
)
"""Every span, with what it stands for."""

ATTRIBUTES: Mapping[str, str] = MappingProxyType(
    {
        "http.request.method": "the method of a request",
        "http.route": "its route, as it stands in the table of routes",
        "http.response.status_code": "the status of its answer",
        "error.type": "the class or the kind of an error; never its words",
        "remit.request.id": "the id of the request, as in `X-Request-Id`",
        "remit.work": "the id of the work",
        "remit.executor": "the name of the executor",
        "remit.executor.kind": "its kind",
        "remit.level": "the autonomy level that counted",
        "remit.route": "the route that the item took",
        "remit.reason": "the kind of the reason that decided it",
        "remit.decision.id": "the id of the decision",
        "remit.review.id": "the id of the review that it led to",
        "remit.repeated": "whether the decision was there before",
        "remit.fault": "why there was no answer: `error`, `timeout`, `rubbish`, `unavailable`",
        "remit.items": "how many items",
        "remit.task": "the task of the sweeper",
        "remit.leads": "whether this process is the sweeper",
        "remit.sender": "the name of the sender",
        "remit.delivered": "what a try came to: `sent`, `again`, `given up`",
        "remit.cases": "how many cases a proof ran over",
        "remit.certified": "whether a proof came to a certificate",
        "gen_ai.operation.name": "what the model was asked to do: `chat`, ...",
        "gen_ai.provider.name": "who runs the model: `openai`, `anthropic`, ...",
        "gen_ai.request.model": "the model that was asked",
        "gen_ai.response.model": "the model that answered",
        "gen_ai.response.id": "the provider's own id of the answer",
        "gen_ai.response.finish_reasons": "why it stopped",
        "gen_ai.usage.input_tokens": "tokens of the question",
        "gen_ai.usage.output_tokens": "tokens of the answer",
        "gen_ai.token.type": "`input` or `output`",
    }
)
"""Every attribute, with its meaning."""

METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "http.server.request.duration": Metric(
            kind="histogram", unit="s", what="How long requests took.", bounds=_SECONDS
        ),
        "remit.decisions": Metric(kind="counter", unit="{item}", what="Items decided, by work and route."),
        "remit.decide.duration": Metric(
            kind="histogram", unit="s", what="From an item's arrival to its record.", bounds=_SECONDS
        ),
        "remit.executor.duration": Metric(
            kind="histogram", unit="s", what="How long executors took to answer.", bounds=_SECONDS
        ),
        "remit.executor.faults": Metric(kind="counter", unit="{fault}", what="Answers that did not come, by why."),
        "remit.executor.breaker.open": Metric(
            kind="gauge", unit="1", what="1 while an executor is left alone because it does not answer."
        ),
        "remit.reviews.open": Metric(kind="gauge", unit="{review}", what="Reviews that nobody decided yet."),
        "remit.reviews.due": Metric(kind="gauge", unit="{review}", what="Those of them whose time is over."),
        "remit.outbox.waiting": Metric(kind="gauge", unit="{effect}", what="Effects that are still to be sent."),
        "remit.outbox.dead": Metric(kind="gauge", unit="{effect}", what="Effects that were given up on."),
        "remit.budget.used": Metric(
            kind="gauge", unit="1", what="The share of the error budget that the audits show as used; above 1: broken."
        ),
        "remit.deliveries": Metric(kind="counter", unit="{try}", what="Tries to send, by sender and what came of it."),
        "remit.sweeps": Metric(kind="counter", unit="{round}", what="Rounds of the sweeper, by whether it led."),
        "gen_ai.client.operation.duration": Metric(
            kind="histogram", unit="s", what="How long calls of language models took.", bounds=_LLM_SECONDS
        ),
        "gen_ai.client.token.usage": Metric(
            kind="histogram", unit="{token}", what="Tokens of calls of language models.", bounds=_TOKENS
        ),
    }
)
"""Every number that is measured."""
