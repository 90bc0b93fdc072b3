"""Grants of one work, on the evidence and the readiness there are, mirrored for ``remit check``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from remit.autonomy.certificate import Grant
from remit.definition.levels import Level
from remit.errors import FileUnreadable, Location, Problem
from remit.project.items import provenance
from remit.project.measuring import measure_cases
from remit.project.operating import measure_operation
from remit.project.parts.made_of import authors_of
from remit.project.people import who
from remit.project.watching.mirrored import mirror_grants
from remit.project.watching.watched import watching_of
from remit.readiness.finding import Readiness, State

if TYPE_CHECKING:
    from remit.project.work import Work

_JUDGED_HERE = frozenset({"AU01", "AU02", "AU07"})
"""One level at a time, on evidence of the level below, by the accountable person: judged by granting itself."""

__all__ = ["grant_level", "revoke_grant"]


def grant_level(
    work: Work, executor: str, *, level: Level, by: str | None, reason: str, until: datetime | None
) -> Grant:
    """Grant ``level`` to ``executor``; refused with every reason at once."""
    from remit.files.text_file import is_file
    from remit.project.proving import mirror_proofs
    from remit.runtime.grant import Circumstances, grant

    person = who(work.project, by)
    definition, spec = work.definition, work.executor_file(executor).spec
    # The mirror may be anybody's: what a grant rests on is read from the store and from the case file, now.
    n_before = len(work.project.not_kept)
    mirror_grants(work)
    mirror_proofs(work)
    if work.case_path is not None and is_file(work.case_path):
        measure_cases(work)
    measure_operation(work)
    if len(work.project.not_kept) > n_before:
        raise FileUnreadable(
            f"nothing is granted on facts that can't be renewed: {work.project.not_kept[-1]}",
            where=Location(file=str(work.project.state)),
            mend="let your user write the folder",
        )
    of = provenance(work, executor)
    watching = watching_of(work, executor)
    latest = watching.terms.certificate
    certificate = latest if level.at_least(Level.SUPERVISED) else None
    ceiling = definition.autonomy.ceiling if definition.autonomy is not None else None
    promote = definition.autonomy.promote if definition.autonomy is not None else None
    work.keep_definition()
    given = grant(
        work.project.store,
        Grant(
            work=work.id,
            executor=executor,
            level=level,
            by=person.id,
            reason=reason,
            definition_digest=of.definition_digest,
            evidence_digest=of.evidence_digest,
            executor_digest=of.executor_digest or "",
            granted_at=work.project.ambient.now(),
            until=until,
            certificate=certificate,
        ),
        Circumstances(
            of=of,
            case_set_digest=_frozen_digest(work) if certificate is not None else None,
            accountable=definition.accountable.role if definition.accountable is not None else None,
            roles=person.roles,
            authors=authors_of(work, spec),
            four_eyes=definition.obligations.four_eyes if definition.obligations is not None else None,
            ceiling=ceiling.level if ceiling is not None else None,
            missing=_missing(work.check(for_level=level, executor=executor), level),
            promoter=promote.by if promote is not None else None,
            watching=watching,
        ),
    )
    mirror_grants(work)
    return given


def revoke_grant(work: Work, executor: str, *, by: str | None, reason: str) -> Grant:
    """Take a grant back; this needs nobody's leave."""
    from remit.runtime.grant import revoke

    person = who(work.project, by)
    taken = revoke(
        work.project.store,
        work=work.id,
        executor=executor,
        by=person.id,
        reason=reason,
        now=work.project.ambient.now(),
    )
    mirror_grants(work)
    return taken


def _missing(readiness: Readiness, level: Level) -> tuple[Problem, ...]:
    """What keeps a level from being reached, as the reasons of a refusal; what nobody measured, in one of them."""
    missing = set(readiness.missing[level]) - _JUDGED_HERE
    failed = tuple(
        Problem(
            message=f"{result.rule} {finding.message}",
            where=finding.where,
            expected=finding.expected,
            found=finding.found,
            mend=finding.mend,
        )
        for result in readiness.results
        if result.rule in missing and result.state is State.FAIL
        for finding in result.findings[:1]
    )
    unknown = sorted(
        result.rule for result in readiness.results if result.rule in missing and result.state is not State.FAIL
    )
    if not unknown:
        return failed
    return (
        *failed,
        Problem(
            message=f"{_rules(len(unknown))} unknown, and unknown is not pass: {', '.join(unknown)}",
            expected="each of them to pass" if len(unknown) > 1 else "it to pass",
            mend=f"`remit check {readiness.work} --for {level.value}` says of each what would have to be measured",
        ),
    )


def _rules(n: int) -> str:
    return f"{n} rules of readiness are" if n > 1 else "1 rule of readiness is"


def _frozen_digest(work: Work) -> str | None:
    """The digest of the prove set that is frozen now; None where none is."""
    from remit.files.case_file import frozen_path, read_frozen

    path = work.case_path
    frozen = read_frozen(frozen_path(path, work.id)) if path is not None else None
    return frozen.prove.digest if frozen is not None else None
