"""What a service is sent: the item, who we are, that it is from us; and what nobody is ever shown."""

from __future__ import annotations

import logging

import pytest
from tests.unit.executors.http.conftest import NOW
from tests.unit.executors.http.services import Authority, Service, hangs, in_turn, says

from remit import verify_webhook
from remit.errors import ExecutorInvalid
from remit.executors.http.executor import load_http
from remit.executors.perform.call_failed import CallFailed
from remit.executors.perform.outside import Outside, going_outside
from remit.executors.pinning import pinned_digest
from remit.items import ExecutorKind, FaultKind

KEY = "a-key-that-nobody-may-see-0123456789"
SECRET = "a-secret-that-nobody-may-see-987654321"
ENVIRONMENT = {"SUPPLIER_KEY": KEY, "SUPPLIER_SECRET": SECRET}
URL = "https://service.example/answer"
WEEKLY = {"spend_at_most": {"amount": 1, "per": "week"}}


def asked_with(asking, settings, given=None, **more):
    with Service(says()) as service:
        with asking(service.url, settings=settings, environment=ENVIRONMENT, **more) as perform:
            perform(given or {"subject": "hello"})
        (one,) = service.asked
        return one


def test_a_service_is_sent_the_work_and_the_input_and_asked_for_plain_json(asking):
    one = asked_with(asking, {"headers": {"X-Tenant": "shop"}}, {"subject": "Grüße", "amount": 1.5})
    assert one.line == "POST /answer HTTP/1.1"
    assert one.content == {"work": "triage", "input": {"subject": "Grüße", "amount": 1.5}}
    assert one.headers["content-type"] == one.headers["accept"] == "application/json"
    assert one.headers["accept-encoding"] == "identity"
    assert one.headers["x-tenant"] == "shop"
    assert "authorization" not in one.headers
    assert "remit-signature" not in one.headers


@pytest.mark.parametrize(
    ("settings", "header", "value"),
    [
        ({}, "authorization", f"Bearer {KEY}"),
        ({"key_as": "bearer"}, "authorization", f"Bearer {KEY}"),
        ({"key_as": "X-Api-Key"}, "x-api-key", KEY),
    ],
)
def test_the_key_goes_along_as_the_file_says(asking, settings, header, value):
    one = asked_with(asking, {"key_from": "SUPPLIER_KEY", **settings})
    assert one.headers[header] == value
    assert sum(KEY in given for given in one.headers.values()) == 1


def test_the_body_is_signed_as_webhooks_are(asking):
    one = asked_with(asking, {"sign_with_from": "SUPPLIER_SECRET"})
    signature = one.headers["remit-signature"]
    assert verify_webhook(one.body, signature, SECRET, NOW)
    assert not verify_webhook(one.body + b" ", signature, SECRET, NOW)


def test_two_items_have_two_ids(asking):
    with Service(says()) as service, asking(service.url) as perform:
        perform({})
        perform({})
    first, second = (one.headers["idempotency-key"] for one in service.asked)
    assert first != second


def test_a_cookie_is_not_sent_back_and_connections_are_kept(asking):
    with Service(says(None, Set_Cookie="who=you; Path=/")) as service, asking(service.url) as perform:
        for _ in range(3):
            perform({})
    assert all("cookie" not in one.headers for one in service.asked)
    assert service.n_connections == 1


def test_proxies_and_passwords_of_the_machine_are_not_used(asking, monkeypatch, tmp_path):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    assert "authorization" not in asked_with(asking, {}).headers


def test_answers_may_come_with_confidence_cost_and_signals(asking):
    content = {"output": {"team": "orders"}, "confidence": 0.75, "cost": 0.02, "signals": {"odd": True}, "more": 1}
    with Service(says(content)) as service, asking(service.url, confidence="share of votes") as perform:
        answer = perform({})
        assert perform.executor.gives_confidence
    assert (answer.confidence, answer.cost, answer.signals) == (0.75, 0.02, {"odd": True})
    with Service(says(content)) as service, asking(service.url, confidence="none") as perform:
        assert perform({}).confidence is None
        assert not perform.executor.gives_confidence


@pytest.mark.parametrize(
    "behave",
    [says(), says(status="401 No"), in_turn(says(status="503 Later"), says())],
    ids=["answered", "refused", "again"],
)
def test_a_key_is_in_no_log_no_error_and_no_repr(asking, caplog, behave):
    settings = {"key_from": "SUPPLIER_KEY", "key_as": "X-Api-Key", "sign_with_from": "SUPPLIER_SECRET"}
    with (
        caplog.at_level(logging.DEBUG),
        Service(behave) as service,
        asking(service.url, settings=settings, environment=ENVIRONMENT, retries=1) as perform,
    ):
        answer = perform({})
        made = perform.executor
        shown = [repr(answer), repr(made), repr(made.spec), made.digest]
        shown.extend(repr(getattr(made, name, None)) for name in type(made).__slots__)
    assert service.asked
    assert service.asked[0].headers["x-api-key"] == KEY
    seen = "\n".join([*shown, caplog.text, *(repr(record.__dict__) for record in caplog.records)])
    assert KEY not in seen
    assert SECRET not in seen


