"""Everything a proof has to remember of its cases, in flat memory: counters, and a few bytes a case.

One pass fills it, also after a resume; nothing here depends on the order of the cases but the order of the arrays.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from remit.cases.cells import answer_text
from remit.deciding.decision import Decision
from remit.deciding.judge_case import CaseJudge, Judged, same_value
from remit.deciding.prepare import Prepared
from remit.definition.expressions import Expression, activation
from remit.definition.model import Metric, Target
from remit.definition.schemas import input_schema
from remit.executors.table import own_table
from remit.items import Answer, Fault, FaultKind, JsonObject
from remit.proof.answers import Observed, is_final
from remit.proof.cascade.tally import PartTally
from remit.proof.counting import Success, success_of
from remit.proof.document import WrongCase
from remit.proof.second_person import SecondTally

__all__ = ["Counted", "LabelDoubts", "SliceCodes", "SliceKey", "Tally", "TargetTally", "about_target"]

MOST_SLICE_VALUES = 50
MOST_WRONG_SHOWN = 100
MOST_WRONG_KEPT = 20_000
MOST_FAULT_TEXTS = 100


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class SliceKey:
    """One value of one slice column."""

    column: str
    value: str


@dataclass(slots=True, kw_only=True)
class Counted:
    """Successes among cases that count."""

    successes: int = 0
    n: int = 0

    def add(self, success: bool) -> None:
        """Count one case."""
        self.n += 1
        self.successes += success


@dataclass(slots=True, kw_only=True)
class TargetTally:
    """What is counted for one target, overall and by slice.

    ``about`` says in words what it is of, where it is not of the whole item: ``refund = yes``.
    """

    target: Target
    success: Success | None
    where: Expression | None
    about: str | None = None
    overall: Counted = field(default_factory=Counted)
    slices: dict[SliceKey, Counted] = field(default_factory=dict)
    values: array[float] = field(default_factory=lambda: array("d"))
    hits: array[int] = field(default_factory=lambda: array("H"))
    extra: array[int] = field(default_factory=lambda: array("H"))
    missed: array[int] = field(default_factory=lambda: array("H"))


class SliceCodes:
    """Which slice each asked case is in, one byte for each case and column; and how many cases a slice has at all.

    ``codes[column][i]`` is the place of the value of case i in ``values[column]``; 255 where it has none.
    """

    __slots__ = ("codes", "n_cases", "values")

    NONE = 255

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.values: dict[str, list[str]] = {column: [] for column in columns}
        self.codes = {column: bytearray() for column in columns}
        self.n_cases: Counter[SliceKey] = Counter()

    def add(self, values: Mapping[str, str], *, asked: bool) -> None:
        """Count one case with the values of its slices."""
        for column, text in values.items():
            self.n_cases[SliceKey(column=column, value=text)] += 1
        if asked:
            for column, codes in self.codes.items():
                codes.append(self._code(column, values[column]) if column in values else self.NONE)

    def drop(self, column: str) -> None:
        """Forget a column that has too many values to be slices."""
        del self.values[column], self.codes[column]

    def is_new(self, column: str, text: str) -> bool:
        """Whether no case had this value yet."""
        return SliceKey(column=column, value=text) not in self.n_cases

    def _code(self, column: str, text: str) -> int:
        known = self.values[column]
        if text not in known:
            known.append(text)
        return known.index(text)


class LabelDoubts:
    """Cases whose expected answer looks wrong: the executor says something else, as sure as it is when it is right.

    For each answer the limit is the mean confidence with which it is given rightly (confident learning with the
    confidence of the given answer only; Northcutt, Jiang & Chuang 2021).
    """

    __slots__ = ("_right", "_wrong")

    def __init__(self) -> None:
        self._right: dict[str, list[float]] = {}  # by answer: sum of confidences, count
        self._wrong: list[tuple[str, str, float]] = []

    def add(self, case: str, answer: str, confidence: float, *, wrong: bool) -> None:
        """Count one answer that came with a confidence."""
        if wrong:
            if len(self._wrong) < MOST_WRONG_KEPT:
                self._wrong.append((case, answer, confidence))
            return
        known = self._right.setdefault(answer, [0.0, 0.0])
        known[0] += confidence
        known[1] += 1

    def cases(self) -> tuple[str, ...] | None:
        """These cases, the surest first; None where no answer came with a confidence."""
        if not self._right and not self._wrong:
            return None
        limits = {answer: total / n for answer, (total, n) in self._right.items()}
        found = [one for one in self._wrong if one[1] in limits and one[2] >= limits[one[1]]]
        return tuple(case for case, _, _ in sorted(found, key=lambda one: (-one[2], one[0])))


class Tally:
    """The counts of one run."""

    def __init__(
        self,
        work: Prepared,
        *,
        majority: JsonObject | None,
        assumes: tuple[str, ...] = (),
        parts: tuple[str, ...] = (),
    ) -> None:
        definition = work.definition
        quality = definition.quality
        self.judge = CaseJudge(work)
        self.second = SecondTally(self.judge)
        self.doubts = LabelDoubts()
        self.parts = PartTally(names=parts) if parts else None
        self._majority = majority
        self._table = own_table(definition)
        self._assumes = {text: Expression(text) for text in assumes}
        self.broken: Counter[str] = Counter(dict.fromkeys(assumes, 0))
        self.slice_columns = quality.slices if quality is not None else ()
        self._inputs = frozenset(input_schema(definition).get("properties", {}))
        self.targets = [
            TargetTally(
                target=target,
                success=success_of(target, self.judge.decisions),
                where=Expression(target.where) if target.where is not None else None,
                about=about_target(target, self.judge.decisions),
            )
            for target in (quality.targets if quality is not None else ())
        ]
        self.n_cases = self.n_kept = self.n_wrong = 0
        self.n_errors = self.n_timeouts = self.n_rubbish = self.n_invalid = self.n_unlisted = 0
        self.fault_texts: Counter[str] = Counter()  # the first hundred; later ones are in no count of texts
        self.seconds = 0.0
        self.unlisted: list[str] = []
        self.wrong_shown: list[WrongCase] = []
        self.wrong_ids: list[str] = []
        self.routes: Counter[tuple[str, str, str]] = Counter()
        self.confusion: Counter[tuple[str, str, str | None]] = Counter()
        self.crowded_slices: set[str] = set()
        self.slice_codes = SliceCodes(self.slice_columns)
        self._n_slice_values: Counter[str] = Counter()
        # One entry for each case that the executor was asked: wrong, unavailable (wrong, too, but not for good),
        # confidence (nan: none), eligible, and the loss where costs of errors are declared.
        self.wrong = bytearray()
        self.unavailable = bytearray()
        self.confidence = array("d")
        self.eligible = bytearray()
        self.loss = array("d")
        self.cost = array("d")  # nan where nobody knows it
        self.majority_wrong = bytearray()
        self.table_wrong = bytearray()

    def add(self, observed: Observed) -> None:
        """Count one case."""
        case, decision = observed.case, observed.decision
        self.n_cases += 1
        answer = decision.answer
        slices: dict[str, str] = {}
        if self.slice_columns:
            slices = self._slices_of(observed)
            self.slice_codes.add(slices, asked=answer is not None)
        if answer is None:  # kept for a person, refused or out of scope before anything ran
            self.n_kept += 1
            self._count_route(decision)
            return
        invalid = decision.checked is not None and bool(decision.checked.output_faults)
        judged = self.judge.judge(case, decision.input, None if invalid else answer.output)
        self._count_answer(decision, answer, judged, invalid=invalid)
        self.second.add(judged, decision)
        self._count_baselines(observed)
        self._count_broken(observed)
        for tally in self.targets:
            self._count_target(tally, decision, answer, judged, slices)

    def _slices_of(self, observed: Observed) -> dict[str, str]:
        """The value of this case in each slice column that has one, and not too many."""
        found: dict[str, str] = {}
        for column in self.slice_columns:
            if column in self.crowded_slices:
                continue
            source = observed.decision.input if column in self._inputs else observed.case.slices
            value = source.get(column)
            if value is None or value == "":
                continue
            text = answer_text(value)
            if self.slice_codes.is_new(column, text):
                if self._n_slice_values[column] >= MOST_SLICE_VALUES:
                    self.crowded_slices.add(column)
                    self.slice_codes.drop(column)
                    continue
                self._n_slice_values[column] += 1
            found[column] = text
        return found

    def _count_baselines(self, observed: Observed) -> None:
        case, given = observed.case, observed.decision.input
        if self._majority is not None:
            self.majority_wrong.append(self.judge.judge(case, given, self._majority).wrong)
        if self._table is not None:
            answer = self._table.answer(given)
            self.table_wrong.append(self.judge.judge(case, given, answer.output).wrong)

    def _count_broken(self, observed: Observed) -> None:
        """What the executor takes for granted and is not so in this case."""
        if not self._assumes:
            return
        values = activation(input=observed.decision.input)
        for text, expression in self._assumes.items():
            self.broken[text] += expression.holds(values) is not True

    def _count_route(self, decision: Decision) -> None:
        reason = decision.reason
        self.routes[decision.route.value, reason.kind.value, reason.id] += 1

    def _count_answer(self, decision: Decision, answer: Answer, judged: Judged, *, invalid: bool) -> None:
        self.wrong.append(judged.wrong)
        self.unavailable.append(answer.fault is not None and not is_final(answer))
        self.confidence.append(float("nan") if answer.confidence is None else answer.confidence)
        self.eligible.append(decision.eligible)
        if self.judge.has_costs:
            self.loss.append(judged.loss)
        self.cost.append(float("nan") if answer.cost is None else answer.cost)
        if self.parts is not None:
            self.parts.add(answer)
        self.seconds += answer.seconds
        if not decision.eligible:
            self._count_route(decision)
        self.n_invalid += invalid
        if answer.fault is not None:
            self._count_fault(answer.fault)
            self.n_timeouts += answer.fault.kind is FaultKind.TIMEOUT
            self.n_errors += answer.fault.kind in (FaultKind.ERROR, FaultKind.UNAVAILABLE)
            self.n_rubbish += answer.fault.kind is FaultKind.RUBBISH
        for name in self.judge.decisions:
            answered = None if judged.output is None else answer_text(judged.output.get(name))
            self.confusion[name, answer_text(judged.case.expected.get(name)), answered] += 1
        if judged.output is not None and answer.confidence is not None:
            said = _shown(judged.output, self.judge.decisions)
            self.doubts.add(judged.case.id, said, answer.confidence, wrong=judged.wrong)
        if judged.wrong:
            self._count_wrong(answer, judged, noticed=invalid or _noticed(decision, answer))

    def _count_fault(self, fault: Fault) -> None:
        text = fault.text or fault.kind.value
        if text in self.fault_texts or len(self.fault_texts) < MOST_FAULT_TEXTS:
            self.fault_texts[text] += 1

    def _count_wrong(self, answer: Answer, judged: Judged, *, noticed: bool) -> None:
        self.n_wrong += 1
        case = judged.case
        if len(self.wrong_ids) < MOST_WRONG_KEPT:
            self.wrong_ids.append(case.id)
        if not noticed:
            self.n_unlisted += 1
            if len(self.unlisted) < 5:
                self.unlisted.append(case.id)
        if len(self.wrong_shown) < MOST_WRONG_SHOWN:
            self.wrong_shown.append(
                WrongCase(
                    case=case.id,
                    expected=_shown(case.expected, self.judge.decisions),
                    answered=None if judged.output is None else _shown(judged.output, self.judge.decisions),
                    confidence=answer.confidence,
                    fault=answer.fault.text if answer.fault is not None else None,
                )
            )

    def _count_target(
        self, tally: TargetTally, decision: Decision, answer: Answer, judged: Judged, slices: Mapping[str, str]
    ) -> None:
        counts = (
            tally.where is None
            or tally.where.holds(self.judge.values(judged.case, decision.input, judged.output)) is True
        )
        if not counts:
            return
        if tally.success is None:
            self._keep_value(tally, answer, judged)
            return
        success = tally.success(judged, answer)
        if success is None:
            return
        tally.overall.add(success)
        for column, text in slices.items():
            tally.slices.setdefault(SliceKey(column=column, value=text), Counted()).add(success)

    def _keep_value(self, tally: TargetTally, answer: Answer, judged: Judged) -> None:
        if tally.target.metric is Metric.EXPECTED_COST:
            tally.values.append(judged.loss)
        elif tally.target.metric is Metric.COST_PER_ITEM:
            tally.values.append(float("nan") if answer.cost is None else answer.cost)
        elif tally.target.metric is Metric.F1:
            self._keep_fields(tally, judged)

    def _keep_fields(self, tally: TargetTally, judged: Judged) -> None:
        expected, output = judged.case.expected, judged.output if judged.output is not None else {}
        right = sum(1 for name in expected if name in output and same_value(output[name], expected[name]))
        tally.hits.append(right)
        tally.extra.append(sum(1 for name in output if name in expected) - right)
        tally.missed.append(len(expected) - right)


def _noticed(decision: Decision, answer: Answer) -> bool:
    """Whether a wrong answer shows: as a fault, or in a live failure mode."""
    return answer.fault is not None or (decision.checked is not None and bool(decision.checked.modes))


def about_target(target: Target, decisions: tuple[str, ...]) -> str | None:
    """What a target is of, in words, where it is not of the whole item: ``refund = yes``."""
    of = target.of if target.of is not None else decisions[0] if len(decisions) == 1 else None
    parts = [] if target.of is None else [target.of]
    if target.class_ is not None and of is not None:
        parts = [f"{of} = {answer_text(target.class_)}"]
    if target.where is not None:
        parts += ["cases" if not parts else "", "where", " ".join(target.where.split())]
    return " ".join(part for part in parts if part) or None


def _shown(values: JsonObject, names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return answer_text(values.get(names[0]))
    return ", ".join(f"{name} {answer_text(values.get(name))}" for name in names)
