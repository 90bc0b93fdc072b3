"""A file of real items, as they came, held against the inputs of the definition: would they be let in?"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from remit.cases.case import Case
from remit.definition.digests import evidence_digest
from remit.errors import CasesInvalid
from remit.project.state.mirror import write_mirror
from remit.readiness.facts import RealItemsFact

if TYPE_CHECKING:
    from remit.project.work import Work

__all__ = ["check_real_items"]

_MOST_REASONS = 1000


def check_real_items(work: Work, file: Path) -> RealItemsFact:
    """Count the items of ``file`` that the definition would refuse, with the most frequent reason; mirrored.

    Args:
        work: the work.
        file: items as they came, unfiltered, without answers: CSV, JSONL or Parquet.

    Raises:
        CasesInvalid: the file has columns that are no fields, or no item at all.
        FileUnreadable: it can't be read.
    """
    from remit.files.case_file import stream_cases
    from remit.stats import binomial_lower, binomial_upper

    quality = work.definition.quality
    delta = 1 - (quality.assurance if quality is not None else 0.95)
    n_valid = 0
    refused: set[int] = set()
    reasons: Counter[str] = Counter()
    for one in stream_cases(file, definition=work.definition, unlabelled=True, limit_problems=None):
        if isinstance(one, Case) or one.where.path == "case":  # what came twice, or without a name, came all the same
            n_valid += 1
        elif one.where.line in (None, 1) and not n_valid and not refused:
            raise CasesInvalid(problems=(one,))
        elif one.where.line is not None and one.where.line not in refused:
            refused.add(one.where.line)
            reason = f"{one.where.path}: expected {one.expected}" if one.where.path else one.message
            if reason in reasons or len(reasons) < _MOST_REASONS:
                reasons[reason] += 1
    n, n_refused = n_valid + len(refused), len(refused)
    if not n:
        raise CasesInvalid(f"there is no item in {file.name}", expected="items as they came", found="none")
    fact = RealItemsFact(
        evidence_digest=evidence_digest(work.definition),
        n=n,
        n_refused=n_refused,
        refused_lower=binomial_lower(n_refused, n, delta),
        refused_upper=binomial_upper(n_refused, n, delta),
        most=reasons.most_common(1)[0][0] if reasons else None,
    )
    write_mirror(work.project.state, work.id, real_items=fact)
    return fact
