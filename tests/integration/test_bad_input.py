"""Every file that a user writes may be wrong: each fault is said in the error form, and never a traceback."""

import json
import re

import pytest
from tests.integration.small_project import DEFINITION, FILES, ITEM, Spoken, make

FIRST_LINE = re.compile(r"^(?:\S.*?:\s)?E3\d\d\s\S", re.DOTALL)
LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
)

NO_YAML = {
    "an open bracket": "remit: [1",
    "an open quote": 'remit: "1',
    "a tab for indentation": "a:\n\tb: 1\n",
    "a key twice": "remit: 1\nremit: 1\n",
    "a key twice inside": "a: {b: 1, b: 2}\n",
    "200,000 brackets": "[" * 200_000,
    "200,000 open mappings": "{a: " * 200_000,
    "200,000 dashes": "- " * 200_000,
    "an alias bomb": LAUGHS,
    "an alias of itself": "a: &a [*a]\n",
    "an unknown alias": "a: *b\n",
    "ten megabytes": "a: " + "x" * 10_000_000,
    "a million lines": "- x\n" * 2_500_000,
    "Latin-1": "title: Büro\n".encode("latin-1"),
    "UTF-16": "remit: 1\n".encode("utf-16"),
    "a zero byte": "remit: 1\x00\n",
    "a control character": "remit: \x07\n",
    "no text at all": bytes(range(256)) * 10,
    "a tag": "a: !!python/object/apply:os.system [id]\n",
    "another tag": "a: !secret x\n",
    "two documents": "a: 1\n---\nb: 2\n",
    "a merge key": "a: &a {b: 1}\nc: {<<: *a}\n",
    "a list as a key": "? [a, b]\n: 1\n",
    "half a character": 'a: "\\ud800"\n',
    "a directive of the future": "%YAML 9.9\n---\na: 1\n",
    "a number that is none": "a: .nan\n",
    "an infinite number": "a: .inf\n",
    "a number beyond all numbers": "a: 1e999\n",
    "a number of 10,000 digits": f"a: {'9' * 10_000}\n",
    "text alone": "just words\n",
    "a number alone": "7\n",
    "nothing but an end": "...\n",
}

NOT_LISTS = {**NO_YAML, "a list where an object is meant": "- a\n- b\n", "an unknown key": "surprise: 1\n"}
NO_LISTS = {**NO_YAML, "an object where a list is meant": "rule: WD06\n", "an unknown key": "- {rule: WD06, why: so}\n"}


PYTHON_WORDS = re.compile(
    r"NoneType|JSON (list|int|str|bool|float)\b|isoformat|surrogates|set_int_max|validation error|subscript|_Mirror"
)


def said_in_the_error_form(said: Spoken, file: str | None = None, words: str = "") -> None:
    """Exit code 3, nothing on stdout, and on stderr: what, where, the code to explain."""
    assert said.code == 3, said
    assert said.out == ""
    assert FIRST_LINE.search(said.err), said.err[:500]
    assert "`remit explain E3" in said.err
    assert "Traceback" not in said.err
    assert "this is a bug" not in said.err
    assert len(said.err) < 20_000
    assert not PYTHON_WORDS.search(said.err), said.err[:500]
    if file is not None:
        assert file in said.err
    assert words in " ".join(said.err.split())


@pytest.mark.parametrize("name", NOT_LISTS)
def test_a_definition_that_is_none_is_refused_by_every_command(small, remit, name):
    small.write("work/refunds.yaml", NOT_LISTS[name])
    for arguments in (
        ("check",),
        ("cases", "check", "refunds"),
        ("prove", "refunds", "--executor", "desk"),
        ("decide", "refunds", "--input", str(small.write("item.json", json.dumps(ITEM)))),
    ):
        said_in_the_error_form(remit(*arguments), "refunds.yaml")


@pytest.mark.parametrize("name", [name for name in NOT_LISTS if name != "nothing but an end"])
def test_a_project_file_that_is_none_is_refused(small, remit, name):
    small.write("remit.yaml", NOT_LISTS[name])
    said_in_the_error_form(remit("check"), "remit.yaml")


