"""Would real items be let in."""

from remit.definition.digests import evidence_digest
from remit.readiness.facts import MessinessFact, RealItemsFact


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


def messy(work, *p_values, n=1000, n_cases=400):
    fact = RealItemsFact(
        evidence_digest=evidence_digest(work.definition),
        n=n,
        n_refused=0,
        refused_lower=0.0,
        refused_upper=0.003,
        n_cases=n_cases,
        messiness=tuple(
            MessinessFact(measure=f"measure {i}", cases_mean=10.0, real_mean=20.0, p_value=p)
            for i, p in enumerate(p_values)
        ),
    )
    return work.with_facts(real_items=fact)


def test_without_cases_nothing_is_known_of_how_messy_they_are(work):
    assert work.unknown("TT15") == "not measured yet: no real items were held against the inputs"
    assert "no cases" in came(work, 0, 0.0, 0.003).unknown("TT15")


def test_cases_as_messy_as_real_items_pass(work):
    assert messy(work, 0.3, 0.9, 0.02, 0.5).passes("TT15")  # .02 is not below .05 / 4


def test_cases_cleaner_than_real_items_fail_with_what_is_different(work):
    assert messy(work, 0.3, 0.001, 0.016, 0.5).fails("TT15") == [
        "Your cases are cleaner than your work: "
        + "; ".join(f"measure {i} 20 on average, 10 in the cases" for i in (1, 2))
        + "."
    ]


def test_too_few_cases_or_items_say_nothing_unless_they_show_it(work):
    assert "99 cases and 1000 real items are too few" in messy(work, 0.3, n_cases=99).unknown("TT15")
    assert "400 cases and 99 real items are too few" in messy(work, 0.3, n=99).unknown("TT15")
    assert len(messy(work, 0.001, n_cases=50).fails("TT15")) == 1
