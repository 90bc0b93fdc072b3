"""The page on production: its units and its proxy are tried, and its lists are those of the code."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import ssl
import subprocess
from pathlib import Path

import httpx2
import pytest
from tests.integration.fire.calling import free_port, until
from tests.integration.serving.conftest import opened, served_once
from tests.integration.serving.test_serve_command import log_of, serving, tokens
from tests.integration.small_project import ITEM

from remit.project.logs import EVENTS
from remit.project.telemetry.names import METRICS, SPANS

__all__ = ["opened", "served_once"]

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "production.md").read_text(encoding="utf-8")
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
SYSTEMD = shutil.which("systemd-analyze")


def test_every_event_span_and_number_is_on_the_page_and_no_other():
    told = re.findall(r"^\| (`[a-z.`, ]+`) \| .* \|$", PAGE.split("## The log")[1].split("## Telemetry")[0], re.M)
    assert {name for cell in told for name in re.findall(r"`([a-z.]+)`", cell)} == set(EVENTS)
    rows = re.findall(r"^\| `([^`]+)` \| (.*) \|$", PAGE.split("## Telemetry")[1].split("## Watching")[0], re.M)
    assert {name: words for name, words in rows if "|" not in words} == dict(SPANS)
    numbers = {name: words for name, words in rows if "|" in words}
    assert numbers == {
        name: f"{one.kind}, `{one.unit}` | {one.what[0].lower()}{one.what[1:].rstrip('.')}"
        for name, one in METRICS.items()
    }


def blocks(start: str) -> list[str]:
    return [text for text in re.findall(r"^```text\n(.*?)^```$", PAGE, re.M | re.S) if text.startswith(start)]


@pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not installed")
def test_the_units_are_what_systemd_takes(tmp_path):
    files = re.split(r"^# /etc/systemd/system/(\S+)\n", "".join(blocks("# /etc/systemd")), flags=re.M)[1:]
    units = dict(zip(files[::2], files[1::2], strict=True))
    assert set(units) == {"remit.service", "remit-backup.service", "remit-backup.timer"}
    for name, text in units.items():
        told = text.replace("/srv/remit/venv/bin/remit", "/bin/true").replace("User=remit", "User=root")
        (tmp_path / name).write_text(told)
    done = subprocess.run(
        [SYSTEMD, "verify", "--man=no", *(str(tmp_path / name) for name in units)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    about = [line for line in done.stderr.splitlines() if "remit" in line]
    assert about == []


@pytest.fixture
def certificate(tmp_path):
    """A certificate for the name on the page, signed by itself."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "remit.example")])
    now = datetime.now(UTC)  # noqa: TID251
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("remit.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "tls.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    text = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (tmp_path / "tls.key").write_bytes(text)
    return tmp_path


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_the_proxy_of_the_page_lets_people_and_machines_in_and_goes_on_when_one_server_dies(opened, certificate):
    first, second = opened(), opened()
    for one in (first, second):
        one.project.close()
    secret = tokens(first.root)
    port, folder = free_port(), certificate
    with (
        serving(first.root, "--host", "0.0.0.0") as (_, url),
        serving(first.root, "--host", "0.0.0.0") as (other, more),
    ):
        (text,) = blocks("# /etc/nginx")
        text = text.replace("10.0.0.5:8321", url.rpartition("/")[2]).replace("10.0.0.6:8321", more.rpartition("/")[2])
        text = (
            text.replace("0.0.0.0:", "127.0.0.1:").replace("/etc/remit", str(folder)).replace("443 ssl", f"{port} ssl")
        )
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
            f"http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;\n"
            f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{text}}}\n"
        )
        nginx = subprocess.Popen([NGINX, "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
        try:
            until(lambda: answers(port))
            trust = ssl.create_default_context(cafile=str(folder / "tls.pem"))
            trust.check_hostname = False  # asked by its address here, not by its name
            headers = {"Host": f"remit.example:{port}"}
            with httpx2.Client(
                base_url=f"https://127.0.0.1:{port}", verify=trust, headers=headers, timeout=30
            ) as client:
                bearer = {"Authorization": f"Bearer {secret['shop']}"}
                body = {"input": ITEM, "key": "k1"}
                made = client.post("/v1/definitions/refunds/decide", json=body, headers=bearer)
                assert made.status_code == 202, made.text
                assert re.fullmatch(r"[0-9a-f]{32}", made.headers["X-Request-Id"])
                until(lambda: made.headers["X-Request-Id"] in log_of(first.root))
                session = client.post(
                    "/v1/session", json={"token": secret["lea"]}, headers={"Origin": f"https://remit.example:{port}"}
                )
                assert session.status_code == 200, session.text
                assert "Secure" in session.headers["Set-Cookie"]
                assert client.get("/metrics").status_code == 403
                other.send_signal(signal.SIGKILL)
                other.wait(30)
                for _ in range(4):
                    again = client.post("/v1/definitions/refunds/decide", json=body, headers=bearer)
                    assert again.json()["id"] == made.json()["id"]
        finally:
            nginx.terminate()
            nginx.wait(30)


def answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
