"""The nine slots of a strategy sentence, and what of each is written in it.

Every reader looks for the form in which people write a slot down, never for its topic: "responsible AI" names no
owner and "a human in the loop" no escalation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from remit.intent.forms import PATTERNS, Slot
from remit.intent.words import (
    DETERMINERS,
    GOVERNORS,
    ITEMS,
    NO_ITEMS,
    PRODUCING,
    ROLES,
    VERBS,
    item_forms,
    words,
)
from remit.readiness.lexicons import EVENT, TECHNOLOGY

__all__ = ["Slot", "slots_in"]


_TOKEN: Final = re.compile(r"[^\W\d_][\w]*(?:['’-][\w]+)*|\d[\d.,]*|[,;:.!?()]")
_STOPS: Final = frozenset(",;:.!?()")
_BEFORE_A_VERB: Final = frozenset(
    words(
        """
        and or then to we will shall must should can may could i you they it please always automatically first also only
        let not never either
        """
    )
)
_BE: Final = frozenset({"is", "are", "be", "was", "were", "gets", "get", "being"})
_SKIPPED: Final = frozenset(
    {"then", "first", "automatically", "also", "always", "correctly", "either", "only", "never"}
)
_QUANTIFIERS: Final = frozenset({"each", "every", "one", "a", "an", "any", "per", "incoming", "new", "single"})
_OPEN_QUANTIFIERS: Final = frozenset({"each", "every", "per"})
_ARRIVALS: Final = frozenset({"when", "whenever", "once", "after", "soon", "if"})
_NOT_IN_A_NAME: Final = frozenset(
    words(
        """
        of from in by with at for on to about between against that which who as into is are was were and or the a an
        its their our under over after before when if must shall should will can we has have had do does two three use
        """
    )
)


def slots_in(text: str) -> Mapping[Slot, str | None]:
    """The words of ``text`` that fill each slot, None for a slot that is empty; in the order of :class:`Slot`."""
    tokens = _TOKEN.findall(text)
    lower = [token.casefold().replace("’", "'") for token in tokens]
    action = _action(lower, tokens)
    return {slot: _found(slot, text, lower, action) for slot in Slot}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Action:
    """An operational verb of the sentence, in its base form, with the words that follow it."""

    base: str
    words: str


def _found(slot: Slot, text: str, lower: Sequence[str], action: _Action | None) -> str | None:
    if slot is Slot.ACTION:
        return action.words if action is not None else None
    if slot is Slot.UNIT:
        return _unit(lower)
    if slot is Slot.OUTPUT and action is not None and action.base in PRODUCING:
        return action.words
    return next((found for pattern in PATTERNS[slot] for found in _matches(slot, pattern, text)), None)


def _matches(slot: Slot, pattern: re.Pattern[str], text: str) -> Iterator[str]:
    accepts = _ACCEPTED.get(slot)
    for match in pattern.finditer(text):
        if accepts is None or accepts(match):
            yield " ".join(match[0].split())


# --- action and unit: by the place of the words


def _action(lower: Sequence[str], tokens: Sequence[str]) -> _Action | None:
    """The first operational verb that is done to an item of work."""
    for at, word in enumerate(lower):
        base = _verb_at(lower, at, word)
        if base is not None and not _is_governed(lower, at) and not _is_escalation(lower, at, base):
            around = _clause(lower, at)
            if _unit(around) is not None or _refers_back(lower, at):
                return _Action(base=base, words=" ".join(_phrase(tokens, at)))
    return None


def _verb_at(lower: Sequence[str], at: int, word: str) -> str | None:
    before = _before(lower, at)
    after = lower[at + 1] if at + 1 < len(lower) else ""
    if word in VERBS.participle and before in _BE:
        return VERBS.participle[word]
    if after == "of" or (before is not None and before in _DETERMINING):
        return None
    if word in VERBS.base and (before is None or before in _STOPS or before in _BEFORE_A_VERB):
        return VERBS.base[word]
    if word in VERBS.gerund and (before is None or before in {":", ";"}) and after in DETERMINERS:
        return VERBS.gerund[word]
    if word in VERBS.third and before is not None and before not in _STOPS and _takes_object(after):
        return VERBS.third[word]
    return None


_DETERMINING: Final = frozenset({"a", "an", "the", "each", "every", "any", "of", "our", "its", "their", "no", "per"})


def _takes_object(after: str) -> bool:
    return after in DETERMINERS or after[:1].isdigit()


def _before(lower: Sequence[str], at: int) -> str | None:
    while at > 0:
        at -= 1
        if lower[at] not in _SKIPPED:
            return lower[at]
    return None


def _is_governed(lower: Sequence[str], at: int) -> bool:
    """Whether the verb says what is to get better (`improve how we answer`, `the time to approve`) or starts it."""
    start = at
    while start > 0 and lower[start - 1] not in _STOPS:
        start -= 1
    return any(word in GOVERNORS or word in _ARRIVALS for word in lower[start:at])


def _is_escalation(lower: Sequence[str], at: int, base: str) -> bool:
    """Whether the verb hands a doubt on, or a person's answer to it: that is not yet the work."""
    if base in {"refer", "notify", "report", "transfer"} and "to" in lower[at : at + 6]:
        return _unit(lower[at + 1 : at + 6]) is None
    return False


