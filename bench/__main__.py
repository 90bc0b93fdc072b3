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
from bench.figure import Figure, table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
START, END = "<!-- table: written by make bench ARGS=--write -->\n", "<!-- end of table -->"


def main() -> int:
    """0 where every goal is reached, else 1."""
    names = [module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_")]
    modules = {name: importlib.import_module(f"bench.{name}") for name in names}
    benchmarks = {name: module.figures for name, module in modules.items() if hasattr(module, "figures")}
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(benchmarks))
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(benchmarks):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    found: list[Figure] = []
    for name in asked.names or benchmarks:
        print(f"measuring {name}", file=sys.stderr)
        found.extend(benchmarks[name]())
    text = f"{table(found)}\n{_machine()}\n"
    print(text)
    if asked.write:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(START)
        PAGE.write_text(before + START + "\n" + text + "\n" + END + rest.split(END)[1], encoding="utf-8")
    return int(any(figure.reached is False for figure in found))


def _machine() -> str:
    system = f"{platform.system()} {platform.machine()}"
    return f"Measured on {os.cpu_count()} cores, {system}, Python {platform.python_version()}."


if __name__ == "__main__":
    sys.exit(main())
