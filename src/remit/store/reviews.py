"""Reviews, and the truths that people's decisions bring."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from remit.errors import NotFound
from remit.items import Json, JsonObject
from remit.ledger import instant_text, json_text, read_instant
from remit.reviews import Ask, Outcome, Review, ReviewKind, ReviewState
from remit.store.connections import Reader, Row, Writing, put_rows
from remit.store.content.erased import content_gone
from remit.store.decisions import reason_of, reason_text
from remit.store.statements import insert_into, prepare
from remit.store.tables import payloads, reviews, truths

__all__ = [
    "Truth",
    "TruthSource",
    "add_review",
    "add_reviews",
    "add_truth",
    "change_review",
    "review",
    "review_from",
    "review_of",
    "review_output",
    "review_row",
    "review_texts",
    "reviews_in",
    "reviews_with_texts",
    "truth_row",
    "truths_of",
    "undone",
]

ERASED = "(erased)"
"""What stands in the place of a question, or an answer to it, that was erased."""

_value = sa.bindparam
_ADD = insert_into(reviews)

reviews_with_texts = sa.select(reviews, payloads.c.said).join_from(
    reviews, payloads, payloads.c.id == reviews.c.id, isouter=True
)
"""Reviews with what people wrote about decided ones: the rows that :func:`review_from` reads."""

_BY_ID = prepare(reviews_with_texts.where(reviews.c.id == _value("id")))
_OF_DECISION = prepare(
    reviews_with_texts.where(reviews.c.decision_id == _value("decision_id")).order_by(reviews.c.opened_at, reviews.c.id)
)
_IN_STATE = prepare(
    reviews_with_texts.where(reviews.c.work == _value("work"), reviews.c.state == _value("state")).order_by(
        reviews.c.opened_at, reviews.c.id
    )
)
_OUTPUT = prepare(sa.select(payloads.c.output, payloads.c.salt, payloads.c.said).where(payloads.c.id == _value("id")))
_N_COLUMNS = len(reviews.c)
_changing = tuple(column for column in reviews.c if column.name not in ("id", "work", "decision_id"))
_CHANGE = prepare(
    sa.update(reviews)
    .where(reviews.c.id == _value("review"))
    .values({column: _value(f"new_{column.name}") for column in _changing})
)
_ADD_TRUTH = insert_into(truths)
_again = reviews.alias("again")


def undone(review_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether the review of that id was undone: another of the same kind follows it.

    A truth whose payload is the output of an undone review does not count.
    """
    of = reviews.alias("of")
    return sa.exists(
        sa.select(sa.literal_column("1"))
        .select_from(_again.join(of, _again.c.follows == of.c.id))
        .where(of.c.id == review_id, _again.c.kind.is_not_distinct_from(of.c.kind))
    )


_TRUTHS = prepare(
    sa.select(truths, payloads.c.output)
    .join_from(truths, payloads, payloads.c.id == truths.c.payload_id)
    .where(truths.c.decision_id == _value("decision_id"), sa.not_(undone(truths.c.payload_id)))
    .order_by(truths.c.seq)
)


