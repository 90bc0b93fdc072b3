"""One work of a project: its definition, executors, cases, proofs, grants, decisions and reviews in one place."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remit.definition.levels import Level
from remit.definition.model import Definition
from remit.errors import DocumentInvalid, InvalidInput
from remit.items import Executor, Item, JsonObject
from remit.project.refusals import refuse_intent, refuse_senders
from remit.readiness.finding import Readiness

if TYPE_CHECKING:
    from remit.autonomy.certificate import Grant
    from remit.cases.case import Case
    from remit.cases.coverage import Coverage
    from remit.cases.freeze import Frozen
    from remit.deciding.prepare import Prepared
    from remit.definition.differences import Compared
    from remit.executors.cascade.tuned import Tuned
    from remit.files.definitions import DefinitionFile
    from remit.files.executor_file import ExecutorFile
    from remit.project.deciding.awaiting import AwaitingDesk
    from remit.project.folder import Project
    from remit.project.items import Desk
    from remit.project.labelling.agreeing import Agreed, Settlement
    from remit.project.labelling.importing import Imported
    from remit.project.labelling.session import LabelSession
    from remit.project.proving import Proof
    from remit.project.watching.autonomy import Autonomy
    from remit.project.watching.outcomes import AddedOutcome
    from remit.project.watching.truths import ImportedTruths
    from remit.project.watching.watched import Watched
    from remit.proof.planning import WorkPlan
    from remit.readiness.facts import ProbeFact, RealItemsFact
    from remit.reviews import Review, Reviewed
    from remit.runtime.groups.settle_group import NotSettled
    from remit.runtime.review import ReviewRules
    from remit.runtime.settle import Settled

__all__ = ["Work"]


class Work:
    """One work of a project. Made by :meth:`Project.work`; files are read once, at their first use."""

    def __init__(self, project: Project, id_: str) -> None:
        self.project = project
        self.id = id_
        self.watchings: dict[str, Watched] = {}
        self.has_incumbent_software = False  # a function of this process does the work, without an executor file

    @cached_property
    def file(self) -> DefinitionFile:
        """The definition as its file says it.

        Raises:
            InvalidInput: everything that is wrong with the file.
        """
        from remit.files.definitions import load_definition

        file = load_definition(self.project.at("work", f"{self.id}.yaml"), root=self.project.root)
        refuse_intent(self.project, file)
        refuse_senders(self.project, file)
        return file

    @property
    def is_usable(self) -> bool:
        """Whether items can be decided by the file as it is."""
        try:
            _ = self.prepared
        except InvalidInput:
            return False
        return True

    @property
    def definition(self) -> Definition:
        """The definition."""
        return self.file.definition

    def keep_definition(self) -> None:
        """Keep the text of the definition in the store, under its digest, before anything is recorded with it."""
        _ = self._kept

    @cached_property
    def _kept(self) -> str:
        from remit.definition.digests import as_json, canonical_json, definition_digest
        from remit.store.definitions import KeptDefinition, keep_definition

        digest = definition_digest(self.definition)
        text = canonical_json(as_json(self.definition)).decode("utf-8")
        at = self.project.ambient.now()
        keep_definition(self.project.store, KeptDefinition(digest=digest, work=self.id, text=text, at=at))
        return digest

    def readable_definition(self) -> Definition | None:
        """The definition, or None where its file can't be used."""
        try:
            return self.file.definition
        except InvalidInput:
            return None

    @cached_property
    def prepared(self) -> Prepared:
        """The definition, ready to decide items.

        Raises:
            ExpressionInvalid: every expression that does not compile or speaks of something that is not there.
        """
        from remit.project.refusals import prepare_checked

        return prepare_checked(self.file)

    @cached_property
    def executor_files(self) -> Mapping[str, ExecutorFile]:
        """The executor files for this work, by name.

        Raises:
            InvalidInput: an executor file of the project is wrong.
        """
        return {file.spec.name: file for file in self.project.executor_files if file.spec.work == self.id}

    def executor_file(self, name: str) -> ExecutorFile:
        """The file of one executor.

        Raises:
            NotFound: there is none of that name for this work.
            InvalidInput: its file is wrong.
        """
        from remit.project.parts.loaded import executor_file_of

        return executor_file_of(self, name)

    def executor(self, name: str | Callable[..., Any]) -> Executor:
        """One executor, loaded: by the name of its file, or a function under ``@remit.executor``.

        Raises:
            NotFound: there is none of that name.
            ExecutorInvalid: it can't be loaded, or the function is for another work.
        """
        from remit.project.parts.loaded import loaded_executor

        return loaded_executor(self, name)

    def executor_digest(self, name: str) -> str:
        """The digest of one executor, without loading it.

        Raises:
            NotFound: there is none of that name.
            ExecutorInvalid: something it is made of is missing.
        """
        from remit.project.parts.loaded import digest_of_executor

        return digest_of_executor(self, name)

    def frozen_cases(self) -> Iterator[Case]:
        """The cases as they were frozen, one after the other.

        Raises:
            ExecutorInvalid: nothing is frozen.
            CasesInvalid: there are no cases, or not in a file that can be read.
        """
        from remit.project.measuring import frozen_cases

        return frozen_cases(self)

    @property
    def case_path(self) -> Path | None:
        """The case file that the definition names, inside the project."""
        cases = self.definition.cases
        if cases is None or cases.path is None:
            return None
        return self.project.at(cases.path)

    def check(self, *, for_level: Level | None = None, executor: str | None = None) -> Readiness:
        """Readiness for ``for_level`` (default: the next level above the one granted now).

        No database is asked: facts come from files, evidence from the mirror of what was measured.
        """
        from remit.project.checking import check_work

        return check_work(self, for_level=for_level, executor=executor)

    @property
    def n_to_prove(self) -> int | None:
        """How many cases the prove set has, as far as somebody measured it."""
        from remit.project.state.mirror import read_mirror

        try:
            cases = read_mirror(self.project.state, self.id).cases
        except DocumentInvalid:  # derived data: proving makes it anew
            return None
        return cases.n_prove if cases is not None else None

    def check_cases(self) -> Coverage:
        """Hold every row of the case file against the schemas.

        Raises:
            CasesInvalid: with the first problems.
        """
        from remit.project.case_sets import check_cases

        return check_cases(self)

    def check_real_items(self, file: str | Path) -> RealItemsFact:
        """Count which of the items of ``file``, as they came, the definition would refuse; readiness reads it.

        Raises:
            CasesInvalid: the file holds no items of this work.
        """
        from remit.project.labelling.real_items import check_real_items

        return check_real_items(self, Path(file))

    def doubts(self) -> Mapping[str, tuple[str, ...]]:
        """Cases whose expected answer looks wrong to an executor that was proved, by executor."""
        from remit.project.state.mirror import read_mirror

        proofs = read_mirror(self.project.state, self.id).proofs
        return {one.executor: one.doubtful for one in proofs if one.doubtful}

    def split_cases(self, *, seed: int, share_prove: float = 0.5, by: Sequence[str] | None = None) -> Coverage:
        """Divide the cases into tune and prove by a seed, in the column ``split`` of the case file.

        Raises:
            FrozenChanged: they are frozen.
            UsageError: no case has a value in a column of ``by``.
        """
        from remit.project.case_sets import split_cases

        return split_cases(self, seed=seed, share_prove=share_prove, by=by)

    def freeze_cases(self) -> Frozen:
        """Fix the sets by their digests; the same sets again change nothing."""
        from remit.project.case_sets import freeze_cases

        return freeze_cases(self)

    def import_items(self, file: str | Path) -> Imported:
        """Take items without a known answer in, to be labelled; those that are there already are passed over.

        Raises:
            CasesInvalid: rows that do not fit the inputs, with their lines; then none is taken in.
        """
        from remit.project.labelling.importing import import_items

        return import_items(self, Path(file))

    def label(self, as_: str | None = None, *, seed: int = 7, n_again: int = 0, doubtful: bool = False) -> LabelSession:
        """What one person still has to answer, one item after the other; use it in a ``with`` block.

        Args:
            as_: an id from ``people`` in remit.yaml, or a role that one person has.
            seed: the order, another one for each person.
            n_again: so many cases of the case file, drawn by the seed, are asked too.
            doubtful: the cases whose expected answer looks wrong are asked too.

        Raises:
            NotAllowed, NotFound, CasesInvalid, RunInProgress: as they say.
        """
        from remit.project.labelling.session import LabelSession

        return LabelSession(self, as_, seed=seed, n_again=n_again, doubtful=doubtful)

    def agreement(self) -> Agreed:
        """How far the people agree who answered the same items; mirrored for readiness.

        Raises:
            CasesInvalid: a line of a label file that can't be used.
        """
        from remit.project.labelling.agreeing import agreement_of_work

        return agreement_of_work(self)

    def settle(self, by: str | None = None) -> Settlement:
        """What people split on, for the accountable person to settle; use it in a ``with`` block.

        Raises:
            NotAllowed: it is somebody else.
            FrozenChanged: the cases are frozen.
        """
        from remit.project.labelling.agreeing import Settlement

        return Settlement(self, by)

    def tune(self, executor: str, *, on_progress: Callable[[int], None] | None = None) -> Tuned:
        """Find the limits of a cascade from the tune cases, and write them beside its file; no attempt is spent.

        Raises:
            UsageError, FrozenChanged, NotEnough, ExecutorInvalid: as they say.
        """
        from remit.project.cascades.tuning import tune_cascade

        return tune_cascade(self, executor, on_progress=on_progress)

    def prove(
        self,
        executor: str | Callable[..., Any],
        *,
        against: str | Callable[..., Any] | Sequence[str | Callable[..., Any]] | None = None,
        on_progress: Callable[[int], None] | None = None,
        engine: str = "local",
        address: str | None = None,
    ) -> Proof:
        """Run ``executor`` over the frozen prove set (only what was not run yet), judge, certify, keep the proof.

        Args:
            executor: who is proved.
            against: whom to compare it with, case by case: one, or several.
            on_progress: called with how many cases are done.
            engine: `local` asks in this process, `ray` in those of a Ray cluster.
            address: of the cluster; what `RAY_ADDRESS` says when not given, else one of this machine that ends here.

        Raises:
            UsageError: it is to be compared with itself, or there is no such engine.
            OutsideError: the cluster can't be reached, or failed.
            FrozenChanged: the case set is not the frozen one.
            NotFound, ExecutorInvalid, CasesInvalid: as they say.
        """
        from remit.project.proving import prove_work

        return prove_work(self, executor, against=against, on_progress=on_progress, engine=engine, address=address)

    def probe(self, executor: str, *, n: int = 50, on_progress: Callable[[int], None] | None = None) -> ProbeFact:
        """Ask ``executor`` about ``n`` tune cases again, without each field, and with values of other cases.

        Nothing is recorded and no attempt is spent; readiness reads what came of it.

        Raises:
            UsageError: it is a person.
            NotEnough: there is no tune case.
        """
        from remit.project.probing import probe_work

        return probe_work(self, executor, n=n, on_progress=on_progress)

    def plan(
        self, executor: str | None = None, *, rate: float | None = None, coverage: float | None = None
    ) -> WorkPlan:
        """How many cases, audits and days until which claim could be made. Nothing is spent or recorded by it.

        Args:
            executor: the candidate to plan for; the one with the newest proof that counts when not given.
            rate: the error rate to plan with, below the error budget; as measured, else half of it.
            coverage: the share of items it acts on, in (0, 1]; as measured, else all of them.

        Raises:
            NotFound: there is no executor of that name.
            UsageError: the executor does the work today, or a rate or a coverage is outside its domain.
        """
        from remit.project.planning import plan_of

        return plan_of(self, executor=executor, rate=rate, coverage=coverage)

    def diff(self, from_: str = "HEAD", to: str | None = None) -> Compared:
        """What changed in the definition, in sentences, and which proofs and grants that makes void.

        Args:
            from_: a revision of git, or `digest:` and the beginning of the digest of a definition that was used.
            to: the same; the file as it is now when not given.

        Raises:
            NotFound: there is no such revision or definition.
            OutsideError: git is not there, or this is no repository.
            InvalidInput: one of the two definitions is wrong, or in another version of the language.
        """
        from remit.project.comparing import compare_work

        return compare_work(self, from_=from_, to=to)

    def grant(
        self, executor: str, *, level: Level, by: str | None, reason: str, until: datetime | None = None
    ) -> Grant:
        """Allow ``executor`` to work at ``level``.

        Raises:
            GrantRefused: with every reason.
        """
        from remit.project.granting import grant_level

        return grant_level(self, executor, level=level, by=by, reason=reason, until=until)

    def revoke(self, executor: str, *, by: str | None, reason: str) -> Grant:
        """Take the grant of ``executor`` back."""
        from remit.project.granting import revoke_grant

        return revoke_grant(self, executor, by=by, reason=reason)

    def autonomy(self, *, take_in: bool = True) -> Autonomy:
        """Who holds which level since when, what was seen, and what the next level still needs, in numbers.

        Args:
            take_in: what is new is taken in first, so that a level that must fall has fallen when this answers; else
                nothing is written, and this is how it stood when it was last taken in.
        """
        from remit.project.watching.autonomy import autonomy_of

        return autonomy_of(self, take_in=take_in)

    def import_truths(self, file: str | Path, *, by: str | None = None) -> ImportedTruths:
        """Record what turned out to be right for items that were decided; the same file again changes nothing.

        Raises:
            CasesInvalid: rows that do not fit or speak of no item, with their lines; then none is recorded.
        """
        from remit.project.watching.truths import import_truths

        return import_truths(self, Path(file), by=by)

    def add_truths(self, rows: Sequence[JsonObject], *, by: str | None = None) -> ImportedTruths:
        """Record what turned out to be right, a row as :meth:`import_truths` takes them from a file, all or none.

        Raises:
            ItemInvalid: rows that do not fit or speak of no item, with their places.
        """
        from remit.project.watching.truths import add_truths

        return add_truths(self, rows, by=by)

    def add_outcome(
        self, value: float, *, by: str | None = None, day: date | None = None, note: str | None = None
    ) -> AddedOutcome:
        """Record a value of the measure that the intent names; the stop rule is held against it.

        Raises:
            UsageError: no measure is written, or the value or the day can't be.
        """
        from remit.project.watching.outcomes import add_outcome

        return add_outcome(self, value, by=by, day=day, note=note)

    def decide(
        self,
        given: JsonObject,
        *,
        key: str | None = None,
        actor: str = "python",
        executor: str | None = None,
        callback: str | None = None,
    ) -> Settled:
        """Decide one item and record it; the same key and input give the same stored decision.

        Args:
            given: the input of the item.
            key: names the item for ever; a new one when not given.
            actor: who asks, for the record.
            executor: the candidate; the one with the highest grant when not given.
            callback: the sender of remit.yaml to whom a person's answer goes, where the item waits for one.

        Raises:
            KeyConflict: the key came with another input before.
            ItemInvalid: there is no such sender.
        """
        return self._desk.decide(given, key=key, actor=actor, executor=executor, callback=callback)

    async def adecide(
        self,
        given: JsonObject,
        *,
        key: str | None = None,
        actor: str = "python",
        executor: str | None = None,
        callback: str | None = None,
    ) -> Settled:
        """The async twin of :meth:`decide`: it shares its transaction with whoever else decides at the moment.

        An async executor is awaited, another one that may take long answers in a thread.

        Raises:
            KeyConflict: the key came with another input before.
        """
        return await self._awaiting_desk.decide(given, key=key, actor=actor, executor=executor, callback=callback)

    def decide_many(
        self, items: Iterable[Item], *, actor: str = "python", executor: str | None = None
    ) -> Iterator[Settled | NotSettled]:
        """Decide items in their order, up to 100 in one transaction, each recorded once by its key.

        One after the other; an executor that lives elsewhere is asked about as many at once as its limits allow.
        What comes out is recorded: after a crash, the same items again give what was recorded and decide the rest.
        An item that can't be recorded comes out as :class:`~remit.runtime.groups.settle_group.NotSettled`.

        Raises:
            StoreError: the store failed; nothing that did not come out is recorded, but for what the message says.
        """
        from remit.project.deciding.batches import decide_batch

        return decide_batch(self._desk, items, actor=actor, executor=executor)

    def adecide_many(
        self, items: Iterable[Item], *, actor: str = "python", executor: str | None = None
    ) -> AsyncIterator[Settled | NotSettled]:
        """The async twin of :meth:`decide_many`, in a thread."""
        from remit.project.deciding.batches import decide_batch_async

        return decide_batch_async(self._desk, items, actor=actor, executor=executor)

    def end_deciding(self) -> None:
        """Record what asyncio callers wait for; a later :meth:`adecide` begins anew."""
        awaiting = self.__dict__.pop("_awaiting_desk", None)
        if awaiting is not None:
            awaiting.close()

    def close(self) -> None:
        """End deciding, and let the threads and connections of the executors go."""
        self.end_deciding()
        if "_desk" in self.__dict__:
            self._desk.close()

    @property
    def group_sizes(self) -> Mapping[int, int]:
        """How many transactions recorded so many items of :meth:`adecide` together, by how many."""
        awaiting = self.__dict__.get("_awaiting_desk")
        return {} if awaiting is None else awaiting.group_sizes

    @property
    def left_alone(self) -> Mapping[str, bool]:
        """Whether each executor that was asked in this process is left alone now, as it did not answer lately."""
        desk = self.__dict__.get("_desk")
        return {} if desk is None else desk.left_alone

    @cached_property
    def _awaiting_desk(self) -> AwaitingDesk:
        from remit.project.deciding.awaiting import AwaitingDesk

        return AwaitingDesk(self._desk)

    @cached_property
    def _desk(self) -> Desk:
        from remit.project.items import Desk

        return Desk(self)

    def reviews(self) -> tuple[Review, ...]:
        """The reviews that somebody still has to decide, what is due first on top."""
        from remit.store.operations.reviewing import waiting_reviews

        return waiting_reviews(self.project.store, work=self.id)

    def decide_review(
        self,
        review_id: str,
        *,
        by: str | None,
        output: JsonObject | None,
        comment: str | None,
        seconds: float | None = None,
        n_edits: int | None = None,
        expected_version: int | None = None,
    ) -> Reviewed:
        """Decide a review; ``output`` None refuses the item.

        Args:
            review_id: which review.
            by: an id from ``people`` in remit.yaml; the only person there when not given.
            output: the answer.
            comment: why; has to be there to refuse, and to set a constraint aside.
            seconds: how long it was on the screen; since it was claimed when not given.
            n_edits: how many fields of the suggestion were changed; counted when not given.
            expected_version: the version that was on the screen; another one is refused.

        Raises:
            AlreadyDecided, Conflict, OverrideRefused, NotAllowed, ItemInvalid: as they say.
        """
        return self.project.review_desk.decide(
            review_id,
            by=by,
            output=output,
            comment=comment,
            seconds=seconds,
            n_edits=n_edits,
            expected_version=expected_version,
            work=self.id,
        )

    @cached_property
    def review_rules(self) -> ReviewRules:
        """What this work asks of its reviews."""
        from remit.project.reviewing.rules import rules_of

        return rules_of(self)
