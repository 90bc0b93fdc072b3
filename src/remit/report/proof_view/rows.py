"""The values a proof is shown with: every one already in words, with its bound and its n."""

from __future__ import annotations

from dataclasses import dataclass

from remit.report.states import Shown

__all__ = [
    "BaselineRow",
    "BesideRow",
    "CascadeView",
    "Claim",
    "ConfusionRow",
    "CostPointRow",
    "CostRow",
    "ExpectedNotice",
    "Line",
    "Matrix",
    "MatrixRow",
    "OutlookRow",
    "PartRow",
    "ProofView",
    "RouteRow",
    "SecondPersonView",
    "Tile",
    "VerdictRow",
    "WrongRow",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedNotice:
    """After how many audits, and days at the audit share of the definition, a worsening is expected to be noticed."""

    n_audits: int
    days: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A label and what stands beside it. ``exact`` marks text that is copied rather than read (a digest)."""

    label: str
    value: str
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """May it act alone? The answer in one sentence, and what the answer means."""

    state: Shown
    headline: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One of the three numbers on top."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRow:
    """One claim that was judged: what it is, what was asked for, what was found, on how many cases.

    ``id`` is empty where the claim is no target of the definition, ``n`` None where nothing was judged. ``note`` says
    what would decide it, or why not.
    """

    state: Shown
    id: str
    what: str
    asked: str
    found: str
    n: str | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRow:
    """One simple executor that ran along on the same cases."""

    name: str
    what: str
    wrong: str
    accuracy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookRow:
    """What one error budget would allow. ``is_budget`` marks the budget of the definition."""

    budget: str
    allows: str
    threshold: str | None
    wrong: str
    is_budget: bool
    certified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRow:
    """How many cases would take one route for one reason."""

    route: str
    reason: str
    n: str
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRow:
    """What 1,000 items cost under one policy. ``note`` says why a number is missing."""

    policy: str
    estimate: str
    upper: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """One row of a confusion matrix: the right answer, and how often each answer came."""

    expected: str
    counts: tuple[int, ...]
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The confusion matrix of one decision. ``answers`` head the columns."""

    decision: str
    answers: tuple[str, ...]
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfusionRow:
    """One wrong answer that came where another one was right, and how often."""

    decision: str
    expected: str
    answered: str
    n: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongRow:
    """One case that was not answered rightly."""

    case: str
    expected: str
    answered: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondPersonView:
    """Two people on the same cases, and the executor beside them; ``short`` is all of it in a sentence."""

    lines: tuple[Line, ...]
    caveat: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """One part of a cascade: when its answer is taken, its share of the cases, its errors, and what asking it takes."""

    name: str
    kind: str
    taken: str
    asked: str
    share: str
    wrong: str
    upper: str
    acted: str
    cost: str
    seconds: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPointRow:
    """What 1,000 items cost at one threshold of the whole. ``is_certified`` marks that of the certificate."""

    confidence: str
    coverage: str
    n: str
    wrong: str
    upper: str
    cost: str
    cost_upper: str
    is_certified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideRow:
    """One executor among those that were compared in cost and coverage. ``is_this`` marks the one that was proved."""

    name: str
    coverage: str
    wrong: str
    cost: str
    is_this: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CascadeView:
    """The parts of a cascade, and cost against coverage; ``short`` is all of it in a sentence or two."""

    parts: tuple[PartRow, ...]
    points: tuple[CostPointRow, ...]
    beside: tuple[BesideRow, ...]
    notes: tuple[str, ...]
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofView:
    """All that is shown of one proof. ``n_wrong_left_out`` cases are in the document but not in ``wrong``."""

    heading: str
    subheading: str
    claim: Claim
    tiles: tuple[Tile, ...]
    verdicts: tuple[VerdictRow, ...]
    slices: tuple[VerdictRow, ...]
    slice_certificates: tuple[VerdictRow, ...]
    second_person: SecondPersonView | None
    cascade: CascadeView | None
    baselines: tuple[BaselineRow, ...]
    outlook: tuple[OutlookRow, ...]
    routes: tuple[RouteRow, ...]
    costs: tuple[CostRow, ...]
    matrices: tuple[Matrix, ...]
    confusions: tuple[ConfusionRow, ...]
    wrong: tuple[WrongRow, ...]
    n_wrong_left_out: int
    facts: tuple[Line, ...]
    digests: tuple[Line, ...]
    method: tuple[str, ...]
    assumptions: tuple[str, ...]
    limits: tuple[str, ...]
    reproduce: str
    sure: str
