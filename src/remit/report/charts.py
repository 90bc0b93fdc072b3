"""Charts as SVG, made from numbers alone: no script, no font, no request.

Each line has its own dash pattern and its name beside it, so that colour is never needed; ``title`` and ``desc`` say
in words what the picture shows; colours come from the page's style sheet (classes), with fall-backs in the markup.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from remit.autonomy.certificate import Certificate
from remit.proof.cascade.document import Beside, CascadeProof, CostPoint
from remit.proof.document import CurvePoint
from remit.report.numbers import Rounding, confidence_text, given_percent, money, percent, thousands

__all__ = ["CurveRow", "cost_coverage_chart", "curve_rows", "risk_coverage_chart"]

_WIDTH: Final = 784
_HEIGHT: Final = 330
_LEFT: Final = 58
_RIGHT: Final = 152
_TOP: Final = 26
_BOTTOM: Final = 46
_LINE_HEIGHT: Final = 15
_MOST_POINTS: Final = 240
_SETTLED_CASES: Final = 30  # with fewer cases one error more or less moves the rate by over three points


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveRow:
    """One row of the table beside the chart. ``is_certified`` marks the point of the certificate."""

    confidence: str
    coverage: str
    n: str
    wrong: str
    rate: str
    upper: str
    is_certified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """From values to places on the sheet: coverage in [0, 1] to the right, rate or cost in [0, ``top``] upwards."""

    top: float

    def x(self, coverage: float) -> float:
        return _LEFT + coverage * (_WIDTH - _LEFT - _RIGHT)

    def y(self, rate: float) -> float:
        return _TOP + (1 - rate / self.top) * (_HEIGHT - _TOP - _BOTTOM)


def curve_rows(
    curve: Sequence[CurvePoint], *, certificate: Certificate | None = None, most: int = 12
) -> tuple[CurveRow, ...]:
    """The curve as a table of at most ``most`` points, evenly chosen, and the certificate's own row in its place."""
    rows = [
        (curve[index].n_acted, _row(curve[index]))
        for index in sorted(_evenly(len(curve), most))
        if certificate is None or curve[index].n_acted != certificate.n_acted
    ]
    if certificate is not None and certificate.n_acted:
        rows.append((certificate.n_acted, _certified_row(certificate)))
    return tuple(row for _, row in sorted(rows, key=lambda numbered: numbered[0]))


def _row(point: CurvePoint) -> CurveRow:
    return CurveRow(
        confidence=confidence_text(point.threshold),
        coverage=percent(point.coverage),
        n=thousands(point.n_acted),
        wrong=thousands(point.n_wrong),
        rate=percent(point.rate),
        upper=percent(point.upper, Rounding.UP),
        is_certified=False,
    )


def _certified_row(certificate: Certificate) -> CurveRow:
    return CurveRow(
        confidence=confidence_text(certificate.threshold) if certificate.threshold is not None else "any",
        coverage=percent(certificate.coverage),
        n=thousands(certificate.n_acted),
        wrong=thousands(certificate.n_wrong),
        rate=percent(certificate.n_wrong / certificate.n_acted),
        upper=percent(certificate.upper_bound, Rounding.UP),
        is_certified=True,
    )


def risk_coverage_chart(
    curve: Sequence[CurvePoint],
    *,
    budget: float | None = None,
    certificate: Certificate | None = None,
    name: str = "risk-coverage",
) -> str:
    """How many of the answers it would act on are wrong, as it acts on more and more of the cases.

    Args:
        curve: points in order of growing coverage; two at least, else the answer is an empty text.
        budget: the error budget, drawn as a line.
        certificate: where it may act alone, drawn as a mark.
        name: the beginning of the ids in the markup; unique on its page.

    Returns:
        An ``svg`` element that holds no text but its own.
    """
    points = [curve[index] for index in sorted(_evenly(len(curve), _MOST_POINTS))]
    if len(points) < 2:
        return ""
    scale = _Scale(top=_top(points, budget))
    clip = _tag(
        "clipPath",
        _tag("rect", x=_LEFT, y=_TOP, width=_WIDTH - _LEFT - _RIGHT, height=_HEIGHT - _TOP - _BOTTOM),
        id=f"{name}-clip",
    )
    inner = [
        _tag("title", "Risk-coverage curve", id=f"{name}-title"),
        _tag("desc", escape(_description(points, budget, certificate)), id=f"{name}-desc"),
        clip,
        *_axes(scale),
        *_certified_mark(scale, certificate),
        _path(points, scale, lambda point: point.upper, "chart-upper", "#8a4b08", "7 4", clip=name),
        _path(points, scale, lambda point: point.rate, "chart-rate", "#0b5cad", None, clip=name),
        *_budget_line(scale, budget),
        *_labels(points, scale, budget),
    ]
    return _tag(
        "svg",
        "".join(inner),
        css="chart",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        font_family="system-ui, sans-serif",
        font_size=12,
    )


