"""Runs every benchmark and prints one table: ``python -m bench [--write] [NAME...]``.

A benchmark is a module of this folder with a function ``figures``.  The exit code is 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import platform
import sys
from pathlib import Path

import bench
from bench.figure import Figure, merged, table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
START, END = "<!-- table: written by make bench ARGS=--write -->\n", "<!-- end of table -->"


def main() -> int:
    """0 where every goal is reached, else 1."""
    names = [module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_")]
    modules = {name: importlib.import_module(f"bench.{name}") for name in names}
    benchmarks = {name: module.figures for name, module in modules.items() if hasattr(module, "figures")}
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(benchmarks))
    parser.add_argument("--write", action="store_true", help="put the rows into the table of docs/benchmarks.md")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(benchmarks):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    found: list[Figure] = []
    for name in asked.names or benchmarks:
        print(f"measuring {name}", file=sys.stderr)
        found.extend(benchmarks[name]())
    rows = table(found)
    print(f"{rows}\n{_machine()}\n")
    if asked.write:
        before, rest = PAGE.read_text(encoding="utf-8").split(START)
        known, after = rest.split(END)
        kept = merged(known, rows) if asked.names else rows
        PAGE.write_text(f"{before}{START}\n{kept}\n{_machine()}\n\n{END}{after}", encoding="utf-8")
    return int(any(figure.reached is False for figure in found))


def _machine() -> str:
    system = f"{platform.system()} {platform.machine()}"
    return f"Measured on {os.cpu_count()} cores, {system}, Python {platform.python_version()}."


if __name__ == "__main__":
    sys.exit(main())
