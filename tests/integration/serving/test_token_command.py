"""`remit token`: made once, shown once, listed without itself, revoked once."""

from __future__ import annotations

import pytest
from tests.integration.serving.conftest import PEOPLE
from tests.integration.small_project import Terminal

OPS = ("--by", "ops")


@pytest.fixture
def remit(capsys, monkeypatch, opened):
    served = opened()
    served.project.close()
    for name in ("REMIT_STORE", "REMIT_BY"):
        monkeypatch.delenv(name, raising=False)
    return Terminal(capsys, monkeypatch, served.root)


def test_a_token_is_shown_once_and_listed_without_itself(remit):
    made = remit(
        "token", "make", "kim", "--role", "reviewer", "--work", "refunds", "--days", "3", "--json", *OPS
    ).document
    assert (made["person"], made["roles"], made["work"]) == ("kim", ["reviewer"], "refunds")
    assert len(made["secret"]) > 43
    listed = remit("token", "list", "--json")
    assert [one["id"] for one in listed.document["tokens"]] == [made["id"]]
    assert made["secret"] not in listed.out
    assert "hash" not in listed.out
    assert "kim as reviewer, for refunds" in remit("token", "list").out


def test_a_token_is_revoked_once(remit):
    made = remit("token", "make", "lea", "--json", *OPS).document
    assert remit("token", "revoke", made["id"]).code == 0
    assert remit("token", "revoke", made["id"]).code == 5
    assert remit("token", "revoke", "none").code == 5
    assert "revoked" in remit("token", "list").out


def test_a_token_says_who_made_it_and_nobody_is_taken_for_its_maker(remit, monkeypatch):
    refused = remit("token", "make", "lea")
    assert (refused.code, refused.out) == (2, "")
    assert "it has to be known who does this" in refused.err
    assert "There is no token" in remit("token", "list").out
    assert remit("token", "make", "lea", "--json", *OPS).document["made_by"] == "ops"
    assert "made by ops" in remit("token", "list").out
    monkeypatch.setenv("REMIT_BY", "mira")
    assert remit("token", "make", "lea", "--json").document["made_by"] == "mira"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("eve",), 8, "not known"),
        (("mira", "--role", "admin"), 8, "mira is not admin"),
        (("mira", "--role", "refund clerk"), 2, "no role of access"),
        (("mira", "--work", "refund"), 5, "refunds"),
        (("mira", "--days", "0"), 2, "--days 90"),
    ],
)
def test_a_token_that_makes_no_sense_is_not_made(remit, arguments, code, said):
    refused = remit("token", "make", *arguments, *OPS)
    assert refused.code == code
    assert said in refused.err
    assert "There is no token" in remit("token", "list").out
    assert "eve" not in PEOPLE
