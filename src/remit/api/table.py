"""The one table of routes: what there is, for which roles of access, and what it is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from starlette.routing import compile_path

from remit.api.shapes import (
    AuditsShown,
    ChainsShown,
    DecisionShown,
    Document,
    ReviewShown,
    ReviewsShown,
    SessionShown,
)

__all__ = ["ROUTES", "About", "Entry", "Found", "Table", "endpoint_of"]


class About(StrEnum):
    """What a route speaks of: it says what a token for one work is good for."""

    NOBODY = "nobody"  # no caller is needed
    CALLER = "caller"  # the caller themselves
    WORK = "work"  # the work in its path
    RECORD = "record"  # one record: its endpoint holds the work of the record against the caller's
    LIST = "list"  # records of every work that the caller may ask about
    EVERYTHING = "everything"  # every work at once: nothing for a token that is good for one


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One route: ``endpoint`` is the name of a function in ``remit.api.routes``, as ``module.function``."""

    method: str
    path: str
    endpoint: str
    roles: frozenset[str]
    about: About
    shown: type[Any] | None = Document
    status: int = 200
    more_statuses: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The route that a request is for, with the work in its path."""

    entry: Entry
    work: str | None


NOBODY = frozenset[str]()
EVERYBODY = frozenset({"author", "reviewer", "accountable", "leader", "auditor", "service", "admin"})
PEOPLE = EVERYBODY - {"service"}
DECIDERS = frozenset({"service", "author", "accountable"})
WATCHERS = frozenset({"leader", "auditor", "admin", "accountable"})
STOPPERS = frozenset({"author", "reviewer", "accountable", "leader", "admin"})
GRANTERS = frozenset({"accountable"})
REVOKERS = frozenset({"author", "accountable", "admin"})
REVIEWERS = frozenset({"reviewer", "accountable"})
RECORD_READERS = frozenset({"service", "author", "accountable", "leader", "auditor", "admin"})
ITEM_READERS = RECORD_READERS - {"service"}
SETTLERS = STOPPERS
SENDERS = frozenset({"author", "accountable", "admin"})
KNOWERS = frozenset({"author", "accountable"})
DRILLERS = frozenset({"author", "accountable", "leader", "admin"})
ERASERS = frozenset({"accountable", "admin"})

_WORK = "/v1/definitions/{work}"
_REVIEW = "/v1/reviews/{review_id}"


def _get(path: str, endpoint: str, roles: frozenset[str], about: About, shown: type[Any] | None = Document) -> Entry:
    return Entry(method="GET", path=path, endpoint=endpoint, roles=roles, about=about, shown=shown)


def _post(path: str, endpoint: str, roles: frozenset[str], about: About, shown: type[Any] | None = Document) -> Entry:
    return Entry(method="POST", path=path, endpoint=endpoint, roles=roles, about=about, shown=shown)


ROUTES: tuple[Entry, ...] = (
    # items
    Entry(
        method="POST",
        path=f"{_WORK}/decide",
        endpoint="decisions.decide",
        roles=DECIDERS,
        about=About.WORK,
        shown=DecisionShown,
        more_statuses=(202,),
    ),
    _get("/v1/decisions/{decision_id}", "decisions.read", RECORD_READERS, About.RECORD, DecisionShown),
    _get(f"{_WORK}/items/{{key:path}}", "items.story", ITEM_READERS, About.WORK),
    # work definitions
    _get("/v1/definitions", "definitions.list_all", PEOPLE, About.LIST),
    _get(_WORK, "definitions.read", PEOPLE, About.WORK),
    _get(f"{_WORK}/readiness", "definitions.readiness", PEOPLE, About.WORK),
    _get(f"{_WORK}/grants", "definitions.grants", PEOPLE, About.WORK),
    _get(f"{_WORK}/autonomy", "definitions.autonomy", PEOPLE, About.WORK),
    _get(f"{_WORK}/plan", "definitions.plan", PEOPLE, About.WORK),
    _get(f"{_WORK}/proofs", "definitions.proofs", PEOPLE, About.WORK),
    _get(f"{_WORK}/proofs/{{n}}", "definitions.proof", PEOPLE, About.WORK),
    # what is allowed
    _post(f"{_WORK}/grants", "allowing.grant", GRANTERS, About.WORK),
    _post(f"{_WORK}/revoke", "allowing.revoke", REVOKERS, About.WORK),
    _post(f"{_WORK}/stop", "allowing.stop", STOPPERS, About.WORK),
    _post(f"{_WORK}/resume", "allowing.resume", STOPPERS, About.WORK),
    _post("/v1/stop", "allowing.stop_everything", STOPPERS, About.EVERYTHING),
    _post("/v1/resume", "allowing.resume_everything", STOPPERS, About.EVERYTHING),
    # reviews
    _get("/v1/reviews", "reviews.list_page", PEOPLE, About.LIST, ReviewsShown),
    _get("/v1/audits", "reviews.audits", PEOPLE, About.LIST, AuditsShown),
    _get(_REVIEW, "reviews.read", PEOPLE, About.RECORD, ReviewShown),
    _post(f"{_REVIEW}/claim", "reviews.claim", REVIEWERS, About.RECORD, ReviewShown),
    _post(f"{_REVIEW}/release", "reviews.release", REVIEWERS, About.RECORD, ReviewShown),
    _post(f"{_REVIEW}/later", "reviews.later", REVIEWERS, About.RECORD, ReviewShown),
    _post(f"{_REVIEW}/decide", "reviews.decide", REVIEWERS, About.RECORD, ReviewShown),
    _post(f"{_REVIEW}/ask", "reviews.ask", REVIEWERS, About.RECORD, ReviewShown),
    _post(f"{_REVIEW}/answer", "reviews.answer", REVIEWERS | {"author"}, About.RECORD, ReviewShown),
    _post(f"{_REVIEW}/reassign", "reviews.reassign", REVIEWERS | {"author"}, About.RECORD, ReviewShown),
    _post(f"{_REVIEW}/undo", "reviews.undo", REVIEWERS, About.RECORD, ReviewShown),
    _post(f"{_WORK}/reviews/next", "reviews.next_one", REVIEWERS, About.WORK, ReviewShown),
    # what turned out to be right, and how the work runs
    _post(f"{_WORK}/truths", "watching.add_truths", KNOWERS, About.WORK),
    _post(f"{_WORK}/outcomes", "watching.add_outcome", KNOWERS, About.WORK),
    _get(f"{_WORK}/reviewers", "watching.reviewers", WATCHERS, About.WORK),
    _get(f"{_WORK}/drills", "drilling.status", ITEM_READERS, About.WORK),
    _post(f"{_WORK}/drills/stop", "drilling.stop", STOPPERS, About.WORK),
    _post(f"{_WORK}/drills/path", "drilling.paths", DRILLERS, About.WORK),
    _post(f"{_WORK}/drills/replay", "drilling.replay", DRILLERS, About.WORK),
    # what leaves, and what somebody has to look at
    _get("/v1/outbox", "delivering.outbox", ITEM_READERS, About.LIST),
    _post("/v1/outbox/replay", "delivering.replay_all", SENDERS, About.EVERYTHING),
    _post("/v1/outbox/{decision_id}/{effect}/replay", "delivering.replay", SENDERS, About.RECORD),
    _get("/v1/alerts", "delivering.alerts", PEOPLE, About.LIST),
    _post("/v1/alerts/{alert_id}/settle", "delivering.settle", SETTLERS, About.RECORD),
    # the record, and what watches over it
    _get(f"{_WORK}/ledger", "records.entries", WATCHERS, About.WORK),
    _get(f"{_WORK}/seals", "records.seals", WATCHERS, About.WORK),
    _post(f"{_WORK}/erase", "records.erase", ERASERS, About.WORK),
    _get("/v1/ledger/verify", "records.verify", WATCHERS, About.EVERYTHING, ChainsShown),
    _get("/v1/denials", "records.denied", frozenset({"auditor", "admin"}), About.EVERYTHING),
    _get("/metrics", "operating.metrics", WATCHERS, About.EVERYTHING, None),
    # the caller
    _post("/v1/session", "sessions.log_in", NOBODY, About.NOBODY, SessionShown),
    _get("/v1/session", "sessions.who", EVERYBODY, About.CALLER, SessionShown),
    Entry(
        method="DELETE",
        path="/v1/session",
        endpoint="sessions.log_out",
        roles=EVERYBODY,
        about=About.CALLER,
    ),
    # the server
    _get("/healthz", "operating.healthy", NOBODY, About.NOBODY),
    _get("/readyz", "operating.ready", NOBODY, About.NOBODY),
    _get("/v1/openapi.json", "operating.openapi", NOBODY, About.NOBODY, None),
)


class Table:
    """Finds the route that a request is for.

    Args:
        routes: the routes there are.
    """

    def __init__(self, routes: Sequence[Entry] = ROUTES) -> None:
        self.routes = tuple(routes)
        self._patterns = [(entry, compile_path(entry.path)[0]) for entry in self.routes]

    def find(self, method: str, path: str) -> Found | None:
        """The route of exactly this method and path; None where there is none."""
        for entry, pattern in self._patterns:
            if entry.method == method and (matched := pattern.match(path)) is not None:
                return Found(entry=entry, work=matched.groupdict().get("work"))
        return None


def endpoint_of(entry: Entry) -> Callable[..., Any]:
    """The function of a route."""
    from importlib import import_module

    module, _, name = entry.endpoint.partition(".")
    found: Callable[..., Any] = getattr(import_module(f"remit.api.routes.{module}"), name)
    return found
