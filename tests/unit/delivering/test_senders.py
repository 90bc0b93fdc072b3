"""Senders as remit.yaml declares them: functions of the project, secrets from the environment, callbacks by name."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from remit.errors import ItemInvalid, ProjectInvalid
from remit.files.project_file import Sender
from remit.runtime.delivering.function import FunctionSender, load_function
from remit.runtime.delivering.letter import Letter
from remit.runtime.delivering.senders import make_senders, require_callback

LETTER = Letter(id="d1/notify", content={"id": "d1/notify", "output": {"team": "fraud"}})
SECRET = "0123456789abcdef"


def sender_of(function, timeout=timedelta(seconds=5)):
    return FunctionSender("archive", function, timeout=timeout, wants_input=False, monotonic=time.monotonic)


def test_a_function_gets_a_message_of_its_own_and_sends_by_returning_nothing():
    got = []

    def send(effect):
        got.append(effect)
        effect["output"].clear()

    sender = sender_of(send)
    assert [sender.send(LETTER).fault for _ in range(2)] == [None, None]
    sender.close()
    assert got[0]["id"] == "d1/notify"
    assert LETTER.content["output"] == {"team": "fraud"}


@pytest.mark.parametrize("error", [ValueError("no  such\nfile"), SystemExit(3), KeyboardInterrupt()])
def test_whatever_a_function_raises_is_a_fault_that_is_tried_again(error):
    def send(effect):
        raise error

    sender = sender_of(send)
    found = sender.send(LETTER)
    sender.close()
    assert found.again
    assert found.fault.startswith(type(error).__name__)
    assert "\n" not in found.fault


def test_a_long_fault_is_cut():
    def send(effect):
        raise ValueError("x" * 5000)

    sender = sender_of(send)
    assert len(sender.send(LETTER).fault) < 300
    sender.close()


def test_what_a_function_returns_is_no_leave_to_take_it_for_sent():
    async def later(effect):
        pass

    for send, name in ((lambda _: 500, "int"), (later, "coroutine")):
        sender = sender_of(send)
        assert sender.send(LETTER).fault.startswith(f"it returned a {name}")
        sender.close()


def test_a_function_that_hangs_is_left_in_time_and_called_no_more_in_the_end():
    free = threading.Event()
    sender = sender_of(lambda _: free.wait(30) and None, timedelta(seconds=0.05))
    faults = [sender.send(LETTER).fault for _ in range(9)]
    free.set()
    sender.close()
    assert faults[:8] == ["no answer within 0.05 s"] * 8
    assert faults[8] == "not tried: too many earlier tries hang still"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "senders").mkdir()
    (tmp_path / "senders" / "file.py").write_text(
        "def send(effect):\n    pass\n\nasync def later(effect):\n    pass\n\ndef none():\n    pass\n\nX = 5\n"
    )
    (tmp_path / "senders" / "broken.py").write_text("import remit_has_no_such_module\n")
    return tmp_path


def test_a_function_of_the_project_is_loaded(project):
    assert load_function("archive", "senders/file.py:send", root=project)({}) is None


@pytest.mark.parametrize(
    "entry",
    [
        "senders/file.py:sned",
        "senders/file.py:later",
        "senders/file.py:none",
        "senders/file.py:X",
        "senders/none.py:send",
        "senders/broken.py:send",
        "../outside.py:send",
        "senders/file.py",
    ],
)
def test_what_can_not_send_is_refused_by_the_name_of_its_sender(project, entry):
    with pytest.raises(ProjectInvalid, match="the sender `archive` can't") as refused:
        load_function("archive", entry, root=project)
    assert "executor" not in str(refused.value)


def made(project, settings, **declared):
    return make_senders(
        declared,
        root=project,
        setting=settings.get,
        clock=lambda: datetime(2026, 7, 1, tzinfo=UTC),
        monotonic=time.monotonic,
    )


def webhook(**changes):
    return Sender(**{"webhook": "https://desk.shop.example/x", "secret_env": "DESK_SECRET", "timeout": "3s"} | changes)


def test_one_sender_that_can_not_be_used_does_not_hold_up_the_others(project):
    senders = made(
        project,
        {"DESK_SECRET": SECRET},
        desk=webhook(input=True),
        archive=Sender(entry="senders/file.py:send"),
        lost=Sender(entry="senders/none.py:send"),
        mute=webhook(secret_env="NOT_SET"),
    )
    assert sorted(senders.usable) == ["archive", "desk"]
    assert sorted(senders.faults) == ["lost", "mute"]
    assert (senders.usable["desk"].timeout, senders.usable["desk"].wants_input) == (timedelta(seconds=3), True)
    assert (senders.usable["archive"].timeout, senders.usable["archive"].wants_input) == (timedelta(seconds=10), False)
    senders.close()


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({}, "secret_env"),
        ({"DESK_SECRET": ""}, "secret_env"),
        ({"DESK_SECRET": SECRET[:-1]}, "secret_env"),
        ({"DESK_SECRET": SECRET}, "headers_env.Authorization"),
        ({"DESK_SECRET": SECRET, "DESK_TOKEN": "Bearer abc\r\nHost: evil"}, "headers_env.Authorization"),
        ({"DESK_SECRET": SECRET, "DESK_TOKEN": "Bearer ä"}, "headers_env.Authorization"),
        ({"DESK_SECRET": SECRET, "DESK_TOKEN": "Bearer " + "x" * 5000}, "headers_env.Authorization"),
    ],
)
def test_a_secret_that_is_missing_or_no_good_is_told_without_it(project, settings, key):
    senders = made(project, settings, desk=webhook(headers_env={"Authorization": "DESK_TOKEN"}))
    (problem,) = senders.faults["desk"].problems
    assert (problem.where.file, problem.where.path) == ("remit.yaml", f"senders.desk.{key}")
    told = repr(problem) + str(senders.faults["desk"])
    assert not any(value in told for value in settings.values() if value)


def test_a_callback_names_a_sender_and_nothing_else():
    require_callback("desk", {"desk": 1})
    with pytest.raises(ItemInvalid) as refused:
        require_callback("dsek", {"desk": 1})
    assert refused.value.problems[0].mend == "did you mean `desk`?"
    with pytest.raises(ItemInvalid, match=r"there is no sender `https://evil\.example/`"):
        require_callback("https://evil.example/", {"desk": 1})
