"""Write docs/reference/data-model.md from the tables of the store as they are."""

import ast
import io
import tokenize
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from remit.store import tables
from remit.store.migrations import HEAD, VERSION_TABLE

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "data-model.md"

LEDGER, RECORD, ROWS, STATE = (
    "the chain itself",
    "written once, held by the chain",
    "written once or until it is decided, held by the chain then",
    "state: changes, and is in no chain",
)


@dataclass(frozen=True, kw_only=True)
class Described:
    """What is said of a table beyond its columns."""

    holds: str
    written_by: str
    kept: str
    hashed: str = ""


DESCRIBED = {
    "ledger": Described(
        holds="One entry of the chain of one work, or of `*`, which is about everything.",
        written_by="every command that records something, in the transaction of the record it speaks of",
        kept=LEDGER,
        hashed="`hash` is over all of the entry and the hash before it; `body_digest` over the row it speaks of.",
    ),
    "decisions": Described(
        holds="What was decided on one item, without its content.",
        written_by="`remit decide`, and whatever calls `Work.decide`",
        kept=RECORD,
        hashed="The whole row, by the body digest of its entry (`decision`).",
    ),
    "definitions": Described(
        holds="The text of each definition that anything was recorded with, by its digest.",
        written_by="the first proof, grant or decision with it",
        kept="written once; its key is the digest of what it says",
    ),
    "payloads": Described(
        holds="The content of a decision or of a review: what came, what was answered. Apart, so that it can be erased.",
        written_by="whoever writes the decision or the review",
        kept="written once; may be erased together with its salt",
        hashed="Its digest, with the salt, stands among the digests of the entry (`payload`).",
    ),
    "reviews": Described(
        holds="A question to a person about one decision, and what became of it; audits too.",
        written_by="deciding opens them; people claim and decide them; time-outs change those that are open",
        kept=ROWS,
        hashed="The whole row once it is decided, by the body digest of its entry (`review`, `audit`).",
    ),
    "truths": Described(
        holds="The right answer to one item, as somebody said later. The answer itself is in `payloads`.",
        written_by="reviews and audits that are decided, and truths that are imported",
        kept=RECORD,
        hashed="The whole row: `truth` among the digests of a review's entry, the body digest of an entry of its own.",
    ),
    "acts": Described(
        holds="Whatever else was done or found: a step of a review, an outcome, a drill, an erasure.",
        written_by="the command or the sweep that did it",
        kept=RECORD,
        hashed="The whole row, by the body digest of its entry.",
    ),
    "outbox": Described(
        holds="An effect that is to be delivered because of one decision.",
        written_by="deciding and reviews put them in; delivery marks them as sent or given up",
        kept=STATE,
    ),
    "grants": Described(
        holds="The permission of one executor to work at one level. The newest of an executor counts.",
        written_by="`remit grant`, `remit revoke`, and levels that fall by themselves",
        kept=RECORD,
        hashed="The whole row, by the body digest of its entry (`grant`, `level_change`).",
    ),
    "stops": Described(
        holds="A stop or its end. The newest of each work and executor counts.",
        written_by="`remit stop`, `remit resume`",
        kept=RECORD,
        hashed="The whole row, by the body digest of its entry (`stop`).",
    ),
    "proofs": Described(
        holds="One run of one executor over one frozen case set, with its document.",
        written_by="`remit prove`",
        kept="written when it begins and when it is finished; in no chain, grants name its digests",
    ),
    "proof_answers": Described(
        holds="The answer to one case of a run.",
        written_by="`remit prove`",
        kept="written once, but for an answer that says that the executor was unavailable",
    ),
    "seals": Described(
        holds="A signature over a stretch of one chain.",
        written_by="sealing",
        kept="written once; each names the one before it",
    ),
    "watches": Described(
        holds="How far the watch over one executor has come.",
        written_by="truths, and the sweep",
        kept="state: can be made anew from the ledger",
    ),
    "usage": Described(
        holds="How much of a cap, or of what may be spent on calls, is used up.", written_by="deciding", kept=STATE
    ),
    "leases": Described(holds="Who does a job now that only one may do at a time.", written_by="the sweep", kept=STATE),
    "logouts": Described(
        holds="A session that somebody ended before its time, for every server of the store.",
        written_by="`DELETE /v1/session`",
        kept="until the session would have ended by itself",
    ),
    "tokens": Described(
        holds="A key of a person or a service to the HTTP API; only its hash.", written_by="`remit token`", kept=STATE
    ),
    "denials": Described(
        holds="Somebody who was not let in, or not allowed something.", written_by="the HTTP API", kept="written once"
    ),
    "alerts": Described(
        holds="Something that a person has to look at, open until it is settled.",
        written_by="the sweep, and whatever finds it",
        kept=STATE,
    ),
}

