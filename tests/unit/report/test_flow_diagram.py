"""Who left stands beside the flow, with the reason in full."""

from dataclasses import replace

from twoarm.cohort.flow import Excluded, Flow
from twoarm.report.sections.cohort import flow


def test_reasons_and_numbers_of_those_left_out_are_drawn(small_result):
    reasons = (
        Excluded("pre-stroke mRS above 2", 17),
        Excluded("nobody", 0),
        Excluded("a value that the study needs was not known at the decision", 4),
    )
    cohort = replace(small_result.plan.cohort, flow=Flow(414, reasons, 393))
    result = replace(small_result, plan=replace(small_result.plan, cohort=cohort))
    (drawing,) = flow.part(result).figures
    left = {row[2]: row[3] for row in drawing.data.rows if row[1] == "excluded"}
    assert list(left.values()) == [17.0, 4.0]
    assert "17 left out: pre-stroke mRS above 2" in left
    words = " ".join(left)
    assert "not known at the decision" in words
    boxes = [row[3] for row in drawing.data.rows if row[1] == "box"]
    assert boxes[:2] == [414.0, 393.0]
    assert "393 patients analysed" in drawing.svg
