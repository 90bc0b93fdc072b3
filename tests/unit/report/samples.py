"""Made-up values that the tests of the reports share: one proof, one readiness, one decision, one error."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from remit.autonomy.certificate import Certificate
from remit.deciding.decision import Checked, Decision
from remit.definition.levels import Level
from remit.errors import DefinitionInvalid, Location, Problem
from remit.items import Answer, Reason, ReasonKind, Route
from remit.proof.document import (
    Baseline,
    BudgetOutlook,
    ConfusionCell,
    CostPer1000,
    CurvePoint,
    ProofDocument,
    ProvedExecutor,
    RouteCount,
    SecondPerson,
    SliceCertificate,
    WrongCase,
)
from remit.readiness.facts import CalibrationFact, ComparisonFact, TargetFact, TargetVerdict
from remit.readiness.finding import Dimension, Finding, Readiness, RuleResult, Severity, State
from remit.report.terminal import LedgerCheck, ReviewRow
from remit.reviews import Outcome, ReviewKind, ReviewState, ReviewView
from remit.reviews.statistics import DecidedReview, PlantedCase
from remit.stats import binomial_lower, binomial_upper

NOW = datetime(2026, 10, 29, 10, 24, tzinfo=UTC)
N = 2000
DELTA_FULL, DELTA = 0.05, 0.025  # of all attempts, of the first one
N_SLICES = 3
DEFINITION, EVIDENCE, EXECUTOR, CASES = ("1a2b" * 16, "3c4d" * 16, "5e6f" * 16, "7a8b" * 16)

# confidence, acted on, wrong
_CURVE = (
    (0.9993, 20, 0),
    (0.9985, 44, 0),
    (0.9949, 99, 0),
    (0.9886, 200, 1),
    (0.9804, 329, 2),
    (0.9691, 492, 5),
    (0.9499, 734, 9),
    (0.9323, 920, 17),
    (0.9042, 1190, 39),
    (0.8937, 1265, 47),
    (0.8805, 1370, 64),
    (0.8258, 1640, 95),
    (0.4716, 2000, 192),
)


def lower(k: int, n: int, delta: float = DELTA) -> float:
    return round(float(binomial_lower(k, n, delta)), 6)


def upper(k: int, n: int, delta: float = DELTA) -> float:
    return round(float(binomial_upper(k, n, delta)), 6)


def target(id_: str, metric: str, verdict: TargetVerdict, limit: float, k: int, n: int, **more) -> TargetFact:
    delta = DELTA / N_SLICES if "slice_column" in more else DELTA
    at_least = metric in ("accuracy", "recall")
    share = round(k / n, 6)
    bounds = {"value": share, "lower": lower(k, n, delta), "upper": upper(k, n, delta)}
    return TargetFact(id=id_, metric=metric, verdict=verdict, limit=limit, at_least=at_least, n=n, **bounds, **more)


CERTIFICATE = Certificate(
    threshold=0.8937,
    alpha=0.05,
    delta=0.025,
    n_acted=1265,
    n_wrong=47,
    n_cases=N,
    coverage=0.6325,
    upper_bound=0.049698,
    method="step_down",
    assumptions=("the confidence was fixed before the cases were seen",),
    evidence_digest=EVIDENCE,
    executor_digest=EXECUTOR,
    case_set_digest=CASES,
    made_at=NOW,
)

PROOF = ProofDocument(
    work="triage-email",
    title="Decide which team answers one customer e-mail",
    made_at=NOW,
    remit_version="0.1.0",
    definition_digest=DEFINITION,
    evidence_digest=EVIDENCE,
    case_set_digest=CASES,
    executor=ProvedExecutor(
        name="clf-v3",
        kind="model",
        digest=EXECUTOR,
        version="3.1",
        author="Ada Ng",
        gives_confidence=True,
        cost_per_item=None,
    ),
    attempt=1,
    assurance=0.95,
    delta_full=DELTA_FULL,
    delta=DELTA,
    n_cases=N,
    n_kept=0,
    n_wrong=192,
    n_errors=2,
    n_timeouts=6,
    n_invalid_outputs=1,
    n_unlisted=12,
    unlisted_sample=("case-1004", "case-1011"),
    executor_seconds=1.84,
    targets=(
        target("Q1", "accuracy", TargetVerdict.MISSED, 0.93, 1808, N),
        target("Q2", "recall", TargetVerdict.UNPROVEN, 0.95, 117, 120, n_more=190, about="team = fraud"),
        target("Q3", "review_rate", TargetVerdict.MET, 0.5, 735, N),
        target("Q4", "seconds_p95", TargetVerdict.MET, 2.0, 9, N, why="9 of 2,000 answers took longer than 2 s"),
        TargetFact(
            id="Q5",
            metric="cost_per_item",
            verdict=TargetVerdict.UNPROVEN,
            limit=0.01,
            at_least=False,
            value=None,
            lower=None,
            upper=None,
            n=0,
            why="the executor file gives no cost_per_item, so no bound can be given",
        ),
    ),
    slices=(
        target("Q1", "accuracy", TargetVerdict.MET, 0.93, 1480, 1500, slice_column="country", slice_value="DE"),
        target("Q1", "accuracy", TargetVerdict.MISSED, 0.93, 101, 140, slice_column="country", slice_value="FR"),
        target("Q1", "accuracy", TargetVerdict.UNPROVEN, 0.93, 33, 35, slice_column="country", n_more=60),
    ),
    baselines=(
        Baseline(
            name="majority",
            what="always orders",
            n=N,
            n_wrong=1380,
            lower=lower(620, N, DELTA_FULL),
            upper=upper(620, N, DELTA_FULL),
        ),
        Baseline(
            name="table",
            what="the definition's own decision table",
            n=N,
            n_wrong=611,
            lower=lower(1389, N, DELTA_FULL),
            upper=upper(1389, N, DELTA_FULL),
        ),
    ),
    comparisons=(
        ComparisonFact(
            against="majority",
            baseline=True,
            better=TargetVerdict.MET,
            only_this_wrong=31,
            only_other_wrong=1219,
            p_value=1e-300,
        ),
        ComparisonFact(
            against="clf-v2",
            baseline=False,
            better=TargetVerdict.UNPROVEN,
            only_this_wrong=88,
            only_other_wrong=104,
            p_value=0.139,
        ),
    ),
    calibration=CalibrationFact(error=0.021, upper=0.034, n=N),
    error_budget=0.05,
    certificate=CERTIFICATE,
    no_certificate=None,
    needed_error_free=None,
    outlook=(
        BudgetOutlook(alpha=0.01, coverage=None, threshold=None, n_acted=0, n_wrong=0, n_more=None),
        BudgetOutlook(alpha=0.02, coverage=None, threshold=None, n_acted=0, n_wrong=0, n_more=3100),
        BudgetOutlook(alpha=0.05, coverage=0.6325, threshold=0.8937, n_acted=1265, n_wrong=47, n_more=None),
        BudgetOutlook(alpha=0.1, coverage=0.952, threshold=0.714, n_acted=1904, n_wrong=163, n_more=None),
    ),
    curve=tuple(
        CurvePoint(
            threshold=confidence,
            n_acted=n,
            n_wrong=k,
            coverage=n / N,
            rate=round(k / n, 6),
            upper=upper(k, n),
        )
        for confidence, n, k in _CURVE
    ),
    routes=(
        RouteCount(route="act", reason="within_limits", reason_id="", n=1265),
        RouteCount(route="review", reason="confidence", reason_id="", n=653),
        RouteCount(
            route="review", reason="never_output", reason_id="never[0]", n=60, about="fraud is read by a person"
        ),
        RouteCount(
            route="review", reason="constraint", reason_id="C1", n=22, about="A stolen card always goes to fraud"
        ),
    ),
    confusion=tuple(
        ConfusionCell(decision="team", expected=expected, answered=answered, n=n)
        for expected, answered, n in (
            ("fraud", "fraud", 117),
            ("fraud", "other", 3),
            ("orders", "orders", 1100),
            ("orders", "payments", 38),
            ("orders", None, 2),
            ("payments", "orders", 149),
            ("payments", "payments", 591),
        )
    ),
    costs=(
        CostPer1000(policy="as certified", estimate=512.2, upper=604.91),
        CostPer1000(policy="review everything", estimate=1100.0, upper=1100.0),
        CostPer1000(policy="never review", estimate=None, upper=None, why_not="quality.error_costs is empty"),
    ),
    currency="EUR",
    wrong_cases=(
        WrongCase(case="case-1999", expected="fraud", answered=None, confidence=None, fault="timeout: 30 s"),
        WrongCase(case="case-1003", expected="payments", answered="orders", confidence=0.9714, fault=None),
        WrongCase(case="case-1000", expected="orders", answered="payments", confidence=0.9897, fault=None),
        WrongCase(case="客户-07", expected="orders", answered="payments", confidence=0.91, fault=None),
    ),
    wrong_ids=("case-1999", "case-1003", "case-1000", "客户-07"),
    method=("every case of the frozen prove set was decided by the same code that decides real items",),
    assumptions=("the cases are a random sample of the items to come", "the expected answers are right"),
    limits=("nothing is said about business customers: they are out of scope",),
    reproduce="remit prove triage-email --executor clf-v3",
    slice_certificates=(
        SliceCertificate(
            column="country",
            value="DE",
            threshold=0.9041,
            n_cases=1500,
            n_acted=900,
            n_wrong=28,
            upper_bound=0.0498,
            coverage=0.6,
            needed_error_free=None,
            delta=0.0125,
        ),
        SliceCertificate(
            column="country",
            value="FR",
            threshold=None,
            n_cases=140,
            n_acted=0,
            n_wrong=0,
            upper_bound=None,
            coverage=None,
            needed_error_free=58,
            delta=0.0125,
        ),
    ),
    second_person=SecondPerson(
        n=300,
        n_disagree=31,
        lower=lower(31, 300, DELTA_FULL),
        upper=upper(31, 300, DELTA_FULL),
        kappa=0.8512,
        kappa_lower=0.7934,
        kappa_upper=0.9018,
        n_wrong=27,
        only_executor_wrong=14,
        only_second_wrong=18,
        p_value=0.298,
        better=TargetVerdict.UNPROVEN,
    ),
)

NOT_CERTIFIED = replace(
    PROOF,
    certificate=None,
    no_certificate="the 640 most confident answers hold 41 errors, too many for a budget of 5 %",
    needed_error_free=112,
    outlook=(
        BudgetOutlook(alpha=0.05, coverage=None, threshold=None, n_acted=0, n_wrong=0, n_more=1200),
        BudgetOutlook(alpha=0.1, coverage=0.41, threshold=0.94, n_acted=820, n_wrong=61, n_more=None),
    ),
    slices=(),
    slice_certificates=(),
    second_person=None,
    comparisons=(),
    baselines=(),
    costs=(),
    curve=(),
    calibration=None,
)

WHERE = Location(
    file="work/triage-email.yaml",
    line=31,
    column=24,
    path="quality.targets[0].metric",
    excerpt="    - {id: Q1, metric: acuracy, at_least: 0.90}",
)


def rule(id_: str, state: State, dimension: Dimension, **more) -> RuleResult:
    given = {"severity": Severity.BLOCKER, "since": Level.SUGGEST, **more}
    return RuleResult(rule=id_, state=state, dimension=dimension, **given)


READINESS = Readiness(
    work="triage-email",
    for_level=Level.SUPERVISED,
    executor="clf-v3",
    results=(
        rule("WD01", State.PASS, Dimension.WORK, since=Level.SHADOW),
        rule("WD02", State.PASS, Dimension.WORK, since=Level.SHADOW),
        rule(
            "TT03",
            State.FAIL,
            Dimension.TESTS,
            findings=(
                Finding(
                    message="'Q1' measures nothing that is known.",
                    mend="write accuracy",
                    where=WHERE,
                    expected="a metric",
                    found="acuracy",
                ),
            ),
        ),
        rule(
            "IO12",
            State.UNKNOWN,
            Dimension.IO,
            severity=Severity.MAJOR,
            findings=(Finding(message="not measured yet: which fields change an answer", mend=""),),
            waiver_refused="it ended on 2026-09-30",
        ),
        rule("FM02", State.NOT_APPLICABLE, Dimension.FAILURES, why="nothing is ever late here"),
        rule(
            "HE03",
            State.FAIL,
            Dimension.ESCALATION,
            severity=Severity.MAJOR,
            waived_until="2026-12-31",
            waived_because="the second reviewer starts in January",
        ),
        rule("OB05", State.FAIL, Dimension.OBSERVABLE, severity=Severity.MINOR),
        rule("AX01", State.PASS, Dimension.GATE_EXECUTOR, since=Level.SUPERVISED),
        rule("AU02", State.UNKNOWN, Dimension.GATE_AUTONOMY, since=Level.AUTONOMOUS),
    ),
    dimensions={
        Dimension.WORK: State.PASS,
        Dimension.TESTS: State.FAIL,
        Dimension.IO: State.UNKNOWN,
        Dimension.FAILURES: State.NOT_APPLICABLE,
        Dimension.ESCALATION: State.PASS,
        Dimension.OBSERVABLE: State.PASS,
        Dimension.GATE_EXECUTOR: State.PASS,
        Dimension.GATE_AUTONOMY: State.PASS,
    },
    missing={
        Level.SHADOW: (),
        Level.SUGGEST: ("TT03", "IO12"),
        Level.SUPERVISED: ("TT03", "IO12"),
        Level.AUTONOMOUS: ("TT03", "IO12", "AU02"),
    },
)

REACHED = replace(
    READINESS,
    for_level=Level.SHADOW,
    dimensions={
        dimension: State.PASS if dimension is Dimension.WORK else State.NOT_APPLICABLE
        for dimension in READINESS.dimensions
    },
)

DECISION = Decision(
    route=Route.REVIEW,
    reasons=(
        Reason(kind=ReasonKind.CONSTRAINT, text="A stolen card always goes to fraud", id="C1"),
        Reason(kind=ReasonKind.CONFIDENCE, text="confidence 0.71 is below the threshold 0.8937"),
    ),
    level=Level.SUPERVISED,
    input={"subject": "My card was stolen", "received": "2026-10-29T10:20:00Z"},
    answer=Answer(output={"team": "payments", "tags": ["card", "urgent"]}, confidence=0.71, seconds=0.012, cost=0.0012),
    checked=Checked(violated=("C1",)),
)

REVIEWS = (
    ReviewRow(
        id="R-3",
        work="triage-email",
        key="m-1043",
        why="audit",
        role="senior clerk",
        due_at=datetime(2026, 10, 29, 14, 0, tzinfo=UTC),
        is_audit=True,
    ),
    ReviewRow(
        id="R-1",
        work="triage-email",
        key="m-1041",
        why="A stolen card always goes to fraud",
        role="senior clerk",
        due_at=datetime(2026, 10, 29, 9, 54, tzinfo=UTC),
    ),
    ReviewRow(
        id="R-2", work="digits", key="form-8", why="confidence 0.4 is below the threshold 0.97", claimed_by="tarek"
    ),
)

CHAINS = (
    LedgerCheck(
        chain="digits", n_entries=1204, head="9f86d081884c7d65" * 4, n_seals=3, n_seals_checked=2, sealed_to=1200
    ),
    LedgerCheck(
        chain="triage-email",
        n_entries=812,
        head=None,
        fault="record changed: expected body 9f86, found 1b2c",
        at_entry=812,
    ),
)

ERROR = DefinitionInvalid(
    problems=[
        Problem(
            message="'acuracy' is no metric",
            where=WHERE,
            expected="one of accuracy, error_rate, precision, recall, f1, field_match, review_rate, consistency",
            found="acuracy",
            mend="did you mean accuracy?",
        ),
        Problem(
            message="unknown key",
            where=Location(file="work/a.yaml", line=3, column=7, excerpt="\t客户名称\tfoo: '客户'"),
            code="E302",
        ),
        Problem(message="a definition says who owns it", where=Location(path="owner"), mend="add owner: {role: ...}"),
    ]
)


def view(row: ReviewRow, **changes: object) -> ReviewView:
    """A review that waits as a person sees it, with what its row says."""
    made = ReviewView(
        id=row.id,
        work=row.work,
        key=row.key,
        is_audit=row.is_audit,
        state=ReviewState.OPEN,
        version=1,
        why=row.why,
        role=row.role,
        queue=None,
        opened_at=NOW - timedelta(hours=1),
        due_at=row.due_at,
        claimed_by=row.claimed_by,
        claimed_until=None,
        show=(),
        input={},
        suggestion=None,
        eyes=(),
        question=None,
        decided_at=None,
        decided_by=None,
        outcome=None,
        output=None,
        comment=None,
        overridden=(),
        finding=None,
        undone=None,
    )
    return replace(made, **changes)


def decided(by: str, n: int, **what: object) -> list[DecidedReview]:
    """So many reviews that one person decided."""
    made = DecidedReview(
        by=by, kind=ReviewKind.REVIEW, outcome=Outcome.ACCEPTED, answer_seen=True, seconds=20.0, **what
    )
    return [replace(made, seconds=20.0 + i) for i in range(n)]


MISSED = PlantedCase(is_wrong=True, is_flagged=False, is_right=False)
DECIDED = (
    *decided("tarek", 40),
    *[replace(one, outcome=Outcome.ANSWERED) for one in decided("mira", 10, asked_back=True)],
    *[replace(one, kind=ReviewKind.AUDIT, answer_seen=False, wrong=False) for one in decided("mira", 30)],
    *[replace(one, kind=ReviewKind.AUDIT, answer_seen=False, wrong=True) for one in decided("mira", 1)],
    *[replace(one, kind=ReviewKind.SECOND, is_same=one.seconds < 25) for one in decided("mira", 6)],
    *[
        replace(
            one,
            kind=ReviewKind.PLANTED,
            outcome=Outcome.ANSWERED,
            planted=PlantedCase(is_wrong=True, is_flagged=True, is_right=True),
        )
        for one in decided("tarek", 9)
    ],
    *[replace(one, kind=ReviewKind.PLANTED, planted=MISSED) for one in decided("tarek", 1)],
    *[
        replace(one, kind=ReviewKind.PLANTED, planted=PlantedCase(is_wrong=False, is_flagged=False, is_right=True))
        for one in decided("tarek", 10)
    ],
)
