"""How many cases, audits and days until which claim could be made."""

from remit.proof.planning.document import Basis, WorkPlan
from remit.proof.planning.known import Known, KnownCases
from remit.proof.planning.plan import plan_work

__all__ = ["Basis", "Known", "KnownCases", "WorkPlan", "plan_work"]
