"""The store: tables, migrations, whole records in and out.

``open_store`` opens it; the modules named for the records (``decisions``, ``reviews``, ``grants``, ``proofs``) hold
the functions that read and write them, each on a :class:`Store` or inside ``with store.writing() as writing``.
"""

from remit.store.connections import Reader, Store, Writing
from remit.store.opening import open_store, shown_place, store_status, upgrade_store
from remit.store.proofs import (
    ProofAnswer,
    ProofRun,
    add_answers,
    answers,
    answers_to,
    attempts,
    begin_proof,
    finish_proof,
    n_answers,
    proof,
    proof_document,
    proofs_of,
)

__all__ = [
    "ProofAnswer",
    "ProofRun",
    "Reader",
    "Store",
    "Writing",
    "add_answers",
    "answers",
    "answers_to",
    "attempts",
    "begin_proof",
    "finish_proof",
    "n_answers",
    "open_store",
    "proof",
    "proof_document",
    "proofs_of",
    "shown_place",
    "store_status",
    "upgrade_store",
]
