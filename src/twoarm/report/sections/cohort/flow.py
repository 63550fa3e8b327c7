"""From the rows of the file to the patients that are analysed."""

from __future__ import annotations

from twoarm.cohort import Cohort
from twoarm.report.figures import GREY, INK, Drawing, Panel, draw, wrapped
from twoarm.report.labels import arm_labels
from twoarm.report.section import Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.plan.plan import ARMS
from twoarm.study.result import StudyResult

__all__ = ["flow_diagram", "flow_table", "part"]

_LINE_MM, _EDGE_MM, _GAP_MM = 3.1, 2.6, 5.0
_WIDTH_MM = 80.0
_LETTERS_A_MM = 0.78
_MIDDLE, _BESIDE, _ARM = 34.0, 36.0, 37.0  # widths of boxes in mm


def part(result: StudyResult) -> Part:
    """Show who came in, who left and why, who stayed."""
    table = flow_table(result.plan.cohort, arm_labels(result))
    return Part(figures=(_drawing(result),), tables=(table,))


def flow_table(cohort: Cohort, labels: tuple[str, str]) -> Table:
    """Give who came in, who left and why, who stayed."""
    rows: list[Row] = [("Rows in the file", cohort.flow.read)]
    rows += [(each.reason, -each.n) for each in cohort.flow.excluded]
    rows.append(("Patients analysed", cohort.flow.n))
    rows += zip(labels, cohort.arm_sizes, strict=True)
    columns = (Column("step", ""), Column("n", "Patients", "count"))
    return Table("flow", "From the file to the cohort", "", columns, tuple(rows))


Box = tuple[str, int]
"""What stands in a box: its text, and how many patients it is about."""


def flow_diagram(
    panel: Panel, read: Box, excluded: list[Box], analysed: Box, arms: tuple[Box, Box]
) -> None:
    """Draw boxes from the file to the arms, who left to the right."""
    height, y = flow_height(read, excluded, analysed, arms), 0.0
    axes = panel.axes
    axes.set_xlim(0, _WIDTH_MM)
    axes.set_ylim(-height, 0.6)
    axes.set_axis_off()
    left = 1.0 + _ARM / 2
    bottom = _box(panel, read, left, y, _MIDDLE)
    if excluded:
        lines = [text for text, _ in excluded]
        top = bottom - _GAP_MM / 2
        end = _box(panel, ("\n".join(lines), 0), _WIDTH_MM - 1.0 - _BESIDE / 2, top, _BESIDE,
                   align="left")  # fmt: skip
        panel.rows += [
            ("", "excluded", " ".join(text.split()), float(n), None, None, None)
            for text, n in excluded
        ]
        _arrow(panel, (left, (top + end) / 2), (_WIDTH_MM - 1.0 - _BESIDE, (top + end) / 2))
        start, bottom = bottom, end + _GAP_MM / 2
    else:
        start = bottom
    y = bottom - _GAP_MM
    _arrow(panel, (left, start), (left, y))
    bottom = _box(panel, analysed, left, y, _MIDDLE)
    y = bottom - _GAP_MM - 1.0
    for arm, centre in zip(arms, (1.0 + _ARM / 2, _WIDTH_MM - 1.0 - _ARM / 2), strict=True):
        axes.plot([left, left, centre], [bottom, bottom - _GAP_MM / 2, bottom - _GAP_MM / 2],
                  color=GREY, linewidth=0.8)  # fmt: skip
        _arrow(panel, (centre, bottom - _GAP_MM / 2), (centre, y))
        _box(panel, arm, centre, y, _ARM)


def flow_height(read: Box, excluded: list[Box], analysed: Box, arms: tuple[Box, Box]) -> float:
    """Give the height in mm that the boxes need."""
    tallest = max(_height(text) for text, _ in arms)
    beside = _height("\n".join(text for text, _ in excluded)) if excluded else 0.0
    return _height(read[0]) + beside + _height(analysed[0]) + tallest + 3 * _GAP_MM + 2.0


def _height(text: str) -> float:
    return _LINE_MM * (text.count("\n") + 1) + _EDGE_MM


def _box(
    panel: Panel, box: Box, x: float, top: float, width: float, *, align: str = "center"
) -> float:
    """Draw a box below `top`, and give where it ends."""
    text, n = box
    height = _height(text)
    left = x - width / 2
    panel.axes.plot(
        [left, left + width, left + width, left, left],
        [top, top, top - height, top - height, top],
        color=INK,
        linewidth=0.8,
    )
    at = x if align == "center" else left + 1.5
    panel.say(at, top - height / 2, text, ha=align, va="center", fontsize=6.5, linespacing=1.25,
              multialignment=align)  # fmt: skip
    if align == "center":
        panel.rows.append(("", "box", " ".join(text.split()), float(n), None, None, None))
    return top - height


def _arrow(panel: Panel, start: tuple[float, float], end: tuple[float, float]) -> None:
    panel.axes.annotate(
        "", end, start, arrowprops={"arrowstyle": "-|>", "color": GREY, "linewidth": 0.8,
                                    "shrinkA": 0, "shrinkB": 0, "mutation_scale": 7},
    )  # fmt: skip


def _drawing(result: StudyResult) -> Drawing:
    cohort, spec = result.plan.cohort, result.primary.spec
    read = (_lines(f"{cohort.flow.read} rows in the file", _MIDDLE), cohort.flow.read)
    excluded = [
        (_lines(f"{each.n} left out: {each.reason}", _BESIDE), each.n)
        for each in cohort.flow.excluded
        if each.n
    ]
    analysed = (_lines(f"{cohort.flow.n} patients analysed", _MIDDLE), cohort.flow.n)
    arms = []
    for name, label, n in zip(ARMS, arm_labels(result), cohort.arm_sizes, strict=True):
        found = result.primary.arms[name]
        known = f"primary outcome known: {found.n}\nwith the event: {found.events}"
        arms.append((_lines(f"{label}\n{n} patients\n{known}", _ARM), n))
    boxes = (arms[0], arms[1])
    return draw(
        "flow",
        "From the file to the cohort",
        f"Boxes from {cohort.flow.read} rows in the file to {cohort.flow.n} patients analysed, "
        f"{cohort.arm_sizes[0]} and {cohort.arm_sizes[1]} in the arms; beside them who was left "
        "out and why.",
        lambda panel: flow_diagram(panel, read, excluded, analysed, boxes),
        legend=f"Primary outcome: {spec.title}. Patients without it stay in everything that "
        "does not need it.",
        height_mm=flow_height(read, excluded, analysed, boxes) + 3.0,
        synthetic=cohort.synthetic,
    )


def _lines(text: str, width_mm: float) -> str:
    """Break text into the lines of a box."""
    letters = int(width_mm * _LETTERS_A_MM)
    return "\n".join(wrapped(each, letters, 4) for each in text.split("\n"))
