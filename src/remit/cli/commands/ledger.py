"""``remit ledger``: the sealed record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from remit.cli.options import json_option, opened
from remit.cli.output import shown_output
from remit.errors import LedgerBroken

if TYPE_CHECKING:
    from remit.report.terminal import LedgerCheck
    from remit.runtime.verify import ChainVerified

__all__ = ["ledger"]


@click.group(short_help="Verify the record.")
def ledger() -> None:
    """The append-only record of everything decided: verify that nobody changed it."""


@ledger.command("verify", short_help="Recompute the chain and every record it speaks of.")
@json_option
def verify(*, as_json: bool) -> None:
    """Recompute every chain and every record it speaks of, and name the first entry that does not fit.

    Proofs, their answers and open reviews are no part of the chain. What this can't see either: last entries that were
    cut off together with all they speak of, and a record that somebody with write access made anew from some entry to
    the end. Note the heads it prints elsewhere to notice both.

    \b
    Exit codes: 0 it verifies; 6 it does not.
    """  # noqa: D301
    from remit.report.documents import plain, versioned
    from remit.report.terminal import render_ledger

    output = shown_output(as_json=as_json)
    with opened() as project:
        checks = [_check(one) for one in project.verify_ledger()]
    output.document(versioned("ledger", {"chains": plain(checks)}))
    output.text(render_ledger(checks, width=output.width, colour=output.colour))
    if any(check.fault is not None for check in checks):
        raise SystemExit(LedgerBroken.exit_code)


def _check(one: ChainVerified) -> LedgerCheck:
    from remit.ledger import Verified
    from remit.report.terminal import LedgerCheck

    result = one.result
    if isinstance(result, Verified):
        head = result.head.hash.hex() if result.head is not None else None
        return LedgerCheck(chain=one.work, n_entries=result.n, head=head)
    fault = f"{result.what.value}: expected {result.expected}, found {result.found}"
    return LedgerCheck(chain=one.work, n_entries=result.seq, head=None, fault=fault, at_entry=result.seq)
