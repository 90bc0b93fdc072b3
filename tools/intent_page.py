"""Write the table of docs/reference/intent.md: how often `remit intent` gives the verdict that a person gave."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

from remit.intent import IntentVerdict, read_intent

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "intent.md"
SENTENCES = ROOT / "tests" / "data" / "intent-sentences.csv"
START, END = "<!-- table: written by tools/intent_page.py -->\n", "<!-- end of table -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One sentence, the verdict a person gave, and the verdict of the rules."""

    sentence: str
    verdict: IntentVerdict
    said: IntentVerdict
    held_out: bool


def is_held_out(sentence: str) -> bool:
    """Half of the sentences, by the last bit of the SHA-256 of their text: fixed before any rule was written."""
    return hashlib.sha256(sentence.encode("utf-8")).digest()[-1] % 2 == 1


def judged() -> tuple[Judged, ...]:
    """Every sentence of the collection, read."""
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        return tuple(
            Judged(
                sentence=row["sentence"],
                verdict=IntentVerdict(row["verdict"]),
                said=read_intent(row["sentence"]).verdict,
                held_out=is_held_out(row["sentence"]),
            )
            for row in csv.DictReader(file)
        )


def intent_table() -> str:
    """Precision and recall of each verdict, on the half that rules were made with and on the half set aside."""
    rows = ["| half | verdict | sentences | precision | recall |", "|---|---|---|---|---|"]
    found = judged()
    for name, half in (("made with", False), ("set aside", True)):
        ours = [one for one in found if one.held_out is half]
        for verdict in IntentVerdict:
            real = sum(one.verdict is verdict for one in ours)
            said = sum(one.said is verdict for one in ours)
            both = sum(one.verdict is one.said is verdict for one in ours)
            rows.append(f"| {name} | {verdict.value} | {real} | {_share(both, said)} | {_share(both, real)} |")
    return "\n".join(rows) + "\n"


def _share(some: int, of: int) -> str:
    return f"{some} of {of} ({100 * some / of:.1f} %)" if of else "none"


def with_table(page: str) -> str:
    """The page with the table of today in its place."""
    before, rest = page.split(START)
    return f"{before}{START}\n{intent_table()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"wrote {PAGE.name}")
