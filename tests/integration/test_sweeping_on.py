"""``remit sweep --every``: a round after the other, through what goes wrong, until somebody interrupts."""

from __future__ import annotations

import pytest

from remit.cli.commands.sweep import sweep_on
from remit.cli.output import shown_output
from remit.definition.levels import Level
from remit.runtime.sweeping.sweep import LENGTH, SWEEPER
from remit.store.operations.leases import holder_of, take_lease


@pytest.fixture
def shop(frozen, monkeypatch):
    """A project with a store, in whose folder we are."""
    monkeypatch.delenv("REMIT_STORE", raising=False)
    monkeypatch.chdir(frozen.root)
    with frozen.opened() as work:
        work.grant("desk", level=Level.SHADOW, reason="a look at it", by="jonas")
    return frozen


def swept(capsys, *between, as_json=True):
    """Sweep a round, and one more after each of ``between``, then interrupt; what was written, and the pauses."""
    steps, waited = list(between), []

    def wait(seconds):
        waited.append(seconds)
        if not steps:
            raise KeyboardInterrupt
        steps.pop(0)()

    with pytest.raises(KeyboardInterrupt):
        sweep_on(shown_output(as_json=as_json, lines=True), every_s=7.0, wait=wait)
    return capsys.readouterr(), waited


def holder(shop):
    with shop.opened() as work:
        return holder_of(work.project.store, SWEEPER, now=work.project.ambient.now())


def away(shop):
    """Something else lies where the store was; gives back how to bring it back."""
    store = shop.root / ".remit" / "remit.db"
    kept = store.read_bytes()
    store.write_bytes(b"this is no database" * 100)
    return lambda: store.write_bytes(kept)


def test_it_goes_on_round_after_round_and_lets_another_take_over_when_it_ends(shop, capsys):
    held = []
    _, waited = swept(capsys, lambda: held.append(holder(shop)), lambda: held.append(holder(shop)))
    assert waited == [7.0, 7.0, 7.0]
    assert held[0] is not None
    assert held[0] == held[1], "one process is one sweeper"
    assert holder(shop) is None


def test_rounds_in_which_nothing_was_due_write_nothing(shop, capsys):
    swept(capsys)  # what is due for the first time
    for as_json in (True, False):
        written, _ = swept(capsys, lambda: None, as_json=as_json)
        assert (written.out, written.err) == ("", "")


def test_while_another_process_sweeps_it_waits_and_takes_nothing_away(shop, capsys):
    with shop.opened() as work:
        now = work.project.ambient.now()
        with work.project.store.writing() as writing:
            assert take_lease(writing, SWEEPER, holder="another", now=now, length=LENGTH)
    written, _ = swept(capsys, lambda: None)
    assert written.out == ""
    assert holder(shop) == "another"


def test_a_store_that_is_gone_for_a_while_is_told_and_asked_again(shop, capsys):
    found = []

    def gone():
        found.append(away(shop))

    def back():
        found.pop()()

    written, waited = swept(capsys, gone, back)
    assert len(waited) == 3
    assert "E60" in written.err + written.out
    assert holder(shop) is None


def test_it_ends_in_peace_although_the_store_is_gone(shop, capsys):
    found = []
    swept(capsys, lambda: found.append(away(shop)))
    found.pop()()
