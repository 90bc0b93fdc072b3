"""One work, taken up the whole ladder by commands alone: manual, shadow, suggest, supervised, down by itself, back."""

import contextlib
import io
import json
import os
import re
import runpy
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from remit.cli.commands.demo.ladder import Stretch, Walk, climb_the_ladder
from remit.cli.commands.demo.telling import Telling
from remit.cli.output import Output
from remit.definition.levels import Level
from remit.items import Route
from remit.ledger import LedgerKind, Verified
from remit.project import Project
from remit.store.decisions import decision_by_key
from remit.store.grants import grants_of
from remit.store.operations.acts import acts_of
from remit.store.operations.alerts import open_alerts
from remit.store.statements import prepare
from remit.store.tables import alerts

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "postcode"
PAGE = ROOT / "docs" / "guide" / "the-whole-ladder.md"


@dataclass(frozen=True)
class Walked:
    """What is left behind: the way, what was said, and the project."""

    walk: Walk
    said: str
    project: Project


@pytest.fixture(scope="module")
def walked(tmp_path_factory) -> Iterator[Walked]:
    root = tmp_path_factory.mktemp("ladder") / "postcode"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("arriving", "cases", "models", ".remit", "proofs"))
    before, argv = Path.cwd(), sys.argv
    os.chdir(root)
    sys.argv = ["build.py"]
    said = io.StringIO()
    try:
        runpy.run_path("build.py", run_name="__main__")
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            walk = climb_the_ladder(Telling(Output(as_json=False, colour=False, width=100)), root)
    finally:
        os.chdir(before)
        sys.argv = argv
    project = Project.open(root)
    yield Walked(walk=walk, said=said.getvalue(), project=project)
    project.close()


def test_the_levels_went_up_one_by_one_down_by_themselves_and_up_again(walked):
    given = grants_of(walked.project.store, "postcode")
    assert [(one.level, one.by) for one in given] == [
        (Level.SHADOW, "ada"),
        (Level.SUGGEST, "ada"),
        (Level.SUPERVISED, "ada"),
        (Level.SUGGEST, "remit"),
        (Level.SUPERVISED, "ada"),
    ]
    assert "the error budget of 2 % is broken" in given[3].reason
    assert walked.walk.fall == f"svm is at suggest for postcode now: {given[3].reason}"


def test_something_really_acts_alone_at_the_end(walked):
    last = walked.walk.stretches[-1].days
    assert all(day.level == "supervised" for day in last)
    assert sum(day.n_acted for day in last) > 90
    assert sum(day.n_acted for one in walked.walk.stretches for day in one.days) > 450


def test_nothing_was_acted_on_above_the_granted_level(walked):
    store = walked.project.store
    given = grants_of(store, "postcode")
    acted = [one for one in _records(walked) if one.decision.route is Route.ACT]
    for one in acted:
        held = [grant for grant in given if grant.granted_at <= one.at][-1]
        assert held.level is Level.SUPERVISED
        assert held.certificate is not None
        assert one.decision.answer.confidence >= held.certificate.threshold
    assert len(acted) == sum(day.n_acted for one in walked.walk.stretches for day in one.days)


def test_every_item_of_every_day_is_recorded_once(walked):
    days = [day for one in walked.walk.stretches for day in one.days]
    assert [day.number for day in days] == list(range(1, len(days) + 1))
    assert len({one.key for one in _records(walked)}) == 60 * len(days)


def test_the_second_attempt_is_tested_with_less_delta(walked):
    acts = acts_of(walked.project.store, work="postcode", kind=LedgerKind.WATCH)
    tests = [act.body for act in acts if act.body.get("what") == "began" and act.body["phase"] == "suggest"]
    assert [one["attempt"] for one in tests] == [1, 2]
    assert "the promotion test is at 1 of 80" in walked.said


def test_what_broke_was_found_by_blind_audits_alone(walked):
    broken = next(one for one in walked.walk.stretches if "upside down" in one.what)
    assert all(day.camera_moved for day in broken.days)
    assert [day.level for day in broken.days][-1] == "suggest"
    assert sum(day.n_wrong for day in broken.days) >= 3
    calm = [day for one in walked.walk.stretches for day in one.days if not day.camera_moved]
    assert sum(day.n_wrong for day in calm) <= 1


def test_somebody_is_told_of_the_fall_and_of_what_may_be_granted(walked):
    told = [text for (text,) in walked.project.store.rows(prepare(sa.select(alerts.c.text)))]
    assert open_alerts(walked.project.store) == (), "what was granted anew is over"
    reason = walked.walk.fall.partition(": ")[2]
    assert sum(one.endswith(f"svm went from supervised back to suggest: {reason}") for one in told) == 1
    assert sum("supervised may be granted" in one for one in told) == 2
    assert any("the error budget may be broken" in one for one in told)


def test_too_much_is_refused_with_the_reasons_in_numbers(walked):
    assert "60 of 400 items, 1 of 10 days at suggest" in walked.said


def test_the_record_verifies_and_no_rule_is_set_aside_beyond_the_two_that_are_signed(walked):
    (chain,) = walked.project.verify_ledger()
    assert isinstance(chain.result, Verified)
    waived = re.findall(r"^- rule: (\w+)$", (EXAMPLE / "waivers.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    assert waived == ["WD12", "WD15"]
    left = (walked.project.root / "waivers.yaml").read_bytes()
    assert left == (EXAMPLE / "waivers.yaml").read_bytes()


def test_the_page_tells_these_days_with_these_numbers(walked):
    page = PAGE.read_text(encoding="utf-8")
    table = days_table(walked.walk)
    if os.environ.get("REMIT_RENEW_GOLDENS"):  # noqa: TID251
        page = re.sub(r"(?s)(<!-- days -->\n).*?(\n<!-- /days -->)", lambda m: m[1] + table + m[2], page)
        page = re.sub(
            r"(?s)(<!-- fall -->\n).*?(\n<!-- /fall -->)", lambda m: m[1] + f"> {walked.walk.fall}" + m[2], page
        )
        PAGE.write_text(page, encoding="utf-8")
    assert table in page, "REMIT_RENEW_GOLDENS=1 writes the table anew"
    assert f"> {walked.walk.fall}" in page


def test_the_commands_of_the_page_are_those_that_were_run(walked):
    page = PAGE.read_text(encoding="utf-8")
    commands = re.findall(r"^remit .*$", page, re.MULTILINE)
    assert len(commands) >= 12
    for one in commands:
        assert f"$ {one}" in walked.said, one


def days_table(walk: Walk) -> str:
    """The days as a table, a line for each stretch."""
    lines = ["| days | what | boxes | acted on alone | decided by people | audited | wrong among these |"]
    lines.append("|---|---|---|---|---|---|---|")
    lines.extend(_line(one) for one in walk.stretches)
    return "\n".join(lines)


def _line(one: Stretch) -> str:
    first, last = one.days[0].number, one.days[-1].number
    cells = [
        f"{first}" if first == last else f"{first} to {last}",
        one.what,
        *(
            f"{sum(getattr(day, name) for day in one.days):,}"
            for name in ("n_items", "n_acted", "n_reviewed", "n_audited", "n_wrong")
        ),
    ]
    return "| " + " | ".join(cells) + " |"


def _records(walked) -> list:
    records = []
    for path in sorted((walked.project.root / "arriving").glob("day-*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            found = decision_by_key(walked.project.store, work="postcode", key=json.loads(line)["key"])
            assert found is not None
            records.append(found)
    return records
