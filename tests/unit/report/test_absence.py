"""An absent part is an empty cell, and its reason stands in the note."""

import dataclasses

from twoarm.diagnostics import Absent, present
from twoarm.report.sections.ranking.concordance import concordance_table, pairs_table
from twoarm.report.sections.ranking.groups import groups_table
from twoarm.report.sections.ranking.policy import needed_table
from twoarm.report.sections.stability import centre_models
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.judge.stability.held_out_centres import CENTRES

FEW = Absent("too few patients")


def test_what_is_known_stays_as_it_is():
    assert present(0.0) == 0.0
    assert present(FEW) is None


def test_measures_that_are_absent_leave_a_gap_and_a_reason(small_result):
    plan, found = small_result.plan, small_result.value(COMPARISON)
    own = dataclasses.replace(
        found.models["t"], model_based=FEW, pairs=FEW, groups=FEW, reaching=FEW
    )
    found = dataclasses.replace(found, models={**found.models, "t": own})
    for table in (concordance_table, pairs_table, groups_table):
        assert "T-learner: too few patients" in table(plan.study, found).note
    learners = [row[0] for row in groups_table(plan.study, found).rows]
    assert "T-learner" not in learners
    assert len(learners) == 8
    assert pairs_table(plan.study, found).rows[0] == ("T-learner", *[None] * 6)
    assert needed_table(plan, found).rows[1][1:] == (None,) * 4
    model_based = concordance_table(plan.study, found).rows[-2]
    assert model_based[1] is None
    assert None not in model_based[2:]


def test_a_model_that_no_centre_can_measure_has_no_row(small_result):
    found = small_result.value(CENTRES)
    first = next(iter(found.models))
    arms = {**found.models[first], "control": FEW}
    fewer = dataclasses.replace(found, models={**found.models, first: arms})
    full, less = (centre_models.performance_table(small_result, each) for each in (found, fewer))
    assert less.rows == full.rows[1:]
