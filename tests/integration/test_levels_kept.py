"""A table of levels is computed once for a project, whoever else writes it, and whatever became of its file."""

import json
import subprocess
import sys

import pytest
from tests.integration.small_project import environment

from remit.project.state import levels_cache
from remit.project.state.levels_cache import LevelsCache
from remit.stats import levels_for
from remit.stats.certification.levels import levels_key

TABLE = levels_for(0.1, 0.05, 60)
KEY = levels_key(0.1, 0.05, 60, TABLE.shape)

# Writes and reads one table again and again, and fails where it ever reads half of one.
WRITER = """
import sys
from pathlib import Path
from remit.project.state.levels_cache import LevelsCache
from remit.stats import levels_for

state, cache = Path(sys.argv[1]), LevelsCache(Path(sys.argv[1]))
table = levels_for(0.1, 0.05, 60)
key = sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
for _ in range(150):
    cache[key] = table
    assert cache[key].to_json() == table.to_json()
"""


@pytest.fixture
def kept(tmp_path):
    return LevelsCache(tmp_path / ".remit")


def path_of(kept):
    (path,) = kept._folder.glob("*.json")
    return path


def test_a_table_is_computed_once_and_read_from_then_on(kept, monkeypatch):
    made = levels_for(0.1, 0.05, 60, cache=kept)
    assert list(kept) == [KEY]
    before = path_of(kept).stat().st_mtime_ns
    again = levels_for(0.1, 0.05, 60, cache=LevelsCache(kept._folder.parent))
    assert again.to_json() == made.to_json()
    assert again is not made
    assert path_of(kept).stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "broken",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: "[" * 100_000,
        lambda text: "7",
        lambda text: text.replace('"version":2', '"version":1'),
        lambda text: text.replace('"handover":', '"handover":1'),
        lambda text: json.dumps({**json.loads(text), "sha256": "0" * 64}),
        lambda text: text + "\0",
    ],
)
def test_a_broken_file_is_computed_again_and_replaced(kept, broken):
    kept[KEY] = TABLE
    text = path_of(kept).read_text(encoding="utf-8")
    path_of(kept).write_text(broken(text), encoding="utf-8")
    assert KEY not in kept
    assert kept.get(KEY) is None
    assert levels_for(0.1, 0.05, 60, cache=kept).to_json() == TABLE.to_json()
    assert path_of(kept).read_text(encoding="utf-8") == text


def test_a_table_of_another_key_is_not_taken(kept):
    kept[KEY] = TABLE
    path_of(kept).rename(kept._path("another"))
    assert "another" not in kept


def test_where_nothing_can_be_written_it_is_computed_and_no_error(tmp_path):
    (tmp_path / ".remit").write_text("a file in the place of the folder")
    kept = LevelsCache(tmp_path / ".remit")
    kept[KEY] = TABLE
    assert (len(kept), kept.get(KEY)) == (0, None)


def test_only_the_newest_tables_stay(kept, monkeypatch):
    monkeypatch.setattr(levels_cache, "MOST_TABLES", 3)
    tables = [levels_for(0.1, 0.05, n) for n in (60, 61, 62, 63)]
    for age, table in enumerate(tables):
        key = levels_key(0.1, 0.05, table.n, table.shape)
        kept[key] = table
        os_utime(kept._path(key), 1_000_000 + age)
    assert sorted(key.split("-")[3] for key in kept) == ["61", "62", "63"]


def os_utime(path, at):
    import os

    if path.exists():
        os.utime(path, (at, at))


def test_one_table_may_be_taken_out(kept):
    kept[KEY] = TABLE
    del kept[KEY]
    assert len(kept) == 0
    with pytest.raises(KeyError):
        del kept[KEY]


def test_two_processes_that_write_one_table_at_once_never_read_half_of_it(kept):
    both = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(kept._folder.parent), KEY],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdout.readline() == "ready\n"
    for process in both:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [(*process.communicate(timeout=120), process.returncode) for process in both]
    assert [(err, code) for _, err, code in said] == [("", 0), ("", 0)]
    assert kept[KEY].to_json() == TABLE.to_json()
    assert [path.suffix for path in kept._folder.iterdir()] == [".json"]


def test_a_proof_gives_the_same_certificate_with_tables_kept_broken_and_gone(frozen):
    with frozen.opened() as work:
        first = work.prove("desk").document
    folder = frozen.root / ".remit" / "levels"
    files = list(folder.glob("*.json"))
    assert files
    for path in files:
        path.write_text("{")
    with frozen.opened() as work:
        broken = work.prove("desk").document
    for path in files:
        path.unlink()
    with frozen.opened() as work:
        gone = work.prove("desk").document
    found = {(one.certificate.threshold, one.certificate.n_acted, one.outlook) for one in (first, broken, gone)}
    assert len(found) == 1
    assert first.certificate.method == "step_down"


def proved(frozen):
    with frozen.opened() as work:
        return work.prove("desk").document


def _a_file(frozen):
    frozen.write(".remit/levels", "a file in the place of the folder")


def _a_link_to_nowhere(frozen):
    (frozen.root / ".remit" / "levels").symlink_to("nowhere")


def _folders_in_the_place_of_tables(frozen):
    proved(frozen)
    for path in (frozen.root / ".remit" / "levels").glob("*.json"):
        path.unlink()
        path.mkdir()


@pytest.mark.parametrize("spoil", [_a_file, _a_link_to_nowhere, _folders_in_the_place_of_tables])
def test_a_proof_is_made_where_no_table_can_be_kept(frozen, spoil):
    spoil(frozen)
    assert proved(frozen).certificate is not None
