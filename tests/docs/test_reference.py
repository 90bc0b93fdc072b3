"""What the reference says is what there is: examples load and run, and tables name everything that the code knows."""

import json
import re
from pathlib import Path

import pytest
import yaml
from tests.docs.test_guide import blocks, follow, write

from remit.cases.case import Case
from remit.definition.expressions import Expression
from remit.definition.model import Aggregation, FailureKind, HitPolicy, Metric
from remit.definition.reading import read
from remit.definition.reading.language import language_schema
from remit.definition.schemas.fields import schema_of_fields
from remit.definition.scopes import SCOPES
from remit.definition.tables import CompiledTable, analyse
from remit.files.case_file import stream_cases
from remit.files.definitions import load_definition
from remit.files.executor_file import load_executor
from remit.files.project_file import load_project_file
from remit.files.waivers_file import load_waivers
from remit.items import ExecutorKind, FaultKind, ReasonKind, Route
from remit.project import Project
from remit.readiness.glossary import LEVEL_MEANINGS, WORDS

DOCS = Path(__file__).resolve().parents[2] / "docs"
FENCE = re.compile(r"(?:<!-- (?P<mark>[^>]*) -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def page(name):
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def examples(name, kind, starts="", mark=None):
    found = [one for one in FENCE.finditer(page(name)) if one["kind"] == kind and one["text"].startswith(starts)]
    return [one["text"] for one in found if mark is None or one["mark"] == mark]


def test_remit_explain_says_of_every_word_and_level_what_the_page_of_words_says():
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", page("words"), flags=re.MULTILINE)
    told = {word.strip("`"): meaning for word, meaning in rows if word not in ("word", "level")}
    assert told == {**WORDS, **LEVEL_MEANINGS}


def column(name, heading, index=0):
    """The code words in one column of the tables under a heading."""
    section = re.split(rf"^#+ {re.escape(heading)}$", page(name), flags=re.MULTILINE)[1]
    section = re.split(r"^#", section, maxsplit=1, flags=re.MULTILINE)[0]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in section.splitlines() if line.startswith("| ")]
    return [word.replace("\\|", "|") for row in rows for word in re.findall(r"`([^`]+)`", row[index])]


@pytest.fixture
def guided(tmp_path, monkeypatch, capfd):
    """The project of the guide, up to its first grant."""
    monkeypatch.chdir(tmp_path)
    for name in ("REMIT_BY", "REMIT_STORE"):
        monkeypatch.delenv(name, raising=False)
    for block in blocks():
        if block.what is not None:
            write(block, tmp_path)
        elif block.kind == "bash":
            lines = block.text.splitlines()
            for line in lines:
                follow(line, tmp_path, capfd)
            if any("--level shadow" in line for line in lines):
                break
    return tmp_path


def test_the_whole_definition_loads_and_its_expressions_fit(tmp_path):
    (text,) = examples("reference/definition", "yaml", mark="a whole definition")
    (tmp_path / "remit.yaml").write_text("", encoding="utf-8")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "parcel-claim.yaml").write_text(text, encoding="utf-8")
    work = Project.open(tmp_path).work("parcel-claim")
    assert work.prepared.definition.title == "Decide which desk gets one parcel claim"


def test_every_key_of_the_language_stands_on_the_page():
    text = page("reference/definition")
    schema = language_schema()
    keys = {key for part in (schema, *schema["$defs"].values()) for key in part.get("properties", {})}
    tables = keys - {"aggregation", "hit_policy", "in", "out", "rules", "file"}
    assert sorted(key for key in tables if not re.search(rf"\b{key}\b", text)) == []
    assert all(f"`{key}`" in page("reference/tables") for key in ("in", "out", "aggregation"))


def test_every_metric_and_kind_of_failure_stands_on_the_page():
    assert set(column("reference/definition", "Metrics")) == {metric.value for metric in Metric}
    for kind in FailureKind:
        assert f"`{kind.value}`" in page("reference/definition")


def test_every_short_form_that_is_shown_can_be_read():
    shown = column("reference/definition", "Short form of fields")
    assert len(shown) > 15
    for text in shown:
        if " from " not in text:
            assert schema_of_fields({"field": yaml.safe_load(text) if text.startswith("[") else text})


