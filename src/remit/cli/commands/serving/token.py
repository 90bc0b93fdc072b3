"""``remit token``: who may come through the server's door, and with which roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from remit.cli.options import by_option, json_option, opened
from remit.cli.output import shown_output

if TYPE_CHECKING:
    from remit.store.operations.tokens import Token

__all__ = ["token"]


@click.group(short_help="Make, list and revoke what lets people and machines in.")
def token() -> None:
    """Make, list and revoke tokens: what people and machines show to `remit serve`.

    \b
    Examples:
      remit token make mira --days 90 --by ana
      remit token make shop --role service --work refunds --by ana
      remit token revoke 01J...
    """  # noqa: D301


@token.command("make", short_help="Make a token; it is shown once.")
@click.argument("person", metavar="PERSON")
@click.option("--role", "roles", multiple=True, metavar="ROLE", help="A role of access (default: all that PERSON has).")
@click.option("--work", "work_id", metavar="ID", help="Good for this work only (default: every work).")
@click.option("--days", type=int, metavar="NUMBER", help="After how many days it expires (default: never).")
@by_option
@json_option
def make(
    *, person: str, roles: tuple[str, ...], work_id: str | None, days: int | None, by: str | None, as_json: bool
) -> None:
    """Make a token for a person of `remit.yaml`. It is shown once, and only its SHA-256 is kept.

    Who made it is recorded: say it with --by, where `remit.yaml` knows more than one person.
    """
    from remit.project.serving.tokens import make_token
    from remit.report.documents import versioned

    output = shown_output(as_json=as_json)
    with opened() as project:
        made = make_token(project, person, roles=roles, work=work_id, days=days, by=by)
    output.document(versioned("token", {"secret": made.secret, **_shown(made.token)}))
    output.text(made.secret)
    output.aside(f"token {made.token.id}: {_sentence(made.token)}. It is not shown again.")


@token.command("list", short_help="Every token that was made.")
@json_option
def list_(*, as_json: bool) -> None:
    """List the tokens: for whom, with which roles, until when. The tokens themselves are kept nowhere."""
    from remit.project.serving.tokens import tokens_made
    from remit.report.documents import versioned

    output = shown_output(as_json=as_json)
    with opened() as project:
        found = tokens_made(project)
    output.document(versioned("tokens", {"tokens": [_shown(one) for one in found]}))
    lines = [f"{one.id}  {_sentence(one)}" for one in found]
    output.text("\n".join(lines) or "There is no token. `remit token make PERSON` makes one.")


@token.command("revoke", short_help="Refuse a token from now on.")
@click.argument("token_id", metavar="TOKEN")
@json_option
def revoke(*, token_id: str, as_json: bool) -> None:
    """Revoke a token by its id: running servers refuse it within a second, and end the sessions made with it."""
    from remit.project.serving.tokens import revoke_token
    from remit.report.documents import versioned

    output = shown_output(as_json=as_json)
    with opened() as project:
        found = revoke_token(project, token_id)
    output.document(versioned("token", _shown(found)))
    output.text(f"revoked: {found.id}, {_sentence(found)}")


def _shown(one: Token) -> dict[str, Any]:
    from remit.report.documents import plain

    return {name: value for name, value in plain(one).items() if name != "hash"}


def _sentence(one: Token) -> str:
    of = f"for {one.work}" if one.work is not None else "for every work"
    if one.revoked_at is not None:
        until = f"revoked {one.revoked_at.date().isoformat()}"
    else:
        until = "no end" if one.expires_at is None else f"until {one.expires_at.date().isoformat()}"
    return f"{one.person} as {', '.join(one.roles)}, {of}, {until}, made by {one.made_by}"
