"""Items come in over HTTP: decided once, waited for, and never shown to who must not see them."""

from __future__ import annotations

import pytest
from tests.integration.small_project import ITEM

URL = "/v1/definitions/refunds/decide"


def decided(served, headers, given=ITEM, **more):
    return served.client.post(URL, json={"input": given, **more}, headers=headers)


def test_an_item_that_a_person_has_to_decide_is_waited_for(served):
    shop = served.of("service")
    answer = decided(served, shop, key="order-1")
    assert (answer.status_code, answer.headers["retry-after"]) == (202, "5")
    said = answer.json()
    assert (said["route"], said["waiting"], said["output"], said["repeated"]) == ("incumbent", True, None, False)
    assert said["answer"] is None  # at shadow nobody sees it
    where = answer.headers["location"]
    assert served.client.get(where, headers=shop).json()["waiting"] is True
    clerk = served.of("reviewer")
    done = served.client.post(f"/v1/reviews/{said['review']}/decide", json={"output": {"refund": "no"}}, headers=clerk)
    assert done.status_code == 200, done.text
    later = served.client.get(where, headers=shop).json()
    assert (later["waiting"], later["output"]) == (False, {"refund": "no"})


def test_the_same_key_gives_the_same_decision_and_another_input_is_a_conflict(served):
    shop = served.of("service")
    first = decided(served, {**shop, "Idempotency-Key": "order-1"}).json()
    again = decided(served, shop, key="order-1").json()
    assert (again["id"], again["repeated"]) == (first["id"], True)
    other = decided(served, shop, {**ITEM, "amount": 21.0}, key="order-1")
    assert (other.status_code, other.json()["code"]) == (409, "E501")


def test_two_keys_are_one_too_many(served):
    answer = decided(served, {**served.of("service"), "Idempotency-Key": "a"}, key="b")
    assert (answer.status_code, answer.json()["problems"][0]["where"]["path"]) == (422, "key")


def test_a_service_reads_only_what_it_asked_for(served):
    other = decided(served, served.of("author")).json()
    shop = served.of("service")
    assert served.client.get(f"/v1/decisions/{other['id']}", headers=shop).status_code == 404
    assert served.client.get(f"/v1/decisions/{other['id']}", headers=served.of("auditor")).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"input": {"amount": 1, "amount": 2}}',
        b'{"input": {"amount": NaN}}',
        b"[1]",
        b"{",
        b'{"input": ' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"}",
        b'{"input": "text"}',
        b'{"input": {}, "more": 1}',
        b"",
    ],
)
def test_a_body_that_is_no_item_is_refused_with_what_is_wrong(served, body):
    headers = {**served.of("service"), "Content-Type": "application/json"}
    answer = served.client.post(URL, content=body, headers=headers)
    assert answer.status_code == 422, answer.text
    said = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (said["type"], said["status"], said["code"]) == ("urn:remit:error:E312", 422, "E312")
    assert said["problems"]


def test_an_input_that_the_definition_refuses_is_a_decision_and_not_an_error(served):
    said = decided(served, served.of("service"), {"amount": "much"}).json()
    assert said["kind"] == "decision"


def test_a_work_that_is_not_there_is_named(served):
    answer = served.client.post("/v1/definitions/refund/decide", json={"input": {}}, headers=served.of("service"))
    assert (answer.status_code, answer.json()["code"]) == (404, "E505")
    assert "refunds" in answer.json()["problems"][0]["mend"]