def _tag(element: str, inner: str = "", /, *, css: str | None = None, **attributes: str | float | None) -> str:
    """One element. ``inner`` is markup; attributes are escaped, ``a_b`` is written ``a-b``, None is left out."""
    given = {"class": css, **{name.replace("_", "-"): value for name, value in attributes.items()}}
    shown = "".join(f' {name}="{_attribute(value)}"' for name, value in given.items() if value is not None)
    return f"<{element}{shown}>{inner}</{element}>" if inner else f"<{element}{shown}/>"


def _attribute(value: str | float) -> str:
    return escape(value, quote=True) if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


def _evenly(n: int, most: int) -> set[int]:
    """At most ``most`` indices of ``n``, evenly spread, the first and the last among them."""
    if n <= most:
        return set(range(n))
    return {round(step * (n - 1) / (most - 1)) for step in range(most)}


def _top(points: Sequence[CurvePoint], budget: float | None) -> float:
    settled = [point for point in points if point.n_acted >= _SETTLED_CASES] or list(points)
    highest = max(*(point.rate for point in settled), points[-1].upper, (budget if budget is not None else 0.0) * 1.6)
    step = _step(max(highest * 1.08, 1e-6))
    return min(1.0, math.ceil(max(highest * 1.08, 1e-6) / step - 1e-9) * step)


def _step(highest: float) -> float:
    """A round distance between four to eight grid lines."""
    size = 10.0 ** math.floor(math.log10(highest))
    return next((size * part for part in (0.1, 0.2, 0.5, 1.0) if highest / (size * part) <= 6.5), size * 2)


def _axes(scale: _Scale) -> list[str]:
    right, floor = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    step = _step(scale.top)
    rates = [min(1.0, round(index * step, 12)) for index in range(round(scale.top / step) + 1)]
    parts = []
    for rate in rates:
        y = scale.y(rate)
        parts.append(_line("chart-grid", _LEFT, y, right, y, stroke="#d0d7de"))
        parts.append(_text(_LEFT - 8, y + 4, given_percent(rate), anchor="end"))
    parts += [_text(scale.x(part / 5), floor + 18, given_percent(part / 5), anchor="middle") for part in range(6)]
    parts.append(_text(_LEFT, _TOP - 12, "wrong among these", anchor="start"))
    middle = (_LEFT + right) / 2
    parts.append(_text(middle, _HEIGHT - 8, "share of the cases it acts on, most confident first", anchor="middle"))
    return parts


def _path(
    points: Sequence[CurvePoint],
    scale: _Scale,
    value: Callable[[CurvePoint], float],
    css: str,
    stroke: str,
    dash: str | None,
    *,
    clip: str,
) -> str:
    places = " L".join(f"{scale.x(point.coverage):.1f} {scale.y(value(point)):.1f}" for point in points)
    return _tag(
        "path",
        css=css,
        d=f"M{places}",
        fill="none",
        stroke=stroke,
        stroke_width=2,
        stroke_dasharray=dash,
        stroke_linejoin="round",
        clip_path=f"url(#{clip}-clip)",
    )


def _budget_line(scale: _Scale, budget: float | None) -> list[str]:
    if budget is None or budget > scale.top:
        return []
    y = scale.y(budget)
    return [_line("chart-budget", _LEFT, y, _WIDTH - _RIGHT, y, stroke="#a40e26", width=1.5, dash="2 3")]


