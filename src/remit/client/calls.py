"""Every call by its name, as the request that it is."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

__all__ = ["Call", "Calls", "Document"]

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request. ``again``: it does no harm to send it twice."""

    method: str
    path: str
    body: Document | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    again: bool = True


class Calls:
    """Every call by its name, the same for both clients."""

    @staticmethod
    def decide(
        work: str, given: Mapping[str, Any], key: str | None, executor: str | None, callback: str | None
    ) -> Call:
        """One item to decide."""
        # A key of our own lets a call be repeated whose answer was lost.
        body: Document = {"input": dict(given), "key": key if key is not None else secrets.token_urlsafe(18)}
        if executor is not None:
            body["executor"] = executor
        if callback is not None:
            body["callback"] = callback
        return Call(method="POST", path=f"/v1/definitions/{_part(work)}/decide", body=body)

    @staticmethod
    def read(*parts: str, query: Mapping[str, str | None] | None = None) -> Call:
        """Something to read."""
        known = {name: value for name, value in (query or {}).items() if value is not None}
        return Call(method="GET", path="/v1/" + "/".join(map(_part, parts)), query=known)

    @staticmethod
    def change(*parts: str, body: Document, version: int | None = None) -> Call:
        """Something to change, at one version or whatever there is."""
        said = {name: value for name, value in body.items() if value is not None}
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        path = "/v1/" + "/".join(map(_part, parts))
        return Call(method="POST", path=path, body=said, headers=headers, again=False)

    @staticmethod
    def stopping(what: str, work: str | None, executor: str | None, reason: str) -> Call:
        """A stop, or its end."""
        body = {"reason": reason, "executor": executor}
        return Calls.change(*(() if work is None else ("definitions", work)), what, body=body)

    @staticmethod
    def page(work: str | None, state: str | None, cursor: str | None) -> Call:
        """A page of reviews."""
        return Calls.read("reviews", query={"work": work, "state": state, "cursor": cursor})

    @staticmethod
    def truths(work: str, found: Sequence[Mapping[str, Any]]) -> Call:
        """What turned out to be right."""
        # The same truth again changes nothing.
        call = Calls.change("definitions", work, "truths", body={"truths": [dict(one) for one in found]})
        return replace(call, again=True)

    @staticmethod
    def audits(work: str | None, state: str | None, cursor: str | None) -> Call:
        """A page of audits."""
        return Calls.read("audits", query={"work": work, "state": state, "cursor": cursor})

    @staticmethod
    def outbox(state: str, limit: int) -> Call:
        """What leaves."""
        return Calls.read("outbox", query={"state": state, "limit": str(limit)})

    @staticmethod
    def replay(outgoing: str | None) -> Call:
        """What is to be sent again."""
        parts = () if outgoing is None else tuple(outgoing.split("/", 1))
        return Calls.change("outbox", *parts, "replay", body={})

    @staticmethod
    def entries(work: str, after: int) -> Call:
        """A page of the chain of a work."""
        return Calls.read("definitions", work, "ledger", query={"after": str(after), "limit": "1000"})

    @staticmethod
    def deciding(
        review: str,
        output: Mapping[str, Any] | None,
        accept: bool,
        refuse: bool,
        comment: str | None,
        version: int | None,
    ) -> Call:
        """What a person decides."""
        body = {
            "output": None if output is None else dict(output),
            "accept": accept or None,
            "refuse": refuse or None,
            "comment": comment,
        }
        return Calls.change("reviews", review, "decide", body=body, version=version)


def _part(text: str) -> str:
    return quote(text, safe="")
