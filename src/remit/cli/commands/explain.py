"""``remit explain`` and ``remit schema``."""

from __future__ import annotations

import click

from remit.cli.options import json_option
from remit.cli.output import shown_output

__all__ = ["explain", "schema"]


@click.command(short_help="What a rule, an error code, a level or a word means.")
@click.argument("code", metavar="CODE", nargs=-1, required=True)
@json_option
def explain(*, code: tuple[str, ...], as_json: bool) -> None:
    """Explain a readiness rule (WD01) or an error code (E303) and how to mend it, an autonomy level, or a word.

    \b
    Examples:
      remit explain WD01
      remit explain E303
      remit explain supervised               what happens at this level, and which rules count from it on
      remit explain error budget             a word of Remit
    """  # noqa: D301
    from remit.readiness.explain import explain as explained
    from remit.report.documents import plain, versioned
    from remit.report.terminal import render_explanation

    output = shown_output(as_json=as_json)
    found = explained(" ".join(code))
    output.document(versioned("explanation", plain(found)))
    output.text(render_explanation(found, width=output.width, colour=output.colour))


@click.command(short_help="The JSON Schema of work definitions.")
def schema() -> None:
    """Print the JSON Schema of work definitions, for editors that complete and check YAML.

    \b
    Examples:
      remit schema > work.schema.json
    """  # noqa: D301
    import json

    from remit.definition.reading.language import language_schema

    click.echo(json.dumps(language_schema(), indent=2))