def _certified_mark(scale: _Scale, certificate: Certificate | None) -> list[str]:
    if certificate is None or certificate.n_acted == 0:
        return []
    x, floor = scale.x(certificate.coverage), _HEIGHT - _BOTTOM
    y = scale.y(min(certificate.n_wrong / certificate.n_acted, scale.top))
    is_right = certificate.coverage > 0.5
    said = f"acts alone on {percent(certificate.coverage)}"
    place, anchor = (x - 6, "end") if is_right else (x + 6, "start")
    return [
        _tag(
            "rect",
            css="chart-acted",
            x=_LEFT,
            y=_TOP,
            width=x - _LEFT,
            height=floor - _TOP,
            fill="#0b5cad",
            fill_opacity=0.07,
        ),
        _line("chart-mark", x, _TOP, x, floor, stroke="#0b5cad"),
        _tag("circle", css="chart-dot", cx=x, cy=y, r=4.5, fill="#0b5cad"),
        _text(place, _TOP + 14, said, anchor=anchor, css="chart-strong"),
    ]


def _labels(points: Sequence[CurvePoint], scale: _Scale, budget: float | None) -> list[str]:
    """The names of the lines at their right ends, moved apart where they would overlap."""
    last = points[-1]
    end, edge = scale.x(last.coverage) + 8, _WIDTH - _RIGHT + 8.0
    wanted = [
        (scale.y(min(last.upper, scale.top)), end, f"upper bound {percent(last.upper, Rounding.UP)}"),
        (scale.y(min(last.rate, scale.top)), end, f"found {percent(last.rate)}"),
    ]
    if budget is not None and budget <= scale.top:
        wanted.append((scale.y(budget), edge, f"error budget {given_percent(budget)}"))
    wanted.sort()
    parts, lowest = [], -math.inf
    for y, x, text in wanted:
        lowest = max(y, lowest + _LINE_HEIGHT)
        parts.append(_text(x, lowest + 4, text, anchor="start", css="chart-strong"))
    return parts


def _line(
    css: str, x1: float, y1: float, x2: float, y2: float, *, stroke: str, width: float = 1, dash: str | None = None
) -> str:
    return _tag("line", css=css, x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=width, stroke_dasharray=dash)


def _text(x: float, y: float, text: str, *, anchor: str, css: str = "chart-text") -> str:
    return _tag("text", escape(text), css=css, x=x, y=y, text_anchor=anchor, fill="#424a53")


def _description(points: Sequence[CurvePoint], budget: float | None, certificate: Certificate | None) -> str:
    first, last = points[0], points[-1]
    said = (
        f"Acting on the most confident {percent(first.coverage)} of the cases, {percent(first.rate)} are wrong; "
        f"acting on {percent(last.coverage)}, {percent(last.rate)} are wrong, with an upper bound of "
        f"{percent(last.upper, Rounding.UP)}."
    )
    if budget is not None:
        said += f" The error budget is {given_percent(budget)}."
    if certificate is not None:
        said += f" The certificate lets it act alone on {percent(certificate.coverage)}."
    return said


def cost_coverage_chart(cascade: CascadeProof, *, currency: str | None = None, name: str = "cost-coverage") -> str:
    """What 1,000 items cost, reviews included, as a cascade acts on more and more of the cases.

    Args:
        cascade: its points, in order of growing coverage, and others on the same cases, drawn as dots.
        currency: of the project.
        name: the beginning of the ids in the markup; unique on its page.

    Returns:
        An ``svg`` element that holds no text but its own; an empty text where there are fewer than two points.
    """
    points = cascade.points
    if len(points) < 2:
        return ""
    others = [one for one in cascade.beside if one.cost is not None]
    highest = max(
        *(one.cost_upper if one.cost_upper is not None else one.cost for one in points),
        *(one.cost or 0.0 for one in others),
        1e-9,
    )
    step = _step(1000 * highest * 1.08)
    scale = _Scale(top=math.ceil(1000 * highest * 1.08 / step - 1e-9) * step)
    inner = [
        _tag("title", "Cost against coverage", id=f"{name}-title"),
        _tag("desc", escape(_cost_description(points, others, currency)), id=f"{name}-desc"),
        *_cost_axes(scale, step, currency),
        *_cost_mark(scale, points),
        _cost_line([one for one in points if one.cost_upper is not None], scale, is_bound=True),
        _cost_line(points, scale, is_bound=False),
        *_cost_labels(points, scale),
        *_other_dots(others, scale),
    ]
    return _tag(
        "svg",
        "".join(inner),
        css="chart",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        font_family="system-ui, sans-serif",
        font_size=12,
    )