HEAD_TEXT = """\
# Data model

<!-- Made from remit.store.tables by `python tools/data_model_page.py`. Do not edit by hand. -->

The tables of a [store](project-files.md#the-store), the same on SQLite and PostgreSQL, at version {version}. They are made
and changed by migrations only ([backup and upgrade](../guide/backup-and-upgrade.md)); the version stands in
`{version_table}`. Read them as you like; whoever changes a row by hand is found by `remit ledger verify` where a chain
holds it.

- An **instant** is text, UTC with microseconds, always 27 characters: `2026-07-01T09:30:00.000000Z`. It sorts like time.
- **JSON** is text: exactly the text that was hashed. On PostgreSQL, `column::jsonb` makes it JSON for a query.
- **Yes and no** are 1 and 0 on SQLite and `boolean` on PostgreSQL. In what is hashed they are 1 and 0 everywhere.
- Texts are compared sign by sign: on PostgreSQL every text column has the collation `C`.
- One transaction writes at a time: on SQLite it holds the lock of the file, on PostgreSQL the advisory lock {lock}.
  A decision, its content, its entry, the review and the effects that follow are in one transaction, or not there at all.
- How an entry is hashed: [what a ledger entry hashes](../adr/0008-what-a-ledger-entry-hashes.md).

| table | a row is | kept |
|---|---|---|
"""

TYPES = {
    sa.Text: "text",
    sa.BigInteger: "whole number, 64 bits",
    sa.Integer: "whole number",
    sa.Double: "number",
    sa.Boolean: "yes or no",
    sa.LargeBinary: "bytes",
}


def data_model_page() -> str:
    """The page of all tables."""
    from remit.store.postgresql.connections import WRITING_LOCK

    said = _said_of_columns()
    found = tables.metadata.tables.values()
    head = HEAD_TEXT.format(version=HEAD, version_table=VERSION_TABLE, lock=WRITING_LOCK)
    rows = [
        f"| [{table.name}](#{table.name}) | {DESCRIBED[table.name].holds} | {DESCRIBED[table.name].kept} |"
        for table in found
    ]
    return head + "\n".join(rows) + "\n\n" + "\n\n".join(_section(table, said) for table in found) + "\n"


def _section(table: sa.Table, said: dict[tuple[str, str], str]) -> str:
    about = DESCRIBED[table.name]
    text = f"## {table.name}\n\n{about.holds} Written by: {about.written_by}. Kept: {about.kept}."
    if about.hashed:
        text += (
            f" Hashed: {about.hashed[0].lower()}{about.hashed[1:]}" if about.hashed[0] != "`" else f" {about.hashed}"
        )
    rows = [
        f"| `{column.name}` | {_type(column)} | {_notes(column, said.get((table.name, column.name), ''))} |"
        for column in table.columns
    ]
    text += "\n\n| column | type | |\n|---|---|---|\n" + "\n".join(rows)
    text += "\n\nKey: " + _names(table.primary_key.columns) + "."
    unique = [one for one in table.constraints if isinstance(one, sa.UniqueConstraint)]
    if unique:
        text += " At most once: " + "; ".join(_names(one.columns) for one in unique) + "."
    if table.indexes:
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        text += " Found quickly by: " + "; ".join(_names(index.columns) for index in indexes) + "."
    return text


def _type(column: sa.Column) -> str:
    kind = next(name for type_, name in TYPES.items() if isinstance(column.type, type_))
    return f"{kind}, or nothing" if column.nullable else kind


def _notes(column: sa.Column, said: str) -> str:
    notes = [f"of [{key.column.table.name}](#{key.column.table.name})" for key in column.foreign_keys]
    return "; ".join([*notes, *([said] if said else [])]).replace("|", "\\|")


def _names(columns: object) -> str:
    return ", ".join(f"`{column.name}`" for column in columns)


def _said_of_columns() -> dict[tuple[str, str], str]:
    """What the comments in the source say of columns, by table and column."""
    source = Path(tables.__file__).read_text(encoding="utf-8")
    comments = {
        token.start[0]: token.string.removeprefix("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    said = {}
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "sa.Table"):
            continue
        for column in node.args[2:]:
            if isinstance(column, ast.Call) and column.end_lineno in comments:
                name = column.args[0].value if column.args else "seq"
                said[ast.literal_eval(node.args[0]), name] = comments[column.end_lineno]
    return said


if __name__ == "__main__":
    PAGE.write_text(data_model_page(), encoding="utf-8")
    print(f"wrote {PAGE.name}")
