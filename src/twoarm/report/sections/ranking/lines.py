"""Lines that figures of the benefit share."""

from __future__ import annotations

from twoarm.report.figures import (
    CONTROL,
    TREATED,
    Axes,
)

__all__ = ["LINES", "threshold_line"]

LINES = {
    "t": (TREATED, "-"),
    "penalized_interaction": (CONTROL, "--"),
    "risk": ("#4b5563", ":"),
}
"""Colour and dash of each learner: told apart in grey too."""


def threshold_line(axes: Axes, threshold: float) -> None:
    """Mark the study's threshold, where the axis reaches it."""
    axes.axvline(100 * threshold, color=CONTROL, linewidth=0.8, linestyle="--", alpha=0.6)
    axes.annotate(
        f"threshold {100 * threshold:g}",
        (100 * threshold, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(3, -1),
        textcoords="offset points",
        va="top",
        color=CONTROL,
        fontsize=6.5,
        annotation_clip=True,
    )
