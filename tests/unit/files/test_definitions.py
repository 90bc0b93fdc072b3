"""A definition from its file, with what it pulls in."""

from pathlib import Path

import pytest

from remit.definition.digests import definition_digest, evidence_digest
from remit.errors import DefinitionInvalid, FileUnreadable, YamlInvalid
from remit.files.definitions import load_definition

DEFINITION = """\
remit: 1
id: route
inputs:
  fields:
    amount: number >= 0
    topic: from lists/topics.csv#topic
outputs:
  fields:
    team: [a, b]
decisions:
  - id: team
    table: {file: rules.csv, hit_policy: FIRST, in: [input.amount, input.topic], out: [team]}
"""
RULES = 'amount,topic,team,note\n> 10,"""refund"", ""return""",a,the big ones\n-,-,b,\n'
TOPICS = "topic,owner\nrefund,Ann\nreturn,Bob\nrefund,Cem\n,Dot\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "remit.yaml").write_text("")
    (tmp_path / "work" / "lists").mkdir(parents=True)
    (tmp_path / "work" / "route.yaml").write_text(DEFINITION)
    (tmp_path / "work" / "rules.csv").write_text(RULES)
    (tmp_path / "work" / "lists" / "topics.csv").write_text(TOPICS)
    return tmp_path


def write(project, old, new):
    path = project / "work" / "route.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


def problems(project):
    with pytest.raises(DefinitionInvalid) as caught:
        load_definition(project / "work" / "route.yaml")
    return caught.value.problems


def only_problem(project):
    (problem,) = problems(project)
    return problem


def test_tables_and_enumerations_are_taken_in(project):
    loaded = load_definition(project / "work" / "route.yaml")
    assert loaded.path == project / "work" / "route.yaml"
    assert loaded.definition.inputs is not None
    assert loaded.definition.inputs.fields == {"amount": "number >= 0", "topic": ["refund", "return"]}
    table = loaded.definition.decisions[0].table
    assert table is not None
    assert table.rules == (("> 10", '"refund", "return"', "a"), ("-", "-", "b"))
    assert loaded.source.locate(("decisions", 0, "table", "in")).line == 12


def test_a_rule_of_a_csv_stands_at_its_row(project):
    rules = project / "work" / "rules.csv"
    source = load_definition(project / "work" / "route.yaml").source
    for path in (("decisions", 0, "table", "rules", 1), ("decisions", 0, "table", "rules", 1, 2)):
        where = source.locate(path)
        assert (where.file, where.line) == (str(rules), 3)
    assert source.locate(("decisions", 0, "table", "rules")).line == 12
    rules.write_text(RULES.replace("-,-,b,", '\n-,"[5..1]",b,'))
    problem = only_problem(project)
    assert (problem.where.file, problem.where.line) == (str(rules), 4)
    assert problem.message.startswith("rule 2: ")


def test_what_is_pulled_in_is_part_of_the_digests_and_its_name_is_not(project):
    path = project / "work" / "route.yaml"
    before = load_definition(path).definition
    (project / "work" / "other.csv").write_text(RULES.replace("big ones", "large ones"))
    write(project, "rules.csv", "other.csv")
    assert definition_digest(load_definition(path).definition) == definition_digest(before)
    (project / "work" / "other.csv").write_text(RULES.replace("> 10", "> 11"))
    after = load_definition(path).definition
    assert definition_digest(after) != definition_digest(before)
    assert evidence_digest(after) != evidence_digest(before)
    (project / "work" / "lists" / "topics.csv").write_text(TOPICS + "lost,Eve\n")
    assert evidence_digest(load_definition(path).definition) != evidence_digest(after)


def test_files_of_a_folder_above_are_taken_in_up_to_the_project(project):
    (project / "shared.csv").write_text(RULES)
    write(project, "rules.csv", "../shared.csv")
    assert load_definition(project / "work" / "route.yaml").definition


@pytest.mark.parametrize("name", ["../../outside.csv", "/etc/passwd", "..\\\\rules.csv", "lists/../../../x.csv"])
def test_a_name_that_leads_out_of_the_project_is_refused(project, name):
    (project.parent / "outside.csv").write_text(RULES)
    write(project, "file: rules.csv", f"file: '{name}'")
    problem = only_problem(project)
    assert "outside" in problem.message
    assert problem.where.path == "decisions[0].table.file"
    assert (problem.where.line, problem.code) == (12, "E301")


def test_a_link_that_leads_out_of_the_project_is_refused(project):
    (project.parent / "outside.csv").write_text(RULES)
    (project / "work" / "rules.csv").unlink()
    (project / "work" / "rules.csv").symlink_to(project.parent / "outside.csv")
    assert "outside" in only_problem(project).message


