"""Prove an executor of a work: run what was not run yet, judge, certify, keep the proof and mirror its facts."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remit.cases.cells import answer_text
from remit.definition.digests import definition_digest, digest_of, evidence_digest
from remit.definition.schemas import input_schema
from remit.errors import UsageError
from remit.items import Answer, Executor, ExecutorKind, ExecutorSpec
from remit.project.cascades.proving import beside_of, is_tuned, proved_parts, refuse_old_tuning
from remit.project.measuring import FrozenSet, frozen_set, known_of, prove_cases
from remit.project.refusals import refuse_silence, refuse_unasked
from remit.project.state.mirror import mirror

if TYPE_CHECKING:
    from remit.cases.case import Case
    from remit.project.scaling.asking import RayAsking
    from remit.project.work import Work
    from remit.proof.answers import Observed
    from remit.proof.cascade import Beside
    from remit.proof.conclude import Other
    from remit.proof.document import ProofDocument
    from remit.proof.tally import Tally
    from remit.store import ProofRun

__all__ = ["Proof", "is_own_table", "mirror_proofs", "newest_proofs", "prove_work"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof that was kept: its document, where the files are, and how many answers were there already."""

    document: ProofDocument
    json_path: Path
    html_path: Path
    n_recorded_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    executor: Executor
    run: ProofRun
    tally: Tally
    n_recorded_before: int
    warnings: tuple[str, ...]


def prove_work(
    work: Work,
    executor: str | Callable[..., Any],
    *,
    against: str | Callable[..., Any] | Sequence[str | Callable[..., Any]] | None,
    on_progress: Callable[[int], None] | None,
    engine: str = "local",
    address: str | None = None,
) -> Proof:
    """Prove ``executor``; with ``against`` also run those and compare it with each of them case by case."""
    from remit.project.scaling.engines import asking_engine

    named = (executor, *_each(against))
    elsewhere = asking_engine(work, engine, address, executors=named)
    if executor in named[1:]:
        raise UsageError(
            f"{executor} is not compared with itself",
            expected="another executor",
            found=str(executor),
            mend=f"`remit prove {work.id} --executor {executor}`, or name another one after --against",
        )
    telemetry = work.project.ambient.telemetry
    with telemetry.span("prove", {"remit.work": work.id}) as seeing:
        proof = _proved(work, named, elsewhere, on_progress)
        document = proof.document
        seeing.note(
            {
                "remit.executor": document.executor.name,
                "remit.cases": document.n_cases,
                "remit.certified": document.certificate is not None,
            }
        )
    return proof


def _proved(
    work: Work,
    named: Sequence[str | Callable[..., Any]],
    elsewhere: RayAsking | None,
    on_progress: Callable[[int], None] | None,
) -> Proof:
    from remit.files.atomic import make_writable_folder

    _ = work.prepared  # refused before anything is read, where an expression is wrong
    executors = [work.executor(one) for one in named]
    for one in executors:
        refuse_unasked(work, one)
    frozen = frozen_set(work)
    for one in executors:
        refuse_old_tuning(work, one, frozen)
    make_writable_folder(_folder(work))
    with _calm_collector(), elsewhere or nullcontext():
        runs = [_answering(work, _run(work, one, frozen, elsewhere, on_progress)) for one in executors]
    mine = runs[0]
    kept = [_keep(work, other, frozen, _compared(mine)) for other in runs[1:]]
    others = tuple(one for other in runs[1:] for one in _compared(other))
    beside = tuple(beside_of(work, other.tally, proof.document) for other, proof in zip(runs[1:], kept, strict=True))
    proof = _keep(work, mine, frozen, others, beside)
    mirror_proofs(work)
    return proof


def _each(against: str | Callable[..., Any] | Sequence[str | Callable[..., Any]] | None) -> list[Any]:
    """Each executor to compare with, once."""
    if against is None:
        return []
    if isinstance(against, str) or not isinstance(against, Sequence):
        return [against]
    return list(dict.fromkeys(against))


def _folder(work: Work) -> Path:
    return work.project.root / "proofs" / work.id


