"""Asking an executor: deadline, retries, circuit breaker, and nothing but an answer comes back."""

from remit.executors.perform.breaker import Breaker
from remit.executors.perform.performer import Perform, Performer, decide_each, performer

__all__ = ["Breaker", "Perform", "Performer", "decide_each", "performer"]
