"""Who calls: by a token, by the cookie of a session, or, on one person's own machine, without either."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from remit.errors import NotAllowed, NotFound, UsageError
from remit.project.people import ACCESS_ROLES, BY_SETTING, Acting, person_of
from remit.project.serving.sessions import Session, csrf_of, end_session, is_ended, key_of, open_session, read_session
from remit.project.serving.tokens import hash_of, refusal_of, token_of

if TYPE_CHECKING:
    from remit.project.folder import Project
    from remit.project.serving.reopening import Served
    from remit.store.operations.tokens import Token

__all__ = ["Caller", "Callers", "LoggedIn", "Way"]

KNOWN_FOR_S = 1.0
"""How long a token that was looked up counts as it was: so soon a revoked one is refused by every server."""

_MOST_KNOWN = 1_000
_MOST_ENDED = 10_000


class Way(StrEnum):
    """How a caller came in."""

    TOKEN = "token"  # noqa: S105
    SESSION = "session"
    OWN_MACHINE = "own machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, as what, and for which work.

    ``person`` is None where nobody is named.  ``roles`` are roles of access.  ``work`` is the only work they may ask
    about; None: every one.  ``source`` is whose share of requests is used.  ``csrf`` has to come with every change;
    None where nothing has to.
    """

    person: str | None
    roles: frozenset[str]
    work: str | None
    source: str
    way: Way
    csrf: str | None = None
    ends_at: datetime | None = None

    @property
    def acting(self) -> Acting | None:
        """On whose behalf things are done; None on one's own machine, where everybody may say who they are."""
        if self.person is None or self.way is Way.OWN_MACHINE:
            return None
        return Acting(person=self.person, roles=self.roles)

    @property
    def name(self) -> str:
        """What the record calls them."""
        return self.person if self.person is not None else "http"

    def named(self) -> str:
        """The person.

        Raises:
            UsageError: nobody is named.
        """
        if self.person is not None:
            return self.person
        raise UsageError(
            "it has to be known who does this",
            expected="the header X-Remit-By with the id of a person",
            found="nobody",
            mend=f"send X-Remit-By, or start the server with {BY_SETTING}",
        )

    def require_work(self, work: str, what: str) -> None:
        """Refuse what belongs to a work that this caller may not ask about, as if it were not there.

        Raises:
            NotFound: it belongs to another one.
        """
        if self.work is not None and work != self.work:
            raise NotFound(f"there is no {what}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """A session just opened: its cookie, and who they are now."""

    cookie: str
    caller: Caller


class Callers:
    """Knows callers by what they show.

    Args:
        served: whose people and tokens.
        own_machine: the server listens to this machine only; nobody logs in there until a first token was made.
    """

    def __init__(self, served: Served, *, own_machine: bool) -> None:
        self._served = served
        self._own_machine = own_machine
        self._key = key_of(served.now)
        self._known: OrderedDict[str, tuple[Token | None, float]] = OrderedDict()
        self._ended: OrderedDict[str, None] = OrderedDict()
        self._going_on: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()
        self._has_tokens = False

    @property
    def _project(self) -> Project:
        return self._served.now

    def by_token(self, secret: str) -> Caller:
        """The caller that a token stands for.

        Raises:
            NotAllowed: it lets nobody in.
        """
        return self._caller(self._looked_up(hash_of(secret), secret), way=Way.TOKEN)

    def by_cookie(self, cookie: str) -> Caller:
        """The caller that the cookie of a session stands for.

        Raises:
            NotAllowed: it lets nobody in, any more or ever.
        """
        from remit.store.operations.tokens import token_by_id

        session = read_session(self._key, cookie, now=self._project.ambient.now())
        if session is None or self._is_ended(session):
            raise NotAllowed("the session is over", mend="log in again")
        token = self._kept(f"id:{session.token_id}", lambda: token_by_id(self._project.store, session.token_id))
        return self._caller(token, way=Way.SESSION, csrf=csrf_of(self._key, cookie), ends_at=session.expires_at)

    def on_own_machine(self, named: str | None) -> Caller | None:
        """Whoever sits at this machine; None where they, too, have to log in.

        Args:
            named: who they say they are; only the project has to know them.

        Raises:
            NotAllowed: the project does not know them.
        """
        if not self._own_machine or self._tokens_there():
            return None
        people = self._project.file.people
        by = named or self._project.ambient.setting(BY_SETTING)
        if by is None and len(people) == 1:
            by = people[0].id
        if by is not None:
            by = person_of(self._project.file, by).id
        return Caller(person=by, roles=frozenset(ACCESS_ROLES), work=None, source="own machine", way=Way.OWN_MACHINE)

    def log_in(self, secret: str) -> LoggedIn:
        """Open a session for who has a token.

        Raises:
            NotAllowed: it lets nobody in.
        """
        token = self._usable(token_of(self._project, secret))
        cookie = open_session(
            self._key,
            token_id=token.id,
            nonce=secrets.token_hex(16),
            now=self._project.ambient.now(),
            token_expires_at=token.expires_at,
        )
        return LoggedIn(cookie=cookie, caller=self.by_cookie(cookie))

    def log_out(self, cookie: str) -> None:
        """End a session: here at once, in every other server of the store within a second.

        Raises:
            StoreError: the others can't be told.
        """
        session = read_session(self._key, cookie, now=self._project.ambient.now())
        if session is not None:
            self._end(session)
            end_session(self._project, session)

    def is_known(self, secret: str) -> bool:
        """Whether :meth:`by_token` answers without asking the store."""
        found = self._known.get(hash_of(secret))
        return found is not None and self._project.ambient.monotonic() - found[1] < KNOWN_FOR_S

    def _is_ended(self, session: Session) -> bool:
        """Whether somebody ended it, on whichever server; asked of the store once a second."""
        if session.nonce in self._ended:
            return True
        now = self._project.ambient.monotonic()
        asked_at = self._going_on.get(session.nonce)
        if asked_at is not None and now - asked_at < KNOWN_FOR_S:
            return False
        if is_ended(self._project, session):
            self._end(session)
            return True
        with self._lock:
            self._going_on[session.nonce] = now
            while len(self._going_on) > _MOST_KNOWN:
                self._going_on.popitem(last=False)
        return False

    def _end(self, session: Session) -> None:
        with self._lock:
            self._ended[session.nonce] = None
            while len(self._ended) > _MOST_ENDED:
                self._ended.popitem(last=False)

    def _tokens_there(self) -> bool:
        from remit.store.operations.tokens import has_tokens

        if not self._has_tokens:  # once there was one, people log in for ever
            self._has_tokens = has_tokens(self._project.store)
        return self._has_tokens

    def _looked_up(self, hash_: str, secret: str) -> Token | None:
        return self._kept(hash_, lambda: token_of(self._project, secret))

    def _kept(self, name: str, look_up: _LookUp) -> Token | None:
        now = self._project.ambient.monotonic()
        found = self._known.get(name)
        if found is not None and now - found[1] < KNOWN_FOR_S:
            return found[0]
        token = look_up()
        with self._lock:
            self._known[name] = (token, now)
            while len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        return token

    def _usable(self, token: Token | None) -> Token:
        why = refusal_of(token, now=self._project.ambient.now())
        if token is None or why is not None:
            raise NotAllowed(why, mend="`remit token make PERSON` makes a new one")
        return token

    def _caller(
        self, token: Token | None, *, way: Way, csrf: str | None = None, ends_at: datetime | None = None
    ) -> Caller:
        token = self._usable(token)
        person = person_of(self._project.file, token.person)
        roles = frozenset(token.roles) & frozenset(person.roles)
        return Caller(
            person=person.id, roles=roles, work=token.work, source=token.id, way=way, csrf=csrf, ends_at=ends_at
        )


if TYPE_CHECKING:
    from collections.abc import Callable

    _LookUp = Callable[[], Token | None]
