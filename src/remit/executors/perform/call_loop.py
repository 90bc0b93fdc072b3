"""The one event loop of this process on which calls to services are made, whoever waits for them.

One loop, because a pool of connections belongs to the loop that it was made on, and because limits on calls then need
no locks.
"""

from __future__ import annotations

import asyncio
import atexit
import os
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import suppress
from threading import Lock, Thread
from typing import Any, TypeVar

__all__ = ["CallLoop", "call_loop"]

_LEAVING_S = 2.0

T = TypeVar("T")


class CallLoop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="remit-calls", daemon=True)
        self._thread.start()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Have a coroutine run; cancelling what comes back cancels it."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def close(self) -> None:
        """Cancel what runs, and end."""
        if self.pid != os.getpid() or self._loop.is_closed():
            return
        with suppress(Exception):  # whatever it is, the process ends
            self.submit(_cancel_others()).result(_LEAVING_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_LEAVING_S)
        if not self._thread.is_alive():
            self._loop.close()


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


_made: list[CallLoop] = []
_making = Lock()


def call_loop() -> CallLoop:
    """The loop of this process; a fork gets one of its own."""
    with _making:
        if not _made or _made[-1].pid != os.getpid():
            _made[:] = [CallLoop()]
            atexit.register(_made[-1].close)
        return _made[-1]
