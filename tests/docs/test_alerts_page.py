"""The guide on effects and alerts explains every kind of alert that there is, and no other."""

import re
from pathlib import Path

from remit.store.operations.alerts import AlertKind

PAGE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "effects-and-alerts.md"


def test_the_table_has_every_kind_of_alert():
    part = PAGE.read_text(encoding="utf-8").partition("## Alerts")[2]
    table = part[part.index("| kind | |") :].partition("\n\n")[0]
    assert sorted(re.findall(r"^\| `([a-z -]+)` \| .{20,} \|$", table, re.M)) == sorted(AlertKind)
