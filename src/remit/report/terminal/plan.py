"""A plan for a terminal: what each claim takes, what there is, what is missing."""

from __future__ import annotations

import math
from collections.abc import Sequence

from remit.proof.planning.document import (
    AttemptPlan,
    Basis,
    BreakPlan,
    BudgetPlan,
    LevelPlan,
    Supposed,
    TargetPlan,
    WatchPlan,
    WorkPlan,
)
from remit.readiness.facts import TargetVerdict
from remit.report.numbers import (
    chance_percent,
    confidence_text,
    counted,
    given_percent,
    number,
    percent,
    sure_text,
    thousands,
)
from remit.report.proof_view.claim import leader_sentence
from remit.report.proof_view.rows import ExpectedNotice
from remit.report.proof_view.verdicts import asked_text, metric_name
from remit.report.states import mark_of, shown_state, tone_of
from remit.report.terminal.sheet import Cell, Column, Sheet, Style, style_of
from remit.report.text import visible

__all__ = ["render_plan"]

_NONE = "–"
_TOO_MANY_CASES = "> 10 million"
_TOO_MANY_ITEMS = "> 50,000"
_TOO_MANY_AUDITS = "> 20,000"


def render_plan(plan: WorkPlan, *, width: int, colour: bool) -> str:
    """What there is, then what each claim takes: targets, acting alone, levels, noticing a break."""
    sheet = Sheet(width=width, colour=colour)
    sheet.heading(f"{plan.work}: what each claim takes", right=f"{sure_text(plan.delta_full)}, all attempts together")
    sheet.blank()
    _there_is(sheet, plan)
    if plan.targets:
        _targets(sheet, plan)
    if plan.budget is not None:
        _budget(sheet, plan, plan.budget)
    _attempts(sheet, plan)
    if plan.levels:
        _levels(sheet, plan)
    if plan.watching is not None and plan.watching.breaks:
        _watching(sheet, plan, plan.watching)
    if plan.not_known:
        sheet.heading("Not known, and what to write or do")
        for one in plan.not_known:
            sheet.point("○", f"{one.what}. {one.write}", style=Style.DOUBT)
    sheet.heading("Assumed")
    for assumption in plan.assumptions:
        sheet.point("·", assumption, style=Style.QUIET)
    return sheet.text()


def _there_is(sheet: Sheet, plan: WorkPlan) -> None:
    if plan.n_prove is None:
        cases = "There are no cases yet."
    else:
        frozen = "frozen" if plan.is_frozen else "not frozen"
        there = "is" if plan.n_prove == 1 else "are"
        cases = f"There {there} {counted(plan.n_prove, 'case')} to prove on, {frozen}."
    if plan.n_invalid:
        do_not = "does not" if plan.n_invalid == 1 else "do not"
        cases += f" {counted(plan.n_invalid, 'further row')} {do_not} fit the definition: `remit cases check`."
    sheet.paragraph(cases)
    if plan.executor is None:
        sheet.paragraph(f"For any executor: {plan.no_proof}.")
    elif plan.proof_used:
        sheet.paragraph(f"For {visible(plan.executor)}, with what its newest proof measured.")
    else:
        sheet.paragraph(f"For {visible(plan.executor)}, with nothing measured: {plan.no_proof}.")
    if plan.attempt == 0:
        sheet.paragraph(f"As the definition's own table it spends no attempt: {_may_fail(plan.delta)}.")
    else:
        sheet.paragraph(f"Planned as attempt {plan.attempt} on its cases: {_may_fail(plan.delta)}.")


def _may_fail(delta: float) -> str:
    return f"each claim may be wrong with a chance of at most {chance_percent(delta)}"


def _targets(sheet: Sheet, plan: WorkPlan) -> None:
    sheet.heading("Quality targets, in cases that count for each")
    columns = (
        Column(heading="target", gives=True),
        Column(heading="no error", right=True),
        Column(heading="likely", right=True),
        Column(heading="there", right=True),
        Column(heading="missing"),
    )
    rows = [_target_cells(target, plan) for target in plan.targets]
    sheet.table(columns, rows, notes=[_target_note(target) for target in plan.targets])
    sheet.paragraph(
        "no error: the fewest cases, if none of them fails. likely: with these it is shown with a chance of "
        f"{given_percent(plan.power)}, if half of what the target allows fails.",
        indent=2,
        style=Style.QUIET,
    )


def _target_cells(target: TargetPlan, plan: WorkPlan) -> Sequence[Cell]:
    asked = asked_text(target.metric, target.limit, at_least=target.at_least, currency=plan.currency)
    return (
        Cell(text=f"{visible(target.id)} {metric_name(target.metric)} {asked}"),
        Cell(text=_cases(target.n_min, known=target.allowed is not None)),
        Cell(text=_cases(target.n_likely, known=target.allowed is not None)),
        Cell(text="?" if target.n_now is None else thousands(target.n_now)),
        _missing(target),
    )


