"""The numbers that get quoted, each drawn beside the number to ask for."""

from __future__ import annotations

import math

from markupsafe import Markup

from twoarm.diagnostics import Absent, PublishedBenchmark
from twoarm.diagnostics.harm import kind, span
from twoarm.metrics import Estimate
from twoarm.report.formats import points, shown
from twoarm.report.opening.auc import auc_line
from twoarm.report.opening.content import NumberLine
from twoarm.report.opening.drawn import Scale, band, dot, label, line, ring, svg, ticks
from twoarm.report.opening.effects import limits_text, per_hundred
from twoarm.report.opening.hidden import hidden_line
from twoarm.report.opening.share import share_line
from twoarm.study.judge.average.published import PUBLISHED
from twoarm.study.result import StudyResult

__all__ = ["number_lines"]

_WIDTH, _HEIGHT = 240.0, 46.0


def number_lines(result: StudyResult) -> tuple[NumberLine, ...]:
    """Give average benefit, discrimination, share at the threshold and hidden factor."""
    return (_average(result), auc_line(result), share_line(result), hidden_line(result))


def _average(result: StudyResult) -> NumberLine:
    found, benchmark = result.quoted().average, result.value(PUBLISHED)
    drawing, said = None, Markup("None is given: {}.").format(getattr(found, "reason", ""))
    if isinstance(found, Estimate):
        published = _published(benchmark)
        beside = published or (result.primary.crude.estimate,) * 2
        drawing = _drawn(result, found, beside, is_published=published is not None)
        said = Markup("<b>{}</b>{}. {}").format(
            per_hundred(found.estimate, result.primary.spec),
            limits_text(found),
            _beside(result, published),
        )
    return NumberLine(
        name=f"Average {_kind(found)}",
        unit="difference in 100 patients",
        drawing=drawing,
        said=said,
        link="average",
        answers="mean",
    )


def _kind(found: Estimate | Absent) -> str:
    """Call it benefit or harm where its interval does."""
    if isinstance(found, Absent) or not found.excludes_zero:
        return "difference"
    return kind(found.estimate)


def _published(found: PublishedBenchmark | None) -> tuple[float, float] | None:
    """Give the smallest and the largest benefit that published effects would give here."""
    here = [] if found is None else [each.benefit for each in found.compared]
    return (min(here), max(here)) if here else None


def _beside(result: StudyResult, published: tuple[float, float] | None) -> Markup:
    if published is None:
        return Markup(
            "Unadjusted: <b>{}</b>. No published effect is listed to compare with."
        ).format(points(result.primary.crude.estimate))
    return Markup("Published effects, put on these patients' risks, give <b>{}</b>.").format(
        span(*published)
    )


def _drawn(
    result: StudyResult, ours: Estimate, beside: tuple[float, float], *, is_published: bool
) -> Markup:
    """Draw ours with its interval, what stands beside it, nothing, and the threshold."""
    threshold = result.primary.spec.threshold
    known = [each for each in (ours.low, ours.estimate, ours.high) if math.isfinite(each)]
    values = [*known, *beside, 0.0, *(() if threshold is None else (threshold,))]
    room = 0.08 * (max(values) - min(values) or 1.0)
    scale = Scale(min(values) - room, max(values) + room, 6.0, _WIDTH - 6.0)
    y = 24.0
    places = [(0.0, "0")]
    if threshold is not None and abs(scale(threshold) - scale(0.0)) > 26.0:
        places.append((threshold, f"threshold {points(threshold)}"))
    parts = [ticks(scale, y, places, _WIDTH)]
    if is_published:
        parts.append(band(scale(beside[0]), scale(beside[1]), y))
    else:
        parts.append(ring(scale(beside[0]), y))
    if len(known) == 3:
        parts.append(line(scale(ours.low), y, scale(ours.high), y, "interval"))
    parts.append(dot(scale(ours.estimate), y))
    parts.append(label(scale(ours.estimate), y - 12.0, points(ours.estimate), _WIDTH, "value"))
    middle = (scale(beside[0]) + scale(beside[1])) / 2
    name = "published" if is_published else "unadjusted"
    if abs(middle - scale(ours.estimate)) > 62.0:
        parts.append(label(middle, y - 12.0, name, _WIDTH))
    low, high = (shown(100 * each, "decimal") for each in beside)
    alt = (
        f"Average {points(ours.estimate)} points{limits_text(ours)}; {name} "
        f"{low if low == high else f'{low} to {high}'} points."
    )
    return svg(_WIDTH, _HEIGHT, alt, parts)
