"""Two definitions, compared by what they mean, not by how they are written."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import Final

from remit.definition.differences.change import Change, ChangeKind, Differences
from remit.definition.differences.fields import compare_fields
from remit.definition.differences.special import compare_not_applicable, compare_outcome, compare_special
from remit.definition.differences.walk import Place, Walk
from remit.definition.digests import EVIDENCE, as_json, definition_digest, evidence_digest
from remit.definition.model import Definition

__all__ = ["compare"]

_ORDER: Final = {kind: place for place, kind in enumerate(ChangeKind)}


def compare(before: Definition, after: Definition) -> Differences:
    """What changed from ``before`` to ``after``, in sentences, each with the way it goes.

    Every field of the language is looked at.  Where two definitions mean the same (other comments, another order of
    keys, the short form of fields written in another way), that is no change, or one in wording.
    """
    walk = Walk(compare_special)
    walk.record(Place(), before, after)
    compare_fields(walk, "inputs", before.inputs, after.inputs)
    compare_fields(walk, "outputs", before.outputs, after.outputs)
    compare_not_applicable(walk, before, after)
    outcomes = [one.intent.outcome if one.intent is not None else None for one in (before, after)]
    if outcomes[0] is not None and outcomes[1] is not None:
        compare_outcome(walk, outcomes[0], outcomes[1])
    digests = [evidence_digest(one) for one in (before, after)]
    order = {field.name: place for place, field in enumerate(dataclasses.fields(Definition))}
    changes = [*walk.changes, *_written_otherwise(before, after, walk.changes)]
    changes = [replace(one, evidence=_section(one) in EVIDENCE) for one in changes]
    changes.sort(key=lambda one: (_ORDER[one.kind], order[_section(one)]))
    return Differences(
        before_id=before.id,
        after_id=after.id,
        before_digest=definition_digest(before),
        after_digest=definition_digest(after),
        before_evidence_digest=digests[0],
        after_evidence_digest=digests[1],
        changes=tuple(changes),
        evidence_changed=tuple(
            name for name in EVIDENCE if as_json(getattr(before, name)) != as_json(getattr(after, name))
        ),
    )


def _section(change: Change) -> str:
    return change.path.split(".", 1)[0]


def _written_otherwise(before: Definition, after: Definition, changes: list[Change]) -> list[Change]:
    """A part that is written in another way and says the same: the digest tells them apart, so it is told too."""
    spoken_of = {_section(one) for one in changes}
    return [
        Change(
            path=field.name,
            kind=ChangeKind.WORDING,
            sentence=f"`{field.name}` is written in another way and says the same.",
            before=as_json(getattr(before, field.name)),
            after=as_json(getattr(after, field.name)),
        )
        for field in dataclasses.fields(Definition)
        if field.name not in spoken_of and getattr(before, field.name) != getattr(after, field.name)
    ]
