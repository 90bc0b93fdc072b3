"""A file is written wholly or not at all."""

import pytest

from remit.errors import FileUnreadable
from remit.files.atomic import write_bytes, write_text


def test_a_text_is_written_as_utf8_and_replaces_what_was_there(tmp_path):
    path = tmp_path / "x.txt"
    write_text(path, "one")
    write_text(path, "zwei ü\n")
    assert path.read_bytes() == "zwei ü\n".encode()
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.txt"]


def test_what_was_there_keeps_its_permissions(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"1")
    path.chmod(0o640)
    write_bytes(path, b"2")
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.read_bytes() == b"2"


def test_a_link_is_followed(tmp_path):
    (tmp_path / "real").write_text("1")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_text(tmp_path / "link", "2")
    assert (tmp_path / "real").read_text() == "2"
    assert (tmp_path / "link").is_symlink()


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    path = tmp_path / "x"
    write_text(path, "old")
    with pytest.raises(TypeError):
        write_bytes(path, "no bytes")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x"]


def test_what_is_left_of_a_crash_does_no_harm(tmp_path):
    import os
    import threading

    (tmp_path / f".x.{os.getpid()}.{threading.get_ident()}.part").write_text("half of something much longer")
    write_text(tmp_path / "x", "new")
    assert (tmp_path / "x").read_text() == "new"


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileUnreadable) as caught:
        write_text(tmp_path / "none" / "x", "1")
    assert caught.value.problems[0].where.file == str(tmp_path / "none" / "x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileUnreadable):
        write_text(tmp_path / "folder", "1")