@pytest.mark.parametrize("name", NOT_LISTS)
def test_an_executor_file_that_is_none_is_refused(frozen, remit, name):
    frozen.write("executors/desk.yaml", NOT_LISTS[name])
    said_in_the_error_form(remit("prove", "refunds", "--executor", "desk"), "desk.yaml")
    said_in_the_error_form(remit("check"), "desk.yaml")


@pytest.mark.parametrize("name", NO_LISTS)
def test_a_list_of_waivers_that_is_none_is_refused(small, remit, name):
    small.write("waivers.yaml", NO_LISTS[name])
    said_in_the_error_form(remit("check"), "waivers.yaml")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("metric: accuracy", "metric: acuracy", "did you mean `accuracy`"),
        ("metric: accuracy", "metric: [accuracy]", "metric"),
        ("at_least: 0.80", "at_least: eighty", "at_least"),
        ("at_least: 0.80", "at_least: 80", "0.8"),
        ("at_least: 0.80", "at_least: -0.1", "at_least"),
        ("at_least: 0.80", "at_least: 0.8, at_most: 0.9", "at_most"),
        (", at_least: 0.80", "", "at_least"),
        ("of: refund, class", "of: refnd, class", "refnd"),
        ('class: "no"', "class: never", "never"),
        ("error_budget: 0.10", "error_budget: 0", "error_budget"),
        ("error_budget: 0.10", "error_budget: ten", "error_budget"),
        ("remit: 1", "remit: 2", "remit"),
        ("id: refunds", "id: other", "refunds"),
        ("id: refunds", "id: Refunds!", "id"),
        ("severity: 5", "severity: 11", "severity"),
        ("within: 4h", "within: soon", "within"),
        ("by: 2032-06-30", "by: 2032-02-30", "by"),
        ("number >= 0", "numbr >= 0", "number"),
        ("number >= 0", "number >= 0 <= -5", "amount"),
        ("text <= 200", "text <= many", "note"),
        ("[web, shop]", "[]", "channel"),
        ("[web, shop]", "from cases/nothing.csv#channel", "nothing.csv"),
        ("[web, shop]", f"from {'x' * 300}.csv#channel", "channel"),
        ("[web, shop]", "from ../../secret.csv#channel", "outside"),
        ("[web, shop]", "from cases/refunds.csv#nothing", "nothing"),
        ("kind: wrong,", "kind: worng,", "worng"),
        ("cases: {path: cases/refunds.csv", "cases: {path: [1]", "path"),
        ("slices: [channel, region]", "slices: channel", "slices"),
        ("scope:", "scope: x\nscop:", "scop"),
    ],
)
def test_a_definition_that_breaks_the_language_is_refused_at_the_place(small, remit, old, new, words):
    small.change("work/refunds.yaml", old, new)
    said = remit("prove", "refunds", "--executor", "desk")
    said_in_the_error_form(said, "refunds.yaml", words)
    assert re.search(r"refunds\.yaml:\d+", said.err)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("input.amount < 400.0", "input.amonut < 400.0"),
        ("input.amount < 400.0", "input.amount < 'x'"),
        ("input.amount < 400.0", "input.amount <"),
        ("input.amount < 400.0", "input.amount < 400"),
        ("input.amount < 400.0", "inpt.amount < 400.0"),
        ("input.amount < 400.0", "input.amount < 400.0 ||"),
        ("input.amount < 400.0", "size(input) < 4"),
        ("input.amount < 400.0", "(" * 100 + "true" + ")" * 100),
        ("output.refund == 'yes' && expected.refund != 'yes'", "output.refund = 'yes'"),
        ("answer.confidence < 0.55", "answer.confidance < 0.55"),
        ("answer.confidence < 0.55", "expected.refund == 'no'"),
        ("answer.confidence < 0.55", "1.0 + 2.0"),
        ("input.amount >= 190.0", "import os"),
        ("outcome.value > 3.8", "outcome.vaule > 3.8"),
        ('when: "input.dealer"', 'when: "input.dealr"'),
        ("answer.signals.injection", "answer.signal.injection"),
    ],
)
def test_an_expression_with_a_slip_is_refused_at_its_place(small, remit, old, new):
    small.change("work/refunds.yaml", old, new)
    said = remit("prove", "refunds", "--executor", "desk")
    said_in_the_error_form(said, "refunds.yaml")
    assert "^" in said.err
    assert remit("check").code == 3


