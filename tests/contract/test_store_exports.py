"""A range of the ledger as a file verifies by itself, and shows every change."""

from __future__ import annotations

import json

import pytest
from tests.by_hand import tamper

from remit.errors import DocumentInvalid, NotFound
from remit.items import Route
from remit.ledger import Break, Broken, Head, LedgerKind, SealAlgorithm, key_text, read_keys
from remit.runtime.erasing import erase_item
from remit.runtime.exporting import FileVerified, begin_export, export_lines, verify_lines
from remit.runtime.sealing import seal_work
from remit.runtime.stop import stop
from remit.store.operations.acts import acts_of

KEYS = read_keys(key_text(SealAlgorithm.HMAC_SHA256, b"k" * 32), where="here")
OTHER = read_keys(key_text(SealAlgorithm.HMAC_SHA256, b"o" * 32), where="here")


@pytest.fixture
def told(store, desk):
    """Seven entries with two seals: 1 to 3, 4 to 6; the first item is erased by entry 7."""
    for key in ("k1", "k2", "k3"):
        desk.settle(key, Route.REVIEW if key == "k2" else Route.INCUMBENT)
    seal_work(store, "triage", key=KEYS.sealing, now=desk.now)
    desk.decide("r2", {"team": "returns"})
    stop(store, "triage", by="ann", reason="odd", now=desk.now)
    desk.hold(desk.grant())
    seal_work(store, "triage", key=KEYS.sealing, now=desk.now)
    erase_item(store, "triage", "k1", reason="asked for", by="ann", now=desk.now)
    return desk


def exported(desk, first=None, last=None, with_content=True):
    export = begin_export(
        desk.store, "triage", first=first, last=last, with_content=with_content, by="ann", now=desk.now
    )
    return [line.encode() for line in export_lines(desk.store, export)]


def verified(lines, keys=KEYS, **given):
    return verify_lines(lambda: iter(lines), name="out.jsonl", keys=keys, **given)


@pytest.mark.parametrize(
    ("first", "last", "n_seals"), [(None, None, 2), (1, 3, 1), (2, 7, 1), (4, 6, 1), (4, 5, 0), (7, 7, 0), (5, 7, 0)]
)
@pytest.mark.parametrize("with_content", [True, False])
def test_any_range_verifies_with_the_seals_that_lie_wholly_in_it(told, first, last, n_seals, with_content):
    found = verified(exported(told, first, last, with_content))
    assert isinstance(found, FileVerified), found
    assert (found.first, found.n) == (first or 1, (last or 7) - (first or 1) + 1)
    assert (found.seals.n, found.seals.n_checked) == (n_seals, n_seals)


def test_content_leaves_only_where_it_is_asked_for_and_not_erased(told):
    with_it, without = exported(told), exported(told, with_content=False)
    assert b'"team\\":\\"returns' in b"".join(with_it)
    assert b"returns" not in b"".join(without)
    assert verified(with_it).n_erased == 1


def test_that_it_was_taken_out_is_recorded_first(told):
    exported(told, 2, 5, with_content=False)
    (act,) = acts_of(told.store, work="triage", kind=LedgerKind.EXPORT)
    assert (act.by, act.body) == ("ann", {"what": "exported", "first": 2, "last": 5, "content": False})


@pytest.mark.parametrize(("first", "last"), [(0, 3), (5, 4), (1, 99)])
def test_a_range_that_is_not_there_is_refused_and_not_recorded(told, first, last):
    with pytest.raises(NotFound):
        exported(told, first, last)
    assert acts_of(told.store, work="triage", kind=LedgerKind.EXPORT) == ()


def leaves(value, path=()):
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, (*path, name))
    else:
        yield path


def changed(line, path):
    said = json.loads(line)
    inner = said
    for name in path[:-1]:
        inner = inner[name]
    old = inner[path[-1]]
    match old:
        case bool():
            inner[path[-1]] = not old
        case int() | float():
            inner[path[-1]] = old + 1
        case str():
            inner[path[-1]] = ("1" if old[:1] == "0" else "0") + old[1:]
        case _:
            inner[path[-1]] = "0"
    return json.dumps(said, separators=(",", ":")).encode()


NOT_HELD = {"by", "at", "with_content"}  # of the head: who took it out is in the ledger


def test_every_change_of_every_value_in_the_file_is_found(told):
    lines = exported(told)
    assert isinstance(verified(lines), FileVerified)
    for n, line in enumerate(lines):
        for path in leaves(json.loads(line)):
            if n == 0 and path[0] in NOT_HELD:
                continue
            altered = [*lines[:n], changed(line, path), *lines[n + 1 :]]
            try:
                found = verified(altered)
            except DocumentInvalid:
                continue
            assert isinstance(found, Broken), (n, path)


def parts(said, path=()):
    """Every named part, however deep."""
    for name, value in said.items() if isinstance(said, dict) else ():
        yield (*path, name)
        yield from parts(value, (*path, name))


def bent(line, path, how):
    """The line with one part under another name, or with something else in its place."""
    said = json.loads(line)
    inner = said
    for name in path[:-1]:
        inner = inner[name]
    if how == "renamed":
        renamed = {f"{name}_" if name == path[-1] else name: value for name, value in inner.items()}
        inner.clear()
        inner.update(renamed)
    else:
        inner[path[-1]] = how
    return json.dumps(said, separators=(",", ":")).encode()


@pytest.mark.parametrize("how", ["renamed", None, [], {}, 7])
def test_every_part_of_the_file_that_is_renamed_or_of_another_shape_is_found(told, how):
    lines = exported(told)
    for n, line in enumerate(lines):
        for path in parts(json.loads(line)):
            altered = bent(line, path, how)
            if json.loads(altered) == json.loads(line) or (n == 0 and path[0] in NOT_HELD):
                continue
            try:
                found = verified([*lines[:n], altered, *lines[n + 1 :]])
            except DocumentInvalid:
                continue
            assert isinstance(found, Broken), (n, path, line)


def test_removed_reordered_and_cut_off_lines_are_found(told):
    lines = exported(told)
    for n in range(1, len(lines)):
        if b'{"seal"' not in lines[n]:
            assert isinstance(verified([*lines[:n], *lines[n + 1 :]]), Broken), n
        assert isinstance(verified(lines[:n]), Broken), n
    swapped = [*lines[:2], lines[3], lines[2], *lines[4:]]
    assert verified(swapped).what is Break.REORDERED or verified(swapped).what is Break.REMOVED
    with pytest.raises(DocumentInvalid, match="none of an exported"):
        verified([*lines, lines[-1]])


def test_a_file_under_other_keys_or_other_noted_ends_does_not_verify(told):
    lines = exported(told)
    assert verified(lines, OTHER).what is Break.SEAL_FORGED
    assert verified(lines, None).seals.n_checked == 0
    noted = {"triage": [Head(seq=3, hash=bytes(32))]}
    assert (verified(lines, heads=noted).seq, verified(lines, heads=noted).what) == (3, Break.UNLINKED)


def test_what_was_changed_before_it_was_taken_out_is_found_in_the_file(told):
    tamper(told.store, "UPDATE grants SET level = 'autonomous'")
    assert verified(exported(told)).what is Break.RECORD_CHANGED


@pytest.mark.parametrize("lines", [[], [b"{}"], [b"no json"], [b"[]"], [b'{"remit":1,"kind":"facts"}']])
def test_another_file_is_refused_with_its_line(lines):
    with pytest.raises(DocumentInvalid) as caught:
        verified(lines)
    assert caught.value.problems[0].where.line == 1
