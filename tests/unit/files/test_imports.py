"""`remit check` starts fast: what reads definitions loads nothing heavy."""

import subprocess
import sys
from pathlib import Path

HEAVY = ("numpy", "scipy", "sqlalchemy", "alembic", "jinja2", "sklearn", "polars", "rich", "ruamel", "jsonschema_rs")


def test_reading_definitions_imports_nothing_heavy():
    code = "import sys, remit.files.definitions as d; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    env = {"PYTHONPATH": str(Path(__file__).parents[3] / "src")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert set(done.stdout.split()).isdisjoint(HEAVY)
