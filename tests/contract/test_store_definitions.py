"""Definitions are kept once, by their digest, as they were first used."""

from datetime import UTC, datetime, timedelta

from remit.store import open_store
from remit.store.definitions import KeptDefinition, keep_definition, kept_definitions

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
FIRST = KeptDefinition(digest="a" * 64, work="triage", text='{"id":"triage","remit":1}', at=NOW)


def test_a_definition_is_kept_once_and_stays_as_it_was_first_used(place):
    with open_store(place) as store:
        keep_definition(store, FIRST)
        keep_definition(store, KeptDefinition(digest="a" * 64, work="triage", text="other", at=NOW + timedelta(days=1)))
        assert kept_definitions(store, "triage") == (FIRST,)
        assert kept_definitions(store, "other") == ()


def test_definitions_come_oldest_first_and_stay_when_the_store_is_opened_again(place):
    later = KeptDefinition(digest="0" * 64, work="triage", text="{}", at=NOW + timedelta(hours=1))
    with open_store(place) as store:
        keep_definition(store, later)
        keep_definition(store, FIRST)
    with open_store(place) as store:
        assert kept_definitions(store, "triage") == (FIRST, later)
