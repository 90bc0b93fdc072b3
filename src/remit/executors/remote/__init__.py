"""What executors that call a service have in common: keys, limits on calls, spending, what they are made of."""

from remit.executors.remote.limits import Limits, limited
from remit.executors.remote.spending import Exhausted, Purse, Reserved, SpendingCap
from remit.executors.remote.surroundings import Surroundings

__all__ = ["Exhausted", "Limits", "Purse", "Reserved", "SpendingCap", "Surroundings", "limited"]
