"""The reviewer's day by the command line."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from tests.integration.test_command_line import BY, GRANT, refused

from remit.project.watching.planted import planted_flags
from remit.reviews import ReviewKind
from remit.store.operations.reviewing import waiting_reviews

TAREK, JONAS, MIRA = ("--by", "tarek"), ("--by", "jonas"), ("--by", "mira")
YES, NO = '{"refund": "yes"}', '{"refund": "no"}'


@pytest.fixture
def two(frozen, remit, tmp_path):
    """Two reviews that wait at `shadow`."""
    assert remit("prove", "refunds", "--executor", "desk").code == 0
    assert remit(*GRANT, *BY).code == 0
    found = []
    for key, amount in (("order-1", 20.0), ("order-2", 150.0)):
        item = tmp_path / f"{key}.json"
        item.write_text(json.dumps({"amount": amount, "channel": "web", "dealer": False}))
        found.append(remit("decide", "refunds", "--input", str(item), "--key", key, "--json").document["review"])
    return found


def ids(said):
    return [one["id"] for one in said.document["reviews"]]


def test_next_gives_what_is_due_and_ones_own_first_and_skips_what_was_put_off(two, remit):
    first = remit("review", "next", *TAREK, "--json").document
    assert (first["id"], first["claimed_by"]) == (two[0], "tarek")
    assert remit("review", "next", *TAREK, "--json").document["id"] == two[0]
    assert remit("review", "next", *JONAS, "--json").document["id"] == two[1]
    assert remit("review", "later", two[0], *TAREK).code == 0
    assert remit("review", "next", *TAREK).out.strip() == "Nothing waits for you."
    assert remit("review", "release", two[1], *JONAS).code == 0
    assert remit("review", "next", *TAREK, "--json").document["id"] == two[1]
    assert sorted(ids(remit("review", "list", "--json"))) == sorted(two)


def test_a_decision_is_taken_back_and_made_again(two, remit):
    assert remit("review", "decide", two[0], "--output", NO, *TAREK).code == 0
    refused(remit("review", "undo", two[0], *MIRA), 8, "E800")
    again = remit("review", "undo", two[0], *TAREK, "--json").document["id"]
    assert again != two[0]
    refused(remit("review", "undo", two[0], *TAREK), 5, "E500")
    said = remit("review", "decide", again, "--output", YES, *TAREK, "--json").document
    assert (said["outcome"], said["output"], said["review"]["id"]) == ("answered", {"refund": "yes"}, again)
    assert remit("ledger", "verify").code == 0


def test_a_question_goes_out_and_comes_back_and_a_review_is_handed_on(two, remit):
    assert remit("review", "ask", two[0], "--text", "Which order?", *TAREK).code == 0
    refused(remit("review", "decide", two[0], "--output", NO, *TAREK), 5, "E500")
    assert "Which order?" in remit("review", "list").out
    assert "the second" in remit("review", "answer", two[0], "--text", "the second", *MIRA).out
    refused(remit("review", "reassign", two[0], "--reason", "x", *TAREK), 2, "E201")
    refused(remit("review", "reassign", two[0], "--to-role", "nobody", "--reason", "x", *TAREK), 2, "E201")
    refused(remit("review", "reassign", two[0], "--to", "mira", "--reason", "x", *TAREK), 8, "E800")
    said = remit("review", "reassign", two[0], "--to-role", "Head of Refunds", "--reason", "hers", *TAREK)
    assert "Head of Refunds" in said.out
    refused(remit("review", "claim", two[0], *TAREK), 8, "E800")
    assert remit("review", "decide", two[0], "--output", NO, "--version", "4", *MIRA).code == 0


def test_a_stale_version_is_refused(two, remit):
    refused(remit("review", "decide", two[0], "--output", NO, "--version", "2", *TAREK), 5, "E500")


def test_an_audit_is_its_own_list_and_a_review_is_no_audit(two, remit):
    assert ids(remit("audit", "list", "--json")) == []
    assert remit("audit", "next", *TAREK).out.strip() == "Nothing waits for you."
    refused(remit("audit", "decide", two[0], "--output", NO, *TAREK), 2, "E201")


def test_four_eyes_wait_for_the_second_person(frozen, two, remit):
    frozen.change("work/refunds.yaml", "obligations: {", "obligations: {four_eyes: true, ")
    said = remit("review", "decide", two[0], "--output", NO, *TAREK, "--json").document
    assert (said["waits_for_second"], said["review"]["output"]) == (True, None)
    second = next(one for one in ids(remit("review", "list", "--json")) if one not in two)
    refused(remit("review", "decide", second, "--output", NO, *TAREK), 8, "E800")
    assert remit("review", "decide", second, "--output", NO, *JONAS).code == 0
    shown = remit("review", "show", two[0], "--json").document
    assert shown["output"] == {"refund": "no"}


def test_who_settles_sees_what_both_people_came_to_and_nobody_before_does(frozen, two, remit):
    frozen.change("work/refunds.yaml", "obligations: {", "obligations: {four_eyes: true, ")
    frozen.write("remit.yaml", frozen.read("remit.yaml") + "  - {id: nora, roles: [reviewer, refund clerk]}\n")
    said = ("--comment", "it was worn")
    assert remit("review", "decide", two[0], "--output", NO, *said, *TAREK).code == 0
    second = next(one for one in ids(remit("review", "list", "--json")) if one not in two)
    assert remit("review", "show", second, "--json").document["eyes"] == []
    assert remit("review", "decide", second, "--output", YES, "--by", "nora").code == 0
    third = next(one for one in ids(remit("review", "list", "--json")) if one not in two)
    shown = remit("review", "show", third, "--json").document
    assert shown["eyes"] == [
        {"by": "tarek", "output": {"refund": "no"}, "comment": "it was worn"},
        {"by": "nora", "output": {"refund": "yes"}, "comment": None},
    ]
    on_screen = remit("review", "show", third).out
    assert "tarek" in on_screen
    assert '"it was worn"' in on_screen
    assert remit("review", "decide", third, "--output", YES, "--comment", "so it is", *JONAS).code == 0
    again = remit("review", "undo", third, *JONAS, "--json").document["id"]
    assert remit("review", "show", again, "--json").document["eyes"] == shown["eyes"]


def test_planted_cases_look_like_reviews_and_tell_what_people_catch(frozen, two, remit):
    asked = ("review", "plant", "refunds", "--n", "6", "--seed", "3", "--wrong-suggestions", "0.5")
    refused(remit(*asked, *TAREK), 8, "E800")
    said = remit(*asked, *MIRA, "--json").document
    assert (said["n"], "reviews" in said) == (6, False)
    listed = remit("review", "list", "--json").document["reviews"]
    assert len(listed) == 8
    with frozen.opened() as work:
        planted = [
            one.id for one in waiting_reviews(work.project.store, work="refunds") if one.kind is ReviewKind.PLANTED
        ]
    shown = {one: remit("review", "show", one, "--json").document for one in (two[0], *planted)}
    assert not any("plant" in json.dumps(one) for one in shown.values())
    differing = {"id", "key", "input", "opened_at", "due_at"}
    for one in planted:
        for name in shown[one].keys() - differing:
            assert shown[one][name] == shown[two[0]][name], name
    for one in planted:
        amount = shown[one]["input"]["amount"]
        answer = "yes" if amount < 60 else "ask" if amount < 120 else "no"
        comment = ("--comment", "so it is")
        assert remit("review", "decide", one, "--output", json.dumps({"refund": answer}), *comment, *TAREK).code == 0
    found = remit("review", "stats", "refunds", "--json").document["overall"]
    assert (found["n"], found["n_planted_wrong"], found["n_planted_right"]) == (0, 3, 3)
    assert found["n_caught"] >= 2
    assert "Planted cases: 6" in remit("review", "stats", "refunds").out
    with frozen.opened() as work:
        from remit.store.reviews import truths_of

        store = work.project.store
        from remit.store.reviews import review

        assert all(truths_of(store, review(store, one).decision_id) == () for one in planted)
        assert sum(planted_flags(work)) == found["n_caught"]
        assert len(planted_flags(work)) == 3
    assert remit("ledger", "verify").code == 0
    refused(remit("review", "plant", "refunds", "--n", "900", *MIRA), 4, "E401")
    refused(remit("review", "plant", "refunds", "--n", "0", *MIRA), 2, "E201")
    refused(remit("review", "plant", "refunds", "--wrong-suggestions", "2", *MIRA), 2, "E201")


def test_sweep_settles_what_is_due(frozen, two, remit):
    assert "time-outs" not in remit("sweep").out
    assert remit("sweep").out.strip() == "Nothing was due."
    with frozen.opened() as work:
        store = work.project.store
        from dataclasses import replace

        from remit.project.ambient import system
        from remit.project.sweeping import Sweeper

        later = datetime.now().astimezone() + timedelta(hours=5)  # noqa: TID251
        work.project.ambient = replace(system(), now=lambda: later)
        swept = Sweeper(work.project).sweep(holder="a")
        assert {one.name: one.n for one in swept.tasks}["time-outs"] == 2
        assert [one.fault for one in swept.tasks if one.fault is not None] == []
        assert {one.ask.role for one in waiting_reviews(store, work="refunds")} == {"Head of Refunds"}
    refused(remit("sweep", "--every", "soon"), 2, "E201")
    refused(remit("sweep", "--every", "5s", "--once"), 2, "E201")
    assert remit("sweep", "--json").document["led"] is True
