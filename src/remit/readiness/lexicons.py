"""The word lists behind the rules that read prose: events, places, vague words, technology, personal data.

They are data and meant to grow.  A word is in a list only where a careful owner would agree with the finding in nearly
every sentence: a false alarm costs more trust than a missed word.
"""

from __future__ import annotations

import re
from itertools import takewhile

__all__ = [
    "ACTING_WORDS",
    "COLLECTIVES",
    "EVENT",
    "MAIL_ADDRESS",
    "MOVING_VERSIONS",
    "PASSIVE_WORDS",
    "PERSONAL_NAMES",
    "PERSONAL_WORDS",
    "PLURALS",
    "ROLE_NOUNS",
    "SINGULARS",
    "TECHNOLOGY",
    "VAGUE",
    "VAGUE_AMOUNTS",
    "is_plural",
    "place_in",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _any_of(*phrases: str) -> str:
    return "|".join(phrase.replace(" ", r"[\s-]+") for phrase in phrases)


# Verbs that say that something arrives or happens, as (third person, past participle).
_EVENT_VERBS = (
    ("adds", "added"),
    ("appears", "appeared"),
    ("applies", "applied"),
    ("arises", "arisen"),
    ("arrives", "arrived"),
    ("asks", "asked"),
    ("assigns", "assigned"),
    ("begins", "begun"),
    ("books", "booked"),
    ("calls", "called"),
    ("changes", "changed"),
    ("clicks", "clicked"),
    ("closes", "closed"),
    ("collects", "collected"),
    ("completes", "completed"),
    ("confirms", "confirmed"),
    ("creates", "created"),
    ("delivers", "delivered"),
    ("drops", "dropped"),
    ("ends", "ended"),
    ("enters", "entered"),
    ("escalates", "escalated"),
    ("expires", "expired"),
    ("fails", "failed"),
    ("files", "filed"),
    ("finishes", "finished"),
    ("flags", "flagged"),
    ("forwards", "forwarded"),
    ("gets", "gotten"),
    ("hands", "handed"),
    ("imports", "imported"),
    ("issues", "issued"),
    ("joins", "joined"),
    ("keys", "keyed"),
    ("lands", "landed"),
    ("lodges", "lodged"),
    ("logs", "logged"),
    ("opens", "opened"),
    ("orders", "ordered"),
    ("passes", "passed"),
    ("pays", "paid"),
    ("picks", "picked"),
    ("places", "placed"),
    ("posts", "posted"),
    ("presses", "pressed"),
    ("publishes", "published"),
    ("pulls", "pulled"),
    ("pushes", "pushed"),
    ("puts", "put"),
    ("queues", "queued"),
    ("raises", "raised"),
    ("reaches", "reached"),
    ("receives", "received"),
    ("records", "recorded"),
    ("registers", "registered"),
    ("releases", "released"),
    ("reports", "reported"),
    ("requests", "requested"),
    ("returns", "returned"),
    ("rings", "rung"),
    ("scans", "scanned"),
    ("sends", "sent"),
    ("shows", "shown"),
    ("signs", "signed"),
    ("starts", "started"),
    ("stores", "stored"),
    ("submits", "submitted"),
    ("takes", "taken"),
    ("transfers", "transferred"),
    ("turns", "turned"),
    ("types", "typed"),
    ("updates", "updated"),
    ("uploads", "uploaded"),
    ("writes", "written"),
)

EVENT = re.compile(
    r"\b(?:"
    + "|".join(f"{third}|{past}" for third, past in _EVENT_VERBS)
    # Without -s only what is no noun: "an order by post" is no event.
    + r"|comes?|came|goes|rang|is due|falls due|appear|apply|arrive|ask|begin|deliver|enter|land|lodge|receive|register"
    r"|send|submit|write)\b",
    re.IGNORECASE,
)
"""A verb of arrival or happening."""

# The phrase is only looked at, so that "in by post" is tried from `by` on too.
_PLACE = re.compile(
    r"\b(?:in|into|at|on|onto|to|from|by|via|through|over|with|inside|within)\s+"
    r"(?=(?P<phrase>[^\W\d_][\w-]*(?:\s+[\w-]+){0,5}))",
    re.IGNORECASE,
)

# Where a phrase after a preposition ends.
_PHRASE_ENDS = _words(
    """
    when if after before and or that which who of for as is are was were has have because while until during
    since than unless once in into at on onto to from by via through over with inside within about under
    """
)

# What follows such a preposition in a time, a number or a manner, which is no place.
_NO_PLACES = _words(
    """
    the a an our their its his her your my one any each every two three four five six seven eight nine ten this
    that these those time times date day days week weeks month months quarter quarters year years hour hours
    minute minutes second seconds moment morning afternoon evening night noon midnight monday tuesday wednesday
    thursday friday saturday sunday january february march april may june july august september october november
    december today tomorrow weekend weekdays end start beginning middle close next last first previous following
    early late later same least most average once general principle need demand request accident hand mistake
    order question case doubt short future past present advance detail full part person writing paper regular
    regularly schedule time-to-time be get do make want us them it him whom what basis
    """
)


def place_in(text: str) -> str | None:
    """The first words of ``text`` that name a place (``the shared inbox``), None where there are none."""
    for found in _PLACE.finditer(text):
        phrase = list(takewhile(lambda word: word.casefold() not in _PHRASE_ENDS, found["phrase"].split()))
        if any(word.casefold() not in _NO_PLACES for word in phrase):
            return " ".join(phrase)
    return None


COLLECTIVES = _words(
    """
    team teams group groups department departments committee staff crew squad everyone everybody anyone anybody
    people we us all both nobody tbd tbc unknown none management it business users operations
    """
)
"""Words that name many, or nobody, where one accountable role is asked for."""

ROLE_NOUNS = _words(
    """
    head director manager lead leader officer chief owner supervisor clerk analyst president vp ceo cfo coo cto
    controller partner principal secretary treasurer chair coordinator engineer underwriter buyer planner
    """
)
"""Words that begin another role after an `and`."""

SINGULARS = _words(
    """
    series species lens news means canvas gas atlas alias bias christmas chaos cosmos ethos kudos pancreas corps
    headquarters mathematics physics logistics economics diabetes rabies herpes crossroads summons tuberculosis
    whereas always this his its less yes
    """
)
"""Words on -s that are one thing."""

PLURALS = _words(
    """
    people children men women persons mice feet teeth geese criteria phenomena
    """
)
"""Words without -s that are several things."""


def is_plural(noun: str) -> bool:
    """Whether an English noun names several things, as far as its form tells."""
    word = noun.casefold()
    if word in PLURALS:
        return True
    return word.endswith("s") and not word.endswith(("ss", "us", "is", "'s")) and word not in SINGULARS


TECHNOLOGY = re.compile(
    r"(?<![\w-])(?:"
    # Names that are words too where they have no capitals; "AI Act" is a law.
    r"(?:AI(?!\s+Act\b)|A\.I\.|LLMs?|GPT(?:-?\w+)?|RAG|RPA|Claude|Gemini|Llama(?:-?\d\w*)?|Copilot|Python|Anthropic)"
    r"|(?i:"
    + _any_of(
        "artificial intelligence",
        r"gen(?:erative)?[\s-]?AI",
        "agentic",
        "machine learning",
        "deep learning",
        r"neural net(?:work)?s?",
        r"language models?",
        r"foundation models?",
        "ChatGPT",
        "OpenAI",
        "DeepSeek",
        "Hugging Face",
        r"chat[\s-]?bots?",
        r"bots?",
        r"algorithms?",
        r"classifiers?",
        "UiPath",
        "Blue Prism",
        "Power Automate",
        "Zapier",
        r"Lang(?:Chain|Graph)",
        "LlamaIndex",
        r"embeddings?",
        r"vector (?:store|database|search)s?",
        r"(?:system|zero-shot|few-shot) prompts?",
        "prompt engineering",
        r"fine[\s-]?tun(?:e|ed|es|ing)",
        r"hallucinat(?:e|es|ed|ing|ion|ions)",
        "logistic regression",
        r"random forests?",
        r"gradient boost(?:ing|ed)",
        "XGBoost",
        r"scikit[\s-]?learn",
        "TensorFlow",
        "PyTorch",
        r"regex(?:es)?",
        r"regular expressions?",
        "JavaScript",
    )
    + r"))(?![\w-])"
)
"""Words that name what makes the answer, not what must come out."""

VAGUE = re.compile(
    r"(?<![\w-])(?:"
    + _any_of(
        r"appropriate(?:ly)?",
        r"adequate(?:ly)?",
        r"reasonabl[ey]",
        r"sufficient(?:ly)?",
        r"suitabl[ey]",
        r"proper(?:ly)?",
        r"satisfactor(?:y|ily)",
        r"acceptabl[ey]",
        r"optimal(?:ly)?",
        r"efficient(?:ly)?",
        r"effective(?:ly)?(?!\s+(?:date|from|rate))",
        "user friendly",
        r"intuitive(?:ly)?",
        r"easy|easily",
        r"quickly",
        r"timely",
        r"promptly",
        "as soon as possible",
        "asap",
        r"(?<!as\s)soon(?!\s+as)",
        r"(?:if|where|when|wherever|whenever|as far as) possible",
        # At the end of a clause only: "when required documents are missing" says something.
        r"(?:if|where|when|as) (?:necessary|needed|required|appropriate|applicable)(?=\s*(?:[,.;)]|$))",
        r"etc\.?",
        "and so on",
        "and the like",
        "and/or",
        "among others",
        "to be (?:defined|decided|determined)",
        "tbd",
        r"robust(?:ly)?",
        r"seamless(?:ly)?",
        r"holistic(?:ally)?",
        r"flexibl[ey]",
        r"high quality",
        r"state of the art",
        r"best in class",
        r"best (?:effort|possible|practice)s?",
        r"world class",
        r"meaningful(?:ly)?",
        r"accurate(?:ly)?(?!\s+(?:to|within))",
        r"good (?:enough|quality|answer|decision|judge?ment|result|service)s?",
        r"significant(?:ly)?(?!\s+(?:figure|digit))",
        r"approximately",
        r"roughly",
        r"minimal(?:ly)?",
        r"nice(?:ly)?",
    )
    + r")(?![\w-])",
    re.IGNORECASE,
)
"""Words that mean something else to each reader, wherever they stand."""

VAGUE_AMOUNTS = re.compile(
    r"(?<![\w-])(?:usually|generally|normally|typically|mostly|often|sometimes|occasionally|frequently|some|several|"
    r"many|few|various|fast|quick|slow|better|worse|most of the time|in general|as a rule|relevant)(?![\w-])",
    re.IGNORECASE,
)
"""Words that are vague in a standard (`good`, a constraint's message), and natural in the story of a failure."""

PASSIVE_WORDS = _words(
    """
    log logs logged logging monitor monitors monitored monitoring record records recorded recording note notes
    noted watch watches watched watching track tracks tracked tracking observe observes observed report reports
    reported count counts counted nothing none ignore ignored accept accepted tolerate wait dashboard
    """
)
"""Words of a response that only looks on."""

ACTING_WORDS = _words(
    """
    block blocks blocked stop stops stopped halt review reviews reviewed reviewer escalate escalates escalated
    hold holds held hand hands handed refuse refuses refused reject rejects rejected return returns returned
    undo undoes undone reverse reverses reversed correct corrects corrected repair repairs repaired fix fixes
    fixed move moves moved reassign reassigns reassigned call calls called contact contacts contacted ask asks
    asked decide decides decided take takes taken switch switches switched demote demotes demoted retry retries
    retried replace replaces replaced quarantine cancel cancels cancelled revoke revokes revoked pause pauses
    paused send sends sent check checks checked recheck audit audits audited person clerk people refund refunds
    refunded withdraw withdrawn suspend suspends suspended route routes routed re-prove reopen reopens reopened
    """
)
"""Words of a response that does something about it."""

PERSONAL_WORDS = _words(
    """
    email phone telephone mobile fax surname firstname lastname fullname birthday birthdate birthplace dob
    gender sex religion ethnicity ethnic race nationality citizenship passport ssn iban diagnosis disability
    salary marital married spouse signature username license licence fingerprint biometric pregnant maiden
    """
)
"""Words in a field's name that mark it as personal by themselves."""

PERSONAL_NAMES = re.compile(
    r"(?:^|_)(?:"
    r"(?:first|last|full|given|family|middle|customer|client|applicant|patient|employee|contact|sender|recipient|holder"
    r"|person|borrower|student|tenant|guest|member|passenger|driver|citizen|claimant|user)_?name"
    r"|e_mail|mail_address|(?:home|street|postal|billing|shipping|delivery|customer|private|ip)_address"
    r"|date_of_birth|birth_(?:date|day|year|place)|place_of_birth|year_of_birth|social_security|national_id|tax_id"
    r"|identity_(?:card|number)|id_card|card_number|account_holder|credit_card|health_\w+|medical_\w+|sick_\w+"
    r"|(?:applicant|customer|client|patient|person|employee|borrower|driver)_(?:age|income|phone|address|id)"
    r"|mothers?_name|fathers?_name|next_of_kin|home_phone|monthly_income|household_income|marital_status"
    r")(?:_|$)|^(?:name|age|address|income|birth|health|wage|wages)$"
)
"""Field names, in snake case, that look personal."""

MAIL_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]{2,}\Z")
"""One mail address, as far as its form tells."""

MOVING_VERSIONS = re.compile(
    r"(?<![\w.])(?:latest|main|master|head|nightly|edge|stable|current|newest|preview)(?!\w)|[*^~<>]|\bx\b",
    re.IGNORECASE,
)
"""Parts of a version that may mean something else tomorrow."""
