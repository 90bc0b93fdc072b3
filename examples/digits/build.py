"""Build the cases and the executors of this example from the handwritten digits that come with scikit-learn.

    python build.py            # in this folder, or: python build.py OTHER_FOLDER

Nothing is downloaded, and the same seed gives the same cases, byte for byte. The split is fixed by the seed before
anything is looked at; executors are made from `tune` cases only.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SEED = 2027
N_PROVE = 900
N_CONSTRUCTED = 12  # of each kind
N_HELD_OUT = 300  # tune cases that neither part of the cascade was made from: its limits are found on them

SIDE = 8
SIZE = SIDE * SIDE
FULL_INK = 16
TRACE = 4  # up to here it is dust, or the edge of a stroke

# A new sheet of forms begins where the writer starts again at 0 1 2 3. The last one is kept out of tuning, so that
# the proof also speaks of a hand that nobody has seen before.
SHEETS = (0, 130, 256, 386, 516, 646, 776, 915, 1029, 1157, 1287, 1415, 1545, 1667)
NEW_WRITER = SHEETS[-1]

# From the tune cases: a tenth of the digits has less ink than FAINT, a third less than LIGHT, a third more than HEAVY.
FAINT, LIGHT, HEAVY = 266, 293, 329

Pixels = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One box with what is written in it."""

    case: str
    use: str
    pixels: Pixels
    digit: str
    tags: tuple[str, ...]
    labelled_by: str
    writer: str


def build(folder: Path) -> None:
    """Write cases/digits.csv, models/*.skops and models/averages.json below ``folder``."""
    boxes = collected()
    tune = [box for box in boxes if box.use == "tune"]
    write_cases(folder / "cases" / "digits.csv", [*boxes, *constructed(boxes)])
    write_models(folder / "models", tune)


def collected() -> list[Box]:
    """The 1,797 digits that come with scikit-learn, in its order, split by the seed."""
    from sklearn.datasets import load_digits

    pictures, digits = load_digits(return_X_y=True)
    if len(digits) != 1797 or any(list(digits[start : start + 4]) != [0, 1, 2, 3] for start in SHEETS):
        raise SystemExit("the digits are not those that this example was written for")
    names = [f"D{number:04d}" for number in range(1, len(digits) + 1)]
    n_new = len(names) - NEW_WRITER
    prove = {*names[NEW_WRITER:], *shuffled(names[:NEW_WRITER])[: N_PROVE - n_new]}
    held_out = set(shuffled([name for name in names if name not in prove], "held out")[:N_HELD_OUT])
    return [
        Box(
            case=name,
            use="prove" if name in prove else "tune",
            pixels=pixels,
            digit=str(digit),
            tags=(*tags_of(pixels, new=index >= NEW_WRITER), *(["held_out"] if name in held_out else [])),
            labelled_by="form collector",
            writer="new" if index >= NEW_WRITER else "known",
        )
        for index, (name, picture, digit) in enumerate(zip(names, pictures, digits, strict=True))
        for pixels in [tuple(int(point) for point in picture)]
    ]


def tags_of(pixels: Pixels, *, new: bool) -> tuple[str, ...]:
    """What the case can show: every collected box may be answered wrongly or late, some are faint or by a new hand."""
    return ("collected", *(["faint"] if sum(pixels) <= FAINT else []), *(["new_writer"] if new else []))


def shuffled(names: Iterable[str], what: str = "") -> list[str]:
    """``names`` in an order that only the seed decides, on every machine and in every version of every package."""
    return sorted(names, key=lambda name: hashlib.sha256(f"{SEED}:{what}{name}".encode()).hexdigest())


def constructed(boxes: list[Box]) -> list[Box]:
    """Boxes as reality has them and the collection does not: empty, cut off, doubled, struck out.

    They are made from boxes of the prove set, for the prove set: no executor has seen the originals.
    """
    originals = {box.case: box for box in boxes if box.use == "prove"}
    made: list[Box] = []
    for kind, change in CHANGES.items():
        names = shuffled(originals, kind)
        for number in range(N_CONSTRUCTED):
            one, other = originals[names[2 * number]], originals[names[2 * number + 1]]
            readable = kind == "off_centre"
            made.append(
                Box(
                    case=f"{kind}-{number + 1:02d}",
                    use="prove",
                    pixels=change(one.pixels, other.pixels),
                    digit=one.digit if readable else "unreadable",
                    tags=("constructed", kind),
                    labelled_by=one.labelled_by if readable else "case author",
                    writer=one.writer,
                )
            )
    return made


