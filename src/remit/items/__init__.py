"""The small words of one item: the item, the answer to it, the reason for its route, and who can answer."""

from remit.items.answer import Answer, Fault, FaultKind
from remit.items.executor import Executor, ExecutorKind, ExecutorSpec
from remit.items.item import Item, Json, JsonObject
from remit.items.reason import Reason, ReasonKind, Route

__all__ = [
    "Answer",
    "Executor",
    "ExecutorKind",
    "ExecutorSpec",
    "Fault",
    "FaultKind",
    "Item",
    "Json",
    "JsonObject",
    "Reason",
    "ReasonKind",
    "Route",
]
