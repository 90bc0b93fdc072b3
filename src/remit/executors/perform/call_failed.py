"""A call to something that lives elsewhere which brought no answer, as a value that says what follows from it."""

from __future__ import annotations

from remit.items import FaultKind

__all__ = ["CallFailed", "HeldBack"]


class CallFailed(Exception):
    """A call brought no answer.

    Args:
        text: why, in words that a reviewer may read: never what the item holds, a secret, or what the service wrote.
        kind: what kind of fault it is; where it is ``UNAVAILABLE`` a proof may ask again.
        again: whether trying again may help.
        after_s: how many seconds the service asks to be left alone before; None where it says nothing.
        absent: what it tells about the service: that it is not there, that it is, or (None) nothing.
        charged: whether the call may have cost something all the same.
    """

    def __init__(
        self,
        text: str,
        *,
        kind: FaultKind = FaultKind.UNAVAILABLE,
        again: bool = False,
        after_s: float | None = None,
        absent: bool | None = True,
        charged: bool = True,
    ) -> None:
        super().__init__(text)
        self.text = text
        self.kind = kind
        self.again = again
        self.after_s = after_s
        self.absent = absent
        self.charged = charged


class HeldBack(CallFailed):
    """A limit of ours kept a call from being made: it says nothing about the service, and costs nothing."""

    def __init__(self, text: str) -> None:
        super().__init__(text, absent=None, charged=False)
