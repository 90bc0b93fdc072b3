"""The guard: whose page asks, by which name, how much, how often; and what a browser is told."""

from __future__ import annotations

import json

import pytest
from tests.integration.small_project import ITEM

from remit.api.guard import COOKIE
from remit.api.service import Limits
from remit.project.serving.sessions import KEY_FILE
from remit.project.serving.tokens import revoke_token, tokens_made

STOP = {"json": {"reason": "a test"}}


def code_of(answer):
    return answer.status_code, answer.json()["code"]


def logged_in(served, person="jonas"):
    answer = served.client.post("/v1/session", json={"token": served.token(person)})
    assert answer.status_code == 200, answer.text
    return answer


def test_one_person_on_their_own_machine_needs_no_token_until_the_first_one_is_made(opened):
    served = opened()
    by = {"X-Remit-By": "jonas"}
    assert served.client.get("/v1/session", headers=by).json()["person"] == "jonas"
    assert served.client.post("/v1/stop", headers=by, **STOP).json()["by"] == "jonas"
    nobody = served.client.post("/v1/stop", **STOP)
    assert nobody.status_code == 400
    assert "X-Remit-By" in nobody.json()["problems"][0]["mend"]
    assert served.client.get("/v1/session", headers={"X-Remit-By": "eve"}).status_code == 401
    revoke_token(served.project, tokens_made(served.project)[0].id) if tokens_made(served.project) else None
    served.token("jonas")
    assert served.client.get("/v1/session", headers=by).status_code == 401
    revoke_token(served.project, tokens_made(served.project)[0].id)
    assert served.client.get("/v1/session", headers=by).status_code == 401


def test_a_server_that_others_can_reach_lets_nobody_in_without_a_token(opened):
    served = opened(own_machine=False)
    assert served.client.get("/v1/session", headers={"X-Remit-By": "jonas"}).status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8321", "127.0.0.1.evil.example", "", "10.0.0.1"])
def test_a_name_that_somebody_points_at_this_machine_is_refused(served, host):
    assert code_of(served.client.get("/healthz", headers={"Host": host})) == (421, "E800")


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost", "localhost:8321", "[::1]:8321"])
def test_the_names_of_this_machine_are_answered(served, host):
    assert served.client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_page_of_another_site_changes_nothing_on_ones_own_machine(served, headers):
    assert code_of(served.client.post("/v1/stop", headers={"X-Remit-By": "jonas", **headers}, **STOP)) == (403, "E800")
    same = {"X-Remit-By": "jonas", "Origin": "http://127.0.0.1:8321", "Sec-Fetch-Site": "same-origin"}
    assert served.client.post("/v1/stop", headers=same, **STOP).status_code == 200


def test_a_body_that_a_form_can_send_is_no_request(served):
    headers = {**served.of("accountable"), "Content-Type": "text/plain"}
    assert code_of(served.client.post("/v1/stop", content=b'{"reason": "x"}', headers=headers)) == (415, "E312")


def test_a_session_is_a_cookie_that_no_script_and_no_other_site_gets(served):
    cookie = logged_in(served).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Max-Age=43200" in cookie


def test_the_cookie_of_a_server_that_others_can_reach_goes_over_tls_only(opened):
    assert "Secure" in logged_in(opened(own_machine=False)).headers["set-cookie"]


def test_a_change_by_a_session_needs_what_only_its_page_knows(served):
    csrf = logged_in(served).json()["csrf"]
    assert served.client.get("/v1/definitions").status_code == 200
    for wrong in ({}, {"X-CSRF-Token": "x"}, {"X-CSRF-Token": csrf[:-1]}):
        assert code_of(served.client.post("/v1/stop", headers=wrong, **STOP)) == (403, "E800")
    assert served.client.post("/v1/stop", headers={"X-CSRF-Token": csrf}, **STOP).status_code == 200


def test_what_one_session_knows_is_worth_nothing_to_another(served):
    first = logged_in(served).json()["csrf"]
    logged_in(served)
    assert served.client.post("/v1/stop", headers={"X-CSRF-Token": first}, **STOP).status_code == 403


def test_a_session_ends_by_logging_out_for_a_copy_of_its_cookie_too(served):
    csrf = logged_in(served).json()["csrf"]
    copy = {"Cookie": f"{COOKIE}={served.client.cookies[COOKIE]}"}
    assert served.client.delete("/v1/session", headers={"X-CSRF-Token": csrf}).status_code == 200
    served.client.cookies.clear()
    assert served.client.get("/v1/session", headers=copy).status_code == 401


def test_a_session_ends_with_its_token(opened):
    served = opened()
    logged_in(served)
    revoke_token(served.project, tokens_made(served.project)[0].id)
    served.service.callers._known.clear()  # a second later
    assert served.client.get("/v1/session").status_code == 401


