"""The numbers of the sizing page are those that items take: measured again, with fewer, on both stores."""

from __future__ import annotations

import re

import pytest
from tools.sizing_page import PAGE, TABLES, measured, read_page, tables

N = 1_000
CHUNK = 32_768  # a table of PostgreSQL grows by pages of 8 kB, and its indexes in steps


@pytest.mark.parametrize("n_text", [100, 2_000])
@pytest.mark.parametrize("store", ["SQLite", "PostgreSQL"])
def test_an_item_takes_what_the_page_says(store, n_text, tmp_path, request):
    url = "remit.db"
    if store == "PostgreSQL":
        server = request.getfixturevalue("postgres_server")
        url = server.make_store()
        request.addfinalizer(lambda: server.drop_database(url))
    found = measured(url, N, n_text, tmp_path / "project")
    said = read_page()[f"{store}, {n_text:,} bytes of text"]
    assert said.keys() == found.keys() == {*TABLES, "whole"}
    for name, size in found.items():
        assert abs(size - said[name]) <= 0.1 * said[name] + 2 * CHUNK / N, (name, size, said[name])


def test_what_a_day_a_month_and_a_year_take_follows_from_the_bytes_of_an_item():
    said = read_page()
    text = PAGE.read_text(encoding="utf-8")
    n = int(re.search(r"between ([\d,]+) and", text)[1].replace(",", ""))
    assert tables(said, n=n) in text


def test_the_whole_is_little_more_than_its_parts():
    for one in read_page().values():
        parts = sum(one[name] for name in TABLES)
        assert parts <= one["whole"] * 1.01
        assert one["whole"] <= parts * 1.05
