"""Write the figures and the tables of docs/explanation/evidence.md and repeated-looks.md, from the code itself.

``PYTHONPATH=. python tools/evidence_pages.py``; everything is seeded, and a test holds the files against it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from bench.repeated_looks import (
    ALARM_BUDGET,
    MOST_ITEMS,
    alarm_table,
    monitored,
    passes_by,
    promotion_rules,
    promotion_table,
)
from bench.worlds import CLEAN
from tools.line_chart import Axis, Line, line_chart, standing_alone

from remit.autonomy.certificate import Certificate
from remit.proof.document import CurvePoint
from remit.report.charts import risk_coverage_chart
from remit.stats import Certified, certify, detection_delay, erlang_c, plan, reviewed_bounds, risk_coverage

FIRST_ATTEMPT = 0.025
"""What a first attempt on a case set may spend of the 5 % that an assurance of 95 % leaves."""

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "explanation"


def evidence_files() -> Iterator[tuple[str, str]]:
    """Every figure as (name, text), and the two pages with their tables made anew."""
    yield "figures/certificate.svg", standing_alone(_certificate())
    yield "figures/promoted-though-bad.svg", standing_alone(_promoted())
    yield "figures/stopped.svg", standing_alone(_stopped())
    yield "figures/reviewers.svg", standing_alone(_reviewers())
    yield "figures/queue.svg", standing_alone(_queue())
    tables = {"promotions": promotion_table(), "alarms": alarm_table(), "plan": _plan_table()}
    for name in ("repeated-looks.md", "evidence.md"):
        yield name, with_tables((FOLDER / name).read_text(encoding="utf-8"), tables)


def with_tables(page: str, tables: dict[str, str]) -> str:
    """The page with each table between its two marks."""
    for name, table in tables.items():
        start, end = f"<!-- table {name}: written by tools/evidence_pages.py -->\n", f"<!-- end of {name} -->"
        if start in page:
            before, rest = page.split(start)
            page = f"{before}{start}\n{table}\n{end}{rest.split(end)[1]}"
    return page


def _certificate() -> str:
    """One executor on 1,000 cases, and what is certified of it at 5 %."""
    rng = np.random.default_rng(3)
    u = rng.random(1000)
    confidence, wrong = 1 - u, rng.random(1000) < CLEAN.rates(u)
    found = certify(confidence, wrong, alpha=0.05)
    assert isinstance(found, Certified)
    certificate = Certificate(
        threshold=found.threshold,
        alpha=found.alpha,
        delta=found.delta,
        n_acted=found.n_acted,
        n_wrong=found.n_wrong,
        n_cases=found.n_cases,
        coverage=found.coverage,
        upper_bound=found.upper_bound,
        method=found.method,
        assumptions=found.assumptions,
        evidence_digest="",
        executor_digest="",
        case_set_digest="",
        made_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    points = tuple(
        CurvePoint(
            threshold=point.threshold,
            n_acted=point.n_acted,
            n_wrong=point.n_wrong,
            coverage=point.coverage,
            rate=point.rate,
            upper=point.upper,
        )
        for point in risk_coverage(confidence, wrong, delta=0.05)
        if point.threshold is not None
    )
    return risk_coverage_chart(points, budget=0.05, certificate=certificate, name="certificate")


def _promoted() -> str:
    """Which share of candidates that are 6 % wrong is promoted by how many items."""
    shown = {
        "the last 20 were all right": "the last 20 all right",
        "at most 5 % wrong so far, from 100 items on": "at most 5 % so far",
        "exact bound at every item": "exact bound each time",
        "Remit's promotion test, at every item": "Remit",
    }
    grid = np.arange(0, MOST_ITEMS + 1, 20)
    lines = []
    for rule in promotion_rules():
        if rule.name in shown:
            first = np.sort(passes_by(rule, 0.06, runs=4000, seed=60))
            share = np.searchsorted(first, grid, side="right") / first.size
            lines.append(Line(name=shown[rule.name], x=grid.tolist(), y=share.tolist()))
    return line_chart(
        lines,
        x=Axis(what="items, a look after each", most=MOST_ITEMS, step=500),
        y=Axis(what="promoted so far, though 6 % wrong at a bar of 5 %", most=1.0, step=0.2, percent=True),
        title="Promoted though bad",
        desc="The share of candidates that are 6 % wrong at a bar of 5 % and were promoted, by the number of items: "
        "nearly all by the last 20, two thirds by a count so far, some by an exact bound at every look, hardly any "
        "by Remit's test.",
    )


def _stopped() -> str:
    """Which share of executors is stopped by how many audits after a break, by how bad the break is."""
    rng = np.random.default_rng(4)
    runs, before, after = 400, 1000, 2000
    good = rng.random((runs, before)) < ALARM_BUDGET / 4
    grid = np.arange(0, after + 1, 20)
    lines = []
    for name, multiple in (("3 times the budget", 3.0), ("twice the budget", 2.0), ("exactly the budget", 1.0)):
        errors = np.concatenate((good, rng.random((runs, after)) < multiple * ALARM_BUDGET), axis=1)
        alarm = monitored(errors)[:, before:]
        first = np.sort(np.where(alarm.any(axis=1), alarm.argmax(axis=1) + 1, after + 1))
        share = np.searchsorted(first, grid, side="right") / runs
        lines.append(Line(name=name, x=grid.tolist(), y=share.tolist()))
    return line_chart(
        lines,
        x=Axis(what="audits since the error rate changed", most=after, step=500),
        y=Axis(what="stopped so far, budget 2 %", most=1.0, step=0.2, percent=True),
        title="Stopped after a break",
        desc="The share of executors that are stopped, by the number of audits since their error rate became three "
        "times, twice and exactly the budget of 2 %, after 1,000 good audits.",
    )


def _reviewers() -> str:
    """What is known of the true error rate, by how many of 50 planted errors the reviewers find."""
    found = list(range(20, 51))
    lines = []
    for n_reviewed, n_flagged in ((400, 4), (2000, 20)):
        uppers = [
            reviewed_bounds(n_flagged, n_reviewed, n_caught=k, n_planted=50, n_false_flags=0, n_planted_right=50).upper
            for k in found
        ]
        name = f"{n_flagged} of {n_reviewed:,} flagged"
        lines.append(Line(name=name, x=[k / 50 for k in found], y=uppers))
    lines.append(Line(name="what they flagged: 1 %", x=[0.4, 1.0], y=[0.01, 0.01]))
    return line_chart(
        lines,
        x=Axis(what="planted errors that the reviewers found, of 50", most=1.0, step=0.2, percent=True),
        y=Axis(what="at most so many are wrong, 95 % sure", most=0.12, step=0.02, percent=True),
        title="What reviewers miss",
        desc="The upper bound of the true error rate where reviewers flagged 1 %, by the share of planted errors that "
        "they found: the fewer they find, the less their flags say.",
    )


def _queue() -> str:
    """How long an item waits for a reviewer, by how busy they are."""
    most = 5.0
    lines = []
    for reviewers in (1, 3, 10):
        waits = {
            load: erlang_c(load * reviewers, 1.0, reviewers) / (reviewers * (1 - load))
            for load in (percent / 100 for percent in range(1, 100))
        }
        shown = {load: wait for load, wait in waits.items() if wait <= most}
        name = f"{reviewers} reviewer{'s' if reviewers > 1 else ''}"
        lines.append(Line(name=name, x=list(shown), y=list(shown.values())))
    return line_chart(
        lines,
        x=Axis(what="how busy the reviewers are", most=1.0, step=0.2, percent=True),
        y=Axis(what="average wait, in times that one review takes", most=most, step=1.0),
        title="Waiting for a person",
        desc="The average time an item waits, by how busy one, three and ten reviewers are: it rises without end "
        "towards 100 %, for one reviewer from 60 % on, for ten from 90 % on.",
    )


def _plan_table() -> str:
    """What acting alone takes, by the error budget, and how soon a threefold break is noticed."""
    rows = [
        "| error budget | cases without an error | likely, at half of the budget | audits until a threefold break stops it |",
        "|---|---:|---:|---:|",
    ]
    for alpha in (0.01, 0.02, 0.05, 0.1):
        needed = plan(alpha, FIRST_ATTEMPT)
        delay = detection_delay(alpha, 3 * alpha, good_rate=alpha / 2, n_good=1000, rng=np.random.default_rng(1))
        rows.append(
            f"| {100 * alpha:g} % | {needed.n_min:,} | {needed.n_cases:,} | about {_rounded(delay.median_to_alarm)} |"
        )
    return "\n".join(rows) + "\n"


def _rounded(n: int | None) -> str:
    assert n is not None
    step = 10 ** max(0, len(str(n)) - 2)
    return f"{-(-n // step) * step:,}"


if __name__ == "__main__":
    for name, text in evidence_files():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(FOLDER.parents[1])}")
