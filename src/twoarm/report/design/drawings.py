"""The figures of a trial's plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twoarm.planning.trial_plan import Looks, TrialPlan
from twoarm.report.design.words import kind_title, threshold_words
from twoarm.report.figures import CONTROL, FAINT, INK, TREATED, Drawing, draw

__all__ = ["boundaries_drawing", "cost_drawing", "haircut_drawing", "threshold_assurance"]

_FUTILE = 30.0
_DASHES = ("-", "--", "-.", ":", (0, (1, 1)))


def cost_drawing(plan: TrialPlan) -> Iterator[Drawing]:
    """Draw patients to randomise and to screen by the threshold."""
    rows = [row for row in plan.by_threshold if row.patients is not None]
    if len(rows) < 2:
        return
    told = "; ".join(
        f"{threshold_words(row.threshold)}: {row.randomised} randomised, {row.screened} screened"
        for row in rows
    )

    def paint(panel: Any) -> Any:
        axes, x = panel.axes, [100 * float(row.threshold or 0.0) for row in rows]
        for name, colour in (("screened", CONTROL), ("randomised", TREATED)):
            y = [getattr(row, name) for row in rows]
            axes.plot(x, y, "-o", color=colour, markersize=2.5, linewidth=1.2)
            axes.annotate(
                name,
                (x[-1], y[-1]),
                xytext=(0, 5 if name == "screened" else -9),
                textcoords="offset points",
                ha="right",
                color=colour,
                fontsize=7,
            )
        axes.axvline(100 * plan.basis.threshold, color=FAINT, linewidth=0.8, linestyle="--")
        axes.set_ylim(0, 1.15 * max(row.screened or 0 for row in rows))
        axes.set_xlabel("Threshold of predicted benefit, points")
        axes.set_ylabel("Patients")
        return axes

    yield draw(
        "design_cost",
        "What a higher threshold costs",
        f"Patients to randomise and to screen by the threshold. {told}.",
        paint,
        synthetic=plan.basis.synthetic,
    )


def threshold_assurance(plan: TrialPlan) -> Iterator[Drawing]:
    """Draw the assurance by the threshold, before and after the haircut."""
    rows = [row for row in plan.by_threshold if row.assurance is not None]
    if len(rows) < 2:
        return

    def paint(panel: Any) -> Any:
        axes, x = panel.axes, [100 * float(row.threshold or 0.0) for row in rows]
        lines = [("before", "assurance", TREATED, "-")]
        if plan.basis.haircut is not None:
            lines.append(("after the haircut", "assurance_after_haircut", CONTROL, "--"))
        for name, field, colour, dash in lines:
            y = [100 * (getattr(row, field) or 0.0) for row in rows]
            axes.plot(x, y, dash, marker="o", color=colour, markersize=2.5, linewidth=1.2)
            axes.annotate(
                name,
                (x[0], y[0]),
                xytext=(2, 5 if dash == "-" else -10),
                textcoords="offset points",
                color=colour,
                fontsize=7,
            )
        axes.axhline(_FUTILE, color=FAINT, linewidth=0.8)
        axes.set_ylim(0, 100)
        axes.set_xlabel("Threshold of predicted benefit, points")
        axes.set_ylabel("Assurance, %")
        return axes

    yield draw(
        "design_assurance",
        "Assurance of the enriched trial by threshold",
        "Chance that the trial succeeds, by the threshold, before and after the haircut; a line at "
        "30 %, below which a trial is futile.",
        paint,
        synthetic=plan.basis.synthetic,
    )


def haircut_drawing(plan: TrialPlan) -> Iterator[Drawing]:
    """Draw the assurance of each design by the haircut."""
    if not plan.haircuts:
        return

    def paint(panel: Any) -> Any:
        axes, x = panel.axes, [100 * row.haircut for row in plan.haircuts]
        for number, name in enumerate(plan.haircut_designs):
            y = [100 * (row.assurance[number] or 0.0) for row in plan.haircuts]
            label = kind_title(name.partition(",")[0])
            axes.plot(
                x,
                y,
                linestyle=_DASHES[number % len(_DASHES)],
                linewidth=1.3,
                label=label,
                color=(TREATED, CONTROL, INK, "#6b7280", "#7c3aed")[number % 5],
            )
        if plan.basis.haircut is not None:
            axes.axvline(100 * plan.basis.haircut, color=FAINT, linewidth=0.8, linestyle="--")
        axes.axhline(_FUTILE, color=FAINT, linewidth=0.8)
        axes.set_ylim(0, 100)
        axes.set_xlabel("Haircut on the average benefit, points")
        axes.set_ylabel("Assurance, %")
        axes.legend(fontsize=6, frameon=False, loc="upper center", bbox_to_anchor=(0.5, 1.32))
        return axes

    yield draw(
        "design_haircut",
        "How much of the assurance rests on the observational average",
        "Assurance of each design as planned, if the true average benefit is lower by the haircut; "
        "a line at 30 %, below which a trial is futile, and one at the default haircut.",
        paint,
        height_mm=75,
        synthetic=plan.basis.synthetic,
    )


def boundaries_drawing(plan: TrialPlan) -> Iterator[Drawing]:
    """Draw the boundaries of both ways of spending."""
    if plan.settings.looks < 2:
        return

    def paint(panel: Any) -> Any:
        axes = panel.axes
        for looks, colour in zip(plan.looks, (TREATED, CONTROL), strict=True):
            _boundaries(axes, looks, colour)
        axes.set_xlabel("Outcomes known, %")
        axes.set_ylabel("z in the direction of benefit")
        axes.legend(fontsize=6, frameon=False)
        return axes

    yield draw(
        "design_boundaries",
        "Boundaries of a trial with interim looks",
        "Boundaries to stop for benefit, above, and where the trial may stop for futility, below, "
        "by the share of outcomes known; they meet at the end.",
        paint,
        synthetic=plan.basis.synthetic,
    )


def _boundaries(axes: Any, looks: Looks, colour: str) -> None:
    x = [100 * each for each in looks.information]
    name = "O'Brien-Fleming" if looks.spending == "obrien-fleming" else "Pocock"
    axes.plot(
        x,
        looks.efficacy,
        "-o",
        color=colour,
        markersize=2.5,
        linewidth=1.2,
        label=f"{name}: stop for benefit",
    )
    axes.plot(
        x,
        looks.futility,
        "--o",
        color=colour,
        markersize=2.5,
        linewidth=1.0,
        markerfacecolor="white",
        label=f"{name}: may stop",
    )
