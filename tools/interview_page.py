"""Write the recording of docs/guide/interview.md: the interview as it runs, with the answers that stand here."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "guide" / "interview.md"
SENTENCE = "Route every incoming parcel claim to one of four desks."
ANSWERS = """\
Decide which desk gets one parcel claim
Head of Claims, claims@parcels.example
the same
nine claims clerks
about 400
a few
5
don't know
one parcel claim
a claim arrives in the claims inbox
parcels of private customers
stop
parcels of business customers; letters from lawyers
days_late: integer 0..60, damaged: yes/no, value: money, note
a person
no value is given; one claim for two parcels
desk: late, loss, damage, customs
Which desk can answer this claim?
judged
The desk that closes the claim without passing it on
95
9
claims clerk
4 hours
claims clerk, Head of Claims
don't know
"""


def recorded() -> dict[str, str]:
    """What is said in the first session and in the second, the file, and what `remit check` says of it; by name."""
    first, second = ANSWERS.split("stop\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return {
            "first session": _said(folder, f"{first}stop\n", "define", "parcel-claim", "--from-intent", SENTENCE),
            "second session": _said(folder, second, "define", "parcel-claim"),
            "file": (folder / "work" / "parcel-claim.yaml").read_text(encoding="utf-8"),
            "check": "\n".join(_said(folder, "", "check", "--for", "shadow").splitlines()[:2]) + "\n",
        }


def _said(folder: Path, answers: str, *arguments: str) -> str:
    settings = {"PYTHONPATH": str(ROOT / "src"), "COLUMNS": "80", "NO_COLOR": "1", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "remit", *arguments],
        cwd=folder,
        input=answers,
        env={key: value for key, value in os.environ.items() if key != "FORCE_COLOR"} | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout + done.stderr


def with_recording(page: str) -> str:
    """The page with what is said today in the places of its recordings."""
    for name, text in recorded().items():
        start, end = f"<!-- recording of the {name}: written by tools/interview_page.py -->\n", "<!-- end -->"
        before, rest = page.split(start)
        kind = "yaml" if name == "file" else "text"
        page = f"{before}{start}```{kind}\n{text}```\n{end}{rest.split(end, 1)[1]}"
    return page


if __name__ == "__main__":
    PAGE.write_text(with_recording(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"wrote {PAGE.name}")
