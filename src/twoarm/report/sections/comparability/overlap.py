"""Could every patient have been in either arm?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from twoarm.diagnostics import Overlap, Propensity, Support
from twoarm.report.figures import CONTROL, GREY, TREATED, Panel, draw, fitting
from twoarm.report.labels import arm_labels
from twoarm.report.section import Part
from twoarm.report.table import Column, Table
from twoarm.study.judge.comparability.overlap import OVERLAP
from twoarm.study.judge.comparability.propensity import PROPENSITY
from twoarm.study.judge.comparability.support import SUPPORT
from twoarm.study.result import StudyResult

__all__ = ["overlap_table", "part", "propensity_densities"]

_LONGEST = 40  # letters of an arm's label


def part(result: StudyResult) -> Part | None:
    """Show both arms' propensities, and how many patients are outside the support."""
    labels, support = arm_labels(result), result.value(SUPPORT)
    found, score = result.value(OVERLAP), result.value(PROPENSITY)
    if found is None or score is None or support is None:
        return None
    figure = draw(
        "propensity",
        "Who was likely to be treated",
        f"Densities of the probability of treatment: {labels[1]} upwards, {labels[0]} downwards.",
        lambda panel: propensity_densities(panel, score, labels, found.trimming.alpha),
        legend=f"{labels[1]}: {found.n[1]} patients, upwards; {labels[0]}: {found.n[0]}, "
        "downwards. Ridge regression of treatment on the predictors, the columns listed for it "
        f"and the centre; AUC {score.auc:.2f}."
        + (
            f" Outside the dotted lines ({_bounds(found.trimming.alpha)}, Crump) treatment was all "
            "but decided."
            if found.trimming.alpha > 0
            else ""
        ),
        synthetic=result.plan.cohort.synthetic,
    )
    return Part(figures=(figure,), tables=(overlap_table(found, score, support, labels),))


def overlap_table(
    found: Overlap, score: Propensity, support: Support, labels: tuple[str, str]
) -> Table:
    """Give patients, effective sample sizes and propensities of both arms, and who is outside."""
    rows = tuple(
        (
            label,
            found.n[arm],
            score.lowest[arm],
            score.highest[arm],
            found.ess_inverse[arm],
            found.ess_overlap[arm],
            found.trimmed[arm],
            support.outside[arm],
        )
        for arm, label in enumerate(labels)
    )
    columns = (
        Column("arm", "Arm"),
        Column("patients", "Patients", "count"),
        Column("lowest", "Lowest propensity", "probability"),
        Column("highest", "Highest", "probability"),
        Column("effective_inverse", "Worth after inverse weights", "number"),
        Column("effective_overlap", "After overlap weights", "number"),
        Column("trimmed", "Treatment all but decided", "count"),
        Column("outside", "Outside support", "count"),
    )
    note = (
        f"AUC of the propensity {score.auc:.2f}. Worth: how many equally weighted patients carry "
        "as much information (Kish). Treatment all but decided: outside Crump's bounds "
        f"({_bounds(found.trimming.alpha)}). Outside support, for that or because nobody is near "
        "or a level occurs in one arm alone: no individual number is shown for these patients, "
        "and they count in every average."
    )
    return Table("overlap", "Overlap of the arms", note, columns, rows)


def _bounds(alpha: float) -> str:
    return f"{alpha:.3f} to {1 - alpha:.3f}" if alpha > 0 else "nobody is trimmed"


def propensity_densities(
    panel: Panel, found: Propensity, labels: Sequence[str], alpha: float = 0.0
) -> None:
    """Show how both arms' propensities are spread, treated above and controls below.

    Dotted lines at `alpha` and 1 - `alpha` are Crump's bounds; none where nobody is trimmed.
    """
    middle, width = (found.edges[:-1] + found.edges[1:]) / 2, np.diff(found.edges)
    panel.columns(labels[1], middle, found.density[1], width, colour=TREATED)
    panel.columns(labels[0], middle, -found.density[0], width, colour=CONTROL)
    panel.refer(y=0)
    for bound in (alpha, 1.0 - alpha) if alpha > 0 else ():
        panel.refer(x=bound, dash=":")
    highest = [float(each.max()) for each in found.density]
    panel.axes.set_ylim(-1.45 * highest[0], 1.45 * highest[1])
    panel.axes.set_xlim(0, 1)
    panel.axes.set_yticks([])
    for label, colour, at, va in ((labels[1], TREATED, 0.98, "top"),
                                  (labels[0], CONTROL, 0.02, "bottom")):  # fmt: skip
        panel.say(0.5, at, fitting(label, _LONGEST), colour=colour, within="axes fraction",
                  ha="center", va=va, fontweight="bold")  # fmt: skip
    if alpha > 0:
        for at in (alpha / 2, 1 - alpha / 2):
            panel.say(at, 0.8, "all but decided", within=("data", "axes fraction"), ha="center",
                      va="center", rotation=90, colour=GREY, fontsize=6)  # fmt: skip
    panel.axes.set_xlabel("Probability of treatment given what was measured")
    panel.axes.set_ylabel("Patients, density")
