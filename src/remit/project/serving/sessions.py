"""Sessions of people: a signed cookie that stands for a token, and what ties a form to it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from remit.errors import FileUnreadable, Location, ProjectInvalid

if TYPE_CHECKING:
    from remit.project.folder import Project

__all__ = [
    "KEY_SETTING",
    "LASTS",
    "Session",
    "csrf_of",
    "end_session",
    "is_ended",
    "key_of",
    "open_session",
    "read_session",
]

KEY_SETTING = "REMIT_SESSION_KEY"
KEY_FILE = "session.key"
LASTS = timedelta(hours=12)
_LEAST_KEY = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A person who logged in: by which token, until when, and a name for this one log-in."""

    token_id: str
    expires_at: datetime
    nonce: str


def key_of(project: Project) -> bytes:
    """The key that signs sessions: ``REMIT_SESSION_KEY``, else ``.remit/session.key``, made at its first use.

    Raises:
        ProjectInvalid: it is shorter than 32 characters.
        FileUnreadable: the file can't be made or read.
    """
    given = project.ambient.setting(KEY_SETTING)
    if given is not None:
        return _long_enough(given.encode("utf-8"), KEY_SETTING)
    from remit.files.atomic import make_own_folder

    make_own_folder(project.state)
    path = project.state / KEY_FILE
    try:
        _make(path)
        return _long_enough(path.read_bytes().strip(), str(path))
    except OSError as error:
        raise FileUnreadable(
            f"the key of the sessions can't be used: {error.strerror or error}",
            where=Location(file=str(path)),
            mend=f"let your user read and write it, or set {KEY_SETTING}",
        ) from error


def open_session(key: bytes, *, token_id: str, nonce: str, now: datetime, token_expires_at: datetime | None) -> str:
    """The cookie of a new session; it ends no later than its token."""
    ends = now + LASTS
    if token_expires_at is not None:
        ends = min(ends, token_expires_at)
    said = json.dumps([token_id, int(ends.timestamp()), nonce], separators=(",", ":")).encode()
    body = base64.urlsafe_b64encode(said).rstrip(b"=").decode()
    return f"{body}.{_signed(key, 'session', body)}"


def read_session(key: bytes, cookie: str, *, now: datetime) -> Session | None:
    """The session that a cookie stands for; None where it was not signed with ``key``, or is over."""
    body, _, signature = cookie.rpartition(".")
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), _signed(key, "session", body).encode()):
        return None
    try:
        token_id, ends, nonce = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (ValueError, binascii.Error):  # signed by us and not ours: another version's
        return None
    found = Session(token_id=str(token_id), expires_at=datetime.fromtimestamp(int(ends), UTC), nonce=str(nonce))
    return found if now < found.expires_at else None


def end_session(project: Project, session: Session) -> None:
    """End a session on every server of the store, before its time."""
    from remit.store.operations.logouts import add_logout

    with project.store.writing() as writing:
        add_logout(writing, _name(session), until=session.expires_at, now=project.ambient.now())


def is_ended(project: Project, session: Session) -> bool:
    """Whether somebody ended a session before its time, on whichever server."""
    from remit.store.operations.logouts import is_logged_out

    return is_logged_out(project.store, _name(session))


def csrf_of(key: bytes, cookie: str) -> str:
    """What has to come with every change that this session asks for: nobody can make it from outside."""
    return _signed(key, "csrf", cookie)


def _name(session: Session) -> str:
    return hashlib.sha256(f"session:{session.nonce}".encode()).hexdigest()


def _signed(key: bytes, what: str, text: str) -> str:
    return hmac.new(key, f"{what}:{text}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _make(path: os.PathLike[str]) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_hex(32).encode())
        file.flush()
        os.fsync(file.fileno())


def _long_enough(key: bytes, place: str) -> bytes:
    if len(key) >= _LEAST_KEY:
        return key
    raise ProjectInvalid(
        "the key of the sessions is too short",
        where=Location(file=place),
        expected=f"{_LEAST_KEY} random characters or more",
        found=f"{len(key)}",
        mend="remove it: a new one is made, and everybody logs in again",
    )
