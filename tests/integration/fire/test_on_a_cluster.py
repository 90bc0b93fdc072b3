"""A real Ray cluster of this machine: workers and the one who asks are killed, and nothing is lost or there twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.by_hand import found_by_hand
from tests.integration.fire.burning import SECRET, hold, hold_all, input_of, light
from tests.integration.fire.calling import until
from tests.integration.small_project import environment, make
from tests.integration.test_killed_proof import lasting

from remit.definition.levels import Level
from remit.errors import InvalidInput, UsageError
from remit.items import FaultKind
from remit.project.running.run_file import run_file
from remit.project.scaling.asking import Asked as AskedCases
from remit.project.scaling.asking import ask_chunk
from remit.project.scaling.deciding import Asked, RayEngine, decide_chunk
from remit.project.scaling.engines import deciding_engine
from remit.project.scaling.place import place_of
from remit.runtime.scaling.cluster import cluster
from remit.store import answers, open_store, proofs_of

DESK = '''\
"""The desk of the shop, struck by lightning."""

import os
import signal
import time
from pathlib import Path

HERE = Path(__file__).parent
CALLS = []


def strikes(name: str) -> bool:
    """Whether the lightning is for this process: it strikes once."""
    try:
        (HERE / name).unlink()
    except FileNotFoundError:
        return False
    return True


def answer(given: dict) -> tuple[dict, float]:
    """The refund, and how sure it is."""
    amount = given["amount"]
    CALLS.append(amount)
    if amount == 66.25:
        os.kill(os.getpid(), signal.SIGKILL)
    if amount == 77.25:
        raise RuntimeError("no paper")
    if len(CALLS) > MOST and strikes("lightning"):
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(SECONDS)
    near = min(abs(amount - 60.0), abs(amount - 120.0))
    refund = "yes" if amount < 60.0 else "ask" if amount < 120.0 else "no"
    return {"refund": refund}, min(0.99, 0.6 + near / 100.0)
'''
N = 400


def desk(seconds: str, *, most: int = 20) -> str:
    """A desk that takes so long for an item; lightning waits until one process was asked more than ``most`` times."""
    return DESK.replace("SECONDS", seconds).replace("MOST", str(most))


@pytest.fixture(scope="module")
def address():
    """The address of a cluster that all tests of this module share; it has two workers at least."""
    with cluster() as on:
        import ray

        assert on.n_workers >= 1
        yield ray.get_runtime_context().gcs_address


@pytest.fixture
def struck(burning):
    """A project on either database whose desk can be struck, with the level to act alone."""
    return strikeable(burning)


def strikeable(burning):
    small = burning.small
    small.write("functions/desk.py", desk("0.001", most=60))
    if burning.url is not None:  # the workers were started before it was known
        small.write("remit.yaml", f"store: {json.dumps(burning.url)}\n{small.read('remit.yaml')}")
    with burning.opened() as project:
        hold(project, Level.SUPERVISED)
    return burning


def items_of(struck, n: int = N, **odd: float) -> Path:
    """A file of items; ``odd`` are amounts of some of them."""
    lines = [
        {"key": f"k{i}", "input": input_of(i) | ({"amount": odd[f"k{i}"]} if f"k{i}" in odd else {})} for i in range(n)
    ]
    return struck.small.write("items.jsonl", "".join(json.dumps(line) + "\n" for line in lines))


def ran(struck, file: Path, engine: RayEngine | None = None):
    with struck.opened() as project:
        return run_file(project.work("refunds"), file, actor="cli", executor="desk", engine=engine or RayEngine())


def keys(n: int = N) -> set[str]:
    return {f"k{i}" for i in range(n)}


def test_a_worker_that_is_killed_half_way_loses_nothing_and_nothing_is_there_twice(address, struck):
    file = items_of(struck)
    struck.small.write("functions/lightning", "")
    found = ran(struck, file)
    assert not (struck.root / "functions" / "lightning").exists(), "no worker was killed"
    assert (found.n, found.n_before, found.n_undecided, sum(found.routes.values())) == (N, 0, 0, N)
    with open_store(struck.place) as store:
        asked = found_by_hand(store, "SELECT key, count(*) FROM decisions GROUP BY key")
        n_undone = found_by_hand(store, "SELECT effect FROM outbox WHERE sent_at IS NULL")
    assert sorted(asked) == sorted((key, 1) for key in keys())
    assert n_undone
    with struck.opened(ahead=5.0) as project:
        assert [one.fault for one in project.sweeper.sweep(holder="a").tasks if one.fault is not None] == []
    held = hold_all(struck, keys())
    assert dict(held.routes) == dict(found.routes)
    again = ran(struck, file)
    assert (again.n_before, dict(again.routes)) == (N, dict(found.routes))


def test_who_asks_is_killed_half_way_and_the_same_file_again_decides_the_rest(address, struck):
    file = items_of(struck)
    struck.small.write("functions/desk.py", desk("0.01"))
    with struck.opened() as project:
        hold(project, Level.SUPERVISED)
    command = ["run", "refunds", str(file), "--executor", "desk", "--engine", "ray", "--address", address]
    env = {**environment(PYTHONWARNINGS="default"), **struck.env}
    with subprocess.Popen([sys.executable, "-m", "remit", *command], cwd=struck.root, env=env) as process:

        def n_recorded() -> int:
            with open_store(struck.place) as store:
                return found_by_hand(store, "SELECT count(*) FROM decisions")[0][0]

        until(lambda: n_recorded() > 20 or process.poll() is not None, longest_s=90)
        assert process.poll() is None
        process.send_signal(signal.SIGKILL)
    found = ran(struck, file)
    assert (found.n, sum(found.routes.values())) == (N, N)
    assert 20 < found.n_before < N
    with struck.opened(ahead=5.0) as project:
        project.sweeper.sweep(holder="a")
    assert hold_all(struck, keys()).routes.total() == N


def test_an_item_on_which_every_worker_dies_is_a_dead_letter_and_all_others_are_decided(
    address, small, receiver, monkeypatch
):
    monkeypatch.setenv("TILL_SECRET", SECRET)
    struck = strikeable(light(small, None, receiver))
    found = ran(struck, items_of(struck, 12, k5=66.25, k7=77.25))
    assert (found.n_undecided, sum(found.routes.values())) == (1, 11)
    ((line, key, why),) = [(one.line, one.key, one.why) for one in found.undecided]
    assert (line, key) == (6, "k5")
    assert why == "the process that decided it ended, each of three times"
    with open_store(struck.place) as store:
        ((route, fault),) = found_by_hand(store, "SELECT route, fault FROM decisions WHERE key = 'k7'")
    assert (route, fault is not None) == ("review", True)  # a desk that raises is for people, as ever


def test_a_proof_on_a_cluster_is_the_proof_of_one_process_even_where_a_worker_is_killed(address, tmp_path):
    documents = []
    for name, engine in (("alone", "local"), ("many", "ray")):
        small = make(tmp_path / name)
        small.write("functions/desk.py", desk("0.0"))
        small.split_and_freeze()
        if engine == "ray":
            small.write("functions/lightning", "")
        with small.opened() as work:
            documents.append(work.prove("desk", against="generous", engine=engine).document)
    assert not (tmp_path / "many" / "functions" / "lightning").exists(), "no worker was killed"
    alone, many = documents
    assert lasting(many) == lasting(alone)
    with small.opened() as work:
        seen: list[int] = []
        again = work.prove("desk", against="generous", engine="ray", on_progress=seen.append)
        assert again.n_recorded_before == alone.n_cases - alone.n_kept
        assert seen[-1] == alone.n_cases
    small.write("functions/desk.py", "raise RuntimeError('asked')")


def test_a_proof_says_unavailable_of_a_case_on_which_every_worker_dies(address, tmp_path):
    small = make(tmp_path / "shop", n_cases=40)
    small.write("functions/desk.py", desk("0.0"))
    with small.opened() as work:
        work.split_cases(seed=7, share_prove=0.9)
    header, *lines = small.read("cases/refunds.csv").splitlines()
    at = next(at for at, line in enumerate(lines) if line.endswith(",prove"))
    case, _, rest = lines[at].split(",", 2)
    lines[at] = f"{case},66.25,{rest}"
    small.write("cases/refunds.csv", "\n".join([header, *lines]) + "\n")
    with small.opened() as work:
        work.freeze_cases()
    with small.opened() as work:
        document = work.prove("desk", engine="ray").document
        (run,) = [one for one in proofs_of(work.project.store, "refunds") if one.answers_from is None]
        faults = [one for one in answers(work.project.store, run) if one.answer is not None and one.answer.fault]
    assert document.n_cases > 30
    assert [(one.case_id, one.answer.fault.kind) for one in faults] == [(case, FaultKind.UNAVAILABLE)]


def test_a_function_of_this_process_is_asked_in_this_process_only(frozen):
    def generous(given):
        return {"refund": "yes"}

    with frozen.opened() as work, pytest.raises(UsageError, match="can't ask generous"):
        work.prove(generous, engine="ray")


@pytest.mark.parametrize("command", [("run", "refunds", "items.jsonl"), ("prove", "refunds", "--executor", "desk")])
def test_an_engine_that_is_not_there_is_refused_in_words(frozen, remit, monkeypatch, command):
    frozen.write("items.jsonl", json.dumps({"key": "a", "input": input_of(1)}) + "\n")
    said = remit(*command, "--engine", "rai", "--json")
    assert (said.code, said.document["problems"][0]["mend"]) == (2, "did you mean `ray`?")
    said = remit(*command, "--address", "127.0.0.1:1", "--json")
    assert (said.code, said.document["code"]) == (2, "E201")
    monkeypatch.setitem(sys.modules, "ray", None)
    said = remit(*command, "--engine", "ray", "--json")
    assert said.code == 3
    assert said.document["problems"][0]["mend"] == "pip install 'remit[ray]', or leave --engine out"


def test_the_address_is_what_the_environment_says_where_none_is_given(frozen, monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", "10.0.0.1:6379")
    with frozen.opened() as work:
        assert deciding_engine(work.project, "ray", None).address == "10.0.0.1:6379"
        assert deciding_engine(work.project, "ray", "10.0.0.2:6379").address == "10.0.0.2:6379"


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"definition": "0" * 64}, "another definition of `refunds`"),
        ({"executors": (("desk", "0" * 64),)}, "another executor `desk`"),
        ({"remit": "0.0.1"}, "another version of Remit"),
        ({"store": "postgresql+psycopg://db/x"}, "another store"),
        ({"machine": "elsewhere"}, "another machine than that of the store"),
        ({"root": "/nowhere"}, "can't open the project"),
    ],
)
def test_a_worker_that_sees_another_work_does_nothing(frozen, what, words):
    with frozen.opened() as work:
        place = replace(place_of(work, "desk"), **what)
    for found in (
        decide_chunk(Asked(place=place, actor="cli", executor="desk"), []),
        ask_chunk(AskedCases(place=place, executor="desk"), []),
    ):
        assert isinstance(found.error, InvalidInput)
        assert words in str(found.error)


def test_what_a_worker_refuses_is_said_by_who_asked(address, frozen, tmp_path):
    file = tmp_path / "items.jsonl"
    file.write_text(json.dumps({"key": "a", "input": input_of(1)}) + "\n")
    with frozen.opened() as work:
        _ = work.prepared, work.executor_files
        frozen.change("work/refunds.yaml", "input.amount < 400.0", "input.amount < 500.0")  # it was read here by then
        with pytest.raises(InvalidInput, match="another definition"):
            run_file(work, file, actor="cli", executor="desk", engine=RayEngine())


def test_a_cluster_of_its_own_listens_on_the_loopback_only_and_is_gone_after_an_interrupt(frozen, tmp_path):
    frozen.write("functions/desk.py", desk("0.05"))
    frozen.write("items.jsonl", "".join(json.dumps({"key": f"k{i}", "input": input_of(i)}) + "\n" for i in range(2000)))
    command = [sys.executable, "-m", "remit", "run", "refunds", "items.jsonl", "--executor", "desk", "--engine", "ray"]
    env = {name: value for name, value in environment(PYTHONWARNINGS="default").items() if not name.startswith("RAY_")}
    with subprocess.Popen(
        command, cwd=frozen.root, env=env | {"TMPDIR": "/tmp"}, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        calls = frozen.root / ".remit" / "remit.db"

        def n_recorded() -> int:
            if not calls.exists():
                return 0
            with open_store(str(calls)) as store:
                return found_by_hand(store, "SELECT count(*) FROM decisions")[0][0]

        try:
            until(lambda: n_recorded() > 5 or process.poll() is not None, longest_s=90)
            assert process.poll() is None, process.stderr.read()
            folders = [*Path("/tmp").glob(f"remit-ray-{process.pid}-*")]
            assert len(folders) == 1
            open_to = listened_at(f"remit-ray-{process.pid}-")
            assert open_to
            assert all(one in LOOPBACK for one in open_to), open_to
            os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does
            assert process.wait(60) == 130
            assert process.stderr.read().decode().strip().endswith("interrupted")
        finally:
            process.kill()
    assert not folders[0].exists()
    until(lambda: not of_cluster(f"remit-ray-{process.pid}-"), longest_s=30)


LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


def of_cluster(name: str) -> list[str]:
    """The ids of the processes of a cluster: its folder is in their commands, or in those of their parents."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if name in (folder / "cmdline").read_text():
                found.append(folder.name)
        except OSError:
            continue
    return found


