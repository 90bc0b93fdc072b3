"""Build the cases, the executors and the boxes that arrive, from the handwritten digits that come with scikit-learn.

    python build.py            # in this folder, or: python build.py OTHER_FOLDER

Nothing is downloaded, and the same seed gives the same files, byte for byte. The boxes are divided in three before
anything is looked at: those that executors are made from (tune), those that prove them (prove), and those that arrive
at the depot afterwards (arriving/boxes.csv), which nobody has seen.
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
N_TUNE, N_PROVE = 600, 700
N_CONSTRUCTED = 12  # of each kind

SIDE = 8
SIZE = SIDE * SIDE
FULL_INK = 16
TRACE = 4  # up to here it is dust, or the edge of a stroke

# A tenth of the digits has less ink than FAINT, a third less than LIGHT, a third more than HEAVY.
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


def build(folder: Path) -> None:
    """Write cases/postcode.csv, arriving/boxes.csv, models/svm.skops and models/averages.json below ``folder``."""
    boxes = collected()
    known = [box for box in boxes if box.use != "arriving"]
    write_cases(folder / "cases" / "postcode.csv", [*known, *constructed(boxes)])
    write_arriving(folder / "arriving" / "boxes.csv", [box for box in boxes if box.use == "arriving"])
    write_models(folder / "models", [box for box in boxes if box.use == "tune"])


def collected() -> list[Box]:
    """The 1,797 digits that come with scikit-learn, in its order, divided by the seed."""
    from sklearn.datasets import load_digits

    pictures, digits = load_digits(return_X_y=True)
    if len(digits) != 1797:
        raise SystemExit("the digits are not those that this example was written for")
    names = [f"D{number:04d}" for number in range(1, len(digits) + 1)]
    use = {
        name: "tune" if place < N_TUNE else "prove" if place < N_TUNE + N_PROVE else "arriving"
        for place, name in enumerate(shuffled(names))
    }
    return [
        Box(
            case=name,
            use=use[name],
            pixels=pixels,
            digit=str(digit),
            tags=("collected", *(["faint"] if sum(pixels) <= FAINT else [])),
            labelled_by="slip collector",
        )
        for name, picture, digit in zip(names, pictures, digits, strict=True)
        for pixels in [tuple(int(point) for point in picture)]
    ]


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
    columns = ["case", "split", "input.pixels", "expected.digit", "tags", "labelled_by", "ink"]
    rows = [
        [box.case, box.use, written(box), box.digit, ";".join(box.tags), box.labelled_by, ink_of(box)] for box in boxes
    ]
    write_rows(path, columns, rows)


def write_arriving(path: Path, boxes: list[Box]) -> None:
    """Write the boxes that arrive, each with what was written into it; the depot does not know that yet."""
    write_rows(path, ["case", "input.pixels", "digit"], [[box.case, written(box), box.digit] for box in boxes])


def write_rows(path: Path, columns: list[str], rows: list[list[str]]) -> None:
    """Write a CSV file with these columns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(columns)
        out.writerows(rows)


def written(box: Box) -> str:
    """The pixels of a box as they stand in a cell."""
    return json.dumps(box.pixels, separators=(",", ":"))


def ink_of(box: Box) -> str:
    """How much ink a box has: the slice that it is measured in."""
    ink = sum(box.pixels)
    return "light" if ink < LIGHT else "heavy" if ink > HEAVY else "medium"


def write_models(folder: Path, tune: list[Box]) -> None:
    """Make the executors from the tune cases."""
    import numpy as np
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.model_selection import StratifiedKFold
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.svm import SVC
    from skops.io import dump

    folder.mkdir(parents=True, exist_ok=True)
    pictures = np.array([box.pixels for box in tune], dtype=np.float64)
    digits = np.array([box.digit for box in tune])
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    # One machine a digit, each with the distance to its own boundary: a confidence that means something.
    strokes = OneVsRestClassifier(SVC(C=10, gamma=0.001))
    svm: Any = CalibratedClassifierCV(strokes, method="sigmoid", cv=folds, ensemble=False)
    dump(svm.fit(pictures, digits), folder / "svm.skops")
    averages = {
        digit: [round(float(point), 2) for point in pictures[digits == digit].mean(axis=0)]
        for digit in sorted(set(digits.tolist()))
    }
    (folder / "averages.json").write_text(json.dumps(averages) + "\n", encoding="utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