def test_all_faults_of_a_file_are_said_at_once(small, remit):
    for old, new in (
        ("metric: accuracy", "metric: acuracy"),
        ("severity: 5", "severity: 11"),
        ("within: 4h", "within: soon"),
        ("error_budget: 0.10", "error_budget: 10"),
    ):
        small.change("work/refunds.yaml", old, new)
    said = remit("check")
    said_in_the_error_form(said)
    assert "4 problems" in said.err


# Cases

HEAD, FIRST, *_ = make.__globals__["rows"](3)

NO_CASES = {
    "nothing": "",
    "a line end": "\n",
    "a head alone": HEAD.replace("input.amount", "input.amuont") + "\n",
    "no name of the case": f"{HEAD.removeprefix('case,')}\n{FIRST.partition(',')[2]}\n",
    "a missing input": f"{HEAD.replace('input.channel,', '')}\n{FIRST}\n",
    "no right answers": f"{HEAD.replace('expected.refund,', '')}\n{FIRST}\n",
    "an unknown column": f"{HEAD},input.colour\n{FIRST},red\n",
    "a column twice": f"{HEAD},region\n{FIRST},north\n",
    "a number that is none": f"{HEAD}\n{FIRST.replace('c000,', 'c000,NaN,', 1)}\n",
    "not a number": f"{HEAD}\nc1,nan,web,x,no,yes,normal,tarek,north\n",
    "infinity": f"{HEAD}\nc1,inf,web,x,no,yes,normal,tarek,north\n",
    "an answer that is none": f"{HEAD}\nc1,1.0,web,x,no,perhaps,normal,tarek,north\n",
    "an input that does not fit": f"{HEAD}\nc1,-1.0,web,x,no,yes,normal,tarek,north\n",
    "the same case twice": f"{HEAD}\n{FIRST}\n{FIRST}\n",
    "too many cells": f"{HEAD}\n{FIRST},more\n",
    "too few cells": f"{HEAD}\nc1\n",
    "an open quote": f'{HEAD}\nc1,1.0,web,"x,no,yes,normal,tarek,north\n',
    "a quote inside": f'{HEAD}\nc1,1.0,web,"x"y,no,yes,normal,tarek,north\n',
    "semicolons": f"{HEAD}\n{FIRST}\n".replace(",", ";"),
    "Latin-1": f"{HEAD}\n{FIRST.replace('note', 'Büro')}\n".encode("latin-1"),
    "UTF-16": f"{HEAD}\n{FIRST}\n".encode("utf-16"),
    "no text": bytes(range(256)) * 100,
    "a cell of ten megabytes": f"{HEAD}\nc1,1.0,web,{'x' * 10_000_000},no,yes,normal,tarek,north\n",
    "200,000 brackets": "[" * 200_000,
    "an unknown use": f"{HEAD},split\n{FIRST},test\n",
}


@pytest.mark.parametrize("name", NO_CASES)
def test_a_case_file_that_is_none_is_refused(frozen, remit, name):
    frozen.write("cases/refunds.csv", NO_CASES[name])
    for arguments in (
        ("cases", "check", "refunds"),
        ("cases", "split", "refunds", "--seed", "7"),
        ("cases", "freeze", "refunds"),
        ("cases", "coverage", "refunds"),
        ("prove", "refunds", "--executor", "desk"),
    ):
        said_in_the_error_form(remit(*arguments), "refunds.csv")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]\n",
        "null\n",
        '{"case": "c1"}\n',
        '{"case": "c1", "input": 7, "expected": {"refund": "yes"}}\n',
        '{"case": "c1", "input": {"amount": NaN}, "expected": {}}\n',
        '{"case": "c1", "case": "c2"}\n',
        "[" * 200_000,
        '{"a":' * 200_000,
        b"\xff\xfe\n",
        b'{"case": "\xff"}\n',
        '{"case": "' + "x" * 10_000_001 + '"}\n',
        '{"case": "c1", "input": {"amount": 1' + "0" * 5000 + "}}\n",
    ],
    ids=range(14),
)
def test_a_case_file_of_lines_that_is_none_is_refused(small, remit, text):
    small.change("work/refunds.yaml", "cases/refunds.csv", "cases/refunds.jsonl")
    small.write("cases/refunds.jsonl", text)
    said_in_the_error_form(remit("cases", "check", "refunds"), "refunds.jsonl")


