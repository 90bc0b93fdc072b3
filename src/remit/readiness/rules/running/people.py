"""The people behind the doubt: do they look, are they asked the right things, do they keep their skill?"""

from __future__ import annotations

from datetime import datetime

from remit.definition.levels import Level
from remit.definition.model import Definition
from remit.readiness.current import Current
from remit.readiness.operation.facts import OperationFacts, Share, SignalFact
from remit.readiness.outcome import PASS, Failed, Fault, Outcome, Unknown
from remit.readiness.registry import rule
from remit.readiness.rules.running.measured import about_running

__all__ = ["escalated_are_the_right_ones", "people_keep_their_skill", "people_look"]

FEWEST_CAUGHT = 0.9
MOST_WORSE = 0.05
"""So much more of the planted cases may be missed than before, as a share."""

_PLANT = "Plant known cases among the reviews: remit review plant ID --n 20."


@about_running("HE08")
def people_look(_definition: Definition, found: OperationFacts, _current: Current, _now: datetime) -> Outcome:
    """People catch wrong suggestions that were planted, and take no less time than who decides alone."""
    planted = found.planted
    path = ("escalation", "paths")
    if planted is None:
        return Unknown(why="not measured yet: no wrong suggestion was planted among the reviews", mend=_PLANT)
    caught = planted.caught
    missed = f"{100 * (caught.n - caught.k) / caught.n:.3g} %"
    seconds = "an unknown number of" if planted.approved_s is None else f"{planted.approved_s:.3g}"
    if caught.upper < FEWEST_CAUGHT:
        expected, text = f"at least {FEWEST_CAUGHT:g} caught", f"{caught.k} of {caught.n}"
        return Failed(faults=(Fault(path=path, values={"p": missed, "s": seconds}, expected=expected, found=text),))
    if planted.review_s is None or planted.solo_fifth_s is None:
        why = "not measured yet: nobody measured how long people look, with a suggestion and without"
        return Unknown(why=why, mend="Let them decide in the pages or the queue, which measure it.")
    if planted.review_s < planted.solo_fifth_s:
        values = {"s": f"{planted.review_s:.3g}", "t": f"{planted.solo_fifth_s:.3g}"}
        return Failed(faults=(Fault(path=path, variant="hasty", values=values),))
    if caught.lower >= FEWEST_CAUGHT:
        return PASS
    return Unknown(why=f"{caught.k} of {caught.n} planted errors were caught: too few to tell", mend=_PLANT, path=path)


@rule("HE09")
def escalated_are_the_right_ones(_definition: Definition, current: Current, _now: datetime) -> Outcome:
    """It is wrong less often where it acts than where it hands over."""
    found = current.signal
    if not isinstance(found, SignalFact):
        return found.unknown()
    acted, escalated = found.acted, found.escalated
    said = f"{_of(acted)} acted on were wrong, {_of(escalated)} handed over would have been"
    if acted.upper < escalated.lower:
        return PASS
    if acted.lower >= escalated.upper:
        return Failed(faults=(Fault(path=("uncertainty",), expected="fewer errors where it acts", found=said),))
    return Unknown(why=f"{said}: that can't be told apart yet", mend="Audits and reviews bring it.")


def _of(share: Share) -> str:
    return f"{share.k} of {share.n}"


def _nothing_acts(_definition: Definition, current: Current) -> str | None:
    return None if current.granted.at_least(Level.SUPERVISED) else "nothing acts alone yet"


@about_running("AU06", unless=_nothing_acts)
def people_keep_their_skill(
    _definition: Definition, found: OperationFacts, _current: Current, _now: datetime
) -> Outcome:
    """People do not miss more of the planted cases than before, when they answer alone."""
    skill = found.skill
    if skill is None:
        return Unknown(why="not measured yet: too few known cases were planted for people to answer alone", mend=_PLANT)
    before, now = skill.before.k / skill.before.n, skill.now.k / skill.now.n
    if skill.now.lower > skill.before.upper:
        values = {"p": f"{100 * (now - before):.3g} %"}
        said = f"{_of(skill.now)} missed, {_of(skill.before)} before"
        return Failed(faults=(Fault(values=values, expected="no more than before", found=said),))
    if skill.now.upper <= before + MOST_WORSE:
        return PASS
    why = f"{_of(skill.now)} planted cases were missed, {_of(skill.before)} before: too few to tell"
    return Unknown(why=why, mend=_PLANT)
