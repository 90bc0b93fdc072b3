"""A cascade by public commands: tuned on tune cases only, proved as one executor, granted, stopped and run as one."""

import asyncio
import json
from pathlib import Path

import pytest
from tests.integration.small_project import ITEM, Terminal, make

from remit.definition.levels import Level
from remit.errors import ExecutorInvalid
from remit.items import Item, ReasonKind, Route
from remit.project import Project
from remit.project.items import provenance

COLD = '''\
"""The desk, only for small amounts; the rest it leaves to others."""


def answer(given: dict) -> tuple[dict, float]:
    amount = given["amount"]
    return {"refund": "yes" if amount < 60.0 else "no"}, 0.97 if amount < 50.0 else 0.4
'''

TABLE = """\
for: refunds
kind: table
settings:
  hit_policy: FIRST
  in: [input.amount]
  out: [refund]
  rules:
    - ["> 150", "no"]
deadline: 2s
cost_per_item: 0
author: tia
"""

CASCADE = """\
for: refunds
kind: cascade
settings:
  parts:
    - {executor: rule}
    - {executor: cold, at_least: tuned}
    - {executor: desk}
deadline: 8s
author: ann
"""

FILES = {
    "functions/cold.py": COLD,
    "executors/cold.yaml": (
        "for: refunds\nkind: function\nentry: functions/cold.py:answer\ndeadline: 5s\ncost_per_item: 0.002\n"
        "author: ben\n"
    ),
    "executors/rule.yaml": TABLE,
    "executors/cascade.yaml": CASCADE,
}


@pytest.fixture
def small(tmp_path):
    small = make(tmp_path / "shop", n_cases=400, **FILES)
    return small.split_and_freeze()


@pytest.fixture
def remit(small, capsys, monkeypatch):
    return Terminal(capsys, monkeypatch, small.root)


def decided(small, amount: float):
    """What is recorded of one item: below `suggest` nobody is shown what the candidate answered."""
    with small.opened() as work:
        return work.decide({**ITEM, "amount": amount}).record.decision


def tuned(small) -> dict:
    return json.loads(small.read("executors/cascade.tuned.json"))


def test_it_is_tuned_proved_and_compared_with_its_parts(small, remit):
    said = remit("tune", "refunds", "--executor", "cascade")
    assert said.code == 0, said.err
    assert "at 0.97 or more" in said.out
    assert "executors/cascade.tuned.json" in said.err
    parts = {one["executor"]: one for one in tuned(small)["parts"]}
    assert parts["rule"]["at_least"] is None
    assert parts["cold"]["at_least"] == 0.97
    assert parts["cold"]["n_asked"] == parts["rule"]["n_asked"] - parts["rule"]["n_taken"]
    assert parts["desk"]["n_asked"] == parts["cold"]["n_asked"] - parts["cold"]["n_taken"]

    said = remit("prove", "refunds", "--executor", "cascade", "--against", "desk", "--against", "cold", "--json")
    proof = said.document
    found = proof["cascade"]
    n_asked = proof["n_cases"] - proof["n_kept"]
    assert [one["name"] for one in found["parts"]] == ["rule", "cold", "desk"]
    assert sum(one["n_taken"] for one in found["parts"]) + found["n_unanswered"] == n_asked
    assert found["n_unanswered"] == 0
    assert sum(one["n_wrong"] for one in found["parts"]) == proof["n_wrong"]
    spent = sum(one["cost_per_asked"] * one["n_asked"] for one in found["parts"])
    assert found["cost"] == pytest.approx(spent / proof["n_cases"])
    assert found["cost"] < found["cost_upper"] < 0.012
    assert proof["executor"]["cost_per_item"] == pytest.approx(0.012)
    assert {one["against"] for one in proof["comparisons"]} >= {"desk", "cold"}
    assert [one["name"] for one in found["beside"]] == ["desk", "cold"]
    assert sum(one["n_acted"] for one in found["parts"]) == proof["certificate"]["n_acted"]
    assert sum(one["is_certified"] for one in found["points"]) == 1


