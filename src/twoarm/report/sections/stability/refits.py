"""How far the predictions move from refit to refit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np

from twoarm.diagnostics import CalibrationInstability, InstabilityPlot
from twoarm.metrics import finite
from twoarm.report.figures import CONTROL, TREATED, Drawing, Panel, draw
from twoarm.report.labels import arm_labels
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.stability.refits import STABILITY, RefitStability
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["calibration_bands", "instability", "part", "stability_table"]

_BARS = 40
_BAR_SHARE = 0.12  # height of the bars that count patients, of the height of the axis


def part(result: StudyResult) -> Part | None:
    """Show how far benefit and risks move, and fold the calibration of the refits away."""
    found, every = result.value(STABILITY), result.answers.each(STABILITY)
    if found is None:
        return None
    folded = Details(
        summary="Calibration of the refits", figures=tuple(_calibration_drawings(result, found))
    )
    return Part(
        figures=tuple(_instability_drawings(result, found)),
        tables=(stability_table(result, every),),
        details=(folded,) if folded.figures else (),
    )


def stability_table(result: StudyResult, found: Mapping[str, RefitStability]) -> Table:
    """Give the instability of both arms' risks and of the benefit, of every outcome."""
    control, treated = arm_labels(result)
    rows: list[Row] = []
    for name, outcome in found.items():
        effects = outcome.effects
        parts = {
            f"Risk, {control}": effects.mu0,
            f"Risk, {treated}": effects.mu1,
            "Benefit": effects.benefit,
        }
        title = result.outcomes[name].spec.title
        rows += [
            (
                title,
                label,
                int(part.replicates.max()),
                finite(part.mean_mape),
                finite(part.mean_width),
                part.mean_instability_index,
                part.share_unstable,
            )
            for label, part in parts.items()
        ]
    columns = (
        Column("outcome", "Outcome"),
        Column("prediction", "Predicted"),
        Column("models", "Models", "count"),
        Column("mape", "Mean absolute difference, points", "spread"),
        Column("width", "Mean width of the stability interval, points", "spread"),
        Column("classification_instability", "Other side of the threshold", "percent"),
        Column("share_unstable", "Unstable patients", "percent"),
    )
    threshold = 100 * (result.primary.spec.threshold or 0.0)
    note = (
        "Each of the bootstrap's models that could be fitted might have been developed instead of "
        "this one. Mean absolute difference: between their predictions for a patient "
        "and that of the model fitted to everybody, mean over patients. Stability interval: the "
        "middle 95 % of what they predict for one patient, a spread of refitted predictions and "
        "not a confidence interval; those of the benefit stand in tables/patients.csv. Other side "
        f"of the threshold: mean share of models that put a patient on the other side of "
        f"{threshold:g} points of benefit; unstable patients: those whom more than a quarter do. "
        "Stable predictions may be wrong all the same."
    )
    return Table("stability", "Stability of the predictions across refits", note, columns,
                 tuple(rows))  # fmt: skip


def _instability_drawings(result: StudyResult, found: RefitStability) -> Iterator[Drawing]:
    spec, plot = result.primary.spec, found.plot
    if plot is not None and plot.full.size:
        yield draw(
            "instability",
            f"Instability of the predicted benefit, {spec.title}",
            "Bands of the benefit that models developed on resampled cohorts predict, over that "
            "of the model fitted to everybody: middle half and middle 95 %; a dotted diagonal "
            "is where all would agree, dashed lines are the threshold; bars count patients.",
            lambda panel: instability(panel, plot, spec.threshold),
            legend=f"{plot.full.size} patients. Models developed on {result.replicates} resampled "
            f"cohorts (middle half: on {plot.replicates.shape[0]} of them); bands smoothed over "
            "the prediction of the model fitted to everybody. A spread of refitted predictions, "
            "not a confidence interval.",
            height_mm=72,
            synthetic=result.plan.cohort.synthetic,
        )


def _calibration_drawings(result: StudyResult, found: RefitStability) -> Iterator[Drawing]:
    if found.calibration is None:
        return
    models = zip(ARMS, arm_labels(result), (CONTROL, TREATED), found.calibration, strict=True)
    for arm, label, colour, curves in models:
        if np.isfinite(curves.bands()).any():
            yield draw(
                f"calibration_instability_{arm}",
                f"Instability of the calibration, {label}, {result.primary.spec.title}",
                "Calibration curves, in the cohort, of models developed on resampled cohorts: "
                "their median, middle half and middle 95 %; a dotted diagonal is where "
                "predictions are right.",
                partial(calibration_bands, found=curves, colour=colour),
                legend=f"{curves.curves.shape[0]} refitted models; where at least half of them "
                "predict such probabilities. Line: median; bands: middle half and middle 95 % of "
                "their smoothed curves in the patients of the cohort.",
                height_mm=72,
                synthetic=result.plan.cohort.synthetic,
            )


def instability(panel: Panel, plot: InstabilityPlot, threshold: float | None) -> None:
    """Show the spread of the refits' predictions over that of the full fit, in points."""
    full = 100 * plot.full
    panel.diagonal(float(full[0]), float(full[-1]))
    panel.band("middle 95 % of refits", full, 100 * plot.low, 100 * plot.high)
    inner = [100 * each for each in plot.middle_half]
    panel.band("middle half of refits", full, *inner, alpha=0.4)
    low, high = panel.axes.get_ylim()
    room = _BAR_SHARE * (high - low)
    counts, edges = np.histogram(full, bins=_BARS)
    panel.columns(
        "patients", (edges[:-1] + edges[1:]) / 2, counts, np.diff(edges), base=low - room,
        scale=0.85 * room / max(int(counts.max()), 1), alpha=0.35,
    )  # fmt: skip
    panel.axes.set_ylim(low - room, high)
    alike = 1.0 if full[0] == full[-1] else 0.0  # the same is predicted for everybody
    panel.axes.set_xlim(full[0] - alike, full[-1] + alike)
    if threshold is not None:
        panel.refer(y=100 * threshold, colour=CONTROL, dash="--")
        panel.refer(x=100 * threshold, colour=CONTROL, dash="--",
                    text=f"threshold {100 * threshold:g}")  # fmt: skip
    panel.axes.set_xlabel("Predicted benefit, points")
    panel.axes.set_ylabel("By models of the bootstrap, points")
    panel.key([("middle half", "#5f9fca", "s"), ("middle 95 % of refits", "#c4dcec", "s")])


def calibration_bands(panel: Panel, found: CalibrationInstability, colour: str) -> None:
    """Show how the calibration of refits varies, in the patients of the cohort."""
    lowest, lower, middle, upper, highest = found.bands()
    told = np.isfinite(middle)
    grid = found.grid[told]
    top = min(1.0, float(np.ceil(10 * grid.max(initial=0.1))) / 10)
    panel.diagonal(0, top)
    panel.band("middle 95 %", grid, lowest[told], highest[told], colour=colour)
    panel.band("middle half", grid, lower[told], upper[told], colour=colour, alpha=0.4)
    panel.line("median", grid, middle[told], colour=colour)
    panel.axes.set_xlim(0, top)
    panel.axes.set_ylim(0, min(1.0, 1.02 * max(top, float(highest[told].max(initial=0.0)))))
    panel.axes.set_xlabel("Predicted probability")
    panel.axes.set_ylabel("Share with the event")
    panel.key([("median of refits", colour, "-"), ("bands: middle half, 95 %", colour, "s")])
