"""Lines on two axes as an SVG file for the documentation: no script, no font, no request, names beside the lines."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["Axis", "Line", "line_chart", "standing_alone"]

WIDTH, HEIGHT = 784, 330
LEFT, RIGHT, TOP, BOTTOM = 58, 190, 28, 46
LINE_HEIGHT = 15
COLOURS = ("#0b5cad", "#8a4b08", "#6f2da8", "#116329", "#a40e26")
DASHES = ("", "7 4", "2 3", "9 3 2 3", "12 4")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: its name, and its points from left to right."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis from 0: what it counts, its end, the distance of its marks, and whether it shows percent."""

    what: str
    most: float
    step: float
    percent: bool = False

    def label(self, value: float) -> str:
        """A mark of this axis, as it is written."""
        return f"{100 * value:g} %" if self.percent else f"{value:,g}"


def line_chart(lines: Sequence[Line], *, x: Axis, y: Axis, title: str, desc: str) -> str:
    """The lines as one SVG element."""
    width, floor = WIDTH - LEFT - RIGHT, HEIGHT - BOTTOM
    parts = [f"<title>{escape(title)}</title><desc>{escape(desc)}</desc>"]
    for value in _marks(y):
        at = _up(value, y)
        parts.append(f'<line x1="{LEFT}" y1="{at}" x2="{LEFT + width}" y2="{at}" stroke="#d0d7de"/>')
        parts.append(_text(LEFT - 8, at + 4, y.label(value), "end"))
    parts += [_text(_right(value, x), floor + 18, x.label(value), "middle") for value in _marks(x)]
    parts.append(_text(LEFT, TOP - 14, y.what, "start"))
    parts.append(_text(LEFT + width / 2, HEIGHT - 8, x.what, "middle"))
    for line, colour, dash in zip(lines, COLOURS, DASHES, strict=False):
        points = " L".join(
            f"{_right(a, x)} {_up(min(b, y.most), y)}" for a, b in zip(line.x, line.y, strict=True) if a <= x.most
        )
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(f'<path d="M{points}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>')
    parts += _names(lines, y)
    return (
        f'<svg role="img" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="system-ui, sans-serif" font-size="12">'
        f"{''.join(parts)}</svg>"
    )


def standing_alone(svg: str) -> str:
    """An SVG element as a file of its own, on white paper."""
    start, rest = svg.split(">", 1)
    paper = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return f'{start} xmlns="http://www.w3.org/2000/svg">{paper}{rest}\n'


def _names(lines: Sequence[Line], y: Axis) -> list[str]:
    """The names at the right ends, moved apart where they would overlap."""
    wanted = sorted(
        (_up(min(line.y[-1], y.most), y), line.name, colour) for line, colour in zip(lines, COLOURS, strict=False)
    )
    parts, lowest = [], -math.inf
    room = HEIGHT - BOTTOM - LINE_HEIGHT * (len(wanted) - 1)
    for number, (at, name, colour) in enumerate(wanted):
        lowest = max(min(at, room + LINE_HEIGHT * number), lowest + LINE_HEIGHT)
        parts.append(_text(WIDTH - RIGHT + 8, round(lowest + 4, 1), name, "start", colour))
    return parts


def _marks(axis: Axis) -> list[float]:
    return [round(index * axis.step, 9) for index in range(round(axis.most / axis.step) + 1)]


def _right(value: float, axis: Axis) -> float:
    return round(LEFT + value / axis.most * (WIDTH - LEFT - RIGHT), 1)


def _up(value: float, axis: Axis) -> float:
    return round(TOP + (1 - value / axis.most) * (HEIGHT - TOP - BOTTOM), 1)


def _text(x: float, y: float, text: str, anchor: str, fill: str = "#424a53") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{fill}">{escape(text)}</text>'
