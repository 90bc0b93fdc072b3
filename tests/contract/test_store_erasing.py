"""Content that is erased is gone, its record verifies, and nobody can make content vanish in any other way."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from tests.by_hand import tamper

from remit.errors import ArgumentInvalid, Conflict, ContentErased, LedgerBroken, NotFound
from remit.items import Item, Route
from remit.ledger import Break, Broken, LedgerKind, Verified
from remit.runtime.erasing import erase_due, erase_item
from remit.runtime.exporting import begin_export, export_lines
from remit.runtime.review import decide_review
from remit.runtime.reviewing.steps import answer_about, ask_about, undo_review
from remit.runtime.settle import recall
from remit.runtime.verify import verify_ledger
from remit.store.decisions import decision
from remit.store.operations.acts import acts_of
from remit.store.reviews import review, review_output, truths_of
from remit.store.sqlite.connections import SqliteStore
from remit.store.statements import prepare
from remit.store.tables import metadata

SECRET = "Eleonora Quillfeather, account 40-17"
DAY = timedelta(days=1)


def result(store):
    (one,) = verify_ledger(store)
    return one.result


def broken(store):
    found = result(store)
    assert isinstance(found, Broken), found
    return found.seq, found.what


def erase(desk, item="k1", **given):
    said = {"reason": "she asked for it", "by": "ann", "now": desk.now, **given}
    return erase_item(desk.store, "triage", item, **said)


@pytest.fixture
def reviewed(desk):
    """An item with content in its decision and in the review that a person decided; another one beside it."""
    desk.settle("k1", Route.REVIEW)
    desk.decide("r1", {"team": SECRET})
    tamper(desk.store, "UPDATE outbox SET sent_at = due_at")
    desk.settle("k2", Route.INCUMBENT)
    return desk


@pytest.mark.parametrize("item", ["k1", "d1"])
def test_erased_content_says_when_and_why_and_the_chain_verifies(reviewed, item):
    store = reviewed.store
    done = erase(reviewed, item)
    assert (done.decision_id, set(done.ids), done.act.kind) == ("d1", {"d1", "r1"}, LedgerKind.ERASE)
    assert isinstance(result(store), Verified)
    with pytest.raises(ContentErased, match="decision d1 was erased on 2026-07-01 by ann because: she asked for it"):
        decision(store, "d1")
    with pytest.raises(ContentErased, match="erased on 2026-07-01"):
        recall(store, Item(key="k1", input={}, received_at=None), work="triage")
    with pytest.raises(ContentErased, match="review r1"):
        review_output(store, review(store, "r1"))
    assert truths_of(store, "d1") == ()
    assert decision(store, "d3").key == "k2"


def everything(store):
    """Every text in every table, as somebody with the password sees it."""
    return " ".join(str(row) for table in metadata.sorted_tables for row in store.rows(prepare(sa.select(table))))


@pytest.fixture
def talked(desk):
    """An item about which people asked, answered and wrote a comment, undone once under four eyes."""
    store, rules = desk.store, desk.rules(four_eyes=True)
    desk.settle("k1", Route.REVIEW)
    ask_about(store, "r1", by="eve", text=f"is it {SECRET}?", now=desk.now)
    answer_about(store, "r1", by="ann", text=f"no, not {SECRET}", now=desk.now)
    ask_about(store, "r1", by="eve", text="who then?", now=desk.now)
    answer_about(store, "r1", by="ann", text=f"{SECRET} the younger", now=desk.now)
    first = decide_review(store, "r1", desk.answer({"team": "x"}, f"{SECRET} called", by="bob"), rules=rules)
    ask_about(store, first.next.id, by="eve", text=f"{SECRET} again?", now=first.review.decided_at)
    again = undo_review(
        store, "r1", by="bob", is_accountable=False, new_id="again", now=first.review.decided_at + timedelta(seconds=1)
    )
    assert again.question["answer"]["text"] == f"{SECRET} the younger"
    desk.decide("again", {"team": "x"}, f"{SECRET} called twice", by="bob")
    return desk


def test_comments_questions_and_answers_go_with_the_item_and_the_chain_verifies(talked):
    store = talked.store
    shown = review(store, "r1")
    assert (shown.comment, shown.question["text"]) == (f"{SECRET} called", "who then?")
    assert shown.question["earlier"][0]["answer"]["text"] == f"no, not {SECRET}"
    assert isinstance(result(store), Verified)
    erase(talked)
    assert SECRET not in everything(store)
    assert "who then" not in everything(store)
    assert isinstance(result(store), Verified)
    left = review(store, "r1")
    assert (left.comment, left.question["text"], left.question["by"]) == (None, "(erased)", "eve")
    assert left.question["earlier"][0]["answer"] == {**left.question["earlier"][0]["answer"], "text": "(erased)"}
    assert [one.body["what"] for one in acts_of(store, work="triage", kind=LedgerKind.REVIEW_STEP)].count(
        "asked back"
    ) == 3
    assert all("text" not in one.body for one in acts_of(store, work="triage", kind=LedgerKind.REVIEW_STEP))


@pytest.mark.parametrize("name", ["comment", "question"])
def test_a_comment_or_question_of_a_decided_review_that_is_changed_by_hand_is_found(talked, name):
    before = "called" if name == "comment" else "who then"
    tamper(talked.store, f"UPDATE payloads SET said = replace(said, '{before}', 'waited') WHERE id = 'r1'")
    assert broken(talked.store)[1] is Break.CONTENT_CHANGED


def test_nothing_that_people_wrote_leaves_in_an_export_without_content(talked):
    store = talked.store
    export = begin_export(store, "triage", first=None, last=None, with_content=False, by="ann", now=talked.now)
    assert SECRET not in "".join(export_lines(store, export))


def test_erasing_twice_an_unknown_item_or_without_a_reason_is_refused(reviewed):
    erase(reviewed)
    with pytest.raises(NotFound, match="erased already"):
        erase(reviewed)
    with pytest.raises(NotFound, match="decided no item"):
        erase(reviewed, "k9")
    with pytest.raises(ArgumentInvalid):
        erase(reviewed, "k2", reason=" ")


def test_what_a_person_still_has_to_decide_or_what_is_still_to_leave_is_not_erased(desk):
    desk.settle("k1", Route.REVIEW)
    with pytest.raises(Conflict, match="review r1 is open"):
        erase(desk)
    desk.decide("r1", {"team": "returns"})
    tamper(desk.store, "UPDATE outbox SET sender = 'desk'")
    with pytest.raises(Conflict, match="effect of this item has not left yet: queued"):
        erase(desk)
    tamper(desk.store, "UPDATE outbox SET dead_at = due_at")
    assert erase(desk).ids == ("d1", "r1")


def test_what_remit_does_not_send_holds_no_content(desk):
    desk.settle("k1", Route.REVIEW)
    desk.decide("r1", {"team": "returns"})
    assert erase(desk).ids == ("d1", "r1")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("DELETE FROM payloads WHERE id = 'd1'", (1, Break.CONTENT_MISSING)),
        ("UPDATE payloads SET said = '{\"erased\":9}' WHERE id = 'd1'", (1, Break.CONTENT_CHANGED)),
        ("UPDATE payloads SET said = NULL WHERE id = 'd1'", (1, Break.CONTENT_CHANGED)),
        ("UPDATE payloads SET salt = x'00' WHERE id = 'd1'", (1, Break.CONTENT_CHANGED)),
        (
            "UPDATE payloads SET salt = x'', input = NULL, said = '{\"erased\":4}' WHERE id = 'd3'",
            (3, Break.CONTENT_CHANGED),
        ),
        ("UPDATE acts SET body = '{}'", (1, Break.CONTENT_CHANGED)),
        ("DELETE FROM acts", (1, Break.CONTENT_CHANGED)),
    ],
)
def test_content_that_is_gone_without_an_act_that_names_it_is_a_break(reviewed, statement, found):
    erase(reviewed)
    tamper(reviewed.store, statement)
    assert broken(reviewed.store) == found


def test_content_that_vanished_is_no_erased_content(reviewed):
    tamper(
        reviewed.store,
        "UPDATE payloads SET salt = x'', input = NULL, output = NULL, said = '{\"erased\":2}' WHERE id = 'd1'",
    )
    with pytest.raises(LedgerBroken):
        decision(reviewed.store, "d1")


def test_content_that_is_back_after_it_was_erased_is_a_break(reviewed):
    store = reviewed.store
    tamper(store, "CREATE TABLE kept AS SELECT * FROM payloads WHERE id = 'd1'", changes=False)
    done = erase(reviewed)
    tamper(store, "DELETE FROM payloads WHERE id = 'd1'", "INSERT INTO payloads SELECT * FROM kept")
    assert broken(store) == (done.act.seq, Break.NOT_ERASED)


def test_nothing_of_erased_content_is_left_in_the_files(reviewed):
    store = reviewed.store
    if not isinstance(store, SqliteStore):  # what PostgreSQL keeps in its log is said in docs/explanation/ledger.md
        assert erase(reviewed).ids
        return
    files = [store.path, store.path.with_name(f"{store.path.name}-wal")]
    assert any(SECRET.encode() in file.read_bytes() for file in files)
    erase(reviewed)
    assert not any(SECRET.encode() in file.read_bytes() for file in files if file.exists())


def due(desk, days, retain=60):
    return erase_due(desk.store, "triage", retain=retain * DAY, now=desk.now + days * DAY)


def retentions(desk):
    return [act.body for act in acts_of(desk.store, work="triage", kind=LedgerKind.ERASE)]


def test_content_goes_when_its_time_is_over_and_not_before(reviewed):
    assert due(reviewed, 60) == 0
    assert due(reviewed, 61) == 2
    assert due(reviewed, 61) == 0
    (body,) = retentions(reviewed)
    assert set(body["ids"]) == {"d1", "r1", "d3"}
    assert "60 days" in body["reason"]
    assert isinstance(result(reviewed.store), Verified)
    with pytest.raises(ContentErased, match="its time was over"):
        decision(reviewed.store, "d1")


def test_retention_leaves_what_is_still_needed_and_comes_back_for_it(desk):
    desk.settle("k1", Route.REVIEW)
    desk.settle("k2", Route.INCUMBENT)
    assert due(desk, 61) == 1
    assert decision(desk.store, "d1").key == "k1"
    assert retentions(desk)[0]["waiting"] == ["d1"]
    desk.decide("r1", {"team": "returns"})
    tamper(desk.store, "UPDATE outbox SET sender = 'desk'")
    assert due(desk, 62) == 0  # its effect has not left
    tamper(desk.store, "UPDATE outbox SET dead_at = due_at")
    assert due(desk, 62) == 0  # a person may still have it sent
    tamper(desk.store, "UPDATE outbox SET sent_at = due_at")
    assert due(desk, 62) == 1
    assert retentions(desk)[1]["waiting"] == []
    assert isinstance(result(desk.store), Verified)


def test_retention_begins_where_it_ended(desk):
    for n in range(3):
        desk.settle(f"k{n}", Route.INCUMBENT)
    assert due(desk, 61) == 3
    desk.now += 30 * DAY  # an hour of the act of erasing that is later than this: a clock was set back
    desk.settle("late", Route.INCUMBENT)
    assert due(desk, 40) == 0
    assert due(desk, 61) == 1
    assert [len(one["ids"]) for one in retentions(desk)] == [3, 1]
    assert retentions(desk)[0]["through"] == 3
