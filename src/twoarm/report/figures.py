"""The figures of a report: data and axes in, axes out. The only home of matplotlib."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from twoarm.metrics import calibration_curve
from twoarm.resampling import Metric, Validation
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import ArmResult, StudyResult

__all__ = [
    "CONTROL",
    "FAINT",
    "INK",
    "TREATED",
    "Axes",
    "Drawing",
    "auc_estimates",
    "benefit_distribution",
    "calibration",
    "draw",
    "fitting",
    "model_drawings",
]

# Okabe and Ito's blue and vermillion: told apart by everybody, also in grey
CONTROL, TREATED = "#c2410c", "#0067a5"
INK, FAINT = "#1f2937", "#9ca3af"
_LONGEST_LABEL = 32
_WIDTH_INCHES = 85 / 25.4  # a journal's column
_NO_DATE = {"Date": None, "Creator": None}

_STYLE = {
    "font.family": "sans-serif",
    "font.sans-serif": ["Helvetica", "Arial", "Liberation Sans", "DejaVu Sans"],
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
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


def fitting(label: str) -> str:
    """Shorten a label beside an axis, so that it leaves room for what is drawn."""
    return textwrap.shorten(label, _LONGEST_LABEL, placeholder=" ...")


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
                color=FAINT,
                style="italic",
            )
        svg, png = io.StringIO(), io.BytesIO()
        # the canvases draw once each; `savefig` would draw everything twice
        FigureCanvasAgg(figure).print_png(png, metadata={"Software": None})  # type: ignore[no-untyped-call]
        figure.set_layout_engine("none")  # it is laid out
        FigureCanvasSVG(figure).print_svg(svg, metadata=_NO_DATE)  # type: ignore[no-untyped-call]
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
    axes.axvline(0, color=INK, linewidth=0.8)
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
    names = ("apparent", "harrell", "oob", "d632", "d632plus", "nested_cv", "headline")
    titles = ("Apparent", "Harrell", "OOB", ".632", ".632+", "CV", "To quote")
    shifts = np.linspace(-0.14, 0.14, len(models)) if len(models) > 1 else [0.0]
    for (label, colour, metric), shift in zip(models, shifts, strict=True):
        values = [getattr(metric, name) for name in names]
        x = np.arange(len(names)) + shift
        known = [(a, b) for a, b in zip(x, values, strict=True) if b is not None]
        axes.plot(*zip(*known, strict=True), "o", color=colour, markersize=4.5, label=label)
        if metric.ci is not None and metric.headline is not None:
            axes.plot([x[-1]] * 2, [metric.ci.low, metric.ci.high], color=colour, linewidth=1.2)
    axes.axhline(0.5, color=FAINT, linewidth=0.6, linestyle=":")
    axes.set_xticks(range(len(names)), titles, fontsize=7)
    axes.set_ylim(0.45, 1.02)
    axes.set_ylabel("AUC")
    axes.legend(frameon=False, loc="lower left", fontsize=7)
    return axes


def calibration(result: Validation | ArmResult, ax: Axes, *, colour: str = TREATED) -> Axes:
    """Show whether the event happens as often as predicted.

    Each thin line smooths the outcome over the predictions of one repeat of nested
    cross-validation; the dashed one over the model's predictions for the patients it was fitted to
    (apparent). The smoother is that of `twoarm.metrics.calibration_curve`. On the diagonal,
    predictions are right. Bars below: how many patients are predicted each risk, by
    cross-validation, or else apparent.

    Parameters
    ----------
    result : Validation or ArmResult
        From `twoarm.validate`, or one arm of a study's outcome.
    ax : matplotlib.axes.Axes
        Drawn on; probabilities are 0-1 on both axes.
    colour : str
        Of the cross-validated curves and the bars.

    Returns
    -------
    matplotlib.axes.Axes
        The same.

    Notes
    -----
    The curves have no interval. Beyond a few patients at either end they follow single outcomes.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from sklearn.datasets import load_breast_cancer
    >>> from twoarm import validate
    >>> from twoarm.learners import Logistic
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> result = validate(Logistic(), X, y, replicates=20, cv_repeats=2)
    >>> calibration(result, Figure().add_subplot()).get_xlabel()
    'Predicted probability'
    """
    repeats = result.cv.risk[result.cv.complete]
    top = _round_up(max(float(result.risk.max()), float(repeats.max(initial=0.0))))
    ax.plot([0, top], [0, top], color=FAINT, linewidth=0.6, linestyle=":", label="perfect")
    ax.plot(
        *_curve(result.outcome, result.risk),
        color=INK,
        linewidth=0.9,
        linestyle="--",
        label=f"apparent{_ici(result.calibration.ici.apparent)}",
    )
    for number, risk in enumerate(repeats):
        label = f"cross-validated{_ici(result.calibration.ici.nested_cv)}" if not number else None
        ax.plot(*_curve(result.outcome, risk), color=colour, linewidth=0.7, alpha=0.7, label=label)
    _risk_bars(ax, repeats if repeats.size else result.risk[None], top, colour)
    ax.set_xlim(0, top)
    ax.set_ylim(-_BAR_SHARE * top, top)
    ticks = [tick for tick in MaxNLocator(5).tick_values(0, top) if tick <= top + 1e-9]
    ax.set_xticks(ticks)
    ax.set_yticks(ticks)
    ax.set_xlabel("Predicted probability")
    ax.set_ylabel("Share with the event")
    above_bars = (1.0, _BAR_SHARE / (1.0 + _BAR_SHARE))
    ax.legend(frameon=False, loc="lower right", bbox_to_anchor=above_bars, fontsize=7)
    return ax


_BAR_SHARE = 0.16  # height of the bars below the curves, of the range of probabilities
_BARS = 40


def _round_up(risk: float) -> float:
    return min(1.0, float(np.ceil(10 * risk)) / 10)


def _curve(
    outcome: NDArray[np.int64], risk: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give predictions in their order, and the smoothed outcome at each."""
    order = np.argsort(risk, kind="stable")
    return risk[order], calibration_curve(outcome, risk)[order]


