"""The first tables: decisions, definitions, payloads, ledger, reviews, truths, outbox, grants, stops, proofs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# PostgreSQL sorts texts as SQLite does: by their signs, not by a language.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables of the first release."""
    op.create_table(
        "decisions",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("work", TEXT, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("received_at", TEXT, nullable=True),
        sa.Column("route", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("reasons", TEXT, nullable=False),
        sa.Column("level", TEXT, nullable=False),
        sa.Column("eligible", sa.Boolean, nullable=False),
        sa.Column("effects", TEXT, nullable=False),
        sa.Column("executor", TEXT, nullable=True),
        sa.Column("fault", TEXT, nullable=True),
        sa.Column("confidence", sa.Double, nullable=True),
        sa.Column("seconds", sa.Double, nullable=True),
        sa.Column("cost", sa.Double, nullable=True),
        sa.Column("checked", TEXT, nullable=True),
        sa.Column("definition_digest", TEXT, nullable=False),
        sa.Column("evidence_digest", TEXT, nullable=False),
        sa.Column("executor_digest", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("work", "key", name=op.f("uq_decisions_work_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "definitions",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("work", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_definitions")),
    )
    op.create_index(op.f("ix_definitions_work_at"), "definitions", ["work", "at"])
    op.create_table(
        "grants",
        sa.Column("work", TEXT, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("executor", TEXT, nullable=False),
        sa.Column("level", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("granted_at", TEXT, nullable=False),
        sa.Column("until", TEXT, nullable=True),
        sa.Column("definition_digest", TEXT, nullable=False),
        sa.Column("evidence_digest", TEXT, nullable=False),
        sa.Column("executor_digest", TEXT, nullable=False),
        sa.Column("certificate", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("work", "seq", name=op.f("pk_grants")),
    )
    op.create_index(op.f("ix_grants_work_executor_seq"), "grants", ["work", "executor", "seq"])
    op.create_table(
        "ledger",
        sa.Column("work", TEXT, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("digests", TEXT, nullable=False),
        sa.Column("body_digest", sa.LargeBinary, nullable=False),
        sa.Column("previous", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("work", "seq", name=op.f("pk_ledger")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "payloads",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("input", TEXT, nullable=True),
        sa.Column("admitted", TEXT, nullable=True),
        sa.Column("output", TEXT, nullable=True),
        sa.Column("said", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payloads")),
    )
    op.create_table(
        "proofs",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("work", TEXT, nullable=False),
        sa.Column("executor", TEXT, nullable=False),
        sa.Column("executor_digest", TEXT, nullable=False),
        sa.Column("definition_digest", TEXT, nullable=False),
        sa.Column("evidence_digest", TEXT, nullable=False),
        sa.Column("case_set_digest", TEXT, nullable=False),
        sa.Column("asked_digest", TEXT, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=True),
        sa.Column("answers_from", TEXT, nullable=True),
        sa.Column("started_at", TEXT, nullable=False),
        sa.Column("finished_at", TEXT, nullable=True),
        sa.Column("document", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["answers_from"], ["proofs.id"], name=op.f("fk_proofs_answers_from")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proofs")),
    )
    op.create_table(
        "stops",
        sa.Column("work", TEXT, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("executor", TEXT, nullable=True),
        sa.Column("stopped", sa.Boolean, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("work", "seq", name=op.f("pk_stops")),
    )
    op.create_table(
        "outbox",
        sa.Column("decision_id", TEXT, nullable=False),
        sa.Column("effect", TEXT, nullable=False),
        sa.Column("work", TEXT, nullable=False),
        sa.Column("payload_id", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("due_at", TEXT, nullable=False),
        sa.Column("sent_at", TEXT, nullable=True),
        sa.Column("n_tries", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_outbox_decision_id")),
        sa.PrimaryKeyConstraint("decision_id", "effect", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_sent_at_due_at"), "outbox", ["sent_at", "due_at"])
    op.create_table(
        "proof_answers",
        sa.Column("proof_id", TEXT, nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("output", TEXT, nullable=True),
        sa.Column("fault", TEXT, nullable=True),
        sa.Column("confidence", sa.Double, nullable=True),
        sa.Column("seconds", sa.Double, nullable=True),
        sa.Column("cost", sa.Double, nullable=True),
        sa.Column("said", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["proof_id"], ["proofs.id"], name=op.f("fk_proof_answers_proof_id")),
        sa.PrimaryKeyConstraint("proof_id", "case_id", name=op.f("pk_proof_answers")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reviews",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("work", TEXT, nullable=False),
        sa.Column("decision_id", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("opened_at", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("path", TEXT, nullable=True),
        sa.Column("role", TEXT, nullable=True),
        sa.Column("queue", TEXT, nullable=True),
        sa.Column("due_at", TEXT, nullable=True),
        sa.Column("show", TEXT, nullable=False),
        sa.Column("on_timeout", TEXT, nullable=True),
        sa.Column("shows_answer", sa.Boolean, nullable=False),
        sa.Column("claimed_by", TEXT, nullable=True),
        sa.Column("claimed_until", TEXT, nullable=True),
        sa.Column("decided_at", TEXT, nullable=True),
        sa.Column("decided_by", TEXT, nullable=True),
        sa.Column("outcome", TEXT, nullable=True),
        sa.Column("comment", TEXT, nullable=True),
        sa.Column("overridden", TEXT, nullable=True),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_reviews_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_decision_id"), "reviews", ["decision_id"])
    op.create_index(op.f("ix_reviews_work_state_opened_at"), "reviews", ["work", "state", "opened_at"])
    op.create_table(
        "truths",
        sa.Column("work", TEXT, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("decision_id", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("answer_seen", sa.Boolean, nullable=False),
        sa.Column("payload_id", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_truths_decision_id")),
        sa.PrimaryKeyConstraint("work", "seq", name=op.f("pk_truths")),
    )
    op.create_index(op.f("ix_truths_decision_id"), "truths", ["decision_id"])