@pytest.mark.parametrize(
    "path",
    [
        "cases/nothing.csv",
        "cases",
        "cases/refunds.xls",
        "cases/refunds.parquet",
        "../outside.csv",
        "/nowhere/refunds.csv",
        "cases/" + "x" * 300 + ".csv",
        "x/" * 2000 + "refunds.csv",
        "remit.yaml",
        '"cases/\\0.csv"',
        '""',
    ],
    ids=range(11),
)
def test_a_path_that_leads_to_no_case_file_is_refused(small, remit, path):
    small.write("cases/refunds.xls", "x")
    small.write("cases/refunds.parquet", "PAR1 but not really")
    small.change("work/refunds.yaml", "cases/refunds.csv", path)
    said_in_the_error_form(remit("cases", "check", "refunds"))
    assert remit("check").code in (0, 3)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", "null", '{"remit": 9}', "[" * 100_000, b"\xff", '{"remit": 1, "kind": "frozen cases"}'],
    ids=range(9),
)
def test_a_frozen_set_that_was_changed_by_hand_is_refused(frozen, remit, text):
    frozen.write("cases/refunds.frozen.json", text)
    for arguments in (("prove", "refunds", "--executor", "desk"), ("cases", "freeze", "refunds")):
        said_in_the_error_form(remit(*arguments), "refunds.frozen.json")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"remit": 9}', "[" * 100_000, b"\xff", '{"works": {"refunds": 7}}'], ids=range(8)
)
def test_a_mirror_of_facts_that_was_changed_by_hand_is_refused_by_check_and_mended_by_proving(frozen, remit, text):
    frozen.write(".remit/facts.json", text)
    said_in_the_error_form(remit("check"), "facts.json")
    assert remit("prove", "refunds", "--executor", "desk").code == 0
    assert remit("check").code == 0


# Items


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("null", "null"),
        ("[1]", "a list of 1"),
        ("5", "the number 5"),
        ('"a"', "the text `a`"),
        ("{", "no JSON: "),
        (b"\xff", "text that is not UTF-8"),
        ('{"amount": ' + "1" * 5_000 + "}", "a number of more than 4,300 digits"),
        ('{"subject": "\\ud800"}', "U+D800 is half a character"),
        ('{"\\uDFFF": 1}', "U+DFFF is half a character"),
    ],
    ids=range(9),
)
def test_an_item_that_is_no_object_is_refused_in_the_words_of_json(frozen, remit, text, found):
    item = str(frozen.write("item.json", text))
    said_in_the_error_form(remit("decide", "refunds", "--input", item), "item.json", f"found {found}")


# Executors


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"entry": None}, "entry"),
        ({"entry": "functions/nothing.py:answer"}, "nothing.py"),
        ({"entry": "functions/desk.py:anwser"}, "did you mean `answer`"),
        ({"entry": "functions/desk.py"}, "entry"),
        ({"entry": "../desk.py:answer"}, "entry"),
        ({"entry": "/bin/sh:answer"}, "entry"),
        ({"entry": "functions:answer"}, "entry"),
        ({"entry": "functions/desk.py:__doc__"}, "not a function"),
        ({"entry": "functions/desk.py:" + "x." * 500 + "x"}, "entry"),
        ({"entry": f"functions/{'x' * 300}.py:answer"}, "entry"),
        ({"entry": f"{'x.' * 300}x:answer"}, "entry"),
        ({"files": f"[{'x' * 300}]"}, "files"),
        ({"kind": "functoin"}, "function"),
        ({"kind": "magic"}, "kind"),
        ({"kind": "model", "entry": None}, "file"),
        ({"kind": "llm"}, "settings"),
        ({"kind": "llm", "settings": "{model: gpt}"}, "entry"),
        ({"kind": "llm", "entry": None, "settings": "{model: gpt}"}, "whose model"),
        ({"kind": "llm", "entry": None, "settings": '{model: "openai:gpt"}'}, "key_from"),
        ({"kind": "agent"}, "agent"),
        ({"kind": "http", "entry": None}, "http"),
        ({"deadline": "soon"}, "deadline"),
        ({"deadline": "1w"}, "deadline"),
        ({"retries": "-1"}, "retries"),
        ({"retries": "11"}, "retries"),
        ({"cost_per_item": "-0.1"}, "cost_per_item"),
        ({"cost_per_item": "cheap"}, "cost_per_item"),
        ({"settings": "{colour: red}"}, "settings"),
        ({"settings": "[1]"}, "settings"),
        ({"files": "[models/nothing.json]"}, "nothing.json"),
        ({"files": "[../secret]"}, "secret"),
        ({"for": "Refunds!"}, "for"),
        ({"version": "1"}, "version"),
        ({"assumes": "input.amount"}, "assumes"),
    ],
)
def test_an_executor_file_that_cannot_be_used_is_refused_at_the_place(frozen, remit, changes, words):
    written = dict(line.split(": ", 1) for line in FILES["executors/desk.yaml"].splitlines())
    written |= changes
    frozen.write(
        "executors/desk.yaml", "".join(f"{key}: {value}\n" for key, value in written.items() if value is not None)
    )
    said_in_the_error_form(remit("prove", "refunds", "--executor", "desk"), words=words)