class TruthSource(StrEnum):
    """How the right answer became known."""

    REVIEW = "review"
    AUDIT = "audit"
    IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The right answer to one item, as somebody said later.

    ``seq`` is the place of its entry in the ledger.  ``answer_seen`` says that the person saw the executor's answer
    first; such truths do not count towards a promotion.  ``output`` is in the payload ``payload_id``.  ``wrong`` says
    whether the executor's answer was wrong by ``quality.correct_when``; None where it gave none, or nobody judged it.
    """

    work: str
    seq: int
    decision_id: str
    at: datetime
    by: str
    source: TruthSource
    answer_seen: bool
    payload_id: str
    wrong: bool | None = None


def add_review(writing: Writing, opened: Review) -> None:
    """Write a review that was just opened."""
    writing.insert(_ADD, review_row(opened, None))


def add_reviews(writing: Writing, opened: Sequence[Review]) -> None:
    """Write reviews that were just opened."""
    put_rows(writing, _ADD, [review_row(one, None) for one in opened])


def change_review(writing: Writing, row: Row) -> None:
    """Write a review anew, as :func:`review_row` says it stands now."""
    values = {f"new_{column.name}": value for column, value in zip(reviews.c, row, strict=True)}
    writing.update(_CHANGE, review=row[0], **values)


def review_row(one: Review, seq: int | None) -> Row:
    """A review, a value a column. ``seq`` is its place in the ledger once it is decided.

    What people wrote about a decided review is content (:func:`review_texts`) and not in the row, which the ledger
    hashes: so it can be erased.
    """
    is_recorded = seq is not None
    return (
        one.id,
        one.work,
        one.decision_id,
        one.state.value,
        instant_text(one.opened_at),
        reason_text(one.reason),
        one.ask.path,
        one.ask.role,
        one.ask.queue,
        _instant(one.due_at),
        json_text(one.ask.show),
        None if one.ask.on_timeout is None else json_text(dict(one.ask.on_timeout)),
        int(one.ask.shows_answer),
        one.claimed_by,
        _instant(one.claimed_until),
        _instant(one.decided_at),
        one.decided_by,
        None if one.outcome is None else one.outcome.value,
        None if is_recorded else one.comment,
        None if one.outcome is None else json_text(one.overridden),
        seq,
        None if one.kind is ReviewKind.REVIEW else one.kind.value,
        one.follows,
        None
        if one.question is None
        else json_text(_without_texts(one.question) if is_recorded else dict(one.question)),
        _instant(one.timed_out_at),
        one.seconds,
        one.n_edits,
        None if one.version == 1 else one.version,
    )


def review_texts(one: Review) -> str | None:
    """What people wrote about a decided review, as a part of its content; None where they wrote nothing."""
    said: dict[str, Json] = {}
    if one.comment is not None:
        said["comment"] = one.comment
    if one.question is not None:
        said["question"] = dict(one.question)
    return json_text(said) if said else None


def review(reader: Reader, review_id: str) -> Review:
    """The review of that id.

    Raises:
        NotFound: there is none.
    """
    found = reader.rows(_BY_ID, id=review_id)
    if not found:
        raise NotFound(f"there is no review {review_id}", mend="`remit review list` shows those that wait")
    return review_from(found[0])


def review_of(reader: Reader, decision_id: str) -> Review | None:
    """The review that a decision led to; None where it led to none."""
    found = reader.rows(_OF_DECISION, decision_id=decision_id)
    return review_from(found[0]) if found else None


def reviews_in(reader: Reader, *, work: str, state: ReviewState) -> tuple[Review, ...]:
    """The reviews of ``work`` in one state, the longest waiting first."""
    return tuple(map(review_from, reader.rows(_IN_STATE, work=work, state=state.value)))


def review_output(reader: Reader, one: Review) -> JsonObject | None:
    """What the person answered; None while nobody did, and where they rejected the item.

    Raises:
        ContentErased: the answer was erased.
        LedgerBroken: it is gone, and nobody erased it.
    """
    found = reader.rows(_OUTPUT, id=one.id)
    if not found:
        return None
    output, salt, said = found[0]
    if salt == b"":
        raise content_gone(reader, work=one.work, what=f"review {one.id}", payload=one.id, salt=salt, said=said)
    answer: JsonObject | None = None if output is None else json.loads(output)
    return answer


def truth_row(truth: Truth) -> Row:
    """A truth, a value a column."""
    return (
        truth.work,
        truth.seq,
        truth.decision_id,
        instant_text(truth.at),
        truth.by,
        truth.source.value,
        int(truth.answer_seen),
        truth.payload_id,
        None if truth.wrong is None else int(truth.wrong),
    )


def add_truth(writing: Writing, row: Row) -> None:
    """Write a truth."""
    writing.insert(_ADD_TRUTH, row)


def truths_of(reader: Reader, decision_id: str) -> tuple[tuple[Truth, JsonObject], ...]:
    """What was said to be right for one decision and not undone or erased, oldest first, each with the output."""
    found = reader.rows(_TRUTHS, decision_id=decision_id)
    return tuple((_truth(row[:-1]), json.loads(row[-1])) for row in found if row[-1] is not None)


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant_text(at)


def _read(text: str | None) -> datetime | None:
    return None if text is None else read_instant(text)


def review_from(row: Row) -> Review:
    """The review that :func:`review_row` wrote; what people wrote may stand behind its columns."""
    columns = dict(zip((column.name for column in reviews.c), row, strict=False))
    texts = json.loads(row[_N_COLUMNS]) if len(row) > _N_COLUMNS and row[_N_COLUMNS] is not None else {}
    opened_at, due_at = read_instant(columns["opened_at"]), _read(columns["due_at"])
    on_timeout = columns["on_timeout"]
    return Review(
        id=columns["id"],
        work=columns["work"],
        decision_id=columns["decision_id"],
        state=ReviewState(columns["state"]),
        opened_at=opened_at,
        reason=reason_of(json.loads(columns["reason"])),
        ask=Ask(
            path=columns["path"],
            role=columns["role"],
            queue=columns["queue"],
            within=None if due_at is None else due_at - opened_at,
            show=tuple(json.loads(columns["show"])),
            on_timeout=None if on_timeout is None else json.loads(on_timeout),
            shows_answer=bool(columns["shows_answer"]),
        ),
        due_at=due_at,
        claimed_by=columns["claimed_by"],
        claimed_until=_read(columns["claimed_until"]),
        decided_at=_read(columns["decided_at"]),
        decided_by=columns["decided_by"],
        outcome=None if columns["outcome"] is None else Outcome(columns["outcome"]),
        comment=columns["comment"] if columns["comment"] is not None else texts.get("comment"),
        overridden=() if columns["overridden"] is None else tuple(json.loads(columns["overridden"])),
        kind=ReviewKind.REVIEW if columns["kind"] is None else ReviewKind(columns["kind"]),
        follows=columns["follows"],
        question=None if columns["question"] is None else texts.get("question") or _readable(columns["question"]),
        timed_out_at=_read(columns["timed_out_at"]),
        seconds=columns["seconds"],
        n_edits=columns["n_edits"],
        version=1 if columns["version"] is None else columns["version"],
    )


def _without_texts(question: Mapping[str, Json]) -> dict[str, Json]:
    """Who asked and who answered when, without what they said."""
    found: dict[str, Json] = {name: question[name] for name in ("by", "at") if name in question}
    answer, earlier = question.get("answer"), question.get("earlier")
    if isinstance(answer, Mapping):
        found["answer"] = _without_texts(answer)
    if isinstance(earlier, list):
        found["earlier"] = [_without_texts(one) for one in earlier if isinstance(one, Mapping)]
    return found


def _readable(question: str) -> dict[str, Json]:
    """A question as it is kept, with a word in the place of every text that was erased."""
    return _with_word(json.loads(question))


def _with_word(one: Mapping[str, Json]) -> dict[str, Json]:
    found: dict[str, Json] = {"text": ERASED, **one}
    answer, earlier = one.get("answer"), one.get("earlier")
    if isinstance(answer, Mapping):
        found["answer"] = _with_word(answer)
    if isinstance(earlier, list):
        found["earlier"] = [_with_word(each) for each in earlier if isinstance(each, Mapping)]
    return found


def _truth(row: Row) -> Truth:
    work, seq, decision_id, at, by, source, answer_seen, payload_id, wrong = row
    return Truth(
        work=work,
        seq=seq,
        decision_id=decision_id,
        at=read_instant(at),
        by=by,
        source=TruthSource(source),
        answer_seen=bool(answer_seen),
        payload_id=payload_id,
        wrong=None if wrong is None else bool(wrong),
    )