def test_what_coverage_costs_falls_with_every_review_that_is_spared(small, remit):
    remit("tune", "refunds", "--executor", "cascade")
    proof = remit("prove", "refunds", "--executor", "cascade", "--json").document
    points, cost = proof["cascade"]["points"], proof["cascade"]["cost"]
    assert [one["coverage"] for one in points] == sorted(one["coverage"] for one in points)
    for one in points:
        reviewed = proof["n_cases"] - one["n_acted"]  # no case of these is refused
        assert one["cost"] == pytest.approx(cost + 2.0 * reviewed / proof["n_cases"])
        assert one["cost"] <= one["cost_upper"]


def test_every_view_shows_the_parts_and_what_coverage_costs(small, remit):
    remit("tune", "refunds", "--executor", "cascade")
    text = remit("prove", "refunds", "--executor", "cascade", "--against", "desk", "--full").out
    assert "Its parts, in the order in which they are asked" in text
    assert "Cost against coverage" in text
    assert "Beside others on the same cases" in text
    page = small.read("proofs/refunds/cascade.html")
    assert '<h2 id="parts">' in page
    assert 'id="cost-coverage-title">Cost against coverage' in page
    assert page.count("<svg") == 2
    short = remit("prove", "refunds", "--executor", "cascade").out
    assert "answered by rule" in short
    assert '<h2 id="parts">' not in small.read("proofs/refunds/desk.html")


def test_tuning_reads_tune_cases_only_and_comes_out_the_same_again(small, remit):
    small.write("functions/cold.py", COLD.replace("def answer", "import os\nfrom pathlib import Path\n\n\ndef answer")
        .replace("    amount = given", '    with Path(__file__).with_name("seen.log").open("a") as file:\n'
                 '        file.write(given["note"] + "\\n")\n    amount = given'))  # fmt: skip
    assert remit("tune", "refunds", "--executor", "cascade").code == 0
    first = small.read("executors/cascade.tuned.json")
    asked = set((small.root / "functions" / "seen.log").read_text().split("\n")) - {""}
    header, *lines = small.read("cases/refunds.csv").splitlines()
    at = header.split(",").index("input.note"), header.split(",").index("split")
    use = {cells[at[0]]: cells[at[1]] for cells in (line.split(",") for line in lines)}
    assert {use[note] for note in asked} == {"tune"}
    assert remit("tune", "refunds", "--executor", "cascade").code == 0
    assert small.read("executors/cascade.tuned.json") == first


def test_nothing_is_tuned_before_the_cases_are_frozen(tmp_path, capsys, monkeypatch):
    small = make(tmp_path / "shop", **FILES)
    said = Terminal(capsys, monkeypatch, small.root)("tune", "refunds", "--executor", "cascade")
    assert said.code == 5
    assert "are not frozen" in said.err
    assert not (small.root / "executors" / "cascade.tuned.json").exists()


@pytest.mark.parametrize("command", [("prove", "refunds", "--executor", "cascade")])
def test_what_is_to_be_tuned_and_is_not_is_refused_with_its_line(small, remit, command):
    said = remit(*command)
    assert said.code == 3
    assert "executors/cascade.yaml:6:34" in said.err
    assert "`remit tune refunds --executor cascade`" in said.err


def test_a_part_that_changed_since_is_refused_in_a_proof_and_changes_the_digest(small, remit):
    remit("tune", "refunds", "--executor", "cascade")
    before = small.work.executor_digest("cascade")
    small.change("functions/cold.py", "0.97", "0.96")
    assert small.work.executor_digest("cascade") != before
    said = remit("prove", "refunds", "--executor", "cascade")
    assert said.code == 3
    assert "`cold` is not the one any more that `cascade` was tuned with" in " ".join(said.err.split())


