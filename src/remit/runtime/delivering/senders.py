"""The senders of ``remit.yaml``, ready to send; one that can't be used does not hold up the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from remit.definition.durations import parse_duration
from remit.definition.similar import did_you_mean
from remit.errors import ItemInvalid, Location, ProjectInvalid, RemitError
from remit.runtime.delivering.function import FunctionSender, load_function
from remit.runtime.delivering.webhook import WebhookAddress, WebhookSender

if TYPE_CHECKING:
    from remit.files import project_file
    from remit.runtime.delivering.letter import Sender

__all__ = ["LEAST_SECRET", "Senders", "make_senders", "require_callback"]

LEAST_SECRET = 16
"""How many characters a secret has at least."""

_MOST_HEADER = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Senders:
    """Those that can send, and why the others can't, both by their names."""

    usable: Mapping[str, Sender]
    faults: Mapping[str, RemitError]

    def close(self) -> None:
        """Let go of their threads."""
        for sender in self.usable.values():
            sender.close()


def make_senders(
    declared: Mapping[str, project_file.Sender],
    *,
    root: Path,
    setting: Callable[[str], str | None],
    clock: Callable[[], datetime],
    monotonic: Callable[[], float],
) -> Senders:
    """The senders that ``remit.yaml`` declares, with their secrets.

    Args:
        declared: by their names.
        root: the folder of the project.
        setting: the value of an environment variable.
        clock: aware UTC.
        monotonic: seconds that only grow.
    """
    usable: dict[str, Sender] = {}
    faults: dict[str, RemitError] = {}
    for name, one in declared.items():
        timeout = parse_duration(one.timeout) or timedelta(seconds=10)
        try:
            if one.entry is not None:
                usable[name] = FunctionSender(
                    name,
                    load_function(name, one.entry, root=root),
                    timeout=timeout,
                    wants_input=one.input,
                    monotonic=monotonic,
                )
            else:
                usable[name] = WebhookSender(
                    name,
                    _address(name, one, setting),
                    timeout=timeout,
                    wants_input=one.input,
                    clock=clock,
                    monotonic=monotonic,
                )
        except ProjectInvalid as fault:
            faults[name] = fault
    return Senders(usable=MappingProxyType(usable), faults=MappingProxyType(faults))


def require_callback(name: str, known: Mapping[str, object]) -> None:
    """Refuse a callback that names no sender of the project: answers go nowhere else.

    Raises:
        ItemInvalid: there is no such sender.
    """
    if name in known:
        return
    near = did_you_mean(name, known)
    raise ItemInvalid(
        f"there is no sender `{name[:100]}`",
        where=Location(path="callback"),
        expected=f"one of {', '.join(sorted(known))}" if known else "a sender, under `senders` in remit.yaml",
        found=name[:100],
        mend=f"did you mean `{near}`?" if near else "name a sender of remit.yaml: an address can't be given here",
    )


def _address(name: str, one: project_file.Sender, setting: Callable[[str], str | None]) -> WebhookAddress:
    variable = one.secret_env or ""
    secret = _value(name, "secret_env", variable, setting)
    if len(secret) < LEAST_SECRET:
        raise _unusable(name, "secret_env", variable, f"at least {LEAST_SECRET} characters", f"{len(secret)}")
    headers = {}
    for header, of in one.headers_env.items():
        value = _value(name, f"headers_env.{header}", of, setting)
        if not (value.isascii() and value.isprintable() and len(value) <= _MOST_HEADER):
            raise _unusable(name, f"headers_env.{header}", of, f"at most {_MOST_HEADER} printable characters", "others")
        headers[header] = value
    return WebhookAddress(url=one.webhook or "", secret=secret.encode(), headers=headers)


def _value(name: str, key: str, variable: str, setting: Callable[[str], str | None]) -> str:
    value = setting(variable)
    if not value:
        raise _unusable(name, key, variable, "a value", "nothing")
    return value


def _unusable(name: str, key: str, variable: str, expected: str, found: str) -> ProjectInvalid:
    return ProjectInvalid(
        f"the sender `{name}` can't be used: {variable} is not what it needs",
        where=Location(file="remit.yaml", path=f"senders.{name}.{key}"),
        expected=f"{expected} in the environment variable {variable}",
        found=found,
        mend=f"set {variable} where Remit runs",
    )
