"""The loop that calls run on: one for a process, another for its fork, and never in the way of its end."""

from __future__ import annotations

import subprocess
import sys
import time

from remit.executors.perform.call_loop import call_loop

FORKS = """
import asyncio, os, sys, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of every fork beside threads
from remit.executors.perform.call_loop import call_loop

async def pid():
    return os.getpid()

assert call_loop().submit(pid()).result(10) == os.getpid()
child = os.fork()
if child == 0:
    os._exit(0 if call_loop().submit(pid()).result(10) == os.getpid() else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""

LEAVES = """
import asyncio
from remit.executors.perform.call_loop import call_loop

call_loop().submit(asyncio.Event().wait())
"""


def test_it_is_one_for_the_process():
    assert call_loop() is call_loop()


def test_a_fork_has_one_of_its_own():
    subprocess.run([sys.executable, "-c", FORKS], check=True, timeout=60)


def test_a_call_that_is_under_way_does_not_keep_a_process_and_leaves_no_word():
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", LEAVES], check=True, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert time.monotonic() - started < 30.0