NO_FUNCTIONS = {
    "no Python": "def answer(given:\n",
    "a tab and spaces": "def answer(given):\n\tx = 1\n        return x\n",
    "an import of nothing": "import there_is_no_such_module\n\n\ndef answer(given):\n    return {}\n",
    "a fault on import": "1 / 0\n\n\ndef answer(given):\n    return {}\n",
    "an end on import": "raise SystemExit(0)\n",
    "an endless recursion on import": "def f():\n    return f()\n\n\nf()\n",
    "no such function": "def reply(given):\n    return {}\n",
    "a class": "class answer:\n    pass\n",
    "a value": "answer = {'refund': 'yes'}\n",
    "no parameter": "def answer():\n    return {}\n",
    "two parameters": "def answer(given, more):\n    return {}\n",
    "zero bytes": b"def answer(given):\x00\n    return {}\n",
    "Latin-1": "OFFICE = 'Büro'\n\n\ndef answer(given):\n    return {}\n".encode("latin-1"),
    "200,000 brackets": "[" * 200_000,
    "an import of a name that is too long": f"import {'x' * 300}\n\n\ndef answer(given):\n    return {{}}\n",
    "ten megabytes": "# " + "x" * 10_000_000,
    "an own import inside a function": "def answer(given):\n    from functions import generous\n    return {}\n",
    "nothing": "",
}


@pytest.mark.parametrize("name", NO_FUNCTIONS)
def test_a_function_that_cannot_be_loaded_is_refused(frozen, remit, name):
    frozen.write("functions/desk.py", NO_FUNCTIONS[name])
    said_in_the_error_form(remit("prove", "refunds", "--executor", "desk"))


RUNNING = {
    "raises": ("    raise RuntimeError('no')\n", "n_errors"),
    "exits": ("    raise SystemExit(1)\n", "n_errors"),
    "recurses": ("    return answer(given)\n", "n_errors"),
    "asserts": ("    assert False\n", "n_errors"),
    "has an error that cannot be read": (
        "    class Odd(Exception):\n        def __str__(self):\n            return 1 / 0\n    raise Odd\n",
        "n_errors",
    ),
    "returns nothing": ("    return None\n", "n_invalid_outputs"),
    "returns a word": ("    return 'yes'\n    # {}\n".replace("'yes'", "object()"), "n_invalid_outputs"),
    "returns another answer": ("    return {'refund': 'perhaps'}\n", "n_invalid_outputs"),
    "returns too much": ("    return {'refund': 'yes', 'more': 1}\n", "n_invalid_outputs"),
    "returns itself": ("    x = {}\n    x['refund'] = x\n    return x\n", "n_invalid_outputs"),
    "returns NaN": ("    return {'refund': float('nan')}\n", "n_invalid_outputs"),
    "is sure beyond measure": ("    return {'refund': 'yes'}, 1.01\n", "n_invalid_outputs"),
    "is NaN sure": ("    return {'refund': 'yes'}, float('nan')\n", "n_invalid_outputs"),
    "is sure in words": ("    return {'refund': 'yes'}, 'very'\n", "n_invalid_outputs"),
    "returns half a character": ("    return {'refund': '\\ud800'}\n", "n_invalid_outputs"),
    "returns a coroutine": ("    async def f():\n        return {}\n    return f()\n", "n_invalid_outputs"),
}


