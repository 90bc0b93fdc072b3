from __future__ import annotations

import hashlib

import pytest

from remit.errors import ArgumentInvalid
from remit.ledger import inclusion_path, root_by_path, root_of

HASHES = [hashlib.sha256(bytes([n])).digest() for n in range(70)]


def by_definition(hashes):
    """RFC 6962, section 2.1, word by word."""
    if len(hashes) == 1:
        return hashlib.sha256(b"\x00" + hashes[0]).digest()
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return hashlib.sha256(b"\x01" + by_definition(hashes[:k]) + by_definition(hashes[k:])).digest()


@pytest.mark.parametrize("n", [*range(1, 34), 63, 64, 65, 70])
def test_the_root_is_the_tree_hash_of_rfc_6962(n):
    assert root_of(HASHES[:n]) == by_definition(HASHES[:n])


def test_the_root_of_the_test_vectors_of_certificate_transparency():
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    root = root_of([bytes.fromhex(leaf) for leaf in leaves])
    assert root.hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_a_range_without_entries_has_no_root():
    with pytest.raises(ArgumentInvalid):
        root_of([])


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 11, 32, 33, 70])
def test_every_entry_has_a_short_path_to_the_root_and_no_other_entry_has_it(n):
    root = root_of(HASHES[:n])
    for index in range(n):
        path = inclusion_path(HASHES[:n], index)
        assert len(path) <= max(1, n - 1).bit_length()
        assert root_by_path(HASHES[index], index=index, n=n, path=path) == root
        assert root_by_path(b"x" * 32, index=index, n=n, path=path) != root
        assert root_by_path(HASHES[index], index=index, n=n, path=[*path, HASHES[0]]) is None
        if path:
            assert root_by_path(HASHES[index], index=index, n=n, path=path[:-1]) is None


@pytest.mark.parametrize(("index", "n"), [(-1, 3), (3, 3)])
def test_an_entry_outside_of_the_range_has_no_path(index, n):
    with pytest.raises(ArgumentInvalid):
        inclusion_path(HASHES[:n], index)
    assert root_by_path(HASHES[0], index=index, n=n, path=()) is None


def test_a_node_is_no_leaf():
    left, right = HASHES[:2]
    inner = b"".join(hashlib.sha256(b"\x00" + one).digest() for one in (left, right))
    assert root_of([left, right]) != hashlib.sha256(b"\x00" + inner).digest()