def _ici(value: float | None) -> str:
    return "" if value is None or not np.isfinite(value) else f", ICI {value:.3f}"


def _risk_bars(ax: Axes, risk: NDArray[np.float64], top: float, colour: str) -> None:
    """Hang a histogram of the predictions below 0, the commonest at full height."""
    counts, edges = np.histogram(risk, bins=_BARS, range=(0.0, top))
    height = 0.9 * _BAR_SHARE * top * counts / counts.max()
    floor = -_BAR_SHARE * top
    ax.bar(
        edges[:-1],
        height,
        np.diff(edges),
        floor,
        align="edge",
        color=colour,
        alpha=0.35,
        linewidth=0,
    )


def model_drawings(result: StudyResult) -> list[Drawing]:
    """Draw the benefit's distribution, the estimates of the AUC, and calibration."""
    synthetic = result.plan.cohort.synthetic
    return [
        _benefit_drawing(result, synthetic),
        _auc_drawing(result, synthetic),
        *_calibration_drawings(result, synthetic),
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
        "Apparent, Harrell, out-of-bag, .632, .632+ and cross-validated AUC of both arms' models, "
        "and the one to quote with its 95 % interval.",
        lambda axes: auc_estimates(axes, models),
        synthetic=synthetic,
    )


def _calibration_drawings(result: StudyResult, synthetic: bool) -> Iterator[Drawing]:
    labels = result.plan.file.treatment.labels
    for arm, label, colour in zip(
        ARMS, (labels.control, labels.treated), (CONTROL, TREATED), strict=True
    ):
        yield draw(
            f"calibration_{arm}",
            f"Calibration, {label}, {result.primary.spec.title}",
            "Share with the event, smoothed, by predicted probability: one line for each repeat "
            "of cross-validation, a dashed one for the patients the model was fitted to, a dotted "
            "diagonal for perfect predictions; bars count patients.",
            partial(calibration, result.primary.arms[arm], colour=colour),
            height_mm=72,
            synthetic=synthetic,
        )