@pytest.mark.parametrize("name", RUNNING)
def test_what_a_running_executor_does_is_counted_and_no_error_of_the_command(frozen, remit, name):
    body, count = RUNNING[name]
    frozen.write("functions/desk.py", f"def answer(given):\n{body}")
    said = remit("prove", "refunds", "--executor", "desk", "--json")
    assert said.code == 1  # the targets are missed
    assert said.document[count] == said.document["n_wrong"] == 110
    assert "Traceback" not in said.err
    said = remit("decide", "refunds", "--executor", "desk", "--input", str(frozen.write("i.json", json.dumps(ITEM))))
    assert said.code == 0


def test_an_executor_that_hangs_is_counted_and_the_command_ends(frozen):
    frozen.write(
        "functions/desk.py",
        "import time\n\n\ndef answer(given):\n    if given['note'] in ('note 3', 'note 5', 'note 8'):\n"
        "        time.sleep(600)\n    return {'refund': 'yes'}\n",
    )
    frozen.change("executors/desk.yaml", "deadline: 5s", "deadline: 1s")
    said = frozen.process("prove", "refunds", "--executor", "desk", "--json")
    assert said.code == 1
    assert 1 <= said.document["n_timeouts"] <= 3
    assert said.document["n_errors"] == 0
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "content", [b"", b"no model", b"PK\x03\x04 half a zip", bytes(range(256)) * 50, b"\x80\x04cos\nsystem\n(S'id'\ntR."]
)
def test_a_model_file_that_is_none_is_refused(frozen, remit, content):
    frozen.write("models/desk.skops", content)
    frozen.write("executors/desk.yaml", 'for: refunds\nkind: model\nfile: models/desk.skops\nversion: "1"\n')
    said_in_the_error_form(remit("prove", "refunds", "--executor", "desk"), "desk.skops")


@pytest.mark.parametrize("content", ["", "x", "case;output.refund\n", b"\xff\xfe", "case,output.refund\nc1,perhaps\n"])
def test_answers_of_people_that_are_none_are_refused(frozen, remit, content):
    frozen.write("answers/clerks.csv", content)
    frozen.write("executors/clerks.yaml", "for: refunds\nkind: person\nsettings: {answers: answers/clerks.csv}\n")
    said_in_the_error_form(remit("prove", "refunds", "--executor", "clerks"))


@pytest.mark.parametrize("content", ["", "x\n", "a,b,c\n1,2,3\n", b"\xff\xfe", 'amount,refund\n"< x",no\n'])
def test_a_table_that_is_none_is_refused(frozen, remit, content):
    frozen.write("tables/refunds.csv", content)
    frozen.write(
        "executors/table.yaml",
        "for: refunds\nkind: table\nfile: tables/refunds.csv\nsettings: {in: [input.amount], out: [refund]}\n",
    )
    said_in_the_error_form(remit("prove", "refunds", "--executor", "table"))


def test_a_folder_in_the_place_of_a_file_is_said(frozen, remit):
    for name in ("work/refunds.yaml", "executors/desk.yaml", "cases/refunds.csv", "functions/desk.py"):
        before = frozen.read(name)
        (frozen.root / name).unlink()
        (frozen.root / name).mkdir()
        said_in_the_error_form(remit("prove", "refunds", "--executor", "desk"))
        (frozen.root / name).rmdir()
        frozen.write(name, before)
    (frozen.root / "waivers.yaml").mkdir()
    assert remit("check").code in (0, 3)


def test_a_broken_definition_is_said_by_the_real_command_too(tmp_path):
    small = make(tmp_path, **{"work/refunds.yaml": DEFINITION.replace("metric: accuracy", "metric: acuracy")})
    said = small.process("prove", "refunds", "--executor", "desk")
    said_in_the_error_form(said, "work/refunds.yaml")
    assert "did you mean `accuracy`" in said.err
    small.write("work/refunds.yaml", "[" * 200_000)
    said_in_the_error_form(small.process("check"), "work/refunds.yaml")
