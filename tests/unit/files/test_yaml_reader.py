"""YAML as JSON: what is read, what is refused, and where everything stands."""

import time
from pathlib import Path

import pytest

from remit.errors import FileUnreadable, RemitError, YamlInvalid
from remit.files.yaml_reader import MAX_DEPTH, read_yaml, read_yaml_list, read_yaml_text


def data(text):
    return read_yaml_text(text).data


def problems(text):
    with pytest.raises(YamlInvalid) as caught:
        read_yaml_text(text, "work/x.yaml")
    return caught.value.problems


def only_problem(text):
    (problem,) = problems(text)
    return problem


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("True", "True"),
        ("012", "012"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2027-06-30", "2027-06-30"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("+1", "+1"),
        (".5", ".5"),
        ("5%", "5%"),
        ("'5'", "5"),
        ("'true'", "true"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-7", -7),
        ("0.05", 0.05),
        ("-1.5e3", -1500.0),
        ("1e3", 1000.0),
    ],
)
def test_only_what_json_knows_is_converted(written, value):
    found = data(f"a: {written}\n")["a"]
    assert found == value
    assert type(found) is type(value)


def test_a_key_is_always_text():
    assert data("'<<': 1\n\"\": 2\n") == {"<<": 1, "": 2}
    assert data("1: a\nno: b\ntrue: c\n") == {"1": "a", "no": "b", "true": "c"}


def test_values_and_keys_have_their_place_counted_in_characters_from_1():
    source = read_yaml_text("a: 'äö🙂'\nlist:\n  - x: 1\n    y: [p, 'q']\n").source
    assert source.positions["a",] == (1, 4)
    assert source.keys["a",] == (1, 1)
    assert source.positions["list", 0, "y", 1] == (4, 12)
    assert source.keys["list", 0, "y"] == (4, 5)
    assert source.lines[3] == "    y: [p, 'q']"


def test_a_place_behind_characters_beyond_the_first_plane_is_right():
    source = read_yaml_text("a: {b: '🙂🙂', c: [1, xyz]}\n").source
    assert source.positions["a", "c", 1] == (1, 21)


@pytest.mark.parametrize(
    ("written", "start"),
    [
        ("a: input.x > 1\n", (1, 4)),
        ("a: 'input.x'\n", (1, 5)),
        ('a: "input.x"\n', (1, 5)),
        ("a: &n input.x\n", None),
        ("a: 'it''s'\n", None),
        ('a: "x\\ny"\n', None),
        ("a: two\n  lines\n", None),
        ("a: >-\n  text\n", None),
        ("a: |\n  text\n", None),
        ("a:\n", None),
        ('a: ""\n', None),
        ('a: "two\\\n two"\n', None),
    ],
)
def test_text_has_a_start_only_where_its_columns_are_those_of_the_file(written, start):
    assert read_yaml_text(written).source.text_starts.get(("a",)) == start


def test_a_byte_order_mark_is_dropped():
    read = read_yaml_text("\ufeffa: 1\n")
    assert read.data == {"a": 1}
    assert read.source.keys["a",] == (1, 1)


def test_windows_line_ends_count_once():
    assert read_yaml_text("a: 1\r\nb: 2\r\n").source.keys["b",] == (2, 1)


def test_an_alias_is_a_copy():
    read = read_yaml_text("a: &x {p: [1]}\nb: *x\n")
    assert read.data == {"a": {"p": [1]}, "b": {"p": [1]}}
    assert read.data["a"] is not read.data["b"]
    assert read.source.positions["b", "p", 0] == (1, 12)


def test_every_problem_before_a_broken_place_is_told_with_it():
    found = problems("a: 1\na: 2\nb: !!str x\nc:\n  <<: {d: 1}\n  [k]: 1\n  e: *nowhere\nf: [1\ng: 2\n")
    assert [(p.where.line, p.where.column) for p in found] == [(2, 1), (3, 4), (5, 3), (6, 3), (7, 6), (9, 2)]
    assert [p.where.file for p in found] == ["work/x.yaml"] * 6
    assert "twice" in found[0].message
    assert "tag" in found[1].message
    assert "merge" in found[2].message
    assert "no text" in found[3].message
    assert "&nowhere" in found[4].message
    assert "not closed" in found[5].message
    assert found[0].where.excerpt == "a: 2"


