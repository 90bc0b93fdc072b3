"""What running takes: acts, audits, seals, watches, counters, leases, tokens, log-outs, denials, alerts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# PostgreSQL sorts texts as SQLite does: by their signs, not by a language.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add columns, all of which may be empty, to the tables of the first release, and the new tables."""
    _columns()
    _indexes()
    _acts_and_seals()
    _state()
    _people()


def _columns() -> None:
    op.add_column("decisions", sa.Column("inclusion", sa.Double, nullable=True))
    for column in (
        sa.Column("kind", TEXT, nullable=True),
        sa.Column("follows", TEXT, nullable=True),
        sa.Column("question", TEXT, nullable=True),
        sa.Column("timed_out_at", TEXT, nullable=True),
        sa.Column("seconds", sa.Double, nullable=True),
        sa.Column("n_edits", sa.Integer, nullable=True),
        sa.Column("version", sa.Integer, nullable=True),
    ):
        op.add_column("reviews", column)
    op.add_column("truths", sa.Column("wrong", sa.Boolean, nullable=True))
    with op.batch_alter_table("outbox") as outbox:
        for name in ("dead_at", "fault", "leased_by", "leased_until", "sender"):
            outbox.add_column(sa.Column(name, TEXT, nullable=True))
        outbox.alter_column("due_at", existing_type=TEXT, nullable=True)
        outbox.drop_index(op.f("ix_outbox_sent_at_due_at"))
        outbox.create_index(op.f("ix_outbox_sender_sent_at_due_at"), ["sender", "sent_at", "due_at"])


def _indexes() -> None:
    op.create_index(op.f("ix_reviews_follows"), "reviews", ["follows"])
    op.create_index(op.f("ix_reviews_state_due_at"), "reviews", ["state", "due_at"])


def _acts_and_seals() -> None:
    op.create_table(
        "acts",
        sa.Column("work", TEXT, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("work", "seq", name=op.f("pk_acts")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_acts_work_kind_seq"), "acts", ["work", "kind", "seq"])
    op.create_table(
        "seals",
        sa.Column("work", TEXT, nullable=False),
        sa.Column("n", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("first_seq", sa.BigInteger, nullable=False),
        sa.Column("last_seq", sa.BigInteger, nullable=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("previous", sa.LargeBinary, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("algorithm", TEXT, nullable=False),
        sa.Column("key_id", TEXT, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("work", "n", name=op.f("pk_seals")),
    )


def _state() -> None:
    op.create_table(
        "watches",
        sa.Column("work", TEXT, nullable=False),
        sa.Column("executor", TEXT, nullable=False),
        sa.Column("grant_seq", sa.BigInteger, nullable=False),
        sa.Column("fed_seq", sa.BigInteger, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("work", "executor", name=op.f("pk_watches")),
    )
    op.create_table(
        "usage",
        sa.Column("work", TEXT, nullable=False),
        sa.Column("executor", TEXT, nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sa.Column("since", TEXT, nullable=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("work", "executor", "what", "since", name=op.f("pk_usage")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "leases",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("until", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "alerts",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("work", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("about", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("contact", TEXT, nullable=True),
        sa.Column("settled_at", TEXT, nullable=True),
        sa.Column("settled_by", TEXT, nullable=True),
        sa.Column("sent_at", TEXT, nullable=True),
        sa.Column("n_tries", sa.Integer, nullable=False),
        sa.Column("due_at", TEXT, nullable=False),
        sa.Column("fault", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_work_kind_about_settled_at"), "alerts", ["work", "kind", "about", "settled_at"])
    op.create_index(op.f("ix_alerts_sent_at_due_at"), "alerts", ["sent_at", "due_at"])


def _people() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("roles", TEXT, nullable=False),
        sa.Column("work", TEXT, nullable=True),
        sa.Column("made_at", TEXT, nullable=False),
        sa.Column("made_by", TEXT, nullable=False),
        sa.Column("expires_at", TEXT, nullable=True),
        sa.Column("revoked_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_tokens_hash")),
    )
    op.create_table(
        "logouts",
        sa.Column("session", TEXT, nullable=False),
        sa.Column("until", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_logouts")),
    )
    op.create_index(op.f("ix_logouts_until"), "logouts", ["until"])
    op.create_table(
        "denials",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_denials")),
    )
    op.create_index(op.f("ix_denials_at"), "denials", ["at"])
