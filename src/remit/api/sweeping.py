"""What a server does in the background: sweeping, and sending what is due, each in a thread of its own."""

from __future__ import annotations

import logging
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self

from remit.errors import RemitError

if TYPE_CHECKING:
    from remit.project.serving.reopening import Served
    from remit.project.sweeping import Sweeper

__all__ = ["Delivering", "Sweeping"]

EVERY_S = 1.0
ROUND_S = 5.0
ROUND_MOST = 200
END_S = 10.0
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
            self._sweeper = self._served.now.sweeper
            swept = self._sweeper.sweep(holder=self._holder, delivers=False)
        except RemitError as error:  # the store is away for a while: the next round asks again
            return str(error)
        except Exception:  # noqa: BLE001 - a bug in one task must not end the sweeping
            _log.exception("a bug in the sweeper")
            return None
        return "; ".join(f"{one.name}: {one.fault}" for one in swept.tasks if one.fault is not None) or None


class Delivering:
    """Sends what is due within a ``with`` block: a sender that is slow holds up neither sweeping nor its lease.

    Any number of processes may send: what one of them took nobody else takes meanwhile.
    """

    def __init__(self, served: Served, *, every_s: float = EVERY_S) -> None:
        self._served = served
        self._sweeper: Sweeper = served.now.sweeper
        self._every_s = every_s
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._deliver, name="delivery", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join(END_S)  # what is on its way when the process ends is sent again, under the same key
        self._sweeper.close()

    def _deliver(self) -> None:
        said: str | None = None
        while not self._ending.wait(self._every_s):
            fault: str | None = None
            try:
                self._take_changed_files()
                self._sweeper.postroom.deliver(seconds=ROUND_S, most=ROUND_MOST)
            except RemitError as error:  # the store is away for a while: the next round asks again
                fault = str(error)
            except Exception:  # noqa: BLE001 - a bug in one round must not end the sending
                _log.exception("a bug in sending")
            if fault is not None and fault != said:
                _log.error("sending: %s", fault)
            said = fault

    def _take_changed_files(self) -> None:
        """Send by the senders that remit.yaml names now."""
        now = self._served.now.sweeper
        if now is not self._sweeper:
            self._sweeper.close()
            self._sweeper = now
