"""A server on PostgreSQL: it decides, people review and audit, it stops, it starts again where it was."""

from __future__ import annotations

import signal

import pytest
from tests.integration.serving.test_serve_command import ended, serving, tokens
from tests.integration.small_project import ITEM

from remit.client import Client
from remit.definition.levels import Level
from remit.errors import KeyConflict
from remit.project import Project


@pytest.fixture
def root(opened, postgres_url):
    served = opened()
    served.project.close()
    path = served.root / "remit.yaml"
    path.write_text(f"{path.read_text()}store: '{postgres_url}'\n")
    work = served.root / "work/refunds.yaml"
    work.write_text(work.read_text().replace("audit_share: 0.05", "audit_share: 1.0", 1))
    with Project.open(served.root) as project:
        served.project = project
        served.hold(Level.SUPERVISED)
    return served.root


def test_everything_is_there_again_after_a_restart(root):
    secret = tokens(root)
    with serving(root) as (process, url):
        with (
            Client(url, secret["shop"]) as shop,
            Client(url, secret["tarek"]) as clerk,
            Client(url, secret["jonas"]) as owner,
        ):
            acted = shop.decide("refunds", ITEM, key="k1")
            assert (acted["route"], acted["output"]) == ("act", {"refund": "yes"})
            (audit,) = clerk.audits(state="open")
            assert audit["suggestion"] is None
            done = clerk.decide_review(audit["id"], output={"refund": "no"})
            assert done["finding"]["wrong"] is True
            owner.stop("refunds", reason="an odd refund")
            stopped = shop.decide("refunds", ITEM, key="k2")
            assert (stopped["route"], stopped["waiting"]) == ("stopped", True)
        assert ended(process, signal.SIGTERM) == (0, "")
    with serving(root) as (process, url):
        with (
            Client(url, secret["shop"]) as shop,
            Client(url, secret["tarek"]) as clerk,
            Client(url, secret["jonas"]) as owner,
        ):
            assert shop.decide("refunds", ITEM, key="k1")["repeated"]
            with pytest.raises(KeyConflict):
                shop.decide("refunds", {**ITEM, "amount": 21.0}, key="k1")
            clerk.decide_review(stopped["review"], output={"refund": "yes"})
            assert shop.decision(stopped["id"])["output"] == {"refund": "yes"}
            assert owner.item("refunds", "k1")["truths"][0]["wrong"] is True
            assert owner.verify_ledger()["verifies"]
            owner.resume("refunds", reason="it was fine")
        assert ended(process, signal.SIGTERM) == (0, "")
