"""What an incumbent function did, recorded after it returned: by one thread, from a queue that can't grow for ever."""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING

from remit.definition.levels import Level
from remit.errors import RemitError
from remit.items import Answer, JsonObject

if TYPE_CHECKING:
    from remit.project.folder import Project
    from remit.project.work import Work
    from remit.runtime.settle import Settled

__all__ = ["Done", "Recording"]

ROOM = 1000
LOOK_S = 1.0
END_S = 10.0
_log = logging.getLogger("remit.adopting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One call of the incumbent: what came in, and what it returned."""

    given: JsonObject
    returned: object
    key: str | None


class Recording:
    """Keeps what an incumbent did, and knows whether a candidate may answer in its place.

    Nothing that goes wrong here reaches the caller: it is logged, once for each kind of fault.  ``n_lost`` counts calls
    that were not recorded, because the queue was full or the store failed.
    """

    def __init__(
        self, work: str, *, by: str, opened: Callable[[], Project], read: Callable[[Work, object], Answer]
    ) -> None:
        self.n_lost = 0
        self.is_above_shadow = False
        self._work_id, self._by = work, by
        self._opened, self._read = opened, read
        self._queue: Queue[Done | None] = Queue(ROOM)
        self._starting = threading.Lock()
        self._opening = threading.Lock()
        self._thread: threading.Thread | None = None
        self._work: Work | None = None
        self._said: set[str] = set()

    def put(self, done: Done) -> None:
        """Have a call recorded; returns at once."""
        if self._thread is None:
            self.start()
        try:
            self._queue.put_nowait(done)
        except Full:
            self._lost("the queue is full")

    def decide(self, given: JsonObject, key: str | None) -> Settled:
        """Decide an item in the place of the incumbent, at once.

        Raises:
            RemitError: it could not be decided.
        """
        return self._opened_work().decide(given, key=key, actor=self._by)

    def start(self) -> None:
        """Start recording and looking at the level, where that has not begun."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=f"remit {self._by}", daemon=True)
                self._thread.start()
                atexit.register(self.close)

    def drain(self) -> None:
        """Wait until all is recorded that was put here until now."""
        self._queue.join()

    def close(self) -> None:
        """Record what waits, for at most ten seconds, and close the project; a later call begins anew."""
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is None:
            return
        atexit.unregister(self.close)
        try:
            self._queue.put(None, timeout=END_S)
        except Full:
            self._lost("the queue did not empty at the end")
        thread.join(END_S)

    def lost(self, fault: object) -> None:
        """Note that a call was not recorded."""
        self._lost(str(fault))

    def _run(self) -> None:
        while True:
            self._look()
            try:
                done = self._queue.get(timeout=LOOK_S)
            except Empty:
                continue
            try:
                if done is None:
                    break
                self._record(done)
            except Exception as fault:  # noqa: BLE001 - the service goes on, whatever happens here
                self._lost(str(fault) if isinstance(fault, RemitError) else repr(fault))
            finally:
                self._queue.task_done()
        with self._opening:
            if self._work is not None:
                self._work.project.close()
                self._work = None

    def _look(self) -> None:
        """See whether somebody granted more than shadow since; what is taken away every decision sees by itself."""
        from remit.store.grants import grants_of

        try:
            work = self._opened_work()
            newest = {one.executor: one.level for one in grants_of(work.project.store, work.id)}
            self.is_above_shadow = any(level.at_least(Level.SUGGEST) for level in newest.values())
        except Exception as fault:  # noqa: BLE001 - as above
            self.is_above_shadow = False
            self._say(str(fault) if isinstance(fault, RemitError) else repr(fault))

    def _opened_work(self) -> Work:
        with self._opening:
            if self._work is None:
                work = self._opened().work(self._work_id)
                work.has_incumbent_software = True
                self._work = work
            return self._work

    def _record(self, done: Done) -> None:
        """Decide the item with the candidate, and keep what the incumbent said of it beside that."""
        from remit.project.watching.watched import advance_work
        from remit.runtime.watching.critical import CriticalCheck
        from remit.runtime.watching.truths import Imported, add_imported_truth

        work = self._opened_work()
        said = self._read(work, done.returned)
        settled = work.decide(done.given, key=done.key, actor=self._by)
        record = settled.record
        if settled.repeated or said.output is None or record.decision.level.at_least(Level.SUGGEST):
            return
        ambient = work.project.ambient
        with work.project.store.writing() as writing:
            add_imported_truth(
                writing,
                record,
                Imported(expected=said.output, by=f"incumbent {self._by}", at=None, seen=False),
                check=CriticalCheck(work.prepared),
                salt=ambient.salt,
                now=ambient.now(),
            )
            if record.executor is not None:
                advance_work(work, writing, only=frozenset({record.executor}))

    def _lost(self, why: str) -> None:
        self.n_lost += 1
        self._say(why)

    def _say(self, why: str) -> None:
        if why not in self._said and len(self._said) < ROOM:
            self._said.add(why)
            _log.warning("%s: a call was not recorded: %s", self._by, why)


def opened_at(path: Path | None, source: Path) -> Callable[[], Project]:
    """Open the project at ``path``, else the one that the file of the function lies in."""

    def opened() -> Project:
        from remit.project.folder import Project

        return Project.open(source if path is None else path)

    return opened