def test_half_a_character_is_a_fault_that_does_not_repeat_the_item(asking):
    with Service(says()) as service, asking(service.url) as perform:
        answer = perform({"subject": "secret text \ud800 of the item"})
    assert answer.fault.kind is FaultKind.ERROR
    assert "secret text" not in answer.fault.text
    assert service.asked == []


def test_asked_alone_an_executor_answers_or_raises_and_ends_at_its_deadline(asking):
    behave = in_turn(says(), says(status="503 Later"), hangs)
    with Service(behave) as service, asking(service.url, deadline_s=0.5) as perform:
        made = perform.executor
        perform({})  # its connections are closed with the performer
        with pytest.raises(CallFailed, match="HTTP 503"):
            made.answer({})
        with pytest.raises(TimeoutError):
            made.answer({})
    assert len(service.asked) == 3


class TestSettings:
    def refused(self, spec, tmp_path, settings):
        """Refused offline, without a key, exactly as when it is loaded to be used."""
        described = spec(kind=ExecutorKind.HTTP, settings=settings)
        with pytest.raises(ExecutorInvalid) as offline:
            pinned_digest(described, root=tmp_path, definition=None)
        with pytest.raises(ExecutorInvalid) as loaded:
            load_http(described, root=tmp_path, surroundings=None)
        assert offline.value.problems == loaded.value.problems
        return offline.value.problems

    @pytest.mark.parametrize(
        ("settings", "path", "words"),
        [
            ({}, "settings.url", "missing"),
            ({"url": "http://service.example/x"}, "settings.url", "http:// leaves this machine unprotected"),
            ({"url": "ftp://service.example/x"}, "settings.url", "does not begin with https://"),
            ({"url": "https://me:hidden@service.example/"}, "settings.url", "a user or a password"),
            ({"url": "https://service.example/?api_key=hidden"}, "settings.url", "a key or a password"),
            ({"url": "https://169.254.169.254/latest"}, "settings.url", "no service lives"),
            ({"url": "https://0.0.0.0/"}, "settings.url", "no service lives"),
            ({"url": "https://[ff02::1]/"}, "settings.url", "no service lives"),
            ({"url": URL, "timeout": 3}, "settings.timeout", "timeout"),
            ({"url": URL, "headers": {"Host": "x"}}, "settings.headers.Host", "is set by Remit"),
            ({"url": URL, "headers": {"A b": "x"}}, "settings.headers.A b", "no name of a header"),
            ({"url": URL, "headers": {"A": "x\r\nB: y"}}, "settings.headers.A", "characters that no header has"),
            ({"url": URL, "headers": {"X-A": "1", "x-a": "2"}}, "settings.headers.x-a", "there twice"),
            ({"url": URL, "key_from": "hidden-key"}, "settings.key_from", "looks like a secret"),
            ({"url": URL, "key_as": "bearer"}, "settings.key_as", "no key to send"),
            ({"url": URL, "key_from": "A", "key_as": "Host"}, "settings.key_as", "is set by Remit"),
            ({"url": URL, "tls": {"cert": "c.pem"}}, "settings.tls", "go together"),
            ({"url": "http://localhost/", "tls": {"ca": "c.pem"}}, "settings.tls", "without https"),
            ({"url": URL, "limits": {"at_a_time": 0}}, "settings.limits.at_a_time", "at_a_time"),
            (
                {"url": URL, "limits": {"spend_at_most": {"amount": 1, "per": "week"}}},
                "settings.limits.spend_at_most.per",
                "per",
            ),
        ],
    )
    def test_what_is_wrong_is_told_with_its_place(self, spec, tmp_path, settings, path, words):
        problems = self.refused(spec, tmp_path, settings)
        assert path in [one.where.path for one in problems]
        assert words in " ".join(one.message for one in problems)
        assert "hidden" not in repr(problems)

    @pytest.mark.parametrize(
        "settings",
        [{"headers": {"Authorization": KEY}}, {"headers": {"X-Custom": f"Bearer {KEY}"}}, {"api_key": KEY}],
    )
    def test_a_secret_in_the_file_is_refused_and_not_repeated(self, spec, tmp_path, settings):
        (problem,) = self.refused(spec, tmp_path, {"url": URL, **settings})
        assert "looks like a secret" in problem.message
        assert KEY not in repr(problem)

    def test_an_entry_has_no_meaning_here(self, spec, tmp_path):
        described = spec(kind=ExecutorKind.HTTP, entry="a.py:b", settings={"url": URL})
        with pytest.raises(ExecutorInvalid, match="has no `entry`"):
            pinned_digest(described, root=tmp_path, definition=None)


