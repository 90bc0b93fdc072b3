"""The nine slots of a strategy sentence, and what of each is written in it.

Every reader looks for the form in which people write a slot down, never for its topic: "responsible AI" names no
owner and "a human in the loop" no escalation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from remit.intent.words import (
    DETERMINERS,
    GOVERNORS,
    ITEMS,
    NO_ITEMS,
    PRODUCING,
    ROLES,
    VERBS,
    item_forms,
)
from remit.readiness.lexicons import EVENT, TECHNOLOGY

__all__ = ["Slot", "slots_in"]


class Slot(StrEnum):
    """What a sentence has to say to be executable, in the order in which it is asked for."""

    ACTION = "action"
    UNIT = "unit"
    OUTPUT = "output"
    INPUT = "input"
    TOLERANCE = "tolerance"
    ESCALATION = "escalation"
    CONDITION = "condition"
    TRIGGER = "trigger"
    OWNER = "owner"


_TOKEN: Final = re.compile(r"[^\W\d_][\w]*(?:['’-][\w]+)*|\d[\d.,]*|[,;:.!?()]")
_STOPS: Final = frozenset(",;:.!?()")
_BEFORE_A_VERB: Final = frozenset(
    """
    and or then to we will shall must should can may could i you they it please always automatically first also only
    let not never either
    """.split()
)
_BE: Final = frozenset({"is", "are", "be", "was", "were", "gets", "get", "being"})
_SKIPPED: Final = frozenset(
    {"then", "first", "automatically", "also", "always", "correctly", "either", "only", "never"}
)
_QUANTIFIERS: Final = frozenset({"each", "every", "one", "a", "an", "any", "per", "incoming", "new", "single"})
_OPEN_QUANTIFIERS: Final = frozenset({"each", "every", "per"})
_ARRIVALS: Final = frozenset({"when", "whenever", "once", "after", "soon", "if"})
_NOT_IN_A_NAME: Final = frozenset(
    """
    of from in by with at for on to about between against that which who as into is are was were and or the a an
    its their our under over after before when if must shall should will can we has have had do does two three use
    """.split()
)


def slots_in(text: str) -> Mapping[Slot, str | None]:
    """The words of ``text`` that fill each slot, None for a slot that is empty; in the order of :class:`Slot`."""
    tokens = _TOKEN.findall(text)
    lower = [token.casefold().replace("’", "'") for token in tokens]
    action = _action(lower, tokens)
    return {
        slot: (action and action.words) if slot is Slot.ACTION else _found(slot, text, lower, action) for slot in Slot
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Action:
    """An operational verb of the sentence, in its base form, with the words that follow it."""

    base: str
    words: str


def _found(slot: Slot, text: str, lower: Sequence[str], action: _Action | None) -> str | None:
    if slot is Slot.UNIT:
        return _unit(lower)
    if slot is Slot.OUTPUT and action is not None and action.base in PRODUCING:
        return action.words
    return next((found for pattern in _PATTERNS[slot] for found in _matches(slot, pattern, text)), None)


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
    """Whether the verb says what is to get better (`improve how we answer`, `the time to approve`) or what comes before."""
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
    while end < len(tokens) and end < at + 9 and tokens[end] not in _STOPS:
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
            name = []
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


# --- the other slots: by the form in which they are written

_NUMBER: Final = r"(?:\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|half|no)"
_RATE: Final = (
    r"(?:\d[\d.,]*\s?(?:%|per ?cent|percent)"
    r"|(?:\d[\d.,]*|one|two|three|nine)\s+(?:[a-z-]+\s+){0,3}(?:in|of|out of|per)\s+(?:a\s+)?(?:\d[\d.,]*|ten|hundred)"
    r"|no\s+(?:[a-z-]+\s+){1,5}in\s+\d[\d.,]*)"
)
_BOUND: Final = (
    r"(?:at least|at most|no more than|not more than|no fewer than|no less than|fewer than|less than|more than|below"
    r"|under|above|over|up to|within|minimum|maximum|>=|<=|≥|≤|with|in|no)"
)
_QUALITY: Final = (
    r"(?:right|correct(?:ly)?|wrong(?:ly)?|errors?|mistakes?|error rate|accura(?:te|cy)|precision|recall|missed"
    r"|false|agreement|agree|caught|catch|acceptance|leave out|let through|overturned|as (?:the|two|a) |within|passed"
    r"|frauds?)"
)
_DOUBT: Final = (
    r"(?:in doubt|doubtful|unsure|not sure|uncertain(?:ty)?|unclear|confidence|otherwise|exceptions?|unmatched|unknown"
    r"|unreadable|can['’]?t be|cannot be|missing|ambiguous|disputes?|disagree|if|when|above|over|below|under|beyond"
    r"|anything|mismatch|without|what is|that mention|forms?|cases?|items?|any|are always|or|only|threats|differ\w*)"
)
_TO_PEOPLE: Final = (
    r"(?:(?:go|goes|sent|handed(?: over)?|hand(?:s|ed)? (?:it )?over|passed|referred|refer|escalate[sd]?|forwarded|routed"
    r"|assigned|told|left|given|shown?(?: it)?|moves?|transferred)\s+(?:on\s+|back\s+|at once\s+)?(?:to|by)"
    r"|ask|asks|asked|call|calls|escalate[sd]? to|show it to)\s+(?:an?\s+|the\s+|one\s+|two\s+)?(?:[\w-]+\s+){0,4}?"
)
_HANDED_ON: Final = (
    r"(?:go|goes|handed(?: over)?|passed|referred|escalated)\s+(?:on\s+)?to\s+(?:an?\s+|the\s+|one\s+|two\s+)?"
    r"(?:[\w-]+\s+){0,4}?"
)
_DECIDED: Final = (
    r"(?:decides?|decided|looks?|looked at|reads?|read|writes?|picks?|confirms?|confirmed|checks?|types?|typed|takes? over"
    r"|approves?|is (?:asked|called|told)|seen|coded|tagged|assigned|resolves?|answered|is called|merged|verif(?:y|ies))"
)
_OWNED: Final = (
    r"(?:accountable|responsible|in charge|answers? for|owns?|owned|owner|signs? (?:it )?off|signed off|approve[sd]?)"
)
_WHO: Final = rf"\b{ROLES}\b"

_PATTERNS: Final[Mapping[Slot, tuple[re.Pattern[str], ...]]] = {
    slot: tuple(re.compile(one, re.IGNORECASE) for one in patterns)
    for slot, patterns in {
        Slot.OUTPUT: (
            r"\b(?:to|into|as|in|with) one (?:of|to) [^,;.]+",
            r"\b(?:into|as) (?:up to |at most )?(?:\d+|two|three|four|five|six|ten|twelve) [^,;.]+",
            r"\b(?:returns?|returned as|record(?:s|ed)?|mark(?:s|ed)?(?: it)?(?: as)?|answers?|outputs?|produces?|choose"
            r"|decide|determine|is|are|into|as|to|under[^:;.,]*?|:)\s*:? (?:[\w-]+ ){0,3}?[\w-]+"
            r"(?:, (?:[\w-]+ ){0,2}[\w-]+)* or (?:[\w-]+ ){0,3}[\w-]+",
            r"\b(?:return|produce|output|list of|report) (?:a |an |the )?[\w-]+",
            r"\b(?:choose|pick|select|decide|determine|find) (?:the |one |a |from |on |which |whether )[\w-]+[^,;.]*",
            r"\binto (?:a|an|the|its|our|English|German|French|Spanish|Italian) ?[\w-]*",
            r"\bas (?:one of|a|an|praise|pass|[\w-]+,) [\w -]+",
            r"\b(?:to|with) (?:the|a|an|its|one) (?:[\w-]+ ){0,2}?(?:team|desk|queue|department|open invoice|label"
            r"|priority|category|score|code|reason|campaigns?|template|differences?|components?|open orders?"
            r"|adjuster|paragraph)\b[^,;.]*",
            r"\b(?:assign(?:ed|s)?(?: it)?|tag(?:ged)?|cod(?:e|ed)|label(?:led)?) (?:a|an|up to|to one) [\w-]+[^,;.]*",
            r"\b(?:flag|mark|report|record)s? (?:the )?(?:differences|gaps|clauses|pairs|duplicates?)\b",
            r"\b(?:replaced by|updated?|closed?|(?:notify|told|send) (?:them|it|its))\b[^,;.]*",
            r"\b(?:flag|order|update|block|pay|predict|enter|write) (?:every|each|the|it|on time)\b[^,;.]*",
        ),
        Slot.INPUT: (
            r"\b(?:from|using|based on|against|given|by|under|looking at|reads?|out of|with) "
            r"(?:its|the|their|each|every|a|an|our|\d+|\w+ rules|all)\b[^,;.]*",
            r"\bcompar\w+ [^,;.]+? (?:with|to|and) [^,;.]+",
            r"\bmatch\w* [^,;.]+? (?:with|to|against) [^,;.]+",
            r"\bfrom (?!nine|day|first|now|\d)[\w ,-]+? and [\w-]+",
            r"\bfrom (?:headline|supplier|name|items?|scanned|photos?|plain)\b[^;.]*",
        ),
        Slot.TOLERANCE: (
            rf"\b{_BOUND}\s[^;]{{0,30}}?{_RATE}[^;]{{0,60}}?\b{_QUALITY}",
            rf"\b{_QUALITY}\b[^;]{{0,50}}?\b{_BOUND}\b[^;]{{0,20}}?{_RATE}",
            rf"{_RATE}\s(?:[\w-]+\s){{0,4}}?{_QUALITY}",
            rf"\b(?:at least|at most|no more than|fewer than|less than)\b[^;]{{0,25}}?{_RATE}",
            rf"\b(?:at most|no more than|fewer than)\s{_NUMBER}\s(?:[\w-]+\s){{0,3}}?(?:errors?|mistakes?|wrong|missed)",
            r"\bwithin \d[\d.,]* (?:%|points?|EUR|USD|grades?|percent)",
            r"\bno [\w -]{2,50} in \d[\d.,]*",
        ),
        Slot.ESCALATION: (
            rf"\b{_DOUBT}\b[^;]{{0,80}}?\b{_TO_PEOPLE}{_WHO}",
            rf"\b{_DOUBT}\b[^;]{{0,60}}?{_WHO}[^;,.]{{0,25}}?\b{_DECIDED}\b",
            rf"{_WHO}[^;,.]{{0,25}}?\b{_DECIDED}\b[^;.]{{0,40}}?\b{_DOUBT}\b",
            rf"\b(?:{_DECIDED}|asked)(?: (?:only|always|again|about))*,? by (?:an? |the |two )?(?:[\w-]+ ){{0,3}}?{_WHO}",
            r"\b(?:goes|go|sent) to (?:manual )?review\b",
            rf"\b{_HANDED_ON}{_WHO}",
        ),
        Slot.CONDITION: (
            r"\b(?:if|unless|except|only (?:if|when)|provided|never|must not|otherwise|but not|excluding|limit|other than"
            r"|without)\b (?!possible|needed|necessary|appropriate|applicable|a person|people)[^,;.]+",
            r"\b(?:above|below|over|under|up to|more than|less than|beyond|shorter than|older than|rose by)\s"
            r"(?:[A-Z]{3}\s)?[€$£]?\d[\d.,]*(?!\s?(?:%|in\b|of\b))[^,;.]*",
            r"\b(?:unsure|in doubt|low[ -]confidence|below \d+ ?% confidence|confidence below)\b",
            r"\b(?:is|are) (?:always|only) [^,;.]+",
            r"(?:^|;\s*)(?!.{0,30}\d[\d.,]*\s?%)[^;,.]{3,60}?\b(?:go|goes|(?:is|are) (?:handed|passed|referred|decided))\s+(?:over\s+)?"
            r"(?:to|by)\b",
            r"\bwhen (?:a criterion|the data|unsure|two|it is missing)[^,;.]*",
        ),
        Slot.TRIGGER: (
            r"\b(?:when|whenever|once|as soon as|after|upon|on|before)\b(?! possible| needed| necessary)[^,;.]+",
            r"\bon (?:receipt|submission|arrival|each)\b[^,;.]*",
            r"\bupon (?:receipt|arrival)\b[^,;.]*",
            r"\b(?:every|each) (?:night|morning|evening|hour|day|week|monday|tuesday|wednesday|thursday|friday|time)\b",
            r"\b(?:daily|weekly|hourly|nightly|monthly|once a (?:day|week|month)|on each night run|at the end of each day)\b",
            r"\b(?:incoming|newly arrived)\b",
            r"\b(?:received|submitted|uploaded|published|opened|posted|scanned|filed|raised|returned|cancelled)\b",
        ),
        Slot.OWNER: (
            rf"\b{_OWNED}\b(?! (?:AI|use|way|manner))[^;.,]{{0,25}}?{_WHO}",
            rf"{_WHO}[^;,.]{{0,35}}?\b{_OWNED}\b(?! AI)",
        ),
    }.items()
}


def _happens(match: re.Match[str]) -> bool:
    """Whether a trigger names something that happens; `every night` and `incoming` do so by themselves."""
    first = match[0].split()[0].casefold()
    if first in {"when", "whenever", "once", "after", "upon", "before", "as", "on"}:
        return EVENT.search(match[0]) is not None or match[0].casefold().startswith(("on receipt", "on submission"))
    return True


def _is_material(match: re.Match[str]) -> bool:
    """Whether an input is something to look at, no tool and no deadline."""
    said = match[0]
    words = said.split()
    return TECHNOLOGY.search(" ".join(words[:5])) is None and not (
        words[0].casefold() == "by" and (len(words) < 3 or words[1].casefold() in {"the", "a", "an"} and _PERSON(said))
    )


_PERSON: Final[Callable[[str], object]] = re.compile(rf"^by (?:the|an?) (?:[\w-]+ )?{ROLES}\b", re.IGNORECASE).match


def _is_no_goal(match: re.Match[str]) -> bool:
    """Whether a number is a tolerance, no wish: `reduce errors by 30 %` and `30 % of staff` are wishes."""
    before = match.string[max(0, match.start() - 60) : match.start()].casefold()
    return re.search(r"\b(?:reduce|cut|lower|increase|raise|save|lift|halve|improve|have)\b", before) is None


_ACCEPTED: Final[Mapping[Slot, Callable[[re.Match[str]], bool]]] = {
    Slot.TRIGGER: _happens,
    Slot.INPUT: _is_material,
    Slot.TOLERANCE: _is_no_goal,
}
