"""What carries facts and findings around does not pay for the rules."""

import subprocess
import sys

HEAVY = ("numpy", "scipy", "sqlalchemy", "google.protobuf", "cel_expr_python", "jsonschema_rs", "yaml")


def loaded(statement):
    code = f"import sys; sys.path[:] = {sys.path!r}; {statement}; print(' '.join(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(found.stdout.split())


def test_facts_and_findings_come_without_the_rules():
    assert "remit.readiness.judge" not in loaded("import remit.readiness")


def test_the_rules_come_without_heavy_libraries():
    assert not loaded("import remit.readiness.judge, remit.readiness.explain") & set(HEAVY)
