"""What is wrong with a request is said in words that who sent it can use."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from tests.integration.small_project import ITEM

from remit.api.refusing.wording import for_http
from remit.api.service import Limits
from remit.api.table import ROUTES

MANY = Limits(per_s=1e6, burst=1_000_000, guesses_per_s=1e6, guesses=1_000_000)
SOURCE = Path(__file__).resolve().parents[3] / "src" / "remit"
PYDANTIC = re.compile(r"input should|field required|extra inputs|value error|valid (string|integer|dict|list)", re.I)


@pytest.fixture
def waiting(opened):
    """A server, and a review that waits for its clerk."""
    served = opened(limits=MANY)
    made = served.client.post("/v1/definitions/refunds/decide", json={"input": ITEM}, headers=served.of("author"))
    return served, f"/v1/reviews/{made.json()['review']}"


def refused(answer, status=422, code="E312"):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert not PYDANTIC.search(answer.text), answer.text
    return answer.json()["problems"][0]


@pytest.mark.parametrize("entry", ROUTES, ids=lambda one: f"{one.method} {one.path}")
def test_no_route_overlooks_a_name_in_its_query(waiting, entry):
    served, _ = waiting
    where = re.sub(r"{[a-z_:]+}", "refunds", entry.path)
    headers = {"Host": "127.0.0.1", **(served.of(sorted(entry.roles)[0]) if entry.roles else {})}
    body = {} if entry.method == "GET" else {"json": {}}
    problem = refused(served.client.request(entry.method, f"{where}?nonsense=1", headers=headers, **body))
    assert problem["message"] == "there is no `nonsense` in the query of this route"
    assert problem["mend"] == "leave it out"


@pytest.mark.parametrize(
    ("query", "message", "mend"),
    [
        ("sate=open", "there is no `sate`", "did you mean `state`?"),
        ("Limit=3", "there is no `Limit`", "did you mean `limit`?"),
        ("limit=3&limit=4", "the query has `limit` more than once", "send one of them"),
        ("=3", "there is no ``", "leave it out"),
        ("&".join(f"a{n}=1" for n in range(200)), "this query can't be read", None),
        ("limit=none", "`limit` can't be used", None),
        ("limit=0", "`limit` can't be used", None),
        ("state=opened", "`state` can't be used", None),
    ],
)
def test_a_query_with_a_slip_is_refused_with_what_was_meant(waiting, query, message, mend):
    served, _ = waiting
    problem = refused(served.client.get(f"/v1/reviews?{query}", headers=served.of("reviewer")))
    assert problem["message"].startswith(message)
    assert problem["mend"] == mend
    if query == "state=opened":
        assert problem["expected"].startswith("one of open, claimed")
    if query == "limit=0":
        assert problem["expected"] == "a number, 1 or more"


@pytest.mark.parametrize(
    ("step", "body", "message", "expected", "mend"),
    [
        ("decide", {}, "say one of `output`, `accept` and `refuse`", "one of them", "`output` gives your own answer"),
        (
            "decide",
            {"refuse": True, "commment": "no"},
            "there is no field `commment` here",
            None,
            "did you mean `comment`?",
        ),
        ("decide", {"refuse": True, "comment": ""}, "`comment` can't be used", "text, at least 1 character", None),
        ("decide", {"refuse": True, "comment": 3}, "`comment` can't be used", "text", None),
        ("decide", {"refuse": "x" * 9}, "`refuse` can't be used", "true or false", None),
        ("decide", {"output": []}, "`output` can't be used", "an object: {...}", None),
        ("decide", {"output": {}, "seconds": -1}, "`seconds` can't be used", "a number, 0 or more", None),
        ("ask", {}, "`text` is missing", None, "send `text`"),
        ("ask", {"text": "x" * 4_001}, "`text` can't be used", "text, at most 4,000 characters", None),
        ("reassign", {"role": "refund clerk"}, "`reason` is missing", None, "send `reason`"),
    ],
)
def test_a_body_that_can_not_be_used_says_which_field_in_our_own_words(waiting, step, body, message, expected, mend):
    served, review = waiting
    problem = refused(served.client.post(f"{review}/{step}", json=body, headers=served.of("reviewer")))
    assert problem["message"] == message
    assert problem["mend"] == mend
    assert expected is None or problem["expected"] == expected


def test_a_list_of_truths_says_which_one_has_the_slip(waiting):
    served, _ = waiting
    body = {"truths": [{"key": "k", "expected": {}}, {"key": "k", "expectd": {}, "expected": {}, "at": "soon"}]}
    answer = served.client.post("/v1/definitions/refunds/truths", json=body, headers=served.of("author"))
    refused(answer)
    said = {one["where"]["path"]: one for one in answer.json()["problems"]}
    assert said["truths.1.expectd"]["mend"] == "did you mean `expected`?"
    assert said["truths.1.at"]["expected"] == "a time such as 2027-06-30T12:00:00Z"


def test_what_a_person_leaves_out_is_said_by_the_field_and_not_by_an_option(waiting):
    served, review = waiting
    clerk = served.of("reviewer")
    problem = refused(served.client.post(f"{review}/decide", json={"refuse": True}, headers=clerk), 403, "E800")
    assert problem["mend"] == "say why: `comment`"
    problem = refused(served.client.get("/v1/reviews/none", headers=clerk), 404, "E505")
    assert problem["mend"] == "`GET /v1/reviews` shows those that wait"
    problem = refused(served.client.post("/v1/alerts/none/settle", json={}, headers=clerk), 404, "E505")
    assert problem["mend"] == "`GET /v1/alerts` shows those that are open"


def test_an_answer_that_does_not_fit_is_no_item_that_can_not_be_read(waiting):
    served, review = waiting
    answer = served.client.post(
        f"{review}/decide", json={"output": {"refund": "perhaps"}}, headers=served.of("reviewer")
    )
    refused(answer, 422, "E309")
    assert answer.json()["title"] == "An item, or an answer to it, can't be used."


def test_a_decision_that_was_undone_says_where_the_item_is_now(waiting):
    served, review = waiting
    clerk = served.of("reviewer")
    decided = served.client.post(f"{review}/decide", json={"output": {"refund": "no"}}, headers=clerk)
    assert decided.json()["review"]["undone"] is None
    again = served.client.post(f"{review}/undo", json={}, headers=clerk).json()["review"]["id"]
    shown = served.client.get(review, headers=clerk).json()["review"]["undone"]
    assert (shown["by"], shown["review"], shown["waits"]) == ("tarek", again, True)
    once_more = served.client.post(f"{review}/decide", json={"output": {"refund": "no"}}, headers=clerk)
    problem = refused(once_more, 409, "E500")
    assert "undone by tarek" in problem["message"]
    assert problem["mend"] == f"decide review {again}"


# What no route does: making tokens, starting servers, comparing revisions, making databases, agreeing on labels.
NOT_OVER_HTTP = re.compile(r"`ray |--engine|--address|^--days|--port|^`git log|createdb|^`X --reason|^leave --by out$")


def texts(node):
    """The texts that an expression may come to, with `X` for what is filled in."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(one.value) if isinstance(one, ast.Constant) else "X" for one in node.values)]
    return [text for one in ast.iter_child_nodes(node) for text in texts(one)]


