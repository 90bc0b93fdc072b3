"""Planning of one work: gather what is known, then let ``remit.proof.planning`` count."""

from remit.project.planning.gathering import plan_of

__all__ = ["plan_of"]
