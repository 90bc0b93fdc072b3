"""Group commit: concurrent asyncio callers share one transaction, and each hears after it is committed."""

from __future__ import annotations

from collections.abc import Sequence

from remit.runtime.groups.gathering import Gathering
from remit.runtime.groups.settle_group import Decided, NotSettled, settle_group
from remit.runtime.settle import Settled
from remit.store.connections import Store

__all__ = ["MOST", "ROOM", "GroupCommit"]

MOST = 100
ROOM = 1_000


class GroupCommit:
    """One thread that records what asyncio callers decided, a group in one transaction.

    Args:
        store: the store.
        most: how many decisions a group has at most.
        room: how many decisions may wait; whoever comes then waits for room.
    """

    def __init__(self, store: Store, *, most: int = MOST, room: int = ROOM) -> None:
        self._store = store
        self._gathering: Gathering[Decided, Settled] = Gathering(
            self._settle_all, name="remit-group-commit", most=most, room=room
        )

    async def settle(self, decided: Decided) -> Settled:
        """Record one decision: the same as :func:`~remit.runtime.settle.settle`, together with others.

        Raises:
            KeyConflict: the key was used for another input. Nothing of this item is recorded.
            ItemInvalid: the key or the input can't be recorded.
            StoreError: the store failed, or is closed. Nothing of the group is recorded.
        """
        return await self._gathering.ask(decided)

    def close(self) -> None:
        """Record what waits, and take nothing more."""
        self._gathering.close()

    def _settle_all(self, group: Sequence[Decided]) -> Sequence[Settled | Exception]:
        return [one.error if isinstance(one, NotSettled) else one for one in settle_group(self._store, group)]