def listened_at(name: str) -> set[str]:
    """The addresses where a cluster listens, as the kernel writes them."""
    inodes = {}
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == "0A":
                inodes[f"socket:[{rest[5]}]"] = local.partition(":")[0]
    found = set()
    for pid in of_cluster(name):
        for link in Path("/proc", pid, "fd").glob("*"):
            try:
                target = str(link.readlink())
            except OSError:
                continue
            if target in inodes:
                found.add(inodes[target])
    return found


def test_a_process_that_imported_ray_too_early_is_told_so_at_once(tmp_path):
    script = (
        "import ray\n"
        "from remit.errors import InvalidInput\n"
        "from remit.runtime.scaling.cluster import cluster\n"
        "try:\n"
        "    with cluster(): pass\n"
        "except InvalidInput as error:\n"
        "    print(error)\n"
    )
    env = {name: value for name, value in environment(PYTHONWARNINGS="default").items() if not name.startswith("RAY_")}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False)
    assert "ray was imported in this process before" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("127.0.0.1:9", "the Ray cluster at 127.0.0.1:9 can't be reached: Connection refused"),
        ("ray://head:10001", "`ray://head:10001` is no address of a Ray cluster"),
        ("head", "`head` is no address of a Ray cluster"),
    ],
)
def test_a_cluster_that_is_not_there_is_said_to_be_out_of_reach(where, words):
    script = (
        "import sys\n"
        "from remit.errors import RemitError\n"
        "from remit.runtime.scaling.cluster import cluster\n"
        "try:\n"
        "    with cluster(sys.argv[1]): pass\n"
        "except RemitError as error:\n"
        "    print(error)\n"
    )
    env = environment(PYTHONWARNINGS="default")
    done = subprocess.run([sys.executable, "-c", script, where], env=env, capture_output=True, text=True, check=False)
    assert words in done.stdout, done.stderr
