"""Cost against patients, predictors and replicates in one figure, from ``cost_curve.json``.

``python -m benchmarks.bench.figure`` draws it again from the kept results.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.record import RESULTS
from twoarm.report.figures import CONTROL, TREATED

__all__ = ["draw_curve"]

PATH = RESULTS / "cost_curve.svg"
_WIDTH_INCHES, _HEIGHT_INCHES = 180 / 25.4, 82 / 25.4  # a journal's page
_INK, _GREY = "#1f2937", "#6b7280"
_STYLE: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["Helvetica", "Arial", "Liberation Sans", "DejaVu Sans"],
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "svg.fonttype": "none",
    "svg.hashsalt": "twoarm",
}
_MARKERS = {
    "forest": "s",
    "boosting": "^",
    "spline_logistic": "v",
    "elastic_net": "D",
    "logistic": "o",
}


def _lines(axes: Axes, points: list[dict[str, Any]], size: str) -> None:
    sizes = [point[size] for point in points]
    for name, marker in _MARKERS.items():
        if name in points[0]["seconds"]:
            axes.plot(
                sizes,
                [point["seconds"][name] for point in points],
                color=_GREY,
                linewidth=0.8,
                marker=marker,
                markersize=3.2,
                markerfacecolor="white",
                label=name.replace("_", " "),
            )
    stack = [point["seconds"]["stack"] for point in points]
    axes.plot(sizes, stack, "-o", color=TREATED, linewidth=1.8, markersize=4, label="stack")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel(size.capitalize())


def _ticks_at(axes: Axes, values: list[int]) -> None:
    axes.set_xticks(values, [str(value) for value in values])
    axes.xaxis.minorticks_off()


def draw_curve(content: dict[str, Any]) -> Path:
    """Draw the figure and give its path."""
    slopes = content["exponents"]
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH_INCHES, _HEIGHT_INCHES), layout="constrained")
        by_patients, by_predictors, by_replicates = figure.subplots(1, 3)
        _lines(by_patients, content["patients"], "patients")
        by_patients.plot(
            [point["patients"] for point in content["patients"]],
            [point["lightgbm"]["seconds"] for point in content["patients"]],
            "--o",
            color=CONTROL,
            linewidth=1.4,
            markersize=4,
            markerfacecolor="white",
            label="LightGBM + scikit-learn",
        )
        by_patients.set_ylabel("Seconds, one core")
        _lines(by_predictors, content["predictors"], "predictors")
        _ticks_at(by_predictors, [point["predictors"] for point in content["predictors"]])
        _lines(by_replicates, content["replicates"], "replicates")
        by_replicates.set(xscale="linear", yscale="linear", xlim=(0, None), ylim=(0, None))
        _ticks_at(by_replicates, [point["replicates"] for point in content["replicates"]])
        for axes, size, what in (
            (by_patients, "patients", f"One stack, {content['curve_predictors']} predictors"),
            (by_predictors, "predictors", "One stack, 1000 patients"),
            (by_replicates, "replicates", "Validation, 197 patients"),
        ):
            axes.set_title(f"{what}\nstack: exponent {slopes[size]['stack']:.2f}", loc="left")
        handles, labels = by_patients.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
        figure.savefig(PATH, metadata={"Date": None, "Creator": None})
    return PATH


if __name__ == "__main__":
    print(draw_curve(json.loads((RESULTS / "cost_curve.json").read_text(encoding="utf-8"))))