def test_other_cases_to_prove_with_void_what_was_tuned(small, remit):
    remit("tune", "refunds", "--executor", "cascade")
    document = tuned(small)
    document["prove_digest"] = "0" * 64
    small.write("executors/cascade.tuned.json", json.dumps(document))
    said = remit("prove", "refunds", "--executor", "cascade")
    assert said.code == 3
    assert "its tune cases may be prove cases now" in said.err


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("executor: rule", "executor: rul", "5:18", "there is no executor `rul` for `refunds`"),
        ("executor: rule}", "executor: rule, at_least: 0.5}", "5:34", "`rule` gives no confidence"),
        ("at_least: tuned", "at_least: 9", "6:34", "`at_least` is no confidence"),
        ("executor: desk", "executor: cascade", "7:18", "a cascade can't ask itself"),
    ],
)
def test_a_wrong_part_is_named_with_its_line(small, remit, old, new, place, message):
    small.change("executors/cascade.yaml", old, new)
    for command in ("tune", "prove"):
        said = remit(command, "refunds", "--executor", "cascade")
        assert said.code == 3
        assert f"executors/cascade.yaml:{place}" in said.err
        assert message in said.err


def test_an_executor_of_other_work_is_no_part(small, remit):
    small.change("executors/rule.yaml", "for: refunds", "for: others")
    said = remit("prove", "refunds", "--executor", "cascade")
    assert said.code == 3
    assert "there is no executor `rule` for `refunds`" in said.err
    assert "which is for `others`" in said.err


def test_tune_where_is_checked_and_keeps_cases_out(small, remit):
    small.change("executors/cascade.yaml", "deadline: 8s", "deadline: 8s\nversion: '1'")
    small.change("executors/cascade.yaml", "  parts:", '  tune_where: "input.amuont > 10.0"\n  parts:')
    said = remit("tune", "refunds", "--executor", "cascade")
    assert said.code == 3
    assert "executors/cascade.yaml:4:" in said.err
    assert "amuont" in said.err
    small.change("executors/cascade.yaml", "input.amuont > 10.0", "case.region == 'north'")
    remit("tune", "refunds", "--executor", "cascade")
    north = tuned(small)["n_cases"]
    small.change("executors/cascade.yaml", "case.region == 'north'", "true")
    remit("tune", "refunds", "--executor", "cascade")
    assert 0 < north < tuned(small)["n_cases"]
    small.change("executors/cascade.yaml", '"true"', '"false"')
    assert remit("tune", "refunds", "--executor", "cascade").code == 4


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0.97 if amount < 50.0 else 0.4", "0.97 if amount < 5.0 else None", "tune cases reach `cold`"),
        ('"yes" if amount < 60.0 else "no"', '"ask"', "at no confidence is `cold` right often enough"),
    ],
)
def test_where_no_limit_can_be_found_it_says_why(small, remit, old, new, message):
    small.change("functions/cold.py", old, new)
    said = remit("tune", "refunds", "--executor", "cascade")
    assert said.code == 4
    assert message in said.err


def test_only_a_cascade_is_tuned(small, remit):
    said = remit("tune", "refunds", "--executor", "desk")
    assert said.code == 2
    assert "desk is no cascade" in said.err


def test_a_decided_item_says_which_part_answered_and_what_was_paid(small, remit):
    remit("tune", "refunds", "--executor", "cascade")
    said = remit("grant", "refunds", "--executor", "cascade", "--level", "shadow", "--by", "jonas", "--reason", "look")
    assert said.code == 0, said.err
    cheap, dear = decided(small, 20.0), decided(small, 100.0)
    assert cheap.answer.signals["part"] == "cold"
    assert cheap.answer.cost == pytest.approx(0.002)
    assert dear.answer.signals["part"] == "desk"
    assert dear.answer.cost == pytest.approx(0.012)
    assert "cold: not sure enough at 0.4, below 0.97; desk: taken" in dear.answer.trace


