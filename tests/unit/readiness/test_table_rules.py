"""Does every item find its rule, and just one where only one may decide?"""

import pytest

RULES = [["true", "-", "fraud"], ["false", "< 10", "orders"], ["false", ">= 10", "other"]]


@pytest.fixture
def tabled(work):
    work.put("inputs.fields", {"business": "yes/no", "amount": "number >= 0", "note": "optional text <= 20"})
    work.put("scope.excludes", [])
    return work.put("decisions.0.table", {"in": ["input.business", "input.amount"], "out": ["team"], "rules": RULES})


def rules(work, rows, policy="UNIQUE", columns=None):
    work.put("decisions.0.table.rules", rows).put("decisions.0.table.hit_policy", policy)
    return work if columns is None else work.put("decisions.0.table.in", columns)


def test_completeness_is_not_asked_where_there_is_no_table(work):
    assert work.not_applicable("IO07") == "no decision has a table"


def test_a_complete_table_without_overlap_passes(tabled):
    assert tabled.passes("IO07")


def test_an_item_without_a_rule_is_told(tabled):
    rules(tabled, RULES[:2])
    assert tabled.fails("IO07") == ["No rule covers input.business = false, input.amount = 10."]
    assert tabled.places("IO07") == ["decisions.0.table"]


def test_a_field_that_may_be_missing_needs_a_rule_for_that(tabled):
    rules(tabled, [['"x"', "fraud"], ['not("x")', "orders"]], columns=["input.note"])
    assert tabled.fails("IO07") == ["No rule covers input.note without a value."]
    tabled.put("inputs.when_missing", {"note": {"use": ""}, "*": "review"})
    assert tabled.passes("IO07")


def test_two_rules_that_contradict_each_other_are_told_at_the_second(tabled):
    rules(tabled, [*RULES, ["-", "0", "orders"]])
    first, second = tabled.fails("IO07")
    assert first == "Rules 1 and 4 both match input.business = true, input.amount = 0, and answer differently."
    assert second == "Rules 2 and 4 both match input.business = false, input.amount = 0, and answer the same."
    assert tabled.places("IO07") == ["decisions.0.table.rules.3"] * 2
    mends = [one.mend for one in tabled.result("IO07").findings]
    assert mends[0].startswith("Narrow one of them")
    assert mends[1].startswith("Merge them")


def test_any_allows_rules_that_answer_the_same(tabled):
    rules(tabled, [*RULES, ["false", "< 5", "orders"]], "ANY")
    assert tabled.passes("IO07")
    rules(tabled, [*RULES, ["false", "< 5", "other"]], "ANY")
    assert len(tabled.fails("IO07")) == 1
    assert tabled.result("IO07").findings[0].mend.startswith("Make them answer the same")


def test_a_rule_behind_others_that_take_all_of_it_is_told(tabled):
    rules(tabled, [*RULES, ["-", "[3..30]", "orders"]], "FIRST")
    assert tabled.fails("IO07") == ["Rule 4 never decides: rules 1, 2, 3 take all that it matches."]
    rules(tabled, [["-", "< 20", "fraud"], ["-", "< 5", "orders"], ["-", "-", "other"]], "FIRST")
    assert tabled.fails("IO07") == ["Rule 2 never decides: rule 1 takes all that it matches."]


def test_a_rule_that_no_item_can_match_is_told(tabled):
    rules(tabled, [*RULES, ["-", "< 0", "orders"]])
    assert tabled.fails("IO07") == ["Rule 4 never matches: no value of input.amount passes its cell."]


def test_of_many_faults_the_first_are_told_and_how_many_there_are(tabled):
    rules(tabled, [["-", f"(0..{n})", "other"] for n in range(1, 40)])
    told = tabled.fails("IO07")
    assert len([one for one in told if one.startswith("Rules ")]) == 10
    assert "741 pairs of rules overlap in all." in told
    rules(tabled, [["-", "-", "other"], *(["-", str(n), "other"] for n in range(30))], "FIRST")
    told = tabled.fails("IO07")
    assert len(told) == 21
    assert told[-1] == "10 more rules never decide."
    rules(tabled, [["-", str(n), "other"] for n in range(30)])
    assert tabled.fails("IO07")[-1] == "There are more gaps than these 10."


def test_what_a_computed_column_leaves_open_is_unknown(tabled):
    columns = ["input.business", "input.amount > 5.0"]
    rules(tabled, [["true", "true", "fraud"], ["false", "-", "other"]], columns=columns)
    assert tabled.unknown("IO07") == (
        "No rule covers input.business = true, input.amount > 5.0 = false; whether such an item can come is not known."
    )
    rules(tabled, [["-", "true", "fraud"], ["-", "-", "other"]], columns=columns)
    assert "answer differently; whether such an item can come is not known" in tabled.unknown("IO07")
    rules(tabled, [["-", "true", "fraud"], ["-", "false", "other"]], columns=columns)
    assert tabled.passes("IO07")


def test_an_example_that_is_out_of_scope_leaves_the_rest_open(tabled):
    excluded = [{"what": "letters", "then": "review"}, {"what": "large", "when": "input.amount >= 10.0"}]
    rules(tabled.put("scope.excludes", excluded), RULES[:2])
    assert "whether such an item can come is not known" in tabled.unknown("IO07")
    tabled.put(
        "scope.excludes", [{"what": "?", "when": "input.amount >"}, {"what": "small", "when": "input.amount < 1.0"}]
    )
    assert len(tabled.fails("IO07")) == 1


def test_what_is_unknown_stands_beside_what_is_wrong(tabled):
    open_ = {"in": ["input.amount > 5.0"], "out": ["team"], "rules": [["true", "other"]]}
    tabled.data["decisions"].append({"id": "team", "table": open_})
    rules(tabled, RULES[:2])
    assert len(tabled.fails("IO07")) == 2


def test_a_table_that_can_not_be_used_is_unknown(tabled):
    rules(tabled, [["-", "[5..1]", "other"]])
    assert tabled.unknown("IO07").startswith("The table can't be used: rule 1, cell 2: ")
    rules(tabled, [["-", "-", "other"]], columns=["input.", "input.amount"])
    assert tabled.unknown("IO07").startswith("The table can't be used: ")


def test_a_table_that_is_too_large_is_unknown(tabled, monkeypatch):
    monkeypatch.setattr("remit.definition.tables.analysis._MOST_BYTES", 0)
    assert tabled.unknown("IO07").startswith("Not known: the table is too large to be analysed")
