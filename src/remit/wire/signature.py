"""The signature of a webhook: who sent it, when, and that nobody changed it on the way."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from remit.errors import ArgumentInvalid

__all__ = ["IDEMPOTENCY_HEADER", "SIGNATURE_HEADER", "sign", "verify_webhook"]

SIGNATURE_HEADER = "Remit-Signature"
IDEMPOTENCY_HEADER = "Idempotency-Key"

_MOST_CHARACTERS = 2000
_MOST_SIGNATURES = 10
_MOST_DIGITS = 12


def sign(body: bytes, secret: bytes, at: datetime) -> str:
    """The header for a body that leaves at ``at``: ``t=SECONDS,v1=HEX``, where HEX is HMAC-SHA256 of ``t.body``."""
    moment = str(int(at.timestamp()))
    return f"t={moment},v1={_signature(moment.encode(), body, secret)}"


def verify_webhook(
    body: bytes, header: str | None, secret: str | bytes, now: datetime, tolerance: float = 300.0
) -> bool:
    """Whether a request that came in was sent by Remit, with this secret, a short time ago, and unchanged.

    Args:
        body: the bytes of the request exactly as they came, before anybody parsed them.
        header: what ``Remit-Signature`` says; None where the request has none.
        secret: the same as the sender's.
        now: the time, with its time zone.
        tolerance: how many seconds the signature may be old, or ahead: an older request was kept and sent again.

    Returns:
        False for everything that is not exactly so. Comparing takes the same time wherever the first difference is.

    Raises:
        ArgumentInvalid: the secret is empty or ``now`` has no time zone: nothing could be told.
    """
    key = secret.encode() if isinstance(secret, str) else secret
    if not key:
        raise ArgumentInvalid("the secret is empty", expected="the secret that the sender signs with")
    if now.tzinfo is None:
        raise ArgumentInvalid("`now` has no time zone", expected="an aware datetime")
    if header is None or len(header) > _MOST_CHARACTERS:
        return False
    parts = [part.strip().partition("=") for part in header.split(",")]
    moments = [value for name, _, value in parts if name == "t"]
    given = [value.encode("utf-8", "replace") for name, _, value in parts if name == "v1"][:_MOST_SIGNATURES]
    if len(moments) != 1 or not (moments[0].isascii() and moments[0].isdigit() and len(moments[0]) <= _MOST_DIGITS):
        return False
    wanted = _signature(moments[0].encode(), body, key).encode()
    same = [hmac.compare_digest(one, wanted) for one in given]
    return any(same) and abs(now.timestamp() - int(moments[0])) <= tolerance


def _signature(moment: bytes, body: bytes, secret: bytes) -> str:
    return hmac.new(secret, moment + b"." + body, hashlib.sha256).hexdigest()
