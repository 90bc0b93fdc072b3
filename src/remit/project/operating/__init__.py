"""How one work runs, measured from its newest records in bounded time and mirrored, so that readiness can judge it."""

from remit.project.operating.measuring import measure_operation, operation_of

__all__ = ["measure_operation", "operation_of"]
