"""Every figure of several runs: said in words, given as numbers, and nothing in another's way."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.transforms import Bbox

from twoarm.report.figures.panel import REFERENCE
from twoarm.report.figures.style import COLUMN_MM, PAGE_MM, style

pytestmark = pytest.mark.seconds

_TOUCH = 1.5  # dots: letters have a little room of their own
WANTED = {
    "flow", "scale", "outcomes", "average_methods", "auc", "roc",
    "calibration_control", "calibration_treated", "propensity", "love_plot", "sensitivity",
    "sensitivity_share", "benefit", "waterfall", "baseline_risk", "learners", "net_benefit",
    "benefit_calibration", "benefit_quarters", "subgroups", "targeting", "instability", "centres",
    "importance", "effect_modifiers",
}  # fmt: skip


def painted(drawing, width):
    with style():
        figure, _ = drawing.recipe.painted(width)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    return figure, canvas.get_renderer()


@pytest.fixture(scope="module")
def pictures(drawings):
    """Every figure as it stands on the page, with what measures its letters."""
    return {name: painted(each, COLUMN_MM) for name, each in drawings.items()}


def texts(figure):
    """Give every text that is seen: with its kind."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis) if axes.axison else ():
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                    yield "tick", tick.label1
            yield "label", axis.label
        yield from (("text", each) for each in axes.texts)
        legend = axes.get_legend()
        yield from (("key", each) for each in (legend.get_texts() if legend else ()))
    yield from (("figure", each) for each in figure.texts)


def boxes(figure, renderer):
    return [
        (kind, each.get_text(), each.get_window_extent(renderer))
        for kind, each in texts(figure)
        if each.get_visible() and each.get_text().strip()
    ]


def lines(axes):
    """Give the lines that are drawn as such, in dots of the picture."""
    for line in axes.lines:
        path = line.get_path().transformed(line.get_transform())
        if line.get_linestyle() not in ("None", "none", "") and len(path.vertices) > 1:
            yield path


NOT_HERE = {
    "small": set(),
    "few": {"baseline_risk"},  # too few events for a model of both arms
    "missing": set(),
    "long": set(),
}


def test_every_figure_that_a_reader_needs_is_there(drawings, request):
    (absent,) = (NOT_HERE[run] for run in NOT_HERE if run in request.node.callspec.id)
    assert set(drawings) >= WANTED - absent
    assert sum(name.startswith("dependence_") for name in drawings) >= 3


def test_every_figure_is_said_in_words(drawings):
    for name, each in drawings.items():
        assert each.title, name
        assert len(each.alt) > 40, name
        assert len(each.legend) > 40, name
        assert not each.legend.endswith(" "), name


def test_every_figure_says_how_many_patients_it_is_about(drawings):
    without = {"sensitivity", "sensitivity_share", "outcomes", "flow"}
    for name in set(drawings) - without:
        assert any(letter.isdigit() for letter in drawings[name].legend), name


@pytest.mark.parametrize("width", [COLUMN_MM, PAGE_MM])
def test_nothing_is_clipped_and_no_text_stands_on_another(drawings, pictures, width):
    wrong = []
    for name, each in drawings.items():
        figure, renderer = pictures[name] if width == COLUMN_MM else painted(each, width)
        found, (right, top) = boxes(figure, renderer), figure.bbox.size
        wrong += [
            (name, "leaves the figure", text)
            for _, text, box in found
            if box.x0 < -1 or box.y0 < -1 or box.x1 > right + 1 or box.y1 > top + 1
        ]
        for (_, one, a), (_, other, b) in itertools.combinations(found, 2):
            shared = Bbox.intersection(a, b)
            if shared is not None and min(shared.width, shared.height) > _TOUCH:
                wrong.append((name, one, other))
    assert wrong == []


def test_no_line_runs_through_a_key_or_a_word(pictures):
    wrong = []
    for name, (figure, renderer) in pictures.items():
        for axes in figure.axes:
            legend = axes.get_legend()
            held = [] if legend is None else [("key", legend.get_window_extent(renderer))]
            held += [
                (text.get_text(), text.get_window_extent(renderer))
                for text in axes.texts
                if text.get_text()
            ]
            for text, box in held:
                inner = Bbox.from_extents(box.x0 + 1, box.y0 + 1, box.x1 - 1, box.y1 - 1)
                crossed = any(
                    path.clip_to_bbox(axes.bbox).intersects_bbox(inner, filled=False)
                    for path in lines(axes)
                )
                wrong += [(name, text)] if crossed else []
    assert wrong == []


def test_the_axes_keep_a_third_of_the_width(pictures):
    for name, (figure, _) in pictures.items():
        for axes in figure.axes:
            assert axes.get_position().width > 0.28, name


def columns(drawing):
    names = [column.name for column in drawing.data.columns]
    table = {name: [] for name in names}
    for row in drawing.data.rows:
        for name, value in zip(names, row, strict=True):
            table[name].append(value)
    return table


def numbers(table, *names):
    return np.array([v for name in names for v in table[name] if v is not None], dtype=float)


def among(values, known):
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    return not values.size or (
        known.size and np.abs(values[:, None] - known[None]).min(axis=1).max() < 1e-9
    )


def test_every_number_that_is_drawn_stands_in_the_data(drawings, pictures):
    """Points, lines and bands are read off the picture; marks of places show no data."""
    for name, each in drawings.items():
        if name == "flow":
            continue  # its boxes hold words
        figure, table = pictures[name][0], columns(each)
        assert table["x"], name
        known = numbers(table, "x", "y", "low", "high")
        rows = {tick for axes in figure.axes for tick in axes.get_yticks()}
        known = np.concatenate([known, list(rows)])
        for axes in figure.axes:
            for line in axes.lines:
                pointed = line.get_marker() not in ("None", "", None, "<", ">")
                drawn = pointed or len(line.get_xdata()) > 2
                if line.get_label() == REFERENCE or not drawn:
                    continue
                x, y = line.get_data()
                assert among(x, known), (name, "x")
                labelled = any(label for label in table["label"])
                assert labelled or among(y, known), (name, "y")
            for band in axes.collections:
                if isinstance(band, PolyCollection) and name != "waterfall":
                    inside = np.concatenate([path.vertices for path in band.get_paths()])
                    assert among(inside, np.append(known, 0.0)), (name, "band")


def test_the_data_name_their_axes(drawings):
    for name, each in drawings.items():
        table = columns(each)
        assert len(each.data.rows) > 0, name
        if name != "flow":
            assert all(table["x_axis"]), name


def test_real_patients_are_not_called_synthetic(drawings, request):
    synthetic = "missing" not in request.node.callspec.id
    for name, each in drawings.items():
        assert ("synthetic data" in each.svg) == synthetic, name
