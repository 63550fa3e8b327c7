"""The figures of a report: data and axes in, axes out. The only home of matplotlib."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from twoarm.importance import Dependence
from twoarm.resampling import Metric
from twoarm.study.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = [
    "CONTROL",
    "TREATED",
    "Drawing",
    "auc_estimates",
    "benefit_distribution",
    "dependence",
    "draw",
    "drawings",
    "importance_bars",
]

# Okabe and Ito's blue and vermillion: told apart by everybody, also in grey
CONTROL, TREATED = "#c2410c", "#0067a5"
_INK, _FAINT = "#1f2937", "#9ca3af"
_WIDTH_INCHES = 85 / 25.4  # a journal's column

_STYLE = {
    "font.family": "sans-serif",
    "font.sans-serif": ["Helvetica", "Arial", "Liberation Sans", "DejaVu Sans"],
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "axes.edgecolor": _INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "svg.fonttype": "none",
    "svg.hashsalt": "twoarm",
    "pdf.fonttype": 42,
    "figure.dpi": 200,
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure of the report.

    Attributes
    ----------
    name : str
        Stem of its files.
    title, alt : str
        Caption, and what it shows for those who cannot see it.
    svg, png : str, bytes
    """

    name: str
    title: str
    alt: str
    svg: str
    png: bytes


@contextmanager
def _style() -> Iterator[None]:
    with mpl.rc_context(_STYLE):  # type: ignore[arg-type]
        yield


def draw(
    name: str,
    title: str,
    alt: str,
    paint: Callable[[Axes], Axes],
    *,
    height_mm: float = 60,
    synthetic: bool = False,
) -> Drawing:
    """Paint one figure of a journal column's width; synthetic data are labelled on it."""
    with _style():
        figure = Figure(figsize=(_WIDTH_INCHES, height_mm / 25.4), layout="constrained")
        axes = figure.add_subplot()
        paint(axes)
        if synthetic:
            figure.text(
                0.995,
                0.995,
                "synthetic data",
                ha="right",
                va="top",
                fontsize=6,
                color=_FAINT,
                style="italic",
            )
        svg, png = io.StringIO(), io.BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
        figure.savefig(png, format="png", metadata={"Software": None})
    return Drawing(name, title, alt, svg.getvalue(), png.getvalue())


def benefit_distribution(axes: Axes, benefit: NDArray[np.float64], threshold: float | None) -> Axes:
    """Show how the predicted benefit is spread over patients, with 0 and the threshold."""
    points = 100 * benefit
    low, high = 5 * np.floor(points.min() / 5), 5 * np.ceil(points.max() / 5)
    axes.hist(
        points,
        bins=np.arange(low, high + 5, 5).tolist(),
        color=TREATED,
        alpha=0.75,
        linewidth=0.4,
        edgecolor="white",
    )
    axes.axvline(0, color=_INK, linewidth=0.8)
    top = axes.get_ylim()[1] * 1.12
    axes.set_ylim(0, top)
    if threshold is not None:
        axes.axvline(100 * threshold, color=CONTROL, linewidth=1.2, linestyle="--")
        axes.annotate(
            f"threshold {100 * threshold:g} points",
            (100 * threshold, top),
            xytext=(3, -2),
            textcoords="offset points",
            va="top",
            color=CONTROL,
            fontsize=7,
        )
    axes.set_xlabel("Predicted benefit, percentage points")
    axes.set_ylabel("Patients")
    return axes


def auc_estimates(axes: Axes, models: Sequence[tuple[str, str, Metric]]) -> Axes:
    """Show the estimates of each model's AUC side by side, and the headline's interval.

    `models` holds label, colour and metric of each.
    """
    names = ("apparent", "harrell", "oob", "nested_cv", "d632", "d632plus")
    titles = ("Apparent", "Harrell", "OOB", "CV", ".632", ".632+")
    shifts = np.linspace(-0.14, 0.14, len(models)) if len(models) > 1 else [0.0]
    for (label, colour, metric), shift in zip(models, shifts, strict=True):
        values = [getattr(metric, name) for name in names]
        x = np.arange(len(names)) + shift
        known = [(a, b) for a, b in zip(x, values, strict=True) if b is not None]
        axes.plot(*zip(*known, strict=True), "o", color=colour, markersize=4.5, label=label)
        if metric.ci is not None and metric.headline is not None:
            axes.plot([x[-1]] * 2, [metric.ci.low, metric.ci.high], color=colour, linewidth=1.2)
    axes.axhline(0.5, color=_FAINT, linewidth=0.6, linestyle=":")
    axes.set_xticks(range(len(names)), titles)
    axes.set_ylim(0.45, 1.02)
    axes.set_ylabel("AUC")
    axes.legend(frameon=False, loc="lower left", fontsize=7)
    return axes


