"""What is sent: one JSON object, the same for a webhook and for a function of the project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from remit.items import Json, JsonObject
from remit.ledger import instant_text
from remit.store.operations.alerts import Alert
from remit.store.operations.outbox import Outgoing, OutgoingContent

__all__ = ["ALERT", "Letter", "Sender", "Tried", "alert_letter", "letter"]

ALERT = "remit:alert"
"""What stands for the effect of an alert; no effect of a work can have this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message. ``id`` is its idempotency key, the same in every try; ``content`` is all of it."""

    id: str
    content: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a try came to.

    ``fault`` says why it failed, None where it is sent; it never holds a secret, nor what the receiver wrote.
    ``again`` says whether another try may do better, ``asked_s`` how long the receiver wants us to wait until then.
    """

    fault: str | None = None
    again: bool = True
    asked_s: float | None = None


class Sender(Protocol):
    """One way out."""

    @property
    def name(self) -> str:
        """Its name in remit.yaml."""
        ...

    @property
    def wants_input(self) -> bool:
        """Whether it gets the input of the item too."""
        ...

    @property
    def timeout(self) -> timedelta:
        """How long a try may take."""
        ...

    def send(self, one: Letter) -> Tried:
        """Try once. It comes back in time, whatever the receiver does."""
        ...

    def close(self) -> None:
        """Let go of its threads."""
        ...


def letter(one: Outgoing, content: OutgoingContent, *, with_input: bool) -> Letter:
    """The message about an effect, or about a person's answer."""
    said: dict[str, Json] = {
        "id": one.id,
        "effect": one.effect,
        "work": one.work,
        "key": content.key,
        "output": None if content.output is None else dict(content.output),
        "at": instant_text(one.created_at),
    }
    if content.outcome is not None:
        said["outcome"] = content.outcome
    if with_input:
        said["input"] = dict(content.input)
    return Letter(id=one.id, content=said)


def alert_letter(alert: Alert) -> Letter:
    """The message about an alert."""
    id_ = f"alert/{alert.id}"
    output: dict[str, Json] = {
        "kind": alert.kind,
        "about": alert.about,
        "text": alert.text,
        "contact": alert.contact,
    }
    said: dict[str, Json] = {
        "id": id_,
        "effect": ALERT,
        "work": alert.work,
        "key": None,
        "output": output,
        "at": instant_text(alert.at),
    }
    return Letter(id=id_, content=said)
