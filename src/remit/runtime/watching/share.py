"""Which share of what is acted on is audited now."""

from __future__ import annotations

from remit.autonomy.evidence import RAISED
from remit.definition.model import Definition
from remit.store.connections import Reader
from remit.store.operations.watches import is_warned

__all__ = ["audit_share_now"]


def audit_share_now(reader: Reader, *, definition: Definition, executor: str) -> float | None:
    """``observe.audit_share``, five times as much (at most 1) while a warning is open; None where none is written."""
    share = definition.observe.audit_share if definition.observe is not None else None
    if share is None:
        return None
    return min(1.0, RAISED * share) if is_warned(reader, work=definition.id, executor=executor) else share
