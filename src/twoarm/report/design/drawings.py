"""The figures of a trial's plan."""

from __future__ import annotations

from collections.abc import Iterator

from twoarm.planning.trial_plan import Looks, TrialPlan
from twoarm.report.design.words import kind_title, threshold_words
from twoarm.report.figures import CONTROL, GREY, INK, SMALL, TREATED, Drawing, Panel, draw

__all__ = ["boundaries_drawing", "cost_drawing", "haircut_drawing", "threshold_assurance"]

_FUTILE = 30.0
_STYLES = (
    (TREATED, "-"),
    (CONTROL, "--"),
    (INK, "-."),
    (GREY, ":"),
    ("#7c3aed", (0, (4, 1, 1, 1))),
)


def cost_drawing(plan: TrialPlan) -> Iterator[Drawing]:
    """Draw patients to randomise and to screen by the threshold."""
    rows = [row for row in plan.by_threshold if row.patients is not None]
    if len(rows) < 2:
        return
    told = "; ".join(
        f"{threshold_words(row.threshold)}: {row.randomised} randomised, {row.screened} screened"
        for row in rows
    )

    def paint(panel: Panel) -> None:
        x = [100 * float(row.threshold or 0.0) for row in rows]
        for name, colour, shift in (("screened", CONTROL, 5), ("randomised", TREATED, -9)):
            y = [float(getattr(row, name)) for row in rows]
            panel.line(name, x, y, colour=colour, marker="o", markersize=2.5)
            _label(panel, name, (x[-1], y[-1]), (0, shift), colour, "right")
        panel.refer(x=100 * plan.basis.threshold, dash="--")
        panel.axes.set_ylim(0, 1.15 * max(row.screened or 0 for row in rows))
        panel.axes.set_xlabel("Threshold of predicted benefit, points")
        panel.axes.set_ylabel("Patients")

    yield draw(
        "design_cost",
        "What a higher threshold costs",
        f"Patients to randomise and to screen by the threshold. {told}.",
        paint,
        legend="Patients of both arms of a trial of those above the threshold, planned on shrunk "
        "benefit; the dashed line marks the study's own threshold.",
        synthetic=plan.basis.synthetic,
    )


def _label(
    panel: Panel,
    text: str,
    at: tuple[float, float],
    shift: tuple[int, int],
    colour: str,
    side: str,
) -> None:
    panel.axes.annotate(
        text, at, xytext=shift, textcoords="offset points", ha=side, color=colour, fontsize=SMALL
    )


def threshold_assurance(plan: TrialPlan) -> Iterator[Drawing]:
    """Draw the assurance by the threshold, before and after the haircut."""
    rows = [row for row in plan.by_threshold if row.assurance is not None]
    if len(rows) < 2:
        return
    lines = [("before the haircut", "assurance", TREATED, "-", 5)]
    if plan.basis.haircut is not None:
        lines.append(("after the haircut", "assurance_after_haircut", CONTROL, "--", -10))

    def paint(panel: Panel) -> None:
        x = [100 * float(row.threshold or 0.0) for row in rows]
        for name, field, colour, dash, shift in lines:
            y = [100 * (getattr(row, field) or 0.0) for row in rows]
            panel.line(name, x, y, colour=colour, linestyle=dash, marker="o", markersize=2.5)
            _label(panel, name, (x[0], y[0]), (2, shift), colour, "left")
        panel.refer(y=_FUTILE, text="futile")
        panel.axes.set_ylim(0, 100)
        panel.axes.set_xlabel("Threshold of predicted benefit, points")
        panel.axes.set_ylabel("Assurance, %")

    yield draw(
        "design_assurance",
        "Assurance of the enriched trial by threshold",
        "Chance that the trial succeeds, by the threshold, before and after the haircut; a line at "
        "30 %, below which a trial is futile.",
        paint,
        legend="Power averaged over the uncertainty of average benefit, calibration slope and "
        "control risk, each trial of the size planned for its threshold.",
        synthetic=plan.basis.synthetic,
    )


def haircut_drawing(plan: TrialPlan) -> Iterator[Drawing]:
    """Draw the assurance of each design by the haircut."""
    if not plan.haircut_designs:
        return

    def paint(panel: Panel) -> None:
        x = [100 * row.haircut for row in plan.haircuts]
        for number, name in enumerate(plan.haircut_designs):
            colour, dash = _STYLES[number % len(_STYLES)]
            title = kind_title(name.partition(",")[0])
            y = [100 * (row.assurance[number] or 0.0) for row in plan.haircuts]
            panel.line(title, x, y, colour=colour, linestyle=dash, label=title)
        if plan.basis.haircut is not None:
            panel.refer(x=100 * plan.basis.haircut, dash="--")
        panel.refer(y=_FUTILE, text="futile")
        panel.axes.set_ylim(0, 100)
        panel.axes.set_xlabel("Haircut on the average benefit, points")
        panel.axes.set_ylabel("Assurance, %")
        panel.axes.legend(
            fontsize=SMALL, frameon=False, loc="lower left", bbox_to_anchor=(0.0, 1.0)
        )

    yield draw(
        "design_haircut",
        "How much of the assurance rests on the average benefit",
        "Assurance of each design as planned, if the true average benefit is lower by the haircut; "
        "a line at 30 %, below which a trial is futile, and one at the default haircut.",
        paint,
        legend="Each trial has the size planned without a haircut, by which the true average "
        "benefit is lower than the estimate; the dashed upright line marks the one of the text.",
        height_mm=80,
        synthetic=plan.basis.synthetic,
    )


def boundaries_drawing(plan: TrialPlan) -> Iterator[Drawing]:
    """Draw the boundaries of both ways of spending."""
    if plan.settings.looks < 2:
        return

    def paint(panel: Panel) -> None:
        for looks, colour in zip(plan.looks, (TREATED, CONTROL), strict=True):
            _boundaries(panel, looks, colour)
        panel.axes.set_xlabel("Outcomes known, %")
        panel.axes.set_ylabel("z in the direction of benefit")
        panel.axes.legend(
            fontsize=SMALL, frameon=False, loc="lower left", bbox_to_anchor=(0.0, 1.0)
        )

    yield draw(
        "design_boundaries",
        "Boundaries of a trial with interim looks",
        "Boundaries to stop for benefit, above, and where the trial may stop for futility, below, "
        "by the share of outcomes known; they meet at the end.",
        paint,
        legend="Error spending of Lan and DeMets; futility is not binding.",
        height_mm=75,
        synthetic=plan.basis.synthetic,
    )


def _boundaries(panel: Panel, looks: Looks, colour: str) -> None:
    x = [100 * each for each in looks.information]
    name = "O'Brien-Fleming" if looks.spending == "obrien-fleming" else "Pocock"
    for series, y, dash, face in (
        (f"{name}: stop for benefit", looks.efficacy, "-", colour),
        (f"{name}: may stop", looks.futility, "--", "white"),
    ):
        panel.line(
            series, x, y, colour=colour, linestyle=dash, marker="o", markersize=2.5,
            markerfacecolor=face, label=series,
        )  # fmt: skip
