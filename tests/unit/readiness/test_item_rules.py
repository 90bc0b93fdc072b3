"""Would real items be let in."""

from remit.definition.digests import evidence_digest
from remit.readiness.facts import RealItemsFact


def came(work, n_refused, lower, upper):
    fact = RealItemsFact(
        evidence_digest=evidence_digest(work.definition),
        n=1000,
        n_refused=n_refused,
        refused_lower=lower,
        refused_upper=upper,
        most="input.body: expected text",
    )
    return work.with_facts(real_items=fact)


def test_without_real_items_nothing_is_known(work):
    assert work.unknown("IO10") == "not measured yet: no real items were held against the inputs"
    assert came(work, 0, 0.0, 0.003).put("scope.unit", "one letter").unknown("IO10").startswith("stale")


def test_real_items_that_fit_pass(work):
    assert came(work, 0, 0.0, 0.01).passes("IO10")


def test_real_items_that_would_be_refused_fail(work):
    assert came(work, 40, 0.03, 0.052).fails("IO10") == [
        "4 % of 1000 real items would be refused (most: input.body: expected text)."
    ]


def test_too_few_items_to_tell_are_unknown(work):
    assert "at most 0.015 is shown" in came(work, 8, 0.005, 0.015).unknown("IO10")
