"""Lines that figures of the benefit share."""

from __future__ import annotations

from twoarm.report.figures import CONTROL, GREY, TREATED, Panel

__all__ = ["LINES", "threshold_line"]

LINES = {
    "t": (TREATED, "-"),
    "penalized_interaction": (CONTROL, "--"),
    "risk": (GREY, ":"),
}
"""Colour and dash of each learner: told apart in grey too."""


def threshold_line(panel: Panel, threshold: float) -> None:
    """Mark the study's threshold, where the axis reaches it."""
    panel.refer(x=100 * threshold, text=f"threshold {100 * threshold:g}", colour=CONTROL, dash="--")
