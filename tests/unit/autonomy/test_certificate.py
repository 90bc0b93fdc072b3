from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from remit.autonomy.certificate import Certificate, Grant, effective
from remit.definition.levels import Level

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CERTIFICATE = Certificate(
    threshold=0.9, alpha=0.02, delta=0.025, n_acted=500, n_wrong=2, n_cases=900, coverage=0.55, upper_bound=0.015,
    method="fixed_sequence", assumptions=(), evidence_digest="e", executor_digest="x", case_set_digest="c", made_at=NOW,
)  # fmt: skip
GRANT = Grant(
    work="w", executor="svm", level=Level.SUPERVISED, by="Head", reason="because", definition_digest="d",
    evidence_digest="e", executor_digest="x", granted_at=NOW, until=NOW + timedelta(days=30), certificate=CERTIFICATE,
)  # fmt: skip


def state(grant, *, evidence="e", executor="x", now=NOW):
    return effective(grant, evidence_digest=evidence, executor_digest=executor, now=now)


def test_no_grant_is_manual():
    assert state(None).level is Level.MANUAL


def test_a_valid_grant_counts_as_granted():
    assert state(GRANT).level is Level.SUPERVISED
    assert state(GRANT).because is None


def test_a_changed_definition_falls_to_shadow_and_says_why():
    found = state(GRANT, evidence="other")
    assert found.level is Level.SHADOW
    assert "definition" in (found.because or "")


def test_a_changed_executor_falls_to_shadow_and_says_why():
    found = state(GRANT, executor="other")
    assert found.level is Level.SHADOW
    assert "executor" in (found.because or "")


@pytest.mark.parametrize("name", ["evidence_digest", "executor_digest"])
def test_a_certificate_for_something_else_falls_to_shadow(name):
    assert state(replace(GRANT, certificate=replace(CERTIFICATE, **{name: "other"}))).level is Level.SHADOW


def test_an_expired_grant_falls_to_suggest():
    assert state(GRANT, now=NOW + timedelta(days=29)).level is Level.SUPERVISED
    found = state(GRANT, now=NOW + timedelta(days=30))
    assert found.level is Level.SUGGEST
    assert "expired" in (found.because or "")


def test_falling_never_raises_a_level():
    shadow = replace(GRANT, level=Level.SHADOW, certificate=None)
    assert state(shadow, now=NOW + timedelta(days=99)).level is Level.SHADOW
    assert state(replace(shadow, level=Level.MANUAL), evidence="other").level is Level.MANUAL
    assert state(replace(shadow, level=Level.SUGGEST), now=NOW + timedelta(days=99)).level is Level.SUGGEST


def test_a_grant_without_end_does_not_expire():
    assert state(replace(GRANT, until=None), now=NOW + timedelta(days=9999)).level is Level.SUPERVISED