def test_a_problem_says_the_path_in_the_document():
    assert only_problem("a:\n  - b: [x, *q]\n").where.path == "a[0].b[1]"


def test_a_duplicate_key_says_where_the_first_one_is():
    problem = only_problem("a:\n  k: 1\n  l: 2\n  k: 3\n")
    assert problem.found == "the first in line 2"
    assert problem.where.path == "a.k"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a:\n\t- b\n", (2, 1), "tab"),
        ("a: b\n\tc: d\n", (2, 1), "tab"),
        ("a: b: c\n", (1, 5), "`: `"),
        ("a: [1,2\nb: 3\n", (2, 2), "`[`"),
        ("a: {b: 1\nc: 2\n", (2, 2), "`{`"),
        ("a: 'x\nb: 2\n", (3, 1), "quote"),
        ('a: "x\\q"\n', (1, 6), "escape"),
        ('a: "\\ud800"\n', (1, 7), "escape is no character"),
        ("a: @x\n", (1, 4), "begin"),
        ("a: `x`\n", (1, 4), "begin"),
        ("fields: [*]\n", (1, 11), "`*`"),
        ("a: - b\n", (1, 4), "`-`"),
        ("a: 'x' y\n", (1, 8), "lines above"),
        ("- a\nb: 1\n", (2, 1), "entry"),
        ("a: |x\n  y\n", (1, 5), "`|`"),
        ("{a: 1}}\n", (1, 7), "before it"),
        ("é: 1\na: \x01b\n", (2, 4), "control"),
        ("a: !x!y b\n", (1, 4), "tag"),
        (": x\n", (1, 1), ""),
        ("%YAML 1.3\n---\na: 1\n", (1, 1), "YAML"),
        ("---\na: 1\n---\nb: 1\n", (3, 1), "second document"),
        ("a: &x [*x]\n", (1, 8), "contains itself"),
        ("*x : 1\n", (1, 1), "alias"),
        ("*x", (1, 1), "&x"),
        ("? \n: x\n", (1, 2), "without a key"),
        ("? {a: 1}\n: b\n", (1, 3), "no text"),
        ("a: 1e999\n", (1, 4), "number"),
        (f"a: {'9' * 101}\n", (1, 4), "number"),
        ("- a\n- b\n", (1, 1), "top level"),
        ("a:b\n", (1, 1), "top level"),
        ("", (1, 1), "empty"),
        ("# nothing\n", (1, 1), "empty"),
        ("null\n", (1, 1), "empty"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_in_plain_words_at_its_place(text, place, words):
    problem = problems(text)[-1]
    assert (problem.where.line, problem.where.column) == place
    assert words in problem.message


def test_a_quote_that_is_never_closed_says_where_it_begins():
    assert "begins in line 1" in only_problem("a: 'x\nb: 2\n").message
    assert "begins in line 1" in only_problem("a: [1\nb: 2\n").message


@pytest.mark.parametrize("text", ["a: b\n\tc: d\n", "a: 1\n]\n"])
def test_nothing_else_says_where_it_begins(text):
    assert "begins" not in only_problem(text).message


def test_below_a_key_that_is_no_text_there_is_no_path():
    assert [problem.where.path for problem in problems("a:\n  ? [b, *q]\n  : c\n")] == ["a", "a"]


def test_a_field_in_braces_without_quotes_gets_the_mend_for_fields():
    mend = only_problem("lines: list of {text: text <= 80, price: number}\n").mend or ""
    assert "list of: {text" in mend
    assert 'lines: "list of' in mend
    assert only_problem("place: optional {town: text <= 80}\n").mend == mend
    assert "list of" not in (only_problem("a: b: c\n").mend or "")


def test_a_mapping_without_spaces_behind_its_colons_gets_the_mend():
    assert "space" in (only_problem("a:b\n").mend or "")
    assert only_problem("ab\n").mend is None


@pytest.mark.parametrize(
    "text", ["[" * 200_000, "a: " + "[" * 100_000, "[{a: " * 99_000, "- " * 400_000, "? " * 90_000]
)
def test_runaway_nesting_is_refused_at_once(text):
    started = time.process_time()
    assert f"deeper than {MAX_DEPTH}" in problems(text)[-1].message
    assert time.process_time() - started < 2


def test_exactly_the_allowed_depth_is_read():
    assert data("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1))
    assert problems("a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH)


def test_depth_through_aliases_counts():
    half = "[" * 60 + "]" * 60
    found = only_problem(f"a: &a {half}\nb: {half.replace('[]', '[*a]')}\n")
    assert "deeper" in found.message
    assert found.where.line == 2


def test_an_alias_bomb_is_refused_where_it_would_go_off():
    lines = ["a: &a [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"{b}: &{b} [{','.join([f'*{a}'] * 10)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=False)]
    started = time.process_time()
    found = only_problem("\n".join(lines))
    assert "too much" in found.message
    assert found.where.line == 6
    assert time.process_time() - started < 2


def test_a_long_text_repeated_by_aliases_is_refused():
    assert "too much" in only_problem(f"a: &x {'s' * 400_000}\nb: [{'*x,' * 10}]").message


def test_too_many_values_are_refused():
    assert "too much" in only_problem("a: [" + "1," * 200_001 + "]").message


def test_a_file_full_of_faults_stops_at_100():
    assert len(problems("a: 1\n" * 5000)) == 100


def test_a_missing_file_a_folder_and_a_pipe_are_refused(tmp_path):
    import os

    os.mkfifo(tmp_path / "pipe")
    for path, words in (("none.yaml", "does not exist"), (".", "is a folder"), ("pipe", "no ordinary")):
        with pytest.raises(FileUnreadable, match=words):
            read_yaml(tmp_path / path)


def test_an_empty_file_is_no_mapping(tmp_path):
    (tmp_path / "x.yaml").write_text("# nothing\n")
    with pytest.raises(YamlInvalid, match="empty"):
        read_yaml(tmp_path / "x.yaml")
    assert read_yaml(tmp_path / "x.yaml", empty_is_mapping=True).data == {}


def test_a_name_that_no_file_can_have_is_refused(tmp_path):
    with pytest.raises(FileUnreadable):
        read_yaml(Path("a\0b"))
    with pytest.raises(FileUnreadable):
        read_yaml(tmp_path / ("x" * 5000))


def test_a_file_above_the_limit_is_refused_with_its_size(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("a: " + "x" * 97)
    assert read_yaml(path, limit_bytes=100).data
    path.write_text("a: " + "x" * 98)
    with pytest.raises(FileUnreadable) as caught:
        read_yaml(path, limit_bytes=100)
    assert caught.value.problems[0].found == "101 bytes"


def test_text_above_the_limit_is_refused():
    with pytest.raises(FileUnreadable):
        read_yaml_text("a: ää", limit_bytes=6)


def test_bytes_that_are_not_utf8_are_told_with_offset_and_line(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1\nb: \xc3\xa9 \xff\n")
    with pytest.raises(FileUnreadable) as caught:
        read_yaml(path)
    (problem,) = caught.value.problems
    assert (problem.where.line, problem.where.column) == (2, 6)
    assert problem.found == "byte 0xff at offset 11"
    assert "UTF-8" in (problem.mend or "")


def test_utf16_is_named(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes("a: 1\n".encode("utf-16"))
    with pytest.raises(FileUnreadable) as caught:
        read_yaml(path)
    assert caught.value.problems[0].found == "UTF-16"


def test_nul_is_refused_with_its_place():
    with pytest.raises(FileUnreadable) as caught:
        read_yaml_text("a: 1\nb: x\0y\n")
    assert (caught.value.problems[0].where.line, caught.value.problems[0].where.column) == (2, 5)


def test_half_a_character_is_refused():
    with pytest.raises(FileUnreadable, match="half"):
        read_yaml_text("a: \ud800")


def test_a_list_file_is_read_and_a_mapping_is_not_one(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("- {a: 1}\n- b\n")
    assert read_yaml_list(path).items == [{"a": 1}, "b"]
    path.write_text("# nothing yet\n")
    assert read_yaml_list(path).items == []
    path.write_text("a: 1\n")
    with pytest.raises(YamlInvalid, match="list"):
        read_yaml_list(path)


def test_every_refusal_has_a_place():
    for text in ("a: 1\n b: 2\n", "a: *x\n", "a: b: c", "a", "\u2028: x: y"):
        with pytest.raises(RemitError) as caught:
            read_yaml_text(text, "f.yaml")
        for problem in caught.value.problems:
            assert problem.where.file == "f.yaml"
            assert problem.where.line is not None
            assert problem.where.column is not None