def test_a_stop_of_one_part_keeps_the_cascade_from_asking_it(small, remit):
    small.write("functions/desk.py", Path(small.root / "functions" / "desk.py").read_text().replace(
        "    amount = given", '    open(__file__ + ".asked", "a").close()\n    amount = given'))  # fmt: skip
    remit("tune", "refunds", "--executor", "cascade")
    (small.root / "functions" / "desk.py.asked").unlink()
    remit("grant", "refunds", "--executor", "cascade", "--level", "shadow", "--by", "jonas", "--reason", "look")
    stopped = remit("stop", "refunds", "--executor", "desk", "--by", "jonas", "--reason", "odd answers")
    assert stopped.code == 0, stopped.err
    with small.opened() as work:
        assert [(one.executor, one.stopped) for one in work.autonomy().held] == [("cascade", True)]
    found = decided(small, 100.0)
    assert found.route is Route.INCUMBENT
    assert found.reason.kind is ReasonKind.STOPPED
    assert found.answer is None
    assert not (small.root / "functions" / "desk.py.asked").exists()
    remit("resume", "refunds", "--executor", "desk", "--by", "jonas", "--reason", "mended")
    assert decided(small, 101.0).answer.signals["part"] == "desk"


def test_who_is_asked_is_part_of_what_decisions_are_made_with(small):
    small.write("executors/cascade.yaml", CASCADE.replace("    - {executor: desk}", "    - {executor: clerks}"))
    with small.opened() as work:
        work.tune("cascade")
        assert provenance(work, "cascade").parts == ("rule", "cold")  # people are asked by reviews
        assert provenance(work, "desk").parts == provenance(work, None).parts == ()


@pytest.mark.parametrize("who", ["ann", "ben", "tia", "sam"])
def test_whoever_made_a_part_can_t_grant_the_whole(small, remit, who):
    remit("tune", "refunds", "--executor", "cascade")
    small.change("remit.yaml", "id: jonas", f"id: {who}")
    said = remit("grant", "refunds", "--executor", "cascade", "--level", "shadow", "--by", who, "--reason", "mine")
    assert f"{who} made this executor and can't grant it" in " ".join(said.err.split())


def test_readiness_looks_at_the_parts(small, remit):
    remit("tune", "refunds", "--executor", "cascade")

    def rules():
        said = remit("check", "refunds", "--executor", "cascade", "--json")
        return {one["rule"]: one["state"] for one in said.document["works"][0]["rules"]}

    assert rules()["AX03"] == "pass"
    small.change("executors/cold.yaml", "author: ben", "author: tarek\nversion: latest")
    assert rules()["AX03"] == "fail"
    assert rules()["TT08"] == "fail"  # tarek labelled the cases


def test_a_lost_file_of_a_part_is_what_is_wrong_with_the_cascade(small):
    with small.opened() as work:
        work.tune("cascade")
    (small.root / "functions" / "cold.py").unlink()
    with pytest.raises(ExecutorInvalid, match=r"cold\.py"):
        small.work.executor_digest("cascade")


def test_a_person_at_the_end_decides_what_no_part_is_sure_of(small, remit):
    small.write("executors/cascade.yaml", CASCADE.replace("    - {executor: desk}", "    - {executor: clerks}"))
    remit("tune", "refunds", "--executor", "cascade")
    proof = remit("prove", "refunds", "--executor", "cascade", "--json").document
    shares = {one["name"]: one for one in proof["cascade"]["parts"]}
    assert shares["clerks"]["is_person"]
    assert shares["clerks"]["n_taken"] > 0
    assert shares["clerks"]["n_acted"] == 0
    assert shares["clerks"]["cost_per_asked"] is None
    assert proof["n_errors"] == 0  # what waits for a person is no fault
    assert max(one["n_acted"] for one in proof["cascade"]["points"]) == sum(
        shares[name]["n_taken"] for name in ("rule", "cold")
    )


def test_untuned_limits_are_allowed_and_the_proof_says_what_that_means(small, remit):
    small.write("executors/cascade.yaml", CASCADE.replace("at_least: tuned", "at_least: 0.9"))
    proof = remit("prove", "refunds", "--executor", "cascade", "--json").document
    assert not proof["cascade"]["is_tuned"]
    assert any("it was not tuned" in one for one in proof["warnings"])
    shares = {one["name"]: one for one in proof["cascade"]["parts"]}
    assert shares["rule"]["n_taken"] > 0
    assert shares["rule"]["n_acted"] == 0  # an answer without confidence is never acted on


