"""Proof runs: begun, answered case by case, finished.

A case is recorded at most once in a run, so a run that was killed goes on where it was.  An answer that says that the
executor was unavailable is not final: it is replaced by the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from remit.errors import NotFound, RunInProgress
from remit.items import Answer, FaultKind
from remit.ledger.text import instant_text, json_text, read_instant
from remit.store.connections import Reader, Row, RowRefused, Store, Writing
from remit.store.decisions import answer_of, said_text
from remit.store.statements import insert_into, prepare, put_into
from remit.store.tables import proof_answers, proofs

__all__ = [
    "ProofAnswer",
    "ProofRun",
    "add_answers",
    "answers",
    "answers_to",
    "attempts",
    "begin_proof",
    "finish_proof",
    "n_answers",
    "proof",
    "proof_document",
    "proofs_of",
]

PAGE = 1000
LOOKED_UP = 100

_value = sa.bindparam
_same_run = (
    proofs.c.work == _value("work"),
    proofs.c.executor == _value("executor"),
    proofs.c.case_set_digest == _value("case_set_digest"),
)
_run_columns = [column for column in proofs.c if column is not proofs.c.document]
_ADD_RUN = insert_into(proofs)
_RUN = prepare(sa.select(*_run_columns).where(proofs.c.id == _value("id")))
_RUNS = prepare(
    sa.select(*_run_columns).where(proofs.c.work == _value("work")).order_by(proofs.c.started_at, proofs.c.id)
)
_ATTEMPTS = prepare(
    sa.select(*_run_columns).where(*_same_run, proofs.c.attempt.is_not(None)).order_by(proofs.c.attempt)
)
_SAME_EXECUTOR = prepare(
    sa.select(*_run_columns)
    .where(*_same_run, proofs.c.executor_digest == _value("executor_digest"))
    .order_by(proofs.c.started_at, proofs.c.id)
)
_DOCUMENT = prepare(sa.select(proofs.c.document).where(proofs.c.id == _value("id")))
_FINISH = prepare(
    sa.update(proofs)
    .where(proofs.c.id == _value("run"), proofs.c.finished_at.is_(None))
    .values(finished_at=_value("at"), document=_value("text"))
)
_ADD_ANSWER = insert_into(proof_answers)
_PUT_ANSWER = put_into(proof_answers, where=f"{proof_answers.name}.fault = '{FaultKind.UNAVAILABLE.value}'")
_N_ANSWERS = prepare(
    sa.select(sa.func.count())
    .select_from(proof_answers)
    .where(
        proof_answers.c.proof_id == _value("id"),
        sa.or_(proof_answers.c.fault.is_(None), proof_answers.c.fault != _value("not_final")),
    )
)
_ANSWERS = prepare(
    sa.select(proof_answers)
    .where(proof_answers.c.proof_id == _value("id"), proof_answers.c.case_id > _value("after"))
    .order_by(proof_answers.c.case_id)
    .limit(_value("n"))
    .offset(_value("skip"))
)
_ANSWERS_TO = prepare(
    sa.select(proof_answers).where(
        proof_answers.c.proof_id == _value("id"),
        proof_answers.c.case_id.in_([_value(f"case{n}") for n in range(LOOKED_UP)]),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRun:
    """One run of one executor over one frozen case set.

    ``attempt`` counts from 1 what this executor tried on this case set; it is None for a baseline, which is free, and
    before the run is begun.  ``asked_digest`` is over what decides which input the executor is given.  ``answers_from``
    is the run that holds the answers, where an earlier one asked the same.
    """

    id: str
    work: str
    executor: str
    executor_digest: str
    definition_digest: str
    evidence_digest: str
    case_set_digest: str
    asked_digest: str
    started_at: datetime
    attempt: int | None = None
    answers_from: str | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofAnswer:
    """What was answered to one case; None where the item was refused before anything ran."""

    case_id: str
    answer: Answer | None


def begin_proof(store: Store, run: ProofRun, *, baseline: bool = False) -> ProofRun:
    """Begin ``run``, or go on with the one of the same digests that was never finished: look at the id.

    Answers that the same executor gave to the same questions (executor, case set and asked digest) are taken from the
    run that recorded them.  The attempt is counted here, in the same transaction: looking is what spends delta, not
    finishing.  The same executor again is the same attempt, whatever it is judged by.
    """
    with store.writing() as writing:
        same = {"work": run.work, "executor": run.executor, "case_set_digest": run.case_set_digest}
        earlier = [_run(row) for row in writing.rows(_SAME_EXECUTOR, **same, executor_digest=run.executor_digest)]
        earlier = [one for one in earlier if (one.attempt is None) == baseline]
        answered = [one for one in earlier if one.asked_digest == run.asked_digest]
        for found in answered:
            if found.finished_at is None and found.definition_digest == run.definition_digest:
                return found
        attempt = None if baseline else _attempt(writing, same, earlier)
        source = next((one.answers_from or one.id for one in answered), None)
        begun = replace(run, attempt=attempt, answers_from=source)
        writing.insert(_ADD_RUN, _run_row(begun))
    return begun


def _attempt(writing: Writing, same: Mapping[str, str], earlier: Sequence[ProofRun]) -> int:
    if earlier and earlier[0].attempt is not None:
        return earlier[0].attempt
    return max((_run(row).attempt or 0 for row in writing.rows(_ATTEMPTS, **same)), default=0) + 1


def add_answers(store: Store, run: ProofRun, batch: Mapping[str, Answer | None], *, again: bool = True) -> None:
    """Record the answers to some cases of ``run``, by case id, all of them or none; None where nothing ran.

    With ``again`` they take the place of answers that are not final; without it nothing may be recorded of these
    cases, which is a little quicker.

    Raises:
        RunInProgress: a case has a final answer already, so another process is at this run.
        NotFound: there is no such run.
    """
    run_id = run.answers_from or run.id
    rows = [_answer_row(run_id, case_id, answer) for case_id, answer in batch.items()]
    try:
        with store.writing() as writing:
            if writing.insert_many(_PUT_ANSWER if again else _ADD_ANSWER, rows) != len(rows):
                raise _in_progress(run)
    except RowRefused as error:
        if error.missing:
            raise NotFound(f"there is no proof run {run.id}") from error
        raise _in_progress(run) from error


def _in_progress(run: ProofRun) -> RunInProgress:
    return RunInProgress(
        f"another process is proving {run.executor} on {run.work}",
        mend="wait until it is done; nothing is recorded twice",
    )


def answers(reader: Reader, run: ProofRun) -> Iterator[ProofAnswer]:
    """Every recorded answer of ``run`` in the order of the case ids, a page at a time: memory stays flat."""
    after = ""
    while True:
        page = reader.rows(_ANSWERS, id=run.answers_from or run.id, after=after, n=PAGE, skip=0)
        yield from map(_answer, page)
        if len(page) < PAGE:
            return
        after = page[-1][1]


def answers_to(reader: Reader, run: ProofRun, case_ids: Sequence[str]) -> dict[str, ProofAnswer]:
    """The recorded answers to ``case_ids``, by case id; what is not recorded is not in it."""
    found: dict[str, ProofAnswer] = {}
    for start in range(0, len(case_ids), LOOKED_UP):
        asked = list(case_ids[start : start + LOOKED_UP])
        asked += asked[-1:] * (LOOKED_UP - len(asked))
        values = {f"case{n}": case_id for n, case_id in enumerate(asked)}
        for row in reader.rows(_ANSWERS_TO, id=run.answers_from or run.id, **values):
            found[row[1]] = _answer(row)
    return found


def n_answers(reader: Reader, run: ProofRun) -> int:
    """How many cases of ``run`` are recorded with an answer that is final."""
    found = reader.rows(_N_ANSWERS, id=run.answers_from or run.id, not_final=FaultKind.UNAVAILABLE.value)
    return int(found[0][0])


def finish_proof(store: Store, run: ProofRun, *, document: str, at: datetime) -> ProofRun:
    """Store the proof document of ``run``, its exact text, and end the run.

    Raises:
        RunInProgress: the run is finished already, by another process.
    """
    with store.writing() as writing:
        if writing.update(_FINISH, run=run.id, at=instant_text(at), text=document) != 1:
            raise RunInProgress(f"the proof run {run.id} was finished by another process")
    return replace(run, finished_at=at)


def attempts(reader: Reader, *, work: str, executor: str, case_set_digest: str) -> tuple[ProofRun, ...]:
    """Every attempt of ``executor`` on one case set, oldest first, finished or not; baselines do not count."""
    found = reader.rows(_ATTEMPTS, work=work, executor=executor, case_set_digest=case_set_digest)
    return tuple(map(_run, found))


def proof(reader: Reader, run_id: str) -> ProofRun:
    """The run of that id.

    Raises:
        NotFound: there is none.
    """
    found = reader.rows(_RUN, id=run_id)
    if not found:
        raise NotFound(f"there is no proof run {run_id}")
    return _run(found[0])


def proofs_of(reader: Reader, work: str) -> tuple[ProofRun, ...]:
    """Every proof run of ``work``, oldest first."""
    return tuple(map(_run, reader.rows(_RUNS, work=work)))


def proof_document(reader: Reader, run: ProofRun) -> str | None:
    """The exact text of the proof document of ``run``; None while it is not finished."""
    found = reader.rows(_DOCUMENT, id=run.id)
    return None if not found or found[0][0] is None else str(found[0][0])


def _run_row(run: ProofRun) -> Row:
    return (
        run.id,
        run.work,
        run.executor,
        run.executor_digest,
        run.definition_digest,
        run.evidence_digest,
        run.case_set_digest,
        run.asked_digest,
        run.attempt,
        run.answers_from,
        instant_text(run.started_at),
        None,
        None,
    )


def _run(row: Row) -> ProofRun:
    return ProofRun(
        id=row[0],
        work=row[1],
        executor=row[2],
        executor_digest=row[3],
        definition_digest=row[4],
        evidence_digest=row[5],
        case_set_digest=row[6],
        asked_digest=row[7],
        attempt=row[8],
        answers_from=row[9],
        started_at=read_instant(row[10]),
        finished_at=None if row[11] is None else read_instant(row[11]),
    )


def _answer_row(run_id: str, case_id: str, answer: Answer | None) -> Row:
    if answer is None:
        return (run_id, case_id, None, None, None, None, None, None)
    output, fault = answer.output, answer.fault
    return (
        run_id,
        case_id,
        None if output is None else json_text(output),
        None if fault is None else fault.kind.value,
        answer.confidence,
        answer.seconds,
        answer.cost,
        said_text(answer),
    )


def _answer(row: Row) -> ProofAnswer:
    _, case_id, output, fault, confidence, seconds, cost, said = row
    if seconds is None:
        return ProofAnswer(case_id=case_id, answer=None)
    return ProofAnswer(case_id=case_id, answer=answer_of(output, fault, confidence, seconds, cost, said))
