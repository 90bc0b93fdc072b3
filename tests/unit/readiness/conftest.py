"""One whole definition to change, and facts about it to change, so that a test shows only what it is about."""

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from remit.definition.digests import evidence_digest
from remit.definition.levels import Level
from remit.definition.model import Definition
from remit.files.yaml_reader import read_yaml
from remit.items import ExecutorKind
from remit.readiness import Facts, Readiness, RuleResult, State
from remit.readiness.facts import (
    CaseFacts,
    ComparisonFact,
    ExecutorFact,
    ProjectFacts,
    ProofFacts,
    TargetFact,
    TargetVerdict,
)
from remit.readiness.judge import judge

DATA = Path(__file__).resolve().parents[2] / "data"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TRIAGE = read_yaml(DATA / "triage-email.yaml").data
ADAPTER = TypeAdapter(Definition)


class Work:
    """A definition and facts that can be changed value by value, and judged."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = copy.deepcopy(TRIAGE)
        self.facts = Facts()
        self.executor: str | None = None
        self.level: Level | None = None
        self.now = NOW
        self._judged: tuple[object, Readiness] | None = None

    def put(self, path: str, value: object) -> "Work":
        """Set the value at ``a.b.0.c``; what is on the way and missing is made."""
        *way, last = path.split(".")
        at = self.data
        for part in way:
            at = at[int(part)] if isinstance(at, list) else at.setdefault(part, {})
        if isinstance(at, list):
            at[int(last)] = value
        else:
            at[last] = value
        return self

    def drop(self, path: str) -> "Work":
        """Take the value at ``a.b.0.c`` out."""
        *way, last = path.split(".")
        at = self.data
        for part in way:
            at = at[int(part)] if isinstance(at, list) else at[part]
        del at[int(last) if isinstance(at, list) else last]
        return self

    @property
    def definition(self) -> Definition:
        """The definition as it is now, read without the checks between its parts."""
        return ADAPTER.validate_json(json.dumps(self.data))

    def judge(self) -> Readiness:
        """The readiness of the whole; the same question is answered once."""
        asked = (json.dumps(self.data), self.facts, self.level, self.executor, self.now)
        if self._judged is None or self._judged[0] != asked:
            found = judge(self.definition, self.facts, now=self.now, for_level=self.level, executor=self.executor)
            self._judged = (asked, found)
        return self._judged[1]

    def result(self, rule: str) -> RuleResult:
        """What one rule came to."""
        return next(one for one in self.judge().results if one.rule == rule)

    def passes(self, rule: str) -> bool:
        """Whether the rule passes."""
        return self.result(rule).state is State.PASS

    def fails(self, rule: str) -> list[str]:
        """The messages of a rule that has to fail."""
        found = self.result(rule)
        assert found.state is State.FAIL, found
        return [one.message for one in found.findings]

    def places(self, rule: str) -> list[str]:
        """The dotted paths of the findings of a rule that has to fail."""
        found = self.result(rule)
        assert found.state is State.FAIL, found
        return [".".join(map(str, one.path)) for one in found.findings]

    def unknown(self, rule: str) -> str:
        """Why a rule that has to be unknown is."""
        found = self.result(rule)
        assert found.state is State.UNKNOWN, found
        return " / ".join(one.message for one in found.findings)

    def not_applicable(self, rule: str) -> str:
        """Why a rule that has to be not applicable is."""
        found = self.result(rule)
        assert found.state is State.NOT_APPLICABLE, found
        assert not found.findings
        assert found.why
        return found.why

    def with_facts(self, **changes: object) -> "Work":
        """Change the facts."""
        self.facts = replace(self.facts, **changes)
        return self

    def with_cases(self, **changes: object) -> "Work":
        """Sound cases for the definition as it is now, with these changes."""
        return self.with_facts(cases=replace(sound_cases(self.definition), **changes))

    def with_executors(self, *executors: ExecutorFact) -> "Work":
        """The project's executors."""
        return self.with_facts(project=ProjectFacts(executors=executors))

    def with_proof(self, **changes: object) -> "Work":
        """Sound cases, one described executor and a proof in which it met everything, with these changes."""
        if self.facts.cases is None:
            self.with_cases()
        if self.facts.project is None:
            self.with_executors(SVM)
        return self.with_facts(proofs=(*self.facts.proofs, replace(sound_proof(self.definition), **changes)))


SVM = ExecutorFact(name="svm", kind=ExecutorKind.MODEL, digest="d-svm", author="Ada", gives_confidence=True)


def sound_cases(definition: Definition) -> CaseFacts:
    """Facts of a case set that breaks no rule of the example."""
    return CaseFacts(
        evidence_digest=evidence_digest(definition),
        n_rows=900,
        n_invalid=0,
        n_tune=300,
        n_prove=600,
        classes={"team": {"orders": 200, "payments": 150, "returns": 100, "fraud": 80, "other": 70}},
        tags={"normal": 400, "injection": 30, "outage": 30, "empty": 30, "other": 70, "two": 30, "new": 30},
        labellers={"Grace": 600, "Edsger": 300},
        prove_digest="p1",
        frozen_digest="p1",
        frozen_at=datetime(2026, 11, 1, tzinfo=UTC),
    )


def met(id_: str, metric: str, **changes: object) -> TargetFact:
    """A target that is met."""
    fact = TargetFact(
        id=id_,
        metric=metric,
        verdict=TargetVerdict.MET,
        limit=0.9,
        at_least=True,
        value=0.95,
        lower=0.93,
        upper=0.97,
        n=600,
    )
    return replace(fact, **changes)


def beaten(name: str, better: TargetVerdict = TargetVerdict.MET) -> ComparisonFact:
    """A comparison with a simple baseline."""
    return ComparisonFact(
        against=name, baseline=True, better=better, only_this_wrong=3, only_other_wrong=60, p_value=1e-9
    )


def sound_proof(definition: Definition) -> ProofFacts:
    """A proof in which everything is met."""
    return ProofFacts(
        executor="svm",
        executor_digest="d-svm",
        evidence_digest=evidence_digest(definition),
        case_set_digest="p1",
        proved_at=datetime(2026, 11, 20, tzinfo=UTC),
        attempt=1,
        delta=0.025,
        n_cases=600,
        n_wrong=20,
        targets=(met("Q1", "accuracy"), met("Q2", "recall"), met("Q3", "review_rate", at_least=False, limit=0.35)),
        slices=(met("Q1", "accuracy", slice_column="country", slice_value="DE", n=60),),
        comparisons=(beaten("majority"),),
    )


@pytest.fixture
def work() -> Work:
    """The whole example, without any facts."""
    return Work()
