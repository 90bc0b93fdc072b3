"""Measure what a decided item takes in each store, and write docs/explanation/sizing.md from it.

``python tools/sizing_page.py`` writes many real items twice, once N and once 2 N, into SQLite and into PostgreSQL, and takes
the slope: what a table and its indexes grow by for each item.  It needs PostgreSQL's test server; the page names the
versions.  A test measures fewer items and holds the page against them.
"""

from __future__ import annotations

import json
import random
import sqlite3
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.governed_project import GOVERNED, make_project, opened_work  # noqa: E402

from remit.items import Item  # noqa: E402
from remit.project.ledger.keeping import seal_all  # noqa: E402

PAGE = ROOT / "docs" / "explanation" / "sizing.md"
N = 10_000
TABLES = ("decisions", "payloads", "ledger", "outbox", "reviews", "seals")
A_DAY = 1_000_000
START, END = "<!-- measured: written by tools/sizing_page.py -->\n", "<!-- end of what is measured -->\n"
_RNG = random.Random(7)
WORDS = ["".join(_RNG.choices("etaoinshrdlucmfwypvbgkjqxz", k=_RNG.randint(2, 10))) for _ in range(3_000)]


def input_of(i: int, n_text: int) -> dict[str, object]:
    """An input of about ``n_text`` bytes of text beside four small fields; ten of a hundred go to a person."""
    words = random.Random(i).choices(WORDS, k=n_text // 3)  # few repeat, as in a message: PostgreSQL packs what repeats
    text = f"{i:08} {' '.join(words)}"[:n_text]
    ratio = float(i % 100) if i % 10 else 1_000.0
    return {"ratio": ratio, "value": 0.8, "name": text, "purpose": "abc"[i % 3], "n": i % 5}


def measured(store: str, n: int, n_text: int, folder: Path) -> dict[str, float]:
    """Bytes that each table, with its indexes, and the whole grow by for one item of ``store``, by the slope."""
    made = dict(GOVERNED)
    made["inputs"] = {"fields": {**GOVERNED["inputs"]["fields"], "name": "text <= 100000"}}
    made["uncertainty"] = {"review_when": "input.ratio >= 1000.0"}
    make_project(folder, store)
    (folder / "work" / "trivial.yaml").write_text(json.dumps(made), encoding="utf-8")
    from bench.governed_project import _grant

    with opened_work(folder) as work:
        _grant(work)
        sizes = []
        for part in range(2):
            items = (Item(key=f"order-{i:09}", input=input_of(i, n_text)) for i in range(part * n, (part + 1) * n))
            routes = [one.record.decision.route.value for one in work.decide_many(items)]
            assert 0.08 * n < routes.count("review") < 0.12 * n, routes[:12]
            seal_all(work.project)
            sizes.append(_sizes(store, work.project.store))
    return {name: (sizes[1][name] - sizes[0][name]) / n for name in sizes[0]}


def _sizes(store: str, opened: object) -> Mapping[str, int]:
    if "://" in store:
        return _on_postgresql(store)
    return _on_sqlite(str(opened.path))  # type: ignore[attr-defined]


def _on_sqlite(path: str) -> dict[str, int]:
    """Bytes of each table and its indexes by the pages that they have."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        by_name = dict(connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"))
        of = dict(connection.execute("SELECT name, tbl_name FROM sqlite_schema WHERE type IN ('table', 'index')"))
    sizes = dict.fromkeys(TABLES, 0)
    whole = 0
    for name, size in by_name.items():
        whole += size
        if of.get(name) in sizes:
            sizes[of[name]] += size
    return sizes | {"whole": whole}


def _on_postgresql(url: str) -> dict[str, int]:
    """Bytes of each table with its indexes and what it keeps apart (TOAST), after a VACUUM."""
    import psycopg

    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("VACUUM")
        sizes = {
            table: connection.execute("SELECT pg_total_relation_size(%s)", (table,)).fetchone()[0] for table in TABLES
        }
        every = connection.execute(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchone()[0]
    return sizes | {"whole": int(every)}


def tables(found: Mapping[str, Mapping[str, float]], *, n: int) -> str:
    """The measured part of the page."""
    lines = [
        f"Bytes for one item, table and indexes together: the slope between {n:,} and {2 * n:,} real items, one in ten of",
        "them for a person, every thousand entries one seal, one effect for each that is acted on.",
        "",
        "| what | " + " | ".join(found) + " |",
        "|---|" + "---:|" * len(found),
    ]
    for name in (*TABLES, "whole"):
        cells = (f"{one[name]:,.0f}" for one in found.values())
        lines.append(f"| {'**all**' if name == 'whole' else f'`{name}`'} | " + " | ".join(cells) + " |")
    lines += [
        "",
        f"At {A_DAY:,} items a day:",
        "",
        "| store | a day | a month (30 days) | a year |",
        "|---|---:|---:|---:|",
    ]
    for name, one in found.items():
        day = round(one["whole"]) * A_DAY  # as the page says it, so that a reader comes to the same
        lines.append(f"| {name} | {_size(day)} | {_size(day * 30)} | {_size(day * 365)} |")
    return "\n".join(lines) + "\n"


def _size(n_bytes: float) -> str:
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if n_bytes >= size:
            return f"{n_bytes / size:,.2f} {unit}" if unit == "TB" else f"{n_bytes / size:,.1f} {unit}"
    return f"{n_bytes:,.0f} B"


def read_page() -> dict[str, dict[str, float]]:
    """What the page says: bytes for one item, by column and by table."""
    part = PAGE.read_text(encoding="utf-8").split(START)[1].split(END)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("|")]
    head, found = rows[0][1:], {}
    for column, name in enumerate(head, start=1):
        found[name] = {
            "whole" if row[0] == "**all**" else row[0].strip("`"): float(row[column].replace(",", ""))
            for row in rows[2 : 2 + len(TABLES) + 1]
        }
    return found


def main() -> None:
    """Measure both stores with two sizes of content, and write the page."""
    from bench.whole_decision import Server

    server = Server()
    found: dict[str, dict[str, float]] = {}
    try:
        for n_text in (100, 2_000):
            with tempfile.TemporaryDirectory() as name:
                found[f"SQLite, {n_text:,} bytes of text"] = measured("remit.db", N, n_text, Path(name) / "project")
            with tempfile.TemporaryDirectory() as name:
                url = server.new_store()
                found[f"PostgreSQL, {n_text:,} bytes of text"] = measured(url, N, n_text, Path(name) / "project")
    finally:
        server.remove()
    before, rest = PAGE.read_text(encoding="utf-8").split(START)
    _, after = rest.split(END)
    PAGE.write_text(f"{before}{START}\n{tables(found, n=N)}\n{END}{after}", encoding="utf-8")
    print(f"wrote {PAGE.name}")


if __name__ == "__main__":
    main()