def test_without_a_project_the_folder_of_the_definition_is_the_limit(project):
    (project / "remit.yaml").unlink()
    assert load_definition(project / "work" / "route.yaml")
    (project / "rules.csv").write_text(RULES)
    write(project, "rules.csv", "../rules.csv")
    assert "outside" in only_problem(project).message
    assert load_definition(project / "work" / "route.yaml", root=project)


@pytest.mark.parametrize(
    ("name", "words"),
    [("none.csv", "does not exist"), ("lists", "folder"), ("a\\0b.csv", "path"), ("x" * 300, "")],
)
def test_a_file_that_cannot_be_read_is_told_where_it_is_named(project, name, words):
    write(project, "file: rules.csv", f'file: "{name}"')
    problem = only_problem(project)
    assert words in problem.message
    assert problem.where.path == "decisions[0].table.file"


def test_faults_of_a_table_file_name_its_line(project):
    (project / "work" / "rules.csv").write_text('a,b,c\n> 1,x,a\n-,b\n\n"two\nlines",-,-,-\n-,-,-,-,-\n')
    found = problems(project)
    assert [(Path(p.where.file or "").name, p.where.line, p.code) for p in found] == [
        ("rules.csv", 3, "E305"),
        ("rules.csv", 5, "E305"),
        ("rules.csv", 7, "E305"),
    ]
    assert found[0].expected == "3 cells"
    assert found[0].found == "2"


@pytest.mark.parametrize("header", ["a,b", "a,b,c,d", "a,b,c,note,e"])
def test_a_table_file_has_a_column_for_each_of_in_and_out(project, header):
    (project / "work" / "rules.csv").write_text(f"{header}\n-,-,a\n")
    problem = only_problem(project)
    assert problem.where.line == 1
    assert "3 columns" in (problem.expected or "")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [("", 1, "empty"), ('a,b,c\n"x,1\n', 2, "CSV"), ("a,b,c\n" + "-,-,a\n" * 10_001, 10_002, "too many rows")],
)
def test_a_file_that_is_no_table_is_refused(project, text, line, words):
    (project / "work" / "rules.csv").write_text(text)
    problem = only_problem(project)
    assert words in problem.message
    assert problem.where.line == line


def test_a_table_file_without_rules_is_a_table_without_rules(project):
    (project / "work" / "rules.csv").write_text("a,b,c\n")
    assert "no rules" in only_problem(project).message


def test_rules_beside_a_file_are_refused(project):
    write(project, "hit_policy: FIRST", "rules: [[-, -, a]]")
    assert "both" in only_problem(project).message


def test_an_enumeration_names_a_column_that_is_there(project):
    write(project, "#topic", "#topc")
    problem = only_problem(project)
    assert problem.where.path == "inputs.fields.topic"
    assert problem.mend == "did you mean `topic`?"
    assert problem.expected == "one of `topic` or `owner`"


@pytest.mark.parametrize("field", ["from lists/none.csv#topic", "optional list of from lists/none.csv#topic"])
def test_an_enumeration_that_cannot_be_read_is_told_once(project, field):
    write(project, "from lists/topics.csv#topic", field)
    problem = only_problem(project)
    assert "does not exist" in problem.message
    assert (problem.where.path, problem.where.line) == ("inputs.fields.topic", 6)


def test_an_empty_column_is_no_enumeration(project):
    (project / "work" / "lists" / "topics.csv").write_text("topic,owner\n,x\n")
    assert "empty" in only_problem(project).message


def test_faults_of_all_files_are_told_together(project):
    (project / "work" / "rules.csv").write_text("a,b,c\n-,a\n")
    write(project, "topics.csv", "topcs.csv")
    write(project, "number >= 0", "nmber")
    found = [(Path(problem.where.file or "").name, problem.where.line) for problem in problems(project)]
    assert found == [("route.yaml", 5), ("route.yaml", 6), ("rules.csv", 2)]


def test_the_id_is_the_name_of_the_file(project):
    write(project, "id: route", "id: rout")
    problem = only_problem(project)
    assert (problem.where.line, problem.expected) == (2, "`route`")


def test_broken_shapes_are_left_for_reading(project):
    for old, new in (
        ("  fields:\n    amount", "  fields: 5\n  x:\n    amount"),
        ("in: [input.amount, input.topic]", "in: 5"),
    ):
        path = project / "work" / "route.yaml"
        path.write_text(DEFINITION.replace(old, new))
        assert problems(project)
    path.write_text("remit: 1\nid: route\ndecisions: {a: 1}\ninputs: 5\n")
    assert problems(project)


def test_the_file_itself_has_to_be_there_and_plain(project):
    with pytest.raises(FileUnreadable):
        load_definition(project / "work" / "none.yaml")
    (project / "work" / "route.yaml").write_text("a: [")
    with pytest.raises(YamlInvalid):
        load_definition(project / "work" / "route.yaml")
