"""Truths, outcomes and autonomy through the command line, on a whole project."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from tests.integration.test_command_line import BY, GRANT

from remit.autonomy.certificate import Grant
from remit.definition.levels import Level
from remit.ledger import LedgerKind, Verified
from remit.project import Project
from remit.project.items import provenance
from remit.runtime.recording import record_grant


def hold(small, level=Level.SUGGEST, *, days_ago=0):
    """Let the desk hold a level, however it came by it."""
    with small.opened() as work:
        of = provenance(work, "desk")
        given = Grant(
            work="refunds",
            executor="desk",
            level=level,
            by="jonas",
            reason="so",
            definition_digest=of.definition_digest,
            evidence_digest=of.evidence_digest,
            executor_digest=of.executor_digest,
            granted_at=work.project.ambient.now() - timedelta(days=days_ago),
        )
        with work.project.store.writing() as writing:
            record_grant(writing, given, LedgerKind.GRANT)


def decide(small, n=4):
    with small.opened() as work:
        for i in range(n):
            work.decide({"amount": 20.0 + i, "channel": "web", "dealer": False}, key=f"k{i}", executor="desk")


def verified(small):
    with Project.open(small.root) as project:
        return all(isinstance(chain.result, Verified) for chain in project.verify_ledger())


def test_truths_come_in_once_and_count(small, remit):
    hold(small)
    decide(small)
    assert remit("autonomy", "refunds").code == 0
    small.write("truths.csv", "key,expected.refund,by,at,seen\nk0,yes,bank,2026-05-01,no\nk1,no,bank,,yes\n")
    said = remit("truth", "import", "refunds", "truths.csv", "--by", "mira", "--json")
    assert said.code == 0, said.err
    assert (said.document["n_new"], said.document["n_known"], said.document["n_wrong"]) == (2, 0, 1)
    again = remit("truth", "import", "refunds", "truths.csv", "--by", "mira", "--json")
    assert (again.document["n_new"], again.document["n_known"]) == (0, 2)
    shown = remit("autonomy", "refunds", "--json").document
    (held,) = shown["held"]
    assert (held["executor"], held["level"], held["next"]) == ("desk", "suggest", "supervised")
    assert "2 of 300 items, 1 of 14 days at suggest" in held["missing"]
    assert held["estimate"].startswith("298 more items")
    text = remit("autonomy", "refunds").out
    assert "● suggest: desk since" in text
    assert "2 of 300 items, 1 of 14 days at suggest" in text
    assert verified(small)


def test_json_lines_are_truths_too(small, remit):
    hold(small)
    decide(small)
    with small.opened() as work:
        id_ = work.decide({"amount": 20.0, "channel": "web", "dealer": False}, key="k0").record.id
    rows = [{"decision": id_, "output": {"refund": "yes"}, "seen": False}, {"key": "k1", "expected.refund": "yes"}]
    small.write("truths.jsonl", "\n".join(map(json.dumps, rows)))
    said = remit("truth", "import", "refunds", "truths.jsonl", "--by", "mira", "--json")
    assert said.document["n_new"] == 2
    assert said.document["n_wrong"] == 0


def test_truths_come_from_parquet_too(small, remit):
    hold(small)
    decide(small)
    rows = {"key": ["k0", "k1"], "expected": [{"refund": "yes"}] * 2, "by": ["bank", None], "seen": [False, True]}
    pl.DataFrame(rows).write_parquet(small.root / "truths.parquet")
    said = remit("truth", "import", "refunds", "truths.parquet", "--by", "mira", "--json")
    assert (said.document["n_new"], said.document["n_wrong"]) == (2, 0)


def test_every_wrong_row_is_named_with_its_line_and_then_nothing_is_taken_in(small, remit):
    hold(small)
    decide(small)
    small.write(
        "truths.csv",
        "key,expected.refund,by,at,seen\nk0,yes,bank,,no\nk9,yes,bank,,no\nk1,perhaps,bank,,no\nk2,yes,bank,soon,maybe\n"
        "k3,,bank,,\n,yes,bank,,\nk0,yes\n",
    )
    said = remit("truth", "import", "refunds", "truths.csv", "--by", "mira", "--json")
    assert said.code == 3
    lines = [problem["where"]["line"] for problem in said.document["problems"]]
    assert lines == [3, 4, 5, 5, 6, 7, 8]
    small.write("good.csv", "key,expected.refund\nk0,yes\n")
    assert remit("truth", "import", "refunds", "good.csv", "--by", "mira", "--json").document["n_new"] == 1


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("truths.csv", "key,expected.refnd\nk0,yes\n", "expected.refund"),
        ("truths.csv", "expected.refund\nyes\n", "which item"),
        ("truths.csv", "key,key,expected.refund\nk0,k0,yes\n", "twice"),
        ("truths.csv", "", "empty"),
        ("truths.jsonl", "", "empty"),
        ("truths.jsonl", "[1]\n", "no object"),
        ("truths.jsonl", '{"key": "k0", "decision": "x", "expected": {"refund": "yes"}}\n', "both"),
        ("truths.xlsx", "x", ".csv, .jsonl or .parquet"),
        ("truths.csv", "key;expected.refund\nk0;yes\n", "separated by semicolons"),
        ("truths.csv", 'key,expected.refund\nk0,"yes\n', "never closed"),
        ("truths.jsonl", '{"key": \n', "the line is no JSON: Expecting value at character 8"),
        ("truths.jsonl", '{"key": "k0", "key": "k1"}\n', "`key` is there twice"),
    ],
)
def test_a_file_that_holds_no_truths_is_refused_in_words(small, remit, name, text, words):
    small.write(name, text)
    said = remit("truth", "import", "refunds", name, "--by", "mira")
    assert said.code == 3
    assert words in said.err


def test_an_outcome_is_recorded_and_the_stop_rule_fires_once_its_time_has_come(small, remit):
    hold(small, days_ago=30)
    early = remit("outcome", "add", "refunds", "--value", "3.9", "--by", "mira")
    assert early.code == 0, early.err
    hold(small, days_ago=70)
    good = remit("outcome", "add", "refunds", "--value", "3.0", "--by", "mira")
    assert good.code == 0
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()  # noqa: TID251
    late = remit("outcome", "add", "refunds", "--value", "3.9", "--at", yesterday, "--by", "mira")
    assert late.code == 0, "an older value is not the latest"
    fired = remit("outcome", "add", "refunds", "--value", "3.9", "--by", "mira", "--note", "a strike")
    assert fired.code == 1
    assert "stop and review the definition" in fired.out
    assert "fired on" in remit("autonomy", "refunds").out
    small.change("work/refunds.yaml", "outcome.value > 3.8", "outcome.value > 3.95")
    assert "fired on" not in remit("autonomy", "refunds").out
    assert verified(small)


def lv02(remit):
    said = remit("check", "refunds", "--for", "supervised", "--format", "json")
    (work,) = said.document["works"]
    (rule,) = [one for one in work["rules"] if one["rule"] == "LV02"]
    return rule["state"], said.code, rule


def test_a_stop_rule_that_fired_fails_the_check_until_the_rule_is_written_anew(small, remit):
    hold(small, days_ago=70)
    assert remit("outcome", "add", "refunds", "--value", "3.0", "--by", "mira").code == 0
    assert lv02(remit)[0] == "pass"
    assert remit("outcome", "add", "refunds", "--value", "3.9", "--by", "mira").code == 1
    state, code, rule = lv02(remit)
    assert (state, code) == ("fail", 1)
    assert "LV02" in remit("check", "refunds", "--for", "supervised").out
    assert "stop and review the definition" in json.dumps(rule)
    small.change("work/refunds.yaml", "outcome.value > 3.8", "outcome.value > 3.95")
    assert remit("autonomy", "refunds").code == 0
    assert lv02(remit)[0] == "pass"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--value", "nan"), "finite"),
        (("--value", "1", "--at", "2099-01-01"), "to come"),
        (("--value", "1", "--at", "x"), "no day"),
    ],
)
def test_a_value_or_a_day_that_can_not_be_is_refused(small, remit, arguments, words):
    said = remit("outcome", "add", "refunds", *arguments, "--by", "mira")
    assert said.code == 2
    assert words in said.err


def test_a_changed_executor_falls_to_shadow_when_somebody_looks(small, remit):
    hold(small)
    small.change("functions/desk.py", "60.0 else", "61.0 else")
    shown = remit("autonomy", "refunds", "--json").document
    assert shown["held"][0]["level"] == "shadow"
    assert "the executor changed" in shown["held"][0]["changes"][0]["reason"]
    assert shown["held"][0]["changes"][0]["by"] == "remit"
    assert verified(small)


def test_a_grant_above_the_evidence_is_refused_in_numbers(small, remit):
    hold(small)
    decide(small)
    said = remit(
        "grant", "refunds", "--executor", "desk", "--level", "supervised", "--by", "jonas", "--reason", "it is good"
    )
    assert said.code == 8
    assert "0 of 300 items, 1 of 14 days at suggest" in said.err


def test_autonomy_without_an_id_shows_the_levels_of_every_work(frozen, remit):
    frozen.write("work/returns.yaml", frozen.read("work/refunds.yaml").replace("id: refunds", "id: returns", 1))
    assert remit(*GRANT, *BY).code == 0
    document = remit("autonomy", "--json").document
    assert (document["kind"], [one["work"] for one in document["works"]]) == ("levels", ["refunds", "returns"])
    assert [one["level"] for one in document["works"][0]["held"]] == ["shadow"]
    rows = [line.split() for line in remit("autonomy").out.splitlines()]
    assert ["refunds", "desk", "shadow"] in [row[:3] for row in rows]
    assert ["returns", "–", "manual", "–"] in [row[:4] for row in rows]
    frozen.write("work/returns.yaml", "remit: 1\nid: returns\nnothing: like it\n")
    said = remit("autonomy")
    assert said.code == 0
    assert "can't be read" in said.out
    assert "shadow" in said.out
    assert remit("stop", "refunds", "--reason", "odd", *BY).code == 0
    assert "stopped" in remit("autonomy").out


def test_autonomy_of_a_project_without_work_says_so(frozen, remit):
    for one in (frozen.root / "work").glob("*.yaml"):
        one.unlink()
    assert "no work yet" in remit("autonomy").out
