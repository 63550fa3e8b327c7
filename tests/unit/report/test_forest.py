"""The forest: what is drawn where, and what becomes of intervals that leave the axis."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis.strategies import floats, lists, tuples

from twoarm.report.figures import ForestRow, draw, forest
from twoarm.report.figures.forest import _span
from twoarm.report.figures.panel import _apart


def drawn(rows, **how):
    panels = []

    def paint(panel):
        forest(panel, rows, "Benefit, points", **how)
        panels.append(panel)

    return draw("forest", "A forest", "rows", paint, height_mm=60), panels[0]


ROWS = [
    ForestRow(label="One", estimate=10.0, low=5.0, high=15.0),
    ForestRow(label="Two", estimate=-3.0, low=-8.0, high=2.0),
    ForestRow(label="Far", estimate=20.0, low=-300.0, high=340.0),
    ForestRow(label="None", note="too few patients"),
    ForestRow(label="No limits", estimate=4.0),
]


def test_an_interval_that_leaves_the_axis_ends_in_arrows_and_keeps_its_numbers():
    drawing, panel = drawn(ROWS)
    arrows = [line.get_marker() for line in panel.axes.lines if line.get_marker() in "<>"]
    assert sorted(arrows) == ["<", ">"]
    low, high = panel.axes.get_xlim()
    assert -60 < low < -8
    assert 20 < high < 60
    far = next(row for row in drawing.data.rows if row[2] == "Far")
    assert far[3:7] == (20.0, None, -300.0, 340.0)
    assert "+20.0 (\u2212300 to +340)" in {text.get_text() for text in panel.axes.texts}


def test_rows_without_an_estimate_say_why_and_are_no_data():
    drawing, panel = drawn(ROWS)
    texts = {text.get_text() for text in panel.axes.texts}
    assert {"too few patients", "+4.0"} <= texts
    assert [row[2] for row in drawing.data.rows] == ["One", "Two", "Far", "No limits"]


def test_harm_and_benefit_are_named_and_the_threshold_takes_the_place_of_one():
    _, panel = drawn(ROWS[:2])
    assert {"harm", "benefit"} <= {text.get_text() for text in panel.axes.texts}
    _, panel = drawn(ROWS[:2], threshold=15.0)
    texts = {text.get_text() for text in panel.axes.texts}
    assert {"harm", "threshold 15"} <= texts
    assert "benefit" not in texts


def test_nothing_is_below_zero_twice():
    drawing, _ = drawn([ForestRow(label="Zero", estimate=-0.04, low=-0.06, high=0.02)])
    assert drawing.data.rows[0][3] == -0.04


@given(
    rows=lists(
        tuples(floats(-90, 90), floats(0.01, 400)).map(
            lambda each: ForestRow(
                label="Row", estimate=each[0], low=each[0] - each[1], high=each[0] + each[1]
            )
        ),
        min_size=1,
        max_size=12,
    )
)
def test_every_estimate_and_zero_are_inside_the_axis(rows):
    low, high = _span(rows, None, (-100.0, 100.0))
    assert low < 0.0 < high
    assert all(low <= row.estimate <= high for row in rows)


@given(
    places=lists(floats(0, 10), min_size=1, max_size=8).map(sorted),
    size=floats(0.1, 2),
)
def test_names_of_lines_do_not_touch_and_keep_their_order(places, size):
    found = _apart(places, [size] * len(places), 10.0)
    assert found == sorted(found)
    assert all(b - a >= size - 1e-9 for a, b in pairwise(found))
    assert found[-1] <= 10.0 + 1e-9


def test_names_that_have_room_stay_where_their_lines_end():
    assert _apart([1.0, 5.0, 9.0], [1.0, 1.0, 1.0], 10.0) == pytest.approx([1.0, 5.0, 9.0])