def blank(pixels: Pixels, _other: Pixels) -> Pixels:
    """An empty box with up to four specks of dust, which lie where the original has its darkest points."""
    darkest = sorted(range(SIZE), key=lambda i: (-pixels[i], i))[: pixels[20] % 5]
    return tuple(2 if i in darkest else 0 for i in range(SIZE))


def off_centre(pixels: Pixels, _other: Pixels) -> Pixels:
    """The box of a form that lay askew: the first column of ink is cut off, the second stands at the edge."""
    shift = inked_columns(pixels)[1]
    return tuple(
        pixels[row * SIDE + column + shift] if column + shift < SIDE else 0
        for row in range(SIDE)
        for column in range(SIDE)
    )


def two_in_box(left: Pixels, right: Pixels) -> Pixels:
    """Two digits side by side, each squeezed to half the width of the box."""
    half = SIDE // 2
    sources: list[tuple[Pixels, int]] = []
    for pixels in (left, right):
        columns = inked_columns(pixels)
        width = columns[-1] - columns[0]
        sources.extend((pixels, columns[0] + width * k // (half - 1)) for k in range(half))
    return tuple(pixels[row * SIDE + column] for row in range(SIDE) for pixels, column in sources)


def struck_out(pixels: Pixels, _other: Pixels) -> Pixels:
    """A line of full ink from edge to edge through the middle."""
    middle = range(SIDE * (SIDE // 2), SIDE * (SIDE // 2 + 1))
    return tuple(FULL_INK if i in middle else pixels[i] for i in range(SIZE))


def inked_columns(pixels: Pixels) -> list[int]:
    """The columns that hold more than a trace of ink."""
    return [column for column in range(SIDE) if max(pixels[column::SIDE]) > TRACE]


CHANGES = {"blank": blank, "off_centre": off_centre, "two_in_box": two_in_box, "struck_out": struck_out}


def write_cases(path: Path, boxes: list[Box]) -> None:
    """Write the case file: one line a box."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["case", "split", "input.pixels", "expected.digit", "tags", "labelled_by", "writer", "ink"])
        for box in boxes:
            ink = sum(box.pixels)
            band = "light" if ink < LIGHT else "heavy" if ink > HEAVY else "medium"
            pixels = json.dumps(box.pixels, separators=(",", ":"))
            rows.writerow([box.case, box.use, pixels, box.digit, ";".join(box.tags), box.labelled_by, box.writer, band])


def write_models(folder: Path, tune: list[Box]) -> None:
    """Make the executors from the tune cases; what to make was chosen by cross-validation on these cases alone."""
    import numpy as np
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler
    from sklearn.svm import SVC
    from skops.io import dump

    folder.mkdir(parents=True, exist_ok=True)
    pictures = np.array([box.pixels for box in tune], dtype=np.float64)
    digits = np.array([box.digit for box in tune])
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    strokes = SVC(C=10, gamma=0.001)
    models: dict[str, Any] = {
        # One machine a digit, each with the distance to its own boundary: a confidence that means something.
        "svm": CalibratedClassifierCV(OneVsRestClassifier(strokes), method="sigmoid", cv=folds, ensemble=False),
        # The usual recipe. As accurate, but what is calibrated here is a count of votes between pairs of digits.
        "svm-votes": CalibratedClassifierCV(strokes, method="sigmoid", cv=folds, ensemble=False),
        "nearest": KNeighborsClassifier(20),
    }
    for name, model in models.items():
        dump(model.fit(pictures, digits), folder / f"{name}.skops")
    known = np.array(["held_out" not in box.tags for box in tune])
    parts: dict[str, Any] = {
        "quick": make_pipeline(MinMaxScaler(), LogisticRegression(max_iter=2000)),
        "careful": CalibratedClassifierCV(OneVsRestClassifier(strokes), method="sigmoid", cv=folds, ensemble=False),
    }
    for name, model in parts.items():
        dump(model.fit(pictures[known], digits[known]), folder / f"{name}.skops")
    averages = {
        digit: [round(float(point), 2) for point in pictures[digits == digit].mean(axis=0)]
        for digit in sorted(set(digits.tolist()))
    }
    (folder / "averages.json").write_text(json.dumps(averages) + "\n", encoding="utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
