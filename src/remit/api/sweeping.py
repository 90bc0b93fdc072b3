"""The sweeper in the background of a server: one round after the other, until the server ends."""

from __future__ import annotations

import logging
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self

from remit.errors import RemitError

if TYPE_CHECKING:
    from remit.project.serving.reopening import Served
    from remit.project.sweeping import Sweeper

__all__ = ["Sweeping"]

EVERY_S = 1.0
_log = logging.getLogger("remit.api")


class Sweeping:
    """Sweeps within a ``with`` block, in a thread of its own; another process takes over when it ends."""

    def __init__(self, served: Served, *, every_s: float = EVERY_S) -> None:
        self._served = served
        self._sweeper: Sweeper = served.now.sweeper
        self._holder = f"serve {served.now.ambient.new_id()}"
        self._every_s = every_s
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._sweep, name="sweeper", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join()
        self._sweeper.give_up(holder=self._holder)
        self._sweeper.close()

    def _sweep(self) -> None:
        said: str | None = None
        while not self._ending.wait(self._every_s):
            fault = self._round()
            if fault is not None and fault != said:  # said once, not every second
                _log.error("the sweeper: %s", fault)
            said = fault

    def _round(self) -> str | None:
        """One round, and what kept it from doing all."""
        try:
            fault = self._served.look()
            if fault is not None:
                _log.error("changed files are not taken: %s", fault)
            if self._served.now.sweeper is not self._sweeper:
                self._sweeper.close()
                self._sweeper = self._served.now.sweeper
            swept = self._sweeper.sweep(holder=self._holder)
        except RemitError as error:  # the store is away for a while: the next round asks again
            return str(error)
        except Exception:  # noqa: BLE001 - a bug in one task must not end the sweeping
            _log.exception("a bug in the sweeper")
            return None
        return "; ".join(f"{one.name}: {one.fault}" for one in swept.tasks if one.fault is not None) or None
