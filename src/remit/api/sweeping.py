"""What a server does in the background: sweeping, and sending what is due, each in a thread of its own."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self

from remit.errors import RemitError
from remit.project.logs import say_bug
from remit.project.sweeping.telling import Faults, SweepLog, say_delivered

if TYPE_CHECKING:
    from remit.project.serving.reopening import Served
    from remit.project.sweeping import Sweeper

__all__ = ["Delivering", "Sweeping"]

EVERY_S = 1.0
ROUND_S = 5.0
ROUND_MOST = 200
END_S = 10.0


class Sweeping:
    """Sweeps within a ``with`` block, in a thread of its own; another process takes over when it ends."""

    def __init__(self, served: Served, *, every_s: float = EVERY_S) -> None:
        self._served = served
        self._sweeper: Sweeper = served.now.sweeper
        self._holder = f"serve {served.now.ambient.new_id()}"
        self._every_s = every_s
        self._log = SweepLog()
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
        while not self._ending.wait(self._every_s):
            try:
                self._served.look()
                self._sweeper = self._served.now.sweeper
                self._log.told(self._sweeper.sweep(holder=self._holder, delivers=False))
            except RemitError as error:  # the store is away for a while: the next round asks again
                self._log.faults.failed(error)
            except Exception as error:  # noqa: BLE001 - a bug in one task must not end the sweeping
                say_bug(error, task="round")


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
        faults = Faults("delivery")
        while not self._ending.wait(self._every_s):
            try:
                self._take_changed_files()
                say_delivered(self._sweeper.postroom.deliver(seconds=ROUND_S, most=ROUND_MOST))
                faults.told({})
            except RemitError as error:  # the store is away for a while: the next round asks again
                faults.failed(error)
            except Exception as error:  # noqa: BLE001 - a bug in one round must not end the sending
                say_bug(error, task="delivery")

    def _take_changed_files(self) -> None:
        """Send by the senders that remit.yaml names now."""
        now = self._served.now.sweeper
        if now is not self._sweeper:
            self._sweeper.close()
            self._sweeper = now
