"""A store as one file that either database can read: everything that was committed at one moment."""

from remit.store.backup.copying import back_up, restore
from remit.store.backup.packing import Header

__all__ = ["Header", "back_up", "restore"]
