"""``remit alerts``: what somebody has to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from remit.cli.options import by_option, json_option, opened
from remit.cli.output import shown_output

if TYPE_CHECKING:
    from remit.report.terminal.delivering.alerts import AlertRow
    from remit.store.operations.alerts import Alert

__all__ = ["alerts"]


@click.group(short_help="What somebody has to look at.")
def alerts() -> None:
    """Alerts: one for each thing that somebody has to look at, open until it is settled."""


@alerts.command("list", short_help="The alerts that are open.")
@json_option
def list_(*, as_json: bool) -> None:
    """Show the open alerts, the oldest first, and whether anybody was told."""
    from remit.report.documents import plain, versioned
    from remit.report.terminal.delivering.alerts import render_alerts
    from remit.store.operations.alerts import open_alerts

    output = shown_output(as_json=as_json)
    with opened() as project:
        found = open_alerts(project.store)
        has_sender = project.file.alerts is not None
    output.document(versioned("alerts", {"alerts": plain(found)}))
    rows = [_row(one, has_sender=has_sender) for one in found]
    output.text(render_alerts(rows, width=output.width, colour=output.colour))


@alerts.command("settle", short_help="Close an alert that was seen to.")
@click.argument("alert_id", metavar="ALERT")
@by_option
@json_option
def settle(*, alert_id: str, by: str | None, as_json: bool) -> None:
    """Close an alert: it is not sent any more, and the next of its kind is a new one.

    \b
    Examples:
      remit alerts settle 01J... --by mira
    """  # noqa: D301
    from remit.project.delivering.outbox import settle_alert
    from remit.report.documents import plain, versioned

    output = shown_output(as_json=as_json)
    with opened() as project:
        settled = settle_alert(project, alert_id, by=by)
    output.document(versioned("alert", {"alert": plain(settled)}))
    output.text(f"settled by {settled.settled_by}: {settled.text}")


def _row(one: Alert, *, has_sender: bool) -> AlertRow:
    from remit.report.terminal.delivering.alerts import AlertRow

    told = "yes" if one.sent_at is not None else "no: remit.yaml has no `alerts`"
    if one.sent_at is None and has_sender:
        told = "not yet" if one.fault is None else f"not yet: {one.fault}, tries: {one.n_tries}"
    return AlertRow(id=one.id, work=one.work, kind=one.kind, text=one.text, at=one.at, contact=one.contact, sent=told)
