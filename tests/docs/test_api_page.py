"""The page on the API can be followed: each of its lines is answered by a server."""

import json
import re
import shlex
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
import uvicorn
from tests.integration.serving.conftest import opened, served_once  # noqa: F401
from tests.integration.small_project import ITEM

from remit.api.application import application

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "api.md"
LINES = [
    line
    for block in re.findall(r"<!-- curl -->\n```bash\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    for line in block.splitlines()
]


@pytest.fixture
def url(opened):  # noqa: F811
    served = opened()
    served.project.work("refunds").decide(ITEM, key="before")
    server = uvicorn.Server(
        uvicorn.Config(application(served.service), port=0, lifespan="off", log_config=None, ws="none")
    )
    config_socket = server.config.bind_socket()
    config_socket.listen()  # who comes before it serves waits
    thread = threading.Thread(target=server.run, kwargs={"sockets": [config_socket]})
    thread.start()
    yield f"http://127.0.0.1:{config_socket.getsockname()[1]}", served
    server.should_exit = True
    thread.join()
    config_socket.close()


def test_every_line_of_the_page_is_answered(url):
    here, served = url
    curl = shutil.which("curl")
    assert curl is not None, "this test needs curl"
    assert len(LINES) > 10
    review = served.project.review_desk.waiting("refunds")[0].id
    for line in LINES:
        words = shlex.split(line.replace("http://127.0.0.1:8321", here).replace("REVIEW", review))
        done = subprocess.run(
            [curl, *words[1:], "-w", "\n%{http_code}"], capture_output=True, text=True, timeout=30, check=False
        )
        body, _, code = done.stdout.rpartition("\n")
        assert code in ("200", "202"), f"{line}\n{done.stdout}{done.stderr}"
        if "-i" not in words and "metrics" not in line:
            assert json.loads(body)["remit"] == 1
