"""What `remit explain` says of a rule, an error, a level or a word, in plain words; and the page of all rules."""

from __future__ import annotations

import inspect
from dataclasses import dataclass

from remit.definition.levels import LEVELS, Level
from remit.definition.similar import did_you_mean
from remit.errors import NotFound, RemitError, all_errors
from remit.readiness.catalogue import CATALOGUE, RuleCard, card
from remit.readiness.finding import Dimension, RuleKind, Severity
from remit.readiness.glossary import LEVEL_MEANINGS, WORDS
from remit.readiness.rules import RULES

__all__ = ["Explanation", "explain", "rules_page"]

_KINDS = {
    RuleKind.STATIC: "from the definition alone",
    RuleKind.PROJECT: "from the definition and the other files of the project",
    RuleKind.EVIDENCE: "from evidence: cases, proofs, records, logs and drills",
}
_SEVERITIES = {
    Severity.BLOCKER: "a blocker: it has no waiver",
    Severity.MAJOR: "major: it counts unless the accountable person waives it",
    Severity.MINOR: "minor: it is shown and holds nothing up",
}


_SPELLED = {word.casefold(): word for word in WORDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A code or word, its title, and the whole text about it in lines of plain words."""

    code: str
    title: str
    text: str


def explain(code: str) -> Explanation:
    """What a rule (``WD01``), an error (``E303``), an autonomy level (``shadow``) or a word (``executor``) means.

    Upper and lower case are the same, and so are spaces and hyphens.

    Raises:
        NotFound: nothing is called so; the nearest code or word is suggested.
    """
    wanted = " ".join(code.replace("-", " ").split())
    if (rule := card(wanted.upper())) is not None:
        return _of_rule(rule)
    errors = all_errors()
    if wanted.upper() in errors:
        return _of_error(errors[wanted.upper()])
    word = wanted.casefold()
    if word in LEVELS:
        return _of_level(Level(word))
    if word in _SPELLED:
        title = "a word with one meaning"
        return Explanation(code=_SPELLED[word], title=title, text=f"{title}\n\n{_sentence(WORDS[_SPELLED[word]])}")
    close = did_you_mean(wanted.upper(), [*(one.id for one in CATALOGUE), *errors]) or did_you_mean(
        word, [*LEVELS, *WORDS]
    )
    raise NotFound(
        f"no rule, error, level or word is called {code.strip()!r}",
        expected="a rule such as WD01, an error such as E303, a level such as shadow, or a word such as executor",
        found=code.strip(),
        mend=f"did you mean {close}?"
        if close
        else "see docs/reference/rules.md for all rules, docs/words.md for words",
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _of_level(level: Level) -> Explanation:
    title = "an autonomy level"
    counting = ", ".join(rule.id for rule in CATALOGUE if rule.since is level and rule.since_text is None)
    lines = [
        title,
        "",
        _sentence(LEVEL_MEANINGS[level]),
        "",
        f"Order:     {' < '.join(LEVELS)}",
        f"Rules:     {counting or 'none'}",
        "           These count from here on; those of the levels below count too.",
        f"Checked:   remit check ID --for {level}",
    ]
    return Explanation(code=level, title=title, text="\n".join(lines))


def _of_error(error: type[RemitError]) -> Explanation:
    text = inspect.cleandoc(error.__doc__ or "")
    title = text.split("\n", 1)[0]
    return Explanation(code=error.code, title=title, text=f"{text}\n\nExit code {error.exit_code}.")


def _of_rule(rule: RuleCard) -> Explanation:
    gate = "gate" if rule.dimension.is_gate else "dimension"
    lines = [
        f"{rule.title}.",
        "",
        f"Computed:  {rule.how}",
        f"{gate.capitalize() + ':':<10} {rule.dimension.value}",
        f"Kind:      {_KINDS[rule.kind]}",
        f"Severity:  {_SEVERITIES[rule.severity]}",
        f"From:      {_since(rule)}",
        f"Says:      {rule.message}",
        *(f"           {message}" for message in rule.variants.values()),
        f"Mend:      {rule.mend}",
        f"Source:    {rule.source}",
    ]
    if rule.id not in RULES:
        lines += ["", _not_measured(rule)]
    return Explanation(code=rule.id, title=rule.title, text="\n".join(lines))


def _not_measured(rule: RuleCard) -> str:
    because = "" if rule.unmeasured is None else f": {rule.unmeasured}"
    return f"Not measured yet{because}. This version does not gather the fact, and the rule answers unknown."


def _since(rule: RuleCard) -> str:
    return rule.since_text if rule.since_text is not None else rule.since.value


def rules_page() -> str:
    """The reference page of all rules in Markdown, made from the catalogue."""
    lines = [
        "# Readiness rules",
        "",
        "<!-- Made from the catalogue by `python tools/rules_page.py`. Do not edit by hand. -->",
        "",
        "Every rule that `remit check` asks. Each one passes, fails, is unknown, or is not applicable; unknown is not",
        "pass. A level is reached when every blocker, and every major without a waiver, that counts from that level or",
        "a lower one passes or is not applicable. Minor rules are shown and hold nothing up.",
        "",
        "Kind **S** is computed from the definition alone, **S\\*** from the other files of the project too, **E**",
        "from evidence. Rules marked *not yet* need a fact that this version does not gather: they answer `unknown`,",
        "or `not applicable` where the definition alone shows that the question does not arise.",
        "`remit explain ID` prints one of them.",
    ]
    for dimension in Dimension:
        lines += ["", f"## {_heading(dimension)}", ""]
        lines += ["| id | kind | severity | from | checks | how it is computed | says | mend | source |"]
        lines += ["|---|---|---|---|---|---|---|---|---|"]
        lines += [_row(rule) for rule in CATALOGUE if rule.dimension is dimension]
    return "\n".join(lines) + "\n"


def _heading(dimension: Dimension) -> str:
    name = dimension.value[:1].upper() + dimension.value[1:]
    return f"Gate: {name}" if dimension.is_gate else name


def _row(rule: RuleCard) -> str:
    measured = "" if rule.id in RULES else " (not yet)"
    says = " / ".join((rule.message, *rule.variants.values()))
    cells = (
        rule.id,
        f"{rule.kind.value}{measured}".replace("*", "\\*"),
        rule.severity.value,
        _since(rule),
        rule.title,
        rule.how,
        says,
        rule.mend,
        rule.source,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