def _cost_axes(scale: _Scale, step: float, currency: str | None) -> list[str]:
    right, floor = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    parts = []
    for index in range(round(scale.top / step) + 1):
        y = scale.y(index * step)
        parts.append(_line("chart-grid", _LEFT, y, right, y, stroke="#d0d7de"))
        parts.append(_text(_LEFT - 8, y + 4, f"{index * step:,.6g}", anchor="end"))
    parts += [_text(scale.x(part / 5), floor + 18, given_percent(part / 5), anchor="middle") for part in range(6)]
    unit = f", in {currency}" if currency else ""
    parts.append(_text(_LEFT, _TOP - 12, f"1,000 items cost{unit}, reviews included", anchor="start"))
    middle = (_LEFT + right) / 2
    parts.append(_text(middle, _HEIGHT - 8, "share of the cases it acts on, most confident first", anchor="middle"))
    return parts


def _cost_line(points: Sequence[CostPoint], scale: _Scale, *, is_bound: bool) -> str:
    if len(points) < 2:
        return ""
    values = [(one.cost_upper if is_bound and one.cost_upper is not None else one.cost) for one in points]
    places = " L".join(
        f"{scale.x(one.coverage):.1f} {scale.y(1000 * value):.1f}" for one, value in zip(points, values, strict=True)
    )
    return _tag(
        "path",
        css="chart-upper" if is_bound else "chart-rate",
        d=f"M{places}",
        fill="none",
        stroke="#8a4b08" if is_bound else "#0b5cad",
        stroke_width=2,
        stroke_dasharray="7 4" if is_bound else None,
        stroke_linejoin="round",
    )


def _cost_mark(scale: _Scale, points: Sequence[CostPoint]) -> list[str]:
    found = next((one for one in points if one.is_certified), None)
    if found is None:
        return []
    x, y = scale.x(found.coverage), scale.y(1000 * found.cost)
    place, anchor = (x - 6, "end") if found.coverage > 0.5 else (x + 6, "start")
    said = f"acts alone on {percent(found.coverage)}"
    return [
        _line("chart-mark", x, _TOP, x, _HEIGHT - _BOTTOM, stroke="#0b5cad"),
        _tag("circle", css="chart-dot", cx=x, cy=y, r=4.5, fill="#0b5cad"),
        _text(place, _TOP + 14, said, anchor=anchor, css="chart-strong"),
    ]


def _cost_labels(points: Sequence[CostPoint], scale: _Scale) -> list[str]:
    last = points[-1]
    end, y = scale.x(last.coverage) + 8, scale.y(1000 * last.cost)
    parts = [_text(end, y + 4, "found", anchor="start", css="chart-strong")]
    if last.cost_upper is not None:
        above = min(scale.y(1000 * last.cost_upper), y - _LINE_HEIGHT)
        parts.append(_text(end, above + 4, "upper bound", anchor="start", css="chart-strong"))
    return parts


def _other_dots(others: Sequence[Beside], scale: _Scale) -> list[str]:
    """Each other executor at its own certificate; one that is certified for nothing stands at the left edge."""
    parts = []
    for one in others:
        x, y = scale.x(one.coverage or 0.0), scale.y(1000 * (one.cost or 0.0))
        place, anchor = (x - 9, "end") if (one.coverage or 0.0) > 0.5 else (x + 9, "start")
        parts.append(_tag("circle", css="chart-other", cx=x, cy=y, r=4.5, fill="none", stroke="#424a53"))
        parts.append(_text(place, y - 6, one.name, anchor=anchor, css="chart-strong"))
    return parts


def _cost_description(points: Sequence[CostPoint], others: Sequence[Beside], currency: str | None) -> str:
    first, last = points[0], points[-1]
    said = (
        f"Acting on {percent(first.coverage)} of the cases, 1,000 items cost {money(1000 * first.cost, currency)}; "
        f"acting on {percent(last.coverage)}, {money(1000 * last.cost, currency)}."
    )
    found = next((one for one in points if one.is_certified), None)
    if found is not None:
        said += f" Under the certificate it acts on {percent(found.coverage)} at {money(1000 * found.cost, currency)}."
    for one in others:
        alone = percent(one.coverage) if one.coverage is not None else "nothing"
        said += f" {one.name} is certified for {alone} at {money(1000 * (one.cost or 0.0), currency)}."
    return said
