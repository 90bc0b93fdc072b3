"""The keys that seal a ledger: one secret for both sides (HMAC), or a pair whose public half only verifies (Ed25519).

A key is one line of text, ``hmac-sha256:HEX``, ``ed25519:HEX`` (the secret half) or ``ed25519-public:HEX``, 32 bytes
each.  Of several the last that can sign does, and all of them verify: a key is changed by adding one.

Source: RFC 2104 (HMAC), RFC 8032 (Ed25519).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from remit.errors import ArgumentInvalid, UsageError

__all__ = ["KEY_BYTES", "SealAlgorithm", "SealKey", "SealKeys", "key_text", "public_text", "read_keys"]

KEY_BYTES = 32
_PUBLIC = "ed25519-public"
_MAX_KEYS = 1000


class SealAlgorithm(StrEnum):
    """How a seal is signed."""

    HMAC_SHA256 = "hmac-sha256"
    ED25519 = "ed25519"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealKey:
    """One key. ``id`` names it without giving it away; ``secret`` is None where it only verifies.

    ``public`` is what verifies: the public half, or for HMAC the secret itself.
    """

    algorithm: SealAlgorithm
    id: str
    public: bytes
    secret: bytes | None

    def __repr__(self) -> str:
        return f"SealKey({self.algorithm.value}, {self.id})"  # never the secret

    def sign(self, message: bytes) -> bytes:
        """The signature over ``message``.

        Raises:
            ArgumentInvalid: this is only the public half.
            UsageError: Ed25519 without the extra ``seal``.
        """
        if self.secret is None:
            raise ArgumentInvalid("a public key signs nothing", expected="the secret half", found=self.id)
        match self.algorithm:
            case SealAlgorithm.HMAC_SHA256:
                return hmac.digest(self.secret, message, "sha256")
            case SealAlgorithm.ED25519:
                _require_ed25519()
                from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

                return Ed25519PrivateKey.from_private_bytes(self.secret).sign(message)

    def fits(self, message: bytes, signature: bytes) -> bool:
        """Whether ``signature`` is this key's over ``message``.

        Raises:
            UsageError: Ed25519 without the extra ``seal``.
        """
        match self.algorithm:
            case SealAlgorithm.HMAC_SHA256:
                return hmac.compare_digest(hmac.digest(self.public, message, "sha256"), signature)
            case SealAlgorithm.ED25519:
                return _ed25519_fits(self.public, message, signature)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealKeys:
    """The keys of a store by their ids, and the one that seals now (None: they only verify)."""

    known: Mapping[str, SealKey]
    sealing: SealKey | None

    def of(self, algorithm: str, key_id: str) -> SealKey | None:
        """The key of that id, where it is of that kind."""
        found = self.known.get(key_id)
        return found if found is not None and found.algorithm.value == algorithm else None


def read_keys(text: str, *, where: str) -> SealKeys:
    """The keys that ``text`` holds, parted by blanks or lines; what follows a ``#`` at the start of a line is a remark.

    Raises:
        UsageError: there is none, or one of them is none.
    """
    words = [word for line in text.splitlines() if not line.lstrip().startswith("#") for word in line.split()]
    if not 0 < len(words) <= _MAX_KEYS:
        raise _no_key(where, f"{len(words)} of them")
    keys = [_key(word, where) for word in words]
    signing = [key for key in keys if key.secret is not None]
    return SealKeys(known={key.id: key for key in keys}, sealing=signing[-1] if signing else None)


def key_text(algorithm: SealAlgorithm, secret: bytes) -> str:
    """A secret key as it is written down."""
    return f"{algorithm.value}:{secret.hex()}"


def public_text(key: SealKey) -> str | None:
    """The half that anybody may have; None for HMAC, which has none."""
    return f"{_PUBLIC}:{key.public.hex()}" if key.algorithm is SealAlgorithm.ED25519 else None


def _key(word: str, where: str) -> SealKey:
    kind, _, digits = word.partition(":")
    try:
        given = bytes.fromhex(digits)
    except ValueError:
        given = b""
    if len(given) != KEY_BYTES or not digits.isalnum() or kind not in (*SealAlgorithm, _PUBLIC):
        raise _no_key(where, f"`{kind[:20]}:` and {len(digits):,} characters")
    if kind == SealAlgorithm.HMAC_SHA256:
        return SealKey(algorithm=SealAlgorithm.HMAC_SHA256, id=_id(b"hmac:", given), public=given, secret=given)
    public = given if kind == _PUBLIC else _public_half(given)
    return SealKey(
        algorithm=SealAlgorithm.ED25519,
        id=_id(b"ed25519:", public),
        public=public,
        secret=None if kind == _PUBLIC else given,
    )


def _id(kind: bytes, public: bytes) -> str:
    return hashlib.sha256(b"remit-seal-key:" + kind + public).hexdigest()[:16]


def _no_key(where: str, found: str) -> UsageError:
    return UsageError(
        f"no key to seal with in {where}",
        expected="hmac-sha256:, ed25519: or ed25519-public: and 64 hexadecimal digits, one or more",
        found=found,
        mend="take the key from where it is kept safe, or move the file away to have a new one made",
    )


def _require_ed25519() -> None:
    try:
        import cryptography  # noqa: F401
    except ImportError as error:
        raise UsageError(
            "an Ed25519 key needs the package cryptography",
            expected="the extra `seal`",
            found="none",
            mend="pip install 'remit[seal]', or use an hmac-sha256 key",
        ) from error


def _public_half(secret: bytes) -> bytes:
    _require_ed25519()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def _ed25519_fits(public: bytes, message: bytes, signature: bytes) -> bool:
    _require_ed25519()
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):  # ValueError: these 32 bytes are no point of the curve
        return False
    return True
