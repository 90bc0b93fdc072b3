"""``remit ledger``: the sealed record."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from remit.cli.options import by_option, json_option, opened, work_argument
from remit.cli.output import Output, shown_output
from remit.errors import LedgerBroken, ProjectInvalid, UsageError

if TYPE_CHECKING:
    from remit.ledger import Head, SealsVerified
    from remit.report.terminal import LedgerCheck
    from remit.runtime.verify import ChainVerified

__all__ = ["ledger"]

_file = click.Path(path_type=Path)


@click.group(short_help="Verify, seal, anchor and export the record.")
def ledger() -> None:
    """The append-only record of everything decided: verify that nobody changed it, seal it, note its ends, take it out.

    \b
    Examples:
      remit ledger verify
      remit ledger seal
      remit ledger anchor ../elsewhere/anchors.jsonl
      remit ledger export digits digits.jsonl --by mira
    """  # noqa: D301


@ledger.command("verify", short_help="Recompute the chains, the seals and every record they speak of.")
@click.argument("work_id", metavar="[ID]", required=False)
@click.option("--anchor", type=_file, metavar="FILE", help="Hold the record against the ends noted in this file.")
@click.option("--key", type=_file, metavar="FILE", help="Verify the seals with the keys in this file.")
@click.option("--file", type=_file, metavar="FILE", help="Verify an exported file instead; no project is needed.")
@json_option
def verify(*, work_id: str | None, anchor: Path | None, key: Path | None, file: Path | None, as_json: bool) -> None:
    """Recompute every chain, its seals and every record they speak of, and name the first entry that does not fit.

    What is cut off behind the last seal together with all it speaks of is only found with --anchor. Without the key of
    the seals everything but their signatures is checked. Where no seal covers the end of a chain, or none is there,
    it says from which entry on and since when. Proofs and their answers are no part of it, nor is whom an open review
    waits for, and until when.

    \b
    Examples:
      remit ledger verify
      remit ledger verify digits --anchor ../elsewhere/anchors.jsonl
      remit ledger verify --file digits.jsonl --key public.key

    \b
    Exit codes: 0 it verifies; 6 it does not.
    """  # noqa: D301
    output = shown_output(as_json=as_json)
    if file is not None:
        if work_id is not None:
            raise UsageError(
                "a file holds the record of one work", expected="an ID or --file", found="both", mend="leave one out"
            )
        checks = [_file_check(file, anchor, key)]
    else:
        with opened() as project:
            checks = [_check(one) for one in project.verify_ledger(work_id, anchor=anchor, key=key)]
    _show(output, checks)


@ledger.command("seal", short_help="Seal what is not sealed yet.")
@json_option
def seal(*, as_json: bool) -> None:
    """Seal what the chains have grown by: a Merkle root of the new entries, signed, one seal after the other.

    The key is REMIT_SEAL_KEY, else .remit/seal.key, which is made at the first use. `remit serve` seals by itself.
    """
    from remit.project.ledger.keeping import seal_all
    from remit.report.documents import plain, versioned

    output = shown_output(as_json=as_json)
    with opened() as project:
        seals = seal_all(project)
    output.document(versioned("seals", {"seals": plain(seals)}))
    for one in seals:
        output.text(f"{one.work}: seal {one.n} over entries {one.first_seq} to {one.last_seq}, key {one.key_id}")
    if not seals:
        output.text("nothing to seal: every entry is sealed")


@ledger.command("anchor", short_help="Note the ends of the chains in a file elsewhere.")
@click.argument("file", type=_file, metavar="FILE")
@json_option
def anchor(*, file: Path, as_json: bool) -> None:
    """Verify the record, hold it against what FILE says, and add the ends of the chains to it, a JSON line each.

    Keep FILE where those who can write to the store can't: on another machine, in a git repository that others hold.

    \b
    Exit codes: 0 noted; 6 the record does not verify, or is not what FILE says: nothing is written then.
    """  # noqa: D301
    from remit.project.ledger.anchoring import anchor_ledger
    from remit.report.documents import plain, versioned

    output = shown_output(as_json=as_json)
    with opened() as project:
        done = anchor_ledger(project, file)
    output.document(versioned("anchored", plain(done)))
    for one in done.new:
        sealed = f", seal {one.seal_n}" if one.seal_n is not None else ""
        output.text(f"{one.work}: entry {one.seq}, hash {one.hash.hex()}{sealed}")
    if not done.new:
        output.text("nothing new to note: the ends are those in the file")


@ledger.command("export", short_help="Take a range of the record out, as a file that verifies by itself.")
@work_argument
@click.argument("file", type=_file, metavar="FILE")
@click.option("--from", "first", type=click.IntRange(min=1), metavar="N", help="The first entry (default: 1).")
@click.option("--to", "last", type=click.IntRange(min=1), metavar="N", help="The last entry (default: the last).")
@click.option("--with-content", is_flag=True, help="Inputs and outputs leave too.")
@by_option
@json_option
def export(
    *, work_id: str, file: Path, first: int | None, last: int | None, with_content: bool, by: str | None, as_json: bool
) -> None:
    """Write the entries of a work with the records they speak of, and the seals over them, as JSON lines.

    That it was taken out is recorded first. `remit ledger verify --file FILE` verifies it anywhere.

    \b
    Examples:
      remit ledger export digits digits.jsonl --by mira
      remit ledger export digits may.jsonl --from 1200 --to 4500 --with-content --by mira
    """  # noqa: D301
    from remit.project.ledger.keeping import export_ledger
    from remit.report.documents import plain, versioned

    output = shown_output(as_json=as_json)
    with opened() as project:
        done = export_ledger(project, work_id, file, first=first, last=last, with_content=with_content, by=by)
    output.document(versioned("exported", plain(done)))
    content = "with content" if with_content else "without content"
    output.text(f"{done.file}: entries {done.export.first} to {done.export.last} of {work_id}, {content}")


@ledger.command("path", short_help="Show that one entry is under a seal.")
@work_argument
@click.argument("seq", type=click.IntRange(min=1), metavar="N")
@json_option
def path(*, work_id: str, seq: int, as_json: bool) -> None:
    """Print entry N's hash, the seal over it, and the hashes between them: all that shows it was sealed.

    Who has them and the key needs nothing else of the record.
    """
    from remit.project.ledger.keeping import inclusion_of
    from remit.report.documents import plain, versioned

    output = shown_output(as_json=as_json)
    with opened() as project:
        found = inclusion_of(project, work_id, seq)
    output.document(versioned("inclusion", plain(found)))
    output.text(f"entry {seq}: {found.hash.hex()}")
    for one in found.path:
        output.text(f"  beside it: {one.hex()}")
    one_seal = found.seal
    output.text(
        f"root of seal {one_seal.n}, entries {one_seal.first_seq} to {one_seal.last_seq}: {one_seal.root.hex()}"
    )


def _show(output: Output, checks: list[LedgerCheck]) -> None:
    from remit.report.documents import plain, versioned
    from remit.report.terminal import render_ledger

    output.document(versioned("ledger", {"chains": plain(checks)}))
    output.text(render_ledger(checks, width=output.width, colour=output.colour))
    if any(check.fault is not None for check in checks):
        raise SystemExit(LedgerBroken.exit_code)


def _file_check(file: Path, anchor: Path | None, key: Path | None) -> LedgerCheck:
    from remit.ledger import Broken
    from remit.project.ledger.keeping import verify_file

    try:
        with opened() as project:
            found = verify_file(project, file, anchor=anchor, key=key)
    except ProjectInvalid:  # an auditor has the file and the key, and no project
        found = verify_file(None, file, anchor=anchor, key=key)
    if isinstance(found, Broken):
        return _fault(file.name, found.seq, f"{found.what.value}: expected {found.expected}, found {found.found}")
    return _held(found.work, found.n, found.head, found.seals)


def _check(one: ChainVerified) -> LedgerCheck:
    from remit.ledger import Broken

    result = one.result
    if isinstance(result, Broken):
        fault = f"{result.what.value}: expected {result.expected}, found {result.found}"
        return _fault(one.work, result.seq, fault)
    return replace(_held(one.work, result.n, result.head, one.seals), unsealed=one.unsealed)


def _held(chain: str, n: int, head: Head | None, seals: SealsVerified | None) -> LedgerCheck:
    from remit.report.terminal import LedgerCheck

    return LedgerCheck(
        chain=chain,
        n_entries=n,
        head=None if head is None else head.hash.hex(),
        n_seals=0 if seals is None else seals.n,
        n_seals_checked=0 if seals is None else seals.n_checked,
        sealed_to=None if seals is None or not seals.n else seals.last_seq,
    )


def _fault(chain: str, seq: int, fault: str) -> LedgerCheck:
    from remit.report.terminal import LedgerCheck

    return LedgerCheck(chain=chain, n_entries=seq, head=None, fault=fault, at_entry=seq)
