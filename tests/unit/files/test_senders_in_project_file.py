"""Senders and alerts in remit.yaml: strict, each fault at its line, no address repeated."""

from datetime import timedelta

import pytest

from remit.errors import ProjectInvalid
from remit.files.project_file import Alerts, Sender, load_project_file
from remit.files.sending.sender_rules import LONGEST_TIMEOUT

WEBHOOK = "webhook: https://desk.shop.example/hook, secret_env: DESK_SECRET"


@pytest.fixture
def read(tmp_path):
    def load(text):
        path = tmp_path / "remit.yaml"
        path.write_text(text)
        return load_project_file(path)

    return load


@pytest.fixture
def faults(read):
    def load(text):
        with pytest.raises(ProjectInvalid) as refused:
            read(text)
        assert all(problem.where.line for problem in refused.value.problems)
        return {problem.where.path: problem for problem in refused.value.problems}

    return load


def test_senders_are_read(read):
    project = read(
        f"senders:\n  help-desk: {{{WEBHOOK}, timeout: 5s, headers_env: {{Authorization: DESK_TOKEN}}, input: true}}\n"
        "  archive: {entry: 'senders/file.py:send'}\nalerts: {sender: help-desk}\n"
    )
    assert project.senders == {
        "help-desk": Sender(
            webhook="https://desk.shop.example/hook",
            secret_env="DESK_SECRET",
            timeout="5s",
            headers_env={"Authorization": "DESK_TOKEN"},
            input=True,
        ),
        "archive": Sender(entry="senders/file.py:send"),
    }
    assert project.alerts == Alerts(sender="help-desk")
    assert (Sender().timeout, Sender().input) == ("10s", False)


@pytest.mark.parametrize(
    ("sender", "path", "said"),
    [
        ("{}", "senders.x", "nothing says how this sender sends"),
        (f"{{{WEBHOOK}, entry: a.py:b}}", "senders.x", "a sender is a webhook or a function"),
        ("{webhook: https://a.example}", "senders.x.secret_env", "a webhook needs a secret to sign with"),
        ("{entry: a.py:b, secret_env: X}", "senders.x.secret_env", "a function has no `secret_env`"),
        ("{entry: a.py:b, headers_env: {A: X}}", "senders.x.headers_env", "a function has no `headers_env`"),
        (f"{{{WEBHOOK}, timeout: 61s}}", "senders.x.timeout", "the timeout is too long"),
        (f"{{{WEBHOOK}, headers_env: {{'a b': X}}}}", "senders.x.headers_env.a b", "this is no name of a header"),
        (f"{{{WEBHOOK}, headers_env: {{Host: X}}}}", "senders.x.headers_env.Host", "the header `Host` is set by Remit"),
        (f"{{{WEBHOOK}, headers_env: {{A: X, a: X}}}}", "senders.x.headers_env.a", "the header `a` is there twice"),
    ],
)
def test_what_is_no_sender_is_told_at_its_place(faults, sender, path, said):
    found = faults(f"senders: {{x: {sender}}}\n")
    assert found[path].message == said


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("desk.shop.example/hook", "it does not begin with https://"),
        ("ftp://desk.shop.example/", "it does not begin with https://"),
        ("file:///etc/passwd", "it does not begin with https://"),
        ("http://desk.shop.example/", "http:// leaves this machine unprotected"),
        ("http://10.0.0.5/", "http:// leaves this machine unprotected"),
        ("http://localhost.shop.example/", "http:// leaves this machine unprotected"),
        ("https://ann:word@desk.shop.example/", "it holds a user or a password"),
        ("https://desk.shop.example/#top", "it has a part behind `#`, which is never sent"),
        ("https:///hook", "it names no host"),
        ("https://-desk.example/", "it names no host"),
        (f"https://{'a' * 64}.example/", "it names no host"),
        ("https://desk..example/", "it names no host"),
        ("https://déjà.example/", "it holds characters that no address has"),
        ("https://desk.example/a b", "it holds characters that no address has"),
        ("https://desk.example:0/", "no port has the number 0"),
        ("https://desk.example:99999/", "Port out of range 0-65535"),
        ("https://[::1/", "it is no address"),
    ],
)
def test_an_address_that_can_not_be_sent_to_is_refused_and_not_repeated(faults, url, why):
    problem = faults(f"senders: {{x: {{webhook: '{url}', secret_env: X}}}}\n")["senders.x.webhook"]
    assert problem.message == f"this address can't be sent to: {why}"
    assert problem.found is None


@pytest.mark.parametrize(
    "url",
    [
        "https://desk.shop.example",
        "https://desk.shop.example.:8443/a?b=c",
        "https://10.0.0.5/",
        "http://localhost:8000/",
        "http://127.0.0.1/",
        "http://[::1]:80/",
    ],
)
def test_the_file_is_the_operators_own_so_any_host_of_theirs_will_do(read, url):
    assert read(f"senders: {{x: {{webhook: '{url}', secret_env: X}}}}\n").senders["x"].webhook == url


def test_every_fault_of_the_shape_is_told_too(faults):
    found = faults(
        "senders:\n  Help Desk: {entry: a.py:b}\n  x: {webhok: 5, secret_env: '1X', timeout: soon, input: 'yes'}\n"
        "alerts: {sender: desk, to: me}\n"
    )
    assert {"senders.x.webhok", "senders.x.secret_env", "senders.x.timeout", "senders.x.input", "alerts.to"} <= set(
        found
    )
    assert any(path.startswith("senders.Help Desk") for path in found)


def test_the_sender_of_alerts_has_to_be_one(faults):
    found = faults(f"senders: {{help-desk: {{{WEBHOOK}}}}}\nalerts: {{sender: helpdesk}}\n")
    assert found["alerts.sender"].mend == "did you mean `help-desk`?"
    assert faults("alerts: {sender: help-desk}\n")["alerts.sender"].message == "there is no sender `help-desk`"


@pytest.mark.parametrize("text", ["senders: 5\n", "senders: [a]\n", "senders: {x: 5}\n", "alerts: 5\n"])
def test_what_is_no_mapping_is_refused(faults, text):
    assert faults(text)


def test_the_longest_timeout_is_a_minute(read):
    assert timedelta(minutes=1) == LONGEST_TIMEOUT
    assert read(f"senders: {{x: {{{WEBHOOK}, timeout: 60s}}}}\n").senders["x"].timeout == "60s"
