"""A decision table answers by its rules, and where no rule covers an item there is no answer."""

import time

import pytest

from remit.errors import ExecutorInvalid, TableInvalid
from remit.executors import load, own_table, performer
from remit.items import ExecutorKind, Fault, FaultKind

INPUTS = {"amount": "number", "vip": "optional yes/no"}
TABLE = {"hit_policy": "FIRST", "in": ["input.amount", "input.vip"], "out": ["team"]}
RULES = [["> 100", "-", "fraud"], ["< 50", "true", "orders"]]


@pytest.fixture
def tabled(work):
    def make(table=None, **more):
        own = {"id": "team", "table": table or {**TABLE, "rules": RULES}}
        return work(decisions=[own], **more)

    return make


@pytest.fixture
def work(work):
    """The conftest's, but decisions may be given whole."""
    from remit.definition.reading import read

    def make(inputs=None, outputs=None, decisions=(), **more):
        return read(
            {
                "remit": 1,
                "id": "triage",
                "inputs": {"fields": inputs or INPUTS},
                "outputs": {"fields": outputs or {"team": ["orders", "fraud"]}},
                "decisions": list(decisions),
                **more,
            }
        )

    return make


@pytest.fixture
def loaded(tmp_path, tabled, spec):
    def make(definition=None, **given):
        given = {"kind": ExecutorKind.TABLE, **given}
        return load(spec(**given), root=tmp_path, definition=definition or tabled())

    return make


def test_the_definitions_own_table_answers(loaded):
    made = loaded()
    assert made.answer({"amount": 200.0}).output == {"team": "fraud"}
    assert made.answer({"amount": 10.0, "vip": True}).output == {"team": "orders"}
    assert made.gives_confidence is False
    assert made.answer({"amount": 200.0}).confidence is None


def test_an_item_that_no_rule_covers_has_no_answer_and_is_not_repeated(loaded):
    found = loaded().answer({"amount": 77.0})
    assert found.output is None
    assert found.fault == Fault(kind=FaultKind.ERROR, text="no rule of the table covers this item")


def test_an_item_that_two_rules_cover_has_no_answer_where_only_one_may(loaded, tabled):
    table = {**TABLE, "hit_policy": "UNIQUE", "rules": [["> 1", "-", "fraud"], ["> 0", "-", "orders"]]}
    found = loaded(tabled(table)).answer({"amount": 5.0})
    assert found.fault == Fault(kind=FaultKind.ERROR, text="rules 1 and 2 of the table both match")


def test_an_answer_names_the_rules_it_comes_from(loaded, work):
    assert loaded().answer({"amount": 200.0}).trace == "rule 1"
    rules = [["> 1", "-", 2], ["> 0", "-", 3], ["> 9", "-", 5]]
    own = {"id": "points", "table": {**TABLE, "out": ["points"], "rules": rules}}
    own["table"] |= {"hit_policy": "COLLECT", "aggregation": "SUM"}
    found = loaded(work(outputs={"points": "number"}, decisions=[own])).answer({"amount": 5.0})
    assert (found.output, found.trace) == ({"points": 5}, "rules 1, 2")


def test_of_many_rules_the_first_are_named(loaded, work):
    own = {"id": "points", "table": {**TABLE, "out": ["points"], "rules": [["-", "-", 1]] * 23}}
    own["table"] |= {"hit_policy": "RULE ORDER"}
    found = loaded(work(outputs={"points": "list of number"}, decisions=[own])).answer({"amount": 5.0})
    assert found.trace.startswith("rules 1, 2, ")
    assert found.trace.endswith(", 20 and 3 more")


def test_rules_that_contradict_each_other_are_the_fault(loaded, tabled):
    table = {**TABLE, "hit_policy": "ANY", "rules": [["> 1", "-", "fraud"], ["> 0", "-", "orders"]]}
    found = loaded(tabled(table)).answer({"amount": 5.0})
    assert found.fault.text == "rules 1 and 2 of the table match with different answers"


def test_priority_takes_the_order_of_the_listed_answers_and_the_digest_has_it(loaded, tabled):
    table = {**TABLE, "hit_policy": "PRIORITY", "rules": [["> 1", "-", "fraud"], ["> 0", "-", "orders"]]}
    first, second = tabled(table), tabled(table, outputs={"team": ["fraud", "orders"]})
    assert loaded(first).answer({"amount": 5.0}).output == {"team": "orders"}
    assert loaded(second).answer({"amount": 5.0}).output == {"team": "fraud"}
    assert loaded(first).digest != loaded(second).digest
    assert own_table(second).answer({"amount": 5.0}).output == {"team": "fraud"}


def test_a_table_runs_in_the_thread_of_the_caller(loaded):
    with performer(loaded(), clock=time.perf_counter) as perform:
        assert not perform.needs_thread


def test_several_tables_answer_together(loaded, work):
    tables = [
        {"id": "team", "table": {**TABLE, "rules": [["-", "-", "fraud"]]}},
        {
            "id": "urgent",
            "table": {"in": ["input.amount"], "out": ["urgent"], "rules": [["> 5", True], ["<= 5", False]]},
        },
    ]
    definition = work(outputs={"team": ["orders", "fraud"], "urgent": "yes/no"}, decisions=tables)
    assert loaded(definition).answer({"amount": 9.0}).output == {"team": "fraud", "urgent": True}
    assert loaded(definition).answer({"amount": 9.0}).trace == "rule 1 of team; rule 1 of urgent"
    assert own_table(definition).answer({"amount": 1.0}).output == {"team": "fraud", "urgent": False}


