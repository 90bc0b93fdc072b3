"""Erase content, on request or when its time is over; the record of what was decided stays."""

from remit.runtime.erasing.erase import Erased, erase_item
from remit.runtime.erasing.retain import RETENTION, erase_due

__all__ = ["RETENTION", "Erased", "erase_due", "erase_item"]
