"""The tables of a store, the same on SQLite and PostgreSQL.

Instants are 27 characters of UTC text that sort like times, JSON is the exact text that was hashed, and digests of
the chain are bytes.  Rows that the ledger speaks for (decisions, grants, stops, truths, decided reviews) carry the
``seq`` of their entry; they are written once and never changed, but for a review, which is open until it is decided.
"""

from __future__ import annotations

import sqlalchemy as sa

__all__ = [
    "EVERYTHING",
    "acts",
    "alerts",
    "decisions",
    "definitions",
    "denials",
    "grants",
    "leases",
    "ledger",
    "metadata",
    "outbox",
    "payloads",
    "proof_answers",
    "proofs",
    "reviews",
    "seals",
    "stops",
    "tokens",
    "truths",
    "usage",
    "watches",
]

EVERYTHING = "*"
"""What stands for a work id in the chain, and in the stops, that are about every work."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# PostgreSQL sorts texts as SQLite does: by their signs, not by a language.
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _text(name: str, *, null: bool = False, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, _TEXT, nullable=null, primary_key=key)


def _number(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double, nullable=True)


def _seq(*, null: bool = False, key: bool = False) -> sa.Column[int]:
    return sa.Column("seq", sa.BigInteger, nullable=null, primary_key=key, autoincrement=False)


ledger = sa.Table(
    "ledger",
    metadata,
    _text("work", key=True),
    _seq(key=True),
    _text("at"),
    _text("kind"),
    _text("actor"),
    _text("subject"),
    _text("digests"),
    sa.Column("body_digest", sa.LargeBinary, nullable=False),
    sa.Column("previous", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

decisions = sa.Table(
    "decisions",
    metadata,
    _text("id", key=True),
    _text("work"),
    _seq(),
    _text("key"),
    _text("at"),
    _text("actor"),
    _text("received_at", null=True),
    _text("route"),
    _text("reason"),
    _text("reasons"),
    _text("level"),
    sa.Column("eligible", sa.Boolean, nullable=False),
    _text("effects"),
    _text("executor", null=True),
    _text("fault", null=True),
    _number("confidence"),
    _number("seconds"),
    _number("cost"),
    _text("checked", null=True),
    _text("definition_digest"),
    _text("evidence_digest"),
    _text("executor_digest", null=True),
    _number("inclusion"),  # with which chance this item was to be audited; none where nothing was acted on
    sa.UniqueConstraint("work", "key"),
    sqlite_with_rowid=False,
)

definitions = sa.Table(
    "definitions",
    metadata,
    _text("digest", key=True),  # of the text's meaning: the text speaks for itself
    _text("work"),
    _text("text"),
    _text("at"),
    sa.Index(None, "work", "at"),
)

payloads = sa.Table(
    "payloads",
    metadata,
    _text("id", key=True),  # of the decision or of the review whose content it is
    sa.Column("salt", sa.LargeBinary, nullable=False),
    _text("input", null=True),
    _text("admitted", null=True),  # only where it differs from the input
    _text("output", null=True),
    _text("said", null=True),  # what else the executor said; of a decided review what people wrote: comment, questions
)

reviews = sa.Table(
    "reviews",
    metadata,
    _text("id", key=True),
    _text("work"),
    sa.Column("decision_id", _TEXT, sa.ForeignKey("decisions.id"), nullable=False),
    _text("state"),
    _text("opened_at"),
    _text("reason"),
    _text("path", null=True),
    _text("role", null=True),
    _text("queue", null=True),
    _text("due_at", null=True),
    _text("show"),
    _text("on_timeout", null=True),
    sa.Column("shows_answer", sa.Boolean, nullable=False),
    _text("claimed_by", null=True),
    _text("claimed_until", null=True),
    _text("decided_at", null=True),
    _text("decided_by", null=True),
    _text("outcome", null=True),
    _text("comment", null=True),  # none once it is decided: then it is content, which can be erased
    _text("overridden", null=True),
    _seq(null=True),
    _text("kind", null=True),  # none: a review
    _text("follows", null=True),  # the review that made this one necessary: a second pair of eyes, or one undone
    _text("question", null=True),  # what was asked back and answered; once it is decided only by whom and when
    _text("timed_out_at", null=True),
    _number("seconds"),  # that the person had it on the screen
    sa.Column("n_edits", sa.Integer, nullable=True),
    sa.Column("version", sa.Integer, nullable=True),
    sa.Index(None, "work", "state", "opened_at"),
    sa.Index(None, "decision_id"),
    sa.Index(None, "follows"),
    sa.Index(None, "state", "due_at"),
)

truths = sa.Table(
    "truths",
    metadata,
    _text("work", key=True),
    _seq(key=True),
    sa.Column("decision_id", _TEXT, sa.ForeignKey("decisions.id"), nullable=False),
    _text("at"),
    _text("by"),
    _text("source"),
    sa.Column("answer_seen", sa.Boolean, nullable=False),
    _text("payload_id"),
    sa.Column("wrong", sa.Boolean, nullable=True),  # whether the executor's answer was; none where it gave none
    sa.Index(None, "decision_id"),
)

acts = sa.Table(
    "acts",
    metadata,
    _text("work", key=True),
    _seq(key=True),
    _text("at"),
    _text("by"),
    _text("kind"),
    _text("subject"),
    _text("body"),
    sa.Index(None, "work", "kind", "seq"),
    sqlite_with_rowid=False,
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("decision_id", _TEXT, sa.ForeignKey("decisions.id"), primary_key=True),
    _text("effect", key=True),
    _text("work"),
    _text("payload_id"),
    _text("created_at"),
    _text("due_at", null=True),  # none: given up on, or nothing to send yet
    _text("sent_at", null=True),
    sa.Column("n_tries", sa.Integer, nullable=False),
    _text("dead_at", null=True),  # given up on; a person may have it sent again
    _text("fault", null=True),  # why the last try failed
    _text("leased_by", null=True),
    _text("leased_until", null=True),
    _text("sender", null=True),  # as it was named when it was decided; none: Remit does not send it
    sa.Index(None, "sender", "sent_at", "due_at"),
)

grants = sa.Table(
    "grants",
    metadata,
    _text("work", key=True),
    _seq(key=True),
    _text("executor"),
    _text("level"),
    _text("by"),
    _text("reason"),
    _text("granted_at"),
    _text("until", null=True),
    _text("definition_digest"),
    _text("evidence_digest"),
    _text("executor_digest"),
    _text("certificate", null=True),
    sa.Index(None, "work", "executor", "seq"),
)

stops = sa.Table(
    "stops",
    metadata,
    _text("work", key=True),
    _seq(key=True),
    _text("executor", null=True),
    sa.Column("stopped", sa.Boolean, nullable=False),
    _text("at"),
    _text("by"),
    _text("reason"),
)

proofs = sa.Table(
    "proofs",
    metadata,
    _text("id", key=True),
    _text("work"),
    _text("executor"),
    _text("executor_digest"),
    _text("definition_digest"),
    _text("evidence_digest"),
    _text("case_set_digest"),
    _text("asked_digest"),
    sa.Column("attempt", sa.Integer, nullable=True),  # none for a baseline: those are free
    sa.Column("answers_from", _TEXT, sa.ForeignKey("proofs.id"), nullable=True),
    _text("started_at"),
    _text("finished_at", null=True),
    _text("document", null=True),
)

proof_answers = sa.Table(
    "proof_answers",
    metadata,
    sa.Column("proof_id", _TEXT, sa.ForeignKey("proofs.id"), primary_key=True),
    _text("case_id", key=True),
    _text("output", null=True),
    _text("fault", null=True),
    _number("confidence"),
    _number("seconds"),
    _number("cost"),
    _text("said", null=True),
    sqlite_with_rowid=False,
)

seals = sa.Table(
    "seals",
    metadata,
    _text("work", key=True),
    sa.Column("n", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("first_seq", sa.BigInteger, nullable=False),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("root", sa.LargeBinary, nullable=False),
    sa.Column("previous", sa.LargeBinary, nullable=False),
    _text("at"),
    _text("algorithm"),
    _text("key_id"),
    sa.Column("signature", sa.LargeBinary, nullable=False),
)

watches = sa.Table(
    "watches",
    metadata,
    _text("work", key=True),
    _text("executor", key=True),
    sa.Column("grant_seq", sa.BigInteger, nullable=False),  # the grant that it watches
    sa.Column("fed_seq", sa.BigInteger, nullable=False),  # of the last truth that it took in
    _text("state"),  # counters and the state of the tests, as JSON: it can be made anew from the ledger
    _text("at"),
)

usage = sa.Table(
    "usage",
    metadata,
    _text("work", key=True),
    _text("executor", key=True),
    _text("what", key=True),  # which cap, or what else is counted
    _text("since", key=True),  # when its hour or day began
    sa.Column("value", sa.Double, nullable=False),
    sqlite_with_rowid=False,
)

leases = sa.Table(
    "leases",
    metadata,
    _text("name", key=True),
    _text("holder"),
    _text("until"),
)

tokens = sa.Table(
    "tokens",
    metadata,
    _text("id", key=True),
    _text("hash"),  # SHA-256 of the token; the token itself is shown once and kept nowhere
    _text("person"),
    _text("roles"),
    _text("work", null=True),
    _text("made_at"),
    _text("made_by"),
    _text("expires_at", null=True),
    _text("revoked_at", null=True),
    sa.UniqueConstraint("hash"),
)

logouts = sa.Table(
    "logouts",
    metadata,
    _text("session", key=True),  # SHA-256 of what tells this session from others
    _text("until"),  # when it would have ended anyway: then the row may go
    sa.Index(None, "until"),
)

denials = sa.Table(
    "denials",
    metadata,
    _text("id", key=True),
    _text("at"),
    _text("who"),
    _text("what"),
    _text("why"),
    sa.Index(None, "at"),
)

alerts = sa.Table(
    "alerts",
    metadata,
    _text("id", key=True),
    _text("work"),
    _text("at"),
    _text("kind"),
    _text("about"),  # a review, an executor, or nothing more: with the kind it tells one alarm from the next
    _text("text"),
    _text("contact", null=True),
    _text("settled_at", null=True),
    _text("settled_by", null=True),
    _text("sent_at", null=True),
    sa.Column("n_tries", sa.Integer, nullable=False),
    _text("due_at"),
    _text("fault", null=True),
    sa.Index(None, "work", "kind", "about", "settled_at"),
    sa.Index(None, "sent_at", "due_at"),
)
