"""Record a group of decisions in one transaction, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remit.deciding.decision import Decision
from remit.errors import StoreError
from remit.items import Item
from remit.runtime.settle import Settled, Settlement, Settling, content, settle
from remit.store.connections import Store

__all__ = ["Decided", "NotSettled", "settle_group"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One decision that waits to be recorded."""

    item: Item
    decision: Decision
    settlement: Settlement


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSettled:
    """An item of which nothing was recorded, by its key, and why."""

    key: str
    error: Exception


def settle_group(store: Store, group: Sequence[Decided]) -> tuple[Settled | NotSettled, ...]:
    """Record every decision of ``group``; what each came to, in their order.

    A failure that concerns one item (its key, its input) is that item's alone.

    Raises:
        StoreError: the store failed. Nothing of the whole group is recorded.
    """
    try:
        return _together(store, group)
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - one of the rows can't be written: nothing is, so each is tried alone
        if len(group) == 1:
            return (NotSettled(key=group[0].item.key, error=error),)
        return tuple(_alone(store, one) for one in group)


def _together(store: Store, group: Sequence[Decided]) -> tuple[Settled | NotSettled, ...]:
    contents = [_content(one.item) for one in group]
    outcomes: list[Settled | NotSettled] = []
    with store.writing() as writing:
        settling = Settling(writing)
        for work, keys in _by_work(group, contents).items():
            settling.look_up(work, keys)
        for one, given in zip(group, contents, strict=True):
            outcomes.append(given if isinstance(given, NotSettled) else _settled(settling, one, given))
        settling.write()
        settling.remember()
    return tuple(outcomes)


def _by_work(group: Sequence[Decided], contents: Sequence[str | NotSettled]) -> dict[str, list[str]]:
    """The keys of the items that can be recorded, by work."""
    keys: dict[str, list[str]] = {}
    for one, given in zip(group, contents, strict=True):
        if not isinstance(given, NotSettled):
            keys.setdefault(one.settlement.provenance.work, []).append(one.item.key)
    return keys


def _content(item: Item) -> str | NotSettled:
    try:
        return content(item)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this item's alone
        return NotSettled(key=item.key, error=error)


def _settled(settling: Settling, one: Decided, given: str) -> Settled | NotSettled:
    try:
        return settling.settle(one.item, one.decision, one.settlement, given=given)
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - nothing of this item is written yet
        return NotSettled(key=one.item.key, error=error)


def _alone(store: Store, one: Decided) -> Settled | NotSettled:
    try:
        return settle(store, one.item, one.decision, one.settlement)
    except Exception as error:  # noqa: BLE001 - those before it are recorded, and are to be answered
        return NotSettled(key=one.item.key, error=error)
