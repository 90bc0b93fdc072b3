"""``remit serve``."""

from __future__ import annotations

import logging
import sys

import click

from remit.cli.options import log_options, opened, telemetry_here
from remit.cli.output import shown_output
from remit.errors import InvalidInput, OutsideError
from remit.project import Project
from remit.project.logs import logging_to, say, why_of

__all__ = ["serve"]


@click.command(short_help="Serve this project over HTTP.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8321, show_default=True, help="At which port; 0 takes a free one."
)
@click.option("--no-sweeper", is_flag=True, help="Let another process do what happens by itself: time-outs, alarms.")
@log_options
def serve(*, host: str, port: int, no_sweeper: bool, log_format: str, log_level: str) -> None:
    """Serve this project over HTTP, until it is interrupted or told to end (SIGTERM).

    On your own machine nobody needs a token until the first one is made. Changed definitions and executor files are
    taken while it runs; files that are wrong are not, and the log says why. Each event is one line on stderr, without
    what items hold. OTEL_EXPORTER_OTLP_ENDPOINT turns telemetry on.

    \b
    Examples:
      remit serve
      remit token make mira --by ana && remit serve --host 0.0.0.0
      remit serve --log-format json
    """  # noqa: D301
    try:
        from remit.api.serving import is_own_machine, listening
        from remit.api.serving import serve as served
    except ModuleNotFoundError as error:
        raise OutsideError(
            f"{error.name} is not installed", mend="install Remit with its server: remit[serve]"
        ) from error

    output = shown_output()
    with (
        logging_to(sys.stderr, form=log_format, level=log_level),
        telemetry_here() as telemetry,
        opened(telemetry=telemetry) as project,
    ):
        _read_everything(project)
        bound = listening(project, host, port)
        with bound:
            name = f"[{host}]" if ":" in host else host
            said = f"Remit serves {project.root.name} on http://{name}:{bound.getsockname()[1]}"
            served(
                project,
                bound,
                own_machine=is_own_machine(host),
                with_sweeper=not no_sweeper,
                on_ready=lambda: output.text(said),
            )


def _read_everything(project: Project) -> None:
    """Read what is asked for later, so that what is wrong shows now; one broken work does not keep the others back."""
    for id_ in project.work_ids:
        try:
            _ = project.work(id_).prepared
        except InvalidInput as fault:
            say("work.broken", level=logging.ERROR, work=id_, code=fault.code, why=why_of(fault))
