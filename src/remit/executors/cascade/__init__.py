"""Several executors as one: asked in an order, until one of them answers and is sure enough."""

from remit.executors.cascade.executor import CascadeExecutor
from remit.executors.cascade.loading import cascade_digest, load_cascade
from remit.executors.cascade.parts import Part, Siblings, read_parts

__all__ = ["CascadeExecutor", "Part", "Siblings", "cascade_digest", "load_cascade", "read_parts"]