def _missing(target: TargetPlan) -> Cell:
    if target.verdict is not None:
        shown = shown_state(target.verdict)
        more = f", {thousands(target.n_more)} more" if target.n_more is not None else ""
        return Cell(text=f"{mark_of(shown)} {shown}{more}", style=style_of(tone_of(shown)))
    if target.n_likely is None or target.n_now is None:
        return Cell(text=_NONE)
    missing = max(0, target.n_likely - target.n_now)
    return Cell(text=thousands(missing) if missing else "none", style=Style.DOUBT if missing else Style.GOOD)


def _target_note(target: TargetPlan) -> str:
    notes = [visible(part) for part in (target.about, target.why) if part]
    if target.verdict is TargetVerdict.UNPROVEN and target.n_more is not None:
        notes.append("so many more cases would decide it at the rate that the proof measured")
    if target.n_now is None:
        notes.append("how many cases count for it, a proof will tell")
    return "; ".join(notes)


def _cases(n: int | None, *, known: bool = True) -> str:
    if not known:
        return _NONE
    return _TOO_MANY_CASES if n is None else thousands(n)


def _budget(sheet: Sheet, plan: WorkPlan, budget: BudgetPlan) -> None:
    sheet.heading(f"Acting alone, at most {given_percent(budget.alpha)} of it wrong")
    if budget.is_certified and plan.executor is not None:
        at = (
            "on everything"
            if budget.threshold is None
            else f"at confidence {confidence_text(budget.threshold)} or more"
        )
        text = f"{visible(plan.executor)} is certified to act alone {at}. The numbers below are for new cases."
        sheet.point("✓", text, style=Style.GOOD)
    sheet.paragraph(_in_words(budget), indent=2)
    sheet.point("·", f"share of the items it acts on: {percent(budget.coverage.value)}, {_basis(budget.coverage)}")
    least = "at least " if budget.coverage.basis is Basis.ASSUMED else ""
    rows = [
        ("no error", budget.n_min, budget.n_min_cases, ""),
        (f"likely ({given_percent(plan.power)})", budget.n_likely, budget.n_likely_cases, ""),
    ]
    cells = [
        (Cell(text=name), Cell(text=_cases(acted)), Cell(text=least + _cases(all_)), Cell(text=note))
        for name, acted, all_, note in rows
    ]
    if budget.n_acted_now is not None and budget.chance_now is not None and plan.n_prove is not None:
        again = " *" if budget.is_certified else ""
        chance = f"enough with a chance of {_chance(budget.chance_now)}{again}"
        now = (Cell(text="there"), Cell(text=thousands(budget.n_acted_now)), Cell(text=thousands(plan.n_prove)))
        cells.append((*now, Cell(text=chance, style=Style.STRONG)))
    columns = (
        Column(),
        Column(heading="acted on", right=True),
        Column(heading="labelled cases", right=True),
        Column(gives=True),
    )
    sheet.table(columns, cells)
    if budget.is_certified and budget.chance_now is not None:
        sheet.paragraph("* if you proved again, on as many new cases.", indent=2, style=Style.QUIET)


def _in_words(budget: BudgetPlan) -> str:
    plan_on = (
        "no number of cases up to ten million does"
        if budget.n_likely is None
        else f"plan on {thousands(budget.n_likely)}"
    )
    return (
        f"To let it act alone with at most {given_percent(budget.alpha)} errors you need at least "
        f"{thousands(budget.n_min)} checked cases that it acts on, without an error; if its real rate is "
        f"{percent(budget.rate.value)} ({_basis(budget.rate)}), {plan_on}."
    )


def _basis(supposed: Supposed) -> str:
    return f"{supposed.basis}: {visible(supposed.why)}"


def _chance(chance: float) -> str:
    """A chance to plan with, in whole percent, never 0 or 100 unless it is."""
    if chance in (0.0, 1.0):
        return f"{100 * chance:.0f} %"
    return f"{min(99, max(1, round(100 * chance)))} %"


def _attempts(sheet: Sheet, plan: WorkPlan) -> None:
    """What further attempts on the same cases make of the likely numbers."""
    named: list[tuple[str, tuple[AttemptPlan, ...]]] = [
        (visible(target.id), target.by_attempt) for target in plan.targets if target.by_attempt
    ]
    if plan.budget is not None:
        named.append(("acting alone", plan.budget.by_attempt))
    if not named:
        return
    sheet.heading("What another attempt on the same cases takes (likely)")
    first = named[0][1]
    columns = (
        Column(),
        *(Column(heading=f"attempt {one.attempt}: {chance_percent(one.delta)}", right=True) for one in first),
    )
    sheet.table(columns, [(Cell(text=name), *(Cell(text=_cases(one.n_likely)) for one in by)) for name, by in named])
    sheet.paragraph(
        "Each attempt may spend half of the one before, so that all together stay within "
        f"{chance_percent(plan.delta_full)}.",
        indent=2,
        style=Style.QUIET,
    )


