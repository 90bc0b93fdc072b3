"""The differences of two definitions as one document."""

from __future__ import annotations

from typing import Any

from remit.definition.differences import Compared
from remit.report.documents import versioned

__all__ = ["differences_document"]


def differences_document(compared: Compared) -> dict[str, Any]:
    """``{"remit": 1, "kind": "diff", ...}``: what was compared, every change, and what is void by it."""
    found = compared.differences
    return versioned(
        "diff",
        {
            "before": {
                "name": compared.before,
                "id": found.before_id,
                "definition_digest": found.before_digest,
                "evidence_digest": found.before_evidence_digest,
            },
            "after": {
                "name": compared.after,
                "id": found.after_id,
                "definition_digest": found.after_digest,
                "evidence_digest": found.after_evidence_digest,
            },
            "changes": found.changes,
            "voids_evidence": found.voids_evidence,
            "evidence_changed": found.evidence_changed,
            "void_proofs": compared.void_proofs,
            "void_grants": compared.void_grants,
        },
    )
