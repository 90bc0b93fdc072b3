"""Evidence is kept, gathered and made anew in the same way on every store."""

from tests.unit.runtime.watched import Watched

from remit.definition.levels import Level
from remit.ledger import Verified
from remit.runtime.verify import verify_ledger


def test_evidence_is_gathered_kept_and_made_anew(store):
    watched = Watched(store=store).hold(Level.SUGGEST)
    for i in range(6):
        watched.learn(watched.decide(blind=i % 2 == 0), wrong=False, seen=i % 2 == 1)
    watched.advance()
    assert (watched.seen().n_items, watched.seen().promotion.n) == (6, 3)
    assert watched.is_the_same_again()
    watched.hold(Level.SUPERVISED)
    item = watched.decide(audited=True)
    watched.learn(item, wrong=True)
    watched.advance()
    watched.learn(item, wrong=False, review=watched.follow(item, undone=f"r-{item}"))
    watched.advance()
    assert (watched.seen().n_audited, watched.seen().n_wrong) == (1, 0)
    assert watched.is_the_same_again()
    for _ in range(9):
        watched.learn(watched.decide(audited=True), wrong=True)
    watched.advance()
    assert watched.level is Level.SUGGEST
    assert all(isinstance(chain.result, Verified) for chain in verify_ledger(store))
