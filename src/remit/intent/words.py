"""The word lists behind reading a strategy sentence. They are data and meant to grow.

A verb counts as operational only where a person could be shown doing it to one item; what can be wanted but not done
("improve", "leverage") is vague.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = [
    "DETERMINERS",
    "GOVERNORS",
    "ITEMS",
    "NO_ITEMS",
    "PRODUCING",
    "ROLES",
    "VERBS",
    "VerbForms",
    "item_forms",
    "verb_forms",
    "words",
]


def words(text: str) -> tuple[str, ...]:
    """The words of a list."""
    return tuple(text.split())


# Regular verbs by their base form; the few that double a letter or change are written out below.
_REGULAR: Final = words(
    """
    accept adjust allocate allow annotate answer approve archive assess assign audit block book calculate call cancel
    categorise categorize charge check choose classify clear close code collect compare compute confirm convert count
    cross-check decide decline deduplicate deliver deny detect determine diagnose dispatch draft enter estimate
    evaluate extract file fill filter flag forward generate grade grant group hide hold identify inspect invoice issue
    label list locate log mark match measure merge moderate notify offer order pack pair pass pick place post predict
    prepare price prioritise prioritize produce propose publish query quote rank rate reassign recommend reconcile
    record redact refund refuse register reject release remove rename repair replace reply report reschedule respond
    return review round route sample scan schedule score screen select settle sign sort suggest summarise summarize
    suspend tag transcribe transfer translate triage update validate verify
    """
)
_IRREGULAR: Final = {
    "choose": ("chooses", "choosing", "chosen"),
    "find": ("finds", "finding", "found"),
    "hide": ("hides", "hiding", "hidden"),
    "hold": ("holds", "holding", "held"),
    "pay": ("pays", "paying", "paid"),
    "put": ("puts", "putting", "put"),
    "read": ("reads", "reading", "read"),
    "send": ("sends", "sending", "sent"),
    "set": ("sets", "setting", "set"),
    "tell": ("tells", "telling", "told"),
    "write": ("writes", "writing", "written"),
}
_DOUBLED: Final = frozenset(
    {"flag", "tag", "log", "scan", "refer", "transfer", "pin", "map", "drop", "cancel", "label"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbForms:
    """The forms of the operational verbs, each with its base form."""

    base: Mapping[str, str]
    third: Mapping[str, str]
    gerund: Mapping[str, str]
    participle: Mapping[str, str]


def verb_forms() -> VerbForms:
    """All forms of all operational verbs."""
    regular = [base for base in (*_REGULAR, "refer", "map") if base not in _IRREGULAR]
    return VerbForms(
        base={base: base for base in (*regular, *_IRREGULAR)},
        third={_third(base): base for base in regular} | {forms[0]: base for base, forms in _IRREGULAR.items()},
        gerund={f"{stem}ing": base for base in regular for stem in _stems(base)}
        | {forms[1]: base for base, forms in _IRREGULAR.items()},
        participle={f"{stem}ed": base for base in regular for stem in _stems(base)}
        | {forms[2]: base for base, forms in _IRREGULAR.items()},
    )


def _third(base: str) -> str:
    if base.endswith("y") and base[-2] not in "aeiou":
        return f"{base[:-1]}ies"
    return f"{base}es" if base.endswith(("s", "sh", "ch", "x", "z")) else f"{base}s"


def _stems(base: str) -> tuple[str, ...]:
    if base.endswith("y") and base[-2] not in "aeiou":
        return base, f"{base[:-1]}i"
    if base.endswith("e"):
        return (base[:-1],)
    return (base, base + base[-1]) if base in _DOUBLED else (base,)


VERBS: Final = verb_forms()

ITEMS: Final = frozenset(
    words(
        """
        account address agreement alarm alert answer applicant application appointment article assessment batch bid
        bill booking call candidate card case certificate change chat claim clause comment complaint contract
        conversation cv day-sheet declaration defect delivery device discharge dispute document donation e-mail email
        enquiry entry essay estimate event exam expense feedback file form grant image incident inquiry
        invoice item job-application lead lease letter licence license line listing loan log mail meeting memo message
        minute mention mortgage note notice notification objection offer opening order package page paper parcel
        passport patient payment permit petition photo picture piece policy position post prescription product project
        proof proposal protocol purchase query question quotation quote reading receipt record referral refund
        registration reminder renewal repair report request reservation response result resume resumé return review
        row sample scan sheet shipment shot spot statement submission subscription subtitle suggestion summary survey
        table task tender ticket till timesheet transaction transcript transfer translation trial trip update vacancy
        video visit voucher warranty
        """
    )
)
"""Things that come one by one and can be counted at the end of a day."""

NO_ITEMS: Final = frozenset(
    words(
        """
        doubt exception action ambition area aspect benefit board branch budget business capability category channel
        choice citizen
        city client colleague company competitor corner cost country culture customer data day decision department
        detail dimension direction division dollar employee engineer enterprise euro everybody everyone experience
        family field function goal head hour human idea industry initiative innovation insight interaction investment
        job journey kind language leader level life machine manager market member minute moment month nurse office
        operation opportunity organisation organization part partner penny people percent person place plant platform
        point problem process product-line professional programme programs quarter reason region role second sector
        service shop site situation size society stage stakeholder standard step store strategy system talent team
        technology thing time tool touchpoint type unit use user value way week worker workflow workforce year
        agent assistant bot copilot model algorithm pilot solution door centre center front goal measure
        """
    )
)
"""What `each` and `every` may stand before without naming an item of work."""

DETERMINERS: Final = frozenset(
    words(
        """
        a an the each every any all one this that these those its their our his her my your which what whether how
        who when where if both two three four five six seven eight nine ten up it them us new incoming
        """
    )
)
"""Words that may follow a verb and do not follow the noun of the same form."""

GOVERNORS: Final = frozenset(
    words(
        """
        improve improves improving accelerate accelerates accelerating reduce reduces reducing explore exploring
        transform transforming optimise optimize optimising optimizing rethink rethinking reimagine reimagining
        modernise modernize streamline enhance enhancing enable enabling help helps helping empower empowering
        how where faster able ability capacity time learn inspire boost speed ways way chance right power freedom
        """
    )
)
"""Words that make what follows a wish about the work, not the work: `improve how we answer`, `the time to approve`."""

PRODUCING: Final = frozenset(
    words(
        """
        annotate approve calculate categorise categorize classify compute convert count decide deduplicate draft
        estimate extract fill generate grade predict price produce propose quote rank rate recommend redact
        refund refuse reject score suggest summarise summarize tag transcribe translate write label reply
        cancel accept decline merge
        """
    )
)
"""Verbs that say by themselves what comes out: a draft, a score, an extract, a yes or a no."""

ROLES: Final = (
    r"(?:head of [\w-]+(?: (?!is\b|or\b|and\b|by\b|who\b|decides\b|owns\b|answers\b|signs\b)[\w-]+)?|"
    r"person|human|people|"
    r"clerks?|officers?|managers?|supervisors?|reviewers?|analysts?|agents?(?= takes)|specialists?|experts?|"
    r"directors?|leads?|leaders?|engineers?|doctors?|nurses?|pharmacists?|physicians?|teachers?|examiners?|"
    r"counsels?|paralegals?|lawyers?|linguists?|editors?|moderators?|inspectors?|assessors?|adjusters?|underwriters?|"
    r"accountants?|controllers?|controller|recruiters?|caseworkers?|case worker|registrars?|technicians?|"
    r"technologists?|operators?|dispatchers?|buyers?|planners?|stewards?|coders?|bookkeepers?|partners?|owners?|"
    r"consultants?|advisers?|advisors?|auditors?|librarians?|principals?|secretar(?:y|ies)|treasurers?|presidents?|"
    r"executives?|colleagues?|handlers?|desk|team|seniors?|staff|second reader|c[efo]o|chief [\w-]+(?: [\w-]+)?)"
)
"""Who a doubt can go to."""


def item_forms(noun: str) -> tuple[str, ...]:
    """The singular forms that a noun may be the plural of, the noun itself first."""
    forms = [noun]
    if noun.endswith("ies"):
        forms.append(f"{noun[:-3]}y")
    if noun.endswith("es"):
        forms.append(noun[:-2])
    if noun.endswith("s") and not noun.endswith("ss"):
        forms.append(noun[:-1])
    return tuple(forms)
