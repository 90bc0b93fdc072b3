"""What a server refused is recorded, but nobody can fill the store by being refused."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from remit.errors import StoreError

if TYPE_CHECKING:
    from remit.project.folder import Project
    from remit.store.operations.denials import Denial

__all__ = ["Refusals", "denials"]

MOST_OF_ONE = 10
MOST_OF_ALL = 120
_MINUTE_S = 60.0
_MOST_TEXT = 200


class Refusals:
    """Records refusals: at most 10 a minute from one source, 120 a minute from all; the last of each says so."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lock = threading.Lock()
        self._since = project.ambient.monotonic()
        self._n_of: dict[str, int] = {}
        self._n = 0

    def record(self, *, source: str, who: str, what: str, why: str) -> bool:
        """Record one refusal.

        Args:
            source: whose share it is counted to: a token or an address.
            who: a person or an address.
            what: method and path.
            why: the reason, in a sentence.

        Returns:
            Whether it was recorded: it is not where its share of this minute is used up, or the store fails.
        """
        if not (n := self._counted(source)):
            return False
        from remit.store.operations.denials import Denial, add_denials

        last = n == MOST_OF_ONE
        ambient = self._project.ambient
        one = Denial(
            id=ambient.new_id(),
            at=ambient.now(),
            who=_short(who),
            what=_short(what),
            why=_short(why) + (" (more of this source in this minute are not recorded)" if last else ""),
        )
        try:
            with self._project.store.writing() as writing:
                add_denials(writing, (one,))
        except StoreError:  # the refusal itself stands
            return False
        return True

    def _counted(self, source: str) -> int:
        """The how-manyth of its source in this minute it is; 0 where it is one too many."""
        with self._lock:
            now = self._project.ambient.monotonic()
            if now - self._since >= _MINUTE_S:
                self._since, self._n = now, 0
                self._n_of.clear()
            n = self._n_of.get(source, 0) + 1
            if n > MOST_OF_ONE or self._n >= MOST_OF_ALL:
                return 0
            self._n += 1
            self._n_of[source] = n
            return n


def denials(project: Project, *, n: int) -> tuple[Denial, ...]:
    """The ``n`` newest refusals, the newest first."""
    from remit.store.operations.denials import newest_denials

    return newest_denials(project.store, n=n)


def _short(text: str) -> str:
    kept = "".join(char if char.isprintable() else "?" for char in text[:_MOST_TEXT])
    return kept + ("…" if len(text) > _MOST_TEXT else "")
