"""The settings of an executor of kind ``http``, and its digest. Nothing here needs a key or the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from ipaddress import ip_address
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field

from remit.definition.flaws import Flaw
from remit.definition.model import Text, record
from remit.definition.reading.shape import Shape
from remit.errors import ExecutorInvalid
from remit.executors.fingerprint import only
from remit.executors.remote.keys import VariableName, is_secret_name, refuse_secrets
from remit.executors.remote.limits import Limits
from remit.executors.remote.pinning import digest_of_remote
from remit.executors.remote.settings import problem_of, read_settings
from remit.items import ExecutorSpec
from remit.wire.addresses import HEADER_NAME, address_fault

__all__ = ["BEARER", "HttpSettings", "Tls", "http_digest", "read_http"]

BEARER: Final = "bearer"
"""The key goes into ``Authorization: Bearer ...``."""

_OURS: Final = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "host",
        "idempotency-key",
        "remit-signature",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    }
)
_PROTECTS_THE_WAY: Final = ("key_from", "key_as", "sign_with_from", "tls")


@record
class Tls:
    """How the two sides know each other.

    ``ca`` is a file with the certificates that are trusted, in the place of those of the machine; ``cert`` one with our
    own, and ``key_from`` the environment variable with the path of the file that holds its private key.
    """

    ca: Text | None = None
    cert: Text | None = None
    key_from: VariableName | None = None


@record
class HttpSettings:
    """What ``settings`` may say.

    The key in the variable ``key_from`` goes along as ``key_as`` says: ``bearer``, or the name of a header.  The body
    is signed with the secret in the variable ``sign_with_from``.
    """

    url: Text
    headers: Annotated[Mapping[str, Annotated[str, Field(max_length=2000)]], Field(max_length=20)] = field(
        default_factory=dict
    )
    key_from: VariableName | None = None
    key_as: Text | None = None
    sign_with_from: VariableName | None = None
    tls: Tls | None = None
    limits: Limits = field(default_factory=Limits)


_SHAPE: Final = Shape(HttpSettings, what="settings")


def read_http(spec: ExecutorSpec) -> HttpSettings:
    """The settings of an executor file of kind ``http``.

    Raises:
        ExecutorInvalid: with everything that is wrong with them; what may be a secret is not repeated.
    """
    only(spec, confidence=True)
    refuse_secrets(spec.settings)
    settings = read_settings(_SHAPE, spec.settings)
    problems = [problem_of(flaw) for flaw in _flaws(settings)]
    if problems:
        raise ExecutorInvalid(problems=problems)
    return settings


def http_digest(spec: ExecutorSpec) -> str:
    """The digest of the executor: its address and headers, not its keys, certificates and limits.

    Raises:
        ExecutorInvalid: its settings are wrong.
    """
    read_http(spec)
    return digest_of_remote(spec, {}, leaves_out=_PROTECTS_THE_WAY)


def _flaws(settings: HttpSettings) -> Iterator[Flaw]:
    yield from _url_flaws(settings.url)
    yield from _header_flaws(settings.headers)
    yield from _key_flaws(settings)
    if settings.tls is not None:
        yield from _tls_flaws(settings.tls, settings.url)


def _url_flaws(url: str) -> Iterator[Flaw]:
    fault = address_fault(url)
    if fault is None:
        fault = _refused_address(url)
    if fault is not None:  # the address itself is not repeated: it may hold a secret
        yield Flaw(
            path=("url",),
            message=f"this address can't be asked: {fault}",
            expected="https://host/path, or http:// for this machine itself (localhost)",
            mend="correct the address; a key belongs into an environment variable that `key_from` names",
        )


def _refused_address(url: str) -> str | None:
    parts = urlsplit(url)
    if any(is_secret_name(name) for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        return "it holds a key or a password"
    try:
        address = ip_address(parts.hostname or "")
    except ValueError:
        return None
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return "no service lives at such an address"
    return None


def _header_flaws(headers: Mapping[str, str]) -> Iterator[Flaw]:
    seen: set[str] = set()
    for name, value in headers.items():
        fault = _header_fault(name, seen)
        if fault is None and not (value.isascii() and value.isprintable()):
            fault = f"the header `{name}` holds characters that no header has"
        seen.add(name.lower())
        if fault is not None:
            yield Flaw(path=("headers", name), message=fault, mend="correct it, or take it out", at_key=True)


def _header_fault(name: str, seen: set[str]) -> str | None:
    if HEADER_NAME.match(name) is None:
        return "this is no name of a header"
    if name.lower() in _OURS:
        return f"the header `{name}` is set by Remit"
    return f"the header `{name}` is there twice" if name.lower() in seen else None


def _key_flaws(settings: HttpSettings) -> Iterator[Flaw]:
    if settings.key_as is None or settings.key_as == BEARER:
        fault = None
    else:
        fault = _header_fault(settings.key_as, {name.lower() for name in settings.headers})
    if fault is not None:
        yield Flaw(path=("key_as",), message=fault, expected="`bearer`, or the name of a header")
    if settings.key_as is not None and settings.key_from is None:
        yield Flaw(
            path=("key_as",),
            message="there is no key to send",
            expected="`key_from`, with the name of the environment variable that holds the key",
            found="nothing",
            mend="add `key_from: ...`, or take `key_as` out",
        )


def _tls_flaws(tls: Tls, url: str) -> Iterator[Flaw]:
    if not url.startswith("https:"):
        yield Flaw(
            path=("tls",), message="without https there is no TLS", found="an address with http://", mend="take it out"
        )
    if (tls.cert is None) != (tls.key_from is None):
        yield Flaw(
            path=("tls",),
            message="our certificate and its private key go together",
            expected="`cert`, a file, and `key_from`, the environment variable with the path of the key's file",
            found="only one of them",
            mend="add the other one",
        )