def test_every_place_is_shown_with_the_names_that_it_knows():
    text = page("reference/expressions")
    lines = [line for line in text.splitlines() if line.startswith(("| `", "| columns"))]
    wanted = {"executor.assumes", "failure_modes.detect", "decisions.table.in"}
    for place, roots in SCOPES.items():
        if place.value in wanted:
            continue
        (row,) = [line for line in lines if f"`{place.value}`" in line.split("|")[1]][:1]
        assert set(re.findall(r"`(\w+)`", row.split("|")[2])) == set(roots), place


def test_every_expression_that_is_shown_compiles():
    shown = column("reference/expressions", "Expressions", index=1)
    assert len(shown) > 12
    for text in shown:
        Expression(text.replace("a || b", "input.a || input.b"))


def test_every_hit_policy_stands_on_the_page():
    for word in (*HitPolicy, *Aggregation):
        assert f"`{word.value}`" in page("reference/tables")


def test_the_table_that_adds_up_is_sound():
    (text,) = examples("reference/tables", "yaml", "outputs:")
    fields = {"first_order": "yes/no", "value": "number >= 0"}
    definition = read({"remit": 1, "id": "orders", "inputs": {"fields": fields}, **yaml.safe_load(text)})
    assert analyse(definition.decisions[0].table, definition).is_sound


def test_the_table_that_is_shown_decides(tmp_path):
    (text,) = examples("reference/tables", "yaml", "decisions:")
    definition = read(
        {
            "remit": 1,
            "id": "claims",
            "inputs": {"fields": {"damaged": "yes/no", "days_late": "integer", "value": "number"}},
            "outputs": {"fields": {"desk": ["late", "loss", "damage"]}},
            **yaml.safe_load(text),
        }
    )
    assert CompiledTable(definition.decisions[0].table)


def test_the_table_beside_a_definition_is_taken_in(tmp_path):
    (row,) = examples("reference/tables", "yaml", "table:")
    (csv,) = examples("reference/tables", "text", "damaged,")
    decision = {"id": "desk", **yaml.safe_load(row)}
    fields = {"damaged": "yes/no", "days_late": "integer"}
    outputs = {"fields": {"desk": ["late", "loss", "damage"]}}
    whole = {"remit": 1, "id": "claims", "inputs": {"fields": fields}, "outputs": outputs, "decisions": [decision]}
    (tmp_path / "claims.yaml").write_text(yaml.safe_dump(whole), encoding="utf-8")
    (tmp_path / "desks.csv").write_text(csv, encoding="utf-8")
    table = load_definition(tmp_path / "claims.yaml").definition.decisions[0].table
    assert [rule[-1] for rule in table.rules] == ["damage", "loss", "late"]
    assert CompiledTable(table)


@pytest.mark.parametrize("name", ["reference/executors", "reference/tables"])
def test_every_executor_file_that_is_shown_can_be_read(name, tmp_path):
    shown = examples(name, "yaml", "for: ")
    assert shown
    for text in shown:
        path = tmp_path / "one.yaml"
        path.write_text(text, encoding="utf-8")
        assert load_executor(path).spec.work == "parcel-claim"


def test_every_key_kind_and_fault_of_executors_stands_on_the_page():
    text = page("reference/executors")
    from remit.files.executor_file import _Written

    keys = {name.rstrip("_") for name in _Written.__dataclass_fields__}
    assert keys <= set(column("reference/executors", "Executors"))
    assert {kind.value for kind in FaultKind} == set(column("reference/executors", "Faults"))
    for kind in ExecutorKind:
        assert re.search(rf"\b{kind.value}\b", text)


def test_every_setting_and_limit_of_a_service_stands_on_the_page():
    from remit.executors.http.settings import HttpSettings
    from remit.executors.remote import Limits

    assert set(HttpSettings.__dataclass_fields__) <= set(column("reference/executors", "Service"))
    assert set(Limits.__dataclass_fields__) == set(column("reference/executors", "Limits on calls"))