def test_a_cookie_that_somebody_changed_is_no_session(served):
    logged_in(served)
    cookie = served.client.cookies[COOKIE]
    served.client.cookies.clear()
    for wrong in (cookie[1:], cookie[:-1], cookie + "0", cookie.replace(".", "", 1), "." + cookie, "é"):
        headers = {"Cookie": f"{COOKIE}={wrong}".encode()}
        assert served.client.get("/v1/session", headers=headers).status_code == 401, wrong


def test_a_token_that_is_wrong_opens_no_session_and_not_too_often(opened):
    served = opened(limits=Limits(guesses=5))
    codes = [served.client.post("/v1/session", json={"token": f"remit_{n}"}).status_code for n in range(8)]
    assert codes == [401] * 5 + [429] * 3
    by_header = served.client.get("/v1/session", headers={"Authorization": "Bearer remit_x"})
    assert (by_header.status_code, by_header.headers["retry-after"]) == (429, "1")


def test_guesses_of_others_keep_nobody_out_who_was_let_in_before(opened):
    served = opened(limits=Limits(guesses=2))
    headers = served.of("leader")
    assert served.client.get("/v1/session", headers=headers).status_code == 200
    for _ in range(5):
        served.client.get("/v1/session", headers={"Authorization": "Bearer remit_x"})
    assert served.client.get("/v1/session", headers=headers).status_code == 200


def test_the_key_of_the_sessions_is_for_its_owner_only(served):
    path = served.project.root / ".remit" / KEY_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_bytes()) == 64


def test_only_the_hash_of_a_token_is_kept(served):
    secret = served.token("jonas")
    files = [path.read_bytes() for path in (served.project.root / ".remit").rglob("*") if path.is_file()]
    assert not any(secret.encode() in content for content in files)


def test_a_request_that_is_too_large_is_refused_whether_it_says_so_or_not(opened):
    served = opened(limits=Limits(body_bytes=1_000))
    body = json.dumps({"input": {"note": "x" * 1_000}}).encode()
    headers = {**served.of("service"), "Content-Type": "application/json"}
    where = "/v1/definitions/refunds/decide"
    assert code_of(served.client.post(where, content=body, headers=headers)) == (413, "E312")
    assert code_of(served.client.post(where, content=iter([body[:500], body[500:]]), headers=headers)) == (413, "E312")


def test_a_caller_who_asks_too_often_is_told_when_to_come_again_and_others_are_not(opened):
    served = opened(limits=Limits(per_s=0.001, burst=3))
    headers, others = served.of("leader"), served.of("auditor")
    codes = [served.client.get("/v1/session", headers=headers).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    answer = served.client.get("/v1/session", headers=headers)
    assert int(answer.headers["retry-after"]) > 100
    assert served.client.get("/v1/session", headers=others).status_code == 200


def test_a_full_server_says_so_at_once(opened):
    served = opened(limits=Limits(inside=0))
    answer = served.client.get("/healthz")
    assert (*code_of(answer), answer.headers["retry-after"]) == (503, "E504", "1")


def test_a_server_full_of_bodies_says_so(opened):
    served = opened(limits=Limits(inside_bytes=10))
    answer = served.client.post("/v1/definitions/refunds/decide", json={"input": ITEM}, headers=served.of("service"))
    assert code_of(answer) == (503, "E504")
    assert (served.service.room.n, served.service.room.n_bytes) == (0, 0)


def test_every_answer_tells_the_browser_to_trust_nothing(served):
    for answer in (served.client.get("/healthz"), served.client.get("/v1/definitions"), served.client.get("/nothing")):
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


def test_a_bug_says_nothing_of_itself(served, monkeypatch, caplog):
    def broken(*_):
        raise ZeroDivisionError("the inside of it")

    headers = served.of("leader")
    monkeypatch.setattr(type(served.project), "work_ids", property(broken))
    answer = served.client.get("/v1/definitions", headers=headers)
    assert code_of(answer) == (500, "E700")
    assert "inside of it" not in answer.text
    assert "inside of it" not in caplog.text  # an error's words may hold what an item holds
    assert "ZeroDivisionError" in caplog.text
    assert f"{__name__}:" in caplog.text
    assert answer.headers["X-Request-Id"] in caplog.text


def test_what_is_not_there_is_a_problem_like_any_other(served):
    headers = served.of("leader")
    assert code_of(served.client.get("/v1/nothing", headers=headers)) == (404, "E505")
    wrong = served.client.put("/v1/stop", headers=headers, **STOP)
    assert code_of(wrong) == (405, "E201")
    assert wrong.headers["allow"] == "POST"
