"""The slots, and the forms in which people write them down, as patterns over one sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from remit.intent.words import ROLES

__all__ = ["PATTERNS", "Slot"]


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
    r"(?:(?:go|goes|sent|handed(?: over)?|hand(?:s|ed)? (?:it )?over|passed|referred|refer|escalate[sd]?"
    r"|forwarded|routed|assigned|told|left|given|shown?(?: it)?|moves?|transferred)\s+"
    r"(?:on\s+|back\s+|at once\s+)?(?:to|by)"
    r"|ask|asks|asked|call|calls|escalate[sd]? to|show it to)\s+(?:an?\s+|the\s+|one\s+|two\s+)?(?:[\w-]+\s+){0,4}?"
)
_HANDED_ON: Final = (
    r"(?:go|goes|handed(?: over)?|passed|referred|escalated)\s+(?:on\s+)?to\s+(?:an?\s+|the\s+|one\s+|two\s+)?"
    r"(?:[\w-]+\s+){0,4}?"
)
_DECIDED: Final = (
    r"(?:decides?|decided|looks?|looked at|reads?|read|writes?|picks?|confirms?|confirmed|checks?|types?|typed"
    r"|takes? over|approves?|is (?:asked|called|told)|seen|coded|tagged|assigned|resolves?|answered"
    r"|is called|merged|verif(?:y|ies))"
)
_OWNED: Final = (
    r"(?:accountable|responsible|in charge|answers? for|owns?|owned|owner|signs? (?:it )?off|signed off|approve[sd]?)"
)
_WHO: Final = rf"\b{ROLES}\b"

PATTERNS: Final[Mapping[Slot, tuple[re.Pattern[str], ...]]] = {
    slot: tuple(re.compile(one, re.IGNORECASE) for one in patterns)
    for slot, patterns in {
        Slot.OUTPUT: (
            r"\b(?:to|into|as|in|with) one (?:of|to) [^,;.]+",
            r"\b(?:into|as) (?:up to |at most )?(?:\d+|two|three|four|five|six|ten|twelve) [^,;.]+",
            (
                r"\b(?:returns?|returned as|record(?:s|ed)?|mark(?:s|ed)?(?: it)?(?: as)?|answers?|outputs?|produces?"
                r"|choose|decide|determine|is|are|into|as|to|under[^:;.,]*?|:)\s*:? (?:[\w-]+ ){0,3}?[\w-]+"
                r"(?:, (?:[\w-]+ ){0,2}[\w-]+)* or (?:[\w-]+ ){0,3}[\w-]+"
            ),
            r"\b(?:return|produce|output|list of|report) (?:a |an |the )?[\w-]+",
            r"\b(?:choose|pick|select|decide|determine|find) (?:the |one |a |from |on |which |whether )[\w-]+[^,;.]*",
            r"\binto (?:a|an|the|its|our|English|German|French|Spanish|Italian) ?[\w-]*",
            r"\bas (?:one of|a|an|praise|pass|[\w-]+,) [\w -]+",
            (
                r"\b(?:to|with) (?:the|a|an|its|one) (?:[\w-]+ ){0,2}?(?:team|desk|queue|department|open invoice|label"
                r"|priority|category|score|code|reason|campaigns?|template|differences?|components?|open orders?"
                r"|adjuster|paragraph)\b[^,;.]*"
            ),
            r"\b(?:assign(?:ed|s)?(?: it)?|tag(?:ged)?|cod(?:e|ed)|label(?:led)?) (?:a|an|up to|to one) [\w-]+[^,;.]*",
            r"\b(?:flag|mark|report|record)s? (?:the )?(?:differences|gaps|clauses|pairs|duplicates?)\b",
            r"\b(?:replaced by|updated?|closed?|(?:notify|told|send) (?:them|it|its))\b[^,;.]*",
            r"\b(?:flag|order|update|block|pay|predict|enter|write) (?:every|each|the|it|on time)\b[^,;.]*",
        ),
        Slot.INPUT: (
            (
                r"\b(?:from|using|based on|against|given|by|under|looking at|reads?|out of|with) "
                r"(?:its|the|their|each|every|a|an|our|\d+|\w+ rules|all)\b[^,;.]*"
            ),
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
            rf"\b(?:at most|no more than|fewer than)\s{_NUMBER}\s(?:[\w-]+\s){{0,3}}?(?:errors?|mistakes?|wrong)",
            r"\bwithin \d[\d.,]* (?:%|points?|EUR|USD|grades?|percent)",
            r"\bno [\w -]{2,50} in \d[\d.,]*",
        ),
        Slot.ESCALATION: (
            rf"\b{_DOUBT}\b[^;]{{0,80}}?\b{_TO_PEOPLE}{_WHO}",
            rf"\b{_DOUBT}\b[^;]{{0,60}}?{_WHO}[^;,.]{{0,25}}?\b{_DECIDED}\b",
            rf"{_WHO}[^;,.]{{0,25}}?\b{_DECIDED}\b[^;.]{{0,40}}?\b{_DOUBT}\b",
            rf"\b(?:{_DECIDED}|asked)(?: (?:only|always|about))*,? by (?:an? |the |two )?(?:[\w-]+ ){{0,3}}?{_WHO}",
            r"\b(?:goes|go|sent) to (?:manual )?review\b",
            rf"\b{_HANDED_ON}{_WHO}",
        ),
        Slot.CONDITION: (
            (
                r"\b(?:if|unless|except|only (?:if|when)|provided|never|must not|otherwise|but not|excluding|limit"
                r"|other than|without)\b (?!possible|needed|necessary|appropriate|applicable|a person|people)[^,;.]+"
            ),
            (
                r"\b(?:above|below|over|under|up to|more than|less than|beyond|shorter than|older than|rose by)\s"
                r"(?:[A-Z]{3}\s)?[€$£]?\d[\d.,]*(?!\s?(?:%|in\b|of\b))[^,;.]*"
            ),
            r"\b(?:unsure|in doubt|low[ -]confidence|below \d+ ?% confidence|confidence below)\b",
            r"\b(?:is|are) (?:always|only) [^,;.]+",
            (
                r"(?:^|;\s*)(?!.{0,30}\d[\d.,]*\s?%)[^;,.]{3,60}?\b"
                r"(?:go|goes|(?:is|are) (?:handed|passed|referred|decided))\s+(?:over\s+)?(?:to|by)\b"
            ),
            r"\bwhen (?:a criterion|the data|unsure|two|it is missing)[^,;.]*",
        ),
        Slot.TRIGGER: (
            r"\b(?:when|whenever|once|as soon as|after|upon|on|before)\b(?! possible| needed| necessary)[^,;.]+",
            r"\bon (?:receipt|submission|arrival|each)\b[^,;.]*",
            r"\bupon (?:receipt|arrival)\b[^,;.]*",
            r"\b(?:every|each) (?:night|morning|evening|hour|day|week|monday|tuesday|wednesday|thursday|friday|time)\b",
            r"\b(?:daily|weekly|hourly|nightly|monthly|once a (?:day|week|month)|on each night run)\b",
            r"\b(?:incoming|newly arrived)\b",
            r"\b(?:received|submitted|uploaded|published|opened|posted|scanned|filed|raised|returned|cancelled)\b",
        ),
        Slot.OWNER: (
            rf"\b{_OWNED}\b(?! (?:AI|use|way|manner))[^;.,]{{0,25}}?{_WHO}",
            rf"{_WHO}[^;,.]{{0,35}}?\b{_OWNED}\b(?! AI)",
        ),
    }.items()
}
"""The patterns of each slot that is found by its form; action and unit are found by the place of their words."""
