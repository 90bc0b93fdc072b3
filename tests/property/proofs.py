"""Any proof document that the types and the domains allow."""

import dataclasses
from datetime import UTC
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from remit.proof.document import ProofDocument

LEAVES: dict[type, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(min_value=0, max_value=10**15),
    float: st.floats(min_value=0, max_value=1),
    str: st.text(max_size=12),
}


@cache
def of_type(wanted: Any) -> st.SearchStrategy[Any]:
    if wanted in LEAVES:
        return LEAVES[wanted]
    if get_origin(wanted) in (Union, UnionType):
        return st.one_of(*(of_type(part) for part in get_args(wanted)))
    if get_origin(wanted) is tuple:
        return st.lists(of_type(get_args(wanted)[0]), max_size=2).map(tuple)
    if wanted is type(None):
        return st.none()
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return st.sampled_from(wanted)
    if dataclasses.is_dataclass(wanted):
        hints = get_type_hints(wanted)
        return st.builds(wanted, **{field.name: of_type(hints[field.name]) for field in dataclasses.fields(wanted)})
    return st.datetimes(timezones=st.just(UTC))


def proofs() -> st.SearchStrategy[ProofDocument]:
    return of_type(ProofDocument)