@pytest.mark.parametrize("name", ["reference/executors", "guide/remote-executors"])
def test_every_service_that_is_shown_can_be_pinned(name, tmp_path):
    from remit.executors.pinning import pinned_digest

    (text,) = examples(name, "yaml", "for: parcel-claim\nkind: http\n")
    path = tmp_path / "supplier.yaml"
    path.write_text(text, encoding="utf-8")
    assert pinned_digest(load_executor(path).spec, root=tmp_path, definition=None)


def test_the_service_that_is_shown_answers_who_signs_and_nobody_else(monkeypatch):
    import http.client
    import threading

    from remit.project.ambient import system
    from remit.wire.signature import sign

    (text,) = examples("guide/remote-executors", "python")
    shown = {"__name__": "shown"}
    exec(compile(text, "remote-executors.md", "exec"), shown)
    monkeypatch.setattr(shown["Desk"], "log_message", lambda *_: None)
    monkeypatch.setenv("SUPPLIER_SECRET", "a secret of the page")
    body = b'{"work":"parcel-claim","input":{"damaged":true}}'

    def asked(server, secret):
        connection = http.client.HTTPConnection(*server.server_address, timeout=10)
        connection.request("POST", "/", body, {"Remit-Signature": sign(body, secret, system().now())})
        response = connection.getresponse()
        found = response.status, response.read()
        connection.close()
        return found

    with shown["ThreadingHTTPServer"](("127.0.0.1", 0), shown["Desk"]) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            status, content = asked(server, b"a secret of the page")
            assert (status, json.loads(content)["output"]) == (200, {"desk": "damage"})
            assert asked(server, b"a secret of another")[0] == 401
        finally:
            server.shutdown()
            thread.join(10)


def test_the_small_files_that_are_shown_can_be_read(tmp_path):
    (project,) = examples("reference/project-files", "yaml")
    (waivers,) = examples("reference/readiness", "yaml")
    (tmp_path / "remit.yaml").write_text(project, encoding="utf-8")
    (tmp_path / "waivers.yaml").write_text(waivers, encoding="utf-8")
    assert [person.id for person in load_project_file(tmp_path / "remit.yaml").people] == ["ana", "ben"]
    assert [waiver.rule for waiver in load_waivers(tmp_path / "waivers.yaml")] == ["IO12"]


def test_the_cases_that_are_shown_fit(tmp_path):
    definition = read(
        {
            "remit": 1,
            "id": "claims",
            "inputs": {"fields": {"days_late": "integer", "damaged": "yes/no"}},
            "outputs": {"fields": {"desk": ["late", "loss", "damage"]}},
            "decisions": [{"id": "desk"}],
            "quality": {"slices": ["country"]},
        }
    )
    (csv,) = examples("reference/cases", "text")
    (jsonl,) = examples("reference/cases", "json")
    for name, text in (("claims.csv", csv), ("claims.jsonl", jsonl)):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        found = list(stream_cases(path, definition=definition))
        assert found
        assert all(isinstance(one, Case) and one.slices["country"] for one in found)


def test_every_reason_and_route_stands_in_its_order():
    assert list(dict.fromkeys(column("explanation/deciding", "The order of reasons"))) == [
        reason.value for reason in ReasonKind
    ]
    assert set(column("explanation/deciding", "Routes")) == {route.value for route in Route}


def test_python_examples_run_in_the_project_of_the_guide(guided, monkeypatch):
    shown = examples("reference/python", "python", mark="runs after the guide")
    assert len(shown) == 4
    for n, text in enumerate(shown):
        path = guided / f"example{n}.py"
        path.write_text(text, encoding="utf-8")
        exec(compile(text, str(path), "exec"), {"__name__": "example"})


@pytest.mark.parametrize("name", ["reference/python", "reference/executors"])
def test_other_python_examples_run(name, tmp_path):
    for one in FENCE.finditer(page(name)):
        if one["kind"] == "python" and one["mark"] is None:
            exec(compile(one["text"], str(tmp_path / "example.py"), "exec"), {"__name__": "example"})


def test_every_method_on_the_python_page_is_there():
    from remit.project import Work

    for cls, heading in ((Project, "`remit.Project`"), (Work, "`remit.Work`")):
        names = re.findall(r"(?:^| )(?:Project)?\.(\w+)", "\n".join(column("reference/python", heading)), re.MULTILINE)
        assert len(names) > 5
        assert [name for name in names if not hasattr(cls, name)] == []