def _clause(lower: Sequence[str], at: int) -> Sequence[str]:
    """The words between the stops around ``at``; a clause before a comma belongs to it, as in `for each claim, ...`."""
    start, end, commas = at, at, 0
    while start > 0 and lower[start - 1] not in {";", ".", "!", "?"}:
        start -= 1
    while end < len(lower) and lower[end] not in {";", ".", "!", "?"} and commas < 1:
        commas += lower[end] == ","
        end += 1
    return lower[start:end]


def _refers_back(lower: Sequence[str], at: int) -> bool:
    return any(word in {"it", "them"} for word in lower[at + 1 : at + 3]) and _unit(lower[:at]) is not None


def _phrase(tokens: Sequence[str], at: int) -> Sequence[str]:
    end = at + 1
    while end < len(tokens) and end < at + 12 and tokens[end] not in _STOPS:
        end += 1
    return tokens[at:end]


def _unit(lower: Sequence[str]) -> str | None:
    """The first item that is named as one of many: `each supplier invoice`, `claims` behind a verb."""
    for at, word in enumerate(lower):
        if word in _QUANTIFIERS:
            named = _named(lower, at + 1, is_open=word in _OPEN_QUANTIFIERS)
            if named is not None:
                return f"{word} {named}"
        elif word in VERBS.base and (at == 0 or lower[at - 1] in _STOPS or lower[at - 1] in _BEFORE_A_VERB):
            named = _named(lower, at + 1, is_open=False)
            if named is not None:
                return named
    return _arriving(lower)


def _arriving(lower: Sequence[str]) -> str | None:
    """What a trigger says arrives: `when a rental car is returned`."""
    for at, word in enumerate(lower[:-3]):
        if word in _ARRIVALS and lower[at + 1] in {"a", "an", "one", "each", "every"}:
            name: list[str] = []
            for one in lower[at + 2 : at + 6]:
                if EVENT.fullmatch(one) or one in _BE:
                    return " ".join(name) or None
                if one in _STOPS or one in _NOT_IN_A_NAME:
                    break
                name.append(one)
    return None


def _named(lower: Sequence[str], start: int, *, is_open: bool) -> str | None:
    """The name of an item in the words from ``start``: it ends with a noun that can be counted as work."""
    name: list[str] = []
    for word in lower[start : start + 5]:
        if word in _STOPS or word in _NOT_IN_A_NAME or word in _BE or word[0].isdigit():
            break
        name.append(word)
    for end in range(len(name), 0, -1):
        if any(form in ITEMS for form in item_forms(name[end - 1])):
            return " ".join(name[:end])
    if is_open and 0 < len(name) <= 3 and not any(form in NO_ITEMS for one in name for form in item_forms(one)):
        return " ".join(name)
    return None


# --- what has the form of a slot and fills it not


def _happens(match: re.Match[str]) -> bool:
    """Whether a trigger names something that happens; `every night` and `incoming` do so by themselves."""
    first = match[0].split()[0].casefold()
    if first in {"when", "whenever", "once", "after", "upon", "before", "as", "on"}:
        return EVENT.search(match[0]) is not None or match[0].casefold().startswith(("on receipt", "on submission"))
    return True


def _is_material(match: re.Match[str]) -> bool:
    """Whether an input is something to look at, no tool and no deadline."""
    said = match[0].split()
    is_by_whom = said[0].casefold() == "by" and (len(said) < 3 or _PERSON.match(match[0]) is not None)
    return TECHNOLOGY.search(" ".join(said[:5])) is None and not is_by_whom


_PERSON: Final = re.compile(rf"by (?:the|an?) (?:[\w-]+ )?{ROLES}\b", re.IGNORECASE)


def _is_no_goal(match: re.Match[str]) -> bool:
    """Whether a number is a tolerance, no wish: `reduce errors by 30 %` and `30 % of staff` are wishes."""
    before = match.string[max(0, match.start() - 60) : match.start()].casefold()
    return re.search(r"\b(?:reduce|cut|lower|increase|raise|save|lift|halve|improve|have)\b", before) is None


_ACCEPTED: Final[Mapping[Slot, Callable[[re.Match[str]], bool]]] = {
    Slot.TRIGGER: _happens,
    Slot.INPUT: _is_material,
    Slot.TOLERANCE: _is_no_goal,
}
