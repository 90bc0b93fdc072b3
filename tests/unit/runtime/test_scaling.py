"""What has to hold of a cluster, and of the chunks that it is given, without one that runs."""

import os
import tempfile
from types import SimpleNamespace

import pytest

from remit.errors import OutsideError
from remit.runtime.scaling.cluster import _new_folder, _refuse_open
from remit.runtime.scaling.spread import _next_size, _parts


def reached_at(address):
    return SimpleNamespace(util=SimpleNamespace(get_node_ip_address=lambda: address))


def test_a_cluster_of_this_machine_that_others_can_reach_is_not_used():
    _refuse_open(reached_at("127.0.0.1"))
    with pytest.raises(OutsideError, match="could be reached from others"):
        _refuse_open(reached_at("10.0.0.5"))


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_has_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone, living, other = (tmp_path / name for name in ("remit-ray-4194305-a", f"remit-ray-{os.getpid()}-b", "else"))
    for folder in (gone, living, other):
        folder.mkdir()
    made = _new_folder()
    assert sorted(tmp_path.iterdir()) == sorted((living, other, made))
    assert made.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("size", "n", "seconds", "expected"),
    [
        (4, 4, 0.001, 16),  # quick: more, but not at once
        (100, 100, 0.5, 200),  # as many as should take a second
        (100, 100, 10.0, 10),
        (4, 4, 60.0, 1),  # never none
        (2000, 2000, 0.0, 2000),  # never more than that
    ],
)
def test_chunks_become_as_large_as_takes_about_a_second(size, n, seconds, expected):
    assert _next_size(size, n, seconds) == expected


@pytest.mark.parametrize("n", [2, 7, 8, 9, 100, 2000])
def test_a_chunk_is_cut_into_all_of_its_rows_in_their_order(n):
    parts = list(_parts(list(range(n))))
    assert [one for part in parts for one in part] == list(range(n))
    assert 2 <= len(parts) <= 8