def test_tables_that_leave_an_output_unanswered_are_refused_and_no_baseline(loaded, work):
    definition = work(
        outputs={"team": ["orders", "fraud"], "urgent": "yes/no"},
        decisions=[{"id": "team", "table": {**TABLE, "rules": RULES}}, {"id": "urgent"}],
    )
    with pytest.raises(ExecutorInvalid, match="does not answer `urgent`"):
        loaded(definition)
    assert own_table(definition) is None


def test_a_work_without_a_table_has_none(loaded, work):
    definition = work(decisions=[{"id": "team"}])
    assert own_table(definition) is None
    with pytest.raises(ExecutorInvalid, match="has no decision table of its own"):
        loaded(definition)


def test_the_digest_is_that_of_the_rules(loaded, tabled):
    other = tabled({**TABLE, "rules": [*RULES, ["-", "-", "orders"]]})
    assert loaded().digest == loaded().digest
    assert loaded().digest != loaded(other).digest
    assert loaded().digest != loaded(version="2").digest


SETTINGS = {"in": ["input.amount"], "out": ["team"], "hit_policy": "FIRST"}


class TestAnotherTable:
    def test_with_its_rules_in_the_settings(self, loaded):
        made = loaded(settings={**SETTINGS, "rules": [["> 7", "fraud"], ["-", "orders"]]})
        assert made.answer({"amount": 8.0}).output == {"team": "fraud"}

    def test_with_an_aggregation(self, loaded, work):
        settings = {"in": ["input.amount"], "out": ["points"], "hit_policy": "COLLECT", "aggregation": "MAX"}
        definition = work(outputs={"points": "number"}, decisions=[{"id": "points"}])
        made = loaded(definition, settings={**settings, "rules": [["> 1", 2], ["> 0", 3]]})
        assert made.answer({"amount": 5.0}).output == {"points": 3}
        other = loaded(definition, settings={**settings, "aggregation": "MIN", "rules": [["> 1", 2], ["> 0", 3]]})
        assert made.digest != other.digest
        with pytest.raises(ExecutorInvalid, match="`MEAN` is no aggregation"):
            loaded(definition, settings={**settings, "aggregation": "MEAN", "rules": [["-", 2]]})

    def test_with_its_rules_in_a_file(self, loaded, tmp_path):
        (tmp_path / "rules.csv").write_bytes(b'\xef\xbb\xbfamount,team,note\n"> 7, < 3",fraud,odd\n\n-,orders\n')
        made = loaded(file="rules.csv", settings=SETTINGS)
        assert [made.answer({"amount": n}).output["team"] for n in (8.0, 5.0, 1.0)] == ["fraud", "orders", "fraud"]
        (tmp_path / "rules.csv").write_text("amount,team\n-,orders\n")
        assert loaded(file="rules.csv", settings=SETTINGS).digest != made.digest

    @pytest.mark.parametrize(
        ("text", "line"),
        [("amount,team\n> 7,fraud,x\n", 2), ("amount\n-,orders\n", 1), ("amount,team,what\n-,orders,x\n", 1)],
    )
    def test_a_row_of_another_width_is_refused_with_its_line(self, loaded, tmp_path, text, line):
        (tmp_path / "rules.csv").write_text(text)
        with pytest.raises(TableInvalid) as refused:
            loaded(file="rules.csv", settings=SETTINGS)
        assert refused.value.problems[0].where.line == line

    def test_no_more_than_twenty_wrong_rows_are_listed(self, loaded, tmp_path):
        (tmp_path / "rules.csv").write_text("amount,team\n" + "x\n" * 100)
        with pytest.raises(TableInvalid) as refused:
            loaded(file="rules.csv", settings=SETTINGS)
        assert len(refused.value.problems) == 20

    @pytest.mark.parametrize("content", [b"amount,team\n\xff,x\n", b'amount,team\n"x,y\n'])
    def test_what_is_no_csv_is_refused(self, loaded, tmp_path, content):
        (tmp_path / "rules.csv").write_bytes(content)
        with pytest.raises(ExecutorInvalid, match="is no CSV"):
            loaded(file="rules.csv", settings=SETTINGS)

    def test_more_rules_than_anybody_wrote_are_refused(self, loaded, tmp_path):
        (tmp_path / "rules.csv").write_text("amount,team\n" + "-,orders\n" * 10_001)
        with pytest.raises(TableInvalid, match="more than 10000 rules"):
            loaded(file="rules.csv", settings=SETTINGS)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"in": "input.amount"}, "`settings.in` is missing"),
            ({"out": []}, "`settings.out` is missing"),
            ({"hit_policy": "BEST"}, "no hit policy"),
            ({"rules": "all"}, "no list of rules"),
            ({"rules": [["x", None]]}, "no list of rules"),
            ({"rows": []}, "has no setting `rows`"),
            ({"out": ["x"]}, "does not answer `team`"),
            ({"in": ["item.key"]}, "asks for `item`"),
        ],
    )
    def test_settings_that_say_no_table_are_refused(self, loaded, change, message):
        with pytest.raises(ExecutorInvalid, match=message):
            loaded(settings={**SETTINGS, "rules": [["-", "orders"]], **change})

    def test_rules_given_twice_or_never_are_refused(self, loaded, tmp_path):
        (tmp_path / "rules.csv").write_text("amount,team\n-,orders\n")
        with pytest.raises(ExecutorInvalid, match="given twice"):
            loaded(file="rules.csv", settings={**SETTINGS, "rules": [["-", "orders"]]})
        with pytest.raises(ExecutorInvalid, match="no rules"):
            loaded(settings=SETTINGS)

    def test_a_cell_that_is_no_test_is_refused(self, loaded):
        with pytest.raises(TableInvalid):
            loaded(settings={**SETTINGS, "rules": [["[1..", "orders"]]})
