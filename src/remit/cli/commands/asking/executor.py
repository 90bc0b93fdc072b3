"""``remit executor``: what an executor is asked."""

from __future__ import annotations

import click

from remit.cli.objects import read_object
from remit.cli.options import json_option, opened, work_argument
from remit.cli.output import shown_output

__all__ = ["executor"]


@click.group(short_help="What a language model is told, word for word.")
def executor() -> None:
    """What an executor is asked.

    \b
    Examples:
      remit executor prompt triage-email --executor gpt
      remit executor prompt triage-email --executor gpt --case c0012
    """  # noqa: D301


@executor.command("prompt", short_help="What would be sent, without sending it.")
@work_argument
@click.option("--executor", "name", required=True, metavar="NAME", help="An executor of kind llm.")
@click.option("--case", "case", metavar="CASE", help="Show the message about this case too.")
@click.option("--input", "input_", metavar="FILE|-", help="Show the message about this item; - reads stdin.")
@json_option
def prompt(*, work_id: str, name: str, case: str | None, input_: str | None, as_json: bool) -> None:
    """Show what would be sent to a language model, word for word. Nothing is sent, and no key is needed.

    \b
    Examples:
      remit executor prompt triage-email --executor gpt --case c0012
      remit executor prompt triage-email --executor gpt --input item.json
    """  # noqa: D301
    from remit.errors import UsageError
    from remit.project.probing.prompting import show_prompt
    from remit.report.documents import versioned
    from remit.report.text import visible_lines

    if case is not None and input_ is not None:
        raise UsageError(
            "--case and --input name two items", expected="one of them", found="both", mend="leave one out"
        )
    output = shown_output(as_json=as_json)
    given = None if input_ is None else read_object(input_, expected='an object such as {"subject": "..."}')
    with opened() as project:
        shown = show_prompt(project.work(work_id), name, case=case, given=given)
    output.document(
        versioned(
            "prompt",
            {
                "work": work_id,
                "executor": shown.executor,
                "executor_digest": shown.digest,
                "instructions": shown.instructions,
                "message": shown.message,
                "schema": shown.schema,
                "settings": shown.settings,
            },
        )
    )
    said = [f"{key}: {value}" for key, value in shown.settings.items() if value is not None]
    sent = shown.instructions if shown.message is None else f"{shown.instructions}\n\n{shown.message}"
    output.text("\n".join(visible_lines(sent)))
    output.aside(f"sent with {', '.join(said)}; executor digest {shown.digest[:12]}")
    if shown.message is None:
        output.aside("the message about the item follows: --case CASE or --input FILE shows one")