def _levels(sheet: Sheet, plan: WorkPlan) -> None:
    sheet.heading("Each level after that, in checked items at the level below")
    columns = (
        Column(heading="level"),
        *(Column(heading=heading, right=True) for heading in ("0 wrong", "1", "2", "3", "half", "likely")),
        Column(heading="days", right=True),
    )
    sheet.table(
        columns, [_level_cells(level) for level in plan.levels], notes=[_level_note(one) for one in plan.levels]
    )
    sheet.paragraph(
        "0 to 3 wrong: it is reached after so many items with so many errors. half, likely: so many items do in half "
        f"of all cases, and in {given_percent(plan.power)}, at the error rate above. days: for likely.",
        indent=2,
        style=Style.QUIET,
    )


def _level_cells(level: LevelPlan) -> Sequence[Cell]:
    items = (level.median, level.likely)
    return (
        Cell(text=str(level.level)),
        *(Cell(text=thousands(n)) for n in level.by_errors),
        *(Cell(text=_TOO_MANY_ITEMS if n is None else thousands(n)) for n in items),
        Cell(text=_NONE if level.likely is None else _days(level.days_likely), style=Style.STRONG),
    )


def _level_note(level: LevelPlan) -> str:
    per_day = f", {_a_day(level.checked_per_day)} a day" if level.checked_per_day is not None else ""
    notes = [f"counts what is {level.checked}{per_day}"]
    floors = [
        counted(n, one)
        for n, one in ((level.min_items, "item"), (level.min_days, "day"))
        if n  # a floor of 0 asks for nothing
    ]
    if floors:
        notes.append(f"the definition asks for {' and '.join(floors)} at least")
    if level.above_ceiling:
        notes.append("above the ceiling of this definition")
    return "; ".join(notes)


def _watching(sheet: Sheet, plan: WorkPlan, watching: WatchPlan) -> None:
    sheet.heading("When its error rate gets worse: how soon it is noticed")
    columns = (
        Column(heading="becomes"),
        *(Column(heading=heading, right=True) for heading in ("warned after", "stopped after", "in 9 of 10", "days")),
        Column(heading="wrong by then", right=True),
    )
    promised = _promised(watching)
    notes = ["N and D of the sentence below" if one is promised else "" for one in watching.breaks]
    sheet.table(columns, [_break_cells(one) for one in watching.breaks], notes=notes)
    per_day = (
        f" {_a_day(watching.audits_per_day)} audits a day: {given_percent(watching.audit_share)} of "
        f"{_a_day(watching.acted_per_day)} items it acts on."
        if watching.audits_per_day is not None
        else ""
    )
    sheet.paragraph(
        f"In audits, after {thousands(watching.n_good_before)} audits at the error rate above; half of all simulated "
        f"breaks were noticed sooner.{per_day} Mistakes until then are real.",
        indent=2,
        style=Style.QUIET,
    )
    if promised is not None and promised.audits_to_stop is not None and plan.budget is not None:
        notice = ExpectedNotice(n_audits=_two_digits(promised.audits_to_stop), days=promised.days_to_stop)
        said = leader_sentence(alpha=plan.budget.alpha, delta=plan.delta_full, delta_attempt=None, notice=notice)
        sheet.paragraph(
            f"Once audits run (this release runs none), of a rise to {given_percent(promised.rate)}: {said}", indent=2
        )


def _promised(watching: WatchPlan) -> BreakPlan | None:
    """The break that the leader's sentence speaks of: the largest one that is planned, three times the budget."""
    return watching.breaks[-1] if watching.breaks[-1].audits_to_stop is not None else None


def _break_cells(one: BreakPlan) -> Sequence[Cell]:
    days = _NONE if one.audits_to_stop is None else _days(one.days_to_stop)
    wrong = _NONE if one.n_wrong_by_stop is None else _rounded(one.n_wrong_by_stop)
    return (
        Cell(text=f"{number(one.multiple)}x, {given_percent(one.rate)}"),
        Cell(text=_audits(one.audits_to_warning)),
        Cell(text=_audits(one.audits_to_stop), style=Style.STRONG),
        Cell(text=_audits(one.audits_to_stop_p90)),
        Cell(text=days),
        Cell(text=wrong),
    )


def _audits(n: int | None) -> str:
    return _TOO_MANY_AUDITS if n is None else _rounded(n)


def _rounded(n: int) -> str:
    """A simulated count, rounded up to two digits that count: more are not there."""
    return thousands(_two_digits(n))


def _two_digits(n: int) -> int:
    step = int(10 ** max(0, len(str(n)) - 2))
    return -(-n // step) * step


def _days(days: float | None) -> str:
    return "not known" if days is None else thousands(math.ceil(days))


def _a_day(items: float | None) -> str:
    return number(items, digits=3) if items is None or items < 100 else thousands(round(items))
