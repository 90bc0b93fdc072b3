"""Merkle trees over entry hashes: one root for a range, and a short path that shows that an entry is in it.

Source: RFC 6962, section 2.1 (tree hash and audit path; leaves and nodes are hashed with another first byte, so that a
node can't be passed off as a leaf), and RFC 9162, section 2.1.3.2 (how a path is verified).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from remit.errors import ArgumentInvalid

__all__ = ["Tree", "inclusion_path", "root_by_path", "root_of"]

_LEAF, _NODE = b"\x00", b"\x01"


class Tree:
    """The root of a growing range. Memory: one hash for each doubling of the range."""

    __slots__ = ("_whole", "n")

    def __init__(self) -> None:
        self.n = 0
        self._whole: list[bytes] = []  # roots of the whole subtrees, the largest first: the one-bits of n

    def add(self, entry_hash: bytes) -> None:
        """Take in the next entry by its hash."""
        made = hashlib.sha256(_LEAF + entry_hash).digest()
        size = self.n
        while size & 1:
            made = _node(self._whole.pop(), made)
            size >>= 1
        self._whole.append(made)
        self.n += 1

    @property
    def root(self) -> bytes:
        """The root over all that was taken in, 32 bytes.

        Raises:
            ArgumentInvalid: nothing was.
        """
        if not self._whole:
            raise ArgumentInvalid("a range without entries has no root", expected="one entry or more", found="none")
        made = self._whole[-1]
        for left in reversed(self._whole[:-1]):
            made = _node(left, made)
        return made


def root_of(hashes: Iterable[bytes]) -> bytes:
    """The root over a range of entries, by their hashes in order.

    Raises:
        ArgumentInvalid: there is none.

    >>> root_of([bytes(32)]).hex()[:16]
    '7f9c9e31ac8256ca'
    """
    tree = Tree()
    for one in hashes:
        tree.add(one)
    return tree.root


def inclusion_path(hashes: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The hashes that lead from entry ``index`` (from 0) of a range to its root, log2(n) of them, from the leaf up.

    Raises:
        ArgumentInvalid: there is no such entry in the range.
    """
    if not 0 <= index < len(hashes):
        raise ArgumentInvalid(
            "no entry of the range", expected=f"an index from 0 to {len(hashes) - 1}", found=str(index)
        )
    path: list[bytes] = []
    first, end = 0, len(hashes)
    while end - first > 1:
        middle = first + (1 << (end - first - 1).bit_length() - 1)
        if index < middle:
            path.append(root_of(hashes[middle:end]))
            end = middle
        else:
            path.append(root_of(hashes[first:middle]))
            first = middle
    return tuple(reversed(path))


def root_by_path(entry_hash: bytes, *, index: int, n: int, path: Sequence[bytes]) -> bytes | None:
    """The root that ``path`` leads to from entry ``index`` of ``n``; None where it is no path of such a tree.

    The entry is in the range if and only if this is the root that was sealed.
    """
    if not 0 <= index < n:
        return None
    made = hashlib.sha256(_LEAF + entry_hash).digest()
    at, last = index, n - 1
    for beside in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            made = _node(beside, made)
            while at and not at & 1:  # the last of an uneven row moves up alone
                at >>= 1
                last >>= 1
        else:
            made = _node(made, beside)
        at >>= 1
        last >>= 1
    return made if last == 0 else None


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
