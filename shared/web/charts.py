"""Charts as inline SVG: a title, a description, shapes and text besides colour, no scripts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from markupsafe import Markup

from shared.quantities import number, quantity, with_unit

WIDTH, HEIGHT = 330, 190
LEFT, RIGHT, TOP, BOTTOM = 56, 10, 12, 30
MOST_LABELS, MOST_STEPS = 4, 4
_ids = count(1)

Point = tuple[str, float | None]


@dataclass(frozen=True)
class _Axes:
    low: float
    high: float
    count: int
    step: float = 1.0

    @property
    def ticks(self) -> list[float]:
        """The values of the grid lines, from bottom to top."""
        return [self.low + position * self.step for position in range(round((self.high - self.low) / self.step) + 1)]

    def x(self, index: int) -> float:
        span = WIDTH - LEFT - RIGHT
        return LEFT + (span / 2 if self.count == 1 else span * index / (self.count - 1))

    def y(self, value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (self.high - value) / (self.high - self.low)


def line_chart(
    title: str,
    description: str,
    points: Sequence[Point],
    *,
    target: float | None = None,
    band: tuple[float, float] | None = None,
    unit: str = "",
    decimals: int | None = None,
    language: str = "de",
) -> Markup:
    """Return a line over waves; a point without a value (None) is a gap.

    `target` is drawn as a dashed line, `band` (low, high) as an area. The numbers belong in a table
    beside it; the description says in words what the picture shows.
    """
    axes = _axes(points, target, band)
    parts = [_grid(axes, unit, language), _band(axes, band), _target(axes, target)]
    parts += [_labels(axes, points), _line(axes, points), _dots(axes, points, unit, decimals, language)]
    number_ = next(_ids)
    head = Markup(
        '<svg class="chart" role="img" viewBox="0 0 {w} {h}" aria-labelledby="ct{i} cd{i}">'
        '<title id="ct{i}">{title}</title><desc id="cd{i}">{desc}</desc>'
    ).format(w=WIDTH, h=HEIGHT, i=number_, title=title, desc=description)
    return head + Markup("").join(parts) + Markup("</svg>")


def sparkline(title: str, points: Sequence[Point]) -> Markup:
    """Return a small line without axes, with its title as the text alternative."""
    axes = _axes(points, None, None)
    width, height = 120, 28

    def place(index: int, value: float) -> str:
        x = 4 + (width - 8) * index / max(1, len(points) - 1)
        y = 4 + (height - 8) * (axes.high - value) / (axes.high - axes.low)
        return f"{x:.1f},{y:.1f}"

    runs = _runs([(i, v) for i, (_, v) in enumerate(points)])
    lines = Markup("").join(
        Markup('<polyline class="chart-line" points="{}"/>').format(" ".join(place(i, v) for i, v in run))
        for run in runs
    )
    return Markup('<svg class="sparkline" role="img" viewBox="0 0 {w} {h}"><title>{t}</title>{l}</svg>').format(
        w=width, h=height, t=title, l=lines
    )


def _axes(points: Sequence[Point], target: float | None, band: tuple[float, float] | None) -> _Axes:
    values = [value for _, value in points if value is not None]
    values += [target] if target is not None else []
    values += list(band or ())
    low, high = min(values, default=0.0), max(values, default=1.0)
    low = min(low, 0.0) if low >= 0 and low < 0.6 * high else low
    low, high = (min(low, 0.0), max(high, 0.0)) if low == high else (low, high)
    step = _round_step((high - low or 1.0) / MOST_STEPS)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return _Axes(low, high if high > low else low + step, max(1, len(points)), step)


def _round_step(least: float) -> float:
    """Return the next number at or above `least` that people count in: 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * times for times in (1, 2, 5, 10) if power * times >= least * 0.999)


def _grid(axes: _Axes, unit: str, language: str) -> Markup:
    lines = []
    for value in axes.ticks:
        text = number(value, language)
        text = with_unit(text, unit, language) if unit == "%" else text
        lines.append(
            Markup(
                '<line class="chart-grid" x1="{x1}" x2="{x2}" y1="{y:.1f}" y2="{y:.1f}"/>'
                '<text class="chart-text" x="{tx}" y="{ty:.1f}" text-anchor="end">{text}</text>'
            ).format(
                x1=LEFT, x2=WIDTH - RIGHT, y=axes.y(value), tx=LEFT - 6, ty=axes.y(value) + 4, text=text
            )  # fmt: skip
        )
    return Markup("").join(lines)


def _band(axes: _Axes, band: tuple[float, float] | None) -> Markup:
    if band is None:
        return Markup("")
    top, bottom = axes.y(band[1]), axes.y(band[0])
    return Markup('<rect class="chart-band" x="{x}" width="{w}" y="{y:.1f}" height="{h:.1f}"/>').format(
        x=LEFT, w=WIDTH - LEFT - RIGHT, y=top, h=bottom - top
    )


def _target(axes: _Axes, target: float | None) -> Markup:
    if target is None:
        return Markup("")
    return Markup('<line class="chart-target" x1="{x1}" x2="{x2}" y1="{y:.1f}" y2="{y:.1f}"/>').format(
        x1=LEFT, x2=WIDTH - RIGHT, y=axes.y(target)
    )


def _labels(axes: _Axes, points: Sequence[Point]) -> Markup:
    every = -(-len(points) // MOST_LABELS)
    return Markup("").join(
        Markup('<text class="chart-text" x="{x:.1f}" y="{y}" text-anchor="{anchor}">{label}</text>').format(
            x=axes.x(index), y=HEIGHT - 10, label=label, anchor="end" if 0 < index == len(points) - 1 else "middle"
        )
        for index, (label, _) in enumerate(points)
        if (len(points) - 1 - index) % every == 0
    )


def _runs(values: Sequence[tuple[int, float | None]]) -> list[list[tuple[int, float]]]:
    runs: list[list[tuple[int, float]]] = [[]]
    for index, value in values:
        if value is None:
            runs.append([])
        else:
            runs[-1].append((index, value))
    return [run for run in runs if run]


def _line(axes: _Axes, points: Sequence[Point]) -> Markup:
    runs = _runs([(index, value) for index, (_, value) in enumerate(points)])
    return Markup("").join(
        Markup('<polyline class="chart-line" points="{}"/>').format(
            " ".join(f"{axes.x(i):.1f},{axes.y(v):.1f}" for i, v in run)
        )
        for run in runs
        if len(run) > 1
    )


def _dots(axes: _Axes, points: Sequence[Point], unit: str, decimals: int | None, language: str) -> Markup:
    return Markup("").join(
        Markup('<circle class="chart-dot" cx="{x:.1f}" cy="{y:.1f}" r="4"><title>{text}</title></circle>').format(
            x=axes.x(index), y=axes.y(value), text=f"{label}: {quantity(value, unit, language, decimals)}"
        )
        for index, (label, value) in enumerate(points)
        if value is not None
    )