@contextmanager
def _calm_collector() -> Iterator[None]:
    """Keep what is loaded already out of the garbage collector's way: it would look through all of it, again and again.

    A tenth of the time of a proof of trivial cases.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def newest_proofs(work: Work) -> tuple[ProofDocument, ...]:
    """The newest finished proof of each executor, the newest first."""
    import json

    from remit.report.documents import from_json
    from remit.store import proof_document, proofs_of

    store = work.project.store
    newest: dict[str, ProofRun] = {}
    for run in proofs_of(store, work.id):
        if run.finished_at is not None:
            newest[run.executor] = run
    documents = [
        from_json(json.loads(text)) for run in newest.values() if (text := proof_document(store, run)) is not None
    ]
    return tuple(sorted(documents, key=lambda one: one.made_at, reverse=True))


def _run(
    work: Work,
    executor: Executor,
    frozen: FrozenSet,
    elsewhere: RayAsking | None,
    on_progress: Callable[[int], None] | None,
) -> _Run:
    from remit.proof.tally import Tally
    from remit.store import ProofRun, begin_proof, n_answers

    store, ambient = work.project.store, work.project.ambient
    definition, spec = work.definition, executor.spec
    lost = _lost(work, spec.name, frozen)
    work.keep_definition()
    run = begin_proof(
        store,
        ProofRun(
            id=ambient.new_id(),
            work=work.id,
            executor=spec.name,
            executor_digest=executor.digest,
            definition_digest=definition_digest(definition),
            evidence_digest=evidence_digest(definition),
            case_set_digest=frozen.digest,
            asked_digest=_asked_digest(work),
            started_at=ambient.now(),
        ),
        baseline=_is_free(executor),
    )
    before = n_answers(store, run)
    parts = tuple(one.name for one in proved_parts(executor))
    tally = Tally(work.prepared, majority=frozen.majority, assumes=spec.assumes, parts=parts)
    for observed in _observed(work, executor, prove_cases(work, frozen), run, elsewhere, on_progress):
        tally.add(observed)
    return _Run(executor=executor, run=run, tally=tally, n_recorded_before=before, warnings=lost)


def _observed(
    work: Work,
    executor: Executor,
    cases: Iterator[Case],
    run: ProofRun,
    elsewhere: RayAsking | None,
    on_progress: Callable[[int], None] | None,
) -> Iterator[Observed]:
    """Every case with what was decided for it: in this process, or with the answers of others."""
    from remit.executors.perform import performer
    from remit.proof.answers import observe, observe_elsewhere

    record = _StoredAnswers(work, run)
    if elsewhere is not None:
        yield from observe_elsewhere(
            work.prepared,
            cases,
            ask=partial(elsewhere.ask, executor.spec.name),
            record=record,
            on_progress=on_progress,
        )
        return
    with performer(executor, clock=time.perf_counter, jitter=work.project.ambient.draw, patient=True) as asking:
        yield from observe(
            work.prepared,
            cases,
            performer=asking,
            record=record,
            clock=time.perf_counter,
            on_progress=on_progress,
        )


def _lost(work: Work, executor: str, frozen: FrozenSet) -> tuple[str, ...]:
    """A warning where attempts of an executor on these cases were mirrored that the store knows nothing of."""
    from remit.store import attempts

    made = attempts(work.project.store, work=work.id, executor=executor, case_set_digest=frozen.digest)
    stored = {run.executor_digest for run in made}
    lost = [
        one
        for one in known_of(work).proofs
        if one.executor == executor
        and one.case_set_digest == frozen.digest
        and one.attempt > 0
        and one.executor_digest not in stored
    ]
    if not lost:
        return ()
    most = max(one.attempt for one in lost)
    said = f"attempt {most} of this executor on these cases is not in the store any more, so earlier attempts are not"
    return (f"{said} counted: if the store was lost, restore it from a backup",)


def _answering(work: Work, run: _Run) -> _Run:
    """The run, refused where it says nothing about the executor."""
    refuse_silence(work, run.executor, run.tally)
    return run


class _StoredAnswers:
    """The answers of one run in the store."""

    def __init__(self, work: Work, run: ProofRun) -> None:
        from remit.store import answers

        self._store, self._run = work.project.store, run
        self._may_have = next(answers(self._store, run), None) is not None

    def recorded(self, case_ids: Collection[str]) -> Mapping[str, Answer]:
        """The answers that are there already."""
        from remit.store import answers_to

        if not self._may_have:
            return {}
        found = answers_to(self._store, self._run, list(case_ids))
        return {id_: one.answer for id_, one in found.items() if one.answer is not None}

    def add(self, answers: Mapping[str, Answer]) -> None:
        """Keep these answers, all of them or none."""
        from remit.store import add_answers

        add_answers(self._store, self._run, answers, again=self._may_have)


def _compared(run: _Run) -> tuple[Other, ...]:
    """A run as one to compare with; the own table runs along as a baseline anyway."""
    from remit.proof.conclude import Other

    if is_own_table(run.executor.spec):
        return ()
    name, tally = run.executor.spec.name, run.tally
    return (Other(name=name, wrong=bytes(tally.wrong), unavailable=bytes(tally.unavailable)),)


def _keep(
    work: Work, one: _Run, frozen: FrozenSet, others: tuple[Other, ...], beside: tuple[Beside, ...] = ()
) -> Proof:
    import numpy as np

    from remit.files.atomic import write_text
    from remit.project.state.levels_cache import LevelsCache
    from remit.proof.conclude import Setting, conclude
    from remit.proof.document import ProvedExecutor
    from remit.report.documents import document_text, to_json
    from remit.report.proof_html import render_proof_html
    from remit.store import finish_proof

    spec, ambient = one.executor.spec, work.project.ambient
    against = "".join(f" --against {other.name}" for other in others)
    document = conclude(
        Setting(
            definition=work.definition,
            executor=ProvedExecutor(
                name=spec.name,
                kind=spec.kind.value,
                digest=one.executor.digest,
                version=spec.version,
                author=spec.author,
                gives_confidence=one.executor.gives_confidence,
                cost_per_item=spec.cost_per_item,
            ),
            case_set_digest=one.run.case_set_digest,
            attempt=one.run.attempt if one.run.attempt is not None else 0,
            made_at=ambient.now(),
            remit_version=version("remit"),
            reproduce=f"remit prove {work.id} --executor {spec.name}{against}",
            currency=work.project.file.currency,
            majority=_words(frozen),
            is_own_table=is_own_table(one.executor.spec),
            warnings=one.warnings,
            parts=proved_parts(one.executor),
            is_tuned=is_tuned(one.executor),
            beside=beside,
        ),
        one.tally,
        rng=np.random.default_rng(int(one.run.case_set_digest[:15], 16)),
        others=others,
        levels=LevelsCache(work.project.state),
    )
    text = document_text(to_json(document))
    finish_proof(work.project.store, one.run, document=text, at=ambient.now())
    folder = _folder(work)
    json_path, html_path = folder / f"{spec.name}.json", folder / f"{spec.name}.html"
    write_text(json_path, text + "\n")
    write_text(html_path, render_proof_html(document))
    return Proof(document=document, json_path=json_path, html_path=html_path, n_recorded_before=one.n_recorded_before)


def mirror_proofs(work: Work) -> None:
    """Mirror the newest proof of each executor, from the store."""
    from remit.proof.facts import proof_facts, shared_failures

    documents = newest_proofs(work)
    mirror(
        work,
        proofs=tuple(proof_facts(one) for one in documents),
        shared_failures=shared_failures(documents),
    )


def _asked_digest(work: Work) -> str:
    """The digest of what decides which input an executor is given: with another one, recorded answers do not count."""
    definition = work.definition
    missing = dict(definition.inputs.when_missing) if definition.inputs is not None else {}
    return digest_of(
        {
            "schema": input_schema(definition),
            "when_missing": {name: getattr(value, "use", value) for name, value in missing.items()},
        }
    )


def is_own_table(spec: ExecutorSpec) -> bool:
    """Whether an executor is the definition's own decision table, which runs along as a baseline."""
    return spec.kind is ExecutorKind.TABLE and spec.file is None and not spec.settings


def _is_free(executor: Executor) -> bool:
    """Baselines, and who does the work today, spend no attempt: nobody chose them by looking."""
    return is_own_table(executor.spec) or executor.spec.incumbent


def _words(frozen: FrozenSet) -> str | None:
    if frozen.majority is None:
        return None
    return ", ".join(f"{name} {answer_text(value)}" for name, value in frozen.majority.items())
