"""What the shape of ``senders`` and ``alerts`` in ``remit.yaml`` can't say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from remit.definition.durations import parse_duration
from remit.definition.flaws import Flaw, found, suggestion
from remit.wire.addresses import HEADER_NAME, address_fault

__all__ = ["LONGEST_TIMEOUT", "alert_flaws", "sender_flaws"]

LONGEST_TIMEOUT: Final = timedelta(seconds=60)

_OURS = {
    "connection",
    "content-length",
    "content-type",
    "host",
    "idempotency-key",
    "remit-signature",
    "transfer-encoding",
    "user-agent",
}


def sender_flaws(data: Mapping[str, Any]) -> Iterator[Flaw]:
    """What is wrong with the senders, beyond their shape."""
    senders = data.get("senders")
    for name, sender in senders.items() if isinstance(senders, dict) else ():
        if isinstance(sender, dict):
            yield from _kind_flaws(("senders", name), sender)
            yield from _url_flaws(("senders", name, "webhook"), sender.get("webhook"))
            yield from _header_flaws(("senders", name, "headers_env"), sender.get("headers_env"))
            yield from _timeout_flaws(("senders", name, "timeout"), sender.get("timeout"))


def alert_flaws(data: Mapping[str, Any]) -> Iterator[Flaw]:
    """A sender of alerts that is none."""
    alerts, senders = data.get("alerts"), data.get("senders")
    name = alerts.get("sender") if isinstance(alerts, dict) else None
    known = sorted(map(str, senders)) if isinstance(senders, dict) else []
    if isinstance(name, str) and name not in known:
        yield Flaw(
            path=("alerts", "sender"),
            message=f"there is no sender `{name}`",
            expected=f"one of {', '.join(known)}" if known else "a sender, under `senders`",
            found=found(name),
            mend=suggestion(name, known) or "name one of `senders`, or write it there",
        )


def _kind_flaws(path: tuple[str, ...], sender: Mapping[str, Any]) -> Iterator[Flaw]:
    webhook, entry = sender.get("webhook") is not None, sender.get("entry") is not None
    if webhook == entry:
        yield Flaw(
            path=path,
            message="a sender is a webhook or a function" if webhook else "nothing says how this sender sends",
            expected="either `webhook: https://...` or `entry: path/to/file.py:name`",
            found="both" if webhook else "neither",
            mend="take one of them out" if webhook else "add one of them",
        )
    elif webhook and sender.get("secret_env") is None:
        yield Flaw(
            path=(*path, "secret_env"),
            message="a webhook needs a secret to sign with",
            expected="the name of the environment variable that holds it",
            found="nothing",
            mend="add `secret_env: ...`",
        )
    elif entry:
        for key in ("secret_env", "headers_env"):
            if sender.get(key):
                yield Flaw(
                    path=(*path, key),
                    message=f"a function has no `{key}`",
                    at_key=True,
                    mend=f"take `{key}` out: the function reads what it needs itself",
                )


def _url_flaws(path: tuple[str, ...], url: object) -> Iterator[Flaw]:
    if not isinstance(url, str) or not url:
        return
    fault = address_fault(url)
    if fault is not None:  # the address itself is not repeated: it may hold a secret
        yield Flaw(
            path=path,
            message=f"this address can't be sent to: {fault}",
            expected="https://host/path, or http:// for this machine itself (localhost)",
            mend="correct the address; what is secret belongs into `headers_env`",
        )


def _header_flaws(path: tuple[str, ...], headers: object) -> Iterator[Flaw]:
    seen: set[str] = set()
    for name in headers if isinstance(headers, dict) else ():
        lower = str(name).lower()
        if not HEADER_NAME.match(str(name)):
            message, mend = "this is no name of a header", "write it as in `Authorization`"
        elif lower in _OURS:
            message, mend = f"the header `{name}` is set by Remit", "take it out"
        elif lower in seen:
            message, mend = f"the header `{name}` is there twice", "take one of them out"
        else:
            seen.add(lower)
            continue
        yield Flaw(path=(*path, str(name)), message=message, found=found(name), mend=mend, at_key=True)


def _timeout_flaws(path: tuple[str, ...], timeout: object) -> Iterator[Flaw]:
    length = parse_duration(timeout) if isinstance(timeout, str) else None
    if length is not None and length > LONGEST_TIMEOUT:
        yield Flaw(
            path=path,
            message="the timeout is too long",
            expected=f"at most {LONGEST_TIMEOUT.total_seconds():g}s for one try",
            found=found(timeout),
        )
