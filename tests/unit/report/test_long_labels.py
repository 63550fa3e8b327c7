"""A user's labels may be long: the figure keeps its room and warns of nothing."""

from __future__ import annotations

import numpy as np
import pytest

from twoarm.diagnostics import balance
from twoarm.report.figures import draw, fitting
from twoarm.report.sections.comparability.balance import love_plot
from twoarm.report.sections.importance.modifiers import modifier_bars
from twoarm.report.sections.importance.predicted import importance_bars

LABELS = tuple(f"Number {k} of the columns with a label that goes on and on" for k in range(18))
VALUES = np.linspace(0.3, 0.0, 18).tolist()


def love(panel):
    X = np.random.default_rng(1).normal(size=(100, 18))
    alike = balance(X, np.tile([0, 1], 50), np.full(100, 0.5), names=LABELS)
    love_plot(panel, alike)


def bars(panel):
    importance_bars(panel, LABELS, VALUES, [None] * 18)


def modifiers(panel):
    modifier_bars(panel, LABELS, VALUES, [(0.0, 0.1)] * 18, VALUES)


@pytest.mark.parametrize("paint", [love, bars, modifiers])
def test_long_labels_leave_room_for_the_drawing(paint):
    drawn = []
    draw("x", "title", "alt", lambda panel: (paint(panel), drawn.append(panel)), height_mm=98)
    assert drawn[0].axes.get_position().width > 0.25


def test_short_labels_stay_as_they_are():
    assert fitting("Age") == "Age"
    assert len(fitting(LABELS[0])) <= 32
