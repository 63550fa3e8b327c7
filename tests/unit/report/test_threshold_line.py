"""A threshold that the axis does not reach takes no room: the figure is drawn all the same."""

import pytest

from twoarm.report.figures import draw
from twoarm.report.sections.ranking.lines import threshold_line


@pytest.mark.parametrize(("low", "high"), [(-12.0, -4.0), (60.0, 90.0), (-5.0, 40.0)])
def test_the_axes_keep_their_room(low, high):
    boxes = []

    def paint(panel):
        panel.axes.set_xlim(low, high)
        threshold_line(panel, 0.10)
        assert panel.axes.get_xlim() == (low, high)
        boxes.append(panel.axes)

    draw("threshold", "Threshold", "a line", paint)
    left, _, right, _ = boxes[0].get_position().extents
    assert right - left > 0.8