class TestDigest:
    def digest(self, spec, settings=None, **given):
        described = spec(kind=ExecutorKind.HTTP, settings={"url": URL, **(settings or {})}, **given)
        return pinned_digest(described, root=None, definition=None)

    def test_it_needs_no_key_and_is_the_one_of_the_loaded_executor(self, spec, asking):
        settings = {"key_from": "SUPPLIER_KEY"}
        with asking(URL, settings=settings, environment=ENVIRONMENT) as perform:
            assert perform.executor.digest == self.digest(spec, settings)

    @pytest.mark.parametrize(
        "settings",
        [
            {"key_from": "ANOTHER_KEY"},
            {"key_from": "SUPPLIER_KEY", "key_as": "X-Key"},
            {"sign_with_from": "SUPPLIER_SECRET"},
            {"tls": {"ca": "ca.pem"}},
            {"limits": {"at_a_time": 9, "per_minute": 60}},
        ],
    )
    def test_how_the_way_is_protected_and_limited_changes_nothing(self, spec, settings):
        assert self.digest(spec, settings) == self.digest(spec)

    def test_where_it_goes_and_what_goes_along_does(self, spec):
        digests = [
            self.digest(spec),
            self.digest(spec, {"url": f"{URL}/2"}),
            self.digest(spec, {"headers": {"X-Tenant": "shop"}}),
            self.digest(spec, version="2"),
            self.digest(spec, confidence="none"),
        ]
        assert len(set(digests)) == len(digests)


class TestLoading:
    @pytest.mark.parametrize("setting", ["key_from", "sign_with_from"])
    def test_a_key_that_is_not_set_is_named_when_it_is_needed(self, asking, setting):
        with pytest.raises(ExecutorInvalid) as refused, asking(URL, settings={setting: "SUPPLIER_KEY"}):
            pass
        (problem,) = refused.value.problems
        assert problem.where.path == f"settings.{setting}"
        assert problem.mend == "set SUPPLIER_KEY where Remit runs"

    def test_a_short_secret_signs_nothing(self, asking):
        refused = pytest.raises(ExecutorInvalid, match="SHORT is not what it needs")
        with refused, asking(URL, settings={"sign_with_from": "SHORT"}, environment={"SHORT": "hush"}):
            pass

    @pytest.mark.parametrize(
        ("tls", "words"),
        [
            ({"ca": "gone.pem"}, "there is no file"),
            ({"ca": "/gone.pem"}, "there is no file"),
            ({"ca": "../ca.pem"}, "leads out of the project"),
            ({"ca": "no.pem"}, "`tls.ca` can't be used"),
            ({"cert": "no.pem", "key_from": "KEY_FILE"}, "`tls.cert` can't be used"),
            ({"cert": "no.pem", "key_from": "NO_FILE"}, "NO_FILE names no file"),
        ],
    )
    def test_certificates_that_can_not_be_used_are_told(self, asking, tmp_path, tls, words):
        (tmp_path / "no.pem").write_text("no certificate\n")
        environment = {"KEY_FILE": str(tmp_path / "no.pem"), "NO_FILE": "/nowhere/at/all"}
        with pytest.raises(ExecutorInvalid, match=words), asking(URL, settings={"tls": tls}, environment=environment):
            pass

    def test_a_private_key_that_is_locked_is_refused_and_nobody_is_asked_for_its_password(self, asking, tmp_path):
        _, key = Authority(tmp_path).issue("client", password=b"a password")
        tls = {"cert": "client.pem", "key_from": "CLIENT_KEY"}
        refused = pytest.raises(ExecutorInvalid, match=r"`tls\.cert` can't be used")
        with refused, asking(URL, settings={"tls": tls}, environment={"CLIENT_KEY": str(key)}):
            pass

    def test_without_the_library_it_says_what_to_install(self, spec, asking, monkeypatch):
        import sys

        monkeypatch.setitem(sys.modules, "httpx2", None)
        with pytest.raises(ExecutorInvalid, match="need httpx2") as refused, asking(URL):
            pass
        assert refused.value.problems[0].mend == "pip install 'remit[client]'"

    def test_outside_of_a_project_it_is_not_loaded(self, spec, tmp_path):
        with pytest.raises(ExecutorInvalid, match="loaded by its project"):
            load_http(spec(kind=ExecutorKind.HTTP, settings={"url": URL}), root=tmp_path, surroundings=None)


def test_the_trace_of_the_item_goes_along_and_takes_no_header_of_the_file(asking):
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with going_outside(Outside(headers={"traceparent": trace, "X-Tenant": "another"})):
        one = asked_with(asking, {"headers": {"X-Tenant": "shop"}})
    assert one.headers["traceparent"] == trace
    assert one.headers["x-tenant"] == "shop"
    assert "traceparent" not in asked_with(asking, {}).headers
