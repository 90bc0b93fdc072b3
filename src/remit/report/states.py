"""The states that screens show, each with a word, a mark and a tone; never colour alone, and not run is never green."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from remit.readiness.facts import TargetVerdict
from remit.readiness.finding import State

__all__ = ["Shown", "Tone", "mark_of", "readiness_mark", "readiness_tone", "shown_state", "tone_of"]


class Tone(StrEnum):
    """What a colour stands for. Skins choose the colour; the word beside it says the same."""

    GOOD = "good"
    BAD = "bad"
    DOUBT = "doubt"
    ABSENT = "absent"
    OLD = "old"


class Shown(StrEnum):
    """The five states of a claim on a screen. The first three are verdicts; the last two say that there is none."""

    MET = "met"
    MISSED = "missed"
    UNPROVEN = "unproven"
    NOT_RUN = "not run"
    STALE = "stale"

    @property
    def rank(self) -> int:
        """0 for the worst: lists begin with what needs somebody."""
        return (Shown.MISSED, Shown.STALE, Shown.NOT_RUN, Shown.UNPROVEN, Shown.MET).index(self)


def shown_state(verdict: TargetVerdict, *, stale: bool = False) -> Shown:
    """The state a verdict is shown as. A verdict whose digests no longer match is ``stale``, whatever it was."""
    return Shown.STALE if stale else Shown(verdict.value)


def mark_of(shown: Shown) -> str:
    """The mark that goes with the word."""
    match shown:
        case Shown.MET:
            return "✓"
        case Shown.MISSED:
            return "✗"
        case Shown.UNPROVEN:
            return "?"
        case Shown.NOT_RUN:
            return "○"
        case Shown.STALE:
            return "↻"
        case _:
            assert_never(shown)


def tone_of(shown: Shown) -> Tone:
    """The tone that goes with the word."""
    match shown:
        case Shown.MET:
            return Tone.GOOD
        case Shown.MISSED:
            return Tone.BAD
        case Shown.UNPROVEN:
            return Tone.DOUBT
        case Shown.NOT_RUN:
            return Tone.ABSENT
        case Shown.STALE:
            return Tone.OLD
        case _:
            assert_never(shown)


def readiness_mark(state: State) -> str:
    """The mark of what a readiness rule or a dimension came to."""
    match state:
        case State.PASS:
            return "✓"
        case State.FAIL:
            return "✗"
        case State.UNKNOWN:
            return "?"
        case State.NOT_APPLICABLE:
            return "–"
        case _:
            assert_never(state)


def readiness_tone(state: State) -> Tone:
    """The tone of what a readiness rule or a dimension came to."""
    match state:
        case State.PASS:
            return Tone.GOOD
        case State.FAIL:
            return Tone.BAD
        case State.UNKNOWN:
            return Tone.DOUBT
        case State.NOT_APPLICABLE:
            return Tone.ABSENT
        case _:
            assert_never(state)