def importance_bars(
    axes: Axes,
    labels: Sequence[str],
    values: Sequence[float],
    published: Sequence[float | None],
    published_label: str = "published",
) -> Axes:
    """Show the importance of variables, most important on top, published values as rings."""
    y = np.arange(len(labels))[::-1]
    axes.barh(y, values, color=TREATED, alpha=0.75, height=0.62)
    known = [(value, at) for value, at in zip(published, y, strict=True) if value is not None]
    if known:
        axes.plot(
            *zip(*known, strict=True),
            "o",
            markerfacecolor="none",
            color=CONTROL,
            markersize=5,
            label=published_label,
        )
        axes.legend(frameon=False, loc="lower right", fontsize=7)
    axes.set_yticks(y, labels)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("Importance (shares, sum 1)")
    axes.set_xlim(left=0)
    return axes


def dependence(axes: Axes, curve: Dependence, xlabel: str, levels: Sequence[str] | None) -> Axes:
    """Show how the mean predicted benefit moves with one variable."""
    points = 100 * curve.benefit
    if levels is None:
        axes.plot(curve.values, points, "-o", color=TREATED, markersize=2.2, linewidth=1.2)
    else:
        axes.plot(curve.values, points, "o", color=TREATED, markersize=5)
        axes.set_xticks(curve.values, [levels[int(value)] for value in curve.values])
        axes.margins(x=0.2)
    axes.axhline(0, color=_FAINT, linewidth=0.6)
    axes.set_ylim(min(0.0, float(points.min())) - 2, max(0.0, float(points.max())) * 1.1 + 2)
    axes.set_xlabel(xlabel)
    axes.set_ylabel("Mean benefit, points")
    return axes


def drawings(result: StudyResult) -> list[Drawing]:
    """Draw every figure of a study's report."""
    synthetic = result.plan.cohort.synthetic
    return [
        _benefit_drawing(result, synthetic),
        _auc_drawing(result, synthetic),
        _importance_drawing(result, synthetic),
        *_dependence_drawings(result, synthetic),
    ]


def _benefit_drawing(result: StudyResult, synthetic: bool) -> Drawing:
    spec = result.primary.spec
    crossfit = result.effects[spec.name].benefit
    kind = "cross-fitted"
    if not np.isfinite(crossfit).all():
        crossfit, kind = result.in_sample[spec.name].benefit, "in-sample"
    title = f"Predicted benefit of every patient ({kind}), {spec.title}"
    alt = (
        f"Histogram of the {kind} predicted benefit in percentage points; a line at 0 and one at "
        f"the threshold."
    )
    return draw(
        "benefit",
        title,
        alt,
        lambda axes: benefit_distribution(axes, crossfit, spec.threshold),
        synthetic=synthetic,
    )


def _auc_drawing(result: StudyResult, synthetic: bool) -> Drawing:
    labels = result.plan.file.treatment.labels
    models = [
        (label, colour, result.primary.arms[arm].auc)
        for arm, label, colour in zip(
            ARMS, (labels.control, labels.treated), (CONTROL, TREATED), strict=True
        )
    ]
    return draw(
        "auc",
        f"Six estimates of the same AUC, {result.primary.spec.title}",
        "Apparent, Harrell, out-of-bag, cross-validated, .632 and .632+ AUC of both arms' models; "
        "the line is the 95 % interval of .632+.",
        lambda axes: auc_estimates(axes, models),
        synthetic=synthetic,
    )


def _importance_drawing(result: StudyResult, synthetic: bool) -> Drawing:
    codebook, values = result.plan.cohort.codebook, result.primary.importance
    published: dict[str, float] = {}
    if result.plan.file.published is not None:
        published = dict(result.plan.file.published.importance)
    order = np.argsort(-values, kind="stable")
    return draw(
        "importance",
        f"What the predicted benefit depends on, {result.primary.spec.title}",
        "Bars of permutation importance, one a variable.",
        lambda axes: importance_bars(
            axes,
            [codebook[k].title for k in order],
            [float(values[k]) for k in order],
            [published.get(codebook[k].column) for k in order],
        ),
        height_mm=22 + 4.2 * len(order),
        synthetic=synthetic,
    )


def _dependence_drawings(result: StudyResult, synthetic: bool) -> Iterator[Drawing]:
    for curve in result.dependence:
        predictor = result.plan.cohort.codebook[curve.variable]
        xlabel = f"{predictor.title}, {predictor.unit}" if predictor.unit else predictor.title
        levels = None if predictor.is_number else [level.text for level in predictor.all_levels]
        paint: Any = _Dependence(curve, xlabel, levels)
        yield draw(
            f"dependence_{predictor.column}",
            f"Mean predicted benefit by {predictor.title}",
            f"Partial dependence of the predicted benefit on {predictor.title}.",
            paint,
            height_mm=50,
            synthetic=synthetic,
        )


@dataclass(frozen=True, slots=True)
class _Dependence:
    curve: Dependence
    xlabel: str
    levels: list[str] | None

    def __call__(self, axes: Axes) -> Axes:
        return dependence(axes, self.curve, self.xlabel, self.levels)