def test_a_part_that_was_away_in_a_proof_is_told(small, remit):
    small.write(
        "functions/cold.py", 'def answer(given: dict) -> tuple[dict, float]:\n    raise ConnectionError("away")\n'
    )
    small.write("executors/cascade.yaml", CASCADE.replace("at_least: tuned", "at_least: 0.9"))
    proof = remit("prove", "refunds", "--executor", "cascade", "--json").document
    cold = next(one for one in proof["cascade"]["parts"] if one["name"] == "cold")
    assert cold["n_unavailable"] == cold["n_asked"] == cold["n_faults"] > 0
    assert any("`cold` was unavailable and the next part was asked" in one for one in proof["warnings"])


def test_a_part_that_is_away_is_no_evidence_to_tune_on(small, remit):
    small.write(
        "functions/cold.py", 'def answer(given: dict) -> tuple[dict, float]:\n    raise ConnectionError("away")\n'
    )
    small.write("executors/cascade.yaml", CASCADE.replace("at_least: tuned", "at_least: 0.9"))
    refused = remit("tune", "refunds", "--executor", "cascade")
    assert refused.code == 7
    assert "`cold` was unavailable in all of" in refused.err
    assert not (small.root / "executors" / "cascade.tuned.json").exists()


def test_a_proof_of_a_cascade_goes_on_where_it_was(small, remit):
    remit("tune", "refunds", "--executor", "cascade")
    first = remit("prove", "refunds", "--executor", "cascade", "--json").document
    said = remit("prove", "refunds", "--executor", "cascade", "--json")
    assert "answers were recorded before" in said.err
    again = said.document
    assert again["attempt"] == first["attempt"] == 1
    assert [one["n_taken"] for one in again["cascade"]["parts"]] == [
        one["n_taken"] for one in first["cascade"]["parts"]
    ]


def test_many_items_of_asyncio_callers_come_through_a_cascade(small):
    with Project.open(small.root) as project:
        work = project.work("refunds")
        work.tune("cascade")
        work.grant("cascade", level=Level.SHADOW, by="jonas", reason="look")

        async def several():
            return await asyncio.gather(
                *(work.adecide({**ITEM, "amount": float(n)}, key=f"k{n}") for n in range(1, 12))
            )

        settled = asyncio.run(several())
    assert {one.record.decision.answer.signals["part"] for one in settled} == {"cold"}


def test_a_part_that_is_a_coroutine_is_tuned_proved_and_decided_like_any(small, remit):
    small.write("functions/cold.py", COLD.replace("def answer", "async def answer"))
    remit("tune", "refunds", "--executor", "cascade")
    slow = remit("prove", "refunds", "--executor", "cascade", "--json").document
    with Project.open(small.root) as project:
        work = project.work("refunds")
        work.grant("cascade", level=Level.SHADOW, by="jonas", reason="look")
        blocking = work.decide({**ITEM, "amount": 20.0}, key="a").record.decision.answer
        awaited = asyncio.run(work.adecide({**ITEM, "amount": 20.0}, key="b")).record.decision.answer
    assert blocking.signals["part"] == awaited.signals["part"] == "cold"
    assert blocking.confidence == awaited.confidence
    small.write("functions/cold.py", COLD)
    remit("tune", "refunds", "--executor", "cascade")
    plain = remit("prove", "refunds", "--executor", "cascade", "--json").document
    counts = ("n_asked", "n_taken", "n_wrong", "n_faults")
    assert [[one[name] for name in counts] for one in plain["cascade"]["parts"]] == [
        [one[name] for name in counts] for one in slow["cascade"]["parts"]
    ]


def test_a_batch_comes_through_a_cascade_as_its_items_do_one_by_one(small):
    items = [Item(key=f"k{n}", input={**ITEM, "amount": float(n)}) for n in (20, 100, 170, 21)]
    with Project.open(small.root) as project:
        work = project.work("refunds")
        work.tune("cascade")
        work.grant("cascade", level=Level.SHADOW, by="jonas", reason="look")
        parts = [one.record.decision.answer.signals["part"] for one in work.decide_many(items)]
    assert parts == ["cold", "desk", "rule", "cold"]