def mends():
    """Every mend that something below the command line says, with `X` for what is filled in."""
    found = set()
    for path in sorted(SOURCE.rglob("*.py")):
        if path.relative_to(SOURCE).parts[0] in ("cli", "readiness", "client"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "mend":
                found.update(texts(node.value))
    return sorted(one for one in found if re.search(r"\bremit [a-z]|--[a-z]", one))


def test_no_mend_over_http_is_an_option_or_a_command_without_the_place_where_it_can_be_given():
    assert len(mends()) > 40
    for one in [one for one in mends() if not NOT_OVER_HTTP.search(one)]:
        said = for_http(one)
        assert said.startswith("where the project is: ") or not re.search(r"\bremit [a-z]|(?<![\w.])--[a-z]", said), (
            said
        )


@pytest.mark.parametrize(
    ("command", "route"),
    [
        ("`remit review list refunds`: somebody has to answer it", "`GET /v1/reviews`: somebody has to answer it"),
        ("answer it: `remit review answer r1 --text TEXT`", "answer it: `POST /v1/reviews/r1/answer`"),
        ("hand it to a role of theirs: --to-role ROLE", "hand it to a role of theirs: `role`"),
        ("`remit token make PERSON` makes one", "where the project is: `remit token make PERSON` makes one"),
        ("add them to `people` in remit.yaml", "add them to `people` in remit.yaml"),
        (None, None),
    ],
)
def test_a_mend_names_the_route_in_the_place_of_the_command(command, route):
    assert for_http(command) == route
