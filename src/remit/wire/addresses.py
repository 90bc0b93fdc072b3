"""Which addresses something may be sent to, and how headers are named."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

__all__ = ["HEADER_NAME", "address_fault"]

HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}\Z")
"""The name of a header."""

_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\Z")
_MOST_HOST = 253


def address_fault(url: str) -> str | None:
    """Why nothing can be sent to an address, in words that do not repeat it; None where it can.

    Only https, or http to this machine itself; no user, password or part behind ``#``.
    """
    if not (url.isascii() and url.isprintable()) or " " in url:
        return "it holds characters that no address has"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return str(error) if "port" in str(error).lower() else "it is no address"
    if parts.username is not None or parts.password is not None:
        return "it holds a user or a password"
    if parts.fragment:
        return "it has a part behind `#`, which is never sent"
    if port == 0:
        return "no port has the number 0"
    return _host_fault(parts)


def _host_fault(parts: SplitResult) -> str | None:
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https"):
        return "it does not begin with https://"
    address = _address(host)
    if address is None and not (
        len(host) <= _MOST_HOST and all(_LABEL.match(label) for label in host.removesuffix(".").split("."))
    ):
        return "it names no host"
    if parts.scheme == "http" and not (host == "localhost" or (address is not None and address.is_loopback)):
        return "http:// leaves this machine unprotected"
    return None


def _address(host: str) -> Any:
    try:
        return ip_address(host)
    except ValueError:
        return None
