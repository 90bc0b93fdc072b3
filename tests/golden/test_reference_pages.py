"""The pages of the reference that are made from the code are the ones that the code makes."""

import json
import re
from pathlib import Path

import click
import pytest
from tools.cli_page import cli_page
from tools.data_model_page import DESCRIBED, data_model_page
from tools.errors_page import errors_page

from remit.cli.main import cli
from remit.errors import NotFound, Problem, all_errors
from remit.report.problems import problems_document
from remit.store.tables import metadata

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.mark.parametrize(
    ("name", "made"), [("cli", cli_page), ("errors", errors_page), ("data-model", data_model_page)]
)
def test_the_page_is_up_to_date(name, made):
    page = REFERENCE / f"{name}.md"
    assert page.read_text(encoding="utf-8") == made(), f"run `python tools/{name.replace('-', '_')}_page.py`"


def test_every_command_and_every_option_stands_on_the_page():
    page = cli_page()
    pending = [(click.Context(cli, info_name="remit"), cli)]
    while pending:
        context, command = pending.pop()
        for name in command.list_commands(context) if isinstance(command, click.Group) else ():
            below = command.get_command(context, name)
            pending.append((click.Context(below, info_name=name, parent=context), below))
        if context.parent is None:
            continue
        section = re.split(rf"^#+ {context.command_path}$", page, flags=re.MULTILINE)[1].split("\n#")[0]
        for option in command.params:
            assert not isinstance(option, click.Option) or f"| `{option.opts[0]}" in section


def test_every_table_has_a_section_that_says_what_it_holds():
    page = data_model_page()
    assert set(DESCRIBED) == set(metadata.tables)
    for table in metadata.tables.values():
        section = page.split(f"\n## {table.name}\n")[1].split("\n## ")[0]
        assert all(f"| `{column.name}` |" in section for column in table.columns)
    assert "with which chance this item was to be audited" in page


def test_every_error_has_a_row_and_a_section():
    page = errors_page()
    for code, error in all_errors().items():
        assert f"| [{code}](#{code.lower()}) | `{error.__name__}` |" in page
        assert f"\n## {code}\n" in page


def test_the_error_document_that_is_shown_is_the_one_that_comes():
    problem = Problem(
        message="there is no work `claims` in this project",
        expected="one of claim",
        found="claims",
        mend="did you mean `claim`?",
    )
    shown = re.search(r"```json\n(.*?)```", errors_page(), re.DOTALL)[1]
    assert json.loads(shown) == problems_document(NotFound(problem.message, problems=[problem]))
