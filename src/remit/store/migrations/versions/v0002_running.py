"""What running takes: acts, audits, seals, watches, counters, leases, tokens, denials, alerts, dead letters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


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
        sa.Column("kind", sa.Text, nullable=True),
        sa.Column("follows", sa.Text, nullable=True),
        sa.Column("question", sa.Text, nullable=True),
        sa.Column("timed_out_at", sa.Text, nullable=True),
        sa.Column("seconds", sa.Double, nullable=True),
        sa.Column("n_edits", sa.Integer, nullable=True),
        sa.Column("version", sa.Integer, nullable=True),
    ):
        op.add_column("reviews", column)
    op.add_column("truths", sa.Column("wrong", sa.Boolean, nullable=True))
    with op.batch_alter_table("outbox") as outbox:
        for name in ("dead_at", "fault", "leased_by", "leased_until", "sender"):
            outbox.add_column(sa.Column(name, sa.Text, nullable=True))
        outbox.alter_column("due_at", existing_type=sa.Text, nullable=True)
        outbox.drop_index(op.f("ix_outbox_sent_at_due_at"))
        outbox.create_index(op.f("ix_outbox_sender_sent_at_due_at"), ["sender", "sent_at", "due_at"])


def _indexes() -> None:
    op.create_index(op.f("ix_reviews_follows"), "reviews", ["follows"])
    op.create_index(op.f("ix_reviews_state_due_at"), "reviews", ["state", "due_at"])


def _acts_and_seals() -> None:
    op.create_table(
        "acts",
        sa.Column("work", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("work", "seq", name=op.f("pk_acts")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_acts_work_kind_seq"), "acts", ["work", "kind", "seq"])
    op.create_table(
        "seals",
        sa.Column("work", sa.Text, nullable=False),
        sa.Column("n", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("first_seq", sa.BigInteger, nullable=False),
        sa.Column("last_seq", sa.BigInteger, nullable=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("previous", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("algorithm", sa.Text, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("work", "n", name=op.f("pk_seals")),
    )


def _state() -> None:
    op.create_table(
        "watches",
        sa.Column("work", sa.Text, nullable=False),
        sa.Column("executor", sa.Text, nullable=False),
        sa.Column("grant_seq", sa.BigInteger, nullable=False),
        sa.Column("fed_seq", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("work", "executor", name=op.f("pk_watches")),
    )
    op.create_table(
        "usage",
        sa.Column("work", sa.Text, nullable=False),
        sa.Column("executor", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("work", "executor", "what", "since", name=op.f("pk_usage")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("work", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("contact", sa.Text, nullable=True),
        sa.Column("settled_at", sa.Text, nullable=True),
        sa.Column("settled_by", sa.Text, nullable=True),
        sa.Column("sent_at", sa.Text, nullable=True),
        sa.Column("n_tries", sa.Integer, nullable=False),
        sa.Column("due_at", sa.Text, nullable=False),
        sa.Column("fault", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_work_kind_about_settled_at"), "alerts", ["work", "kind", "about", "settled_at"])
    op.create_index(op.f("ix_alerts_sent_at_due_at"), "alerts", ["sent_at", "due_at"])


def _people() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("work", sa.Text, nullable=True),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=True),
        sa.Column("revoked_at", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_tokens_hash")),
    )
    op.create_table(
        "denials",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_denials")),
    )
    op.create_index(op.f("ix_denials_at"), "denials", ["at"])
