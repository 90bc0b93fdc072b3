"""The first tables: decisions, definitions, payloads, ledger, reviews, truths, outbox, grants, stops, proofs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of the first release."""
    op.create_table(
        "decisions",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("work", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("received_at", sa.Text, nullable=True),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("eligible", sa.Boolean, nullable=False),
        sa.Column("effects", sa.Text, nullable=False),
        sa.Column("executor", sa.Text, nullable=True),
        sa.Column("fault", sa.Text, nullable=True),
        sa.Column("confidence", sa.Double, nullable=True),
        sa.Column("seconds", sa.Double, nullable=True),
        sa.Column("cost", sa.Double, nullable=True),
        sa.Column("checked", sa.Text, nullable=True),
        sa.Column("definition_digest", sa.Text, nullable=False),
        sa.Column("evidence_digest", sa.Text, nullable=False),
        sa.Column("executor_digest", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("work", "key", name=op.f("uq_decisions_work_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "definitions",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("work", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_definitions")),
    )
    op.create_index(op.f("ix_definitions_work_at"), "definitions", ["work", "at"])
    op.create_table(
        "grants",
        sa.Column("work", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("executor", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("granted_at", sa.Text, nullable=False),
        sa.Column("until", sa.Text, nullable=True),
        sa.Column("definition_digest", sa.Text, nullable=False),
        sa.Column("evidence_digest", sa.Text, nullable=False),
        sa.Column("executor_digest", sa.Text, nullable=False),
        sa.Column("certificate", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("work", "seq", name=op.f("pk_grants")),
    )
    op.create_index(op.f("ix_grants_work_executor_seq"), "grants", ["work", "executor", "seq"])
    op.create_table(
        "ledger",
        sa.Column("work", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("digests", sa.Text, nullable=False),
        sa.Column("body_digest", sa.LargeBinary, nullable=False),
        sa.Column("previous", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("work", "seq", name=op.f("pk_ledger")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "payloads",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("input", sa.Text, nullable=True),
        sa.Column("admitted", sa.Text, nullable=True),
        sa.Column("output", sa.Text, nullable=True),
        sa.Column("said", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payloads")),
    )
    op.create_table(
        "proofs",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("work", sa.Text, nullable=False),
        sa.Column("executor", sa.Text, nullable=False),
        sa.Column("executor_digest", sa.Text, nullable=False),
        sa.Column("definition_digest", sa.Text, nullable=False),
        sa.Column("evidence_digest", sa.Text, nullable=False),
        sa.Column("case_set_digest", sa.Text, nullable=False),
        sa.Column("asked_digest", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=True),
        sa.Column("answers_from", sa.Text, nullable=True),
        sa.Column("started_at", sa.Text, nullable=False),
        sa.Column("finished_at", sa.Text, nullable=True),
        sa.Column("document", sa.Text, nullable=True),
        sa.ForeignKeyConstraint(["answers_from"], ["proofs.id"], name=op.f("fk_proofs_answers_from")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proofs")),
    )
    op.create_table(
        "stops",
        sa.Column("work", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("executor", sa.Text, nullable=True),
        sa.Column("stopped", sa.Boolean, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("work", "seq", name=op.f("pk_stops")),
    )
    op.create_table(
        "outbox",
        sa.Column("decision_id", sa.Text, nullable=False),
        sa.Column("effect", sa.Text, nullable=False),
        sa.Column("work", sa.Text, nullable=False),
        sa.Column("payload_id", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("due_at", sa.Text, nullable=False),
        sa.Column("sent_at", sa.Text, nullable=True),
        sa.Column("n_tries", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_outbox_decision_id")),
        sa.PrimaryKeyConstraint("decision_id", "effect", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_sent_at_due_at"), "outbox", ["sent_at", "due_at"])
    op.create_table(
        "proof_answers",
        sa.Column("proof_id", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("output", sa.Text, nullable=True),
        sa.Column("fault", sa.Text, nullable=True),
        sa.Column("confidence", sa.Double, nullable=True),
        sa.Column("seconds", sa.Double, nullable=True),
        sa.Column("cost", sa.Double, nullable=True),
        sa.Column("said", sa.Text, nullable=True),
        sa.ForeignKeyConstraint(["proof_id"], ["proofs.id"], name=op.f("fk_proof_answers_proof_id")),
        sa.PrimaryKeyConstraint("proof_id", "case_id", name=op.f("pk_proof_answers")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("work", sa.Text, nullable=False),
        sa.Column("decision_id", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("opened_at", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=True),
        sa.Column("role", sa.Text, nullable=True),
        sa.Column("queue", sa.Text, nullable=True),
        sa.Column("due_at", sa.Text, nullable=True),
        sa.Column("show", sa.Text, nullable=False),
        sa.Column("on_timeout", sa.Text, nullable=True),
        sa.Column("shows_answer", sa.Boolean, nullable=False),
        sa.Column("claimed_by", sa.Text, nullable=True),
        sa.Column("claimed_until", sa.Text, nullable=True),
        sa.Column("decided_at", sa.Text, nullable=True),
        sa.Column("decided_by", sa.Text, nullable=True),
        sa.Column("outcome", sa.Text, nullable=True),
        sa.Column("comment", sa.Text, nullable=True),
        sa.Column("overridden", sa.Text, nullable=True),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_reviews_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_decision_id"), "reviews", ["decision_id"])
    op.create_index(op.f("ix_reviews_work_state_opened_at"), "reviews", ["work", "state", "opened_at"])
    op.create_table(
        "truths",
        sa.Column("work", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("decision_id", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("answer_seen", sa.Boolean, nullable=False),
        sa.Column("payload_id", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_truths_decision_id")),
        sa.PrimaryKeyConstraint("work", "seq", name=op.f("pk_truths")),
    )
    op.create_index(op.f("ix_truths_decision_id"), "truths", ["decision_id"])
